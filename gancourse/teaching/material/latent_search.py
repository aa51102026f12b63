"""The course's own answers to lesson 43: a direction by least squares, and two searches along gradients.

Both searches keep every latent at the length with which it started, on its sphere.
"""

from collections.abc import Callable

import numpy as np


def fit_direction(latents: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit values (N,) by a weighted sum of latents (N, d) and a constant: weights (d,), intercept."""
    columns = np.column_stack([latents, np.ones(len(latents))])  # (N, d + 1)
    solution = np.linalg.lstsq(columns, values, rcond=None)[0]
    return solution[:-1], solution[-1]


def grow(z, generator: Callable, read_area: Callable, steps: int = 20, stride: float = 0.15) -> np.ndarray:
    """Walk along the gradient of read_area(generator(z)): uphill, or downhill with a negative stride.

    Args:
        z: (N, d).
        generator: latents (N, d) -> images, called with `training=False`.
        read_area: images -> (N,).
        steps: of the walk.
        stride: length of each step.

    Returns:
        The path, (steps + 1, N, d), z first.
    """
    import tensorflow as tf

    z = tf.constant(z, tf.float32)
    radius = tf.norm(z, axis=1, keepdims=True)  # (N, 1)
    path = [z]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))  # (N,)
        gradient = tape.gradient(area, z)  # (N, d)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()


def find_latent(
    z, images: np.ndarray, generator: Callable, adam, steps: int = 80
) -> tuple[np.ndarray, np.ndarray]:
    """Search for latents whose images are nearest to given ones.

    Args:
        z: (N, d), where to start.
        images: (N, H, W, 1).
        generator: as in `grow`.
        adam: a new optimiser.
        steps: of the optimiser.

    Returns:
        Latents (N, d), and the mean squared error before each step, (steps, N).
    """
    import tensorflow as tf

    radius = tf.norm(tf.constant(z, tf.float32), axis=1, keepdims=True)
    z = tf.Variable(z, dtype=tf.float32)
    history = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))  # (N,)
        adam.apply_gradients([(tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.stack(history)
