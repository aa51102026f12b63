"""Draw how slices of phantoms with stroke are changed for a training step; `stroke_changes` applies it.

Patients differ from phantoms in ways that nobody has counted, so the changes are wider than what any one
scanner does: contrast, coil, voxels, noise, movement between FLAIR and DWI, infarcts that are fainter or
stronger, what looks like one and is none, and what a poor brain mask leaves in or takes away.
"""

from typing import NamedTuple

import numpy as np

from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.scan_draws import Draws  # noqa: E402

M = 3  # DWI, ADC, FLAIR
#: Which modalities are there, and how often.
SUBSETS = (
    ((1, 1, 1), 0.54), ((1, 1, 0), 0.18), ((1, 0, 1), 0.09), ((1, 0, 0), 0.08), ((0, 1, 1), 0.04),
    ((0, 1, 0), 0.04), ((0, 0, 1), 0.03),
)  # fmt: skip
#: What may be mistaken for an infarct or hide one: how often it is in a slice, and the change of DWI, ADC and
#: FLAIR (lowest, highest), in units of normalised intensity.
DISTRACTORS = {
    "shine-through": (0.25, (0.3, 2.0), (0.8, 3.0), (0.5, 3.0)),  # old infarcts, oedema, white-matter disease
    "artefact": (0.25, (0.8, 4.0), (-0.2, 2.0), (-0.5, 0.5)),  # signal piled up near air
    "dark": (0.15, (-2.5, -0.3), (-1.2, 1.0), (-1.5, 0.3)),  # lost signal, blood, calcium
}
CONTRAST = (0.7, 0.3, 0.6)  # standard deviation of the change of an infarct's DWI, ADC and FLAIR


class Changes(NamedTuple):
    """What is done to a batch of images (B, M, 3, H, W): numbers and fields that are broadcast to it."""

    pose: tf.Tensor  # (B, 8) of DWI, ADC and the labels, as ImageProjectiveTransformV3 takes it
    flair_pose: tf.Tensor  # (B, 8)
    contrast: tf.Tensor  # (B, M, 1, 1, 1), added to the infarct
    patches: tf.Tensor  # (D, B, 1, 1, H, W), 0..1, where each distractor is
    patch_values: tf.Tensor  # (D, B, M, 1, 1, 1)
    offset: tf.Tensor  # (B, M, 1, 1, 1): by which contrast is divided; 3 changes nothing
    gamma: tf.Tensor  # (B, M, 1, 1, 1)
    coil: tf.Tensor  # (B, M, 1, H, W), logarithm
    step: tf.Tensor  # (2, B, M) pixels of the scan along rows and columns, in ours
    start: tf.Tensor  # (2, B, M)
    noise: tf.Tensor  # (B, M, 3, H, W)
    gain: tf.Tensor  # (B, M, 1, 1, 1), of the normalised image
    shift: tf.Tensor  # (B, M, 1, 1, 1)
    border: tf.Tensor  # (B, H, W), pixels by which the mask is too large, or too small if below 0
    residue: tf.Tensor  # (B, M, 1, H, W), what is seen there
    eyes: tf.Tensor  # (B, H, W), 0..1: pieces of the residue farther outside
    present: tf.Tensor  # (B, M)


def draw_changes(seed, batch: int, height: int, width: int) -> Changes:
    """Draw the changes of a batch. The same seed (2,) gives the same."""
    draws, size = Draws(seed), (batch, height, width)
    each, one = (batch, M, 1, 1, 1), (batch, 1, 1)
    angle, shape, mirror, shift = draw_pose(draws, batch)
    moved = draws.normal(batch, 2, scale=0.35) + draws.chance(0.15, batch, 1) * draws.normal(batch, 2)
    is_adc = tf.reshape(tf.constant([0.0, 1.0, 0.0]), (M, 1, 1, 1))
    strength = 0.04 + 0.5 * draws.uniform(0.0, 1.0, *each) ** 2.5
    uneven = (0.02 + 0.25 * draws.uniform(0.0, 1.0, *each)) * (1 - 0.8 * is_adc)
    outer = draws.chance(0.35, *one) * draws.uniform(0.0, 6.0, *one)
    level = draws.normal(*each, scale=1.5) + draws.normal(batch, 1, 1, 1, 1)
    spread = np.reshape(np.array(CONTRAST, np.float32), (M, 1, 1, 1))
    contrast = draws.normal(*each) * spread * draws.uniform(0.0, 1.5, batch, 1, 1, 1, 1)
    patches, patch_values = draw_distractors(draws, *size)
    return Changes(
        as_transforms(angle, shape, mirror, shift, height, width),
        as_transforms(angle, shape, mirror, shift + moved, height, width),
        contrast,
        patches,
        patch_values,
        tf.where(is_adc > 0, 3.0, draws.uniform(2.0, 4.5, *each)),
        tf.exp(draws.normal(*each, scale=0.25) * (1 - 0.8 * is_adc)),
        uneven * smooth(draws, 40, *size, M)[:, :, None],
        tf.maximum(1.0, draws.uniform(0.4, 1.8, 2, batch, M)),
        draws.uniform(0.0, 1.0, 2, batch, M),
        strength * draws.normal(batch, M, 3, height, width),
        tf.exp(draws.normal(*each, scale=0.15)),
        draws.normal(*each, scale=0.15),
        outer * tf.clip_by_value(smooth(draws, 20, *size)[:, 0] + 0.3, -0.35, 1.0),
        level + 1.2 * smooth(draws, 4, *size, M)[:, :, None],
        draws.chance(0.2, *one) * tf.clip_by_value(3 * smooth(draws, 12, *size)[:, 0] - 3.5, 0.0, 1.0),
        draw_present(draws, batch),
    )


