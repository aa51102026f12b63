"""The PatchGAN discriminator of pix2pix (Isola et al. 2017, arXiv 1611.07004, appendix 6.1.2), of any size.

It sees an input and its translation, and judges for every patch of them whether the translation is real.
Small patches reward sharp texture and leave the rest to the other loss. What differs: where the stride is 1,
the map keeps its size (the authors' code loses a pixel twice).
"""

import keras
from keras import layers, ops

from gancourse.networks.dcgan import PAPER_INIT
from gancourse.networks.normalisation import BatchNormalization


def build_patchgan(
    channels: int = 4, map_channels: int = 4, filters: tuple[int, ...] = (64, 128, 256, 512)
) -> keras.Model:
    """Build a discriminator that gives a logit for each patch, above 0 for "real".

    Inputs (B, H, W, channels) and maps (B, H, W, map_channels) -> logits (B, H/n, W/n, 1), where n is
    2 ** (len(filters) - 1).

    Args:
        channels: of the input that is translated.
        map_channels: of its translation: an image's channels, or one for each class of labels.
        filters: of each block of 4 x 4 convolution; all but the last halve the size. The default, the
            paper's, sees patches of 70 x 70 pixels; (64, 128) of 16 x 16.
    """
    images = keras.Input((None, None, channels), name="images")
    maps = keras.Input((None, None, map_channels), name="maps")
    x = ops.concatenate([images, maps], axis=-1)
    for depth, width in enumerate(filters):
        stride = 2 if depth < len(filters) - 1 else 1
        x = layers.Conv2D(width, 4, stride, "same", use_bias=not depth, kernel_initializer=PAPER_INIT)(x)
        x = BatchNormalization()(x) if depth else x
        x = layers.LeakyReLU(0.2)(x)
    logits = layers.Conv2D(1, 4, 1, "same", kernel_initializer=PAPER_INIT)(x)
    return keras.Model([images, maps], logits, name="patchgan")
