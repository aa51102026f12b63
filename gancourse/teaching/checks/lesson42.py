"""Checks of lesson 42: one-sided label smoothing, how many times as far, and four diagnoses."""

from collections.abc import Callable, Mapping

import numpy as np

from gancourse.teaching.checks import check

#: The gallery's letters.
DIAGNOSES = {
    "A": "vanishing gradients",
    "B": "collapse",
    "C": "checkerboard",
    "D": "winning discriminator",
}
_SIGNS = {
    "vanishing gradients": "look for a slope that falls to nothing: the generator hears no answer",
    "collapse": "look for images that are all alike, with a variety far below 100 %",
    "checkerboard": "look for a pattern at the scale of single pixels inside recognisable brains",
    "winning discriminator": "look for right answers at 100 % while the slope stays large",
}


def _surprise(target: float, logits: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, logits) - target * logits))


@check
def smoothed(answer: Callable[[np.ndarray, np.ndarray, float], float]) -> str | None:
    """`smoothed(real_logits, fake_logits, smooth)`: the target is 1 - smooth at real images, else 0."""
    rng = np.random.default_rng(0)
    real, fake = rng.normal(1, 2, 50), rng.normal(-1, 2, 50)
    got = [float(answer(real, fake, s)) for s in (0.1, 0.3)]

    def matches(values) -> bool:
        return np.allclose(got, values, rtol=1e-3)

    if matches([_surprise(1 - s, real) + _surprise(0, fake) for s in (0.1, 0.3)]):
        return None
    if matches([_surprise(1, real) + _surprise(0, fake)] * 2):
        return "Your loss does not depend on smooth: the target of real images is 1 - smooth."
    if matches([_surprise(1 - s, real) + _surprise(s, fake) for s in (0.1, 0.3)]):
        return "You smoothed both sides. Generated images keep the target 0, or bad ones would be rewarded."
    if matches([_surprise(1, real) + _surprise(s, fake) for s in (0.1, 0.3)]):
        return "You smoothed the generated side. It is the real images whose target becomes 1 - smooth."
    if matches([_surprise(s, real) + _surprise(0, fake) for s in (0.1, 0.3)]):
        return "smooth is what you subtract from 1: the target of real images is 1 - smooth."
    if matches([(_surprise(1 - s, real) + _surprise(0, fake)) / 2 for s in (0.1, 0.3)]):
        return "That is half of what is expected: the deck adds the two means, real and generated."
    right = _surprise(0.9, real) + _surprise(0, fake)
    return f"For smooth = 0.1 it should be {right:.3f}; received {got[0]:.3f}."


@check
def times_as_far(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`times_as_far(kids, baseline)` is the ratio of geometric means."""
    rng = np.random.default_rng(1)
    kids, baseline = 10 ** rng.normal(0, 1, 3), 10 ** rng.normal(1, 1, 6)
    got, right = float(answer(kids, baseline)), np.exp(np.log(kids).mean() - np.log(baseline).mean())
    if np.isclose(got, right):
        return None
    if np.isclose(got, 1 / right):
        return "The ratio is upside down: above 1 should mean that the variant is farther from real images."
    if np.isclose(got, kids.mean() / baseline.mean()):
        return "Those are plain means: one bad seed of the three would decide. Average the logarithms."
    if np.isclose(got, np.median(kids) / np.median(baseline)):
        return "A median is a fair idea, but it uses only one of three runs. Average the logarithms."
    if any(np.isclose(got, np.log(right) / np.log(base)) for base in (np.e, 2, 10)):
        return "That is still a logarithm: undo it, with the base that you used."
    return f"Received {got:.3g}, expected {right:.3g} for KIDs {kids.round(2)} and {baseline.round(2)}."


@check
def diagnosis(answer: Mapping[str, str]) -> str | None:
    """`diagnosis` names the failure of each letter."""
    missing = [letter for letter in DIAGNOSES if letter not in answer]
    if missing:
        return f"{', '.join(missing)} has no diagnosis yet."
    for name in answer.values():
        if name not in _SIGNS:
            return f"{name!r} is not one of {', '.join(map(repr, _SIGNS))}."
    if len(set(answer.values())) < len(DIAGNOSES):
        return "Each of the four failures occurs once."
    wrong = [letter for letter, name in DIAGNOSES.items() if answer[letter] != name]
    if wrong:
        name = answer[wrong[0]]
        return f"{len(wrong)} diagnoses are wrong. For {name}, {_SIGNS[name]}; is that so in {wrong[0]}?"
    return None
