"""A GAN that is told what to paint (Mirza and Osindero 2014, arXiv 1411.1784), and that has to listen.

The discriminator sees three kinds of pairs: a real image with what it shows, a generated one with what was
asked for, and a real one with what another shows. The third teaches it to read the request (Reed et al. 2016,
arXiv 1605.05396, "GAN-CLS"); StackGAN does the same.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gancourse import losses
from gancourse.gans.gan import copy_model, move_average, xla

TRACKERS = ("d_loss", "g_loss", "d_accuracy", "d_accuracy_wrong")


class ConditionalGAN(keras.Model):
    """A generator and a discriminator that both know what is asked for.

    Args:
        generator: [latents (B, latent_dim), conditions (B, n)] -> images in [-1, 1].
        discriminator: [images, conditions] -> logits.
        seed: where the latents start.
        ema: momentum of the running average of the generator's weights, kept as `ema_generator`.
    """

    def __init__(self, generator, discriminator, seed: int = 0, ema: float = 0.999, **kwargs):
        super().__init__(**kwargs)
        self.generator, self.discriminator, self.ema = generator, discriminator, ema
        self.latent_dim = generator.inputs[0].shape[-1]
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in TRACKERS}
        self.ema_generator: Any = copy_model(generator)
        self.built = True

    def compile(self, d_optimizer, g_optimizer, smooth: float = 0.1, jit_compile="auto", **kwargs):
        """One Keras optimiser each; `smooth` is how far the target for real images lies below 1."""
        super().compile(optimizer=None, jit_compile=xla(jit_compile), **kwargs)
        self.d_optimizer, self.g_optimizer, self.smooth = d_optimizer, g_optimizer, smooth
        d_optimizer.build(self.discriminator.trainable_variables)
        g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return list(self.trackers.values())

    def train_step(self, batch):
        """One round: images (B, H, W, C) in [-1, 1], and what they show (B, n) -> the trackers' values."""
        images, conditions = batch
        latents = keras.random.normal((tf.shape(images)[0], self.latent_dim), seed=self.seed_generator)
        with tf.GradientTape() as g_tape:
            fakes = self.generator([latents, conditions], training=True)

        with tf.GradientTape() as d_tape:
            real = self.discriminator([images, conditions], training=True)
            fake = self.discriminator([fakes, conditions], training=True)
            wrong = self.discriminator([images, tf.roll(conditions, 1, axis=0)], training=True)
            d_loss = losses.discriminator_loss(real, tf.concat([fake, wrong], 0), self.smooth)
        d_variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)

        with g_tape:  # its tape goes on, against the discriminator that has just learned
            g_loss = losses.generator_loss(self.discriminator([fakes, conditions], training=True))
            g_loss += sum(self.generator.losses)
        g_variables = self.generator.trainable_variables
        self.g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)

        move_average(self.ema_generator, self.generator, self.ema, self.g_optimizer.iterations)
        told = [tf.reduce_mean(tf.cast(x, tf.float32)) for x in (real > 0, fake < 0, wrong < 0)]
        for name, value in zip(TRACKERS, (d_loss, g_loss, (told[0] + told[1]) / 2, told[2]), strict=True):
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}


def paint(generator: keras.Model, conditions: np.ndarray, seed: int = 0, batch_size: int = 128) -> np.ndarray:
    """One image for each condition (N, n), float32 (N, H, W, C), from latents drawn with the seed."""
    conditions = np.asarray(conditions, np.float32)
    shape = (len(conditions), generator.inputs[0].shape[-1])
    latents = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    batches = [slice(i, i + batch_size) for i in range(0, len(conditions), batch_size)]
    return np.concatenate([np.array(generator([latents[b], conditions[b]], training=False)) for b in batches])
