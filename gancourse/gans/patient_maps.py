"""A patient as the maps that a network learns, and back: four modalities and nested regions, all in [-1, 1].

Regions are maps of their own, not numbers in one channel. Between 0 and 4 lie 1, 2 and 3, so that a soft edge
of enhancing tumour in one channel would read as a rim of necrosis and oedema; in a map of its own it is an
edge that is not sure where it lies, and its middle is the boundary. The regions are those that BraTS scores.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from scipy import ndimage

from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.sliceset import SliceSet
from gancourse.networks.patient_networks import CHANNELS, REGION_CHANNELS


class Patients(NamedTuple):
    """Slices of N patients.

    Attributes:
        images: (N, S, S, 4) float32 in [-1, 1], `scheme.MODALITIES`; -1 outside the brain.
        seg: (N, S, S) uint8, `scheme.LABELS`.
        brain: (N, S, S) bool.
    """

    images: np.ndarray
    seg: np.ndarray
    brain: np.ndarray


def encode(images, seg):
    """Make the maps of slices: (B, S, S, 8) float32, in the order of `networks.patient_networks.CHANNELS`.

    Args:
        images: (B, S, S, 4) in [-1, 1], -1 outside the brain.
        seg: (B, S, S, 1) whole numbers, `scheme.LABELS`.
    """
    brain = tf.reduce_any(images > -1, axis=-1, keepdims=True)
    regions = [tf.reduce_any(seg == tf.constant(REGIONS[name], seg.dtype), -1, True) for name in REGIONS]
    soft = soften(tf.cast(tf.concat([brain, *regions], -1), tf.float32))
    return tf.concat([2 * soft - 1, tf.cast(images, tf.float32)], -1)


def soften(masks):
    """Blur masks (B, S, S, C) of 0 and 1 by 1/6, 2/3, 1/6 along both axes.

    A line one pixel wide keeps two thirds, and so stays on its side of one half.
    """
    for axis in (1, 2):
        pads = [[0, 0], [0, 0], [0, 0], [0, 0]]
        pads[axis] = [1, 1]
        padded = tf.pad(masks, pads, "SYMMETRIC")
        low, high = (tf.roll(padded, step, axis) for step in (1, -1))
        blurred = (low + 4 * padded + high) / 6
        masks = blurred[:, 1:-1] if axis == 1 else blurred[:, :, 1:-1]
    return masks


def decode(maps: np.ndarray) -> Patients:
    """Read images, labels and brain off maps (N, S, S, 8) in [-1, 1].

    A region is where its map is above 0, inside the region around it. The brain is the largest piece of its
    map, without holes; what lies outside becomes background.
    """
    maps = np.asarray(maps, np.float32)
    shown = {name: maps[..., k] > 0 for k, name in enumerate(REGION_CHANNELS)}
    brain = np.stack([largest_piece(mask) for mask in shown["brain"]])
    whole = brain & shown["WT"]
    core = whole & shown["TC"]
    seg = np.where(core & shown["ET"], 4, np.where(core, 1, np.where(whole, 2, 0))).astype(np.uint8)
    images = maps[..., [CHANNELS.index(modality) for modality in MODALITIES]]
    return Patients(np.where(brain[..., None], images, -1), seg, brain)


def decode_slices(slices: SliceSet, rows: np.ndarray) -> Patients:
    """Return real slices, with all four modalities, as patients.

    Args:
        slices: with `scheme.MODALITIES` as channels.
        rows: their indices.
    """
    images = np.asarray(slices.images[rows], np.float32)
    images = images[..., [slices.modalities.index(modality) for modality in MODALITIES]]
    return Patients(images, np.asarray(slices.seg[rows]), np.any(images > -1, axis=-1))


def largest_piece(mask: np.ndarray) -> np.ndarray:
    """Return the largest connected piece of a mask (S, S), without holes."""
    pieces, count = ndimage.label(mask)
    if count > 1:
        sizes = np.bincount(pieces.ravel())
        mask = pieces == sizes[1:].argmax() + 1
    return ndimage.binary_fill_holes(mask)
