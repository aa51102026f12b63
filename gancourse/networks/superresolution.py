"""SRGAN's generator, small (Ledig et al. 2017, arXiv 1609.04802): four times the size, by residual blocks.

What differs: no batch normalisation (Lim et al. 2017, arXiv 1707.02921, leave it out for speed and
sharpness), and the network adds its detail to the bicubic enlargement.
"""

import keras
from keras import layers

FACTOR = 4


@keras.saving.register_keras_serializable("gancourse")
class PixelShuffle(layers.Layer):
    """Twice the size from four times the channels: (B, H, W, 4C) -> (B, 2H, 2W, C) (Shi et al. 2016)."""

    def call(self, x):
        return keras.ops.depth_to_space(x, 2)

    def compute_output_shape(self, shape):
        return (shape[0], *(side and 2 * side for side in shape[1:3]), shape[3] // 4)


def enlarge(how: str) -> layers.Layer:
    """Make a layer that enlarges to four times the size, "nearest", "bilinear" or "bicubic"."""
    return layers.UpSampling2D(FACTOR, interpolation=how, dtype="float32")


def build_super_resolution(width: int = 40, blocks: int = 6) -> keras.Model:
    """Build a generator: images (B, H, W, 1) in about [-1, 1] -> (B, 4H, 4W, 1).

    Args:
        width: maps everywhere.
        blocks: residual blocks of two 3 x 3 convolutions.
    """
    small = keras.Input((None, None, 1))
    x = first = layers.Conv2D(width, 5, 1, "same", activation="relu")(small)
    for _ in range(blocks):
        y = layers.Conv2D(width, 3, 1, "same", activation="relu")(x)
        x = layers.Add()([x, layers.Conv2D(width, 3, 1, "same")(y)])
    x = layers.Add()([x, first])
    for _ in range(2):
        x = layers.ReLU()(PixelShuffle()(layers.Conv2D(2 * width, 3, 1, "same")(x)))
        width //= 2
    detail = layers.Conv2D(1, 5, 1, "same", kernel_initializer="zeros", dtype="float32")(x)
    return keras.Model(small, layers.Add(dtype="float32")([enlarge("bicubic")(small), detail]))
