"""Checks of lesson 52: volumes, a loss and a training step for labels, names of bell curves, a change."""

import functools
import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from gancourse import losses
from gancourse.losses import IGNORE
from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import Hint, _NotTried, check, recognise, understood
from gancourse.teaching.material import tissue_parts as course

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

TISSUE_NAMES = ("CSF", "GM", "WM")


@check
def volumes_ml(answer: Callable) -> str | None:
    """`volumes_ml(labels, pixel_mm, thickness_mm, gap_mm)`: mL by tissue of slices (N, H, W)."""
    rng = np.random.default_rng(52)
    for labels, sizes in (
        (rng.choice(4, (4, 9, 7), p=(0.3, 0.1, 0.35, 0.25)), (3.0, 4.0, 1.5)),
        (np.full((2, 5, 5), 2), (2.0, 2.0, 0.0)),  # a single tissue
    ):
        value = answer(labels.copy(), *sizes)
        if not hasattr(value, "keys"):
            return f"Return a dictionary such as {{'CSF': 200.0, ...}}, not {type(value).__name__}."
        if missing := [name for name in TISSUE_NAMES if name not in value]:
            return (
                f"The dictionary lacks {', '.join(missing)}. Its keys are the names in TISSUES, "
                "and a tissue without any voxel has 0 mL."
            )
        if any(np.size(value[name]) != 1 for name in TISSUE_NAMES):
            return "Each tissue has one volume: add up all slices."
        got = np.array([float(value[name]) for name in TISSUE_NAMES])
        if hint := _volume_hint(got, labels, *sizes):
            return hint
    return None


def _volume_hint(got: np.ndarray, labels: np.ndarray, pixel: float, thick: float, gap: float) -> str | None:
    counts = np.array([(labels == label).sum() for label in (1, 2, 3)], float)
    area = counts * pixel**2 / 1000
    right = area * (thick + gap)
    if np.allclose(got, right, rtol=1e-3):
        return None
    if np.allclose(got, counts, rtol=1e-3):
        return "That is the number of voxels. Multiply it by the volume of one."
    outside = np.array([(labels == label).sum() for label in (0, 1, 2)]) * right.sum() / counts.sum()
    mistakes = {
        "The gap is missing: each slice stands for itself and for the gap up to the next one.": area * thick,
        "A pixel is square: its area is pixel_mm times pixel_mm.": right / pixel,
        "Each slice stands for its thickness and the gap, not for the gap alone.": area * gap,
        "Thickness and gap are lengths along one axis: add them.": area * thick * gap,
        "That is the volume of the mean slice. Add up all slices.": right / len(labels),
        "Label 0 is what lies outside; CSF is 1, GM 2 and WM 3.": outside,
    }
    for factor, unit in {1: "", 1000: " And 1 mL is 1000 mm3.", 10: " And 1 mL is 1000 mm3."}.items():
        if hint := recognise(got / factor, {h: w for h, w in mistakes.items() if w.any()}):
            return hint + unit
    if any(np.allclose(got, right * factor, rtol=1e-3) for factor in (1000, 10, 100)):
        return "Check the unit: mm2 times mm is mm3, and 1 mL is 1000 mm3."
    return f"Received {got.round(3).tolist()} for CSF, GM and WM, expected {right.round(3).tolist()}."


#: Words of the usual messages of TensorFlow, and what they mean here.
_MESSAGES = {
    "only be used to compute one set of gradients": "A tape can be used once. Use two, one per network.",
    "apply_gradients()": "`apply_gradients` takes zip(gradients, variables); `apply` takes the two lists.",
    "numpy": "Leave out .numpy(), float() and NumPy: the loss has to stay a tensor, to be differentiated.",
    "symbolic": "Leave out .numpy(), float() and NumPy: the loss has to stay a tensor, to be differentiated.",
    "not allowed in graph": "Leave out .numpy(), float() and NumPy: the loss has to stay a tensor.",
    "of bool": "True and False have to become 1 and 0 first: tf.cast(..., tf.float32).",
    "bool tensor": "True and False have to become 1 and 0 first: tf.cast(..., tf.float32).",
    "indices": "tf.one_hot needs whole numbers of type int32: tf.cast(labels, tf.int32).",
    "uint8": "Cast first: tf.cast(labels, tf.int32) for one_hot, tf.cast(..., tf.float32) for a mask.",
    "incompatible shapes": "Two arrays do not fit. mask[..., None] turns a mask (B, H, W) into (B, H, W, 1).",
    "none values": "A gradient is missing: the loss must be computed inside its tape, from its network.",
}


