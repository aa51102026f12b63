"""A brain in two dimensions for lesson 42: points on a slice's rim and in its ventricles."""

import numpy as np
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def dark_inside(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the rim of a T1 slice (64, 64) in [-1, 1], and its dark inside: two masks of its shape.

    The dark inside is mostly ventricles: the darkest eighth of the brain, away from the rim, in its three
    largest pieces.
    """
    brain = ndimage.binary_fill_holes(image > -0.95)
    rim = brain & ~ndimage.binary_erosion(brain, iterations=2)
    if not brain.any():
        return rim, rim
    dark = ndimage.binary_erosion(brain, iterations=9) & (image < np.percentile(image[brain], 12))
    pieces, count = ndimage.label(dark)
    sizes = ndimage.sum(dark, pieces, np.arange(1, count + 1))
    return rim, np.isin(pieces, 1 + np.argsort(sizes)[-3:])


def most_dark_inside(images: np.ndarray) -> int:
    """Return which of the T1 slices (N, 64, 64) has the largest ventricles."""
    return int(np.argmax([dark_inside(image)[1].sum() for image in images]))


def draw_points(image: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw points (count, 2) float32 on a T1 slice: 65 % on its rim, the rest in its dark inside.

    Coordinates are x to the patient's left and y to the back, about -1 to 1.
    """
    rim, dark = dark_inside(image)
    share = 0.65 * rim / rim.sum() + (0.35 * dark / dark.sum() if dark.any() else 0.0)
    y, x = np.divmod(rng.choice(share.size, count, p=share.ravel() / share.sum()), image.shape[1])
    places = np.stack([x, y], axis=1) + rng.uniform(-0.5, 0.5, (count, 2))
    return ((places - (image.shape[0] - 1) / 2) / 24).astype(np.float32)


def transport(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Wasserstein distance of two sets of equally many points, (N, 2) each.

    It is the mean way that points of `a` have to go if each moves onto a point of its own in `b`, and all of
    them together go as short a way as they can.
    """
    ways = cdist(a, b)
    return float(ways[linear_sum_assignment(ways)].mean())
