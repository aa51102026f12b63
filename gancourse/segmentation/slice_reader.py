"""Read small slices, real or generated: the labels of their tumour, found by networks that the course ships.

The first, `pix2pix-tumour-drop` of lesson 51, takes slices of 64 pixels as they are; the second is the
segmenter that `gancourse segment` uses, at 1 mm. Both take whichever modalities there are, and neither has
seen a generated image: two instruments that are independent of every generator, and of each other.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import ndimage

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.metrics.morphometry import brain_of
from gancourse.metrics.tumour_place import describe_tumours
from gancourse.segmentation.segmenter import Segmenter

FOV_MM = 208  # of the course's slices

READER = "pix2pix-tumour-drop"

#: Pixels of a slice's tumour below which the reader's finding counts as none, of 64 x 64.
SPECKS = 5


def find_tumours(images: np.ndarray, modalities: Sequence[str], network=None) -> np.ndarray:
    """Find the tumour in slices: labels (N, S, S) uint8, `scheme.LABELS`.

    Args:
        images: (N, S, S, C) in [-1, 1], the background -1; S a multiple of 32.
        modalities: what the channels are.
        network: by default `READER`.

    Raises:
        InputError: channels that are not those modalities.
    """
    from gancourse.training.translation import tumour_labels

    network, given = network or pretrained.load(READER, "pix2pix"), with_all(images, modalities)
    parts = [tumour_labels(network(given[k : k + 64], training=False)) for k in range(0, len(given), 64)]
    return np.concatenate(parts)


def read_tumours(
    images: np.ndarray, modalities: Sequence[str], segmenter: Segmenter | None = None, network=None
) -> pd.DataFrame:
    """Describe the tumours that are found in slices, as `tumour_place.describe_tumours`.

    A tumour of less than `SPECKS` is none: its areas are 0.

    Args:
        images, modalities: as in `find_tumours`.
        segmenter: finds them; slower than the network, and misses fewer.
        network: finds them if there is no segmenter, as in `find_tumours`.
    """
    if segmenter:
        seg = segment_slices(images, modalities, segmenter)
    else:
        seg = find_tumours(images, modalities, network)
    seg[(seg > 0).sum((1, 2)) < SPECKS * (seg.shape[1] / 64) ** 2] = 0
    brightest = np.asarray(images, np.float32).max(-1)
    return describe_tumours(brain_of(brightest), seg, FOV_MM / seg.shape[1])


def segment_slices(images: np.ndarray, modalities: Sequence[str], segmenter: Segmenter) -> np.ndarray:
    """Find the tumour by the shipped segmenter: slices are enlarged to 1 mm, its probabilities shrunk again.

    Arguments and result as in `find_tumours`; a sixth of a second of a core for each slice.
    """
    given = with_all(images, modalities)
    size = given.shape[1]
    brain = brain_of(given.max(-1))
    large = _resized(given, FOV_MM, 1)
    inside = _resized(brain[..., None].astype(np.float32), FOV_MM, 1)[..., 0] > 0.5
    shares = _resized(segmenter.predict(large, inside, modalities)[0], size, 1)
    return np.where(brain, np.array([0, 1, 2, 4], np.uint8)[shares.argmax(-1)], 0)


def with_all(images: np.ndarray, modalities: Sequence[str]) -> np.ndarray:
    """Put images (N, S, S, C) of some modalities among all four, (N, S, S, 4); those that lack are -1.

    Raises:
        InputError: channels that are not those modalities.
    """
    images = np.asarray(images, np.float32)
    if images.shape[-1] != len(modalities) or not set(modalities) <= set(MODALITIES):
        raise InputError(f"images {images.shape}: expected channels {', '.join(modalities)}")
    given = np.full((*images.shape[:3], len(MODALITIES)), -1, np.float32)
    given[..., [MODALITIES.index(m) for m in modalities]] = images
    return given


def _resized(images: np.ndarray, size: int, order: int) -> np.ndarray:
    """Resample images (N, S, S, C) to `size` pixels a side of the same field of view."""
    factor = size / images.shape[1]
    return ndimage.zoom(images, (1, factor, factor, 1), order=order, mode="nearest", grid_mode=True)
