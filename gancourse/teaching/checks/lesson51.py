"""Checks of lesson 51: labels as pictures, the size of a patch, soft Dice, Dice per patient."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from gancourse.teaching.checks import check, close, judge, recognise


@check
def to_classes(answer: Callable[[np.ndarray], np.ndarray]) -> str | None:
    """`to_classes(seg)` gives one picture of 0 and 1 for background and each of BraTS' labels."""
    segs = [np.array([[0, 1, 2], [4, 4, 0]], np.uint8), np.array([[0, 0], [2, 0], [1, 1]], np.uint8)]
    for seg in segs:
        given = seg.copy()
        got = np.asarray(answer(given))
        want = (seg[..., None] == [0, 1, 2, 4]).astype(float)
        if not np.array_equal(given, seg):
            return "Your function changed the labels that it was given. Make a new array."
        if got.shape == (4, *seg.shape):
            return "The classes come first. Keras wants them last: np.stack(..., axis=-1)."
        if got.shape == (*seg.shape, 5):
            return "You made five pictures, but there is no label 3. Make four."
        if got.shape == (*seg.shape, 3):
            return "You made three pictures. Background needs one, too, so that every pixel adds up to 1."
        if got.shape != want.shape:
            return f"Received shape {got.shape} from labels {seg.shape}; expected {want.shape}."
        if np.array_equal(got, want):
            continue
        if np.array_equal(got, 1 - want):
            return "0 and 1 are swapped: 1 where the pixel is of the class."
        if set(np.unique(got)) - {0, 1}:
            return "There are values other than 0 and 1. Each picture says of each pixel: is it this class?"
        if not got[..., 3].any() and (seg == 4).any():
            return "The last picture is empty. The fourth class is label 4, not 3."
        if np.array_equal(np.sort(got.reshape(-1, 4).sum(0)), np.sort(want.reshape(-1, 4).sum(0))):
            return "The pictures are right, but in another order. The order is background, 1, 2, 4."
        return f"A pixel's four values add up to {got.sum(-1).min():g} to {got.sum(-1).max():g}; expected 1."
    return None


@check
def patch_size(answer: Callable[[Sequence[int]], int]) -> str | None:
    """`patch_size(strides)` gives the side of what one output of several 4 x 4 convolutions sees."""
    cases = [(2, 2, 1, 1), (2, 2, 2, 1, 1), (2, 1), (1,)]
    got = [float(answer(case)) for case in cases]

    def walk(step: Callable, start: float = 1, order: Callable = reversed) -> list[float]:
        return [functools.reduce(step, order(case), start) for case in cases]

    def window(size: float, stride: int) -> float:
        return (size - 1) * stride + 4

    if close(got, walk(window)):
        return None
    mistakes = {
        "You went forwards. Begin with the last convolution: reversed(strides).": walk(window, order=iter),
        "That is one window too many: the first begins at 0, not at stride.": walk(lambda s, d: s * d + 4),
        "Windows overlap: the next begins `stride` further, not 4.": walk(lambda s, d: s * 4),
        "That is how far patches lie apart. A window is 4 wide.": walk(lambda s, d: s * d),
        "That is one convolution too many: begin with one output, size = 1.": walk(window, start=4),
        "That is right for stride 1 only. Count the stride as well.": walk(lambda s, d: s + 3),
        "The windows are 4 wide here, not 3.": walk(lambda s, d: (s - 1) * d + 3),
    }
    if hint := recognise(got, mistakes):
        return hint
    if got[3] != 4:
        return f"One convolution, (1,), sees its own window, 4 pixels; received {got[3]:g}."
    return f"(2, 2, 1, 1) gives {got[0]:g}. Draw (2, 1): 4 windows of 4, each 2 further, are 10 pixels."


