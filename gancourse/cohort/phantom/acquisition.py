"""Acquire a signal as a scanner and its post-processing do: coil, ghosts, voxels, noise, resampling.

Images are acquired in voxels of their own, often in thick slices of any plane, and then resampled to the
grid: so noise is correlated, and thick sagittal or coronal slices leave streaks on axial ones.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import COARSE_MM, COARSE_SHAPE, sample, smooth_noise
from gancourse.cohort.phantom.parameters import Scan


@dataclass(frozen=True)
class ScanNoise:
    """All that is random in one acquisition."""

    coil: np.ndarray  # (x, y, z), unit noise on the coarse grid
    thermal: np.ndarray  # (2, i, j, k), unit noise of both channels on the acquired voxels
    start: np.ndarray  # (3,), 0..1: where in the first acquired voxel the grid begins


def steps_mm(scan: Scan) -> np.ndarray:
    """Return the distance between acquired voxels along x, y and z in mm."""
    steps = np.full(3, scan.pixel_mm)
    steps[scan.slice_axis] = scan.thickness_mm
    return steps


def draw_noise(rng: np.random.Generator, scan: Scan, shape: tuple[int, ...], spacing: float) -> ScanNoise:
    """Draw the noise of a scan that is resampled to a grid of that shape and spacing (mm)."""
    acquired = [
        acquired_count(n, spacing, max(step, spacing)) for n, step in zip(shape, steps_mm(scan), strict=True)
    ]
    coil = smooth_noise(rng, COARSE_SHAPE, 45 / COARSE_MM)
    return ScanNoise(coil, rng.standard_normal((2, *acquired), dtype=np.float32), rng.random(3))


def acquired_count(count: int, spacing: float, step: float) -> int:
    """Return how many acquired voxels cover `count` voxels of the grid."""
    return int(np.ceil(count * spacing / step)) + 2


def acquire(
    image: np.ndarray,
    known: np.ndarray,
    scan: Scan,
    noise: ScanNoise,
    points: np.ndarray,
    spacing: float,
) -> np.ndarray:
    """Acquire a signal (x, y, z) with white matter 1 -> float32, in the same unit.

    Args:
        image: the signal.
        known: bool, where it is known; nothing of the rest mixes in.
        scan, noise: how it is acquired.
        points: (3, x, y, z), the voxels' centres in mm.
        spacing: of the voxels in mm.
    """
    image = image * np.exp(scan.bias * sample(noise.coil, points / COARSE_MM))
    image = ghosted(image, scan, spacing)
    share = known.astype(np.float32)
    image, fine = image * share, 1.0
    back = []
    for axis, (step, start) in enumerate(zip(steps_mm(scan), noise.start, strict=True)):
        fine *= min(step / spacing, 1.0)
        step = max(step, spacing)
        ringing = 0.0 if axis == scan.slice_axis else scan.ringing
        down, up = resampling(image.shape[axis], spacing, step, float(start), scan.blur_mm, ringing)
        image, share = along(axis, down, image), along(axis, np.abs(down), share)
        back.append(up)
    held = share > 0.05
    image = np.where(held, image / np.where(held, share, 1), 0)
    # A voxel of the grid may average several acquired ones.
    sigma = scan.noise * np.sqrt(fine)
    image = np.hypot(image + sigma * noise.thermal[0], sigma * noise.thermal[1]) * held  # Rician
    weight = held.astype(np.float32)
    for axis, up in enumerate(back):
        image, weight = along(axis, up, image), along(axis, up, weight)
    return (image / np.maximum(weight, 1e-3)) ** scan.gamma


def along(axis: int, matrix: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Multiply an axis of an image by a matrix (new, old)."""
    return np.moveaxis(np.tensordot(matrix, image, (1, axis)), 0, axis)


def resampling(
    count: int, spacing: float, step: float, start: float, blur_mm: float, ringing: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrices that acquire an axis (acquired, count), and that bring it back to the grid.

    An acquired voxel averages over a box `step` mm wide, blurred by `blur_mm`. With `ringing` 1 it is the
    sharp cut of an unfiltered k-space instead, whose sidelobes are Gibbs' ringing. Back it goes by linear
    interpolation.
    """
    acquired = acquired_count(count, spacing, step)
    grid = (np.arange(count) + 0.5) * spacing
    centres = (np.arange(acquired) - start) * step
    away = centres[:, None] - grid
    width = np.hypot(step, np.sqrt(12) * blur_mm)
    overlap = np.clip((width + spacing) / 2 - np.abs(away), 0, min(width, spacing))
    lobes = np.sinc(away / step) * np.clip(1 - np.abs(away) / (5 * step), 0, 1)
    down = (1 - ringing) * overlap / spacing + ringing * lobes
    total = down.sum(1, keepdims=True)
    down = np.where(total > 1e-3, down / np.where(total > 1e-3, total, 1), 0)
    up = np.clip(1 - np.abs(away.T) / step, 0, None)
    return down.astype(np.float32), up.astype(np.float32)


def ghosted(image: np.ndarray, scan: Scan, spacing: float) -> np.ndarray:
    """Add faint copies of the image, shifted along the phase-encoding axis, as motion leaves them."""
    if not scan.ghost:
        return image
    shift = round(scan.ghost_mm / spacing)
    copies = np.roll(image, shift, scan.phase_axis) + np.roll(image, -shift, scan.phase_axis)
    return np.clip(image + scan.ghost * (copies - 2 * image), 0, None)
