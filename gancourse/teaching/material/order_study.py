"""What `experiments/pathology.py` and `rare_findings.py` have found, as lesson 45 reads it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from gancourse.errors import InputError
from gancourse.project import project_root

_RESULTS = project_root() / "data" / "results"


class Learned(NamedTuple):
    """What orders are compared with.

    Attributes:
        conditions: (M, n) float32, of the slices that the generator learned from, standardised.
        limits: by attribute, the error that still counts as delivered (`metrics.delivery.tolerances`).
    """

    conditions: np.ndarray
    limits: dict[str, float]


def read_learned(folder: Path = _RESULTS) -> Learned:
    """Read the orders of the training slices and the tolerances.

    Raises:
        InputError: they have not been made yet.
    """
    with np.load(_there(folder / "learned_orders.npz", "pathology.py export")) as file:
        limits = dict(zip(file["attributes"].tolist(), file["limits"].tolist(), strict=True))
        return Learned(file["conditions"].astype(np.float32), limits)


def read_table(name: str, folder: Path = _RESULTS) -> pd.DataFrame:
    """Read a table of the study: order_pilot, orders, order_distance, painting or rare_findings.

    Raises:
        InputError: it has not been made yet.
    """
    stage = "rare_findings.py score" if name == "rare_findings" else "pathology.py export"
    return pd.read_csv(_there(folder / f"{name}.csv", stage))


def rare_maps(folder: Path = _RESULTS) -> dict[str, np.ndarray]:
    """Return label maps by what they are, (N, 32, 32) uint8: 0 outside, 1 to 3 tissue, 4 to 6 tumour.

    "0 examples", "5 examples" and so on are generated, for orders of "unseen" patients; generators had the
    first so many of "examples". Raises `InputError` if they have not been made yet.
    """
    with np.load(_there(folder / "rare_findings.npz", "rare_findings.py score")) as file:
        return dict(file)


def _there(path: Path, stage: str) -> Path:
    if not path.exists():
        raise InputError(f"{path}: not there; `python experiments/{stage}` makes it")
    return path
