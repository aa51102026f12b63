"""One file on disk, one array in memory: NIfTI and MetaImage volumes, always in LPS voxel axes.

A volume file stores its voxels in any of 48 axis orders and says which in its affine: the 4 x 4 matrix
that takes voxel indices (i, j, k, 1) to millimetres in the scanner's RAS frame. Here every array is turned,
without interpolation, so that its axes point to the patient's Left, to Posterior and to Superior. An oblique
volume is turned to the nearest such axes and keeps its obliqueness in the affine.
"""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import orientations

from gancourse.cohort import bytestream
from gancourse.cohort.metaimage import read_metaimage
from gancourse.cohort.nifti import read_nifti
from gancourse.cohort.stored_volume import StoredVolume, check_orientation
from gancourse.errors import InputError
from gancourse.files import write_beside

#: File name endings that can hold a volume.
ENDINGS = (".nii.gz", ".nii", ".mha")
#: Range of magnitudes that float32 arithmetic can handle, except for squares.
FAINTEST, BRIGHTEST = 1e-34, 1e37
#: More unknown values than these in a label file, and it is taken for a scan.
MOST_LABELS = 20

_LPS = orientations.axcodes2ornt("LPS")


def stem(path: Path | str) -> str:
    """Return a file name without its volume ending: `a.1_t1.nii.gz` gives `a.1_t1`."""
    name = Path(path).name
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), name)


def open_volume(path: Path | str, assume_orientation: str | None = None) -> StoredVolume:
    """Read the header of a `.nii`, `.nii.gz` or `.mha` file and hold it against the file's size.

    Args:
        path: The file.
        assume_orientation: Where the stored axes point to, such as "LPS" (left, posterior, superior), for a
            file whose header does not say or contradicts itself. One that says it is believed.

    Raises:
        InputError: No such file, or not a volume of numbers; a header that contradicts itself or the file's
            size; or an orientation that is not stated.
    """
    path, letters = Path(path), check_orientation(assume_orientation)
    with bytestream.open_bytes(path) as (stream, packed):
        read_header = read_metaimage if path.name.lower().endswith(".mha") else read_nifti
        volume = read_header(path, stream, letters)
        if volume.dtype.kind not in "iuf" or volume.dtype.itemsize > 8:
            raise InputError(f"{path}: voxels are of type {volume.dtype}, expected numbers; convert it")
        claimed = volume.start + volume.nbytes
        bytestream.check_size(path, claimed, packed or volume.deflated)
    return volume


