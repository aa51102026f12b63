"""Checks of lesson 41: a block of the generator, the discriminator, the two losses, one training step."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import Hint, _NotTried, check, close, recognise, understood
from gancourse.teaching.material import first_gan as course

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

_SHARED = "A layer object can be used in one place only. Make a new one each time, in the loop."

#: Words of the usual messages of Keras and TensorFlow, and what they mean here.
_MESSAGES = {
    "only be used to compute one set of gradients": "A tape works only once. Use two tapes, one per network.",
    "apply_gradients()": "`apply_gradients` takes zip(gradients, variables); `apply` takes the two lists.",
    "same rank": "The targets need the shape of the logits: keras.ops.ones_like and zeros_like make them.",
    "same shape": "The targets need the shape of the logits: keras.ops.ones_like and zeros_like make them.",
    "no attribute 'numpy'": "Inside a compiled step, tensors have no NumPy values yet. Leave out .numpy().",
    "len is not well": "Take `real_images.shape[0]`, which works in every compiled step, not len().",
    "symbolic": "NumPy and float() cannot work inside a compiled step. Use tf. or keras.ops. functions.",
    "zero or negative": "A picture became smaller than the 4 x 4 kernel. Do the channels come from "
    "`widths`? Is the padding 'same' in the loop, and does the last convolution come after it?",
    "expected shape": _SHARED,
    "incompatible with the layer": _SHARED,
    "must be unique": _SHARED,
    "randomstandardnormal": "tf.random.normal takes the shape as one tuple: tf.random.normal((B, 100)).",
}


@check
@understood(_MESSAGES)
def up(answer: Callable) -> str | None:
    """`up(filters, strides)`: a list of a transposed convolution, batch normalisation and ReLU."""
    seen: list[int] = []
    for filters, strides in ((8, 2), (5, 1)):
        block = answer(filters, strides)
        if isinstance(block, keras.Model | layers.Layer) or not isinstance(block, Sequence):
            return "Return a list of three layers: [first, second, third]."
        if any(isinstance(part, type) for part in block):
            return "A layer needs its brackets: layers.ReLU() makes one; layers.ReLU only names the kind."
        if not all(isinstance(part, layers.Layer) for part in block):
            return "The list should hold layers. In place of tf.nn.relu, for example, use layers.ReLU()."
        if set(seen) & {id(part) for part in block}:
            return "Two blocks share a layer. Make new layers inside the function, at each call."
        seen += map(id, block)
        if hint := _up_hint(list(block), filters, strides):
            return hint
    return None


def _up_hint(block: list[layers.Layer], filters: int, strides: int) -> str | None:
    stamps = [part for part in block if isinstance(part, layers.Conv2DTranspose)]
    if len(stamps) != 1:
        return "The layer that enlarges is layers.Conv2DTranspose, once in each block."
    (stamp,) = stamps
    if stamp.filters != filters:
        return f"{stamp.filters} channels came out where `filters` is {filters}."
    if stamp.kernel_size != (4, 4):
        return f"The kernel is {stamp.kernel_size}; the deck's is (4, 4)."
    if stamp.strides != (strides, strides):
        return f"The stride is {stamp.strides} where `strides` is {strides}. Hand the argument on."
    if stamp.padding != "same":
        return "Without padding='same' the picture gains extra pixels at its border."
    if stamp.use_bias:
        return "The deck's transposed convolutions have no bias: use_bias=False."
    kinds = [type(part) for part in block]
    if layers.BatchNormalization not in kinds:
        return "Batch normalisation is missing: layers.BatchNormalization(), after the convolution."
    mine, oracle = (
        keras.Sequential([keras.Input((3, 3, 2)), *part]) for part in (block, course.up(filters, strides))
    )
    found = _outputs(mine, oracle)
    if found is None or not close(*found):
        values = mine(_images((4, 3, 3, 2)), training=True).numpy()
        if values.min() < 0 and not any(isinstance(p, layers.ReLU | layers.Activation) for p in block):
            return "ReLU is missing, or is not the plain one: values below 0 have to become 0."
        return "The layers are there, but not in this order: convolution, normalisation, ReLU."
    return None


@check
@understood(_MESSAGES)
def build_discriminator(answer: Callable) -> str | None:
    """`build_discriminator(size, widths)`: strided convolutions down to 4 x 4, then one logit."""
    for size, widths in ((32, (4, 8, 6)), (64, (3, 5, 7, 9))):
        network = answer(size, widths)
        if not isinstance(network, keras.Model):
            return "Return the network itself."
        if not network.layers:
            return "The network is still empty: network.add(...) puts a layer at its end."
        if hint := _discriminator_hint(network, size, widths):
            return hint
    return None


def _discriminator_hint(network: keras.Model, size: int, widths: tuple[int, ...]) -> str | None:
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    strided, last = convolutions[:-1], convolutions[-1] if convolutions else None
    if [layer.filters for layer in strided] != list(widths) or last is None:
        found = [layer.filters for layer in convolutions]
        return f"For widths {widths} your convolutions have {found} channels; expected {[*widths, 1]}."
    if any(layer.kernel_size != (4, 4) for layer in convolutions):
        return "All kernels are 4 x 4 here, also in the last convolution."
    if any(layer.strides != (2, 2) for layer in strided):
        return "The convolutions in the loop need strides=2: each halves the picture."
    if any(layer.padding != "same" for layer in strided):
        return "Without padding='same' the sizes are not halved exactly. Only the last one does without."
    if last.padding != "valid" or last.strides != (1, 1):
        return "The last convolution covers the whole 4 x 4 picture at once: padding='valid', no stride."
    if not all(layer.use_bias for layer in convolutions):
        return "The discriminator's convolutions keep their bias, which is what Keras does by default."
    norms = sum(isinstance(layer, layers.BatchNormalization) for layer in network.layers)
    if norms > len(widths) - 1:
        return "There is too much batch normalisation: neither the first block nor the end has any."
    if norms < len(widths) - 1:
        return "Batch normalisation is missing: every block but the first has it, after its convolution."
    if not isinstance(network.layers[-1], layers.Dense):
        return "The last layer is Dense(1), which scales and shifts the logit."
    if network.layers[-1].units != 1:
        return "The last layer gives one number, the logit: Dense(1)."
    outputs = _outputs(network, course.build_discriminator(size, widths))
    if outputs is None:
        return "Some layers are not where the deck's discriminator has them. Compare block by block."
    mine, right = outputs
    if close(mine, right):
        return None
    if mine.min() >= 0 and mine.max() <= 1:
        return "A sigmoid turns logits into probabilities. Leave it out: the loss applies it for you."
    bends = [layer for layer in network.layers if isinstance(layer, layers.LeakyReLU)]
    if any(abs(float(bend.negative_slope) - 0.2) > 1e-6 for bend in bends):
        return f"The slope of your LeakyReLU is {float(bends[0].negative_slope):g}; the deck's is 0.2."
    if len(bends) > len(widths):
        return "The last convolution needs no activation: a logit may be negative."
    if len(bends) < len(widths):
        return "Each of the blocks ends with layers.LeakyReLU(0.2), the first one too."
    return "The layers are there, but not in this order: convolution, normalisation, LeakyReLU."


def _images(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, shape).astype("float32")


def _outputs(mine: keras.Model, oracle: keras.Model) -> tuple[np.ndarray, np.ndarray] | None:
    """What both networks make of the same images with the same weights; None if their weights do not fit.

    Twelve values of each, in training and out of it.
    """
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 1, w.shape) if w.ndim > 1 else rng.uniform(0.5, 1.5, w.shape)
               for w in oracle.get_weights()]  # fmt: skip
    if [w.shape for w in weights] != [w.shape for w in mine.get_weights()]:
        return None
    images, found = _images((4, *oracle.input_shape[1:])), []
    for network in (mine, oracle):
        network.set_weights(weights)
        values = [np.ravel(network(images, training=training)) for training in (False, True)]
        found.append(np.concatenate(values))
    return (found[0], found[1]) if found[0].shape == found[1].shape else None


@check
@understood(_MESSAGES)
def losses(discriminator_loss: Callable, generator_loss: Callable) -> str | None:
    """Both losses: mean cross-entropies of logits, with the answers that each network hopes for."""
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(m, 1, (6, 1, 1, 1)).astype("float32") for m in (1.5, -0.4))
    return (
        _d_loss_hint(discriminator_loss, real, fake)
        or _g_loss_hint(generator_loss, fake)
        or _d_loss_hint(discriminator_loss, real[:4], fake[:3])
        or _g_loss_hint(generator_loss, fake[:3])
    )


def _d_loss_hint(answer: Callable, real: np.ndarray, fake: np.ndarray) -> str | None:
    value = _number(answer, "discriminator_loss", real, fake)
    if isinstance(value, str):
        return value
    (real_1, real_0), (fake_1, fake_0) = ([_log_loss(target, of) for target in (1, 0)] for of in (real, fake))
    right = real_1 + fake_0
    if close(value, right):
        return None
    mistakes = {
        "The discriminator's loss lacks its generated half: generated images should be called 0.": real_1,
        "The discriminator's loss lacks its real half: without it, calling everything 0 is perfect.": fake_0,
        "The discriminator's targets are swapped: real is 1, generated is 0.": real_0 + fake_1,
        "Both halves have ones as targets. For the discriminator, generated images are 0.": real_1 + fake_1,
        "Both halves have zeros as targets. Real images are 1.": real_0 + fake_0,
        "That is the mean of the two halves; the deck adds them up.": right / 2,
        _SUM: (len(real) * right, len(real) * real_1 + len(fake) * fake_0),
        "The sign is wrong: a loss gets smaller as the answers get better.": -right,
        _TWICE: _log_loss(1, _sigmoid(real)) + _log_loss(0, _sigmoid(fake)),
        _NO_LOGITS: _clipped(1, real) + _clipped(0, fake),
    }
    return recognise(value, mistakes) or (
        f"discriminator_loss gives {value:.4f} where {right:.4f} is expected. In each half, targets come "
        "first and logits second, and the mean is taken."
    )


def _g_loss_hint(answer: Callable, fake: np.ndarray) -> str | None:
    value, right = _number(answer, "generator_loss", fake), _log_loss(1, fake)
    if isinstance(value, str):
        return value
    if close(value, right):
        return None
    zeros = _log_loss(0, fake)
    mistakes = {
        "With zeros as targets the generator helps the discriminator. Which answer does it hope for?": zeros,
        "That is minus the discriminator's loss, the minimax form of lesson 21. Use ones as targets.": -zeros,
        "The generator's sign is wrong: its loss gets smaller as more of its images are called real.": -right,
        "That is the mean of the logits, as in other GANs. Use the cross-entropy with ones.": -fake.mean(),
        _SUM: right * len(fake),
        _TWICE: _log_loss(1, _sigmoid(fake)),
        _NO_LOGITS: _clipped(1, fake),
    }
    return recognise(value, mistakes) or f"generator_loss gives {value:.4f} where {right:.4f} is expected."


_TWICE = "You applied a sigmoid before a loss that does so itself (from_logits=True). Give it the logits."
_SUM = "That is a sum over the images; take the mean, so that the batch size does not matter."
_NO_LOGITS = "Keras took your logits for probabilities: set from_logits=True."
_NO_TAPE = (
    "{name} leaves TensorFlow, so a tape cannot follow it and no network could learn. Use keras.ops. or tf. "
    "functions, not NumPy, float() or .numpy()."
)


def _log_loss(target: float, logits: np.ndarray) -> float:
    """Mean cross-entropy between one answer and logits, in float64."""
    logits = np.asarray(logits, np.float64)
    return float(np.mean(np.logaddexp(0, logits) - target * logits))


def _sigmoid(logits: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(logits, np.float64)))


def _clipped(target: float, logits: np.ndarray) -> float:
    """What Keras makes of logits that it takes for probabilities."""
    p = np.clip(np.asarray(logits, np.float64), 1e-7, 1 - 1e-7)
    return float(np.mean(-(target * np.log(p) + (1 - target) * np.log(1 - p))))


def _number(answer: Callable, name: str, *logits: np.ndarray) -> float | str:
    """The one number that a learner's loss gives, or a hint; it must leave its trace on a tape."""
    watched = [tf.Variable(each) for each in logits]
    with tf.GradientTape() as tape, warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        value = answer(*watched)
    if any("from_logits" in str(warning.message) for warning in noticed):
        return _TWICE  # Keras sees its own sigmoid, undoes it and warns; it does not see TensorFlow's
    if isinstance(value, tuple | list):
        return f"{name} should return one number, the sum of its parts."
    if not tf.is_tensor(value):
        return _NO_TAPE.format(name=name)
    if value.shape.num_elements() != 1:
        return f"{name} gives {value.shape.num_elements()} numbers; expected one: take the mean over images."
    if all(gradient is None for gradient in tape.gradient(value, watched)):
        return _NO_TAPE.format(name=name)
    return float(np.reshape(value, ()))


