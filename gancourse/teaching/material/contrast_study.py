"""What `experiments/contrasts.py` left for lesson 55: a reader's findings, by patient and in short."""

import numpy as np
import pandas as pd

from gancourse.metrics.intervals import Interval
from gancourse.project import project_root

_RESULTS = project_root() / "data" / "results"

#: A lesion from this volume on has a share that is found, as in the script.
LEAST_ML = 2.0
#: Of each task, the methods in the order of figures, and what they are called.
FLAIR = {
    "real": "real FLAIR",
    "t1-flair": "paired, from T1",
    "t2-flair": "paired, from T2",
    "healthy": "unpaired, healthy targets",
    "half": "unpaired, half and half",
    "tumour": "unpaired, tumour targets",
}
T1CE = {
    "real": "real T1ce",
    "virtual-t1ce": "virtual, from T1, T2 and FLAIR",
    "t1-t1ce": "virtual, from T1 alone",
    "missing": "no T1ce at all",
}


def read_table(task: str) -> pd.DataFrame:
    """Read what a reader finds: a row for each method and test patient, means over the seeds.

    Args:
        task: "flair", in which the whole tumour is looked for, or "t1ce", in which its enhancing part is.

    Returns:
        `method`, `patient`, `grade`, `tumour_ml`, `found_ml`, `invented_ml`, `enhancement`, and `erased`, the
        share of a lesion of `LEAST_ML` or more that was not found, NaN for all others.
    """
    table = pd.read_csv(_RESULTS / "contrasts.csv")
    table = table[table["task"] == task]
    erased = 1 - table["hit_ml"] / table["tumour_ml"].where(table["tumour_ml"] >= LEAST_ML)
    numbers = ["tumour_ml", "found_ml", "invented_ml", "enhancement", "erased"]
    found = table.assign(erased=erased).groupby(["method", "patient", "grade"], sort=False)[numbers].mean()
    return found.reset_index()


def of_method(table: pd.DataFrame, method: str, column: str, lesion: bool = True) -> np.ndarray:
    """Return a column's value for each patient with a lesion, or for each person without."""
    rows = table[(table["method"] == method) & ((table["tumour_ml"] > 0) == lesion)]
    return rows[column].to_numpy(float)


def read_means(task: str) -> dict[tuple[str, str], Interval]:
    """Read means over patients with their intervals, by method and measure (see the script)."""
    table = pd.read_csv(_RESULTS / "contrast_means.csv")
    rows = table[table["task"] == task].itertuples()
    return {(row.method, row.measure): Interval(row.mean, row.low, row.high) for row in rows}


def read_patients() -> pd.DataFrame:
    """Read the means over real patients: a row for each set and method, and what each is called."""
    table = pd.read_csv(_RESULTS / "contrast_patients.csv")
    order = list(dict.fromkeys([*FLAIR, *T1CE]))
    table["method"] = pd.Categorical(table["method"], order)
    key = ["set", "task", "method"]
    found = table.pivot_table("mean", key, "measure", observed=True)
    found.insert(0, "patients", table[table["measure"] == "found"].set_index(key)["patients"])
    found = found.reset_index()
    words = {"flair": FLAIR, "t1ce": T1CE}
    found["image"] = [words[task][name] for task, name in zip(found["task"], found["method"], strict=True)]
    return found[["set", "image", "patients", "found", "lost", "invented_ml"]]
