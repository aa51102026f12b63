"""Checks of lesson 31: an axial slice, intensities, an overlay, a split by patient, a data set."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import ndimage

from gancourse.teaching.checks import _Raised, check


@check
def axial(answer: Callable[[np.ndarray, int], np.ndarray]) -> str | None:
    """`axial(volume, k)` gives slice k of an LPS volume, to be drawn in radiological convention."""
    volume = np.random.default_rng(0).permutation(6 * 5 * 4).reshape(6, 5, 4).astype(np.float32)
    got, want = np.asarray(answer(volume, 3)), volume[:, :, 3].T
    if np.array_equal(got, want) and np.array_equal(answer(volume, 1), volume[:, :, 1].T):
        return None
    lying = "It lies on its side: imshow draws the first axis downwards, so transpose."
    across = "You cut along another axis. z, the third, runs upwards: take one z, and all x and y."
    known = [
        (want, "That is right for one k only. Use the k that your function is given."),
        (volume[:, :, 2].T, "This is the middle slice. Use the k that your function is given."),
        *((side, lying) for side in (want.T, want.T[::-1], want.T[:, ::-1], want.T[::-1, ::-1])),
        (want[:, ::-1], "It is mirrored: the patient's right is on the right. x already runs as it should."),
        (want[::-1], "It is upside down, with the nose below. y already runs as it should."),
        (want[::-1, ::-1], "It is rotated by 180 degrees. x and y run as they should: only transpose it."),
        *((cut, across) for side in (volume[3], volume[:, 3]) for cut in (side, side.T)),
    ]
    for wrong, hint in known:
        if np.array_equal(got, wrong):
            return hint
    return (
        f"Received shape {got.shape} for a volume of shape {volume.shape}; expected {want.shape}, with y in "
        "the rows and x in the columns."
    )


@check
def normalise(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`normalise(volume, brain)` takes the brain's 0.5 to 99.5 percentile to [-1, 1], and the rest to -1."""
    rng = np.random.default_rng(0)
    brain = np.zeros((14, 14, 14), bool)
    brain[3:11, 3:11, 3:11] = True
    volume = np.where(brain, rng.normal(300, 50, brain.shape), 0).astype(np.float32)
    volume[5, 5, 4:9] = 0  # black voxels of the brain
    volume[7, 7, 5] = 2000  # a bright vessel
    volume[0, 0, :6] = 40  # what a poor skull stripping leaves
    given = volume.copy()
    got = np.asarray(answer(given, brain.copy()))
    if got.shape != volume.shape:
        return f"Received shape {got.shape}, expected {volume.shape}: the whole volume, not only the brain."
    if not np.array_equal(given, volume):
        return (
            "Your function changed the volume that it was given. Make a new array, for example with np.where."
        )
    if not np.issubdtype(got.dtype, np.number) or not np.isfinite(got).all():
        return "Some of your values are not finite numbers. Did you divide by 0 or take a logarithm?"

    inside = volume[brain]

    def scaled(low: float, high: float) -> np.ndarray:
        return 2 * (inside - low) / (high - low) - 1

    def gave(values: np.ndarray) -> bool:
        return bool(np.allclose(got[brain], values, atol=0.02))

    low, high = np.percentile(inside, (0.5, 99.5))
    right = scaled(low, high)
    if gave(np.clip(right, -1, 1)):
        if np.allclose(got[~brain], -1, atol=0.01):
            return None
        return "The brain is right. What lies outside it should be -1, black, whatever it was before."
    if gave(right):
        return "Nearly: the percentiles are right, but brighter and darker voxels lie beyond them. Clip them."
    if gave(np.clip((right + 1) / 2, 0, 1)):
        return "Your values run from 0 to 1. Stretch them to [-1, 1], the range that the generator will need."
    if gave(scaled(inside.min(), inside.max())):
        return "You used the smallest and largest values, so one bright vessel decides. Use percentiles."
    if gave((inside - inside.mean()) / inside.std()):
        return "That is the z-score, which has no fixed range. Here the percentiles should become -1 and 1."
    if gave(np.clip(scaled(*np.percentile(volume, (0.5, 99.5))), -1, 1)):
        return "Those are percentiles of the whole box, most of it background. Take those of volume[brain]."
    if gave(np.clip(scaled(*np.percentile(volume[volume > 0], (0.5, 99.5))), -1, 1)):
        return "volume > 0 is not the brain: a brain has black voxels, too. Use the mask brain."
    if gave(np.clip(scaled(*np.percentile(inside, (5, 95))), -1, 1)):
        return "Those are the 5 and 95 percentiles. Take 0.5 and 99.5, so that less is cut off."
    if gave(np.clip(scaled(*np.percentile(inside, (0.005, 0.995))), -1, 1)):
        return "np.percentile counts from 0 to 100: it takes (0.5, 99.5), not shares."
    return (
        f"Inside the brain your values run from {got[brain].min():.3g} to {got[brain].max():.3g}. The two "
        "percentiles should become -1 and 1, with a straight line between them."
    )


