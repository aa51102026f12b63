"""Was an order delivered? What was asked for is compared with what an instrument reads off the image.

No instrument is perfect: even in a real slice it misreads an attribute by some amount. So an attribute counts
as delivered if it is off by no more than nine real slices in ten are, when the same instrument reads them. By
that rule real slices deliver nine tenths of each attribute, and fewer of all at once: the ceiling.
"""

import numpy as np
import pandas as pd

#: What is compared, beside the grade.
ATTRIBUTES = ("area_cm2", "enhancing_cm2", "side", "along", "height")

#: Errors that always pass, since nobody would call them errors: half of real slices or more have their tumour
#: wholly on one side, and may be read so without any error at all.
ALWAYS = {"area_cm2": 1.0, "enhancing_cm2": 0.5, "side": 0.2, "along": 0.1, "height": 0.02}


def errors(asked: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return how far off each attribute is, a row for each order.

    Args:
        asked: columns `grade` and `ATTRIBUTES`; NaN where nothing was asked, as of a healthy slice's tumour.
        found: what was measured, with those of the columns that the instrument can tell. NaN means that there
            was nothing to measure, such as no tumour.

    Returns:
        `grade`, 0 where it is right and 1 where it is wrong, and absolute errors of the attributes in their
        units. They are NaN where nothing was asked, and infinite where something was asked and nothing found.
    """
    result = {}
    if "grade" in found:
        result["grade"] = (asked["grade"].to_numpy() != found["grade"].to_numpy()).astype(float)
    for name in [name for name in ATTRIBUTES if name in found]:
        wanted, got = asked[name].to_numpy(float), found[name].to_numpy(float)
        off = np.where(np.isnan(got), np.inf, np.abs(got - wanted))
        result[name] = np.where(np.isnan(wanted), np.nan, off)
    return pd.DataFrame(result)


def tolerances(of_real: pd.DataFrame, share: float = 0.9) -> dict[str, float]:
    """Return the error that the given share of real slices keeps to, by attribute; none for the grade.

    It is `ALWAYS` at the least. What the instrument missed altogether (infinite) does not widen it.

    Args:
        of_real: `errors` of real slices, asked for what they show.
        share: 0 to 1.
    """
    limits = {
        name: max(ALWAYS.get(name, 0.0), _quantile(of_real[name].to_numpy(), share))
        for name in of_real
        if name != "grade"
    }
    return ({"grade": 0.0} if "grade" in of_real else {}) | limits


def _quantile(off: np.ndarray, share: float) -> float:
    known = off[np.isfinite(off)]
    return float(np.quantile(known, share, method="higher")) if len(known) else 0.0


def delivered(off: pd.DataFrame, limits: dict[str, float]) -> pd.DataFrame:
    """Say of each order which attributes were delivered, and in the column `all` whether all of them were.

    Args:
        off: from `errors`. What was not asked for (NaN) cannot be wrong.
        limits: from `tolerances`.
    """
    table = pd.DataFrame({name: ~(off[name] > limit) for name, limit in limits.items()})
    return table.assign(all=table.all(axis=1))


def distance_to_training(conditions: np.ndarray, training: np.ndarray, k: int = 5) -> np.ndarray:
    """Return how far each order lies from what was learned: the mean distance to its k nearest, (N,).

    Args:
        conditions: (N, n), standardised, as the generator gets them.
        training: (M, n), the conditions of the training slices; k of them or more.
        k: one training slice alone may be an outlier.

    Raises:
        ValueError: fewer than k training conditions.
    """
    conditions, training = (np.asarray(x, np.float64) for x in (conditions, training))
    if len(training) < k:
        raise ValueError(f"{len(training)} training conditions, expected k={k} or more")
    parts = []
    for some in np.array_split(conditions, max(1, len(conditions) // 256)):
        between = np.sqrt(((some[:, None] - training[None]) ** 2).sum(-1))
        parts.append(np.partition(between, k - 1, axis=1)[:, :k].mean(1))
    return np.concatenate(parts)


def by_distance(values: pd.DataFrame, distance: np.ndarray, edges: np.ndarray) -> pd.DataFrame:
    """Average values of orders, such as whether they were delivered, by how far from the training they lie.

    Args:
        values: a row for each order.
        distance: (N,), from `distance_to_training`.
        edges: rising limits of the groups; what lies outside of all is left out.

    Returns:
        A row for each group that has orders: `nearest`, `farthest` (its limits), `orders`, and means.
    """
    group = np.searchsorted(edges, distance, side="right") - 1
    rows = []
    for k in range(len(edges) - 1):
        some = values[group == k]
        if len(some):
            limits = {"nearest": edges[k], "farthest": edges[k + 1], "orders": len(some)}
            rows.append(limits | some.astype(float).replace(np.inf, np.nan).mean().to_dict())
    return pd.DataFrame(rows)
