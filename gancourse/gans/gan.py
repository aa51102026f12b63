"""The game as a `keras.Model`, played by `fit` (Goodfellow et al. 2014, arXiv 1406.2661, algorithm 1)."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gancourse import losses
from gancourse.gans.augmentation import augment, draw_augmentation

TRACKERS = ("d_loss", "g_loss", "d_accuracy", "d_accuracy_real", "d_accuracy_fake")


class GAN(keras.Model):
    """A generator and a discriminator, playing against each other.

    Args:
        generator: (B, latent_dim) -> images in [-1, 1].
        discriminator: images -> logits, one for each image.
        latent_dim: numbers in a latent vector.
        seed: where the latents start; the same seed and data give the same training.
        ema: momentum of a running average of the generator's weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(
        self, generator, discriminator, latent_dim: int = 100, seed: int = 0, ema: float = 0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in TRACKERS}
        self.discriminator(self.generator(tf.zeros((1, latent_dim)), training=False), training=False)
        self.built = True
        self.ema = ema
        self.ema_generator: Any = copy_model(generator, (1, latent_dim)) if ema else None

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        d_loss=losses.discriminator_loss,
        g_loss=losses.generator_loss,
        r1: float = 0.0,
        gradient_penalty: float = 0.0,
        d_steps: int = 1,
        noise: float = 0.0,
        noise_steps: int = 0,
        augment: bool = False,
        jit_compile="auto",
        **kwargs,
    ):
        """Choose how the two learn.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            d_loss: function of (real_logits, fake_logits).
            g_loss: function of fake_logits.
            r1: weight of the R1 penalty on the discriminator's slope at real images (halved, as there).
            gradient_penalty: weight of WGAN-GP's penalty; not with batch normalisation in the discriminator.
            d_steps: the discriminator's turns in a round; a batch holds the real images of all of them.
            noise: standard deviation of the noise on every image that the discriminator sees.
            noise_steps: rounds in which the noise falls to 0; 0 keeps it.
            augment: change every image that the discriminator sees at random, see `augmentation`.
            jit_compile: "auto" compiles with XLA on a GPU only; on a CPU it is slower (measured).
        """
        super().compile(optimizer=None, jit_compile=xla(jit_compile), **kwargs)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.d_loss, self.g_loss = d_loss, g_loss
        self.r1, self.gradient_penalty, self.d_steps = r1, gradient_penalty, d_steps
        self.noise, self.noise_steps, self.augment = noise, noise_steps, augment
        d_optimizer.build(self.discriminator.trainable_variables)
        g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return list(self.trackers.values())

    def train_step(self, real_images):
        """One round: real_images (d_steps * B, H, W, C) in [-1, 1] -> the trackers' values."""
        *earlier, real_images = tf.split(real_images, self.d_steps)
        for images in earlier:
            self.d_turn(images, self.generator(self.draw(images), training=True))
        with tf.GradientTape() as g_tape:
            fake_images = self.generator(self.draw(real_images), training=True)
        d_loss, real_logits, fake_logits = self.d_turn(real_images, fake_images)

        # The generator's turn, against the discriminator that has just learned; its tape goes on.
        with g_tape:
            g_loss = self.g_loss(self.judge(fake_images))
        g_variables = self.generator.trainable_variables
        self.g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)

        if self.ema:
            move_average(self.ema_generator, self.generator, self.ema, self.g_optimizer.iterations)
        return self.track(d_loss, g_loss, real_logits, fake_logits)

    def d_turn(self, real_images, fake_images):
        """The discriminator's turn: tell the two apart. Returns its loss and logits."""
        with tf.GradientTape() as d_tape:
            real_logits = self.judge(real_images)
            fake_logits = self.judge(fake_images)
            d_loss = self.d_loss(real_logits, fake_logits)
            if self.r1:
                d_loss += self.r1 / 2 * losses.r1_penalty(self.slope(real_images))
            if self.gradient_penalty:
                between = self.mix(real_images, fake_images)
                d_loss += self.gradient_penalty * losses.gradient_penalty(self.slope(between))
        d_variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)
        return d_loss, real_logits, fake_logits

    def draw(self, images):
        """As many latents as there are images."""
        return keras.random.normal((tf.shape(images)[0], self.latent_dim), seed=self.seed_generator)

    def judge(self, images):
        """The discriminator's logits while training, with augmentation and noise if there are to be any."""
        if self.augment:
            images = augment(
                images, draw_augmentation(tf.shape(images)[0], images.shape[1], self.seed_generator)
            )
        if self.noise:
            normal = keras.random.normal(tf.shape(images), dtype="float32", seed=self.seed_generator)
            images = tf.cast(images, tf.float32) + self.noise_now() * normal
        return self.discriminator(images, training=True)

    def noise_now(self):
        """The noise's standard deviation in this round."""
        if not self.noise_steps:
            return self.noise
        done = tf.cast(self.g_optimizer.iterations, tf.float32) / self.noise_steps
        return self.noise * tf.maximum(1.0 - done, 0.0)

    def slope(self, images):
        """d logit / d image at these images, (B, H, W, C)."""
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        return tape.gradient(logits, images)

    def mix(self, real_images, fake_images):
        """Images on the straight lines from real ones to fake ones, at random places."""
        share = keras.random.uniform((tf.shape(real_images)[0], 1, 1, 1), seed=self.seed_generator)
        return real_images + share * (tf.cast(fake_images, tf.float32) - real_images)

    def track(self, d_loss, g_loss, real_logits, fake_logits):
        """Average the losses, and the shares of real and of generated images that were told right.

        The shares say nothing of a Wasserstein critic: its logits have no zero.
        """
        real = tf.reduce_mean(tf.cast(real_logits > 0, tf.float32))
        fake = tf.reduce_mean(tf.cast(fake_logits < 0, tf.float32))
        values = (d_loss, g_loss, (real + fake) / 2, real, fake)
        for tracker, value in zip(self.trackers.values(), values, strict=True):
            tracker.update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def call(self, latents, training=False):
        """Images (B, H, W, C) from latents (B, latent_dim), by the averaged generator if there is one."""
        return (self.ema_generator if self.ema else self.generator)(latents, training=training)

    def sample(self, latents) -> np.ndarray:
        """Images, float32 in [-1, 1], from latents (N, latent_dim), at any moment of a training.

        The running statistics of batch normalisation lag behind, in the first hundreds of steps so far that
        images are flat. So they are measured for this sample, and then put back.
        """
        generator = self.ema_generator if self.ema else self.generator
        running = [v.numpy() for v in generator.non_trainable_variables]
        recalibrate(generator, self.latent_dim, batches=1, batch_size=128)
        images = np.asarray(self(tf.constant(latents, tf.float32)), np.float32)
        for variable, value in zip(generator.non_trainable_variables, running, strict=True):
            variable.assign(value)
        return images


