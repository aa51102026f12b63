"""Checks of lesson 11: asymmetry, Bayes' rule, another prior, one number guessed from another."""

from collections.abc import Callable

import numpy as np

from gancourse.teaching.checks import check, close, judge


@check
def asymmetry(answer: Callable[[np.ndarray], float]) -> str | None:
    """`asymmetry(image)`: mean absolute difference to the mirror image, over the brain."""
    rng = np.random.default_rng(0)
    image = np.full((12, 12), -1.0)
    image[2:10, 3:9] = rng.uniform(-0.9, 1, (8, 6))  # off the middle: the mirrored brain lies elsewhere
    kept, brain = image.copy(), image > -1
    value = np.asarray(answer(image), float)
    if not np.array_equal(image, kept):
        return "Your function changes the image that it is given. Make a new one."
    if value.shape != ():
        return f"Received shape {value.shape}, expected one number: take the mean."
    signed = image - image[:, ::-1]
    gap, squares = np.abs(signed), (signed[brain] ** 2).mean()
    upright, turned = (np.abs(image - other)[brain].mean() for other in (image[::-1], image[::-1, ::-1]))
    sums = [signed[brain].mean(), signed.mean()]
    mistakes = {
        "You compared top and bottom: rows come first. Reverse the columns: image[:, ::-1].": upright,
        "You rotated the image by 180 degrees. Reverse only the columns: image[:, ::-1].": turned,
        "Brighter and darker places cancel out: take the absolute value before the mean.": sums,
        "That is the mean over the whole image, background included. Take the brain only.": gap.mean(),
        "That is the sum: it grows with the brain. Take the mean.": [gap[brain].sum(), gap.sum()],
        "You squared the differences. Take their absolute value.": [squares, np.sqrt(squares)],
    }
    want = gap[brain].mean()
    otherwise = f"Received {value:.4f}, expected {want:.4f} for an image of the check's own."
    return judge(value, want, mistakes, otherwise)


@check
def posterior(answer: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> str | None:
    """`posterior(p_x_tumour, p_x_none, p_tumour)`: Bayes' rule for two classes."""
    one, zero, prior = np.array([0.02, 0.001, 3.0]), np.array([0.01, 0.05, 0.5]), 0.2
    value = np.asarray(answer(one.copy(), zero.copy(), prior), float)
    joint, other = one * prior, zero * (1 - prior)
    want = joint / (joint + other)
    if value.shape != want.shape:
        return f"Received shape {value.shape}, expected {want.shape}: a probability for each slice."
    swapped = one * (1 - prior) / (one * (1 - prior) + zero * prior)
    halfway, odds = [joint / (joint + zero), joint / (one + zero)], [joint / other, one / zero]
    mistakes = {
        "That is only the numerator. Divide it by its sum over both classes, tumour and no tumour.": joint,
        "You left out how common tumours are: weight each density by its p(y).": one / (one + zero),
        "That is the probability of no tumour. The probability of a tumour is asked for.": 1 - want,
        "The two shares are swapped: p_tumour goes with p_x_tumour.": swapped,
        "The denominator needs both weights as well: 1 - p_tumour goes with p_x_none.": halfway,
        "Those are odds, tumour against none. A probability is one of the two divided by their sum.": odds,
    }
    said = f"Received {value[0]:.3f} for densities 0.02 and 0.01 and a share of 0.2; expected {want[0]:.3f}."
    return judge(value, want, mistakes, said)


@check
def with_prior(answer: Callable[[float, float, float], float]) -> str | None:
    """`with_prior(p, old, new)`: the same evidence where tumours have another share."""
    for p, old, new in ((0.7, 0.4, 0.15), (0.3, 0.7, 0.7), (0.6, 0.2, 0.9)):
        value = np.asarray(answer(p, old, new), float)
        if value.shape != ():
            return f"Received shape {value.shape}, expected one number."
        plain = p * new / old
        before, shift = p / (1 - p), (new / (1 - new)) / (old / (1 - old))
        odds = np.array([before * shift, before / shift, before * new / old, before * new / (1 - new)])
        want, back, tilt, only = odds / (1 + odds)
        mistakes = {
            "A probability cannot be scaled: with a larger new share yours exceeds 1. Scale the odds.": plain,
            "Those are the new odds. Turn them into a probability: odds / (1 + odds).": odds[0],
            "That is the wrong way round: rarer tumours make p smaller. Multiply by the new odds.": back,
            "You scaled by the ratio of the shares. Take the ratio of their odds, share / (1 - share).": tilt,
            "The old share is still in p: divide its odds out before you put in the new one.": only,
            "You return p unchanged, but the share of tumours has to count.": p,
            "That is the new share alone. What the slice shows has to count as well.": new,
        }
        said = f"p = {p}, from a share of {old} to one of {new}: received {value:.3f}, expected {want:.3f}."
        if hint := judge(value, want, mistakes, said):
            return hint
    return None


@check
def guess(answer: Callable[[np.ndarray, np.ndarray, float], tuple[float, float]]) -> str | None:
    """`guess(mean, cov, first)`: mean and deviation of the second number where the first is known."""
    mean, cov = np.array([10.0, 30.0]), np.array([[16.0, 24.0], [24.0, 100.0]])
    slope = cov[0, 1] / cov[0, 0]
    sd = np.sqrt(cov[1, 1] - slope * cov[0, 1])
    spreads = []
    for first in (10.0, 14.0, 3.0):
        found = answer(mean.copy(), cov.copy(), first)
        if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
            return "Return two things: the mean of the second number, and its standard deviation."
        middle, spread = (float(np.squeeze(part)) for part in found)
        spreads.append(spread)
        step = first - mean[0]
        want = mean[1] + slope * step
        if step == 0 and not close(middle, want):
            return f"If the first number is average, so should the second be: {want:g}, not {middle:.2f}."
        flat, bare, other = mean[1] + step * np.array([0, cov[0, 1], cov[0, 1] / cov[1, 1]])
        mistakes = {
            "Your mean does not depend on the first number. How much does the second rise with it?": flat,
            "The slope is wrong: divide the covariance by the variance of the number that is *known*.": other,
            "The covariance alone is not a slope: divide it by the variance of the first number.": bare,
            "That is the wrong direction: with this covariance a larger first goes with a larger second.": (
                mean[1] - slope * step
            ),
        }
        said = f"First number {first:g}: received a mean of {middle:.2f}, expected {want:.2f}."
        if hint := judge(middle, want, mistakes, said):
            return hint
    if close(spreads, [sd] * 3):
        return None
    if close(spreads, [sd**2] * 3):
        return "The mean is right. You returned the variance: take its root."
    if close(spreads, [np.sqrt(cov[1, 1])] * 3):
        return "The mean is right. The deviation is that of all slices: knowing the first number narrows it."
    return f"The mean is right. The deviation is {spreads[0]:.2f}, expected {sd:.2f}."
