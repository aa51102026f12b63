"""A relativistic GAN with both zero-centred penalties: R3GAN's loss (Huang et al. 2024, arXiv 2501.05441)."""

import tensorflow as tf

from gancourse import losses
from gancourse.gans.adversarial import share
from gancourse.gans.augmentation import augment, draw_augmentation
from gancourse.gans.gan import GAN


class RelativisticGAN(GAN):
    """A `GAN` whose discriminator compares pairs, a real image with a generated one.

    The pairing keeps the generator from collapsing, and the two penalties make the game converge: R1 flattens
    the discriminator at real images, R2 at generated ones.
    """

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        *,
        d_loss=losses.relativistic_discriminator_loss,
        g_loss=losses.relativistic_generator_loss,
        r1: float = 1.0,
        r2: float = 1.0,
        every: int = 1,
        augment: bool = False,
        **options,
    ):
        """Choose the losses and the penalties.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            d_loss, g_loss: functions of (real_logits, fake_logits) and of (fake_logits, real_logits).
            r1, r2: weights of the penalties; halved, as published.
            every: penalise the first 1 / every of each batch, since a penalty costs more than the loss.
            augment: change every image that the discriminator sees at random, see `augmentation`.
            options: as in `AdversarialModel.compile`.
        """
        super().compile(d_optimizer, g_optimizer, d_loss=d_loss, g_loss=g_loss, **options)
        self.r1, self.r2, self.every, self.augment = r1, r2, every, augment

    def train_step(self, real_images):
        """Train both once: real_images (B, H, W, C) in [-1, 1] -> the means since the epoch began."""
        latents = self.sample_latents(tf.shape(real_images)[0])
        with tf.GradientTape() as g_tape:
            fake_images = self.generator(latents, training=True)

        with tf.GradientTape() as d_tape:  # the discriminator learns
            real_seen, fake_seen = self.change(real_images), self.change(fake_images)
            real_logits = self.discriminator(real_seen, training=True)
            fake_logits = self.discriminator(fake_seen, training=True)
            d_loss = self.d_loss(real_logits, fake_logits)
            for weight, images in ((self.r1, real_seen), (self.r2, fake_seen)):
                if weight:
                    d_loss += weight / 2 * losses.r1_penalty(self.gradient(images))
        self.update_discriminator(d_tape, d_loss)

        with g_tape:  # the generator learns, from the discriminator that has just learned
            real_logits = self.discriminator(self.change(real_images), training=True)
            fake_logits = self.discriminator(self.change(fake_images), training=True)
            g_loss = self.g_loss(fake_logits, real_logits)
        self.update_generator(g_tape, g_loss)
        return self.report_step(d_loss, g_loss, real_logits, fake_logits)

    def change(self, images):
        """Return images as the discriminator sees them."""
        if not self.augment:
            return images
        how = draw_augmentation(tf.shape(images)[0], images.shape[1], self.seed_generator)
        return augment(images, how)

    def report_step(self, d_loss, g_loss, real_logits, fake_logits) -> dict:
        """Report the losses, and how often the discriminator is right; only differences of logits count.

        It is right about a pair if the real image has the higher logit, and about one image if its logit lies
        on the right side of the other images' mean.
        """
        return self.report(
            d_loss=d_loss,
            g_loss=g_loss,
            d_accuracy=share(real_logits > fake_logits),
            d_accuracy_real=share(real_logits > tf.reduce_mean(fake_logits)),
            d_accuracy_fake=share(fake_logits < tf.reduce_mean(real_logits)),
        )

    def gradient(self, images):
        """Return d logit / d image for the first images of a batch, (B / every, H, W, C); one at least."""
        images = images[: tf.maximum(tf.shape(images)[0] // self.every, 1)]
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        return tape.gradient(logits, images)
