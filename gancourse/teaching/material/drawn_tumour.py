"""A tumour drawn into a slice of tissue labels, for lesson 51: a core, a rim around it, and oedema."""

import numpy as np
from scipy import ndimage

#: How far the parts reach, in radii of the rim: the core, and the oedema along white matter.
CORE, OEDEMA = 0.6, 2.0


def draw_tumour(tissue: np.ndarray, at: tuple[int, int], radius: float) -> np.ndarray:
    """Draw a tumour with wavy borders: core (1), enhancing rim (4), oedema (2) that follows the white matter.

    It pushes nothing aside, as a tumour would.

    Args:
        tissue: (H, W), labels as in `scheme.TISSUES`, 0 outside the brain.
        at: row and column of its middle.
        radius: of the rim, in pixels.

    Returns:
        (H, W) uint8, BraTS' labels; all 0 where the middle lies outside the brain or the radius is 0.
    """
    seg = np.zeros(tissue.shape, np.uint8)
    rows, columns = np.indices(tissue.shape)
    inside = (0 <= at[0] < tissue.shape[0]) and (0 <= at[1] < tissue.shape[1])
    if radius <= 0 or not inside or not tissue[tuple(at)]:
        return seg
    waves = ndimage.gaussian_filter(np.random.default_rng(51).standard_normal(tissue.shape), 3)
    distance = np.hypot(rows - at[0], columns - at[1]) * (1 + 0.35 * waves / np.abs(waves).max()) / radius
    brain = tissue > 0
    reached = brain & (distance < 1.25) | (tissue == 3) & (distance < OEDEMA)
    parts, _ = ndimage.label(ndimage.binary_closing(reached) & (tissue > 1))
    touched = np.unique(parts[brain & (distance < 1)])
    seg[np.isin(parts, touched) & (parts > 0)] = 2  # only what reaches the tumour
    seg[brain & (distance < 1)] = 4
    seg[brain & (distance < CORE)] = 1
    return seg
