"""Round lesions for slices without a tumour, to ask models about what they never saw."""

import numpy as np
from scipy import ndimage


def put_discs(
    images: np.ndarray, count: int, radius: float, value: float, rng: np.random.Generator
) -> np.ndarray:
    """Put `count` discs of `radius` pixels and intensity `value`, with a soft edge, well inside each brain.

    Args:
        images: (N, H, W) in [-1, 1], the background -1.

    Raises:
        ValueError: a brain is too small for such a disc.
    """
    rows, columns = np.mgrid[: images.shape[1], : images.shape[2]]
    found = np.array(images, np.float32)
    for image in found:
        brain = ndimage.binary_fill_holes(image > -1)
        places = np.argwhere(ndimage.distance_transform_edt(brain) > radius + 1)
        if not len(places):
            raise ValueError(f"radius={radius}: no disc of that size fits into the brain")
        for row, column in places[rng.integers(len(places), size=count)]:
            share = np.clip(radius + 0.5 - np.hypot(rows - row, columns - column), 0, 1)
            image += share * (value - image)
    return found