@check
def overlay(
    answer: Callable[[np.ndarray, np.ndarray, dict[int, np.ndarray], float], np.ndarray],
) -> str | None:
    """`overlay(image, seg, colours, alpha)` blends colours over a slice, (H, W, 3) in [0, 1]."""
    image = np.random.default_rng(0).uniform(-1, 1, (14, 12)).astype(np.float32)
    seg = np.zeros((14, 12), np.uint8)
    seg[1:7, 1:6], seg[7:13, 1:6], seg[2:11, 8:11] = 1, 2, 4  # 1 and 2 touch
    colours = {1: np.array([0.9, 0.3, 0]), 2: np.array([0.3, 0.7, 0.9]), 4: np.array([0.95, 0.9, 0.25])}
    copies = image.copy(), seg.copy()
    try:
        got = np.asarray(answer(*copies, dict(colours), 0.3))
    except _Raised as raised:
        error = " ".join(str(raised.args[0]).split())
        if "boolean subtract" in error:
            return "NumPy does not subtract masks. For the mask without the eroded one, write mask & ~eroded."
        if "broadcast" in error or "shape mismatch" in error or "cannot assign" in error:
            return (
                "Some shapes do not match. image[mask] has one number for each pixel, (n,); blend into "
                "picture[mask], which has three, (n, 3)."
            )
        raise
    if got.shape != (14, 12, 3):
        return f"Received shape {got.shape}, expected (14, 12, 3): a red, a green and a blue level per pixel."
    if not (np.array_equal(copies[0], image) and np.array_equal(copies[1], seg)):
        return "Your function changed the image or the labels that it was given. Make a new array."

    grey = np.repeat((image[..., None] + 1) / 2, 3, axis=-1)
    painted = np.zeros_like(grey)
    edge = np.zeros(seg.shape, bool)
    for label, colour in colours.items():
        painted[seg == label] = colour
        edge |= (seg == label) & ~ndimage.binary_erosion(seg == label)
    free, inside = seg == 0, (seg > 0) & ~edge

    def gave(where: np.ndarray, values: np.ndarray) -> bool:
        return bool(np.allclose(got[where], values[where], atol=0.01))

    if not gave(free, grey):
        if np.allclose(got[free], np.repeat(image[..., None], 3, -1)[free], atol=0.01):
            return (
                "Your grey levels still run from -1 to 1, but a picture's run from 0 to 1: (image + 1) / 2."
            )
        if got[free].max() > 1.01:
            return "Your levels go beyond 1. Colours and grey levels should run from 0 to 1 here, not to 255."
        if gave(free, 0.7 * grey) or gave(free, 0.49 * grey) or gave(free, 0.343 * grey):
            return "You darkened the pixels without a label as well. Blend only where seg is the label."
        return "Pixels without a label should keep their grey level, (image + 1) / 2, in all three channels."
    blend = 0.7 * grey + 0.3 * painted
    if gave(inside, blend):
        if gave(edge, painted):
            other = np.asarray(answer(image.copy(), np.minimum(seg, 1), {1: colours[2]}, 0.8))
            want = 0.2 * grey[3, 3] + 0.8 * np.array(colours[2])
            if other.shape == got.shape and np.allclose(other[3, 3], want, atol=0.01):
                return None
            return "It works once, but not with other colours or another alpha. Use the function's arguments."
        if gave(edge, blend):
            return "The inside is right. The border of each label should be drawn in its full colour."
        around = (seg > 0) & ~ndimage.binary_erosion(seg > 0)
        if gave(around, painted) and gave(edge & ~around, blend):
            return "You drew the border of all labels together. Find the border of each label by itself."
        return "The inside is right. The border should be the mask without the mask eroded by one pixel."
    if gave(inside, 0.3 * grey + 0.7 * painted):
        return "The shares are the wrong way round: alpha is the colour's share, 1 - alpha is the image's."
    if gave(inside, painted) and gave(edge, blend):
        return (
            "You painted the inside in full colour, not the border. binary_erosion gives the inside; the "
            "border is mask & ~inside."
        )
    if gave(inside, painted):
        return "The labels hide the image. Blend: alpha of the colour plus 1 - alpha of the grey level."
    if gave(inside, grey):
        return "The inside of the labels is still grey. Blend alpha of the colour into the picture there."
    if gave(inside, grey + 0.3 * painted):
        return "You added the colour on top, so the picture gets too bright. The grey level keeps 1 - alpha."
    last = inside & (seg == 4)
    if gave(last, blend) and not gave(inside & (seg == 1), blend):
        return "Only the last label is there. Start from the grey picture once, before the loop over labels."
    return "Inside a label, each pixel should be alpha * colour + (1 - alpha) * grey level."


