"""Latent gradient ascent: change what no straight direction changes, such as a tumour's area.

The gradient of regressor(generator(z)) differs from latent to latent, so it is computed anew at each step.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gancourse.errors import InputError
from gancourse.gans.latent import Attribute, Directions

#: Longest step, as a share of the latent's length; farther away, the gradient no longer holds.
REACH = 0.04


class LatentGradientAscent:
    """Change one attribute step by step along its gradient, up or down.

    Args:
        attribute: what to change.
        value_and_gradient: latents (B, d) -> (values (B,), d value / d latent (B, d)); see below.
        held: directions whose predictions must not change on the way.
    """

    def __init__(self, attribute: Attribute, value_and_gradient: Callable, held: Directions):
        self.attribute, self.value_and_gradient = attribute, value_and_gradient
        self._held = np.linalg.qr(held.weights)[0]  # (d, k), orthonormal
        self.tolerance = (attribute.high - attribute.low) / 400

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return the attribute in the images of latents (N, d): (N,), in the attribute's unit."""
        return self.value_and_gradient(z)[0]

    def move(self, z: np.ndarray, target: float | np.ndarray, steps: int = 12) -> np.ndarray:
        """Find latents near z whose images show the target as closely as possible; each keeps its length.

        Args:
            z: (N, d).
            target: one number, or (N,), in the attribute's unit.
            steps: largest number of steps of Newton's method.

        Raises:
            InputError: a target that is not a number, or not one for each latent.
        """
        z = np.asarray(z, np.float32)
        target = np.asarray(target, np.float64)
        if target.shape not in ((), (len(z),)) or not np.isfinite(target).all():
            raise InputError(
                f"{self.attribute.name}: {target} for latents {z.shape}; expected a number for each"
            )
        inside = z @ self._held @ self._held.T  # what the directions' predictions depend on, and the rest
        outside = z - inside
        length = np.linalg.norm(outside, axis=1, keepdims=True)
        for _ in range(steps):
            value, gradient = self.value_and_gradient(inside + outside)
            missing = target - value
            if (np.abs(missing) < self.tolerance).all():
                break
            free = gradient - gradient @ self._held @ self._held.T
            free -= (free * outside).sum(1, keepdims=True) / length**2 * outside  # nor along the latent
            step = free * (missing / np.maximum((free * gradient).sum(1), 1e-9))[:, None]
            far = np.linalg.norm(step, axis=1, keepdims=True) / (REACH * length)
            outside = outside + step / np.maximum(far, 1)
            outside *= length / np.linalg.norm(outside, axis=1, keepdims=True)
        return (inside + outside).astype(np.float32)


def value_and_gradient(generator, regressor, name: str) -> Callable:
    """Compile a function: latents (B, d) -> the attribute `name` (B,), and its gradient (B, d)."""
    import tensorflow as tf

    place = regressor.names.index(name)
    latent_dim = generator.input_shape[-1]

    @tf.function(input_signature=[tf.TensorSpec((None, latent_dim), tf.float32)])
    def compiled(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = regressor.network(generator(z, training=False), training=False)[:, place]
            value = value * regressor.scale[place] + regressor.mean[place]
        return value, tape.gradient(value, z)

    @lru_cache(4)  # a slider's next move starts where the last one ended
    def remembered(numbers: bytes):
        z = np.frombuffer(numbers, np.float32).reshape(-1, latent_dim)
        return tuple(found.numpy() for found in compiled(z))

    return lambda z: remembered(np.asarray(z, np.float32).tobytes())