def _batch(rng: np.random.Generator, size: int = 6) -> tuple[Any, Any]:
    """Scans (4, size, size, 2), and labels uint8, a third of them unknown."""
    labels = rng.integers(0, 4, (4, size, size))
    labels[rng.random(labels.shape) < 0.3] = IGNORE
    scans = rng.standard_normal((*labels.shape, 2)).astype("float32")
    return tf.constant(scans), tf.constant(labels, tf.uint8)


@check
@understood(_MESSAGES)
def label_loss(answer: Callable) -> str | None:
    """`label_loss(labels, output)`: cross-entropy, mean over the pixels whose label is known."""
    rng = np.random.default_rng(1)
    _, labels = _batch(rng)
    p = rng.dirichlet(np.ones(4), labels.shape)
    output = tf.Variable(p.astype("float32"))
    with tf.GradientTape() as tape:
        value = answer(labels, output)
    if np.size(value) != 1:
        return f"Received shape {np.shape(value)}, expected one number: the mean over the known pixels."
    got, known = float(np.reshape(value, ())), labels.numpy() != IGNORE
    truth = np.where(known, labels.numpy(), 0)
    p_truth = np.take_along_axis(p, truth[..., None].astype(int), -1)[..., 0]
    surprise = -np.log(p_truth + 1e-7)
    right = surprise[known].mean()
    if np.isnan(got) or np.isinf(got):
        return "The loss is not finite. Add 1e-7 to the probability before you take its logarithm."
    mistakes = {
        "That is the right sum over the wrong number: divide by the number of known pixels.": [
            surprise[known].sum() / known.size,
            surprise[known].sum() / (4 * known.size),
            surprise[known].sum() / (4 * known.sum()),
        ],
        "Unknown pixels count as a surprise of their own. Multiply it by 0, and count the others.": [
            np.where(known, surprise, -np.log(1e-7)).mean(),
            np.where(known, surprise, -np.log(1e-7)).sum() / known.sum(),
        ],
        "The unknown pixels were taken for background. Leave them out.": surprise.mean(),
        "Outside, 0, is known as well, and it counts. Leave out only the pixels of label 255.": [
            surprise[known & (truth > 0)].mean(),
            surprise[known & (truth > 0)].sum() / known.sum(),
        ],
        "The sign is wrong: the surprise is minus the logarithm.": -right,
        "That is a sum. Divide it by the number of known pixels.": surprise[known].sum(),
        "That is the mean probability. The surprise is minus the logarithm, at each pixel.": [
            p_truth[known].mean(),
            1 - p_truth[known].mean(),
        ],
        "Take the logarithm at each pixel, and then the mean.": -math.log(p_truth[known].mean()),
        "Use the natural logarithm, tf.math.log.": right / math.log(2),
    }
    if not np.isclose(got, right, rtol=1e-3):
        return recognise(got, mistakes) or f"Received {got:.4f}, expected {right:.4f}."
    if not tf.is_tensor(value) or tape.gradient(value, output) is None:
        return "The number is right, but TensorFlow cannot differentiate it: use tf. functions, not NumPy."
    if not np.isfinite(tf.function(answer, autograph=False)(labels, tf.one_hot(labels * 0, 4)).numpy()):
        return "The loss is infinite if the truth gets probability 0: add 1e-7 before the logarithm."
    return None


#: What the learner's step may do wrong: how the two losses, and who learns from which, then differ.
_LAM = 7.0