@check
def split_by_patient(answer: Callable[[pd.DataFrame, float, np.random.Generator], np.ndarray]) -> str | None:
    """`split_by_patient(table, share, rng)` is True for the slices of a random share of the patients."""
    visits = [
        (f"P{k:02d}", f"P{k:02d}_{visit}", 5 + k % 7) for k in range(40) for visit in range(1, 2 + k % 2)
    ]
    rows = [{"patient": p, "subject": s, "index": z} for p, s, many in visits for z in range(many)]
    table = pd.DataFrame(rows)
    try:
        answers = [
            answer(table.copy(), 0.25, np.random.default_rng(seed)) for seed in (1, 2, 1, 3, 4, 5, 6, 7)
        ]
    except _Raised as raised:
        error = " ".join(str(raised.args[0]).split())
        if "slice indices must be integers" in error or "as an integer" in error:
            return "share * the number of patients is a float, and a slice needs an integer: use round(...)."
        if "truth value" in error or "unhashable" in error or "lengths must match" in error.lower():
            return "`in` and == do not work row by row. Use table['patient'].isin(chosen)."
        raise
    if isinstance(answers[0], list | tuple):
        return "Received a list, but later cells have to invert True and False. Return an array."
    got = [np.asarray(test) for test in answers]
    for test in got:
        if test.dtype != bool or test.shape != (len(table),):
            return f"Received {test.dtype} {test.shape}; expected one True or False for each row."
        if not test.any() or test.all():
            return "One side of the split is empty."
        for column, hint in (
            ("subject", "Slices of one scan lie on both sides. Draw patients, and take all slices of each."),
            ("patient", "Scans of one patient lie on both sides. Draw by patient, not by subject."),
        ):
            if both := sorted(set(table[column][test]) & set(table[column][~test])):
                return f"{hint} This happens {len(both)} times, for example with {both[0]}."
        share = table["patient"][test].nunique() / table["patient"].nunique()
        if abs(share - 0.75) < 0.1:
            return "It is True for three quarters of the patients. Is it the wrong way round?"
        tested = int(table["patient"][test].nunique())
        if tested != 10:
            return (
                f"{tested} of 40 patients are in the test set; expected 10, the given share. Did you draw "
                "a patient twice, or toss a coin for each? Choose an exact number of patients."
            )
    if _lists_a_set(answer):
        return (
            "A set has a new order in every session, so the same rng gives different patients. Sort it first."
        )
    if np.array_equal(got[0], got[1]):
        return "Any rng gives the same patients, who may all be from one hospital. Draw at random, with rng."
    if not np.array_equal(got[0], got[2]):
        return "The same rng gives different splits. Draw with the rng that is given, from a sorted list."
    fewer = table[table["patient"] < "P30"]
    short = np.asarray(answer(fewer.copy(), 0.2, np.random.default_rng(1)))
    if short.shape == (len(fewer),) and fewer["patient"][short].nunique() == 6:
        return None
    return "It works once, but not with another table or another share. Use the function's arguments."
    return None


def _lists_a_set(answer: Callable[..., Any]) -> bool:
    """Whether a function makes a list of a set without sorting it; its order shows only between sessions."""
    try:
        source = "".join(inspect.getsource(inspect.unwrap(answer)).split())
    except (OSError, TypeError):
        return False
    return "list(set(" in source and "sorted(" not in source


