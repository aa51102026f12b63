"""A generator whose condition is a map of labels: SPADE (Park et al. 2019, arXiv 1903.07291).

A plain normalisation washes labels out: where a map has one label only, subtracting the mean leaves nothing.
So every normalisation gets its scale and its shift from the labels, at each pixel. Latents remain for all
that labels do not say. What differs from the paper: one block and one convolution a scale in place of
residual blocks, and as in the rest of the course nearest-neighbour resizing and batch normalisation.
"""

import keras
from keras import layers

from gancourse.networks.dcgan import PAPER_INIT
from gancourse.networks.normalisation import BatchNormalization

SMALLEST = 8  # pixels a side of the first map


def spade(maps, labels, hidden: int = 16):
    """Normalise maps, then scale and shift each pixel as its labels say.

    Args:
        maps: (B, H, W, C).
        labels: (B, H, W, L), shares of each label in a pixel.
        hidden: channels between labels and scales.

    Returns:
        (B, H, W, C).
    """
    channels = maps.shape[-1]
    seen = layers.Conv2D(hidden, 3, padding="same", activation="relu")(labels)
    scale = layers.Conv2D(channels, 3, padding="same", kernel_initializer=PAPER_INIT)(seen)
    shift = layers.Conv2D(channels, 3, padding="same", kernel_initializer=PAPER_INIT)(seen)
    normal = BatchNormalization()(maps)
    return layers.Add()([normal, layers.Multiply()([normal, scale]), shift])


def build_spade_generator(
    label_channels: int = 7,
    latent_dim: int = 32,
    base: int = 16,
    size: int = 64,
    channels: int = 1,
    hidden: int = 16,
) -> keras.Model:
    """Build a painter: [latents (B, latent_dim), labels (B, size, size, L)] -> images in [-1, 1].

    Args:
        label_channels: L, labels as 0 and 1.
        latent_dim: numbers in a latent vector.
        base: channels of the largest map; deeper ones have 2, 4, 8 times as many.
        size, channels: of the images (B, size, size, channels).
        hidden: as for `spade`.
    """
    latents, labels = keras.Input((latent_dim,)), keras.Input((size, size, label_channels))
    ups = (size // SMALLEST).bit_length() - 1
    x = layers.Dense(SMALLEST**2 * base * 2**ups, kernel_initializer=PAPER_INIT)(latents)
    x = layers.Reshape((SMALLEST, SMALLEST, base * 2**ups))(x)
    for up in reversed(range(ups + 1)):
        shrunk = layers.AveragePooling2D(2**up)(labels) if up else labels
        x = layers.LeakyReLU(0.2)(spade(x, shrunk, hidden))
        x = layers.UpSampling2D(2)(x) if up else x
        x = layers.Conv2D(base * 2 ** max(up - 1, 0), 3, padding="same", kernel_initializer="he_normal")(x)
    x = layers.LeakyReLU(0.2)(spade(x, labels, hidden))
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=PAPER_INIT)(x)
    return keras.Model([latents, labels], layers.Activation("tanh", dtype="float32")(x), name="spade")
