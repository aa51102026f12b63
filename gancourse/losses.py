"""Losses: pure functions on logits, each returning one number in float32.

A logit is the discriminator's evidence that an image is real; its sigmoid is the probability.
"""

from collections.abc import Callable

from gancourse.quiet import import_tensorflow

import_tensorflow()
from keras import ops  # noqa: E402


def _cross_entropy(target: float, logits):
    """Return the mean cross-entropy between the answer `target` (1 real, 0 fake) and the logits."""
    logits = ops.cast(logits, "float32")
    return ops.mean(ops.binary_crossentropy(ops.full_like(logits, target), logits, from_logits=True))


def discriminator_loss(real_logits, fake_logits, smooth: float = 0.0):
    """Return the deck's loss (Goodfellow et al. 2014): real images should be called 1, generated ones 0.

    Args:
        real_logits, fake_logits: of any shape.
        smooth: one-sided label smoothing (Salimans et al. 2016): the target for real images is 1 - smooth.
    """
    return _cross_entropy(1.0 - smooth, real_logits) + _cross_entropy(0.0, fake_logits)


def generator_loss(fake_logits):
    """Return the deck's non-saturating loss: the generator's images should be called 1."""
    return _cross_entropy(1.0, fake_logits)


def minimax_generator_loss(fake_logits):
    """Return the generator's loss in the zero-sum game: its images should not be called 0.

    It saturates: where the discriminator is sure, the gradient vanishes. So the same paper uses the
    non-saturating form instead (Goodfellow et al. 2014, section 3).
    """
    return -_cross_entropy(0.0, fake_logits)


def hinge_discriminator_loss(real_logits, fake_logits):
    """Push real logits above 1 and fake ones below -1, and no further (Lim and Ye 2017, arXiv 1705.02894)."""
    real = ops.mean(ops.relu(1.0 - ops.cast(real_logits, "float32")))
    return real + ops.mean(ops.relu(1.0 + ops.cast(fake_logits, "float32")))


def hinge_generator_loss(fake_logits):
    """Raise the fake logits: the generator's loss for both the hinge and the Wasserstein critic."""
    return -ops.mean(ops.cast(fake_logits, "float32"))


def least_squares_discriminator_loss(real_logits, fake_logits):
    """Pull real logits to 1 and fake ones to -1, by squared distance (Mao et al. 2017, arXiv 1611.04076).

    The paper's targets are 1 and 0; these are scaled so that a logit above 0 still means "real".
    """
    real, fake = ops.cast(real_logits, "float32"), ops.cast(fake_logits, "float32")
    return (ops.mean(ops.square(real - 1.0)) + ops.mean(ops.square(fake + 1.0))) / 2


def least_squares_generator_loss(fake_logits):
    """Pull the fake logits to 1, by squared distance."""
    return ops.mean(ops.square(ops.cast(fake_logits, "float32") - 1.0)) / 2


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """Raise real logits and lower fake ones without limit (Arjovsky et al. 2017, arXiv 1701.07875).

    The critic must not be steep, see `gradient_penalty`. Only differences of its logits have a meaning.
    """
    return ops.mean(ops.cast(fake_logits, "float32")) - ops.mean(ops.cast(real_logits, "float32"))


def relativistic_discriminator_loss(real_logits, fake_logits):
    """Raise each real logit above the fake one beside it (Jolicoeur-Martineau 2019, arXiv 1807.00734).

    It is softplus(fake - real), averaged over pairs. Only differences count, so a collapsed generator cannot
    hide in a region that the discriminator calls real as a whole (Sun et al. 2020, arXiv 2011.04926).

    Args:
        real_logits, fake_logits: of one shape; the k-th of each are a pair.
    """
    real, fake = ops.cast(real_logits, "float32"), ops.cast(fake_logits, "float32")
    return ops.mean(ops.softplus(fake - real))


def relativistic_generator_loss(fake_logits, real_logits):
    """Raise each fake logit above the real one beside it: the same game with the sides exchanged."""
    return relativistic_discriminator_loss(fake_logits, real_logits)


def r1_penalty(gradients):
    """Return the mean squared length of d logit / d image (Mescheder et al. 2018, arXiv 1801.04406).

    Args:
        gradients: of the summed real logits with respect to the real images, (B, H, W, C). Of the fake
            logits at generated images instead, it is the same paper's R2.
    """
    return ops.mean(_squared_lengths(gradients))


def gradient_penalty(gradients):
    """Return the mean of (|d logit / d image| - 1)^2 (Gulrajani et al. 2017, arXiv 1704.00028).

    Args:
        gradients: of the summed logits with respect to images between real and fake ones, (B, H, W, C).
    """
    lengths = ops.sqrt(_squared_lengths(gradients) + 1e-12)  # the slope of a root at 0 is infinite
    return ops.mean(ops.square(lengths - 1.0))


