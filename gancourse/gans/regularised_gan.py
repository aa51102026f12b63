"""A GAN with those hacks of lesson 42 that change the training step: penalties, noise, augmentation."""

import keras
import tensorflow as tf

from gancourse import losses
from gancourse.gans.augmentation import augment, draw_augmentation
from gancourse.gans.gan import GAN


class RegularisedGAN(GAN):
    """A `GAN` whose discriminator is regularised."""

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        *,
        r1: float = 0.0,
        gradient_penalty: float = 0.0,
        d_steps: int = 1,
        noise: float = 0.0,
        noise_steps: int = 0,
        augment: bool = False,
        **options,
    ):
        """Choose how the discriminator is regularised.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            r1: weight of the R1 penalty on the discriminator's gradient at real images; halved, as published.
            gradient_penalty: weight of WGAN-GP's penalty; not with batch normalisation in the discriminator.
            d_steps: updates of the discriminator for each one of the generator; a batch holds the real images
                for all of them.
            noise: standard deviation of the noise on every image that the discriminator sees.
            noise_steps: training steps in which the noise falls to 0; 0 keeps it.
            augment: change every image that the discriminator sees at random, see `augmentation`.
            options: as in `GAN.compile`.
        """
        super().compile(d_optimizer, g_optimizer, **options)
        self.r1, self.gradient_penalty, self.d_steps = r1, gradient_penalty, d_steps
        self.noise, self.noise_steps, self.augment = noise, noise_steps, augment

    def train_step(self, real_images):
        """Train both: real_images (d_steps * B, H, W, C) in [-1, 1] -> the means since the epoch began."""
        *earlier, real_images = tf.split(real_images, self.d_steps)
        for images in earlier:
            latents = self.sample_latents(tf.shape(images)[0])
            self.train_discriminator(images, self.generator(latents, training=True))
        latents = self.sample_latents(tf.shape(real_images)[0])
        with tf.GradientTape() as g_tape:
            fake_images = self.generator(latents, training=True)
        d_loss, real_logits, fake_logits = self.train_discriminator(real_images, fake_images)

        with g_tape:
            g_loss = self.g_loss(self.discriminate(fake_images))
        self.update_generator(g_tape, g_loss)
        return self.report_step(d_loss, g_loss, real_logits, fake_logits)

    def train_discriminator(self, real_images, fake_images):
        """Update the discriminator once, and return its loss and its logits."""
        with tf.GradientTape() as d_tape:
            real_logits = self.discriminate(real_images)
            fake_logits = self.discriminate(fake_images)
            d_loss = self.d_loss(real_logits, fake_logits)
            if self.r1:
                d_loss += self.r1 / 2 * losses.r1_penalty(self.gradient(real_images))
            if self.gradient_penalty:
                between = self.interpolate(real_images, fake_images)
                d_loss += self.gradient_penalty * losses.gradient_penalty(self.gradient(between))
        self.update_discriminator(d_tape, d_loss)
        return d_loss, real_logits, fake_logits

    def discriminate(self, images):
        """Return the discriminator's logits while training, after augmentation and noise."""
        if self.augment:
            how = draw_augmentation(tf.shape(images)[0], images.shape[1], self.seed_generator)
            images = augment(images, how)
        if self.noise:
            normal = keras.random.normal(tf.shape(images), dtype="float32", seed=self.seed_generator)
            images = tf.cast(images, tf.float32) + self.present_noise() * normal
        return self.discriminator(images, training=True)

    def present_noise(self):
        """Return the noise's standard deviation in this training step."""
        if not self.noise_steps:
            return self.noise
        done = tf.cast(self.g_optimizer.iterations, tf.float32) / self.noise_steps
        return self.noise * tf.maximum(1.0 - done, 0.0)

    def gradient(self, images):
        """Return d logit / d image at these images, (B, H, W, C)."""
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        return tape.gradient(logits, images)

    def interpolate(self, real_images, fake_images):
        """Return images at random points of the straight lines from real images to generated ones."""
        place = keras.random.uniform((tf.shape(real_images)[0], 1, 1, 1), seed=self.seed_generator)
        return real_images + place * (tf.cast(fake_images, tf.float32) - real_images)
