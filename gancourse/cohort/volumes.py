"""One file on disk, one array in memory: NIfTI and MetaImage volumes, always in LPS voxel axes.

A volume file stores its voxels in any of 48 axis orders and says which in its affine: the 4 x 4 matrix that takes
voxel indices (i, j, k, 1) to millimetres in the scanner's RAS frame. Here every array is turned, without
interpolation, so that the first axis points to the patient's Left, the second to Posterior, the third to Superior.
An oblique volume is turned to the nearest such axes and keeps its obliqueness in the affine.
"""

import gzip
import logging
import os
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import orientations
from scipy import ndimage

from gancourse.errors import InputError

#: File name endings that can hold a volume.
ENDINGS = (".nii.gz", ".nii", ".mha")

_LPS = orientations.axcodes2ornt("LPS")
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError, TypeError, ArithmeticError, MemoryError, RuntimeError)

logging.getLogger("nibabel.global").setLevel(logging.ERROR)  # header repairs; `cohort check` says what matters


def stem(path: Path | str) -> str:
    """A file name without its volume ending: `a.1_t1.nii.gz` gives `a.1_t1`."""
    name = Path(path).name
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), name)


def open_image(path: Path) -> nib.spatialimages.SpatialImage:
    """Open a volume file; voxels of a NIfTI file are read later.

    Raises:
        InputError: The file is missing, empty, or not a volume, or its affine is not one.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            magic = file.read(2)
        if not magic:
            raise InputError(f"{path}: the file is empty (0 bytes); download or unpack it again")
        if path.name.lower().endswith(".gz") != (magic == b"\x1f\x8b"):
            is_not = "is not gzip" if path.name.lower().endswith(".gz") else "is gzip"
            raise InputError(f"{path}: the content {is_not}, unlike its name; rename it to match, or download it again")
        image = _open_mha(path) if path.name.lower().endswith(".mha") else nib.load(path)
        if not isinstance(image, nib.Nifti1Image):  # Nifti2Image is one
            raise InputError(f"{path}: {type(image).__name__} is not a NIfTI volume; convert it to .nii.gz")
    except InputError:
        raise
    except (*_UNREADABLE, nib.filebasedimages.ImageFileError, nib.spatialimages.HeaderDataError) as error:
        raise _unreadable(path, error) from error
    linear = image.affine[:3, :3]
    if not np.isfinite(image.affine).all() or abs(np.linalg.det(linear)) < 1e-9:
        raise InputError(f"{path}: its affine is singular or not finite; save it again with a valid header")
    if image.get_data_dtype().kind not in "iuf":
        raise InputError(f"{path}: voxels are of type {image.get_data_dtype()}, expected numbers; convert it")
    return image


def read_volume(path: Path, channel: int = 0, dtype: type | None = np.float32) -> tuple[np.ndarray, np.ndarray]:
    """Read one volume in LPS.

    Args:
        path: `.nii`, `.nii.gz` or `.mha`; 3-D, or 4-D.
        channel: Which volume of a 4-D file; a trailing axis of 1 holds channel 0.
        dtype: Type of the result; None keeps the file's own.

    Returns:
        The array, (X, Y, Z), axes to Left, Posterior, Superior, and its affine, (4, 4), to RAS millimetres.

    Raises:
        InputError: The file cannot be read, is not 3-D, or has no such channel.
    """
    image = open_image(path)
    shape = image.shape
    channels = int(np.prod(shape[3:], dtype=int))
    if len(shape) < 3 or 0 in shape or len(shape) > 4 and channels > 1 or channel >= channels:
        raise InputError(f"{path}: shape {shape}, expected three axes (or four, with {channel + 1} or more volumes)")
    index = (slice(None),) * 3 + (channel,) + (0,) * (len(shape) - 4)
    try:
        stored = np.asanyarray(image.dataobj[index[: len(shape)]])  # only this channel is kept in memory
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error
    turn = _to_lps(image.affine)
    array = orientations.apply_orientation(stored, turn)
    affine = image.affine @ orientations.inv_ornt_aff(turn, shape[:3])
    return array.astype(dtype or stored.dtype, order="K"), affine


def read_labels(path: Path, labels: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Read a label volume in LPS; floats such as 0.99999997 count as whole.

    Args:
        path: As in `read_volume`.
        labels: For each value on disk, the value in memory; 0 stays 0.

    Returns:
        The labels, (X, Y, Z) uint8, and their affine, (4, 4).

    Raises:
        InputError: The file cannot be read, or a value is not whole (within 0.01) or not in `labels`.
    """
    stored, affine = read_volume(path, dtype=None)
    whole = np.rint(stored) if stored.dtype.kind == "f" else stored
    known = f"expected 0 and {', '.join(map(str, labels))}"
    if whole is not stored and not (np.abs(stored - whole) <= 0.01).all():  # not-a-number fails as well
        raise InputError(f"{path}: labels are not whole numbers, {known}; resample labels by nearest neighbour only")
    table = np.full(256, 255, np.uint8)
    table[[0, *labels]] = [0, *labels.values()]
    outside = [int(value) for value in (whole.min(), whole.max()) if not 0 <= value <= 255]
    array = table[whole.astype(np.uint8)]
    if outside or array.max() == 255:
        unknown = outside or np.unique(whole[array == 255]).astype(int).tolist()
        raise InputError(f"{path}: unknown label {', '.join(map(str, unknown[:5]))}, {known}; check the file, or say"
                         " which vintage it is")
    return array, affine


def grid(path: Path) -> tuple[tuple[int, int, int], np.ndarray]:
    """Shape and affine that `read_volume` would give, from the header."""
    image = open_image(path)
    turn = _to_lps(image.affine)
    shape = tuple(int(image.shape[axis]) for axis in np.argsort(turn[:, 0]))
    return shape, image.affine @ orientations.inv_ornt_aff(turn, image.shape[:3])