def _squared_lengths(gradients):
    return ops.sum(ops.square(ops.cast(gradients, "float32")), axis=(1, 2, 3))


def l1(target, image):
    """Return the mean absolute difference, pix2pix' second loss (Isola et al. 2017, arXiv 1611.07004)."""
    return ops.mean(ops.abs(ops.cast(target, "float32") - ops.cast(image, "float32")))


#: Label of a pixel whose class is not known; such pixels count in no loss.
IGNORE = 255


def one_hot(labels, classes: int):
    """Encode labels (B, H, W) as 0 and 1 (B, H, W, classes), float32; all 0 where a label is `IGNORE`."""
    return ops.cast(ops.expand_dims(ops.cast(labels, "int32"), -1) == ops.arange(classes), "float32")


def label_cross_entropy(labels, logits, balance: float = 0.0):
    """Return the mean cross-entropy over the pixels whose label is known.

    Args:
        labels: (B, H, W) integers from 0, or `IGNORE`.
        logits: (B, H, W, classes).
        balance: 0 counts every pixel alike, 1 every class; between them, a class of n pixels counts as
            n ** (1 - balance). Without it, a network that sees few tumours long calls everything healthy.
    """
    truth = one_hot(labels, logits.shape[-1])
    truth *= ops.maximum(ops.sum(truth, axis=(0, 1, 2)), 1.0) ** -balance
    surprise = -ops.sum(truth * ops.log_softmax(ops.cast(logits, "float32")))
    return surprise / ops.maximum(ops.sum(truth), 1e-6)


def soft_dice_loss(labels, logits):
    """Return 1 - Dice with probabilities instead of a mask (Milletari et al. 2016, arXiv 1606.04797).

    It is the mean over all classes but 0. Each class is summed over the whole batch, and 1 pixel is added to
    numerator and denominator, so that an absent class costs nothing. Arguments as in `label_cross_entropy`.
    """
    truth = one_hot(labels, logits.shape[-1])
    known = ops.sum(truth, axis=-1, keepdims=True)
    probabilities = known * ops.softmax(ops.cast(logits, "float32"))
    both, each = (ops.sum(x, axis=(0, 1, 2))[1:] for x in (truth * probabilities, truth + probabilities))
    return 1.0 - ops.mean((2.0 * both + 1.0) / (each + 1.0))


def label_loss(labels, logits, balance: float = 0.0):
    """Return cross-entropy plus Dice loss, which replaces L1 where the target is labels."""
    return label_cross_entropy(labels, logits, balance) + soft_dice_loss(labels, logits)


def tversky_loss(
    labels, logits, alpha: float = 0.3, beta: float = 0.7, gamma: float = 1.0, each: bool = False
):
    """Return (1 - TI) ** gamma, where TI = tp / (tp + alpha * false + beta * missed), for class 1.

    Counts are sums of probabilities over the whole batch, or over each image, whose losses are averaged: then
    a lesion of few pixels, or a false alarm in an image without any, costs as much as a large one. alpha =
    beta = 0.5 is the soft Dice loss; a larger beta makes a missed pixel dearer than a false one (Salehi et
    al. 2017, arXiv 1706.05721); gamma below 1 keeps gradients large when little is wrong, as in the focal
    Tversky loss, which calls 1 / gamma gamma (Abraham and Khan 2019, arXiv 1810.07842). 1 pixel is added
    above and below.

    Args:
        labels: (B, H, W): 0, 1 or `IGNORE`.
        logits: (B, H, W, 2).
        alpha, beta: weights of false and of missed pixels.
        gamma: above 0.
        each: whether every image counts by itself.
    """
    axes = (1, 2) if each else (0, 1, 2)
    truth = one_hot(labels, 2)
    probability = ops.softmax(ops.cast(logits, "float32"))[..., 1]
    hit, false = (ops.sum(truth[..., k] * probability, axes) for k in (1, 0))
    missed = ops.sum(truth[..., 1] * (1.0 - probability), axes)
    index = (hit + 1.0) / (hit + alpha * false + beta * missed + 1.0)
    return ops.mean(ops.power(ops.maximum(1.0 - index, 1e-6), gamma))  # the slope of a root at 0 is infinite


#: The discriminator's and the generator's loss by name.
LOSSES: dict[str, tuple[Callable, Callable]] = {
    "bce": (discriminator_loss, generator_loss),
    "minimax": (discriminator_loss, minimax_generator_loss),
    "hinge": (hinge_discriminator_loss, hinge_generator_loss),
    "least-squares": (least_squares_discriminator_loss, least_squares_generator_loss),
    "wasserstein": (wasserstein_discriminator_loss, hinge_generator_loss),
}
