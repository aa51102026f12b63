"""What a segmenter does on real patients: Dice for each, and means with 95 % intervals over patients.

    python experiments/real_patients.py                          # the segmenter that the course ships
    python experiments/real_patients.py --run runs/segmenter --sets brats2013 ibsr --json scores.json
    python experiments/real_patients.py --card                   # and write the means into its model card

The patients lie in the folder that `GANCOURSE_REAL` names (see `experiments/patients.py`). They are for
measuring: nothing is trained on them. In a loop that tunes a network, `score(network)` gives the table.

In the IBSR's truth only the ventricles are fluid; fluid in sulci is grey matter or, further out, no brain at
all. Predicted fluid outside the true ventricles is therefore counted as grey matter, and what lies outside
the true brain is not counted.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from patients import SETS, patients, real_folder
from study import parser_of, start

from gancourse import export, pretrained
from gancourse.cohort.brats import Subject
from gancourse.cohort.scheme import REGIONS
from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.overlap import TISSUE_REGIONS, dice
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.patient import SliceSegmenter, segment

if TYPE_CHECKING:
    import keras

    from gancourse.segmentation.stripping import Brain

COLUMNS = ["set", "patient", "region", "dice", "true_ml", "found_ml"]
FLUID, GREY = TISSUE_REGIONS["CSF"][0], TISSUE_REGIONS["GM"][0]


def score(
    network: "keras.Model | SliceSegmenter", sets: Iterable[str] = tuple(SETS), verbose: bool = False
) -> pd.DataFrame:
    """Segment the real patients and compare the results with their labels.

    Args:
        network: a segmenter's network, or what `patient.segment` takes.
        sets: names of `patients.SETS`. The skull is taken off heads first, as `gancourse segment` does.
        verbose: print each patient's scores as soon as they are known.

    Returns:
        One row per patient and region: `set`, `patient`, `region`, `dice`, `true_ml`, `found_ml`.
    """
    import keras

    from gancourse.segmentation import stripping
    from gancourse.segmentation.heads import brain_of_head
    from gancourse.segmentation.segmenter import Segmenter

    segmenter = Segmenter(network) if isinstance(network, keras.Model) else network
    rows: list[dict] = []
    for name in sets:
        for subject in patients(name):
            brain = brain_of_head(subject, stripping.load) if SETS[name].heads else None
            found = score_subject(subject, segmenter, SETS[name].regions, brain)
            rows += [{"set": name, "patient": subject.id, **row} for row in found]
            if verbose:
                print(name, subject.id, *(f"{r['region']} {r['dice']:.3f}" for r in found), flush=True)
    return pd.DataFrame(rows, columns=COLUMNS)


def score_subject(
    subject: Subject, segmenter: SliceSegmenter, regions: Iterable[str], brain: "Brain | None" = None
) -> list[dict]:
    """Score one subject: a row per region, which are those of tumour labels or of tissue labels."""
    found = segment(subject, segmenter, brain.mask if brain else None)
    if set(regions) <= set(REGIONS):
        pairs = [(subject.seg(), found.seg, REGIONS[region]) for region in regions]
    else:
        truth = subject.tissue()
        seen = as_ibsr(found.tissue, truth)
        pairs = [(truth, seen, TISSUE_REGIONS[region]) for region in regions]
    masks = [(np.isin(truth, labels), np.isin(seen, labels)) for truth, seen, labels in pairs]
    return [
        {"region": region, "dice": dice(a, b), "true_ml": a.sum() * ml, "found_ml": b.sum() * ml}
        for region, (a, b), ml in zip(regions, masks, [subject.voxel_ml] * len(masks), strict=True)
    ]


def as_ibsr(tissue: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Count predicted fluid outside the true ventricles as grey matter, nothing outside the true brain."""
    return np.where((tissue == FLUID) & (truth != FLUID), GREY, tissue) * (truth > 0)


def summarise(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Return mean Dice with its 95 % interval over patients, by set and region: mean, low, high, patients."""
    means: dict[str, dict] = {}
    for (name, region), rows in frame.groupby(["set", "region"], sort=False):
        interval = bootstrap(rows["dice"].to_numpy(), 0)._asdict()
        rounded = {key: round(value, 4) for key, value in interval.items()}
        means.setdefault(str(name), {})[str(region)] = rounded | {"patients": len(rows)}
    return means


def show(frame: pd.DataFrame) -> None:
    """Print the table: a line per patient, then the mean of each region with its interval."""
    means = summarise(frame)
    for name, rows in frame.groupby("set", sort=False):
        regions = list(means[name])
        print(f"\n{SETS[name].title} ({rows['patient'].nunique()} patients)")
        print(f"{'':26}" + "".join(f"{region:>20}" for region in regions))
        for patient, row in rows.groupby("patient", sort=False):
            of = row.set_index("region")["dice"]
            print(f"{patient:26}" + "".join(f"{of[region]:20.3f}" for region in regions))
        intervals = ["{mean:.3f} ({low:.2f}, {high:.2f})".format(**means[name][r]) for r in regions]
        print(f"{'mean (95 % interval)':26}" + "".join(f"{text:>20}" for text in intervals))


def quote(name: str, means: dict) -> None:
    """Write the means into the model card of shipped weights, under `scores.real`."""
    path = pretrained.WEIGHTS / f"{name}.json"
    about = json.loads(path.read_text())
    about["scores"]["real"] = means
    write_beside(path, lambda out: out.write(json.dumps(about, indent=1).encode() + b"\n"))


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--run", type=Path, help="folder of a segmenter's training")
    parser.add_argument("--name", default="segmenter", help="of shipped weights, if no --run is given")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), help="default: all")
    parser.add_argument("--card", action="store_true", help="write the means into the shipped model card")
    parser.add_argument("--json", type=Path, help="file for the rows and the means")
    options = parser.parse_args()
    if options.card and (options.run or set(options.sets) != set(SETS)):
        raise InputError("--card: the shipped weights' card quotes all sets; leave out --run and --sets")
    real_folder()  # before TensorFlow is loaded
    import_tensorflow()
    from gancourse.segmentation import segmenter

    network = export.load_run(options.run, "segmenter")[0] if options.run else segmenter.load(options.name)
    frame = score(network, options.sets, verbose=True)
    show(frame)
    if options.card:
        quote(options.name, summarise(frame))
    if options.json:
        content = {"means": summarise(frame), "rows": frame.round(4).to_dict("records")}
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    start(main)
