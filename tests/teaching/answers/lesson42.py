"""Answers to lesson 42; tests/wrong_answers/42.py has more wrong answers."""

import numpy as np

from gancourse.teaching.checks.lesson42 import DIAGNOSES


def surprise(target, logits):
    return np.mean(np.logaddexp(0, logits) - target * logits)


def swapped(one, other):
    return DIAGNOSES | {one: DIAGNOSES[other], other: DIAGNOSES[one]}


RIGHT = {
    "smoothed": lambda real, fake, s: surprise(1 - s, real) + surprise(0, fake),
    "times_as_far": lambda kids, baseline: np.exp(np.log(kids).mean() - np.log(baseline).mean()),
    "diagnosis": DIAGNOSES,
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("smoothed", lambda real, fake, s: surprise(1, real) + surprise(0, fake), "does not depend"),
    ("smoothed", lambda real, fake, s: surprise(1 - s, real) + surprise(s, fake), "both sides"),
    ("smoothed", lambda real, fake, s: surprise(1, real) + surprise(s, fake), "generated side"),
    ("smoothed", lambda real, fake, s: surprise(s, real) + surprise(0, fake), "taken off"),
    ("smoothed", lambda real, fake, s: (surprise(1 - s, real) + surprise(0, fake)) / 2, "Half"),
    ("smoothed", lambda real, fake, s: surprise(0, real) + surprise(1 - s, fake), "should be"),
    ("times_as_far", lambda kids, baseline: kids.mean() / baseline.mean(), "plain means"),
    ("times_as_far", lambda kids, baseline: np.median(kids) / np.median(baseline), "Medians"),
    ("times_as_far", lambda kids, b: np.exp(np.log(b).mean() - np.log(kids).mean()), "Upside down"),
    ("times_as_far", lambda kids, b: np.log10(kids).mean() - np.log10(b).mean(), "turn it back"),
    ("times_as_far", lambda kids, b: kids.mean() - b.mean(), "expected"),
    ("diagnosis", {"A": "collapse"}, "no diagnosis"),
    ("diagnosis", DIAGNOSES | {"A": "fog"}, "not one of"),
    ("diagnosis", DIAGNOSES | {"A": "collapse"}, "once"),
    ("diagnosis", swapped("A", "D"), "100 %"),
    ("diagnosis", swapped("B", "C"), "single pixels"),
]
