"""Losses: pure functions on logits, each returning one number in float32.

A logit is the discriminator's evidence that an image is real; its sigmoid is the probability.
"""

from gancourse.quiet import import_tensorflow

import_tensorflow()
from keras import ops  # noqa: E402


def _cross_entropy(target: float, logits):
    """Mean cross-entropy between the answer `target` (1 real, 0 fake) and the logits."""
    logits = ops.cast(logits, "float32")
    return ops.mean(ops.binary_crossentropy(ops.full_like(logits, target), logits, from_logits=True))


def discriminator_loss(real_logits, fake_logits, smooth: float = 0.0):
    """The deck's: call real images 1 and generated ones 0; the sum of the two means (Goodfellow et al. 2014).

    Args:
        real_logits, fake_logits: of any shape.
        smooth: one-sided label smoothing (Salimans et al. 2016): real images are called 1 - smooth.
    """
    return _cross_entropy(1.0 - smooth, real_logits) + _cross_entropy(0.0, fake_logits)


def generator_loss(fake_logits):
    """The deck's, the non-saturating form: the generator wants its images to be called 1."""
    return _cross_entropy(1.0, fake_logits)


def hinge_discriminator_loss(real_logits, fake_logits):
    """Push real logits above 1 and fake ones below -1, and no further (Lim and Ye 2017, arXiv 1705.02894)."""
    real = ops.mean(ops.relu(1.0 - ops.cast(real_logits, "float32")))
    return real + ops.mean(ops.relu(1.0 + ops.cast(fake_logits, "float32")))


def hinge_generator_loss(fake_logits):
    """The generator's side of the hinge loss: raise the fake logits."""
    return -ops.mean(ops.cast(fake_logits, "float32"))


def r1_penalty(gradients):
    """Mean over images of the squared length of d logit / d image (Mescheder et al. 2018, arXiv 1801.04406).

    Args:
        gradients: of the summed real logits with respect to the real images, (B, H, W, C).
    """
    return ops.mean(ops.sum(ops.square(ops.cast(gradients, "float32")), axis=(1, 2, 3)))