class _Discriminator(keras.Model):
    """A discriminator that says what it was called with, if that was not a pair of scans and map."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        inputs = args[0] if args else kwargs.get("inputs")
        if not isinstance(inputs, list | tuple) or len(inputs) != 2:
            raise Hint("The discriminator judges a pair: give it a list of the scans and a map of tissue.")
        if any(len(np.shape(each)) == 3 for each in inputs):
            raise Hint("The discriminator needs the one-hot truth (B, H, W, 4), not the labels (B, H, W).")
        if [np.shape(each)[-1] for each in inputs] == [4, 2]:
            raise Hint("The discriminator's pair is in the wrong order: first the scans, then the map.")
        return super().__call__(*args, **kwargs)


class _Optimizer(keras.optimizers.SGD):
    """An optimiser that knows its network, and says if it is given something else."""

    def __init__(self, owner: str, variables: list) -> None:
        super().__init__(0.1, name=f"{owner}_optimizer")
        self.owner, self.own = owner, {id(variable) for variable in variables}

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        if trainable_variables is not None:
            if not all(isinstance(variable, keras.Variable) for variable in trainable_variables):
                raise Hint("An optimiser's `apply` takes the gradients first and the variables second.")
            if any(id(variable) not in self.own for variable in trainable_variables):
                raise Hint(
                    f"{self.owner[0]}_optimizer belongs to the {self.owner}, but it was given weights of the "
                    "other network."
                )
            pairs = list(zip(grads, trainable_variables, strict=False))
            if any(g is not None and tuple(g.shape) != tuple(v.shape) for g, v in pairs):
                raise Hint(
                    f"These gradients do not belong to the {self.owner}'s weights. Ask its tape for the "
                    "gradients of its own loss for its own trainable_variables."
                )
        super().apply(grads, trainable_variables)


def _careful_loss(labels: Any, output: Any) -> Any:
    """The course's `label_loss`; says if it is called with something else."""
    ranks = len(np.shape(labels)), len(np.shape(output))
    if ranks == (4, 3):
        raise Hint("The arguments of label_loss are swapped: first the labels, then the output.")
    if ranks[0] == 4:
        raise Hint("label_loss makes its own one-hot truth: give it the labels (B, H, W) as they are.")
    return course.label_loss(labels, output)


def _toys() -> tuple[Any, ...]:
    """A generator of probabilities, a discriminator, and their optimisers, always with the same weights."""
    keras.utils.set_random_seed(3)
    scans = keras.Input((None, None, 2))
    x = layers.BatchNormalization()(layers.Conv2D(3, 1)(scans))
    generator = keras.Model(scans, layers.Conv2D(4, 1, activation="softmax")(x))
    images, maps = keras.Input((None, None, 2)), keras.Input((None, None, 4))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(6, 3, 2, "same")(layers.Concatenate()([images, maps])))
    discriminator = _Discriminator(
        inputs=[images, maps], outputs=layers.Conv2D(1, 1)(x), name="discriminator"
    )
    optimizers = (
        _Optimizer(name, network.trainable_variables)
        for name, network in (("generator", generator), ("discriminator", discriminator))
    )
    return generator, discriminator, *optimizers


def _oracle(scans: Any, labels: Any, variant: str = "") -> tuple[Any, list, list]:
    """The losses and gradients of a step: (d_loss, g_loss), of the discriminator, of the generator."""
    generator, discriminator, *_ = _toys()
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape(persistent=True) as tape:
        output = generator(scans, training=variant != "not training")
        shown = output if variant == "unmasked" else output * known
        real = discriminator([scans, truth], training=True)
        fake = discriminator([scans, shown], training=True)
        d_loss = losses.discriminator_loss(real, fake) / (1 if variant == "not halved" else 2)
        if variant == "swapped":
            d_loss = losses.discriminator_loss(fake, real) / 2
        adversarial, labelling = losses.generator_loss(fake), course.label_loss(labels, output)
        if variant == "minimax":
            adversarial = losses.minimax_generator_loss(fake)
        if variant == "generator fools nobody":
            adversarial = losses.generator_loss(real)
        weights = {
            "no lambda": (1, 1),
            "lambda on the wrong part": (_LAM, 1),
            "lambda on both": (_LAM, _LAM),
            "100": (1, 100),
        }
        a, b = weights.get(variant, (1, _LAM))
        a, b = (0 if variant == "no adversary" else a), (0 if variant == "no labels" else b)
        g_loss = a * adversarial + b * labelling
    d_of = g_loss if variant == "d from g" else d_loss
    g_of = d_loss if variant == "g from d" else g_loss
    d_slope = tape.gradient(d_of, discriminator.trainable_variables)
    g_slope = tape.gradient(g_of, generator.trainable_variables)
    return (float(d_loss), float(g_loss)), d_slope, g_slope


