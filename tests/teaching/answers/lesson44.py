"""Answers to lesson 44; tests/wrong_answers/44.py has more wrong answers."""

import numpy as np
from scipy import stats

from gancourse.metrics import fidelity
from gancourse.metrics.memorisation import distances
from gancourse.teaching.material.memory_game import Game


def kernel(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def kernel_distance(a, b, inner=None, across=2.0):
    def pairs(k):
        return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))

    inner = inner or pairs
    return inner(kernel(a, a)) + inner(kernel(b, b)) - across * kernel(a, b).mean()


def within(generated, real, k, what=np.any):
    reach = np.sort(distances(real, real), 1)[:, k]
    return what(distances(generated, real) <= reach, axis=1).mean()


def interval(right, n, method="wilson", confidence=0.95):
    return tuple(stats.binomtest(right, n).proportion_ci(confidence, method))


def wald(right, n):
    half = 1.96 * np.sqrt(right / n * (1 - right / n) / n)
    return right / n - half, right / n + half


GAME = Game(dict.fromkeys("PQ", np.zeros((1, 2, 2))), "Q", "b")

RIGHT = {
    "kernel_distance": kernel_distance,
    "precision": lambda generated, real, k: fidelity.precision_recall(real, generated, k)[0],
    "wilson": interval,
    "culprit": ({"set": "Q", "patient": "b"}, GAME),
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("kernel_distance", lambda a, b: kernel_distance(a, b, np.mean), "diagonal"),
    ("kernel_distance", lambda a, b: kernel_distance(a, b, across=1), "twice"),
    ("kernel_distance", lambda a, b: -kernel_distance(a, b), "sign"),
    ("kernel_distance", lambda a, b: np.sqrt(kernel_distance(a, b)), "root"),
    ("kernel_distance", lambda a, b: ((a.mean(0) - b.mean(0)) ** 2).sum(), "received"),
    ("precision", lambda g, r, k: within(g, r, k - 1), "too few"),
    ("precision", lambda g, r, k: within(r, g, k), "recall"),
    ("precision", lambda g, r, k: 100 * within(g, r, k), "per cent"),
    ("precision", lambda g, r, k: within(g, r, k, np.all), "all real"),
    ("precision", lambda g, r, k: within(g, r, k, np.mean), "pairs"),
    ("precision", lambda g, r, k: 0.5, "expected"),
    ("wilson", wald, "Wald"),
    ("wilson", lambda k, n: interval(k, n, "exact"), "Clopper"),
    ("wilson", lambda k, n: interval(k, n, confidence=0.9), "90 %"),
    ("wilson", lambda k, n: interval(k, n)[::-1], "first"),
    ("wilson", lambda k, n: k / n, "two numbers"),
    ("wilson", lambda k, n: tuple(100 * np.array(interval(k, n))), "per cent"),
    ("culprit", ({"set": "P", "patient": "b"}, GAME), "chance"),
    ("culprit", ({"set": "Q", "patient": "a"}, GAME), "wrong patient"),
    ("culprit", ({"set": "Z", "patient": "a"}, GAME), "not one of"),
    ("culprit", ({"patient": "a"}, GAME), "both"),
]
