"""Inversion: find the latent whose image is nearest to a given image."""

from typing import NamedTuple

import numpy as np

from gancourse.errors import InputError


class Inversion(NamedTuple):
    """Result of `invert`: latents (N, d), their images (N, H, W) and root-mean-square errors (N,)."""

    latents: np.ndarray
    reconstructions: np.ndarray
    errors: np.ndarray


def invert(
    generator,
    images: np.ndarray,
    *,
    latent_dim: int = 100,
    draws: int = 512,
    restarts: int = 4,
    steps: int = 150,
    rate: float = 0.08,
    prior: float = 0.02,
    seed: int = 0,
) -> Inversion:
    """Find latents whose images are nearest to given ones, by gradient descent (Zhu et al. 2016).

    For each image, the search starts from the best of some random latents. After a third of the steps, only
    the best result is followed to the end.

    Args:
        generator: latents (B, d) -> images (B, H, W, 1), called with `training=False`.
        images: (N, H, W) or (N, H, W, 1) in [-1, 1].
        latent_dim: d.
        draws: random latents that are tried first.
        restarts: how many of them the search starts from.
        steps: number of steps of gradient descent (Adam).
        rate: its learning rate; it falls to 0.
        prior: weight of the term that keeps latents near the sphere, the squared relative error of |z|^2 = d.
        seed: of the random latents.

    Raises:
        InputError: images of another size than the generator's, out of range, or numbers below 1.
    """
    import tensorflow as tf

    images = _checked_images(images)
    if min(draws, restarts, steps) < 1 or restarts > draws:
        raise InputError(
            f"draws={draws}, restarts={restarts}, steps={steps}: expected 1 or more, and draws >= restarts"
        )
    z = np.random.default_rng(seed).standard_normal((draws, latent_dim), dtype=np.float32)
    painted = np.asarray(generator(tf.constant(z), training=False), np.float32)
    if painted.shape[1:] != images.shape[1:]:
        raise InputError(
            f"images {images.shape}: the generator paints {painted.shape[1:]}; resample them to that size"
        )
    a, b = painted.reshape(draws, -1), images.reshape(len(images), -1)
    squared = (a**2).sum(1)[:, None] - 2 * a @ b.T  # (draws, N), but for a constant
    starts = np.argsort(squared, 0)[:restarts].T  # (N, restarts)
    descend = _descent(generator, latent_dim, prior)

    first = max(1, steps // 3)
    found, loss = descend(z[starts.ravel()], np.repeat(images, restarts, 0), np.full(first, rate))
    best = loss.reshape(-1, restarts).argmin(1) + restarts * np.arange(len(images))
    falling = rate * (1 + np.cos(np.pi * np.arange(steps - first) / max(1, steps - first))) / 2
    found, _ = descend(found[best], images, falling)
    painted = np.asarray(generator(tf.constant(found), training=False), np.float32)
    errors = np.sqrt(((painted - images) ** 2).mean((1, 2, 3)))
    return Inversion(found, painted[..., 0], errors)


def _descent(generator, latent_dim: int, prior: float):
    """Make a function: latents, images, learning rates -> better latents, and each one's loss."""
    import keras
    import tensorflow as tf

    def losses(z, images):
        error = tf.reduce_mean((generator(z, training=False) - images) ** 2, (1, 2, 3))
        return error + prior * (tf.reduce_mean(z**2, 1) - 1) ** 2

    @tf.function(reduce_retracing=True)
    def gradient(z, images):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = losses(z, images)
        return tape.gradient(loss, z)

    def descend(z, images, rates):
        z, images = keras.Variable(z), tf.constant(images)
        adam = keras.optimizers.Adam(epsilon=1e-8)  # works element by element, so each latent is alone
        for rate in rates:
            adam.learning_rate = rate
            adam.apply([gradient(tf.convert_to_tensor(z), images)], [z])
        return z.numpy(), losses(z, images).numpy()

    return descend


def _checked_images(images: np.ndarray) -> np.ndarray:
    """Return (N, H, W, 1) float32, or raise an `InputError`."""
    images = np.asarray(images, np.float32)
    images = images[..., None] if images.ndim == 3 else images
    if images.ndim != 4 or images.shape[-1] != 1 or not len(images):
        raise InputError(f"images {images.shape}: expected (N, H, W) in [-1, 1]")
    if not np.isfinite(images).all() or np.abs(images).max() > 1.001:
        raise InputError("images: some values are not in [-1, 1]; scale them as the slices are scaled")
    return images
