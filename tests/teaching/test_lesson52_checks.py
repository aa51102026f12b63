"""What the hints of lesson 52 say; that every wrong answer is rejected is in tests/test_exercises.py."""

import math

import numpy as np
import pytest

from gancourse.teaching.checks import lesson52 as checks


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda a, t, g: a.sum() * t / 1000, "gap is missing"),
        (lambda a, t, g: a.sum() * t, "gap is missing"),
        (lambda a, t, g: a.sum() * (t + g), "1 mL is 1000 mm3"),
        (lambda a, t, g: a.sum() * (t + g) / 100, "1 mL is 1000 mm3"),
        (lambda a, t, g: a.sum() * t * g / 1000, "add them"),
        (lambda a, t, g: np.trapezoid(a, dx=t + g) / 1000, "by half"),
        (lambda a, t, g: a.mean() * (t + g) / 1000, "Add all slabs"),
        (lambda a, t, g: a.sum() / 1000, "not a volume yet"),
        (lambda a, t, g: a.sum() * (5.5 if g else 6) / 1000, "one set of slices only"),
        (lambda a, t, g: 7.0, "Received 7"),
    ],
)
def test_volume_ml(answer, said):
    result = checks.volume_ml(answer)
    assert result.passed is False and said in result.hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda c, m: c + 1, "come in any order"),
        (lambda c, m: np.argsort(m)[c] + 1, "argsort once"),
        (lambda c, m: np.argsort(np.argsort(-m))[c] + 1, "Turned round"),
        (lambda c, m: np.argsort(np.argsort(m))[c], "start at 1"),
        (lambda c, m: np.argsort(m) + 1, "one label for each voxel"),
        (lambda c, m: m[c], "received"),
    ],
)
def test_name_tissues(answer, said):
    result = checks.name_tissues(answer)
    assert result.passed is False and said in result.hint


def sd(first, second):
    return np.std(second - first, ddof=1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (sd, "one standard deviation"),
        (lambda a, b: 1.96 * sd(a, b) / math.sqrt(2), "both err"),
        (lambda a, b: 1.96 * math.sqrt(2) * sd(a, b), "no root of 2"),
        (lambda a, b: 1.96 * sd(a, b) / math.sqrt(len(a)), "one person"),
        (lambda a, b: 1.96 * np.std(a, ddof=1), "how much people differ"),
        (lambda a, b: 1.96 * np.std(np.concatenate([a, b]), ddof=1), "own difference"),
        (lambda a, b: np.mean(b - a), "how much it scatters"),
        (lambda a, b: np.mean(np.abs(b - a)), "many exceed it"),
        (lambda a, b: np.max(np.abs(b - a)), "largest"),
    ],
)
def test_smallest_change(answer, said):
    result = checks.smallest_change(answer)
    assert result.passed is False and said in result.hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda d, s: 4 * (2.8 * s / d) ** 2, "both groups together"),
        (lambda d, s: (2.8 * s / d) ** 2, "factor 2"),
        (lambda d, s: 2 * (1.96 * s / d) ** 2, "add 0.84"),
        (lambda d, s: 2 * 2.8 * s / d, "square the bracket"),
        (lambda d, s: 2 * (2.8 * d / s) ** 2, "Turned round"),
        (lambda d, s: 2 * 2.8 * (s / d) ** 2, "Square the 1.96"),
        (lambda d, s: 100, "expected about"),
    ],
)
def test_people_needed(answer, said):
    result = checks.people_needed(answer)
    assert result.passed is False and said in result.hint


def test_right_answers_in_other_words():
    assert checks.volume_ml(lambda a, t, g: sum(area * (t + g) for area in a) * 1e-3).passed
    assert checks.name_tissues(lambda c, m: np.searchsorted(np.sort(m), m)[c] + 1).passed
    assert checks.smallest_change(lambda a, b: 2 * np.std(a - b)).passed
    assert checks.smallest_change(
        lambda a, b: 2.77 * np.sqrt(np.mean(np.var(np.stack([a, b]), axis=0, ddof=1)))
    ).passed
    assert checks.people_needed(lambda d, s: math.ceil(2 * (2.8 * s / d) ** 2)).passed
    assert checks.people_needed(lambda d, s: 15.7 * (s / d) ** 2).passed


def test_nothing_tried_yet():
    for check in (checks.volume_ml, checks.name_tissues, checks.smallest_change, checks.people_needed):
        assert check(lambda *arguments: ...).passed is None
