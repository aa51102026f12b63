"""A GAN that is told what to paint (Mirza and Osindero 2014, arXiv 1411.1784), and that has to listen.

The discriminator sees three kinds of pairs: a real image with what it shows, a generated one with what was
asked for, and a real one with what another shows. The third teaches it to read the request (Reed et al. 2016,
arXiv 1605.05396, "GAN-CLS"); StackGAN does the same.
"""

import keras
import tensorflow as tf

from gancourse import losses
from gancourse.gans.adversarial import AdversarialModel, share

REPORTED = ("d_loss", "g_loss", "d_accuracy", "d_accuracy_wrong")


class ConditionalGAN(AdversarialModel):
    """A generator and a discriminator that both know what is asked for.

    Args:
        generator: [latents (B, latent_dim), conditions (B, n)] -> images in [-1, 1].
        discriminator: [images, conditions] -> logits.
        seed: of the latents.
        ema: momentum of the running average of the generator's weights, kept as `ema_generator`.
    """

    def __init__(self, generator, discriminator, seed: int = 0, ema: float = 0.999, **kwargs):
        super().__init__(generator, discriminator, ema, REPORTED, **kwargs)
        self.latent_dim = generator.inputs[0].shape[-1]
        self.seed_generator = keras.random.SeedGenerator(seed)

    def compile(self, d_optimizer, g_optimizer, *, smooth: float = 0.1, **options):
        """Give one Keras optimiser each; `smooth` is how far the target for real images lies below 1."""
        super().compile(d_optimizer, g_optimizer, **options)
        self.smooth = smooth

    def train_step(self, batch):
        """Train both networks once.

        Args:
            batch: images (B, H, W, C) in [-1, 1], and what they show (B, n).
        """
        images, conditions = batch
        latents = keras.random.normal((tf.shape(images)[0], self.latent_dim), seed=self.seed_generator)
        with tf.GradientTape() as g_tape:
            fakes = self.generator([latents, conditions], training=True)

        with tf.GradientTape() as d_tape:
            real = self.discriminator([images, conditions], training=True)
            fake = self.discriminator([fakes, conditions], training=True)
            wrong = self.discriminator([images, tf.roll(conditions, 1, axis=0)], training=True)
            d_loss = losses.discriminator_loss(real, tf.concat([fake, wrong], 0), self.smooth)
        self.update_discriminator(d_tape, d_loss)

        with g_tape:  # from the discriminator that has just learned
            g_loss = losses.generator_loss(self.discriminator([fakes, conditions], training=True))
            g_loss += sum(self.generator.losses)
        self.update_generator(g_tape, g_loss)
        accuracy = (share(real > 0) + share(fake < 0)) / 2
        return self.report(
            d_loss=d_loss, g_loss=g_loss, d_accuracy=accuracy, d_accuracy_wrong=share(wrong < 0)
        )
