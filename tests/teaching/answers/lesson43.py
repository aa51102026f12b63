"""Answers to lesson 43; tests/wrong_answers/43.py has more wrong answers."""

import numpy as np

from gancourse.gans import latent


def least_squares(latents, values):
    *weights, intercept = np.linalg.lstsq(
        np.column_stack([latents, np.ones(len(latents))]), values, rcond=None
    )[0]
    return weights, intercept


RIGHT = {
    "slerp": latent.slerp,
    "fit_direction": least_squares,
    "smallest_move": lambda z, w, change: z + np.linalg.pinv(w[None])[:, 0] * change,
    "hold": lambda w, other: w - np.outer(other, other) @ w / (other**2).sum(),
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("slerp", latent.lerp, "straight line:"),
    ("slerp", lambda a, b, t: 10 * latent.lerp(a, b, t) / np.linalg.norm(latent.lerp(a, b, t)), "speed"),
    ("slerp", lambda a, b, t: latent.slerp(b, a, t), "Turned"),
    ("slerp", lambda a, b, t: a * np.nan, "cosine"),
    ("slerp", lambda a, b, t: a[None], "shape"),
    ("fit_direction", lambda z, v: (np.linalg.lstsq(z, v, rcond=None)[0], 0), "intercept"),
    ("fit_direction", lambda z, v: (least_squares(z, v)[0], v.mean()), "900"),
    ("fit_direction", lambda z, v: (z[0], 900), "least squares"),
    ("fit_direction", lambda z, v: least_squares(z, v)[0], "two things"),
    ("smallest_move", lambda z, w, change: z + change * w, "w @ w"),
    ("smallest_move", lambda z, w, change: z + change / w / len(w), "times as long"),
    ("smallest_move", lambda z, w, change: z, "Asked"),
    ("hold", lambda w, other: w - other, "whole"),
    ("hold", lambda w, other: 0 * w, "what is left"),
    ("hold", lambda w, other: w, "must not"),
]
