"""Count lesions, and not only voxels: who finds the large one may have missed the others.

Pieces and hits are defined as by the ISLES 2022 challenge: voxels that share a face, an edge or a corner are
one piece; a true piece is hit if any of its voxels is found; a found piece is false if none of its voxels is
true. No piece is too small to count (Hernandez Petzsche et al., Sci. Data 9:762, 2022, and the challenge's
code, https://github.com/ezequieldlrosa/isles22).
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage


class Counts(NamedTuple):
    """Numbers of pieces."""

    hit: int  #: true ones that are found, at least in part
    missed: int  #: true ones that are not
    false: int  #: found ones that touch no true one


def pieces(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the pieces of a mask of two or three dimensions from 1, 0 outside; and count them."""
    return ndimage.label(np.asarray(mask, bool), np.ones((3,) * np.ndim(mask)))


def lesion_counts(truth: np.ndarray, found: np.ndarray) -> Counts:
    """Count the pieces that were hit, missed, and found where there is none.

    Args:
        truth, found: masks of the same shape.

    Raises:
        ValueError: shapes differ.
    """
    truth, found = (np.asarray(mask, bool) for mask in (truth, found))
    if truth.shape != found.shape:
        raise ValueError(f"expected two masks of one shape, received {truth.shape} and {found.shape}")
    (of_truth, there), (of_found, named) = pieces(truth), pieces(found)
    hit = len(np.unique(of_truth[truth & found]))
    right = len(np.unique(of_found[truth & found]))
    return Counts(hit, there - hit, named - right)


def f1(counts: Counts) -> float:
    """Return hit / (hit + (missed + false) / 2), 0..1; 1 if there is nothing and nothing was found."""
    hit, missed, false = counts
    return hit / (hit + (missed + false) / 2) if hit + missed + false else 1.0


def lesion_f1(truth: np.ndarray, found: np.ndarray) -> float:
    """Return the lesion-wise F1 score of two masks, see `lesion_counts` and `f1`."""
    return f1(lesion_counts(truth, found))


def true_pieces(truth: np.ndarray, found: np.ndarray, voxel_ml: float) -> list[dict[str, float]]:
    """Describe each true piece: its volume in mL and the share of it that was found, the largest first."""
    numbers, count = pieces(truth)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    inside = np.bincount(numbers[np.asarray(found, bool)], minlength=count + 1)[1:]
    order = np.argsort(-sizes, kind="stable")
    return [{"volume_ml": float(sizes[k] * voxel_ml), "share": float(inside[k] / sizes[k])} for k in order]
