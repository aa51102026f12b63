"""Checks of lesson 51: a block with a skip, a U-Net of such blocks, and the two losses of pix2pix."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import check, close, judge, understood
from gancourse.teaching.material import pix2pix_parts as course

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

#: Words of the usual messages of Keras and TensorFlow, and what they mean here.
_MESSAGES = {
    "Concatenate": "The skip and `x` differ in size. Take the one that is as large as `x` after doubling.",
    "skips is no dictionary": "`skips` should be a dictionary: every picture under its size.",
    "not kept": "`skips` lacks a picture from the way down: keep each under its size, skips[x.shape[1]] = x.",
    "KeyError": "There is no skip of that size. Double `x` first, then look up the skip of that size.",
    "inputs have incompatible shapes": "Lay the skip beside `x` with Concatenate; do not add it.",
    "Cannot convert a symbolic": "This works on NumPy arrays only. Use tf. functions: the loss has to be "
    "differentiated later.",
    "'numpy'": "Leave out `.numpy()`: the loss has to stay a tensor, so that it can be differentiated.",
    "KerasTensor cannot": "Use layers, such as layers.ReLU()(x) or layers.Concatenate()([a, b]), and no "
    "tf functions: the network is only being described here.",
    "'axis'": "A bracket closes too late or too early: axis=-1 belongs to tf.concat([..., ...], axis=-1).",
    "required positional": "A bracket closes too early: axis=-1 belongs to tf.concat([..., ...], axis=-1).",
    "concat": "The two images cannot be laid side by side like that. Use tf.concat([..., ...], axis=-1).",
}


@check
@understood(_MESSAGES)
def up_block(answer: Callable) -> str | None:
    """`up_block(x, skips, filters)`: doubled, normalised, activated, and beside it the skip of that size."""
    for size, filters in ((4, 6), (8, 6)):
        x = keras.Input((size, size, 5))
        skips = {side: keras.Input((side, side, 6)) for side in (2, 4, 8, 16, 32)}
        out = answer(x, dict(skips), filters)
        if not isinstance(out, keras.KerasTensor):
            return "Return the picture that comes out of your last layer."
        network = keras.Model([x, *skips.values()], out)
        if hint := _block_hint(network, size, filters):
            return hint
    return None


def _block_hint(network: keras.Model, size: int, filters: int) -> str | None:
    rng = np.random.default_rng(0)
    feeds = [rng.standard_normal((2, *t.shape[1:])).astype("float32") for t in network.inputs]
    result = network(feeds, training=True).numpy()
    if result.shape[1] == size:
        return "Your block keeps the size. Double it with layers.Conv2DTranspose(filters, 4, 2, 'same')."
    if result.shape[1:3] != (2 * size, 2 * size):
        return (
            f"{size} x {size} pixels became {result.shape[1]} x {result.shape[2]}; expected twice the size."
        )
    moved = [
        not np.array_equal(network(_changed(feeds, k), training=True).numpy(), result)
        for k in range(1, len(feeds))
    ]
    own = feeds[[t.shape[1] for t in network.inputs[1:]].index(2 * size) + 1]
    if not any(moved):
        return "The skip is missing: what comes out does not depend on any of the pictures in `skips`."
    if result.shape[-1] == filters:
        return (
            "You mixed the skip into `x`. Lay it beside `x` with layers.Concatenate(), so that both are kept."
        )
    if sum(moved) > 1 or not moved[[t.shape[1] for t in network.inputs[1:]].index(2 * size)]:
        return "That is a skip from another scale: take the one that is as large as `x` after it was doubled."
    if result.shape[-1] != 2 * filters:
        return f"Received {result.shape[-1]} channels; expected `filters` of your own and those of the skip."
    parts = {True: result[..., filters:], False: result[..., :filters]}
    after = next((after for after, part in parts.items() if close(part, own)), None)
    if after is None:
        return "The skip came out changed. Normalise and activate `x` before you lay the skip beside it."
    if any(
        isinstance(layer, layers.Conv2DTranspose) and layer.kernel_size != (4, 4) for layer in network.layers
    ):
        return (
            "The transposed convolution needs 4 x 4 kernels: then all pixels get the same number of weights."
        )
    mine = parts[not after]
    kinds = [type(layer) for layer in network.layers]
    if not any(issubclass(kind, layers.BatchNormalization) for kind in kinds):
        return "The normalisation is missing: layers.BatchNormalization, after the convolution."
    if mine.min() < 0:
        return (
            "`x` has values below 0: layers.ReLU() is missing, or is not the last thing before Concatenate."
        )
    if (mine == 0).mean() > 0.75 or (mine == 0).mean() < 0.25:
        return "Normalise before you activate: convolution, BatchNormalization, ReLU."
    return None


def _changed(feeds: list[np.ndarray], k: int) -> list[np.ndarray]:
    return [feed + (number == k) for number, feed in enumerate(feeds)]


@check
@understood(_MESSAGES)
def build_unet(answer: Callable) -> str | None:
    """`build_unet(channels, classes, block)`: five times down, four times `block`, and the last layer."""
    calls: list[tuple[int, dict, int]] = []

    def block(x, skips, filters):
        if not isinstance(skips, Mapping):
            raise TypeError("skips is no dictionary")
        calls.append((x.shape[1], dict(skips), filters))
        if x.shape[1] == 2 and 4 not in skips:
            raise ValueError("not kept")
        return course.up_block(x, calls[-1][1], filters)

    network = answer(4, 3, block)
    if not isinstance(network, keras.Model):
        return "Return a network: keras.Model(images, probabilities)."
    if not calls:
        return "`block` was never called. On the way up, call block(x, skips, filters)."
    (first, skips, _), used = calls[0], [filters for *_, filters in calls]
    if first != 2:
        return f"The way up begins at {first} x {first}; expected 2 x 2, after five times down."
    for size in (4, 8, 16, 32):
        if size not in skips:
            return (
                f"There is no skip under {size}. Keep each picture from the way down under skips[x.shape[1]]."
            )
        if skips[size].shape[1] != size:
            return f"Under {size} is a picture of {skips[size].shape[1]} pixels. Keep it under its own size."
    if used != [128, 64, 32, 16]:
        return f"Your blocks have {used} filters on the way up; expected [128, 64, 32, 16]."
    if network.output_shape[1:3] != (64, 64):
        return f"What comes out is {network.output_shape[1]} pixels wide; the last layer should make it 64."
    if network.output_shape[-1] != 3:
        return (
            f"What comes out has {network.output_shape[-1]} channels; expected one for each of the classes."
        )
    given = np.random.default_rng(0).standard_normal((2, 64, 64, 4)).astype("float32")
    result = network(given).numpy()
    if result.min() < 0 or not np.allclose(result.sum(-1), 1, atol=1e-4):
        return "A pixel's values do not add up to 1: the last layer needs activation='softmax'."
    if network.input_shape[1:] != (64, 64, 4):
        return f"The network takes {network.input_shape[1:]}; expected (64, 64, channels)."
    widths = [layer.filters for layer in network.layers if type(layer) is layers.Conv2D]
    if widths != list(course.FILTERS):
        return f"The way down has {widths} filters; expected {list(course.FILTERS)}."
    normalised = sum(isinstance(layer, layers.BatchNormalization) for layer in network.layers)
    if normalised < len(widths) + len(used):
        return "Halve with `down`: a convolution alone neither normalises nor activates."
    return None


class _Spy:
    """A discriminator for checks: a fixed 4 x 4 convolution; it keeps what it was shown."""

    def __init__(self, channels: int):
        rng = np.random.default_rng(1)
        offset = np.linspace(-0.2, 0.4, channels)[:, None]  # so that truth and output differ in the mean
        self.kernel = tf.Variable((rng.normal(size=(4, 4, channels, 1)) / 4 + offset).astype("float32"))
        self.shown: list[tuple[int | None, ...]] = []

    def __call__(self, pair, training=None):
        pair = tf.convert_to_tensor(pair)
        self.shown.append(tuple(pair.shape))
        if pair.shape[-1] != self.kernel.shape[2]:
            raise _Shown
        return tf.nn.conv2d(pair, self.kernel, 2, "SAME")


class _Shown(Exception):
    """The discriminator was shown another number of channels."""


def _case() -> tuple:
    """Small scans (3, 8, 8, 2), a truth of 0 and 1 and probabilities (3, 8, 8, 4)."""
    rng = np.random.default_rng(2)
    scans = rng.uniform(-1, 1, (3, 8, 8, 2))
    truth = np.eye(4)[rng.choice(4, (3, 8, 8), p=(0.7, 0.15, 0.1, 0.05))]
    output = rng.dirichlet((3, 1, 1, 1), (3, 8, 8))
    return tuple(tf.constant(array, tf.float32) for array in (scans, truth, output))


def _as_number(got: Any) -> str | None:
    """Say what is wrong with a loss that is no single tensor of TensorFlow."""
    if isinstance(got, tuple | list):
        return "Return one number, the sum of the parts."
    if np.shape(got) != ():
        return (
            f"Received shape {tuple(np.shape(got))}; expected one number. Take the mean with tf.reduce_mean."
        )
    if not tf.is_tensor(got):
        return "The result is no longer a tensor. Use tf. functions: the loss has to be differentiated later."
    return None


@check
@understood(_MESSAGES)
def patch_d_loss(answer: Callable) -> str | None:
    """`patch_d_loss(discriminator, scans, truth, output)`: real pairs are 1, fake pairs 0, halved."""
    scans, truth, output = _case()
    spy = _Spy(6)
    try:
        got = answer(spy, scans, truth, output)
    except Exception as error:
        if not isinstance(error.args[0] if error.args else None, _Shown):
            raise
        if spy.shown[-1][-1] == 4:
            return "The discriminator did not see the scans. Lay them beside each map, along axis -1."
        return f"The discriminator was shown {spy.shown[-1][-1]} channels; expected scans and one map."
    if len(spy.shown) < 2:
        return "Ask the discriminator twice: about the truth, and about the generator's output."
    if hint := _as_number(got):
        return hint
    real, fake = (spy(tf.concat([scans, each], -1)) for each in (truth, output))
    swapped_real, swapped_fake = (spy(tf.concat([each, scans], -1)) for each in (truth, output))

    def called(logits, yes: bool):
        return tf.reduce_mean(tf.nn.softplus(-logits if yes else logits))

    want = (called(real, True) + called(fake, False)) / 2
    patches = float(tf.size(real))
    twice = tf.sigmoid
    mistakes = {
        "Both losses are right. Halve their sum, as the paper does.": 2 * want,
        "That is a sum over all patches. Take the mean, with tf.reduce_mean.": (
            patches * want, 2 * patches * want, patches * want / 3, 2 * patches * want / 3,
        ),
        "Real and fake are exchanged: the pair with the truth should be called real.": (
            (called(real, False) + called(fake, True)) / 2, called(real, False) + called(fake, True),
        ),
        "The sign is wrong: the loss should grow when the discriminator is wrong.": (-want, -2 * want),
        "Your discriminator should call the output fake: the second part is -ln(1 - D).": (
            (called(real, True) + called(fake, True)) / 2, called(real, True) + called(fake, True),
        ),
        "The pair with the truth should be called real: the first part is -ln D.": (
            (called(real, False) + called(fake, False)) / 2, called(real, False) + called(fake, False),
        ),
        "Only one of the two pairs counts. Add the losses of both.": (
            called(real, True), called(fake, False), called(real, True) / 2, called(fake, False) / 2,
        ),
        "The scans come first, then the map: the training step uses this order, too.": (
            (called(swapped_real, True) + called(swapped_fake, False)) / 2,
            called(swapped_real, True) + called(swapped_fake, False),
        ),
        "The logits are not probabilities yet. Use from_logits=True, or softplus.": (
            (called(twice(real), True) + called(twice(fake), False)) / 2,
            (_clipped(real, True) + _clipped(fake, False)) / 2, _clipped(real, True) + _clipped(fake, False),
        ),
    }  # fmt: skip
    if not np.isfinite(float(got)):
        return "A logit may be negative, and then has no logarithm: it is not a probability. Use softplus."
    said = f"Received {float(got):.3f}, expected {float(want):.3f} for a discriminator of the check's own."
    if hint := judge(got, want, {hint: np.array(wrong, "float32") for hint, wrong in mistakes.items()}, said):
        return hint

    @tf.function
    def slope():
        with tf.GradientTape() as tape:
            loss = answer(spy, scans, truth, output)
        return tape.gradient(loss, spy.kernel)

    return (
        None
        if slope.get_concrete_function().structured_outputs is not None
        else "No gradient reaches the discriminator: use tf. functions throughout."
    )


def _clipped(logits, yes: bool):
    """Cross-entropy of logits that were taken for probabilities, as Keras clips them."""
    p = tf.clip_by_value(logits, 1e-7, 1 - 1e-7)
    return -tf.reduce_mean(tf.math.log(p if yes else 1 - p))


@check
@understood(_MESSAGES)
def pix2pix_g_loss(answer: Callable) -> str | None:
    """`pix2pix_g_loss(fake_logits, truth, output, lam)`: adversarial + lam * (cross-entropy + 1 - Dice)."""
    _, truth, output = _case()
    fake_logits = tf.constant(np.random.default_rng(3).normal(0.9, 1.5, (3, 4, 4, 1)), tf.float32)
    lam = 7.0
    got = answer(fake_logits, truth, output, lam)
    if hint := _as_number(got):
        return hint
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    called_fake = tf.reduce_mean(tf.nn.softplus(fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), -1)
    entropy = tf.reduce_mean(surprise)
    both, each = (tf.reduce_sum(t, (0, 1, 2)) for t in (truth * output, truth + output))
    whole = (2 * both + 1) / (each + 1)
    dice, all_dice = tf.reduce_mean(whole[1:]), tf.reduce_mean(whole)
    half = tf.reduce_mean((both[1:] + 1) / (each[1:] + 1))
    pooled = (2 * tf.reduce_sum(both[1:]) + 1) / (tf.reduce_sum(each[1:]) + 1)
    ratio = tf.reduce_mean(2 * both[1:] / each[1:])
    both_each, each_each = (tf.reduce_sum(t, (1, 2))[:, 1:] for t in (truth * output, truth + output))
    per_image = tf.reduce_mean((2 * both_each + 1) / (each_each + 1))
    pixels, patches = float(tf.size(surprise)), float(tf.size(fake_logits))
    near, want = entropy + 1 - dice, adversarial + lam * (entropy + 1 - dice)
    mistakes = {
        "The adversarial part is a sum. Take the mean over all patches.": patches * adversarial + lam * near,
        "Your cross-entropy is a sum over all pixels. Take their mean.": (
            adversarial + lam * (pixels * entropy + 1 - dice),
            patches * adversarial + lam * (pixels * entropy + 1 - dice),
        ),
        "Your cross-entropy is also a mean over the classes. Sum over them, then average over pixels.": (
            adversarial + lam * (entropy / 4 + 1 - dice)
        ),
        "The cross-entropy has the wrong sign: minus the logarithm of the true class.": (
            adversarial + lam * (-entropy + 1 - dice)
        ),
        "Dice is 1 when everything is right, so the loss is 1 - Dice.": (
            adversarial + lam * (entropy + dice), adversarial + lam * (entropy - dice),
        ),
        "Your adversarial part asks the discriminator to say fake. The generator wants to be called real.": (
            called_fake + lam * near, -called_fake + lam * near,
        ),
        "Lambda multiplies the adversarial part; it belongs to cross-entropy and Dice.": (
            lam * adversarial + near, lam * adversarial + entropy + 1 - dice,
        ),
        "Lambda multiplies the cross-entropy only. Use brackets: lam * (cross_entropy + 1 - dice).": (
            adversarial + lam * entropy + 1 - dice
        ),
        "Lambda multiplies everything. The adversarial part stands outside.": lam * (adversarial + near),
        "Lambda does not multiply anything. Multiply cross-entropy and Dice by it.": adversarial + near,
        "The adversarial part is missing: what does the discriminator say?": lam * near,
        "The cross-entropy is missing.": adversarial + lam * (1 - dice),
        "Dice is missing.": (adversarial + lam * entropy, adversarial + lam * (entropy + 1)),
        "Background counts in your Dice. Leave class 0 out.": adversarial + lam * (entropy + 1 - all_dice),
        "Dice is twice the overlap over the sum of both.": adversarial + lam * (entropy + 1 - half),
        "Add 1 above and below the line in Dice: without it, an absent class gives 0/0.": (
            adversarial + lam * (entropy + 1 - ratio),
            adversarial + lam * (entropy + 1 - tf.reduce_mean((2 * both[1:] + 1) / each[1:])),
            adversarial + lam * (entropy + 1 - tf.reduce_mean(2 * both[1:] / (each[1:] + 1))),
        ),
        "That is a Dice for every image. Sum over the whole batch, axes 0, 1 and 2, before you divide.": (
            adversarial + lam * (entropy + 1 - per_image)
        ),
        "You wrote lambda as a number. Take the argument `lam`, whatever its value.": tuple(
            adversarial + number * near for number in (10.0, 100.0)
        ),
        "You pooled the three tumour classes. Take Dice class by class, then the mean.": (
            adversarial + lam * (entropy + 1 - pooled)
        ),
        "That is the paper's loss for images, L1. For labels take cross-entropy and Dice.": (
            adversarial + lam * tf.reduce_mean(tf.abs(truth - output))
        ),
    }  # fmt: skip
    said = f"Received {float(got):.3f}, expected {float(want):.3f}. Print the three parts one by one."
    if hint := judge(got, want, {hint: np.array(wrong, "float32") for hint, wrong in mistakes.items()}, said):
        return hint

    @tf.function
    def slopes():
        with tf.GradientTape() as tape:
            tape.watch((fake_logits, output))
            loss = answer(fake_logits, truth, output, lam)
        return tape.gradient(loss, (fake_logits, output))

    if any(slope is None for slope in slopes.get_concrete_function().structured_outputs):
        return "No gradient reaches the generator: use tf. functions throughout."
    exact = answer(fake_logits, truth, truth, lam)
    return (
        None if np.isfinite(float(exact)) else "A probability of 0 gives ln 0. Add 1e-7 inside the logarithm."
    )
