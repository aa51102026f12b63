"""Choose what a network is trained on: infarcts are rare, so that chance alone hardly ever shows one.

In a cohort of phantoms, one pixel of the brain in fifty belongs to an infarct, and half of the patients have
less than one in a hundred. So a share of all patches is centred on an infarct, and the rest lies anywhere.
"""

import numpy as np

from gancourse.errors import InputError


def draw_places(
    lesion: np.ndarray, brain: np.ndarray, count: int, share: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw the centres of patches.

    Args:
        lesion: (K, H, W), 1 in infarcts.
        brain: (K, H, W) bool.
        count: how many centres.
        share: 0 to 1, chance of a centre to lie in an infarct: in any slice that has one, at any pixel of it.
            The others lie anywhere in the brain; so do all if nobody has an infarct.

    Returns:
        (count, 3) slice, row and column.

    Raises:
        InputError: a share out of range, or no brain.
    """
    if not 0 <= share <= 1:
        raise InputError(f"share={share}: expected 0 to 1")
    lesion, brain = np.asarray(lesion) > 0, np.asarray(brain, bool)
    if not brain.any():
        raise InputError("no pixel of brain in these slices; choose others")
    with_lesion = np.flatnonzero(lesion.any((1, 2)))
    slices = np.flatnonzero(brain.any((1, 2)))
    weights = brain[slices].sum((1, 2)) / brain.sum()
    places = np.zeros((count, 3), int)
    for place in places:
        if len(with_lesion) and rng.random() < share:
            where, k = lesion, rng.choice(with_lesion)
        else:
            where, k = brain, rng.choice(slices, p=weights)
        place[0] = k
        place[1:] = rng.choice(np.argwhere(where[k]))
    return places


def cut_patches(slices: np.ndarray, places: np.ndarray, size: int, outside: float = 0.0) -> np.ndarray:
    """Cut square patches out of slices.

    Args:
        slices: (K, H, W) or (K, H, W, C).
        places: (N, 3) slice, row and column of the centres.
        size: edge of a patch in pixels.
        outside: value beyond the border of a slice.

    Returns:
        (N, size, size) or (N, size, size, C).
    """
    half = size // 2
    border = [(0, 0), (half, size - half), (half, size - half)] + [(0, 0)] * (slices.ndim - 3)
    patches = []
    for k, row, column in places:
        padded = np.pad(slices[k : k + 1], border, constant_values=outside)[0]
        patches.append(padded[row : row + size, column : column + size])
    return np.stack(patches) if patches else np.zeros((0, size, size, *slices.shape[3:]), slices.dtype)