def read_volume(
    path: Path,
    channel: int | None = None,
    dtype: type | None = np.float32,
    assume_orientation: str | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Read one volume in LPS, and its whole file, so that no damage passes.

    Args:
        path: `.nii`, `.nii.gz` or `.mha`.
        channel: Which volume of a 4-D file; None for a file of one volume, also with trailing axes of 1.
        dtype: Type of the result; None keeps the file's own.
        assume_orientation: As in `open_volume`.

    Returns:
        The array, (X, Y, Z), axes to Left, Posterior, Superior, and its affine, (4, 4), to RAS millimetres.

    Raises:
        InputError: The file cannot be read, is damaged, has another shape, or holds magnitudes that float32
            cannot handle.
    """
    volume = open_volume(path, assume_orientation)
    shape = volume.shape
    ones = (1,) * len(shape[3:])
    if len(shape) < 3 or (shape[3:] != ones if channel is None else len(shape) != 4):
        raise InputError(
            f"{path}: shape {shape}, expected {3 if channel is None else 4} axes; is this the file?"
        )
    if channel is not None and channel >= shape[3]:
        raise InputError(f"{path}: {shape[3]} volumes, expected {channel + 1} or more; download it again")
    stored = volume.read(channel or 0)
    if dtype is np.float32:
        _check_magnitude(path, stored)
    turn = _to_lps(volume.affine)
    array = orientations.apply_orientation(stored, turn)
    affine = volume.affine @ orientations.inv_ornt_aff(turn, shape[:3])
    with np.errstate(invalid="ignore"):  # not-a-number is left to those who read on
        return array.astype(dtype or stored.dtype.newbyteorder("="), order="K"), affine


def _check_magnitude(path: Path, stored: np.ndarray) -> None:
    """Refuse intensities that float32 would round to infinity or to nothing."""
    if stored.dtype.kind != "f":
        return
    largest = max((float(np.abs(slab[np.isfinite(slab)]).max(initial=0)) for slab in stored), default=0.0)
    if largest and not FAINTEST < largest < BRIGHTEST:
        raise InputError(
            f"{path}: its largest intensity is {largest:.3g}, expected {FAINTEST:g} to {BRIGHTEST:g}; "
            "multiply it by a constant"
        )


def read_labels(
    path: Path, labels: dict[int, int], assume_orientation: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read a label volume in LPS; floats such as 0.99999997 count as whole numbers.

    Args:
        path: As in `read_volume`.
        labels: For each value on disk, the value in memory; 0 stays 0.
        assume_orientation: As in `open_volume`.

    Returns:
        The labels, (X, Y, Z) uint8, and their affine, (4, 4).

    Raises:
        InputError: The file cannot be read, or a value is not whole (within 0.01) or not in `labels`.
    """
    stored, affine = read_volume(path, dtype=None, assume_orientation=assume_orientation)
    whole = np.rint(stored) if stored.dtype.kind == "f" else stored
    known = f"expected 0 and {', '.join(map(str, labels))}"
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        broken = whole is not stored and not (np.abs(stored - whole) <= 0.01).all()
    if broken:  # not-a-number as well
        raise InputError(
            f"{path}: labels are not whole numbers, {known}; resample them by nearest neighbour, "
            "or is it a scan?"
        )
    table = np.full(256, 255, np.uint8)
    table[[0, *labels]] = [0, *labels.values()]
    array = table[np.clip(whole, 0, 255).astype(np.uint8)]
    unknown = np.unique(whole[(array == 255) | (whole < 0) | (whole > 255)])
    if unknown.size > MOST_LABELS:
        raise InputError(f"{path}: {unknown.size} values that are no label, {known}; is it a scan?")
    if unknown.size:
        named = ", ".join(f"{value:.0f}" for value in unknown[:5])
        raise InputError(f"{path}: unknown label {named}, {known}; check it, or say which vintage it is")
    return array, affine


def grid(path: Path, assume_orientation: str | None = None) -> tuple[tuple[int, int, int], np.ndarray]:
    """Return the shape and affine that `read_volume` would give, from the header alone."""
    volume = open_volume(path, assume_orientation)
    if len(volume.shape) < 3:
        raise InputError(f"{path}: shape {volume.shape}, expected three axes; use a volume, not a slice")
    turn = _to_lps(volume.affine)
    x, y, z = (volume.shape[axis] for axis in np.argsort(turn[:, 0]))
    return (x, y, z), volume.affine @ orientations.inv_ornt_aff(turn, volume.shape[:3])


def write_like(array: np.ndarray, path: Path, like: Path, assume_orientation: str | None = None) -> None:
    """Write an LPS array in another file's own grid: its axis order, shape and affine.

    Args:
        array: (X, Y, Z) in LPS, of the shape that `read_volume(like)` has; bool is written as uint8.
        path: `.nii` or `.nii.gz`; written beside and renamed, so it is whole or absent.
        like: The volume file that gives the grid.
        assume_orientation: Of `like`, as in `open_volume`; what is written then states it.

    Raises:
        InputError: The shape does not fit, `path` does not end in `.nii` or `.nii.gz`, or cannot be written.
    """
    path, volume = Path(path), open_volume(like, assume_orientation)
    ending = next((ending for ending in (".nii.gz", ".nii") if path.name.endswith(ending)), None)
    if ending is None:
        raise InputError(f"{path}: results are written as NIfTI; choose a name that ends in .nii.gz")
    if array.shape != (shape := grid(like, assume_orientation)[0]):
        raise InputError(f"{path}: an array of shape {array.shape} does not fit {like}, {shape}; resample it")
    if array.dtype not in (np.uint8, np.int16, np.uint16, np.int32, np.float32):  # what every reader knows
        array = array.astype({"b": np.uint8, "f": np.float32}.get(array.dtype.kind, np.int32))
    back = orientations.ornt_transform(_LPS, orientations.io_orientation(volume.affine))
    stored = orientations.apply_orientation(array, back)
    if volume.shape[3:] and np.prod(volume.shape[3:]) == 1:  # a trailing axis of 1 is part of the grid
        stored = stored.reshape(volume.shape)
    header = volume.header.copy()
    header.set_data_dtype(stored.dtype)
    kind = nib.Nifti2Image if isinstance(header, nib.Nifti2Header) else nib.Nifti1Image
    data = kind(stored, volume.affine, header).to_bytes()
    if ending == ".nii.gz":
        data = gzip.compress(data, compresslevel=1, mtime=0)
    write_beside(path, lambda file: file.write(data))


def grid_problem(
    path: Path,
    found: tuple[tuple[int, ...], np.ndarray],
    other: Path,
    expected: tuple[tuple[int, ...], np.ndarray],
) -> str | None:
    """Describe how a file's grid (shape, affine) differs from that of another; None if they agree."""
    # The old .mha truths may carry another origin than their scans; their voxels agree all the same.
    if found[0] != expected[0]:
        what = f"shape {found[0]} instead of {expected[0]}"
    elif not same_grid(expected[1], found[1], origin=path.suffix.lower() != ".mha"):
        what = "another affine"
    else:
        return None
    return (
        f"{path}: on another grid than {other} ({what}); register it to that one and resample it first, for "
        "example with FSL FLIRT, ANTs or Greedy, or correct its header"
    )


def same_grid(first: np.ndarray, second: np.ndarray, origin: bool = True) -> bool:
    """Return whether two affines agree: axes to a twentieth of a voxel, the origin to half a voxel."""
    zooms = nib.affines.voxel_sizes(first)
    directions = np.abs(first[:3, :3] - second[:3, :3]) <= 0.05 * zooms.max()
    shift = np.abs(first[:3, 3] - second[:3, 3]) <= 0.5 * zooms.max()
    return bool(directions.all() and (shift.all() or not origin))


def _to_lps(affine: np.ndarray) -> np.ndarray:
    return orientations.ornt_transform(orientations.io_orientation(affine), _LPS)