#: Learning rate of the optimisers below: so small that it does not matter which network moves first.
_RATE = 1e-3


class _ToyGenerator(keras.Model):
    """A generator for checks: its images do not depend on the latents, which it keeps."""

    def __init__(self, batch: int):
        super().__init__(name="generator")
        self.batch = batch
        self.image = self.add_weight(shape=(2, 2, 1), initializer="zeros", name="image")
        self.image.assign(np.array([0.3, -0.6, 0.9, 0.4], "float32").reshape(2, 2, 1))
        self.latents = self.add_weight(shape=(batch, 100), initializer="zeros", trainable=False, name="seen")
        self.built = True

    def call(self, latents, training=False):
        if latents.shape[1:] != (100,) or latents.shape[0] not in (None, self.batch):
            raise Hint(
                f"{self.batch} real images came in, and the generator was given latents of shape "
                f"{tuple(latents.shape)}. Draw one latent of 100 numbers for each: ({self.batch}, 100)."
            )
        if training is not True:
            raise Hint("The generator was called without training=True.")
        self.latents.assign(tf.cast(latents, "float32"))
        return self.image * tf.ones((tf.shape(latents)[0], 1, 1, 1))


class _ToyDiscriminator(keras.Model):
    """A discriminator for checks: the logit is a weight times the mean of the image, plus a bias."""

    def __init__(self):
        super().__init__(name="discriminator")
        self.line = self.add_weight(shape=(2,), initializer="zeros", name="line")
        self.line.assign(np.array([0.8, -0.3], "float32"))
        self.built = True

    def call(self, images, training=False):
        if training is not True:
            raise Hint("The discriminator was called without training=True.")
        return tf.reduce_mean(images, (1, 2, 3), keepdims=True) * self.line[0] + self.line[1]


