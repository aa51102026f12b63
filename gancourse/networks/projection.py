"""A discriminator that is told what an image should show, by projection (Miyato and Koyama 2018).

A plain discriminator asks "is it real?". Concatenating the condition somewhere leaves it to the network to
find out what to do with it. Projection (arXiv 1802.05637) gives it the one question that matters, as an inner
product:

    logit(x, c) = psi(phi(x)) + <V(c), phi(x)>

phi(x) are the last features, psi is the plain discriminator's last layer, and V(c) is the direction in which
the features of an image lie that shows c. What differs from the paper: conditions are numbers, so V is a
small network and no table of classes; and features are not summed over places, since a side is a place.
"""

from collections.abc import Callable

import keras
from keras import layers, ops

from gancourse.networks import dcgan

HIDDEN = 64


def project(features, conditions, plain_logits):
    """Add the projection to a plain discriminator's logits.

    Args:
        features: phi, (B, H, W, C), the last ones.
        conditions: (B, n).
        plain_logits: psi(phi), (B, 1).

    Returns:
        Logits (B, 1).
    """
    phi = layers.Flatten()(features)  # (B, H W C)
    hidden = layers.Dense(HIDDEN, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1], use_bias=False, kernel_initializer=dcgan.PAPER_INIT)(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


def build_projection_discriminator(
    conditions: int,
    base: int = 32,
    size: int = 64,
    channels: int = 1,
    project: Callable = project,
    noise: float = 0.0,
    **options,
) -> keras.Model:
    """Build a discriminator: [images (B, size, size, channels), conditions (B, n)] -> logits (B, 1).

    Args:
        conditions: how many numbers say what the image should show.
        base, size, channels: as for `dcgan.build_discriminator`, whose layers it has.
        project: what adds the projection to the plain logits.
        noise: standard deviation of what is added to images in training, so that it cannot judge by their
            finest texture alone (Sonderby et al. 2017, arXiv 1610.04490).
        options: more of that function's.
    """
    plain = dcgan.build_discriminator(base, size, channels=channels, **options)
    images, wanted = keras.Input(plain.input.shape[1:]), keras.Input((conditions,))
    judge = keras.Model(plain.input, [plain.layers[-1].input, plain.output])
    features, output = judge(layers.GaussianNoise(noise)(images))  # (B, 4, 4, 8 base) when size is 64
    logits = project(features, wanted, layers.Flatten()(output))
    return keras.Model([images, wanted], layers.Activation("linear", dtype="float32")(logits))