@check
def make_dataset(answer: Callable[[np.ndarray, np.ndarray, int, bool], Any]) -> str | None:
    """`make_dataset(images, answers, batch_size, training)` gives batches in [-1, 1], endless to train."""
    count, size = 250, 4
    answers = np.arange(count, dtype=np.float32)
    images = np.random.default_rng(0).integers(0, 256, (count, 6, 5), np.uint8)
    images[:, 0, 0] = answers  # whose it is
    images[0, 1, :2] = 0, 255
    try:
        test = _batches(answer(images.copy(), answers.copy(), size, False), 3 * count)
        training = _batches(answer(images.copy(), answers.copy(), size, True), 4 * count // size)
    except _Raised as raised:
        return _translate(str(raised.args[0]))
    except (ValueError, TypeError) as error:
        return str(error)
    x, y = test[0]
    if x.shape != (size, 6, 5, 1):
        hints = {
            (size, 6, 5): "The channel is missing: networks take (B, H, W, 1). Add it: images[..., None].",
            (6, 5, 1): "These are single slices. Put them together with .batch(batch_size).",
            (
                6,
                5,
            ): "These are single slices without a channel. You need .batch(batch_size), and [..., None].",
        }
        return hints.get(x.shape, f"Received images of shape {x.shape}; expected ({size}, 6, 5, 1).")
    if x.dtype != np.float32:
        return f"Your images are {x.dtype}. Turn them into float32 with tf.cast before you divide."
    want = images[:size, ..., None] / np.float32(127.5) - 1
    if not np.allclose(x, want, atol=0.01):
        if np.allclose(x, images[:size, ..., None], atol=0.01):
            return "Your images still run from 0 to 255. Scale them to [-1, 1]."
        if np.allclose(x, (want + 1) / 2, atol=0.01):
            return "Your images run from 0 to 1. 0 should become -1, and 255 should become 1."
        if np.allclose(x, want + 1, atol=0.01):
            return "Your images run from 0 to 2. Subtract 1."
        if sorted(y) != list(range(size)):
            return "The held-out slices should keep their order. Shuffle only if training is True."
        return f"Your images run from {x.min():.3g} to {x.max():.3g}. 0 should become -1, and 255 become 1."
    seen = np.concatenate([labels for _, labels in test])
    if len(seen) > count:
        return (
            "The held-out slices come again and again, so a test would never end. Repeat only for training."
        )
    if len(seen) == count - count % size:
        return "The last, smaller batch is dropped. Drop nothing in testing: each held-out slice comes once."
    if len(seen) < count or len(test) != -(-count // size):
        return f"Of {count} held-out slices, only {len(seen)} come out. Each should come once."
    drawn = np.concatenate([labels for _, labels in training])
    if len(drawn) < 3 * count:
        return "The training set ends after one pass. Training needs `.repeat()`: data = data.repeat()."
    whose = np.concatenate([np.rint((pixels[:, 0, 0, 0] + 1) * 127.5) for pixels, _ in training])
    if not np.array_equal(whose, drawn):
        return "Images and answers no longer belong together. Shuffle them in one data set, as pairs."
    if np.array_equal(drawn[:count], answers):
        return (
            "The training slices are not shuffled: a batch would hold neighbours of one patient. "
            "Each step returns a new data set: data = data.shuffle(...)."
        )
    if all((np.diff(labels) == 1).all() for _, labels in training[: count // size]):
        return "You shuffled whole batches, and each still holds neighbours. Shuffle before you batch."
    if len(set(drawn[: count - size])) < count - size:
        return "Some slices come twice before others come once. Shuffle first, and repeat afterwards."
    if (drawn[: 3 * count] - np.arange(3 * count) % count).max() < 200:
        return "The buffer of your shuffle is too small, so only neighbours change places. Use len(images)."
    if set(drawn) != set(answers):
        return "Some slices never appear in three passes. Shuffle, then repeat, and leave none out."
    if np.array_equal(drawn[:count], drawn[count : 2 * count]):
        return "Every pass has the same order. Leave reshuffle_each_iteration at its default, True."
    return None


def _batches(dataset: Any, most: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The first batches of a data set as arrays; a ValueError says what it is instead."""
    import tensorflow as tf

    if not isinstance(dataset, tf.data.Dataset):
        raise ValueError(f"Received {type(dataset).__name__}: return the tf.data.Dataset itself.")
    if not isinstance(dataset.element_spec, tuple) or len(dataset.element_spec) != 2:
        raise ValueError(
            "Each batch should be a pair, (images, answers). Give from_tensor_slices one pair, in "
            "parentheses of its own, and return both from your scaling."
        )
    return [(np.asarray(x), np.atleast_1d(np.asarray(y))) for x, y in dataset.take(most)]


def _translate(error: str) -> str:
    """What usually lies behind an error of tf.data."""
    if "dtype" in error or "convert" in error or "type uint8" in error:
        return (
            "TensorFlow does not convert integers to floats for you: begin with tf.cast(images, tf.float32)."
        )
    if "from_tensor_slices" in error or "truth value of an array" in error:
        return "from_tensor_slices takes one pair, in parentheses of its own: ((images, answers))."
    if "positional argument" in error:
        return (
            "The data set holds pairs, so the function in .map takes two arguments: the image and the answer."
        )
    return f"your code raised an error: {' '.join(error.split())[:160]}. Try your steps one by one in a cell."
