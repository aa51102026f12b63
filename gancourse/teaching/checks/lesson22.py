"""Checks of lesson 22: an erase test, the best guess of a loss, a condition in both networks, a reader."""

from collections.abc import Callable

import numpy as np

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import _NotTried, _Raised, check, close, judge, recognise
from gancourse.teaching.material import erase_test

tf = import_tensorflow()
import keras  # noqa: E402

_APART = "Arrays of different shapes cannot be joined, added or multiplied. Write the shape beside each line."
_FILL = "4 * 4 * 128 numbers fill (4, 4, 128). Check the dense layer and the reshape."
_GIVEN = "The painter takes (B, 4, 4, 128), the looker takes (B, 32, 32, 1). Which shape did you pass in?"
_ONE_NUMBER = (
    "The label has an axis too many: (B, 1). One whole number per image is keras.Input((), dtype='int32')."
)
_CHANNEL = "An image has a channel axis, too: keras.Input((32, 32, 1))."
_INPUTS = "keras.Model needs all the inputs that the output is computed from."

#: Words of the usual messages of NumPy, Keras and TensorFlow, and what they mean here.
_MESSAGES = {
    "cannot reshape array": "The axes of the blocks are (N, H // 4, 4, W // 4, 4), for any N, H and W.",
    "same shape": _APART,
    "matching shapes": _APART,
    "incompatible shapes": _APART,
    "incompatible input shapes": _APART,
    "broadcast": "These shapes do not go together. Print the shape of each part on the way.",
    "total size of the tensor": _FILL,
    "expected shape": _GIVEN,
    "expected axis": _GIVEN,
    "incompatible with the layer": _GIVEN,
    "positional argument": "First make the layer, then call it: layers.Dense(1)(x), with two pairs of ().",
    "arrays used as indices": "Only a mask can pick pixels: brain = image > -0.9, then image[brain].",
    "graph disconnected": _INPUTS,
    "not connected": _INPUTS,
}


def _understood(error: Exception) -> str | None:
    """What the usual errors of the learner's code mean; None for others."""
    said = str(error.args[0] if error.args else error).lower()
    if "(none, 1, " in said:
        return _ONE_NUMBER
    if "(none, 32, 32)" in said:
        return _CHANNEL
    return next((hint for words, hint in _MESSAGES.items() if words in said), None)


def _try(answer: Callable, *args):
    """Call the learner's function; return its answer and no hint, or no answer and a hint.

    Raises:
        Exception: of the learner's code, where no hint is known.
    """
    try:
        return answer(*args), None
    except _NotTried:
        raise
    except _Raised as error:
        if hint := _understood(error):
            return None, hint
        raise


