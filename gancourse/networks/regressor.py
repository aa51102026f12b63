"""A small convolutional network that reads numbers off an image, such as the area of the ventricles.

Four convolutions of stride 2 as in the deck's discriminator, narrower; where things lie matters for a slice's
height, so the last map is not averaged over the image.
"""

import keras
from keras import layers

from gancourse.networks.normalisation import BatchNormalization


def build_regressor(
    values: int, size: int = 64, width: int = 16, channels: int = 1, mirror: bool = True
) -> keras.Model:
    """Build a regressor: images (B, size, size, channels) in [-1, 1] -> (B, values), standardised.

    In training, images are mirrored at random and get a little noise, so that the network does not depend on
    the grain of real slices, which generated ones may lack.

    Args:
        values: how many numbers it reads.
        size: height and width, a multiple of 16.
        width: maps after the first convolution; they double to 4 times as many.
        channels: modalities in an image.
        mirror: whether to mirror at random; not where the side matters.
    """
    images = x = keras.Input((size, size, channels))
    x = layers.RandomFlip("horizontal")(x) if mirror else x
    x = layers.GaussianNoise(0.05)(x)
    for factor in (1, 2, 4, 2):
        x = layers.Conv2D(factor * width, 4, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(BatchNormalization()(x))
    x = layers.Dropout(0.2)(layers.Flatten()(x))  # (B, 4 * 4 * 2 width) when size is 64
    x = layers.Dense(4 * width, activation="relu")(x)
    return keras.Model(images, layers.Dense(values)(x), name="regressor")