def smooth(draws: Draws, pixels: float, batch: int, height: int, width: int, channels: int = 1):
    """Draw noise (B, channels, H, W) of that scale in pixels, mean 0 and standard deviation 1 everywhere."""
    rows, columns = bumps(height, pixels), bumps(width, pixels)
    small = draws.normal(batch, channels, rows.shape[1], columns.shape[1])
    return tf.einsum("hr,bcrw->bchw", rows, tf.einsum("bcrm,wm->bcrw", small, columns))


def bumps(count: int, pixels: float) -> np.ndarray:
    """Return weights (count, n) of n Gaussian bumps, `pixels` apart; their squares sum to 1 in each row."""
    centres = np.arange(-2 * pixels, count + 2 * pixels, pixels)
    weights = np.exp(-0.5 * ((np.arange(count)[:, None] - centres) / (0.7 * pixels)) ** 2)
    return (weights / np.sqrt((weights**2).sum(1, keepdims=True))).astype(np.float32)


def draw_pose(draws: Draws, batch: int) -> tuple:
    """Draw angle (B,), shear and zooms (B, 3), mirroring (B,) and shift (B, 2) in pixels."""
    zooms = tf.exp(draws.normal(batch, scale=0.08)[:, None] + draws.normal(batch, 2, scale=0.04))
    shear = draws.normal(batch, 1, scale=0.04)
    mirror = 1 - 2 * draws.chance(0.5, batch)
    angle, shift = draws.normal(batch, scale=0.13), draws.uniform(-4.0, 4.0, batch, 2)
    return angle, tf.concat([shear, zooms], 1), mirror, shift


def as_transforms(angle, shear_zooms, mirror, shift, height: int, width: int):
    """Return transforms (B, 8) about the middle of the slice, from the changed slice to the given one."""
    shear, zooms = shear_zooms[:, 0], shear_zooms[:, 1:]
    a, b = tf.cos(angle) / zooms[:, 0] * mirror, (-tf.sin(angle) + shear) / zooms[:, 0]
    c, d = tf.sin(angle) / zooms[:, 1] * mirror, tf.cos(angle) / zooms[:, 1]
    x, y = (width - 1) / 2, (height - 1) / 2
    right, down = x - a * x - b * y + shift[:, 0], y - c * x - d * y + shift[:, 1]
    return tf.stack([a, b, right, c, d, down, tf.zeros_like(a), tf.zeros_like(a)], -1)


def draw_distractors(draws: Draws, batch: int, height: int, width: int) -> tuple:
    """Draw where distractors are, (D, B, 1, 1, H, W), and their values (D, B, M, 1, 1, 1)."""
    where: list[tf.Tensor] = []
    values: list[tf.Tensor] = []
    for often, *ranges in DISTRACTORS.values():
        there = draws.chance(often, batch, 1, 1, 1)
        size = 14 if len(where) % 2 else 8
        blobs = tf.clip_by_value(2.5 * (smooth(draws, size, batch, height, width) - 1.4), 0.0, 1.0)
        where.append((there * blobs)[:, None])
        low, high = np.reshape(np.array(ranges, np.float32).T, (2, M, 1, 1, 1))
        values.append(low + (high - low) * draws.uniform(0.0, 1.0, batch, M, 1, 1, 1))
    return tf.stack(where), tf.stack(values)


def draw_present(draws: Draws, batch: int):
    """Draw which modalities are there, (B, M) of 0 and 1."""
    table = tf.constant([some for some, _ in SUBSETS], tf.float32)
    ends = tf.constant(np.cumsum([share for _, share in SUBSETS])[:-1], tf.float32)
    return tf.gather(table, tf.searchsorted(ends, draws.uniform(0.0, 1.0, batch)))