@check
def soft_dice(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`soft_dice(truth, probability)` is twice the overlap over the sum of both."""
    rng = np.random.default_rng(0)
    truth = (rng.random((2, 6, 7)) < np.array([0.6, 0.1])[:, None, None]).astype(float)
    p = rng.random((2, 6, 7))
    got = np.asarray(answer(truth.copy(), p.copy()))
    if got.shape != ():
        return f"Received shape {got.shape}; expected one number. Sum over all pixels."

    def dice(t: np.ndarray, q: np.ndarray) -> float:
        return 2 * np.sum(t * q) / (np.sum(t) + np.sum(q))

    both, sizes, hard, right = np.sum(truth * p), np.sum(truth) + np.sum(p), p > 0.5, dice(truth, p)
    cut = [dice(truth, hard), 2 * np.sum(truth * hard) / sizes]
    squares = np.sum(truth**2) + np.sum(p**2)
    each = [dice(*pair) for pair in zip(truth, p, strict=True)]
    mistakes = {
        "A perfect answer would get only one half. Take twice the overlap.": right / 2,
        "That is the loss, 1 - Dice. Return Dice.": 1 - right,
        "That is intersection over union (Jaccard). Dice divides by the sum of both.": both / (sizes - both),
        "You cut the probabilities at one half. That leaves no slope to learn from.": cut,
        "That is the share of right pixels, which the background would decide.": np.mean(truth == hard),
        "Sum first, then divide: no fraction for each pixel.": 2 * np.mean(truth * p / (truth + p)),
        "Sum over everything that you are given, not image by image.": np.mean(each),
        "With squares in the denominator it is Milletari's Dice. Take the plain sums.": 2 * both / squares,
    }
    said = f"Received {got:.3f} where {right:.3f} is right: twice the overlap over the sum of both."
    return judge(got, right, mistakes, said)


@check
def mean_dice(answer: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> str | None:
    """`mean_dice(truth, found, patients)` is the mean over patients of the Dice of all their slices."""
    rng = np.random.default_rng(1)
    patients = np.array(["b", "a", "a", "c", "b", "a", "a", "c", "c"])
    chance = {"a": 0.6, "b": 0.1, "c": 0.3}
    truth = rng.random((9, 5, 5)) < np.array([chance[p] for p in patients])[:, None, None]
    found = np.where(rng.random((9, 5, 5)) < 0.25, ~truth, truth)
    got = np.asarray(answer(truth.copy(), found.copy(), patients.copy()))

    def dice(chosen: np.ndarray) -> float:
        return 2 * np.sum(truth[chosen] & found[chosen]) / (np.sum(truth[chosen]) + np.sum(found[chosen]))

    each = np.array([dice(patients == p) for p in "abc"])
    if got.shape == (3,) and close(np.sort(got), np.sort(each)):
        return "That is each patient's Dice. Now their mean, one number."
    if got.shape != ():
        return f"Received shape {got.shape}; expected one number."
    pooled, jaccard = dice(np.ones(9, bool)), np.mean(each / (2 - each))
    slices = np.array([dice(np.arange(9) == k) for k in range(9)])
    by_slice = np.mean([slices[patients == p].mean() for p in "abc"])
    weighted = np.average(each, weights=[np.sum(patients == p) for p in "abc"])
    mistakes = {
        "You pooled all patients' pixels, so large tumours decide. Take each patient's Dice first.": pooled,
        "That is the mean over slices. Put a patient's slices together first.": slices.mean(),
        "A patient's slices are one tumour: count their pixels together, not slice by slice.": by_slice,
        "Every patient should count once, with however many slices.": weighted,
        "That is the median. The mean is asked for here.": np.median(each),
        "That is the share of right pixels, which the background would decide.": np.mean(truth == found),
        "That is intersection over union (Jaccard). Dice divides by the sum of both.": jaccard,
        "Take twice the overlap: a perfect patient would get only one half here.": np.mean(each) / 2,
    }
    said = f"Received {got:.4g}. Take one Dice of all of a patient's slices, then the mean over patients."
    return judge(got, np.mean(each), mistakes, said)