class _Optimizer(keras.optimizers.SGD):
    """Plain gradient descent that refuses what is not its network's."""

    def __init__(self, name: str, mine: keras.Model, others: keras.Model):
        super().__init__(_RATE, name=name)
        self.owned = {"mine": [v.path for v in mine.trainable_variables],
                      "others": [v.path for v in others.trainable_variables]}  # fmt: skip

    def apply(self, grads, trainable_variables=None):
        whose = {"g_optimizer": ("generator", "g_loss"), "d_optimizer": ("discriminator", "d_loss")}
        (network, loss), name = whose[self.name], self.name
        if trainable_variables is None:
            raise Hint(f"`{name}.apply` takes two lists: the gradients, and the variables that they are for.")
        paths = [variable.path for variable in trainable_variables]
        if set(paths) & set(self.owned["others"]):
            both = set(paths) & set(self.owned["mine"])
            raise Hint(
                f"`{name}` was given weights of both networks. In an update, the other network stands still."
                if both
                else f"`{name}` was given the other network's weights. Each network has its own optimiser."
            )
        if set(paths) != set(self.owned["mine"]):
            raise Hint(f"Take the {network}'s `trainable_variables`: the others do not learn by gradients.")
        if any(gradient is None for gradient in grads):
            raise Hint(
                f"The tape finds no way from {loss} back to the {network}'s weights. Everything from the "
                f"{network}'s call to {loss} has to happen inside that tape's `with` block, and g_loss needs "
                "the fake logits."
            )
        return super().apply(grads, trainable_variables)


