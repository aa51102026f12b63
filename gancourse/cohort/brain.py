"""Find the brain of a skull-stripped volume: everything that is not the constant background."""

import numpy as np
from scipy import ndimage

from gancourse.errors import InputError

UNSTRIPPED = "no constant background"
REMEDY = "strip it first, with `gancourse strip`"


def background(volume: np.ndarray) -> float:
    """Return the intensity outside the brain of a skull-stripped volume: the median on its twelve edges.

    The faces would not do, since a cropped brain may touch every one of them.

    Raises:
        InputError: Fewer than half of the edge voxels have that value, so the skull was not stripped.
    """
    lines = [(a, b) for a in (0, -1) for b in (0, -1)]
    edges = np.concatenate([np.moveaxis(volume, axis, 0)[:, a, b] for axis in range(3) for a, b in lines])
    value = float(np.median(edges[np.isfinite(edges)])) if np.isfinite(edges).any() else 0.0
    if (np.abs(edges - value) > _tolerance(volume)).sum() > edges.size / 2:
        raise InputError(f"{UNSTRIPPED}, expected a stripped skull; {REMEDY}")
    return value


def brain_mask(volume: np.ndarray) -> np.ndarray:
    """Return the mask of the brain in a skull-stripped volume.

    BraTS stores 0 outside. Other pipelines leave any constant (-5 after a z-score), or, after resampling, a
    rim of negative ringing round the brain. The brain is therefore what lies above the background, and also
    what lies below it if that is too large to be a rim. Small components are removed (a missing slab leaves
    two large ones) and holes are filled.

    Args:
        volume: (X, Y, Z), any intensities; not-a-number counts as background.

    Returns:
        Boolean array, (X, Y, Z).

    Raises:
        InputError: No constant background, or nothing but background.
    """
    outside, tolerance = background(volume), _tolerance(volume)
    brain, below = volume > outside + tolerance, volume < outside - tolerance
    if below.sum() > 0.2 * brain.sum():
        brain |= below
    if not brain.any():
        raise InputError("nothing but background, expected a brain; use another file or modality")
    box = ndimage.find_objects(brain.astype(np.uint8))[0]
    pieces, _ = ndimage.label(brain[box])
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    large = np.pad((sizes > 0.05 * sizes.max())[pieces], 1)
    outer, _ = ndimage.label(~large)  # the piece of the corner is outside; every other is a hole
    brain[box] = (outer != outer[0, 0, 0])[1:-1, 1:-1, 1:-1]
    return brain


def _tolerance(volume: np.ndarray) -> float:
    """Return the tolerance of comparisons: a millionth of the range; 0 for integers."""
    finite = volume[np.isfinite(volume)] if volume.dtype.kind == "f" else volume[:0]
    return 1e-6 * float(np.ptp(finite)) if finite.size else 0.0
