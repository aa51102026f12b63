"""Answers to lesson 21; tests/wrong_answers/21.py has more wrong answers."""

import numpy as np
from scipy.spatial.distance import jensenshannon


def js(p, q, width):
    return jensenshannon(p * width, q * width) ** 2


RIGHT = {
    "best_answer": lambda p, q: p / (p + q),
    "js": js,
    "slopes": lambda d: (-d, d - 1),
    "mend": {"d_steps": 10},
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("best_answer", lambda p, q: q / (p + q), "generated"),
    ("best_answer", lambda p, q: p / q, "odds"),
    ("best_answer", lambda p, q: p > q, "decides"),
    ("best_answer", lambda p, q: p, "matters"),
    ("best_answer", lambda p, q: (p / (p + q)).mean(), "shape"),
    ("best_answer", lambda p, q: p**2 / (p**2 + q**2), "0.25"),
    ("js", lambda p, q, w: (p * np.log(p / (p + q) * 2) * w).sum(), "NaN"),
    ("js", lambda p, q, w: js(p, q, w) / w, "width"),
    ("js", lambda p, q, w: 2 * js(p, q, w), "half"),
    ("js", lambda p, q, w: js(p, q, w) / np.log(2), "bits"),
    ("js", lambda p, q, w: np.sqrt(js(p, q, w)), "root"),
    ("js", lambda p, q, w: js(p, q, w) - np.log(2), "mean of both"),
    ("js", lambda p, q, w: -js(p, q, w), "sign"),
    ("js", lambda p, q, w: np.abs(p - q).sum() * w, "received"),
    ("slopes", lambda d: (d - 1, -d), "swapped"),
    ("slopes", lambda d: (d, 1 - d), "signs"),
    ("slopes", lambda d: (-1 / (1 - d), -1 / d), "multiplied"),
    ("slopes", lambda d: (d * (1 - d), d * (1 - d)), "-0.1"),
    ("mend", {"g_rate": 0.001}, "another way"),
    ("mend", {"d_steps": 11}, "1 to 10"),
    ("mend", {"loss": "least-squares"}, "of 8 blobs"),
    ("mend", {}, "Nothing"),
]
