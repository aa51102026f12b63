"""Describe sets of images by simple numbers: pixel statistics, power spectra, and how much images differ."""

import numpy as np

from gancourse.metrics.memorisation import distances


def pixel_statistics(images: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """Compare each pixel's mean and standard deviation in two sets, averaged over pixels.

    Args:
        images, real: (N, H, W) and (M, H, W) in [-1, 1].

    Returns:
        `mean_difference` and `std_difference`, absolute, in the images' unit (the range is 2 wide).
    """
    a, b = np.asarray(images, np.float64), np.asarray(real, np.float64)
    return {
        "mean_difference": float(np.abs(a.mean(0) - b.mean(0)).mean()),
        "std_difference": float(np.abs(a.std(0) - b.std(0)).mean()),
    }


def radial_spectrum(images: np.ndarray) -> np.ndarray:
    """Return the mean power of the waves of 0, 1, 2, ... cycles per image (rounded), in any direction.

    Diagonal waves can be finer than S / 2 cycles along an edge. The finest, one pixel black and one white in
    both directions, is a checkerboard and has S / sqrt(2).

    Args:
        images: (N, S, S).

    Returns:
        (round(S / sqrt(2)) + 1,): 46 numbers for images of 64 pixels.
    """
    images = np.asarray(images, np.float64)
    size = images.shape[-1]
    power = (np.abs(np.fft.fft2(images)) ** 2).mean(0) / size**4
    cycles = np.fft.fftfreq(size, 1 / size)
    radius = np.hypot(cycles[:, None], cycles).round().astype(int)
    return np.bincount(radius.ravel(), power.ravel()) / np.bincount(radius.ravel())


def spectrum_distance(images: np.ndarray, real: np.ndarray) -> float:
    """Return the mean absolute difference of two radial spectra in dB; blur and grids both raise it."""
    ratio = radial_spectrum(images)[1:] / radial_spectrum(real)[1:]
    return float(np.abs(10 * np.log10(ratio)).mean())


def diversity(images: np.ndarray) -> dict[str, float]:
    """Return root-mean-square differences within a set: `mean_pair`, and `closest_pair` (near 0: repeats)."""
    pairs = distances(images, images)[np.triu_indices(len(images), 1)]
    return {"mean_pair": float(pairs.mean()), "closest_pair": float(pairs.min())}
