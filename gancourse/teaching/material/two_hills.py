"""One-dimensional data for lesson 21, and the course's versions of what its learners write there."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special, stats

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()

#: Noise of a generator that only shifts: a normal distribution's quantiles, evenly by probability, (2000,).
NOISE = tf.constant(stats.norm.ppf((np.arange(2000) + 0.5) / 2000), tf.float32)


def best_discriminator(p: np.ndarray, q: np.ndarray, width: float) -> tuple[np.ndarray, float]:
    """Return the best answer at every place, p / (p + q), (N,), and the loss that it leaves.

    Args:
        p, q: densities of real and of generated numbers at the same places, (N,), nowhere both 0.
        width: from one place to the next.
    """
    best = p / (p + q)
    cost = -special.xlogy(p, best) - special.xlogy(q, q / (p + q))  # 0 ln 0 is 0
    return best, float(cost.sum() * width)


def best_logits(points: Any, distance: float) -> Any:
    """Return the best discriminator's logits at points (N,): ln p - ln q.

    Real numbers are normal around 0, generated ones around `distance`, both with a standard deviation of 1.
    """
    return distance**2 / 2 - distance * points


def pull(g_loss: Callable[[Any], Any], distance: float) -> Any:
    """Return d g_loss / d middle of a generator `middle + z` at `distance`, with the best D held fixed."""
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        points = middle + NOISE  # (N,)
        loss = g_loss(best_logits(points, distance))
    return tape.gradient(loss, middle)