def _game(batch: int = 6) -> tuple[Any, _ToyGenerator, _ToyDiscriminator, _Optimizer, _Optimizer]:
    real_images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (batch, 2, 2, 1)) + 0.4, tf.float32)
    generator, discriminator = _ToyGenerator(batch), _ToyDiscriminator()
    return (
        real_images,
        generator,
        discriminator,
        _Optimizer("g_optimizer", generator, discriminator),
        _Optimizer("d_optimizer", discriminator, generator),
    )


@check
@understood(_MESSAGES)
def train_step(answer: Callable) -> str | None:
    """`train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)` -> d_loss, g_loss."""
    for make in (lambda step: step, tf.function):  # as it is, and as the lesson will use it
        if hint := _step_hint(make(answer)):
            return hint
    return None


def _step_hint(step: Callable) -> str | None:
    game = real_images, generator, discriminator, g_optimizer, d_optimizer = _game()
    before = [v.numpy().copy() for v in (generator.image, discriminator.line)]
    try:
        result = step(*game)
    except _NotTried:
        if not int(g_optimizer.iterations) + int(d_optimizer.iterations):
            raise
        result = None
    for optimizer, network in ((d_optimizer, "discriminator"), (g_optimizer, "generator")):
        if int(optimizer.iterations) != 1:
            return (
                f"The {network} was updated {int(optimizer.iterations)} times in a step; expected once, by "
                f"`{optimizer.name}`."
            )
    after = [v.numpy() for v in (generator.image, discriminator.line)]
    slopes = [(b - a) / _RATE for a, b in zip(after, before, strict=True)]
    means, (image, line) = np.ravel(real_images.numpy().mean((1, 2))), before
    if hint := _slope_hint(slopes[0], slopes[1], means, image, line):
        return hint
    if hint := _result_hint(result, means, image, line):
        return hint
    first = generator.latents.numpy().copy()
    if first.min() >= 0 or abs(first.std() - 1) > 0.15 or abs(first.mean()) > 0.15:
        return (
            "The latents are not from the bell curve, with mean 0 and standard deviation 1. "
            "Use tf.random.normal."
        )
    step(*game)
    if np.array_equal(first, generator.latents.numpy()):
        return (
            "Two steps had the same latents. Draw them with tf.random.normal and without a fixed seed: "
            "in a compiled step, what NumPy draws is drawn only once."
        )
    return None


