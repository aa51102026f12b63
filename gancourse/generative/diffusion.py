"""A diffusion model as a `keras.Model`: trained as DDPM (Ho et al. 2020, arXiv 2006.11239), sampled as DDIM.

An image is mixed with noise, `share_of_image * image + share_of_noise * noise`, and a network learns to tell
the noise. The shares follow the cosine schedule of Nichol and Dhariwal 2021 (arXiv 2102.09672) in continuous
time. DDIM (Song et al. 2021, arXiv 2010.02502) takes the noise away in few steps, without new noise: so one
noise gives one image, as one latent does in a GAN.
"""

import keras
import numpy as np
import tensorflow as tf

from gancourse.gans.adversarial import AdversarialModel
from gancourse.gans.latent import draw_latents

CLEANEST, NOISIEST = 0.02, 0.98  #: levels of noise at which the network learns
STEPS = 50  #: of DDIM
AT_ONCE = 50  #: images that are sampled together


def shares(level):
    """Return the shares of image and noise at a noise level from 0 to 1; their squares sum to 1."""
    angle = level * np.pi / 2
    return tf.cos(angle), tf.sin(angle)


def denoise(images, noise, level, next_level):
    """Take one step of DDIM: from noisy images and the noise that is seen in them to less noisy ones.

    Args:
        images: (B, H, W, C), at `level`.
        noise: (B, H, W, C), as the network tells it.
        level, next_level: of noise, (B, 1, 1, 1) or numbers; the second is lower.

    Returns:
        The images at the next level, and the clean images that the network expects, in [-1, 1].
    """
    of_image, of_noise = shares(level)
    clean = tf.clip_by_value((images - of_noise * noise) / of_image, -1.0, 1.0)
    noise = (images - of_image * clean) / of_noise  # that belongs to the clipped image
    of_image, of_noise = shares(next_level)
    return of_image * clean + of_noise * noise, clean


def paint(denoiser, noise, steps=STEPS):
    """Turn standard normal noise into images by DDIM.

    Args:
        denoiser: `networks.denoiser.build_denoiser`.
        noise: (B, H, W, C).
        steps: a whole number, or a tensor of one; a compiled function serves all numbers of a tensor.

    Returns:
        The clean images that the network expects in the last step, (B, H, W, C) in [-1, 1].
    """
    levels = tf.linspace(NOISIEST, CLEANEST, steps + 1)
    noise = tf.cast(noise, tf.float32)

    def once(step, images, clean):
        told = tf.fill((tf.shape(images)[0], 1), levels[step])
        seen = denoiser([images, told], training=False)
        return step + 1, *denoise(images, seen, levels[step], levels[step + 1])

    *_, clean = tf.while_loop(lambda step, *_: step < steps, once, (0, noise, noise))
    return clean


def draw_noise(denoiser, count: int, seed: int) -> np.ndarray:
    """Draw standard normal noise (count, H, W, C) for a denoiser; the same seed gives the same."""
    shape = denoiser.output_shape[1:]
    return draw_latents(count, int(np.prod(shape)), seed).reshape(count, *shape)


def sample(denoiser, noise, steps: int = STEPS) -> np.ndarray:
    """Return images of noise (N, H, W, C), float32 in [-1, 1], as `paint` makes them, some at a time."""
    parts = [noise[k : k + AT_ONCE] for k in range(0, len(noise), AT_ONCE)]
    return np.concatenate([_painted(denoiser, tf.constant(part), tf.constant(steps)) for part in parts])


_painted = tf.function(paint, reduce_retracing=True)


class Diffusion(AdversarialModel):
    """A denoiser that learns to tell noise from image.

    Args:
        denoiser: `networks.denoiser.build_denoiser`.
        seed: of noise and levels; the same seed and data give the same training.
        ema: momentum of a running average of the weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(self, denoiser, seed: int = 0, ema: float = 0.999, **kwargs):
        super().__init__(denoiser, None, ema, ("loss",), **kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def compile(self, optimizer, **options):  # type: ignore[override]  # one network, one optimiser
        """Choose the optimiser; options as in `AdversarialModel.compile`."""
        super().compile(None, optimizer, **options)

    def train_step(self, images):
        """Train once on images (B, H, W, C) in [-1, 1] -> the mean loss since the epoch began."""
        count = tf.shape(images)[0]
        levels = keras.random.uniform((count, 1), CLEANEST, NOISIEST, seed=self.seed_generator)
        noise = keras.random.normal(tf.shape(images), seed=self.seed_generator)
        of_image, of_noise = shares(levels[:, :, None, None])
        mixed = of_image * images + of_noise * noise
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(noise - self.generator([mixed, levels], training=True)))
        self.update_generator(tape, loss)
        return self.report(loss=loss)

    def call(self, noise, training=False, steps: int = STEPS):
        """Return images in [-1, 1] of noise, by averaged weights if there are any; see `paint`."""
        return paint(self.trained_generator, noise, steps)

    def draw_latents(self, count: int, seed: int) -> np.ndarray:
        """Draw standard normal noise (count, H, W, C); the same seed gives the same."""
        return draw_noise(self.generator, count, seed)

    def sample(self, latents, batches: int = 0) -> np.ndarray:
        """Return images of noise, float32 in [-1, 1]; `batches` is for GANs."""
        return sample(self.trained_generator, latents)
