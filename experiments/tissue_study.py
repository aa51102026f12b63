"""What lesson 52 measures: volumes of volunteers who are scanned again, or whose brains shrink.

    python experiments/tissue_study.py mixture      # the intensity mixtures, about 15 minutes on one core
    python experiments/tissue_study.py network      # the shipped segmenter
    python experiments/tissue_study.py atlas FOLDER # both on the SRI24 atlas: spgr, late and tissues.nii.gz

Each adds what is missing to `data/results/tissue.csv`, a row for each visit and method, so a run that was cut
off goes on. Volunteers 0 to 7 were looked at when the mixture was made; these are others.
"""

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse import pretrained
from gancourse.cohort.phantom.parameters import Parameters, draw
from gancourse.cohort.scheme import MODALITIES, TISSUES
from gancourse.cohort.volumes import read_labels, read_volume
from gancourse.metrics.overlap import dice
from gancourse.project import project_root
from gancourse.segmentation.mixture import correct_bias, segment_tissue
from gancourse.teaching.material.scan_rescan import Visit, visit, volunteer

TABLE = project_root() / "data" / "results" / "tissue.csv"
VOLUNTEERS = range(10, 18)
COLUMNS = ["volunteer", "change", "amount", "method"]
COLUMNS += [f"{what}_{tissue}" for what in ("true", "ml", "dice") for tissue in TISSUES.values()]

Method = Callable[[Visit], np.ndarray]


def other_scanner(p: Parameters, number: int = 1) -> Parameters:
    """Scan the same person elsewhere: contrast, resolution, noise, bias field and gain drawn again."""
    return replace(p, scans=draw(p.index, p.seed + 1000 * number, p.randomisation).scans)


def visits(number: int) -> Iterator[tuple[str, float, Callable[[tuple[str, ...]], Visit]]]:
    """Yield a volunteer's visits: what changed, by how much, and the scan itself, of the named modalities.

    Every visit has noise and a bias field of its own.
    """
    p = volunteer(number)
    plan: list = [("first", 0.0, p), ("rescan", 0.0, p), ("scanner", 0.0, other_scanner(p))]
    plan += [("ventricle", mm, replace(p, ventricle_mm=p.ventricle_mm + mm)) for mm in (0.25, 0.5, 1.0)]
    plan += [("sulcus", x, replace(p, sulcus_gain=p.sulcus_gain * x)) for x in (1.05, 1.1, 1.2)]
    for scan, (change, amount, person) in enumerate(plan):
        yield change, amount, lambda m, person=person, scan=scan: visit(person, scan=scan, modalities=m)
    yield "thick", 6.0, lambda m: visit(p, modalities=m).thicker(1, 1, 3)  # slices of 6 mm
    yield "coarse", 4.0, lambda m: visit(p, modalities=m).thicker(2, 2, 2)  # voxels of 4 mm


def mixtures() -> dict[str, Method]:
    """Return three intensity mixtures, from the textbook's to the careful one."""
    even = lru_cache(maxsize=1)(lambda v: correct_bias(v.images["t1"], v.brain, v.zooms))

    def method(bias: bool, flat: bool) -> Method:
        def run(v: Visit) -> np.ndarray:
            t1 = even(v) if bias else v.images["t1"]
            return segment_tissue(t1, v.brain, v.zooms, bias=False, flat=flat)

        return run

    return {
        "mixture": method(False, False),
        "mixture + N4": method(True, False),
        "careful mixture": method(True, True),
    }


def network() -> dict[str, Method]:
    """Return the shipped segmenter, given T1 alone, and given four modalities at first visits."""
    from gancourse.segmentation.patient import segment
    from gancourse.segmentation.segmenter import load

    segmenter = load()

    def method(*modalities: str) -> Method:
        def run(v: Visit) -> np.ndarray:
            with tempfile.TemporaryDirectory() as folder:
                return segment(v.save(Path(folder), modalities), segmenter).tissue

        return run

    return {"network, T1": method("t1"), "network, all four": method(*MODALITIES)}


def atlas(folder: Path) -> Visit:
    """Read the SRI24 atlas as a visit: T1 and T2 of its brain, and its own tissue labels."""
    names = {"t1": "spgr", "t2": "late"}
    images = {m: read_volume(folder / f"{name}.nii.gz")[0] for m, name in names.items()}
    tissue, affine = read_labels(folder / "tissues.nii.gz", {label: label for label in TISSUES})
    stripped = {m: np.where(tissue > 0, image, 0).astype(np.int16) for m, image in images.items()}
    x, y, z = nib.affines.voxel_sizes(affine).tolist()
    return Visit(stripped, tissue, (x, y, z), {})


def wanted(method: str, change: str) -> bool:
    """Say whether a method is tried on a visit: some answer one question only, to save time."""
    if method == "network, all four":
        return change == "first"
    return change not in ("thick", "coarse") or method in ("careful mixture", "network, T1")


def score(v: Visit, labels: np.ndarray) -> dict[str, float]:
    """Return true and measured volumes in mL, and Dice, by tissue."""
    voxel_ml = float(np.prod(v.zooms)) / 1000
    row = {}
    for label, tissue in TISSUES.items():
        truth, found = v.tissue == label, labels == label
        row[f"true_{tissue}"] = round(v.volumes_ml.get(tissue, truth.sum() * voxel_ml), 3)
        row[f"ml_{tissue}"] = round(found.sum() * voxel_ml, 3)
        row[f"dice_{tissue}"] = round(dice(truth, found), 4)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("methods", choices=["mixture", "network", "atlas"])
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args()
    if options.methods == "atlas":
        trained = network() if "segmenter" in pretrained.names() else {}
        methods = mixtures() | {m: run for m, run in trained.items() if m == "network, T1"}
        plan = [(-1, [("atlas", 0.0, lambda modalities: atlas(options.folder))])]
    else:
        methods = {"mixture": mixtures, "network": network}[options.methods]()
        plan = [(number, visits(number)) for number in VOLUNTEERS]
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader(TABLE.open())) if TABLE.exists() else []
    done = {(int(r["volunteer"]), r["change"], float(r["amount"]), r["method"]) for r in rows}
    for number, scans in plan:
        for change, amount, scan in scans:
            key = (number, change, amount)
            todo = {m: run for m, run in methods.items() if wanted(m, change) and (*key, m) not in done}
            if not todo:
                continue
            seen = scan(("t1",) if "network, all four" not in todo else MODALITIES)
            for name, run in todo.items():
                row = dict(zip(COLUMNS, (*key, name), strict=False)) | score(seen, run(seen))
                new = not TABLE.exists()
                with TABLE.open("a", newline="") as file:
                    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                    if new:
                        writer.writeheader()
                    writer.writerow(row)
            print(*key, flush=True)


if __name__ == "__main__":
    main()