def _slope_hint(g_slope, d_slope, real: np.ndarray, image: np.ndarray, line: np.ndarray) -> str | None:
    """Compare the gradients that the weights moved by with those of the losses, worked out by hand."""
    weight, bias = float(line[0]), float(line[1])
    fake = float(image.mean())
    real_logits, fake_logit = weight * real + bias, weight * fake + bias
    at_real = np.array([np.mean((_sigmoid(real_logits) - 1) * real), np.mean(_sigmoid(real_logits) - 1)])
    at_real_0 = np.array([np.mean(_sigmoid(real_logits) * real), np.mean(_sigmoid(real_logits))])
    at_fake = _sigmoid(fake_logit) * np.array([fake, 1])
    at_fake_1 = (_sigmoid(fake_logit) - 1) * np.array([fake, 1])
    called_0 = np.full(image.shape, _sigmoid(fake_logit) * weight / image.size)
    called_1 = np.full(image.shape, (_sigmoid(fake_logit) - 1) * weight / image.size)

    def near(got, want) -> bool:
        return np.allclose(got, want, rtol=0.02, atol=2e-3)

    n, d_right = len(real), at_real + at_fake
    if not near(d_slope, d_right):
        wrong = {
            "The discriminator was updated with g_loss. It needs the gradients of d_loss.": at_fake_1,
            _SUM: n * d_right,
            "The discriminator moved uphill. Give the gradients to the optimiser as they are.": -d_right,
            "The discriminator's targets are swapped: real is 1, generated is 0.": at_real_0 + at_fake_1,
            "The discriminator learned from the real images only.": at_real,
            "The discriminator learned from the generated images only.": at_fake,
            "The discriminator was updated with both losses; use d_loss alone.": d_right + at_fake_1,
        }
        hints = [hint for hint, slope in wrong.items() if near(d_slope, slope)]
        return hints[0] if hints else "The discriminator was not updated with the gradients of d_loss."
    if not near(g_slope, called_1):
        wrong = {
            "The generator was updated with d_loss, which helps the discriminator. Use g_loss.": called_0,
            _SUM: n * called_1,
            "The generator moved uphill. Give the gradients to the optimiser as they are.": -called_1,
            "That is the minimax loss: use generator_loss, with ones as targets.": -called_0,
            "The generator was updated with both losses; use g_loss alone.": called_0 + called_1,
        }
        hints = [hint for hint, slope in wrong.items() if near(g_slope, slope)]
        return hints[0] if hints else "The generator was not updated with the gradients of g_loss."
    return None


def _result_hint(result: Any, real: np.ndarray, image: np.ndarray, line: np.ndarray) -> str | None:
    if result is None:
        return "Both networks learned, but the step returns nothing. End it with `return d_loss, g_loss`."
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two values, as in `return d_loss, g_loss`."
    if any(np.size(value) != 1 for value in result):
        return "Each loss should be one number, the mean over the images."
    got = [float(np.reshape(value, ())) for value in result]
    weight, bias = float(line[0]), float(line[1])
    fake_logit = np.array([weight * float(image.mean()) + bias])
    want = [_log_loss(1, weight * real + bias) + _log_loss(0, fake_logit), _log_loss(1, fake_logit)]
    if np.allclose(got, want, rtol=0.01):
        return None
    if np.allclose(got[::-1], want, rtol=0.01):
        return "The two losses come back in the wrong order: first d_loss, then g_loss."
    return f"Received {got[0]:.3f} and {got[1]:.3f}; expected d_loss {want[0]:.3f} and g_loss {want[1]:.3f}."
