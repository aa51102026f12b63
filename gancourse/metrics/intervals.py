"""Over patients: a mean and how sure it is, and whether one method beats another on the same patients."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

RESAMPLES = 9999


class Interval(NamedTuple):
    """A mean over patients, and between what it may lie; `low` and `high` are NaN for a single patient."""

    mean: float
    low: float
    high: float


class Comparison(NamedTuple):
    """Mean difference of two methods over patients, its interval, and a two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float


def bootstrap(values: Sequence[float] | np.ndarray, seed: int, confidence: float = 0.95) -> Interval:
    """Mean over patients, and the percentile interval of the means of patients drawn anew, with replacement.

    Args:
        values: one number for each patient, never for each slice: slices of one patient are alike, and the
            interval would be too narrow. NaN is left out.
        seed: of the drawing.
        confidence: share of such intervals that hold the true mean; somewhat less with few patients.
    """
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return Interval(float(known[0]) if len(known) else np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    found = stats.bootstrap(
        (known,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="percentile", rng=rng
    ).confidence_interval
    return Interval(float(known.mean()), float(found.low), float(found.high))


def compare_paired(
    a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray, seed: int, confidence: float = 0.95
) -> Comparison:
    """Is method `a` better than method `b` on the same patients? Mean of a - b, with `bootstrap`'s interval.

    The p-value is a permutation test's: how often is the mean difference as far from 0 when each patient's
    two values change places at random? All ways are tried up to 13 patients, 9999 of them with more.

    Args:
        a, b: one number for each patient, in the same order. A pair with a NaN is left out.

    Raises:
        ValueError: they differ in number.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"expected one value of each method a patient, received shapes {a.shape}, {b.shape}")
    difference = (a - b)[~np.isnan(a - b)]
    mean, low, high = bootstrap(difference, seed, confidence)
    if len(difference) < 2:
        return Comparison(mean, low, high, np.nan)
    found = stats.permutation_test(
        (difference, np.zeros_like(difference)),
        lambda x, y, axis: (x - y).mean(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(seed),
    )
    return Comparison(mean, low, high, float(found.pvalue))