#: In the order in which they are told.
_NOT_TRAINING = "Call the generator with training=True: batch normalisation then uses this batch."
_D_MISTAKES = {
    "not training": _NOT_TRAINING,
    "unmasked": "The discriminator sees the generator's answer where the truth is unknown, and can tell the "
    "two apart by that alone. Show it zeros there: multiply the output by known.",
    "not halved": "The discriminator's loss should be halved, so that it learns more slowly.",
    "swapped": "The discriminator's arguments are swapped: the logits of the truth come first.",
    "d from g": "The discriminator was updated by g_loss. Ask its tape for the gradients of d_loss.",
}
_G_MISTAKES = {
    "no lambda": "The loss of the labels should be multiplied by lam.",
    "100": "The weight is fixed at 100. Use lam, so that whoever calls the step can choose it.",
    "lambda on the wrong part": "lam belongs to the loss of the labels, not to the adversarial part.",
    "lambda on both": "lam belongs to the loss of the labels alone.",
    "no adversary": "The output should also pass for the truth: add losses.generator_loss(fake_logits).",
    "no labels": "The output should also be near the labels: add lam times label_loss.",
    "generator fools nobody": "The adversarial part takes the logits of the output, fake_logits.",
    "minimax": "That is the minimax loss. Use losses.generator_loss.",
    "g from d": "The generator was updated by d_loss, so it helps the discriminator. Use g_loss for it.",
    "not training": _NOT_TRAINING,
}


@check
@understood(_MESSAGES)
def train_step(answer: Callable) -> str | None:
    """`train_step(scans, labels, G, D, g_optimizer, d_optimizer, label_loss, lam)` -> d_loss, g_loss."""
    scans, labels = _batch(np.random.default_rng(2))
    for make in (lambda step: step, functools.partial(tf.function, autograph=False)):
        if hint := _step_hint(make(answer), scans, labels):
            return hint
    return None


def _step_hint(step: Callable, scans: Any, labels: Any) -> str | None:
    generator, discriminator, g_optimizer, d_optimizer = networks = _toys()
    before = [[v.numpy().copy() for v in n.trainable_variables] for n in networks[:2]]
    try:
        result = step(scans, labels, *networks, _careful_loss, _LAM)
    except _NotTried:
        if not int(g_optimizer.iterations) + int(d_optimizer.iterations):
            raise
        result = None
    for optimizer, name in ((d_optimizer, "discriminator"), (g_optimizer, "generator")):
        if int(optimizer.iterations) != 1:
            return (
                f"The {name} was updated {int(optimizer.iterations)} times by its optimiser; expected once."
            )
    moved = [
        [(b - v.numpy()) / 0.1 for b, v in zip(start, network.trainable_variables, strict=True)]
        for start, network in zip(before, networks[:2], strict=True)
    ]
    want, d_slope, g_slope = _oracle(scans, labels)
    for network, got, right, mistakes, part in (
        ("discriminator", moved[1], d_slope, _D_MISTAKES, 1),
        ("generator", moved[0], g_slope, _G_MISTAKES, 2),
    ):
        if _near(got, right):
            continue
        if _near(got, [-slope for slope in right]):
            return f"The {network} moved uphill: the gradients go to the optimiser as they are."
        for variant, hint in mistakes.items():
            if _near(got, _oracle(scans, labels, variant)[part]):
                return hint
        return f"The {network} was not updated by the gradients of {network[0]}_loss for its own weights."
    if result is None:
        return "Both networks learned, but the step returns nothing. End it with `return d_loss, g_loss`."
    if not isinstance(result, tuple | list) or len(result) != 2 or any(np.size(v) != 1 for v in result):
        return "Return two numbers, as in `return d_loss, g_loss`."
    got = [float(np.reshape(value, ())) for value in result]
    if np.allclose(got, want, rtol=1e-3):
        return None
    if np.allclose(got[::-1], want, rtol=1e-3):
        return "The two losses come back in the wrong order: first d_loss, then g_loss."
    return f"Returned {got[0]:.3f} and {got[1]:.3f}; expected d_loss {want[0]:.3f} and g_loss {want[1]:.3f}."


def _near(got: list, want: list) -> bool:
    return all(
        np.allclose(g, w, rtol=0.01, atol=2e-5) for g, w in zip(got, want, strict=True) if w is not None
    )


