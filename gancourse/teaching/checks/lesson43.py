"""Checks of lesson 43: a path on the sphere, a direction by regression, the smallest move, what is held."""

from collections.abc import Callable
from itertools import product

import numpy as np

from gancourse.teaching.checks import check, close, judge, recognise


def _latents(n: int, d: int = 100, seed: int = 0) -> np.ndarray:
    """(n, d), all of length sqrt(d)."""
    z = np.random.default_rng(seed).standard_normal((n, d))
    return z / np.linalg.norm(z, axis=1, keepdims=True) * np.sqrt(d)


@check
def slerp(answer: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> str | None:
    """`slerp(a, b, t)` between latents of the same length, 90 degrees apart and less."""
    a, b = _latents(2)
    near = a + 0.3 * b
    near *= np.linalg.norm(a) / np.linalg.norm(near)
    for end, t in product((near, b), (0.25, 0.5, 0.8)):
        cosine = a @ end / (a @ a)
        angle = np.arccos(cosine)
        value = np.asarray(answer(a.copy(), end.copy(), t), float)
        parts = np.sin((1 - t) * angle), np.sin(t * angle)
        want = (parts[0] * a + parts[1] * end) / np.sin(angle)
        if value.shape != a.shape:
            return f"Received shape {value.shape}, expected {a.shape}: one latent."
        if not np.isfinite(value).all():
            return "You get NaN: arccos needs a cosine. Divide the dot product by both lengths first."
        line = (1 - t) * a + t * end
        short, swapped = parts[0] * a + parts[1] * end, (parts[1] * a + parts[0] * end) / np.sin(angle)
        degrees, wrong = (
            (np.sin((1 - t) * x) * a + np.sin(t * x) * end) / np.sin(x) for x in (np.degrees(angle), cosine)
        )
        mistakes = {
            "That is the straight line: halfway it is too short. Use sines of the angle as weights.": line,
            "The length is right, but the speed is not even: a line projected onto the sphere runs faster "
            "in the middle. Use sines of the angle as weights.": line / np.linalg.norm(line) * 10,
            "The sines have to be divided by the sine of the whole angle, or the ends are too short.": short,
            "The ends are swapped: t = 0 should give a, and t = 1 should give b.": swapped,
            "np.sin takes radians, and your angle is in degrees.": degrees,
            "You used the cosine as if it were the angle: take np.arccos of it.": wrong,
        }
        length = np.linalg.norm(value)
        said = f"At t = {t}: length {length:.2f}, expected 10. Check the angle and the sines."
        if hint := judge(value, want, mistakes, said):
            return hint
    return None


@check
def fit_direction(answer: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, float]]) -> str | None:
    """`fit_direction(latents, values)` -> weights (d,) and intercept of a least-squares fit."""
    rng = np.random.default_rng(3)
    latents = rng.standard_normal((400, 12)) + 0.3
    weights, intercept = rng.normal(0, 50, 12), 900.0
    values = latents @ weights + intercept + rng.normal(0, 5, 400)
    found = answer(latents.copy(), values.copy())
    if not isinstance(found, tuple | list) or len(found) != 2:
        return "Return two things: the weights, one for each number of a latent, and the intercept."
    w, c = np.asarray(found[0], float).squeeze(), float(np.squeeze(found[1]))
    if w.shape == (13,):
        return "13 weights for 12 numbers: the intercept is among them. Return it on its own."
    if w.shape != (12,):
        return f"Weights of shape {w.shape}, expected (12,): one for each number of a latent."
    if np.allclose(w, weights, atol=2) and abs(c - intercept) < 5:
        return None
    through_zero = np.linalg.lstsq(latents, values, rcond=None)[0]
    if np.allclose(w, through_zero, atol=2):
        return "The intercept is missing: the average image has an area, too. Add a column of ones."
    if np.allclose(w, weights, atol=2):
        return f"The weights are right. The intercept, the value at a latent of 0, is {c:.0f}; expected 900."
    together = np.array([np.corrcoef(column, values)[0, 1] for column in latents.T])
    if np.allclose(w, together, atol=0.02):
        return "Those are correlations, without a unit. How many mm2 does a step of 1 in each number add?"
    if np.allclose(w, weights / np.linalg.norm(weights), atol=0.05):
        return "The direction is right, its length is not: it should say how many mm2 a step adds."
    return f"The first weight is {w[0]:.1f}, expected about {weights[0]:.1f}: use least squares."


@check
def smallest_move(answer: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> str | None:
    """`smallest_move(z, w, change)`: the nearest latent for which z @ w is larger by `change`."""
    z = _latents(1, 20, 5)[0]
    for seed, change in ((6, 120.0), (7, -40.0)):
        w = np.random.default_rng(seed).normal(0, 8, 20)
        kept = z.copy()
        value = np.asarray(answer(z, w.copy(), change), float)
        if not np.array_equal(z, kept):
            return "Your function changes the latent it is given. Make a new one: z + ..., not z += ...."
        want = z + change * w / (w @ w)
        if close(value, want):
            continue
        if value.shape != z.shape:
            return f"Received shape {value.shape}, expected {z.shape}: a latent."
        step = value - z
        right, length = want - z, np.linalg.norm(w)
        mistakes = {
            "That is far too far: a step of w changes the area by w @ w. Divide by that.": change * w,
            "You divided by the length of w only once. A step of w adds its square.": right * length,
            "That is the step alone. Add it to z.": right - z,
            "That is the wrong direction: the area changes by minus what was asked for.": -right,
        }
        if hint := recognise(step, mistakes):
            return hint
        if np.isclose(step @ w, change):
            ratio = np.linalg.norm(step) / np.linalg.norm(want - z)
            return f"The change is right, but the step is {ratio:.1f} times as long as needed. Go along w."
        return f"z @ w should change by {change:g}; it changed by {step @ w:.3g}."
    return None


@check
def hold(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`hold(w, other)`: w without what it has of the direction `other`."""
    rng = np.random.default_rng(8)
    other = rng.normal(0, 3, 15)
    w = rng.normal(0, 5, 15) + 0.7 * other
    want = w - (w @ other) / (other @ other) * other
    kept = w.copy(), other.copy()
    value = np.asarray(answer(w, other), float)
    if not (np.array_equal(w, kept[0]) and np.array_equal(other, kept[1])):
        return "Your function changes the arrays it is given. Make a new one."
    if close(value, want):
        return None
    if value.shape != w.shape:
        return f"Received shape {value.shape}, expected {w.shape}: a direction."
    share = w @ other
    common, length = w - want, np.linalg.norm(other)
    mistakes = {
        "You subtracted the whole of the other direction. Subtract only as much as w has of it.": w - other,
        "w @ other is not yet how much w has of the other: divide by other @ other.": w - share * other,
        "Divide by the length of `other` squared: once to measure, once to step.": w - share / length * other,
        "That is the part that the two have in common. Subtract it from w.": [common, -common],
        "The two are swapped: that is the other direction without w.": other - share / (w @ w) * w,
        "You added instead of subtracting: now it changes the other attribute even more.": w + common,
    }
    if hint := recognise(value, mistakes):
        return hint
    if np.isclose(value @ other, 0, atol=1e-6):
        return "It holds the other attribute, but it is not what is left of w: change nothing else."
    return f"value @ other is {value @ other:.3g}, expected 0: a step along it must not change the other."
