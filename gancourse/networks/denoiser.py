"""The network of a diffusion model: a noisy image and how noisy it is -> the noise in it.

A U-Net of residual blocks that are told the noise level, as in Ho et al. 2020 (arXiv 2006.11239), without
attention. `patch` folds squares of pixels into channels first, which makes a step cheaper on a CPU.

Nearly all of a very noisy image is noise, and a small network cannot copy noise through its layers. So it
gives the velocity v of Salimans and Ho 2022 (arXiv 2202.00512), from which, with the noisy image, the noise
follows. Without this, 5 minutes of a core's training left images full of noise.
"""

import math

import keras
from keras import layers, ops

FREQUENCIES = 16  #: sines and cosines that describe the noise level


def described(level):
    """Describe noise levels (B, 1), 0 to 1, by sines and cosines: (B, 2 * FREQUENCIES)."""
    angles = level * ops.reshape(2.0 ** ops.arange(FREQUENCIES, dtype="float32") / 16, (1, -1))
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def block(x, told, width: int):
    """Add what two 3 x 3 convolutions make of the maps; the noise level scales and shifts between them."""
    y = layers.Activation("silu")(layers.GroupNormalization(8)(x))
    y = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal")(y)
    scale, shift = ops.split(layers.Dense(2 * width, kernel_initializer="zeros")(told), 2, axis=-1)
    y = layers.GroupNormalization(8)(y) * (1 + scale[:, None, None]) + shift[:, None, None]
    y = layers.Conv2D(width, 3, padding="same", kernel_initializer="zeros")(layers.Activation("silu")(y))
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1, kernel_initializer="lecun_normal")(x)
    return layers.Add()([x, y])


def build_denoiser(
    size: int = 64, widths: tuple[int, ...] = (32, 64, 96, 128), patch: int = 2, channels: int = 1
) -> keras.Model:
    """Build the network: [noisy images (B, S, S, C), noise levels (B, 1)] -> noise (B, S, S, C), float32.

    Args:
        size: of the images.
        widths: channels at S / patch, half of that, and so on; multiples of 8.
        patch: pixels of a side that are folded into channels.
        channels: of the images.
    """
    images = keras.Input((size, size, channels), name="images")
    level = keras.Input((1,), name="level")
    told = layers.Activation("silu")(layers.Dense(4 * widths[0])(described(level)))
    told = layers.Activation("silu")(layers.Dense(4 * widths[0])(told))
    x = layers.Conv2D(widths[0], patch, patch, kernel_initializer="lecun_normal")(images)
    skips = []
    for scale, width in enumerate(widths):
        if scale:
            x = layers.AveragePooling2D(2)(x)
        x = block(x, told, width)
        skips.append(x)
    x = block(x, told, widths[-1])
    for scale, width in reversed(list(enumerate(widths))):
        x = block(layers.Concatenate()([x, skips[scale]]), told, width)
        if scale:
            x = layers.UpSampling2D(2)(x)
    x = layers.Activation("silu")(layers.GroupNormalization(8)(x))
    v = layers.Conv2DTranspose(channels, patch, patch, kernel_initializer="zeros", dtype="float32")(x)
    angle = level[:, None, None] * (math.pi / 2)
    noise = ops.sin(angle) * images + ops.cos(angle) * v
    return keras.Model([images, level], noise, name="denoiser")
