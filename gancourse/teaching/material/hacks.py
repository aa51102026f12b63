"""The course's versions of what learners write in lesson 42: a ratio, a penalty, a normalised kernel."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()


def kid_ratio(kids: np.ndarray, baseline: np.ndarray) -> float:
    """Return the ratio of a variant's KID to the baseline's, each the geometric mean of its runs."""
    return float(np.exp(np.log(kids).mean() - np.log(baseline).mean()))


def gradient_penalty(critic: Callable, real: Any, fake: Any) -> Any:
    """Return WGAN-GP's penalty (Gulrajani et al. 2017): how far the critic's slope is from 1.

    Args:
        critic: points (B, 2) -> values (B, 1).
        real, fake: points (B, 2).
    """
    place = tf.random.uniform((real.shape[0], 1))
    between = real + place * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    gradients = tape.gradient(values, between)
    slopes = tf.sqrt(tf.reduce_sum(gradients**2, axis=1))
    return tf.reduce_mean((slopes - 1) ** 2)


def spectral_normalise(kernel: Any, u: Any) -> tuple[Any, Any]:
    """Divide a kernel by its largest singular value, from one round of power iteration (Miyato et al. 2018).

    Args:
        kernel: (..., C), its last axis the channels that come out.
        u: (C,), the direction found in earlier rounds.

    Returns:
        The kernel, in its shape, and the new direction, (C,).
    """
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    u = u / tf.norm(u)
    sigma = tf.reduce_sum(v * tf.linalg.matvec(matrix, u))
    return kernel / sigma, u
