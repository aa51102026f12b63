"""The parts round a learner's own private step in lesson 46: everybody's gradient, a step, and images."""

import numpy as np

from gancourse.gans.latent import draw_latents
from gancourse.gans.private_gan import PrivateGAN
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()


class PrivateTraining:
    """A private GAN whose discriminator's gradients a learner makes private.

    Args:
        gan: to be trained; it changes.
    """

    def __init__(self, gan: PrivateGAN):
        self.gan = gan
        self._shapes = [tuple(v.shape) for v in gan.discriminator.trainable_variables]
        size = tuple(gan.discriminator.input_shape[1:])
        signature = tf.TensorSpec((None, *size)), tf.TensorSpec((None,), tf.int32)
        self._gradients = tf.function(self._gradients_of, input_signature=signature)
        self._generator_step = tf.function(gan.train_generator)

    def gradients_of(self, images: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return the gradient of the discriminator's loss for each slice, one row each: (N, weights).

        Each slice is compared with one generated image, by the number of its person, so that a row does not
        depend on who else takes part.

        Args:
            images: (N, H, W) in [-1, 1].
            people: (N,), the number of each slice's person.
        """
        images = np.asarray(images, np.float32)[..., None]
        return self._gradients(images, np.asarray(people, np.int32)).numpy()

    def move_discriminator(self, gradient: np.ndarray) -> None:
        """Let the discriminator's optimiser take a step along a flat gradient, (weights,)."""
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self._shapes])
        pieces = np.split(np.asarray(gradient, np.float32), ends[:-1])
        shaped = [tf.constant(p.reshape(s)) for p, s in zip(pieces, self._shapes, strict=True)]
        self.gan.d_optimizer.apply(shaped, self.gan.discriminator.trainable_variables)

    def train_generator(self) -> None:
        """Let the generator take one step; it learns from the discriminator and sees no patient."""
        self._generator_step()

    def paint(self, count: int, seed: int = 1) -> np.ndarray:
        """Return images (count, H, W) of the generator as it is now."""
        return self.gan.sample(draw_latents(count, self.gan.latent_dim, seed), batches=4)[..., 0]

    def _gradients_of(self, images, people):
        fake_images = self.gan.generator(self.gan.sample_latents(self.gan.fakes), training=True)
        gradients, *_ = self.gan.pair_gradients(images, tf.gather(fake_images, people % self.gan.fakes))
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        return tf.concat([tf.reshape(g, [-1, n]) for g, n in zip(gradients, sizes, strict=True)], 1)
