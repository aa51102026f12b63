"""Answers to lesson 11; tests/wrong_answers/11.py has more wrong answers."""

import numpy as np


def bayes(one, zero, prior):
    return 1 / (1 + zero * (1 - prior) / (one * prior))


def from_odds(odds):
    return odds / (1 + odds)


def odds(p):
    return p / (1 - p)


def conditional(mean, cov, first):
    return mean[1] + cov[1, 0] / cov[0, 0] * (first - mean[0]), np.sqrt(np.linalg.det(cov) / cov[0, 0])


RIGHT = {
    "asymmetry": lambda image: np.abs(np.fliplr(image) - image)[image > -1].mean(),
    "posterior": bayes,
    "with_prior": lambda p, old, new: from_odds(odds(p) * odds(new) / odds(old)),
    "guess": conditional,
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("asymmetry", lambda i: np.abs(i - i[::-1])[i > -1].mean(), "rows come first"),
    ("asymmetry", lambda i: np.abs(i - i[::-1, ::-1])[i > -1].mean(), "half a circle"),
    ("asymmetry", lambda i: (i - i[:, ::-1])[i > -1].mean(), "absolute"),
    ("asymmetry", lambda i: np.abs(i - i[:, ::-1]).mean(), "background"),
    ("asymmetry", lambda i: np.abs(i - i[:, ::-1])[i > -1].sum(), "sum"),
    ("asymmetry", lambda i: ((i - i[:, ::-1])[i > -1] ** 2).mean(), "squared"),
    ("asymmetry", lambda i: np.abs(i - i[:, ::-1]), "shape"),
    ("asymmetry", lambda i: 0.5, "expected"),
    ("posterior", lambda one, zero, prior: one * prior, "upper half"),
    ("posterior", lambda one, zero, prior: one / (one + zero), "left out"),
    ("posterior", lambda one, zero, prior: 1 - bayes(one, zero, prior), "no tumour"),
    ("posterior", lambda one, zero, prior: bayes(one, zero, 1 - prior), "swapped"),
    ("posterior", lambda one, zero, prior: one * prior / (one * prior + zero), "lower half"),
    ("posterior", lambda one, zero, prior: odds(bayes(one, zero, prior)), "odds"),
    ("posterior", lambda one, zero, prior: prior, "shape"),
    ("posterior", lambda one, zero, prior: 0 * one + prior, "expected"),
    ("with_prior", lambda p, old, new: p * new / old, "scaled"),
    ("with_prior", lambda p, old, new: odds(p) * odds(new) / odds(old), "Back"),
    ("with_prior", lambda p, old, new: from_odds(odds(p) * odds(old) / odds(new)), "wrong way"),
    ("with_prior", lambda p, old, new: from_odds(odds(p) * new / old), "ratio"),
    ("with_prior", lambda p, old, new: from_odds(odds(p) * odds(new)), "still in p"),
    ("with_prior", lambda p, old, new: p, "Nothing"),
    ("with_prior", lambda p, old, new: new, "alone"),
    ("with_prior", lambda p, old, new: np.array([p, new]), "shape"),
    ("with_prior", lambda p, old, new: p + new - old, "received"),
    ("guess", lambda m, c, a: (conditional(m, c, a)[0],), "two things"),
    ("guess", lambda m, c, a: (conditional(m, c, a)[0], conditional(m, c, a)[1] ** 2), "root"),
    ("guess", lambda m, c, a: (conditional(m, c, a)[0], 10.0), "narrows"),
    ("guess", lambda m, c, a: (conditional(m, c, a)[0], 1.0), "1.00"),
    ("guess", lambda m, c, a: (m[1], 8.0), "does not depend"),
    ("guess", lambda m, c, a: (m[1] + c[0, 1] / c[1, 1] * (a - m[0]), 8.0), "known"),
    ("guess", lambda m, c, a: (m[1] + c[0, 1] * (a - m[0]), 8.0), "no slope"),
    ("guess", lambda m, c, a: (m[1] - 1.5 * (a - m[0]), 8.0), "wrong way"),
    ("guess", lambda m, c, a: (1.5 * a, 8.0), "average"),
    ("guess", lambda m, c, a: (m[1] + 2 * (a - m[0]), 8.0), "38.00"),
]
