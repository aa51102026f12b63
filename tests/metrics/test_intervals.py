"""Intervals and comparisons against Student's t, all signs, Wilcoxon, and by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gancourse.metrics.intervals import bootstrap, compare_paired

VALUES = st.lists(st.floats(0, 1, width=16), min_size=2, max_size=30)


@settings(deadline=None, derandomize=True, database=None, max_examples=25)
@given(VALUES, st.integers(0, 2**32), st.floats(-5, 5, width=16))
def test_an_interval_holds_its_mean_and_moves_with_the_values(values, seed, shift):
    mean, low, high = bootstrap(values, seed)
    assert min(values) - 1e-9 <= low <= mean + 1e-9 and mean - 1e-9 <= high <= max(values) + 1e-9
    assert bootstrap([*values, np.nan], seed) == (mean, low, high)  # undefined values are left out
    moved = bootstrap(np.add(values, shift), seed)
    assert moved == pytest.approx((mean + shift, low + shift, high + shift), abs=1e-9)
    narrow = bootstrap(values, seed, confidence=0.5)
    assert low <= narrow.low <= narrow.high <= high
    there, back = compare_paired(values, values[::-1], seed), compare_paired(values[::-1], values, seed)
    assert back.difference == pytest.approx(-there.difference, abs=1e-9)
    assert there.p == pytest.approx(back.p, abs=0.05) and 0 < there.p <= 1  # 9999 random swaps of many


def test_bootstrap_of_a_mean_is_near_students_and_covers():
    rng = np.random.default_rng(0)
    values = rng.normal(0.8, 0.1, 60)
    mean, low, high = bootstrap(values, seed=1)
    student = stats.t.interval(0.95, 59, values.mean(), stats.sem(values))
    assert mean == values.mean() and (low, high) == pytest.approx(student, abs=0.004)
    assert bootstrap(values, seed=1) == (mean, low, high) != bootstrap(values, seed=2)
    inside = [low <= 0.5 <= high for _, low, high in (bootstrap(rng.random(20), seed=0) for _ in range(100))]
    assert 0.88 <= np.mean(inside) <= 0.99


def test_one_value_has_no_interval():
    np.testing.assert_equal(bootstrap([0.5, np.nan], seed=0), (0.5, np.nan, np.nan))
    np.testing.assert_equal(bootstrap([], seed=0), (np.nan, np.nan, np.nan))
    assert np.isnan(compare_paired([0.9], [0.8], seed=0).p)


def test_comparison_tries_all_changes_of_sign():
    a = np.array([0.81, 0.92, 0.65, 0.88, 0.71, 0.93, 0.60])
    b = np.array([0.79, 0.85, 0.66, 0.80, 0.60, 0.90, 0.61])
    comparison = compare_paired(a, b, seed=0)
    means = [np.mean(np.multiply(signs, a - b)) for signs in itertools.product((1, -1), repeat=7)]
    expected = np.mean(np.abs(means) >= abs(np.mean(a - b)) - 1e-12)
    assert comparison.p == pytest.approx(expected, abs=1e-9)
    assert comparison[:3] == bootstrap(a - b, seed=0)


def test_comparison_of_ranks_is_wilcoxons():
    signed_ranks = np.array([1, -2, 3, 4, 5, -6, 7, 8, 9, 10]) / 100
    expected = stats.wilcoxon(signed_ranks, method="exact").pvalue
    assert compare_paired(0.5 + signed_ranks, np.full(10, 0.5), seed=0).p == pytest.approx(expected, abs=1e-9)


def test_comparison_of_many_patients_sees_pairs():
    rng = np.random.default_rng(3)
    patients, noise = rng.normal(0.7, 0.15, (2, 100)) * [[1], [0.1]]
    better = compare_paired(patients + 0.02 + noise / 10, patients, seed=0)
    assert better.p < 0.001 and better.low > 0  # though patients differ by far more than the methods
    assert compare_paired(patients, rng.permutation(patients), seed=0).p > 0.05
    assert compare_paired(patients, patients, seed=0).p == 1


def test_comparison_of_pairs_only():
    a, b = [0.9, np.nan, 0.8, 0.7], [0.8, 0.5, np.nan, 0.5]
    assert compare_paired(a, b, seed=0).difference == pytest.approx(0.15, abs=1e-9)
    with pytest.raises(ValueError, match=r"\(3,\), \(2,\)"):
        compare_paired([1, 2, 3], [1, 2], seed=0)
