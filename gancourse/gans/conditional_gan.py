"""A GAN that is told what to paint (Mirza and Osindero 2014, arXiv 1411.1784), and that has to listen.

The discriminator sees three kinds of pairs: a real image with what it shows, a generated one with what was
asked for, and a real one with what another shows. The third teaches it to read the request (Reed et al. 2016,
arXiv 1605.05396, "GAN-CLS"); StackGAN does the same.
"""

import keras
import numpy as np
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

    def compile(self, d_optimizer, g_optimizer, *, smooth: float = 0.1, wrong: bool = True, **options):
        """Choose how the discriminator learns.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            smooth: how far the target for real images lies below 1.
            wrong: whether it also sees real images with what another shows. A projection discriminator
                (`networks.projection`) may do without.
            options: as in `AdversarialModel.compile`.
        """
        super().compile(d_optimizer=d_optimizer, g_optimizer=g_optimizer, **options)
        self.smooth, self.wrong = smooth, wrong
        if not wrong:
            self.trackers.pop("d_accuracy_wrong", None)

    def train_step(self, batch):
        """Train both networks once.

        Args:
            batch: images (B, H, W, C) in [-1, 1], and what they show: numbers (B, n), or a map of labels
                (B, H, W, L).
        """
        images, conditions = batch
        latents = keras.random.normal((tf.shape(images)[0], self.latent_dim), seed=self.seed_generator)
        with tf.GradientTape() as g_tape:
            fakes = self.generator([latents, conditions], training=True)

        with tf.GradientTape() as d_tape:
            real = self.discriminator([images, conditions], training=True)
            fake = self.discriminator([fakes, conditions], training=True)
            wrong = fake[:0]
            if self.wrong:
                wrong = self.discriminator([images, tf.roll(conditions, 1, axis=0)], training=True)
            d_loss = losses.discriminator_loss(real, tf.concat([fake, wrong], 0), self.smooth)
        self.update_discriminator(d_tape, d_loss)

        with g_tape:  # from the discriminator that has just learned
            g_loss = losses.generator_loss(self.discriminator([fakes, conditions], training=True))
            g_loss += sum(self.generator.losses)
        self.update_generator(g_tape, g_loss)
        accuracy = (share(real > 0) + share(fake < 0)) / 2
        seen = {"d_accuracy_wrong": share(wrong < 0)} if self.wrong else {}
        return self.report(d_loss=d_loss, g_loss=g_loss, d_accuracy=accuracy, **seen)


def paint(generator: keras.Model, conditions: np.ndarray, seed: int = 0, batch_size: int = 128) -> np.ndarray:
    """Return one image for each condition, (N, n) or (N, H, W, L), of latents drawn with the seed.

    Images are float32 (N, H, W, C) in [-1, 1].
    """
    conditions = np.asarray(conditions, np.float32)
    shape = (len(conditions), generator.inputs[0].shape[-1])
    latents = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    batches = [slice(i, i + batch_size) for i in range(0, len(conditions), batch_size)]
    return np.concatenate([np.array(generator([latents[b], conditions[b]], training=False)) for b in batches])