@check
def erase(shrink: Callable, share_left: Callable) -> str | None:
    """`shrink(images)` and `share_left(image, hole, enlarge)`."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(2, 8, 12)).astype(np.float32)
    got, hint = _try(shrink, images.copy())
    if hint:
        return hint
    got, right = np.asarray(got), erase_test.shrink(images)
    if got.shape != right.shape:
        return f"shrink: {images.shape} should become {right.shape}, but it became {got.shape}."
    mixed = images.reshape(2, 4, 2, 4, 3)
    mistakes = {
        "shrink: you keep one pixel of each block. A coarse voxel shows the mean of all 16.": [
            images[:, k::4, k::4] for k in range(4)
        ],
        "shrink: that is the sum of each block. Take the mean.": 16 * right,
        "shrink: the blocks are mixed up. The 4 comes second in each pair of axes: (H // 4, 4, W // 4, 4).": [
            mixed.mean((1, 3)), mixed.mean((1, 3)).reshape(2, 2, 3)
        ],
    }  # fmt: skip
    said = "shrink: the shape is right, but the numbers are not. Is each one the mean of its 4 x 4 block?"
    if hint := judge(got, right, mistakes, said):
        return hint
    return _share_left_hint(share_left, rng)


def _share_left_hint(share_left: Callable, rng: np.random.Generator) -> str | None:
    def enlarge(coarse):
        large = np.asarray(coarse).repeat(4, 1).repeat(4, 2)
        beside = np.roll(large, 4, axis=-1)  # a network that overshoots and invents a little
        return 0.9 * large - 0.6 * beside + 0.1 * np.roll(large, 1, axis=-1) ** 2

    image = rng.uniform(0.2, 0.8, (16, 16)).astype(np.float32)
    hole = erase_test.disc((16, 16), (6, 7), 3)
    given = image.copy()
    got, hint = _try(share_left, given, hole, enlarge)
    if hint:
        return hint
    if not close(given, image):
        return "share_left: your code changes the image that it was given. Work on image.copy()."
    with_hole = np.where(hole, erase_test.HOLE, image)
    without, large = enlarge(erase_test.shrink(np.stack([image, with_hole])))
    before, after = with_hole - image, large - without
    right = after[hole].mean() / before[hole].mean()
    mistakes = {
        "share_left: measure in the hole only: difference[hole].": after.mean() / before.mean(),
        "share_left: compare with the enlarged slice *without* the hole. Enlarging alone changes it.": [
            (large - image)[hole].mean() / before[hole].mean(),
            (with_hole - large)[hole].mean() / before[hole].mean(),
        ],
        "share_left: the ratio is upside down. Divide what is left by what was put in.": 1 / right,
        "share_left: give a share from 0 to 1, not per cent.": 100 * right,
        "share_left: that is the share which is lost.": 1 - right,
        "share_left: that is a difference in brightness. Divide by the difference before shrinking.": [
            after[hole].mean(), -after[hole].mean()
        ],
        "share_left: divide what is left by what was put in, each with the same sign.": -right,
        "share_left: the slices were not shrunk and enlarged.": 1.0,
        "share_left: that is the mean of the ratios. Take the two means first, then their ratio.": (
            (after[hole] / before[hole]).mean()
        ),
        "share_left: keep the signs of the differences. Without them, too bright a pixel counts as left.": [
            np.abs(after[hole]).mean() / np.abs(before[hole]).mean(),
            -np.abs(after[hole]).mean() / np.abs(before[hole]).mean(),
        ],
    }  # fmt: skip
    if np.shape(got) != ():
        return (
            f"share_left: expected one number, received shape {np.shape(got)}. Take the mean over the hole."
        )
    said = f"share_left: expected {right:.3f} for a hole of our own, received {float(got):.3f}."
    return judge(float(got), right, mistakes, said)


@check
def best(best_l1: Callable, best_l2: Callable) -> str | None:
    """`best_l1(candidates, truths)` and `best_l2(candidates, truths)`: the median and the mean, by search."""
    candidates = np.linspace(-1, 1, 201)
    for truths in (np.array([-0.8, -0.8, -0.8, 0.7, 0.7]), np.array([-0.9, -0.2, -0.1, 0.3, 0.4, 0.5, 0.7])):
        costs = {
            "L1": np.abs(candidates[:, None] - truths).mean(1),
            "L2": ((candidates[:, None] - truths) ** 2).mean(1),
        }
        right = {name: candidates[cost.argmin()] for name, cost in costs.items()}
        for (name, cost), answer in zip(costs.items(), (best_l1, best_l2), strict=True):
            got, hint = _try(answer, candidates.copy(), truths.copy())
            if hint:
                return f"best_{name.lower()}: {hint}"
            where = f"best_{name.lower()}"
            if np.shape(got) != ():
                return f"{where}: expected one number, received shape {np.shape(got)}."
            other = right["L2" if name == "L1" else "L1"]
            signed = (candidates[:, None] - truths).mean(1)
            mistakes = {
                f"{where}: that is the smallest loss itself. Return the candidate that has it.": cost.min(),
                f"{where}: that is the candidate's index in the array. Return the candidate.": cost.argmin(),
                f"{where}: that is the worst candidate. Look for the smallest loss.": candidates[
                    cost.argmax()
                ],
                f"{where}: positive and negative differences cancel. Make each one positive first.": (
                    candidates[signed.argmin()]
                ),
                f"{where}: the other loss gives this"
                + (
                    ", and so does taking abs() after the mean. Take abs() of each difference."
                    if name == "L1"
                    else "."
                ): other,
                f"{where}: you took a mean per truth, but need one per candidate: use the other axis.": [
                    candidates[np.abs(candidates[:, None] - truths).mean(0).argmin()],
                    candidates[((candidates[:, None] - truths) ** 2).mean(0).argmin()],
                ],
            }
            said = f"{where}: for the truths {truths}, expected {right[name]:.2f}, received {float(got):.2f}."
            if hint := judge(float(got), right[name], mistakes, said):
                return hint
    return None


_MODEL = "Return a model: keras.Model([first input, label], output)."


def _network_hint(network: object, first: tuple, output: tuple, what: str) -> str | None:
    """What is wrong with a network's kind, inputs or output; None if nothing."""
    if not isinstance(network, keras.Model):
        return _MODEL
    if len(network.inputs) != 2:
        return f"Expected a network with two inputs, {what} and label; it has {len(network.inputs)}."
    shapes = [tuple(each.shape) for each in network.inputs]
    if shapes[0] != first and shapes[1] == first:
        return f"The inputs are in the wrong order: {what} first, then the label."
    if shapes[0] != first:
        return f"The first input should have shape {first}, but has {shapes[0]}."
    if shapes[1] not in ((None,), (None, 1)):
        return (
            f"The label is one whole number per image: keras.Input((), dtype='int32'); yours has {shapes[1]}."
        )
    if len(network.outputs) != 1 or tuple(network.outputs[0].shape) != output:
        shapes = [tuple(each.shape) for each in network.outputs]
        return f"The output should have shape {output}, but has {shapes[0]}."
    return None