def write_like(array: np.ndarray, path: Path, like: Path) -> None:
    """Write an LPS array in another file's own grid: its axis order, shape and affine.

    Args:
        array: (X, Y, Z) in LPS, of the shape that `read_volume(like)` has; bool is written as uint8.
        path: `.nii` or `.nii.gz`; written beside and renamed, so it is whole or absent.
        like: The volume file that gives the grid.

    Raises:
        InputError: The shape does not fit, or `path` does not end in `.nii` or `.nii.gz`.
    """
    path, image = Path(path), open_image(like)
    ending = next((ending for ending in (".nii.gz", ".nii") if path.name.endswith(ending)), None)
    if ending is None:
        raise InputError(f"{path}: results are written as NIfTI; choose a name that ends in .nii.gz")
    if array.shape != grid(like)[0]:
        raise InputError(f"{path}: array of shape {array.shape} does not fit {like}, {grid(like)[0]}; resample it first")
    if array.dtype not in (np.uint8, np.int16, np.uint16, np.int32, np.float32):  # what every reader knows
        array = array.astype({"b": np.uint8, "f": np.float32}.get(array.dtype.kind, np.int32))
    back = orientations.ornt_transform(_LPS, orientations.io_orientation(image.affine))
    stored = orientations.apply_orientation(array, back)
    if image.shape[3:] and np.prod(image.shape[3:]) == 1:  # a trailing axis of 1 is part of the grid
        stored = stored.reshape(image.shape)
    header = image.header.copy()
    header.set_data_dtype(stored.dtype)
    header["cal_min"] = header["cal_max"] = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{stem(path)}.{os.getpid()}{ending}")
    try:
        type(image)(stored, image.affine, header).to_filename(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def same_grid(first: np.ndarray, second: np.ndarray, origin: bool = True) -> bool:
    """Whether two affines put voxels in the same place, to a twentieth of a voxel per axis (half of one in origin)."""
    zooms = nib.affines.voxel_sizes(first)
    directions = np.abs(first[:3, :3] - second[:3, :3]) <= 0.05 * zooms.max()
    shift = np.abs(first[:3, 3] - second[:3, 3]) <= 0.5 * zooms.max()
    return bool(directions.all() and (shift.all() or not origin))


def background(volume: np.ndarray) -> float:
    """The intensity outside the brain of a skull-stripped volume: the commonest value on the edges of its box.

    The twelve edges, since a cropped brain may touch every face.

    Raises:
        InputError: Fewer than half of the edge voxels share a value, so nothing was stripped.
    """
    ends = (0, -1)
    edges = np.concatenate([np.ravel(volume[index]) for a in ends for b in ends for index in
                            ((slice(None), a, b), (a, slice(None), b), (a, b, slice(None)))])
    values, counts = np.unique(edges[np.isfinite(edges)], return_counts=True)
    if not counts.size or counts.max() < 0.5 * edges.size:
        raise InputError("the volume has no constant background, expected a skull-stripped brain; strip the skull first"
                         " (for instance with HD-BET or SynthStrip)")
    return float(values[counts.argmax()])


def brain_mask(volume: np.ndarray) -> np.ndarray:
    """Where the brain is in a skull-stripped volume.

    BraTS stores 0 outside. Other pipelines leave any constant (-5 after a z-score), or a rim of negative ringing round
    the brain after resampling. So: what differs from the background; without values below it, when these are too
    few to be tissue; the largest connected piece; its holes filled.

    Args:
        volume: (X, Y, Z), any intensities; not-a-number counts as background.

    Returns:
        Boolean array, (X, Y, Z).

    Raises:
        InputError: No constant background, or nothing but background.
    """
    outside = background(volume)
    finite = np.isfinite(volume)
    span = float(np.ptp(volume[finite].astype(np.float64)))
    inside = finite & (np.abs(volume - outside) > 1e-5 * span)
    if not inside.any():
        raise InputError("the volume holds nothing but background; use another modality")
    below = inside & (volume < outside)
    if below.sum() < 0.2 * inside.sum():
        inside &= ~below
    pieces, count = ndimage.label(inside)
    if count > 1:
        inside = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    return ndimage.binary_fill_holes(inside)


def gzip_fault(path: Path) -> str | None:
    """What is wrong with a `.gz` file as such, read to its end and its checksum; None if nothing is."""
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error) as error:
        return str(_unreadable(path, error))
    return None


def _to_lps(affine: np.ndarray) -> np.ndarray:
    return orientations.ornt_transform(orientations.io_orientation(affine), _LPS)


def _open_mha(path: Path) -> nib.Nifti1Image:
    import SimpleITK as sitk  # slow to load, and only the vintages before 2017 need it

    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    image = sitk.ReadImage(str(path))
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise InputError(f"{path}: {image.GetDimension()}-D, {image.GetNumberOfComponentsPerPixel()} values a voxel;"
                         " expected one 3-D volume; extract it first")
    array = sitk.GetArrayFromImage(image).T  # SimpleITK gives z, y, x
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return nib.Nifti1Image(array, np.diag((-1, -1, 1, 1)) @ affine, dtype=array.dtype)  # ITK's frame is LPS


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:160] or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return InputError(f"{path}: no such file; check the path")
    if isinstance(error, PermissionError):
        return InputError(f"{path}: no permission to read it; change its permissions")
    if isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile)):
        return InputError(f"{path}: truncated or damaged gzip ({reason}); download or unpack it again")
    if isinstance(error, nib.filebasedimages.ImageFileError):
        return InputError(f"{path}: not a NIfTI file ({reason}); convert it, or download it again")
    return InputError(f"{path}: cannot be read ({reason}); download or unpack it again")
