"""Checks of lesson 46: two attacks' parts, a control, the private gradient, and epsilon."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.metrics import accountant
from gancourse.metrics.memorisation import distances
from gancourse.teaching.checks import check, close, recognise
from gancourse.teaching.material import privacy_parts as course


@check
def distance_score(answer: Callable[[np.ndarray, np.ndarray], Any]) -> str | None:
    """`distance_score(images, generated)` is minus the distance to the nearest generated image."""
    rng = np.random.default_rng(0)
    images, generated = rng.uniform(-1, 1, (5, 4, 4)), rng.uniform(-1, 1, (7, 4, 4))
    got = np.asarray(answer(images, generated))
    apart = distances(images, generated)
    right = -apart.min(1)
    if got.shape == (7,):
        return "That is one number for each *generated* image. Search separately for each person: axis=1."
    if got.shape == (5, 7):
        return "Those are all distances. Keep only the nearest generated image of each person."
    if got.shape == ():
        return "That is one number for all images together. Each person needs a score: axis=1."
    if got.shape != (5,):
        return f"Expected one score for each of 5 images, shape (5,), received {got.shape}."
    if close(got, right):
        return None
    mistakes = {
        "The sign is wrong: a near image should give a *high* score.": -right,
        "That is the mean distance to all images. Only the nearest one counts.": [
            -apart.mean(1),
            apart.mean(1),
        ],
        "That is the farthest image. Look for the nearest.": [-apart.max(1), apart.max(1)],
        "That is the index of the nearest image. Its distance is wanted: min, not argmin.": [
            apart.argmin(1),
            -apart.argmin(1),
        ],
        "The ranking is right, but 1 / distance grows without limit for a copy: return minus the distance.": [
            1 / apart.min(1),
            1 / (1 + apart.min(1)),
        ],
        "The ranking is right, and an attack needs no more. Here, return minus the distance itself.": [
            np.exp(-apart.min(1)),
            1 - apart.min(1),
            -(apart.min(1) ** 2),
        ],
    }
    said = f"Expected {right[0]:.3f} for the first of five small images, received {float(got[0]):.3f}."
    return recognise(got, mistakes) or f"{said} It is minus the smallest of its distances."


@check
def attack_success(answer: Callable[[np.ndarray, np.ndarray], Any]) -> str | None:
    """`attack_success(members, others)` is the area under the ROC with DeLong's interval."""
    rng = np.random.default_rng(1)
    members, others = rng.integers(0, 9, 14) + 1.0, rng.integers(0, 9, 11) * 1.0  # with ties
    result = answer(members, others)
    if np.shape(result) != (3,):
        return f"Return three numbers: the area, and both ends. Received the shape {np.shape(result)}."
    area, low, high = map(float, result)
    more, same = members[:, None] > others, members[:, None] == others
    right = (more + 0.5 * same).mean()
    if not close(area, right):
        mistakes = {
            "It counts wins of the *others*. A pair is won if the member's score is higher.": 1 - right,
            "A tie counts one half: add 0.5 where the scores are equal.": more.mean(),
            "A tie counts one half, not as a whole win.": (more + same).mean(),
            "That is the number of wins. Divide by the number of pairs: the mean.": (more + 0.5 * same).sum(),
            "Return the area first, then the low end, then the high end.": [low, high],
        }
        if close(low, right) or close(high, right):
            return "Return the area first, then the low end, then the high end."
        said = f"Expected an area of {right:.3f} for two small groups, received {area:.3f}."
        return recognise(area, mistakes) or f"{said} It is the mean of the table of wins, (M, N)."
    if low > high:
        return "The ends are swapped: first the low one, then the high one."
    return _wrong_interval(low, high, right, more + 0.5 * same)


