"""Make the slices of two hospitals: the same patients, scanned at each, as folders that `SliceSet` opens.

    out/sections/00000.npz ...   what is where in each patient's slices, at 1 mm
    out/A  out/B                 folders of slices, see `cohort.slices`

Anatomy is most of the work (1 to 2 s of a core for each patient) and is kept, so that another protocol costs
little. The first `tested` patients are the test's, the same at both hospitals.
"""

import dataclasses
import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from rich.progress import track

from gancourse.cohort.phantom.parameters import VERSIONS, Parameters, draw
from gancourse.cohort.phantom.phantom_files import claim, run
from gancourse.cohort.phantom.sections import CHANNELS, make_sections
from gancourse.cohort.planes import Cut, normalise
from gancourse.cohort.scheme import MODALITIES, REGIONS, TISSUES
from gancourse.cohort.slices import FORMAT
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import discard, name_beside, remove_leftovers, write_beside
from gancourse.segmentation.hospitals import HOSPITALS, Hospital, scan_at

SEED = 5400  # of no other cohort of the course
SPAN = (0.45, 0.8)  # of the brain's extent, as in the folders of slices for generators
SLICES = 8  # of a patient
SIZE, FOV_MM = 64, 208.0
RANDOMISATION = "realistic"
SEG, TISSUE = CHANNELS.index("seg"), CHANNELS.index("tissue")


def make_hospitals(
    out: Path | str, patients: int = 480, tested: int = 80, workers: int | None = None, progress: bool = True
) -> dict[str, SliceSet]:
    """Make what is missing of both hospitals, and open them: slices by hospital.

    Args:
        out: the folder.
        patients: how many in all.
        tested: how many of them are for testing.
        workers: processes that make sections; one per core by default.
        progress: whether to show bars.

    Raises:
        InputError: `tested` is not below `patients`, or `out` holds something else.
    """
    out = Path(out)
    if not 0 < tested < patients:
        raise InputError(f"tested={tested}: expected 1 to {patients - 1} of {patients} patients")
    sections = out / "sections"
    version = VERSIONS[RANDOMISATION]
    claim(
        sections,
        dict(seed=SEED, slices=SLICES, span=list(SPAN), randomisation=RANDOMISATION, version=version),
    )
    todo = [k for k in range(patients) if not (sections / f"{k:05d}.npz").exists()]
    run(partial(write_patient, sections), todo, workers, "making patients", progress)
    return {
        name: write_hospital(out / name, sections, hospital, range(patients), tested, progress)
        for name, hospital in HOSPITALS.items()
    }


def write_patient(folder: Path, index: int) -> None:
    """Make the sections of one patient and write them."""
    sections = make_sections(draw(index, SEED, RANDOMISATION), SLICES, SPAN)
    write_beside(folder / f"{index:05d}.npz", lambda file: np.savez_compressed(file, sections=sections))


def write_hospital(
    out: Path, sections: Path, hospital: Hospital, numbers: range, tested: int, progress: bool = True
) -> SliceSet:
    """Scan patients at a hospital, and open their slices; what is there already, made alike, stays."""
    about = {
        "format": FORMAT, "size": SIZE, "plane": "axial", "fov_mm": FOV_MM, "modalities": list(MODALITIES),
        "span": list(SPAN), "subjects": len(numbers), "tested": tested,
        "hospital": dataclasses.asdict(hospital),
    }  # fmt: skip
    if (out / "slices.json").exists() and json.loads((out / "slices.json").read_text()) == about:
        return SliceSet.open(out)
    parts, tables = [], []
    for k in track(numbers, f"scanning at {out.name}", disable=not progress):
        with np.load(sections / f"{k:05d}.npz") as file:
            arrays, table = scanned(hospital, draw(k, SEED, RANDOMISATION), file["sections"])
        table.insert(4, "split", "test" if k < tested else "train")
        parts.append(arrays)
        tables.append(table)
    remove_leftovers(out)
    beside = name_beside(out)
    try:
        beside.mkdir(parents=True)
        for name in parts[0]:
            np.save(beside / f"{name}.npy", np.concatenate([arrays[name] for arrays in parts]))
        pd.concat(tables).to_csv(beside / "table.csv", index=False)
        (beside / "slices.json").write_text(json.dumps(about, indent=1))
        discard(out)
        beside.rename(out)
    finally:
        discard(beside)
    return SliceSet.open(out)


def scanned(
    hospital: Hospital, p: Parameters, sections: np.ndarray
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Scan a patient, and cut the slices as `cohort.planes.slice_subject` does: arrays by name, and a table.

    Intensities are scaled to the 0.5 and 99.5 percentile of the patient's brain in these slices.
    """
    volumes = scan_at(hospital, p, sections).transpose(3, 2, 1, 0)  # (M, X, Y, Z)
    seg, tissue = (sections[..., c].transpose(2, 1, 0) for c in (SEG, TISSUE))
    brain = tissue > 0
    cut = Cut.through(brain, (1, 1, 1), "axial", SIZE, FOV_MM, (0, 1), 1)
    images = np.stack([cut.image(normalise(volume, brain)) for volume in volumes], -1)
    seg_slices = cut.labels(seg)
    name = f"Brats18_HOSPITAL_{p.index:03d}"
    table = {
        "subject": f"{name}_1", "patient": name, "grade": p.grade, "vintage": "2018", "plane": "axial",
        "index": cut.at, "position": np.linspace(*SPAN, SLICES)[cut.at].round(4), "missing": "",
        "brain_mm2": cut.area(brain, [1]), "tumour_px": (seg_slices > 0).sum((1, 2)),
        **{f"{name.lower()}_mm2": cut.area(seg, labels) for name, labels in REGIONS.items()},
        **{f"{name.lower()}_mm2": cut.area(tissue, [label]) for label, name in TISSUES.items()},
    }  # fmt: skip
    arrays = {"images": images.astype(np.float16), "seg": seg_slices, "tissue": cut.labels(tissue)}
    return arrays, pd.DataFrame(table)
