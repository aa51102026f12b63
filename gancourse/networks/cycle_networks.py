"""CycleGAN's networks (Zhu et al. 2017, arXiv 1703.10593), small enough for a laptop.

The discriminators are the paper's, narrower. What differs: a translator is a U-Net instead of a residual
network, and its input is added to what it gives. So a translation begins as the image itself, and the network
learns what has to change. With little training, the paper's translators blurred what was in the image.
"""

import keras
from keras import layers

from gancourse.networks.unet import build_unet

STEEPNESS = 2.0  #: of the tanh at mid-grey, through which an image comes before any training


def build_translator(channels: int, filters: tuple[int, ...], name: str) -> keras.Model:
    """Build a translator: images (B, H, W, channels) -> (B, H, W, channels), in [-1, 1], float32.

    Height and width are multiples of 2 ** len(filters), which are the U-Net's.
    """
    images = keras.Input((None, None, channels), name="images")
    change = build_unet(channels, {"image": channels}, filters, 1, full=filters[0], norm="instance")
    scaled = layers.Rescaling(STEEPNESS, dtype="float32")(images)
    x = layers.Add(dtype="float32")([change(images), scaled])
    return keras.Model(images, layers.Activation("tanh", dtype="float32")(x), name=name)


def build_patch_discriminator(channels: int, filters: tuple[int, ...], name: str) -> keras.Model:
    """Build a discriminator of patches: images (B, H, W, channels) -> logits (B, H/n, W/n, 1).

    As `patchgan.build_patchgan`, but without the input of a pair, and each image's channels are normalised
    by their own mean and variance (instance norm).
    """
    images = x = keras.Input((None, None, channels), name="images")
    for depth, width in enumerate(filters):
        stride = 2 if depth < len(filters) - 1 else 1
        x = layers.Conv2D(width, 4, stride, "same", use_bias=not depth, kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(0.2)(layers.GroupNormalization(-1)(x) if depth else x)
    logits = layers.Conv2D(1, 4, 1, "same", dtype="float32")(x)
    return keras.Model(images, logits, name=name)


def build_pair(a: keras.Model, b: keras.Model, size: int) -> keras.Model:
    """Join two networks that share no weights into one model, so that one optimiser trains both."""
    inputs = [
        keras.Input((size, size, net.input_shape[-1]), name=f"images_{k}") for net, k in ((a, "a"), (b, "b"))
    ]
    return keras.Model(inputs, [a(inputs[0]), b(inputs[1])], name="pair")
