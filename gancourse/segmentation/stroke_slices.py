"""Axial slices at 2 mm of a patient with stroke, normalised for the network, and the way back.

Slices are resampled in the plane, and across it only where they are thinner: thick slices stay as they were
scanned. Intensities are compared with the patient's own brain, `3 * (value / median - 1)`, so that neither
the scanner's unit nor that of ADC matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gancourse.cohort.isles import STROKE_MODALITIES, StrokePatient
from gancourse.errors import InputError
from gancourse.segmentation.patient import axis_matrix, resample

SPACING_MM = 2.0
SHAPE = 112, 96  # rows and columns of a slice, at least
MULTIPLE = 16  # of rows and columns
MARGIN = 4  # pixels round the brain, at least
OUTSIDE = -3.0  # beyond the brain, which is no signal at all; a modality that is missing is 0 everywhere
HIGHEST = 9.0
LEAST_BRAIN = 12  # pixels in a slice that is looked at
LEAST_SEEN = 0.5  # share of a slice's brain that a modality has to show, or it is missing there


@dataclass
class StrokeSlices:
    """The K axial slices that show brain, from below; H x W is 112 x 96 or more.

    Attributes:
        images: (K, H, W, 3) float32, -3 to 9, channels as `isles.STROKE_MODALITIES`; rows to posterior,
            columns to the patient's left.
        brain: (K, H, W) bool.
        lesion: (K, H, W) uint8, 0 or 1; None if the patient has no mask.
        present: (K, 3) bool, the modalities that show each slice.
    """

    images: np.ndarray
    brain: np.ndarray
    lesion: np.ndarray | None
    present: np.ndarray
    at: np.ndarray = field(repr=False)  # (K,) index of each slice on the network's grid
    corner: tuple[int, int] = field(repr=False)  # place of its first row and column there; may be negative
    sizes: tuple[int, ...] = field(repr=False)  # of that grid, (x, y, z)
    back: list = field(repr=False)  # matrices from there to the patient's grid

    def volume(self, maps: np.ndarray) -> np.ndarray:
        """Bring maps (K, H, W) back to the patient's grid, (X, Y, Z) float32; 0 where no slice is."""
        whole = np.zeros(self.sizes, np.float32)
        (rows, into_rows), (columns, into_columns) = overlap(self.corner, self.brain.shape[1:], self.sizes)
        part = np.asarray(maps, np.float32)[:, rows, columns]
        whole[into_columns, into_rows, self.at] = part.transpose(2, 1, 0)
        return resample(whole, self.back)


