"""Real images made worse in known ways: what a metric says of these is what its numbers mean.

All take and give images (N, H, W) in [-1, 1], background -1; amounts are in pixels or in the images' unit.
"""

import numpy as np
from scipy import ndimage


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """With a Gaussian of `sigma` pixels: 0.5 is hardly seen, 1 smears the sulci."""
    return ndimage.gaussian_filter(np.asarray(images, np.float32), (0, sigma, sigma))


def noisy(images: np.ndarray, sigma: float, seed: int = 0) -> np.ndarray:
    """With Gaussian noise inside the brain: 0.05 is hardly seen, 0.1 is grain on white matter."""
    images = np.asarray(images, np.float32)
    return _inside(images, images + np.random.default_rng(seed).normal(0, sigma, images.shape))


def checkered(images: np.ndarray, height: float) -> np.ndarray:
    """With a checkerboard of one pixel inside the brain, up and down by `height`."""
    images = np.asarray(images, np.float32)
    rows, columns = np.indices(images.shape[1:])
    return _inside(images, images + height * (1 - 2 * ((rows + columns) % 2)))


def dimmed(images: np.ndarray, factor: float) -> np.ndarray:
    """With brightness above the background times `factor`."""
    images = np.asarray(images, np.float32)
    return np.clip(factor * (images + 1) - 1, -1, 1)


def joined(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Each left half beside the right half of another image: good texture, wrong anatomy."""
    images = np.array(images, np.float32)
    other = np.random.default_rng(seed).permutation(len(images))
    middle = images.shape[2] // 2
    images[:, :, middle:] = images[other][:, :, middle:]
    return images


def collapsed(images: np.ndarray, modes: int, seed: int = 0) -> np.ndarray:
    """As many images, but only `modes` different ones."""
    rng = np.random.default_rng(seed)
    return np.asarray(images)[rng.choice(rng.choice(len(images), modes, replace=False), len(images))]


def halves(patients: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of rows that share no patient: half of the patients each, drawn at random."""
    drawn = np.random.default_rng(seed).permutation(np.unique(patients))
    first = np.isin(patients, drawn[: len(drawn) // 2])
    return np.flatnonzero(first), np.flatnonzero(~first)


def _inside(images: np.ndarray, changed: np.ndarray) -> np.ndarray:
    return np.where(images > -1, np.clip(changed, -1, 1), -1).astype(np.float32)
