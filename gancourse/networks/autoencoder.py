"""Encoder and decoder of a variational autoencoder, from the DCGAN's parts.

The decoder is the shipped generators' (`dcgan.build_generator` with resizing), so that a comparison with a
GAN compares how they are trained. The encoder mirrors it, with two numbers for each latent: mean and log
variance.
"""

import keras
from keras import layers

from gancourse.networks import dcgan


def build_autoencoder(size: int = 64, base: int = 32, latent_dim: int = 100) -> keras.Model:
    """Build both halves as one model: [images (B, S, S, 1), latents (B, d)] -> [(B, 2 d), images].

    The halves share no weights, and are its layers "encoder" and "decoder".

    Args:
        size: of the images, a power of two from 16.
        base: channels of the decoder's last maps but one and of the encoder's first; doubled at each halving.
        latent_dim: numbers in a latent vector.
    """
    images = x = keras.Input((size, size, 1), name="images")
    width = base
    while x.shape[1] > 4:
        x = layers.Conv2D(width, 4, 2, "same", kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(0.2)(layers.GroupNormalization(min(8, width))(x))
        width *= 2
    x = layers.Dense(2 * latent_dim, kernel_initializer="zeros", dtype="float32")(layers.Flatten()(x))
    encoder = keras.Model(images, x, name="encoder")
    decoder = dcgan.build_generator(
        latent_dim, base, size, upsample="resize", init=dcgan.PAPER_INIT, norm="batch"
    )
    decoder.name = "decoder"
    latents = keras.Input((latent_dim,), name="latents")
    return keras.Model([images, latents], [encoder(images), decoder(latents)], name="autoencoder")