def _call(network: keras.Model, first: np.ndarray, label: int) -> np.ndarray:
    labels = np.full(len(first), label, "int32")
    return np.asarray(network([tf.constant(first), tf.constant(labels)], training=False), np.float64)


def _embeddings(network: keras.Model) -> list:
    return [each for each in network._flatten_layers() if isinstance(each, keras.layers.Embedding)]


def _rows_hint(network: keras.Model, classes: int) -> str | None:
    """What is wrong with the sizes of the embeddings; None if nothing."""
    for each in _embeddings(network):
        if each.input_dim != classes:
            return _SWAPPED if each.output_dim == classes else _ROWS
    return None


_SWAPPED = "The embedding's sizes are swapped: first how many rows, `classes`, then how many numbers in each."
_ROWS = "The embedding needs a row for each label: `classes` of them, even when there are not three."


@check
def build_generator(answer: Callable) -> str | None:
    """`build_generator(classes)`: the label and the latent both matter to the image."""
    network, hint = _try(answer, 5)
    if hint := hint or _network_hint(network, (None, 64), (None, 32, 32, 1), "latent"):
        return hint
    if hint := _rows_hint(network, 5):
        return hint
    latents = np.random.default_rng(0).standard_normal((4, 64)).astype(np.float32)
    try:
        images = [_call(network, latents, label) for label in range(5)]
    except Exception:
        return _ROWS
    if max(np.abs(image - images[0]).max() for image in images) < 1e-7:
        return "Every label gives the same image. Connect the label to the layers that paint."
    if np.abs(images[0][0] - images[0][1]).max() < 1e-7:
        return "Every latent gives the same image. Join the label to the latent instead of replacing it."
    if any(np.abs(images[a] - images[b]).max() < 1e-7 for a in range(5) for b in range(a)):
        return _ROWS
    return _again(answer, network)


def _again(answer: Callable, network: keras.Model) -> str | None:
    """Two networks of one function may not share weights: the lesson trains several."""
    other, hint = _try(answer, 5)
    shared = {id(variable) for variable in network.variables} & {id(v) for v in other.variables}
    return hint or (
        "Make all layers inside the function, so that each network has its own." if shared else None
    )


@check
def build_discriminator(answer: Callable) -> str | None:
    """`build_discriminator(classes)`: whether the label fits depends on the image."""
    network, hint = _try(answer, 5)
    if hint := hint or _network_hint(network, (None, 32, 32, 1), (None, 1), "image"):
        return hint
    if hint := _rows_hint(network, 5):
        return hint
    images = np.random.default_rng(0).uniform(-1, 1, (6, 32, 32, 1)).astype(np.float32)
    images *= np.linspace(0.2, 1, 6).reshape(-1, 1, 1, 1).astype(np.float32)
    try:
        logits = np.stack([_call(network, images, label)[:, 0] for label in range(5)])  # (labels, images)
    except Exception:
        return _ROWS
    steps = logits - logits[0]  # what each label changes, by image
    if np.abs(steps).max() < 1e-7:
        return "The logit is the same for every label. Combine the label's direction with the features."
    if np.ptp(logits, axis=1).max() < 1e-7:
        return "The logit is the same for every image. Where do the features go?"
    if np.ptp(steps, axis=1).max() < 1e-5 * np.abs(steps).max():
        return (
            "The label adds the same to every image's logit, so the logit cannot tell whether the two fit. "
            "Multiply them: take the dot product of features and direction."
        )
    if _squashed(network):
        return "Return the logit itself, without a sigmoid: the losses take logits."
    if any(np.abs(logits[a] - logits[b]).max() < 1e-7 for a in range(5) for b in range(a)):
        return _ROWS
    if _embeddings(network):
        alone = _enlarged(network, told=0)  # as if the labels said nothing
        if np.ptp(alone) < 1e-7:
            return (
                "Only the fit to the label is judged. The logit also needs step 3: does the image look real?"
            )
        if alone.min() >= 0 and alone.max() <= 1:
            return "Step 3 is squashed into the range from 0 to 1. Its dense layer needs no activation."
    return _again(answer, network)


