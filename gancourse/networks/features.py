"""A small convolutional network that describes a brain slice: its first maps the grain, its last the anatomy.

One 3 x 3 convolution and three 4 x 4 ones of stride 2, as in the deck's discriminator, without normalisation,
which would hide contrast. Fully convolutional: images of any size that is a multiple of 8.

The first two convolutions keep their random filters. Trained for anatomy, they learned to ignore noise;
random ones respond to every change of grain.
"""

import keras
from keras import layers, ops

#: Of the two convolutions that stay random, and of the two that learn.
WIDTHS = (24, 48, 96, 128)
RANDOM = 2

#: What is added before the logarithm, in the maps' unit.
LEAST = 0.01


def build_maps(widths: tuple[int, ...] = WIDTHS) -> keras.Model:
    """Build a network: images (B, H, W, 1) in [-1, 1] -> maps.

    The random maps have full and half the size of the image, the last ones an eighth. The images are shifted
    so that the zeros of the padding are as dark as the background.
    """
    images = keras.Input((None, None, 1))
    x, maps = layers.Rescaling(1.0, 1.0)(images), []
    for depth, width in enumerate(widths):
        kernel, stride = (4, 2) if depth else (3, 1)
        convolve = layers.Conv2D(width, kernel, stride, "same", kernel_initializer="he_normal")
        convolve.trainable = depth >= RANDOM
        x = layers.ReLU()(convolve(x))
        maps.append(x)
    return keras.Model(images, [*maps[:RANDOM], maps[-1]], name="features")


class Pool(layers.Layer):
    """Take logarithms of the mean and standard deviation of every map over the image: (B, 2 * channels).

    Logarithms turn products into sums: effects of brightness, brain size and strength of the grain add up.
    """

    def call(self, maps):
        found = []
        for x in maps:
            mean = ops.mean(x, (1, 2), keepdims=True)
            deviation = ops.sqrt(ops.mean(ops.square(x - mean), (1, 2)) + 1e-6)
            found += [ops.squeeze(mean, (1, 2)), deviation]
        return ops.log(ops.concatenate(found, -1) + LEAST)