def slices_of(
    patient: StrokePatient, modalities: Sequence[str] | None = None, brain: np.ndarray | None = None
) -> StrokeSlices:
    """Cut a patient into slices.

    Args:
        patient: who was scanned.
        modalities: some of DWI, ADC and FLAIR, to leave the others out; None for all that there are.
        brain: (X, Y, Z) bool on the patient's grid; None to look for it.

    Raises:
        InputError: none of the modalities, a modality without signal in the brain, or an unreadable file.
    """
    asked = modalities or STROKE_MODALITIES
    used = [m for m in STROKE_MODALITIES if m in patient.modalities and m in asked]
    if not used:
        wanted, known = (", ".join(names) for names in (asked, patient.modalities))
        raise InputError(f"{patient.id}: none of {wanted}; there are {known}")
    brain = patient.brain()[0] if brain is None else brain
    shape, zooms = brain.shape, patient.zooms
    sizes = [max(1, round(n * zoom / SPACING_MM)) for n, zoom in zip(shape, zooms, strict=True)]
    if zooms[2] > 0.9 * SPACING_MM:
        sizes[2] = shape[2]
    there = [axis_matrix(n, size) for n, size in zip(shape, sizes, strict=True)]
    back = [axis_matrix(size, n) for n, size in zip(shape, sizes, strict=True)]
    inside = resample(brain, there) >= 0.5
    if not inside.any():
        raise InputError(f"{patient.id}: no brain at {SPACING_MM:.0f} mm; check the voxel size")
    at = np.flatnonzero(inside.sum((0, 1)) >= LEAST_BRAIN)
    corner, window = window_of(inside)
    parts = [np.zeros((len(at), *window), np.float32)] * len(STROKE_MODALITIES)
    present = np.zeros((len(at), len(STROKE_MODALITIES)), bool)
    mask = cut(inside[:, :, at], corner, window)
    for modality in used:
        k = STROKE_MODALITIES.index(modality)
        volume = np.nan_to_num(patient.load(modality), posinf=0, neginf=0)
        found, shown = normalised(volume, brain, f"{patient.id}: {modality}")
        seen = cut(resample(shown, there)[:, :, at], corner, window) > 0.5
        present[:, k] = (seen & mask).sum((1, 2)) >= LEAST_SEEN * mask.sum((1, 2))
        part = cut(resample(found - OUTSIDE, there)[:, :, at], corner, window) + OUTSIDE
        parts[k] = np.where(mask, part, OUTSIDE) * present[:, k, None, None]
    lesion = None
    if patient.seg_path is not None:
        lesion = (cut(resample(patient.seg() > 0, there)[:, :, at], corner, window) >= 0.5).astype(np.uint8)
    images = np.stack(parts, -1).astype(np.float32)
    return StrokeSlices(images, mask, lesion, present, at, corner, tuple(sizes), back)


def normalised(volume: np.ndarray, brain: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Compare a volume (X, Y, Z) with its median in the brain.

    Returns:
        `3 * (value / median - 1)`, clipped to -3..9, float32; and where there is signal, (X, Y, Z) bool.

    Raises:
        InputError: there is no signal in the brain.
    """
    values = volume[brain]
    values = values[values != 0]
    if not values.size or np.ptp(values) == 0:
        raise InputError(f"{name} shows nothing in the brain; leave this file out, or give the right one")
    low = min(0.0, float(np.percentile(values, 0.5)))  # files that were normalised before have negative ones
    middle = float(np.median(values)) - low
    shown = brain & (volume != 0)
    found = np.clip(3 * ((volume - low) / middle - 1), OUTSIDE, HIGHEST)
    return np.where(shown, found, OUTSIDE).astype(np.float32), shown


def window_of(inside: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first row and column, and size, of the window round a brain (x, y, z); it may leave the grid."""
    corner, window = [], []
    for axis, least in ((1, SHAPE[0]), (0, SHAPE[1])):
        ends = np.flatnonzero(inside.any(tuple({0, 1, 2} - {axis})))[[0, -1]]
        size = max(least, -(-(int(ends[1] - ends[0]) + 1 + 2 * MARGIN) // MULTIPLE) * MULTIPLE)
        corner.append(int(ends.sum() + 1) // 2 - size // 2)
        window.append(size)
    return (corner[0], corner[1]), (window[0], window[1])


def cut(volume: np.ndarray, corner: tuple[int, int], window: tuple[int, int]) -> np.ndarray:
    """Cut the window out of a volume (x, y, K), 0 beyond it: (K, H, W)."""
    result = np.zeros((volume.shape[2], *window), volume.dtype)
    (rows, from_rows), (columns, from_columns) = overlap(corner, window, volume.shape)
    result[:, rows, columns] = volume[from_columns, from_rows].transpose(2, 1, 0)
    return result


def overlap(
    corner: tuple[int, int], window: tuple[int, ...], sizes: tuple[int, ...]
) -> list[tuple[slice, slice]]:
    """Return the rows, and the columns, that window and grid share, as they count in each of the two."""
    found = []
    for first, count, size in zip(corner, window, (sizes[1], sizes[0]), strict=True):
        low, high = max(0, first), min(size, first + count)
        found.append((slice(low - first, high - first), slice(low, high)))
    return found
