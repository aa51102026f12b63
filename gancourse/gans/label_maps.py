"""Labels that a network has drawn: a channel for each, and back to tumour and tissue.

The channels are those of `training.translation.label_map`, from -1 to 1: outside, the tissues, the parts of a
tumour. Each pixel shows its greatest; then what no brain has is mended: holes, islands, and tumours of a few
pixels.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from gancourse.cohort.scheme import LABELS, TISSUES
from gancourse.gans.patient_maps import largest_piece

#: Pieces of tumour below so many pixels, of 64 x 64, become tissue.
SPECKS = 5


class Labels(NamedTuple):
    """Labels of N slices, (N, S, S) uint8 each.

    Attributes:
        seg: of the tumour, `scheme.LABELS`.
        tissue: `scheme.TISSUES`, 0 outside the brain; within a tumour, the tissue that is likeliest there.
    """

    seg: np.ndarray
    tissue: np.ndarray


def enlarge(maps: np.ndarray, times: int) -> np.ndarray:
    """Enlarge maps (N, S, S, 7) so many times a side by linear interpolation, before labels are read off."""
    maps = np.asarray(maps, np.float32)
    return ndimage.zoom(maps, (1, times, times, 1), order=1, mode="nearest", grid_mode=True)


def decode(maps: np.ndarray) -> Labels:
    """Read labels off maps (N, S, S, 7) in [-1, 1]."""
    maps = np.asarray(maps, np.float32)
    first = 1 + len(TISSUES)  # channel of the tumour
    brain = np.stack([largest_piece(mask) for mask in maps.argmax(-1) > 0])
    tissue = np.where(brain, 1 + maps[..., 1:first].argmax(-1), 0)
    shown = 1 + maps[..., 1:].argmax(-1)
    tumour = brain & (shown >= first)
    tumour = np.stack([_without_specks(mask) for mask in tumour])
    names = np.array([0] * first + list(LABELS))
    return Labels(np.where(tumour, names[shown], 0).astype(np.uint8), tissue.astype(np.uint8))


def _without_specks(mask: np.ndarray) -> np.ndarray:
    pieces, _ = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel())
    return mask & (sizes[pieces] >= SPECKS * (mask.shape[0] / 64) ** 2)


def classes(labels: Labels) -> np.ndarray:
    """Return the channel that each pixel belongs to, (N, S, S) uint8."""
    tumours = np.zeros(max(LABELS) + 1, np.uint8)
    tumours[list(LABELS)] = 1 + len(TISSUES) + np.arange(len(LABELS))
    return np.where(labels.seg > 0, tumours[labels.seg], labels.tissue)


def one_hot(channel: np.ndarray) -> np.ndarray:
    """Return maps (N, S, S, 7), 1 in each pixel's channel and -1 in the others, float32."""
    return 2 * np.eye(1 + len(TISSUES) + len(LABELS), dtype=np.float32)[channel] - 1
