"""Checks of lesson 21: the best answer, the divergence, two slopes, and a mend that is played."""

from collections.abc import Callable, Mapping

import numpy as np

from gancourse.errors import InputError
from gancourse.teaching.checks import check, judge

#: What mends the game already, or would be another game.
TAKEN = ("data", "seed", "g_rate", "d_rate")
#: Blobs that a mended game finds, and the frames it has; as in `experiments/playground.py`.
WANTED, FRAMES = 6, 300


@check
def best_answer(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`best_answer(p, q)` is p / (p + q)."""
    p, q = np.array([0.2, 0.5, 0.01]), np.array([0.6, 0.5, 0.3])
    got = np.asarray(answer(p, q), float)
    if got.shape != p.shape:
        return f"Expected a probability for each of 3 places, received shape {got.shape}."
    other = q / (p + q)
    mistakes = {
        "That is the probability of a generated number. The discriminator gives that of a real one.": other,
        "Those are odds, which can exceed 1. The share of real ones among all is p / (p + q).": p / q,
        "That is a decision. The best answer says how sure it is: a number between 0 and 1.": p > q,
        "p(x) is the density of real numbers only. How many generated ones lie there matters as well.": p,
    }
    said = f"For p = 0.2 and q = 0.6 expected 0.25, received {got[0]:.3g}."
    return judge(got, p / (p + q), mistakes, said)


@check
def js(answer: Callable[[np.ndarray, np.ndarray, float], float]) -> str | None:
    """`js(p, q, width)` is the Jensen-Shannon divergence in nats."""
    width = 0.25
    p, q = np.array([0.8, 2.0, 1.2, 0.0]), np.array([0.0, 0.4, 1.6, 2.0])
    with np.errstate(all="ignore"):
        got = float(answer(p, q, width))

    def part(a, b):
        some = a > 0
        return float((a[some] * np.log(a[some] / b[some])).sum() * width)

    m = (p + q) / 2
    right = (part(p, m) + part(q, m)) / 2
    if np.isnan(got):
        return "0 times the logarithm of 0 became NaN: sum over places where the density is above 0."
    mistakes = {
        "The width is missing: an integral is a sum times the width of a step.": right / width,
        "That is twice the divergence: each of the two parts counts half.": 2 * right,
        "That is in bits, with the logarithm of base 2. Use the natural logarithm here.": right / np.log(2),
        "That is the Jensen-Shannon distance, which is the root. Leave the root out.": np.sqrt(right),
        "The mixture is the mean of both: (p + q) / 2.": (part(p, 2 * m) + part(q, 2 * m)) / 2,
        "The sign is wrong: a divergence is never below 0.": -right,
    }
    said = f"Expected {right:.4f} for two small densities, received {got:.4f}."
    return judge(got, right, mistakes, said)


@check
def slopes(answer: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> str | None:
    """`slopes(d)` are -d and -(1 - d)."""
    d = np.array([0.1, 0.5, 0.8])
    got = np.array([np.broadcast_to(each, d.shape) for each in answer(d)], float)
    if got.shape != (2, 3):
        return "Return two arrays: the slopes of ln(1 - D), then of -ln D."
    right = np.stack([-d, d - 1])
    mistakes = {
        "The two are swapped: the slope of ln(1 - D) comes first.": right[::-1],
        "The signs are wrong: a higher logit makes both losses smaller, so both slopes are negative.": -right,
        "Those are slopes with respect to D. For the logit, multiply them by D (1 - D).": [
            -1 / (1 - d),
            -1 / d,
        ],
    }
    said = f"At D = 0.1 expected -0.1 and -0.9, received {got[0, 0]:.3g} and {got[1, 0]:.3g}."
    return judge(got, right, mistakes, said)


@check
def mend(answer: Mapping[str, object]) -> str | None:
    """`mend` changes the game "oscillation" so that most blobs are found; it is played to see."""
    from gancourse.teaching.widgets.playground_game import Playground

    if taken := [name for name in answer if name in TAKEN]:
        return f"Leave {taken[0]} as it is here, and find another way."
    if not answer:
        return "Nothing is changed yet. Name a setting and give it a value."
    game = Playground("oscillation")
    try:
        for name, value in answer.items():
            game.set(name, value)
    except InputError as error:
        return str(error)
    found = []
    for _ in range(FRAMES):
        game.play()
        found.append(game.now["found"])
    middle = int(np.median(found[-FRAMES // 3 :]))
    if middle < WANTED:
        return f"{middle} of 8 blobs are found (median of the last 100 frames). Which network is ahead?"
    return None
