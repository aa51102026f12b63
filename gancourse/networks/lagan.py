"""A location-aware GAN for sparse maps (de Oliveira, Paganini and Nachman 2017, arXiv 1701.05927).

A convolution detects the same pattern everywhere, but what may occur depends on the place: uptake lies in
tumours, and tumours lie in the brain. So the networks have locally connected layers: like a convolution, but
with separate weights for every place. The generator ends with ReLU, so that a pixel without uptake is exactly
0. What differs from the paper: one particle class. The discriminator, which only training needs, is in
`experiments/tour_discriminators.py`.
"""

import keras
from keras import layers, ops

from gancourse.networks.dcgan import PAPER_INIT, upsample_block
from gancourse.networks.normalisation import BatchNormalization


@keras.saving.register_keras_serializable("gancourse")
class LocallyConnected2D(layers.Layer):
    """A 3 x 3 convolution with separate weights at every place: (B, H, W, C) -> (B, H, W, filters).

    Keras had such a layer until version 2.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, shape):
        _, height, width, channels = shape
        self.kernel = self.add_weight(
            shape=(height, width, 9 * channels, self.filters), initializer="random_normal", name="kernel"
        )
        self.bias = self.add_weight(shape=(height, width, self.filters), initializer="zeros", name="bias")

    def call(self, x):
        patches = ops.image.extract_patches(x, 3, 1, padding="same")
        return ops.einsum("bhwp,hwpf->bhwf", patches, ops.cast(self.kernel, x.dtype)) + self.bias

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


def build_lagan_generator(
    latent_dim: int = 64, base: int = 16, size: int = 32, local: bool = True, sparse: bool = True
) -> keras.Model:
    """Build a generator: latents (B, latent_dim) -> maps (B, size, size, 1).

    Args:
        latent_dim: numbers in a latent vector.
        base: maps at full size.
        size: height and width, a multiple of 4.
        local: whether the last two layers are locally connected, or convolutions as a DCGAN's.
        sparse: whether to end with ReLU (0 or more), or with tanh (in [-1, 1]) as a DCGAN does.
    """
    latents = keras.Input((latent_dim,))
    side = size // 4
    x = layers.Dense(side * side * 4 * base, use_bias=False, kernel_initializer=PAPER_INIT)(latents)
    x = layers.Reshape((side, side, 4 * base))(layers.ReLU()(BatchNormalization()(x)))
    for factor in (2, 1):
        x = upsample_block(x, factor * base, "resize", PAPER_INIT)
        x = layers.ReLU()(BatchNormalization()(x))
    for filters in (8, 1):
        if filters == 1:
            x = layers.LeakyReLU(0.2)(x)
        if local:
            x = LocallyConnected2D(filters)(x)
        else:
            x = layers.Conv2D(filters, 3, 1, "same", kernel_initializer=PAPER_INIT)(x)
    x = layers.Activation("relu" if sparse else "tanh", dtype="float32")(x)
    return keras.Model(latents, x)
