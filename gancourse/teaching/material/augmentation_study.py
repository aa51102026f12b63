"""What `experiments/augmentation.py` left for lesson 54: its tables, by patient and in short."""

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import REGIONS
from gancourse.project import project_root

_RESULTS = project_root() / "data" / "results"


def read_table(region: str = "WT") -> pd.DataFrame:
    """Read the rows of a region: for each N, arm, hospital and set of test patients, see the script."""
    table = pd.read_csv(_RESULTS / "augmentation.csv")
    return table[table["region"] == region].reset_index(drop=True)


def read_dice(region: str = "WT") -> dict[tuple[int, str, str], np.ndarray]:
    """Read Dice by patient: (N, arm, hospital) -> (seeds, patients), NaN where there is nothing to find."""
    with np.load(_RESULTS / "augmentation.npz") as file:
        dice = file["dice"][..., list(REGIONS).index(region)].astype(np.float64)  # (runs, 2, patients)
        runs = list(zip(file["count"].tolist(), file["arm"].tolist(), strict=True))
    return {
        (n, arm, hospital): np.stack([dice[k, h] for k, run in enumerate(runs) if run == (n, arm)])
        for n, arm in dict.fromkeys(runs)
        for h, hospital in enumerate("AB")
    }


def read_seen() -> set[str]:
    """Read which test patients were in the training set of the leaky generator."""
    with np.load(_RESULTS / "augmentation.npz") as file:
        return set(file["patients"][file["seen"]].tolist())
