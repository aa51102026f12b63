"""What lesson 52 measures: volumes of volunteers who are scanned again, or whose brains shrink.

    python tests/tissue_study.py mixture      # the intensity mixtures, about 20 minutes on one core
    python tests/tissue_study.py network      # the shipped segmenter

Each adds what is missing to `data/results/tissue.csv`, a row for each visit and method, so a run that was cut
off goes on. Volunteers 0 to 7 were looked at when the mixture was made; these are others.
"""

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from gancourse.cohort.scheme import MODALITIES, TISSUES
from gancourse.project import project_root
from gancourse.segmentation.mixture import segment_tissue
from gancourse.teaching.visits import Visit, other_scanner, visit, volunteer

TABLE = project_root() / "data" / "results" / "tissue.csv"
VOLUNTEERS = range(10, 22)
FINE = range(10, 14)  # also scanned at 1 mm
COLUMNS = ["volunteer", "change", "amount", "spacing", "method"]
COLUMNS += [f"{what}_{tissue}" for what in ("true", "ml", "dice") for tissue in TISSUES.values()]

Method = Callable[[Visit], np.ndarray]


def visits(number: int) -> Iterator[tuple[str, float, float, Callable[[tuple[str, ...]], Visit]]]:
    """A volunteer's visits: what changed, by how much, mm, and the scan itself, of the named modalities.

    Every visit has noise and a bias field of its own.
    """
    p = volunteer(number)
    plan: list = [("first", 0.0, 2.0, p), ("rescan", 0.0, 2.0, p), ("scanner", 0.0, 2.0, other_scanner(p))]
    plan += [("ventricle", mm, 2.0, replace(p, ventricle_mm=p.ventricle_mm + mm)) for mm in (0.25, 0.5, 1.0)]
    plan += [("sulcus", x, 2.0, replace(p, sulcus_gain=p.sulcus_gain * x)) for x in (1.05, 1.1, 1.2)]
    if number in FINE:
        plan += [("first", 0.0, 1.0, p)]
    for scan, (change, amount, spacing, person) in enumerate(plan):
        yield (
            change,
            amount,
            spacing,
            lambda m, person=person, spacing=spacing, scan=scan: visit(person, spacing, scan, m),
        )


def mixtures() -> dict[str, Method]:
    """Three intensity mixtures, from the textbook's to the careful one."""

    def method(bias: bool, flat: bool) -> Method:
        return lambda v: segment_tissue(
            v.images["t1"].astype(np.float32), v.brain, v.zooms, bias=bias, flat=flat
        )

    return {
        "mixture": method(False, False),
        "mixture + N4": method(True, False),
        "careful mixture": method(True, True),
    }


def network() -> dict[str, Method]:
    """The shipped segmenter, given T1 alone, and given four modalities at first visits."""
    from gancourse.segmentation.patient import segment
    from gancourse.segmentation.segmenter import load

    segmenter = load()

    def method(*modalities: str) -> Method:
        def run(v: Visit) -> np.ndarray:
            with tempfile.TemporaryDirectory() as folder:
                return segment(v.save(Path(folder), modalities), segmenter).tissue

        return run

    return {"network, T1": method("t1"), "network, all four": method(*MODALITIES)}


def wanted(method: str, change: str) -> bool:
    """Whether a method is tried on a visit: four modalities only for accuracy, since each costs a scan."""
    return method != "network, all four" or change == "first"


def score(v: Visit, labels: np.ndarray) -> dict[str, float]:
    """True and measured volumes in mL, and Dice, by tissue."""
    voxel_ml = float(np.prod(v.zooms)) / 1000
    row = {}
    for label, tissue in TISSUES.items():
        truth, found = v.tissue == label, labels == label
        row[f"true_{tissue}"] = round(truth.sum() * voxel_ml, 3)
        row[f"ml_{tissue}"] = round(found.sum() * voxel_ml, 3)
        row[f"dice_{tissue}"] = round(2 * (truth & found).sum() / (truth.sum() + found.sum()), 4)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("methods", choices=["mixture", "network"])
    methods = {"mixture": mixtures, "network": network}[parser.parse_args().methods]()
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader(TABLE.open())) if TABLE.exists() else []
    done = {
        (int(r["volunteer"]), r["change"], float(r["amount"]), float(r["spacing"]), r["method"]) for r in rows
    }
    for number in VOLUNTEERS:
        for change, amount, spacing, scan in visits(number):
            key = (number, change, amount, spacing)
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