def _wrong_interval(low: float, high: float, area: float, wins: np.ndarray) -> str | None:
    """What is wrong with an interval, if anything."""
    (m, n), half = wins.shape, (high - low) / 2
    if abs((low + high) / 2 - area) > 1e-3:
        return (
            f"The interval should lie around the area, {area:.3f}; yours goes from {low:.3f} to {high:.3f}."
        )

    def errors(by_member: float, by_other: float, ddof: int) -> float:
        a, b = wins.mean(1).var(ddof=ddof), wins.mean(0).var(ddof=ddof)
        return float(np.sqrt(a * by_member + b * by_other))

    right = [errors(1 / m, 1 / n, ddof) for ddof in (0, 1)]
    if any(np.isclose(half, z * each, rtol=2e-3) for each in right for z in (1.96, 1.959964, 2.0)):
        return None
    z = 1.96
    mistakes = {
        "That is one standard error to either side. The 95 % interval goes 1.96 of them.": right,
        "Divide each variance by its number of people before you add them.": [
            z * errors(1, 1, ddof) for ddof in (0, 1)
        ],
        "Only the members' scatter is in the error. The held-out people's part is missing.": [
            z * errors(1 / m, 0, ddof) for ddof in (0, 1)
        ],
        "Only the held-out people's scatter is in the error. The members' part is missing.": [
            z * errors(0, 1 / n, ddof) for ddof in (0, 1)
        ],
        "The square root is missing: a standard error is the root of a variance.": [z * e**2 for e in right],
        "The two numbers of people are swapped: divide the members' variance by the members.": [
            z * errors(1 / n, 1 / m, ddof) for ddof in (0, 1)
        ],
        "Pairs are not independent: take the variance of the means by person, not of all wins.": [
            z * wins.std(ddof=ddof) / np.sqrt(wins.size) for ddof in (0, 1)
        ],
    }
    said = f"The area is right. The error should be {right[0]:.4f}, and yours seems to be {half / z:.4f}."
    return recognise(half, mistakes) or f"{said} Print both variances: one of 14 means, and one of 11."


_ONLY_THE_AREA = (
    "attack_success returns three numbers. Keep only the first, the area: attack_success(...)[0]."
)


@check
def control(answer: Callable[[np.ndarray, np.random.Generator], Any]) -> str | None:
    """`control(scores, rng)` is the range of the area between halves of one group."""
    scores = np.random.default_rng(3).permutation(np.arange(200.0))
    rng = np.random.default_rng(4)
    first = answer(scores, rng)
    if np.shape(first) == (200,):
        return "Those are all areas. Return the two ends that hold 95 % of them, by np.quantile."
    if np.shape(first) in ((2, 3), (3, 2), (200, 3)):
        return _ONLY_THE_AREA
    if np.shape(first) != (2,):
        return f"Return two numbers, the low end and the high end. Received the shape {np.shape(first)}."
    lows, highs = np.transpose([first, *(answer(scores, rng) for _ in range(14))])
    low, high = float(lows.mean()), float(highs.mean())
    if low > high:
        return "The ends are swapped: first the low one, then the high one."
    said = f"yours goes from {low:.3f} to {high:.3f}, and about 0.420 to 0.580 is expected here."
    if high - low < 1e-6:
        return "All areas are the same. Shuffle the scores anew in each round, before you halve them."
    if low > 0.52 or high < 0.48:
        return f"The range should lie around 0.5: {said}"
    if high - low < 0.02:
        return (
            "The range is tiny. Is each half attacked against the *other* half, with 200 different halvings?"
        )
    width = high - low
    if width < 0.125:
        return f"The range is too narrow, as with fewer areas left out at the ends than 2.5 %: {said}"
    if width < 0.1475:
        return f"The range is too narrow: 0.025 and 0.975 are the ends that hold 95 % of the areas; {said}"
    if 0.25 < width < 0.30:
        return _ONLY_THE_AREA
    if width > 0.30:
        return f"The range is far too wide. Half of the scores belongs on either side: {said}"
    if width > 0.178:
        return f"The range is too wide: leave out 2.5 % of the areas at either end; {said}"
    few = np.mean([answer(np.arange(20.0), rng) for _ in range(5)], 0)
    if not 0.5 < few[1] - few[0] < 0.6:
        return "It is right for 200 scores, but not for 20. Take half of `len(scores)`, whatever it is."
    return None


@check
def private_gradient(answer: Callable[..., Any]) -> str | None:
    """`private_gradient(...)` clips by patient, sums, adds noise once, and divides by the expected number."""
    rng = np.random.default_rng(5)
    lengths = np.array([0.1, 3, 3, 3, 5, 0.3, 2, 2, 0.3])[:, None]
    patients = np.array([4, 7, 7, 7, 1, 9, 2, 2, 9])
    gradients = lengths * rng.normal(size=(9, 6)) / np.sqrt(6)
    gradients[1:4] = 3 * gradients[1] / np.linalg.norm(gradients[1]) + rng.normal(0, 0.2, (3, 6))
    clip, expected = 0.5, 8.0
    got = np.asarray(answer(gradients, patients, clip, 0.0, expected, np.random.default_rng(0)))
    if got.shape != (6,):
        return f"Expected one number for each of 6 weights, shape (6,), received {got.shape}."
    right = course.private_gradient(gradients, patients, clip, 0.0, expected, rng)
    if not np.allclose(got, right, rtol=1e-3, atol=1e-6):
        return _wrong_sum(got, right, gradients, patients, clip, expected)
    return _wrong_noise(answer) or _wrong_with_nobody(answer)


