"""Corrupt real images in known ways, to see how a metric responds to each corruption.

Each function takes and returns images (N, H, W) in [-1, 1], background -1; amounts are in pixels or in the
images' unit.
"""

import numpy as np
from scipy import ndimage


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """Blur with a Gaussian of `sigma` pixels: 0.5 is barely visible, 1 smears the sulci."""
    return ndimage.gaussian_filter(np.asarray(images, np.float32), (0, sigma, sigma))


def noisy(images: np.ndarray, sigma: float, seed: int = 0) -> np.ndarray:
    """Add Gaussian noise inside the brain: 0.05 is barely visible, 0.1 makes white matter grainy."""
    images = np.asarray(images, np.float32)
    return _inside(images, images + np.random.default_rng(seed).normal(0, sigma, images.shape))


def checkered(images: np.ndarray, height: float) -> np.ndarray:
    """Add a one-pixel checkerboard of plus and minus `height` inside the brain."""
    images = np.asarray(images, np.float32)
    rows, columns = np.indices(images.shape[1:])
    return _inside(images, images + height * (1 - 2 * ((rows + columns) % 2)))


def joined(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Join each left half to the right half of another image: good texture, wrong anatomy."""
    images = np.array(images, np.float32)
    other = np.random.default_rng(seed).permutation(len(images))
    middle = images.shape[2] // 2
    images[:, :, middle:] = images[other][:, :, middle:]
    return images


def _inside(images: np.ndarray, changed: np.ndarray) -> np.ndarray:
    return np.where(images > -1, np.clip(changed, -1, 1), -1).astype(np.float32)
