"""Discriminators of lesson 22's GANs. The lesson loads generators alone, so only training needs these."""

import keras
from keras import layers

from gancourse.networks.dcgan import PAPER_INIT, MinibatchStd
from gancourse.networks.lagan import LocallyConnected2D
from gancourse.networks.normalisation import BatchNormalization
from gancourse.networks.superresolution import enlarge


def build_conditional_discriminator(
    conditions: int, base: int = 32, size: int = 64, channels: int = 1
) -> keras.Model:
    """Build a discriminator: [images (B, size, size, channels), conditions (B, n)] -> logits (B, 1, 1, 1).

    The conditions join where the image has shrunk to 4 x 4, the same at every place, as in StackGAN.
    """
    images, wanted = keras.Input((size, size, channels)), keras.Input((conditions,))
    x = images
    for down in range((size // 4).bit_length() - 1):
        x = layers.Conv2D(base * 2**down, 4, 2, "same", kernel_initializer=PAPER_INIT)(x)
        x = layers.LeakyReLU(0.2)(BatchNormalization()(x) if down else x)
    told = layers.Dense(2 * base, activation="relu")(wanted)
    told = layers.UpSampling2D(4)(layers.Reshape((1, 1, 2 * base))(told))
    x = layers.Concatenate()([x, told])
    x = layers.Conv2D(x.shape[-1] // 2, 1, kernel_initializer=PAPER_INIT)(x)
    x = layers.LeakyReLU(0.2)(BatchNormalization()(x))
    return keras.Model([images, wanted], layers.Conv2D(1, 4, kernel_initializer=PAPER_INIT)(x))


def build_lagan_discriminator(base: int = 16, size: int = 32, local: bool = True) -> keras.Model:
    """Build a discriminator: maps (B, size, size, 1) -> logits (B, 1)."""
    maps = keras.Input((size, size, 1))
    x = layers.Conv2D(base, 5, 2, "same", kernel_initializer=PAPER_INIT)(maps)
    x = layers.LeakyReLU(0.2)(x)
    for factor in (2, 4):
        x = LocallyConnected2D(8 * factor)(x) if local else layers.Conv2D(8 * factor, 3, 1, "same")(x)
        x = layers.LeakyReLU(0.2)(BatchNormalization()(x))
        x = layers.Conv2D(factor * base, 4, 2, "same", kernel_initializer=PAPER_INIT)(x)
        x = layers.LeakyReLU(0.2)(BatchNormalization()(x))
    x = MinibatchStd()(x)
    return keras.Model(maps, layers.Dense(1)(layers.Flatten()(x)))


def build_super_resolution_discriminator(filters: tuple[int, ...] = (24, 48, 96)) -> keras.Model:
    """Build a discriminator of patches.

    [small images (B, H, W, 1), large ones (B, 4H, 4W, 1)] -> logits (B, H/2, W/2, 1).

    Without batch normalisation: real and generated images come in batches of their own, and normalising each
    of them may hide that one has more detail than the other.
    """
    small, large = keras.Input((None, None, 1)), keras.Input((None, None, 1))
    x = layers.Concatenate()([enlarge("bilinear")(small), large])
    for width in filters:
        x = layers.Conv2D(width, 4, 2, "same", kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model([small, large], layers.Conv2D(1, 3, 1, "same")(x))