def _squashed(network: keras.Model) -> bool:
    """Whether all answers stay between 0 and 1, however large the weights."""
    found = _enlarged(network, told=30)
    return bool(found.min() >= 0 and found.max() <= 1)


def _enlarged(network: keras.Model, told: float) -> np.ndarray:
    """The answers to images of ours, all weights 30 times as large, those of the embeddings `told` times."""
    copy = keras.models.clone_model(network)
    copy.set_weights([30 * weight for weight in network.get_weights()])
    for old, new in zip(_embeddings(network), _embeddings(copy), strict=True):
        new.set_weights([told * weight for weight in old.get_weights()])
    images = np.random.default_rng(1).uniform(-1, 1, (64, 32, 32, 1)).astype(np.float32)
    return np.concatenate([_call(copy, images, label) for label in range(5)])


def _head(right: int, left: int, base: float = 0.0, glow: float = 0.8) -> np.ndarray:
    """A round head with so many bright pixels in the patient's right half, and so many in the left."""
    rows, columns = np.indices((32, 32))
    image = np.where(np.hypot(rows - 15.5, columns - 15.5) < 12, base, -1.0)
    for count, first in ((right, 6), (left, 20)):
        places = np.arange(count)
        image[12 + places // 5, first + places % 5] = base + glow
    return image


def _head_with_fluid() -> np.ndarray:
    """A head of which the lower part is dark, so that its mean is far below its median."""
    image = _head(20, 0, glow=0.35)
    image[18:][image[18:] > -0.9] = -0.85
    return image


@check
def read_label(answer: Callable) -> str | None:
    """`read_label(image)`: 0, 1 or 2, by bright pixels in the two halves."""
    trials = [
        (_head(20, 0), 1), (_head(0, 20), 2), (_head(0, 0), 0), (_head(3, 2), 0), (_head(4, 2), 1),
        (_head(9, 14), 2), (_head(0, 0, base=0.7, glow=0), 0), (_head(20, 0, base=-0.6), 1),
        (_head(20, 0, glow=0.4), 0), (_head_with_fluid(), 0),
    ]  # fmt: skip
    found = []
    for image, _ in trials:
        given = image.copy()
        label, hint = _try(answer, given)
        if hint:
            return hint
        if isinstance(label, str):
            return "Return the number of the label, 0, 1 or 2, not its name."
        if np.shape(label) != () or float(label) not in (0.0, 1.0, 2.0):
            return f"Expected 0, 1 or 2, received {label!r:.40}."
        if not close(given, image):
            return "Your code changes the image that it was given. Work on a copy."
        found.append(int(label))
    right = [label for _, label in trials]
    rows = np.minimum(right, 1)  # the bright pixels of ours are in the upper half
    swapped = [(0, 2, 1)[label] for label in right]
    hints = {
        "The sides are swapped. The patient's right is on the left of the image: the first columns.": swapped,
        "Those are the upper and the lower half. Right and left are columns: image[:, ...].": [
            rows, 2 * rows
        ],
        "That is the mean of the brain, which dark fluid pulls down. Take the median.": [*right[:9], 1],
        "Every slice is called a tumour. Fewer than 6 bright pixels mean label 0.": [
            label or found[k] for k, label in enumerate(right)
        ] if 0 not in found else right,
    }  # fmt: skip
    if found == right:
        return None
    if hint := recognise(np.array(found), hints):
        return hint
    if found[6] != 0 or found[7] != 1:
        return (
            "A bright scan was read as a tumour, or a dark one as none. Compare with the median of this "
            "brain itself, without the background."
        )
    if found[8] != 0:
        return "A region 0.4 above the median was called bright. The limit is 0.5 above it."
    if found[3] != 0 or found[4] != 1:
        return "Look at the limit: 5 bright pixels in both halves together are no tumour, 6 are one."
    return f"For ten slices of ours, expected {right}, received {found}."