def _wrong_sum(
    got: np.ndarray,
    right: np.ndarray,
    gradients: np.ndarray,
    patients: np.ndarray,
    clip: float,
    expected: float,
) -> str:
    """What is wrong with a private gradient that has no noise."""

    def clipped(rows: np.ndarray) -> np.ndarray:
        return rows / np.maximum(1, np.linalg.norm(rows, axis=1, keepdims=True) / clip)

    names = np.unique(patients)
    means = np.stack([gradients[patients == p].mean(0) for p in names])
    sums = np.stack([gradients[patients == p].sum(0) for p in names])
    inside = np.stack([clipped(gradients[patients == p]).mean(0) for p in names])
    always = clip * means / np.linalg.norm(means, axis=1, keepdims=True)
    total = means.sum(0)
    mistakes = {
        "Each *slice* was clipped. First take the mean of a patient's slices, then clip that mean.": [
            clipped(gradients).sum(0) / expected,
            inside.sum(0) / expected,
        ],
        "Nothing was clipped: shorten each patient's gradient to length `clip` if it is longer.": [
            total / expected,
            gradients.sum(0) / expected,
        ],
        "Short gradients were stretched. Only those that are longer than `clip` are changed.": always.sum(0)
        / expected,
        "The sum of all patients was clipped. Clip each patient's gradient before you add it.": (
            clipped(total[None])[0] / expected
        ),
        "Each number was clipped by itself. Shorten the whole vector: multiply it by clip / length.": [
            np.clip(means, -clip, clip).sum(0) / expected,
            np.clip(gradients, -clip, clip).sum(0) / expected,
        ],
        "You divided by the patients that are there, which gives away their number: divide by `expected`.": [
            right * expected / len(names),
        ],
        "You divided by the number of slices. Divide by `expected`, the patients in a batch on average.": (
            right * expected / len(gradients)
        ),
        "The division by `expected` is missing.": right * expected,
        "It adds up a patient's slices. Take their mean, so that many slices do not drown other patients'.": (
            clipped(sums).sum(0) / expected
        ),
        "Long gradients became unit vectors. Their length should be `clip`, not 1.": (
            (means / np.maximum(clip, np.linalg.norm(means, axis=1, keepdims=True))).sum(0) / expected
        ),
    }
    with np.errstate(all="ignore"):
        said = recognise(got, mistakes)
    return said or (
        "Without noise it is not yet the sum of the clipped means, divided by `expected`. Try it with one"
        f" patient of one slice: with clip {clip}, a gradient of length 2 should come back with length"
        f" {clip} / {expected:g}."
    )


def _wrong_noise(answer: Callable[..., Any]) -> str | None:
    """What is wrong with the noise, if anything: measured on many weights."""
    count, clip, noise, expected = 20_000, 0.5, 3.0, 8.0
    gradients, patients = np.zeros((6, count)), np.array([0, 0, 0, 1, 1, 2])
    gradients[:, 0] = 2.0
    drawn = [
        np.asarray(answer(gradients, patients, clip, noise, expected, np.random.default_rng(seed)))[1:]
        for seed in (0, 1)
    ]
    spread, right = float(np.std(drawn[0])), noise * clip / expected
    if np.isclose(spread, right, rtol=0.04):
        if abs(drawn[0].mean()) > 0.1 * right:
            return f"The noise should have a mean of 0; yours has {drawn[0].mean():.3f}."
        if np.array_equal(drawn[0], drawn[1]):
            return (
                "The noise is always the same. Draw it from `rng`, and do not make a generator of your own."
            )
        return None
    if spread < 1e-9:
        if np.ptp([each.mean() for each in drawn]) > 0:
            return "One noise value was added to all weights. Each weight needs its own: give the shape."
        return "There is no noise in it yet. Add rng.normal(0, noise * clip, shape) to the sum."
    mistakes = {
        "The standard deviation of the noise is noise * clip; `clip` is missing.": noise / expected,
        "The standard deviation of the noise is noise * clip; `noise` is missing.": clip / expected,
        "Noise was added for each patient. Add it once, to the sum.": right * np.sqrt(3),
        "Noise was added for each slice. Add it once, to the sum.": right * np.sqrt(6),
        "The noise was added after the division. Add it to the sum, and then divide.": right * expected,
        "That is a variance: rng.normal takes the standard deviation, noise * clip.": [
            (noise * clip) ** 2 / expected,
            np.sqrt(noise * clip) / expected,
        ],
    }
    for hint, wrong in mistakes.items():
        if np.isclose(spread, wrong, rtol=0.04).any():
            return hint
    return f"The noise has a standard deviation of {spread:.3f} in the result, {right:.3f} are expected."


