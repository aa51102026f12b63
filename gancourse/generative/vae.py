"""A variational autoencoder as a `keras.Model` (Kingma and Welling 2014, arXiv 1312.6114).

Each pixel's likelihood is normal, with one variance for all, the one that fits the batch best (Rybkin et al.
2021, arXiv 2006.13202): so that no weight has to be chosen between the two parts of the bound.
"""

import keras
import numpy as np
import tensorflow as tf

from gancourse.gans.adversarial import AdversarialModel
from gancourse.gans.averaging import recalibrated
from gancourse.gans.latent import draw_latents

LEAST_VARIANCE = 1e-6  #: of a pixel; keeps the bound finite where images are copied exactly


def draw(mean, log_variance, noise):
    """Turn standard normal noise into latents, (B, d) each: the reparametrisation, which passes gradients."""
    return mean + tf.exp(log_variance / 2) * noise


def kl_to_normal(mean, log_variance):
    """Return the divergence from N(mean, exp(log_variance)) to N(0, 1), in nats: (B, d) each -> (B,)."""
    return tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - 1 - log_variance, axis=-1) / 2


def reconstruction_nats(images, painted):
    """Return minus the log likelihood of images (B, H, W, C), in nats for an image, at the best variance."""
    pixels = tf.cast(tf.reduce_prod(tf.shape(images)[1:]), tf.float32)
    variance = tf.maximum(tf.reduce_mean(tf.square(images - painted)), LEAST_VARIANCE)
    return pixels / 2 * (tf.math.log(2 * np.pi * variance) + 1)


class VAE(AdversarialModel):
    """Encoder and decoder that raise the evidence lower bound together.

    Args:
        autoencoder: `networks.autoencoder.build_autoencoder`.
        latent_dim: numbers in a latent vector.
        seed: of the noise; the same seed and data give the same training.
        ema: momentum of a running average of the weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(self, autoencoder, latent_dim: int = 100, seed: int = 0, ema: float = 0.999, **kwargs):
        super().__init__(autoencoder, None, ema, ("loss", "kl", "reconstruction"), **kwargs)
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(seed)

    def compile(self, optimizer, **options):  # type: ignore[override]  # one network, one optimiser
        """Choose the optimiser of both halves; options as in `AdversarialModel.compile`."""
        super().compile(None, optimizer, **options)

    def train_step(self, images):
        """Train once on images (B, H, W, C) in [-1, 1] -> the epoch's means, in nats for an image."""
        encoder, decoder = (self.generator.get_layer(name) for name in ("encoder", "decoder"))
        noise = keras.random.normal((tf.shape(images)[0], self.latent_dim), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            mean, log_variance = tf.split(tf.cast(encoder(images, training=True), tf.float32), 2, axis=-1)
            painted = tf.cast(decoder(draw(mean, log_variance, noise), training=True), tf.float32)
            kl = tf.reduce_mean(kl_to_normal(mean, log_variance))
            reconstruction = reconstruction_nats(images, painted)
            loss = kl + reconstruction
        self.update_generator(tape, loss)
        return self.report(loss=loss, kl=kl, reconstruction=reconstruction)

    def call(self, latents, training=False):
        """Return images (B, H, W, C) of latents (B, latent_dim), by averaged weights if there are any."""
        return self.trained_generator.get_layer("decoder")(latents, training=training)

    def draw_latents(self, count: int, seed: int) -> np.ndarray:
        """Draw standard normal latents (count, latent_dim); the same seed gives the same ones."""
        return draw_latents(count, self.latent_dim, seed)

    def sample(self, latents, batches: int = 40) -> np.ndarray:
        """Return images of latents, float32 in [-1, 1]; arguments as `GAN.sample`."""
        with recalibrated(self.trained_generator.get_layer("decoder"), self.latent_dim, batches):
            return np.asarray(self(tf.constant(latents, tf.float32)), np.float32)
