"""Does a generator copy its training images? Nearest neighbours say how close it comes."""

import numpy as np


def distances(images: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Root-mean-square difference of every image to every reference image, (N, M).

    Args:
        images: (N, H, W).
        reference: (M, H, W).
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (images, reference))
    squared = (a**2).mean(1)[:, None] + (b**2).mean(1) - 2 * (a @ b.T) / a.shape[1]
    return np.sqrt(np.maximum(squared, 0))


def nearest(images: np.ndarray, reference: np.ndarray, block: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Each image's nearest reference image: (distance, index), both (N,); see `distances`."""
    parts = [distances(images[i : i + block], reference) for i in range(0, len(images), block)]
    return np.concatenate([p.min(1) for p in parts]), np.concatenate([p.argmin(1) for p in parts])


def memorisation(generated: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Is the nearest training image nearer than the nearest image that the generator never saw?

    Args:
        generated: (N, H, W) in [-1, 1].
        train, held_out: (M, H, W) each, equally many, since the nearest of more images is nearer; and of
            equally many patients, since slices of one patient are alike.

    Returns:
        `to_train`, `to_held_out`: medians of the distance to the nearest. `ratio`: of the two; well below 1
        means copies. `nearer_to_train`: share of the generated images that are nearer to training; copies
        make it rise above one half. `held_out_to_train`: the same distance for real images, as a measure.

    Raises:
        ValueError: the two sets differ in number.
    """
    if len(train) != len(held_out):
        raise ValueError(
            f"expected equally many, received {len(train)} training, {len(held_out)} held-out images"
        )
    to_train, to_held_out = nearest(generated, train)[0], nearest(generated, held_out)[0]
    return {
        "to_train": float(np.median(to_train)),
        "to_held_out": float(np.median(to_held_out)),
        "ratio": float(np.median(to_train) / np.median(to_held_out)),
        "nearer_to_train": float(np.mean(to_train < to_held_out)),
        "held_out_to_train": float(np.median(nearest(held_out, train)[0])),
    }