def _wrong_with_nobody(answer: Callable[..., Any]) -> str | None:
    """What is wrong where no patient was drawn, or one's gradient is 0."""
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        flat = np.asarray(answer(np.zeros((2, 5)), np.array([1, 2]), 1.0, 0.0, 4.0, rng))
        empty = np.asarray(answer(np.zeros((0, 5)), np.zeros(0, int), 1.0, 1.0, 4.0, rng))
    if not np.isfinite(flat).all():
        return "A gradient of length 0 gives NaN. Divide by the length only where it is longer than `clip`."
    if empty.shape != (5,) or not np.isfinite(empty).all():
        return "If nobody is drawn, there is still noise: begin with zeros for each column of `gradients`."
    return None


@check
def epsilon(answer: Callable[[float, float, int, float], Any]) -> str | None:
    """`epsilon(rate, noise, steps, delta)` is the smallest bound of all orders."""
    rate, noise, steps, delta = 0.02, 1.1, 700, 1e-5
    got = answer(rate, noise, steps, delta)
    if np.shape(got) != ():
        return f"Return one number, the smallest of all bounds. Received the shape {np.shape(got)}."
    orders = np.array(accountant.ORDERS, float)
    spent = np.array([accountant.rdp(rate, noise, order) for order in accountant.ORDERS])
    gained = np.log((orders - 1) / orders)
    paid = (np.log(delta) + np.log(orders)) / (orders - 1)
    bounds = steps * spent + gained - paid
    right = float(bounds.min())
    mistakes = {
        "It does not count the steps: multiply rdp by T.": [(spent + gained - paid).min()],
        "That is the bound of the last order, and the largest. The smallest counts.": bounds.max(),
        "That is the first order's bound. Try all orders.": bounds[0],
        "That is the mean of the bounds. Each of them holds, so take the smallest.": bounds.mean(),
        "Only rdp counts the steps. Do not multiply the rest of the formula by T.": [
            (steps * (spent + gained - paid)).min(),
            (steps * (spent + gained) - paid).min(),
            (steps * (spent - paid) + gained).min(),
        ],
        "That is the sum of the bounds. Each of them holds by itself, so take the smallest.": bounds.sum(),
        "The middle part is the logarithm of a fraction: np.log((a - 1) / a). Mind the brackets.": (
            steps * spent + np.log(orders - 1) / orders - paid
        ).min(),
        "The last part is subtracted: log(delta) is negative, and that makes epsilon larger.": (
            steps * spent + gained + paid
        ).min(),
        "The middle part, log((a - 1) / a), is missing.": (steps * spent - paid).min(),
        "Only log(delta) is divided by a - 1 in yours. So is log(a): put a bracket round both.": (
            steps * spent + gained - np.log(delta) / (orders - 1) - np.log(orders)
        ).min(),
        "log(a) is missing beside log(delta).": (steps * spent + gained - np.log(delta) / (orders - 1)).min(),
        "np.log10 is another logarithm. The formula's is np.log.": (
            steps * spent + gained / np.log(10) - paid / np.log(10)
        ).min(),
        "That is the order with the smallest bound. Return the bound itself.": orders[bounds.argmin()],
    }
    if not close(got, right):
        said = (
            f"Expected {right:.3f} for a rate of 0.02, noise of 1.1 and 700 steps, received {float(got):.3f}."
        )
        return recognise(got, mistakes) or f"{said} The bound of order 2 alone is {bounds[0]:.2f}."
    other = answer(0.2, 4.0, 50, 1e-6)
    if not close(other, accountant.epsilon(0.2, 4.0, 50, 1e-6)):
        return "It is right for one training, but not for another: use all four arguments."
    return None
