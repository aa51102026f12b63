"""Acquire a signal as a scanner and its post-processing do: coil, ghosts, voxels, noise, resampling.

Images are acquired in voxels of their own, often in thick slices of any plane, and then resampled to the
grid: so noise is correlated, and thick sagittal or coronal slices leave streaks on axial ones.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import COARSE_MM, COARSE_SHAPE, sample, smooth_noise
from gancourse.cohort.phantom.protocol import Scan

FINER = 1.2  # acquired voxels finer than the grid's by this factor count as the grid's own
SMOOTH = 0.55  # standard deviation of the interpolating Gaussian, in acquired voxels


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
    acquired = [acquired_count(n, spacing, step) for n, step in zip(shape, steps_mm(scan), strict=True)]
    coil = smooth_noise(rng, COARSE_SHAPE, 45 / COARSE_MM)
    return ScanNoise(coil, rng.standard_normal((2, *acquired), dtype=np.float32), rng.random(3))


def acquired_count(count: int, spacing: float, step: float) -> int:
    """Return how many acquired voxels cover `count` voxels of the grid."""
    return count if step <= spacing / FINER else int(np.ceil(count * spacing / step)) + 2


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
        scan: how it is acquired.
        noise: all that is random in it.
        points: (3, x, y, z), the voxels' centres in mm.
        spacing: of the voxels in mm.
    """
    image = image * np.exp(scan.bias * sample(noise.coil, points / COARSE_MM))
    image, share = ghosted(image, scan, spacing) * known, known.astype(np.float32)
    back, sigma = [], scan.noise
    for axis, (step, start) in enumerate(zip(steps_mm(scan), noise.start, strict=True)):
        sigma *= min(
            1.0, np.sqrt(step / spacing)
        )  # a finer voxel is noisier, but the grid's averages several
        ringing = 0.0 if axis == scan.slice_axis else scan.ringing
        down, up = resampling(image.shape[axis], spacing, step, float(start), scan.blur_mm, ringing)
        image, share = along(axis, down, image), along(axis, down, share)
        back.append(up)
    held = share > 0.1
    image = np.where(held, image / np.where(held, share, 1), 0)
    # Scanners interpolate the complex signal and take its magnitude afterwards: that is Rician.
    real, imaginary = (image + sigma * noise.thermal[0]) * held, sigma * noise.thermal[1] * held
    weight = held.astype(np.float32)
    for axis, up in enumerate(back):
        real, imaginary, weight = (along(axis, up, part) for part in (real, imaginary, weight))
    return (np.hypot(real, imaginary) / np.maximum(weight, 1e-3)) ** scan.gamma


def along(axis: int, matrix: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Multiply an axis of an image by a matrix (new, old)."""
    return np.moveaxis(np.tensordot(matrix, image, (1, axis)), 0, axis)


def resampling(
    count: int, spacing: float, step: float, start: float, blur_mm: float, ringing: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrices that acquire an axis (acquired, count), and that bring it back to the grid.

    An acquired voxel averages over a box as long as the `step` (mm) to the next, from a signal blurred by
    `blur_mm`; `ringing` 1 makes it the sharp cut of an unfiltered k-space instead, whose sidelobes are Gibbs'
    ringing. Back it goes by linear interpolation between voxels much longer than the grid's, and by a
    Gaussian between others, which leaves no beat pattern.
    """
    grid = (np.arange(count) + 0.5) * spacing
    if step <= spacing / FINER:
        centres, step = grid, spacing
        up = np.eye(count)
    else:
        centres = (np.arange(acquired_count(count, spacing, step)) - start) * step
        away = np.abs(grid[:, None] - centres) / step
        up = np.clip(1 - away, 0, None) if step > 1.5 * spacing else np.exp(-0.5 * (away / SMOOTH) ** 2)
    away = np.abs(centres[:, None] - grid)
    width = np.hypot(step, np.sqrt(12) * blur_mm)
    down = np.clip((width + spacing) / 2 - away, 0, min(width, spacing)) / width
    lobes = np.sinc(away / step) * np.clip(1 - away / (5 * step), 0, 1) * spacing / step
    return unit_rows((1 - ringing) * down + ringing * lobes), unit_rows(up)


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Scale the rows of a matrix to a sum of 1, but for those that are nearly empty."""
    total = matrix.sum(1, keepdims=True)
    return (matrix / np.where(total > 0.05, total, np.inf)).astype(np.float32)


def ghosted(image: np.ndarray, scan: Scan, spacing: float) -> np.ndarray:
    """Add faint copies of the image, shifted along the phase-encoding axis, as motion leaves them."""
    if not scan.ghost:
        return image
    shift = round(scan.ghost_mm / spacing)
    copies = np.roll(image, shift, scan.phase_axis) + np.roll(image, -shift, scan.phase_axis)
    return np.clip(image + scan.ghost * (copies - 2 * image), 0, None)
