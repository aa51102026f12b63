"""Classic augmentation: slices and their labels mirrored, turned, scaled and shifted; intensities changed.

The choice is that of nnU-Net in small (Isensee et al., Nat. Methods 18:203, 2021): rotation, scaling,
mirroring, noise, brightness, contrast and gamma. What is random is drawn first, so that a test can pin the
exact case. B is the batch.
"""

from typing import NamedTuple

import numpy as np

from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.scan_draws import Draws  # noqa: E402

BACKGROUND = -1.0


class Changes(NamedTuple):
    """How a batch is changed."""

    angle: tf.Tensor  # (B,), radians
    zoom: tf.Tensor  # (B,)
    mirror: tf.Tensor  # (B,), 1 or -1
    shift: tf.Tensor  # (B, 2), pixels
    gamma: tf.Tensor  # (B, 1, 1, C), power of the intensities, as shares of their range
    gain: tf.Tensor  # (B, 1, 1, C), of the intensities after that
    offset: tf.Tensor  # (B, 1, 1, C), in [-1, 1]'s unit
    noise: tf.Tensor  # (B, H, W, C)


def draw_changes(seed, batch: int, size: int, channels: int) -> Changes:
    """Draw changes of square slices; the same seed (2,) gives the same."""
    draws, each = Draws(seed), (batch, 1, 1, channels)
    sigma = 0.06 * draws.uniform(0.0, 1.0, batch, 1, 1, 1)
    return Changes(
        draws.normal(batch, scale=0.15),
        tf.exp(draws.normal(batch, scale=0.1)),
        1 - 2 * draws.chance(0.5, batch),
        draws.uniform(-4.0, 4.0, batch, 2),
        tf.exp(draws.normal(*each, scale=0.2)),
        tf.exp(draws.normal(*each, scale=0.1)),
        draws.normal(*each, scale=0.08),
        sigma * draws.normal(batch, size, size, channels),
    )


def change(images, labels, changes: Changes):
    """Change slices as drawn.

    Args:
        images: (B, S, S, C) in [-1, 1], -1 outside the brain.
        labels: (B, S, S) integers; moved as the images are, and never mixed.
        changes: of that batch.

    Returns:
        Images and labels of the same shapes. What is moved in from outside is background.
    """
    size = images.shape[1]
    a, b = tf.cos(changes.angle) / changes.zoom, tf.sin(changes.angle) / changes.zoom
    middle = np.float32((size - 1) / 2)
    across, down = a * changes.mirror, b * changes.mirror
    x = middle - across * middle + b * middle + changes.shift[:, 0]
    y = middle - down * middle - a * middle + changes.shift[:, 1]
    transforms = tf.stack([across, -b, x, down, a, y, tf.zeros_like(a), tf.zeros_like(a)], -1)

    def move(part, how, fill):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=part, transforms=transforms, output_shape=[size, size], fill_value=fill,
            interpolation=how, fill_mode="CONSTANT",
        )  # fmt: skip

    images, labels = move(images, "BILINEAR", BACKGROUND), move(labels[..., None], "NEAREST", 0.0)[..., 0]
    return recoloured(images, changes), labels


def recoloured(images, changes: Changes):
    """Change intensities inside the brain, and clip them to [-1, 1]."""
    shares = tf.clip_by_value((images + 1) / 2, 0.0, 1.0) ** changes.gamma
    changed = (2 * shares - 1) * changes.gain + changes.offset + changes.noise
    brain = tf.reduce_any(images > BACKGROUND, -1, keepdims=True)
    return tf.where(brain, tf.clip_by_value(changed, -1.0, 1.0), BACKGROUND)
