"""The edge of a stripped brain: ragged, bitten in places, with dura, skull or scalp left over in others.

The edge is that of a subject: all its scans share it, and so do its labels.
"""

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import CENTRE_MM, smooth_noise
from gancourse.cohort.phantom.parameters import Parameters

HALF_LENGTH_MM = 89.0  # of the template's brain, from its middle to its frontal or occipital pole

#: What lies outside the brain, by the distance to its hull in mm, and its signal, white matter 1: fluid (-1:
#: that of CSF), dura, bone, marrow, bone, scalp.
SHELL_MM = (0.1, 0.5, 1.1, 1.8, 3.0, 4.0, 5.5, 6.5, 11.0)
SHELL = {
    "t1": (-1, -1, 0.5, 0.15, 0.15, 0.9, 0.15, 1.7, 1.8),
    "t1ce": (-1, -1, 1.3, 0.15, 0.15, 1.0, 0.15, 1.8, 1.9),
    "t2": (-1, 0.7, 0.3, 0.15, 0.15, 0.8, 0.15, 1.2, 1.5),
    "flair": (-1, -1, 0.5, 0.12, 0.12, 0.7, 0.12, 1.4, 1.6),
}


def stripped(
    p: Parameters,
    brain: np.ndarray,
    depth_mm: np.ndarray,
    points: np.ndarray,
    spacing: float | np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return what stripping and the field of view left, (x, y, z) bool.

    Args:
        p: of the subject.
        brain: (x, y, z) bool, where there is brain or its fluid.
        depth_mm: (x, y, z), below the brain's hull, negative outside.
        points: (3, x, y, z), in mm.
        spacing: of the points in mm.
        rng: for the unevenness.
    """
    how = p.stripping
    coarse, fine, left, bitten = (smooth_noise(rng, brain.shape, mm / spacing) for mm in (5.0, 1.6, 7.0, 8.0))
    uneven = 0.9 * coarse + 0.3 * fine
    # Left over and bitten off where a smooth noise is high, in steep-sided patches.
    inward = how.bitten_mm * np.clip(2 * bitten - 2.4, 0, 1)
    outward = how.leftover_mm * np.clip(3 * left - 3.6, 0, 1) + how.ragged_mm * np.clip(
        1.5 * uneven - 0.9, 0, 3
    )
    kept = brain & (depth_mm + how.ragged_mm * uneven > inward + 0.3)
    kept |= (outward > 0) & (inward == 0) & (depth_mm + outward > 0)
    kept &= ndimage.binary_opening(kept, np.ones((3, 3, 1))) | (depth_mm > 2)  # no flakes
    return kept & in_view(p, points)


def darkened(kept: np.ndarray, patches: np.ndarray, spacing: float | np.ndarray) -> np.ndarray:
    """Return what the outermost voxels keep of their signal, (x, y, z), 0..1; 1 elsewhere.

    They hold part of the dark skull, or of the air that stripping put there before the scan was resampled.

    Args:
        kept: (x, y, z) bool, what stripping left.
        patches: (x, y, z), unit noise: where the edge is clean.
        spacing: of the points in mm.
    """
    inner = ndimage.gaussian_filter(kept.astype(np.float32), 0.9 / spacing)
    return 1 - np.clip(0.7 + 0.6 * patches, 0, 1) * np.clip((0.92 - inner) / 0.5, 0, 0.85)


def in_view(p: Parameters, points: np.ndarray) -> np.ndarray:
    """Return which `points` (3, x, y, z) lie within the field of view, (x, y, z) bool."""
    how = p.stripping
    if not how.cut_mm:
        return np.ones(points.shape[1:], bool)
    turn, tilt = np.deg2rad([how.cut_turn_deg, how.cut_tilt_deg])
    normal = np.array([np.sin(turn), np.cos(turn) * np.cos(tilt), np.sin(tilt)])
    along = np.tensordot(how.cut_side * normal, points - CENTRE_MM.reshape(3, 1, 1, 1), axes=1)
    return along < HALF_LENGTH_MM * p.brain_scale * p.length_scale - how.cut_mm


def shell(modality: str, depth_mm: np.ndarray, fluid: float) -> np.ndarray:
    """Return the signal outside the brain, white matter 1, at `depth_mm` (x, y, z); `fluid` is CSF's."""
    values = [fluid if value < 0 else value for value in SHELL[modality]]
    return np.interp(-depth_mm, SHELL_MM, values).astype(np.float32)