@check
def name_tissues(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`name_tissues(components, means)`: numbers of components, in any order, to 1 CSF, 2 GM, 3 WM."""
    components = np.array([0, 2, 1, 1, 0, 2, 2])
    levels = np.array([80.0, 210.0, 260.0])
    got, want = [], []
    for order in permutations(range(3)):
        means = levels[list(order)]
        value = np.asarray(answer(components.copy(), means.copy()))
        if value.shape != components.shape:
            return f"Received shape {value.shape}, expected {components.shape}: one label for each voxel."
        got.append(value)
        want.append(np.array(order)[components] + 1)
    if all(np.array_equal(g, w) for g, w in zip(got, want, strict=True)):
        return None
    if all(np.array_equal(g + 1, w) for g, w in zip(got, want, strict=True)):
        return "The order is right, but labels start at 1: CSF 1, GM 2, WM 3. 0 is what lies outside."
    if all(np.array_equal(4 - g, w) for g, w in zip(got, want, strict=True)):
        return "The order is reversed: on T1, CSF is the darkest and white matter the brightest."
    if all(np.array_equal(g, components + 1) for g in got):
        return "You kept the components' own numbers, which come in any order. Rank them by their means."
    once = [np.argsort(levels[list(order)])[components] + 1 for order in permutations(range(3))]
    if all(np.array_equal(g, w) for g, w in zip(got, once, strict=True)):
        return (
            "argsort once says which component is darkest, which is next, and so on. You need the reverse: "
            "for each component, how many are darker."
        )
    if np.array_equal(got[0], want[0]):
        return "That is right only when the components happen to be sorted already. Rank them by their means."
    return f"For means {levels.tolist()} and components {components.tolist()}: received {got[0].tolist()}."


@check
def smallest_change(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`smallest_change(first, second)`: what 95 of 100 pairs of scans of an unchanged person stay below."""
    rng = np.random.default_rng(26)
    people = rng.normal(80, 5, 8)
    noise = rng.normal(0, 0.3, (2, 8))
    noise[1] += noise[0].mean() - noise[1].mean() + 0.3  # a mean difference, as between two scanners
    first, second = people + noise
    difference = second - first
    value = float(answer(first.copy(), second.copy()))
    sd, mean = difference.std(ddof=1), difference.mean()
    if np.isclose(value, 1.96 * sd, rtol=0.03):
        if np.isclose(answer(2 * first, 2 * second), 2 * 1.96 * sd, rtol=0.03):
            return None
        return "That is right for one set of scans only. Compute it from the two arrays that are given."
    root, spread = np.sqrt(len(people)), np.array([sd, difference.std()])  # of a sample, and of all
    both = np.concatenate([first, second])
    spreads = np.array([each.std(ddof=ddof) for each in (first, second, both) for ddof in (0, 1)])
    shares = [difference / first, difference / second, 2 * difference / (first + second)]
    share_sd = np.array([share.std(ddof=ddof) for share in shares for ddof in (0, 1)])
    squares = np.sqrt(np.mean(difference**2))
    hints = {
        "Eight people are a sample: use ddof=1, or the limit comes out too low.": [1.96 * difference.std()],
        "Leave the mean difference out: a shift that all share can be corrected, but scatter cannot.": [
            *(abs(mean) + 1.96 * spread),
            *(mean - 1.96 * spread),
            *(-mean + 1.96 * spread),
            1.96 * squares,
            2 * squares,
            2.77 * squares / math.sqrt(2),
        ],
        "That is one standard deviation of the differences: a third of unchanged people exceed it.": spread,
        "That is the error of a single scan. A change is a difference of two scans, and both err.": np.outer(
            [1 / math.sqrt(2), 1.96 / math.sqrt(2)], spread
        ),
        "The difference already has the errors of both scans: leave out the root of 2.": (
            1.96 * spread * math.sqrt(2)
        ),
        "That is the error of a group's mean change. The question is about one person.": np.outer(
            [1 / root, 1.96 / root], spread
        ),
        "That is how much people differ. Take each person's own difference.": [*spreads, *1.96 * spreads],
        "Keep the unit of the measure: take differences, not per cent of the first scan.": np.outer(
            [1, 1.96, 100, 196], share_sd
        ),
        "That is the mean size of a difference, and many exceed it.": np.abs(difference).mean(),
        "The largest difference grows with the number of people. Use the spread.": np.abs(difference).max(),
    }
    for hint, wrong in hints.items():
        if np.isclose(value, wrong, rtol=0.004).any():
            return hint
    if np.isclose(abs(value), abs(mean), atol=1e-6):
        return "That is the mean difference. What counts is how much it varies from person to person."
    return f"Received {value:.3g}, expected {1.96 * sd:.3g}: 1.96 standard deviations of the differences."
