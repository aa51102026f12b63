"""Means over patients with their uncertainty, and comparisons of two methods on the same patients."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

RESAMPLES = 9999


class Interval(NamedTuple):
    """A mean over patients with the ends of its interval, which are NaN for a single patient."""

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
    """Return the mean over patients, and its percentile interval over patients resampled with replacement.

    Args:
        values: one number per patient, never per slice: slices of one patient are alike, and the interval
            would be too narrow. NaN is left out.
        seed: of the resampling.
        confidence: nominal share of intervals that contain the true mean; somewhat less with few patients.
    """
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return Interval(float(known[0]) if len(known) else np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    ends = stats.bootstrap(
        (known,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="percentile", rng=rng
    ).confidence_interval
    return Interval(float(known.mean()), float(ends.low), float(ends.high))


def compare_paired(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray, seed: int) -> Comparison:
    """Compare methods `a` and `b` on the same patients by the mean of a - b, with `bootstrap`'s interval.

    The p-value is a permutation test's: the share of random swaps of each patient's two values that give a
    mean difference at least as far from 0. Up to 13 patients it tries every swap, above that 9999 of them.

    Args:
        a, b: one number per patient, in the same order. Pairs with a NaN are left out.
        seed: of the resampling.

    Raises:
        ValueError: they differ in number.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"expected one value per patient of each method, received {a.shape}, {b.shape}")
    difference = (a - b)[~np.isnan(a - b)]
    mean, low, high = bootstrap(difference, seed)
    if len(difference) < 2:
        return Comparison(mean, low, high, np.nan)
    p = stats.permutation_test(
        (difference, np.zeros_like(difference)),
        lambda x, y, axis: (x - y).mean(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(seed),
    ).pvalue
    return Comparison(mean, low, high, float(p))
