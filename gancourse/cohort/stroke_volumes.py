"""Make scans of patients with stroke alike: one volume of several, units, grid, and where the brain is."""

from pathlib import Path

import numpy as np
from scipy import ndimage

from gancourse.cohort.volumes import open_volume, stem
from gancourse.errors import InputError

#: Units of ADC, in 10^-6 mm2/s, by the least median that maps in them have.
ADC_UNITS = ((20.0, 1.0), (0.02, 1e3), (0.0, 1e6))
HIGH_B = 500.0  # s/mm2, the least b of an image that shows acute infarcts
WIDER = 1.5  # how much finer than DWI's FLAIR's voxels have to be for it to be smoothed first


def choose_volume(
    path: Path, modality: str, assume_orientation: str | None = None
) -> tuple[int, float] | None:
    """Choose the volume of a file that holds one or several, as `isles.StrokePatient.chosen` says."""
    shape = open_volume(path, assume_orientation).shape
    count = int(np.prod(shape[3:]))
    if count == 1:
        return None
    table = path.with_name(stem(path) + ".bval")
    if modality != "dwi":
        raise InputError(f"{path}: {count} volumes, expected one; write the one that is meant as a file")
    if not table.is_file():
        raise InputError(
            f"{path}: {count} volumes, expected one; write the one with b near 1000 s/mm2 as a file, or put "
            f"{table.name} beside it, which says each one's b"
        )
    try:
        b = np.array(table.read_text().split(), float)
    except ValueError as error:
        raise InputError(f"{table}: no list of numbers, expected one b per volume") from error
    if b.size != count or len(shape) != 4:
        raise InputError(f"{table}: {b.size} values for {count} volumes of {path.name}, expected one each")
    highest = np.flatnonzero(b >= b.max() - 50)  # directions differ by a little in what they state
    if b.max() < HIGH_B or highest.size > 1:
        several = f"{highest.size} volumes with the highest b, average them"
        what = "b too low" if b.max() < HIGH_B else several
        raise InputError(
            f"{path}: {what} (b = {', '.join(f'{v:.0f}' for v in b[:6])}); expected one near 1000"
        )
    return int(highest[0]), float(b[highest[0]])


def adc_unit(volume: np.ndarray) -> float:
    """Return the unit of a map of ADC (X, Y, Z) in 10^-6 mm2/s: 1, 1e3 (10^-3 mm2/s) or 1e6 (mm2/s)."""
    positive = volume[np.isfinite(volume) & (volume > 0)]
    middle = float(np.median(positive)) if positive.size else np.inf
    return next(unit for least, unit in ADC_UNITS if middle >= least)


def resampled(
    volume: np.ndarray, affine: np.ndarray, shape: tuple[int, ...], wanted: np.ndarray
) -> np.ndarray:
    """Resample a volume to another grid by linear interpolation, 0 beyond its edge.

    What is finer than the new grid is smoothed first, so that a thick slice averages over all of its
    thickness.

    Args:
        volume: (X, Y, Z), any values; not-a-number counts as 0.
        affine: (4, 4), its voxels to RAS mm.
        shape: of the result.
        wanted: (4, 4), the affine of the result.
    """
    to_old = np.linalg.inv(affine) @ wanted
    steps = np.abs(to_old[:3, :3]).max(1)  # old voxels per new one
    sigma = np.where(steps > WIDER, 0.35 * np.sqrt(np.maximum(steps**2 - 1, 0)), 0)
    smooth = ndimage.gaussian_filter(np.nan_to_num(volume).astype(np.float32), sigma)
    return ndimage.affine_transform(smooth, to_old[:3, :3], to_old[:3, 3], shape, order=1, cval=0.0)


def bright_piece(volume: np.ndarray, zooms: np.ndarray) -> np.ndarray:
    """Return the largest bright piece (X, Y, Z) of a DWI with a skull, filled."""
    values = np.nan_to_num(volume)
    threshold = 0.35 * np.percentile(values[values > np.percentile(values, 60)], 75)
    disc = np.ones((3, 3, 1), bool)  # within slices, which may be thick
    steps = max(1, round(3 / float(zooms[0])))
    core = ndimage.binary_erosion(values > threshold, disc, iterations=steps)
    pieces, count = ndimage.label(core)
    if not count:
        raise InputError("nothing but background, expected a brain; use another file")
    largest = pieces == 1 + np.bincount(pieces.ravel())[1:].argmax()
    grown = ndimage.binary_dilation(largest, disc, iterations=steps + 1) & (values > threshold)
    return filled(grown)


def filled(mask: np.ndarray) -> np.ndarray:
    """Return a mask (X, Y, Z) with the holes of its axial slices filled."""
    return np.stack([ndimage.binary_fill_holes(part) for part in np.moveaxis(mask, 2, 0)], axis=2)
