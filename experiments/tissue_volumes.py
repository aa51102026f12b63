"""Volumes of CSF, grey and white matter of phantoms, beside what adults have.

    python experiments/tissue_volumes.py --phantoms 48            # made at 2 mm, about 2 seconds each
    python experiments/tissue_volumes.py --cohort data/phantoms   # of a cohort that is there already

The targets hold the medians of a cohort and the extremes of its people: between the SRI24 atlas (CSF 282, GM
648, WM 521 mL), which is one average of 24 adults, and the literature's range of healthy adults.
"""

from pathlib import Path

import pandas as pd
from rich.progress import track
from study import parser_of, start

from gancourse.cohort.phantom import make_subject
from gancourse.errors import InputError

#: Lowest and highest median of a cohort, and lowest and highest value of a person; mL, but for the ratio.
TARGETS = {
    "CSF": ((200, 330), (100, 500)),
    "GM": ((600, 760), (480, 900)),
    "WM": ((430, 560), (350, 700)),
    "all": (None, (1050, 1800)),
    "GM/WM": ((1.1, 1.6), None),
}


def volumes(number: int, seed: int = 0, randomisation: str = "realistic") -> pd.DataFrame:
    """Make phantoms at 2 mm and return their volumes in mL: columns CSF, GM and WM."""
    made = track(range(number), "making phantoms", transient=True)
    rows = [make_subject(k, seed, 2.0, randomisation).volumes_ml for k in made]
    return pd.DataFrame(rows)[["csf", "gm", "wm"]].rename(columns=str.upper)


def read_volumes(cohort: Path) -> pd.DataFrame:
    """Read the same from a cohort's table.

    Raises:
        InputError: no such table.
    """
    path = cohort / "subjects.csv"
    if not path.is_file():
        raise InputError(f"{path}: no such file; make the cohort with `gancourse cohort make`")
    table = pd.read_csv(path)
    return pd.DataFrame({name: table[f"measured_{name.lower()}_ml"] for name in ("CSF", "GM", "WM")})


def compare(frame: pd.DataFrame) -> pd.DataFrame:
    """Hold volumes against `TARGETS`: a row for each, with `holds`."""
    frame = frame.assign(all=frame.sum(axis=1), **{"GM/WM": frame["GM"] / frame["WM"]})
    rows = []
    for name, (median, person) in TARGETS.items():
        values = frame[name]
        row = {"median": values.median(), "lowest": values.min(), "highest": values.max()}
        holds = median is None or median[0] <= row["median"] <= median[1]
        holds &= person is None or (person[0] <= row["lowest"] and row["highest"] <= person[1])
        shown = {"target of the median": _range(median), "of a person": _range(person), "holds": bool(holds)}
        rows.append({"": name, **row, **shown})
    return pd.DataFrame(rows)


def _range(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]} to {ends[1]}" if ends else ""


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--phantoms", type=int, default=48, help="how many to make (48)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--randomisation", default="realistic", help="realistic (default) or wide")
    parser.add_argument("--cohort", type=Path, help="folder of a cohort, instead of making phantoms")
    o = parser.parse_args()
    frame = read_volumes(o.cohort) if o.cohort else volumes(o.phantoms, o.seed, o.randomisation)
    print(f"{len(frame)} phantoms, mL")
    print(compare(frame).round(2).to_string(index=False))


if __name__ == "__main__":
    start(main)
