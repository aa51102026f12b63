"""A GAN as a `keras.Model`, trained by `fit` (Goodfellow et al. 2014, arXiv 1406.2661, algorithm 1)."""

import keras
import numpy as np
import tensorflow as tf

from gancourse import losses
from gancourse.gans.adversarial import AdversarialModel, share
from gancourse.gans.averaging import recalibrated
from gancourse.gans.latent import draw_latents

REPORTED = ("d_loss", "g_loss", "d_accuracy", "d_accuracy_real", "d_accuracy_fake")


class GAN(AdversarialModel):
    """A generator and a discriminator that learn from each other.

    Args:
        generator: latents (B, latent_dim) -> images in [-1, 1].
        discriminator: images -> logits, one for each image.
        latent_dim: numbers in a latent vector.
        seed: of the latents; the same seed and data give the same training.
        ema: momentum of a running average of the generator's weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(
        self, generator, discriminator, latent_dim: int = 100, seed: int = 0, ema: float = 0.0, **kwargs
    ):
        discriminator(generator(tf.zeros((1, latent_dim)), training=False), training=False)  # makes weights
        super().__init__(generator, discriminator, ema, REPORTED, **kwargs)
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(seed)

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        *,
        d_loss=losses.discriminator_loss,
        g_loss=losses.generator_loss,
        **options,
    ):
        """Choose an optimiser and a loss for each network.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            d_loss: function of (real_logits, fake_logits).
            g_loss: function of fake_logits.
            options: as in `AdversarialModel.compile`.
        """
        super().compile(d_optimizer=d_optimizer, g_optimizer=g_optimizer, **options)
        self.d_loss, self.g_loss = d_loss, g_loss

    def train_step(self, real_images):
        """Train both once: real_images (B, H, W, C) in [-1, 1] -> the means since the epoch began."""
        latents = self.sample_latents(tf.shape(real_images)[0])
        with tf.GradientTape() as g_tape:
            fake_images = self.generator(latents, training=True)

        with tf.GradientTape() as d_tape:  # the discriminator learns
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            d_loss = self.d_loss(real_logits, fake_logits)
        self.update_discriminator(d_tape, d_loss)

        with g_tape:  # the generator learns, from the discriminator that has just learned
            g_loss = self.g_loss(self.discriminator(fake_images, training=True))
        self.update_generator(g_tape, g_loss)
        return self.report_step(d_loss, g_loss, real_logits, fake_logits)

    def sample_latents(self, n):
        """Draw n standard normal latents (n, latent_dim)."""
        return keras.random.normal((n, self.latent_dim), seed=self.seed_generator)

    def report_step(self, d_loss, g_loss, real_logits, fake_logits) -> dict:
        """Report the losses, and the shares of real and of generated images that were classified correctly.

        The shares mean nothing for a Wasserstein critic: its logits have no zero.
        """
        real, fake = share(real_logits > 0), share(fake_logits < 0)
        return self.report(
            d_loss=d_loss,
            g_loss=g_loss,
            d_accuracy=(real + fake) / 2,
            d_accuracy_real=real,
            d_accuracy_fake=fake,
        )

    def call(self, latents, training=False):
        """Return images (B, H, W, C) of latents (B, latent_dim), by averaged weights if there are any."""
        return self.trained_generator(latents, training=training)

    def draw_latents(self, count: int, seed: int) -> np.ndarray:
        """Draw standard normal latents (count, latent_dim); the same seed gives the same ones."""
        return draw_latents(count, self.latent_dim, seed)

    def sample(self, latents, batches: int = 40) -> np.ndarray:
        """Return images of latents (N, latent_dim), float32 in [-1, 1], at any moment of a training.

        The running statistics of batch normalisation lag behind, so far in the first few hundred steps that
        images are flat. They are therefore measured for this sample, and then restored.

        Args:
            latents: the latents.
            batches: how many batches of 64 latents to measure on. Two are enough for a quick look; with 40,
                as after a training, the images are those of the stored generator.
        """
        with recalibrated(self.trained_generator, self.latent_dim, batches):
            return np.asarray(self(tf.constant(latents, tf.float32)), np.float32)
