"""Checks of lesson 42: one-sided label smoothing, how many times as far, and four diagnoses."""

from collections.abc import Callable, Mapping

import numpy as np

from gancourse.teaching.checks import check, judge

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


def _surprise(target, logits: np.ndarray):
    """Mean cross-entropy between logits (n,) and a target, or one for each of some targets (k, 1)."""
    return np.mean(np.logaddexp(0, logits) - target * logits, axis=-1)


@check
def smoothed(answer: Callable[[np.ndarray, np.ndarray, float], float]) -> str | None:
    """`smoothed(real_logits, fake_logits, smooth)`: the target is 1 - smooth at real images, else 0."""
    rng = np.random.default_rng(0)
    real, fake = rng.normal(1, 2, 50), rng.normal(-1, 2, 50)
    s = np.array([[0.1], [0.3]])
    got = [float(answer(real, fake, each)) for each in s[:, 0]]
    fake_0, fake_s = _surprise(0 * s, fake), _surprise(s, fake)
    real_1, real_s, right = _surprise(1, real), _surprise(1 - s, real), _surprise(1 - s, real) + fake_0
    both, wrong_s = real_s + fake_s, _surprise(s, real)
    mistakes = {
        "Your loss does not depend on smooth: the target of real images is 1 - smooth.": real_1 + fake_0,
        "You smoothed both sides. Generated images keep the target 0, or bad ones are rewarded.": both,
        "You smoothed the generated side. Real images have the target 1 - smooth.": real_1 + fake_s,
        "smooth is what you subtract from 1: the target of real images is 1 - smooth.": wrong_s + fake_0,
        "That is half of what is expected: the deck adds the two means, real and generated.": right / 2,
    }
    said = f"For smooth = 0.1 it should be {right[0]:.3f}; received {got[0]:.3f}."
    return judge(got, right, mistakes, said)


@check
def times_as_far(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`times_as_far(kids, baseline)` is the ratio of geometric means."""
    rng = np.random.default_rng(1)
    kids, baseline = 10 ** rng.normal(0, 1, 3), 10 ** rng.normal(1, 1, 6)
    got, right = float(answer(kids, baseline)), np.exp(np.log(kids).mean() - np.log(baseline).mean())
    inverse, medians = 1 / right, np.median(kids) / np.median(baseline)
    logarithms = np.log(right) / np.log([np.e, 2, 10])
    mistakes = {
        "The ratio is upside down: above 1 should mean that the variant is farther from real ones.": inverse,
        "Those are plain means: one bad seed decides. Average the logarithms.": kids.mean() / baseline.mean(),
        "A median uses only one of three runs. Average the logarithms.": medians,
        "That is still a logarithm: undo it, with the base that you used.": logarithms,
    }
    said = f"Received {got:.3g}, expected {right:.3g} for KIDs {kids.round(2)} and {baseline.round(2)}."
    return judge(got, right, mistakes, said)


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