def draw_latents(n: int, latent_dim: int = 100, seed: int = 0) -> np.ndarray:
    """n standard normal latents (n, latent_dim), float32, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal((n, latent_dim), dtype=np.float32)


def xla(jit_compile) -> bool:
    """Let "auto" be compiled on a GPU only; on a CPU it is slower (measured)."""
    return bool(tf.config.list_physical_devices("GPU")) if jit_compile == "auto" else jit_compile


def move_average(average, model, momentum: float, step) -> None:
    """Move averaged weights a little towards the trained model's, faster in the first steps."""
    step = tf.cast(step, tf.float32)
    keep = tf.minimum(momentum, (1.0 + step) / (10.0 + step))
    for mean, weight in zip(average.weights, model.weights, strict=True):
        mean.assign(keep * mean + (1.0 - keep) * weight)


def copy_model(model: keras.Model, input_shape: tuple[int, ...] | None = None) -> keras.Model:
    """A model of its own with the same weights. One that is a class of its own needs an input's shape."""
    twin = type(model).from_config(model.get_config())
    if input_shape:
        twin(tf.zeros(input_shape), training=False)
    twin.set_weights(model.get_weights())
    return twin


def recalibrate(
    generator, latent_dim: int = 100, batches: int = 40, batch_size: int = 64, seed: int = 1, inputs=None
):
    """Set the batch normalisation's statistics to those of the generator's present weights.

    Averaged weights need it: an average of statistics is not the statistic of an average.

    Args:
        inputs: function of a batch's number, for a generator that takes more than latents.
    """
    inputs = inputs or (lambda batch: draw_latents(batch_size, latent_dim, seed + batch))
    norms = [n for n in generator._flatten_layers() if isinstance(n, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    for batch in range(batches):
        for layer in norms:
            layer.momentum = batch / (batch + 1)  # the plain mean over batches
        generator(inputs(batch), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum
