"""One file on disk, one array in memory: NIfTI and MetaImage volumes, always in LPS voxel axes.

A volume file stores its voxels in any of 48 axis orders and says which in its affine: the 4 x 4 matrix
that takes voxel indices (i, j, k, 1) to millimetres in the scanner's RAS frame. Here every array is turned,
without interpolation, so that its axes point to the patient's Left, to Posterior and to Superior. An oblique
volume is turned to the nearest such axes and keeps its obliqueness in the affine.
"""

import gzip
import logging
import os
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import orientations
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from scipy import ndimage

from gancourse.errors import InputError

#: File name endings that can hold a volume.
ENDINGS = (".nii.gz", ".nii", ".mha")

_LPS = orientations.axcodes2ornt("LPS")
_UNREADABLE = (
    *(OSError, EOFError, zlib.error, ValueError, TypeError, ArithmeticError, MemoryError, RuntimeError),
    *(ImageFileError, HeaderDataError),
)

logging.getLogger("nibabel.global").setLevel(logging.ERROR)  # its repairs of headers are none of our business


def stem(path: Path | str) -> str:
    """A file name without its volume ending: `a.1_t1.nii.gz` gives `a.1_t1`."""
    name = Path(path).name
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), name)


def open_image(path: Path) -> nib.Nifti1Image:
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
        named, is_gzip = path.name.lower().endswith(".gz"), magic == b"\x1f\x8b"
        if named != is_gzip:
            what = "gzip" if is_gzip else "not gzip"
            raise InputError(f"{path}: its content is {what}, unlike its name; rename it or fetch it again")
        image = _open_mha(path) if path.name.lower().endswith(".mha") else nib.load(path)
        if not isinstance(image, nib.Nifti1Image):  # Nifti2Image is one
            raise InputError(f"{path}: {type(image).__name__} is not a NIfTI volume; convert it to .nii.gz")
    except InputError:
        raise
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error
    linear = image.affine[:3, :3]
    if not np.isfinite(image.affine).all() or abs(np.linalg.det(linear)) < 1e-9:
        raise InputError(f"{path}: its affine is singular or not finite; save it again with a valid header")
    if image.get_data_dtype().kind not in "iuf":
        raise InputError(f"{path}: voxels are of type {image.get_data_dtype()}, expected numbers; convert it")
    return image


def read_volume(
    path: Path, channel: int | None = None, dtype: type | None = np.float32
) -> tuple[np.ndarray, np.ndarray]:
    """Read one volume in LPS.

    Args:
        path: `.nii`, `.nii.gz` or `.mha`.
        channel: Which volume of a 4-D file; None for a file of one volume, also with trailing axes of 1.
        dtype: Type of the result; None keeps the file's own.

    Returns:
        The array, (X, Y, Z), axes to Left, Posterior, Superior, and its affine, (4, 4), to RAS millimetres.

    Raises:
        InputError: The file cannot be read, or does not have this shape.
    """
    image = open_image(path)
    shape = image.shape
    ones = (1,) * len(shape[3:])
    if len(shape) < 3 or 0 in shape or (shape[3:] != ones if channel is None else len(shape) != 4):
        raise InputError(
            f"{path}: shape {shape}, expected {3 if channel is None else 4} axes; is this the file?"
        )
    if channel is not None and channel >= shape[3]:
        raise InputError(f"{path}: {shape[3]} volumes, expected {channel + 1} or more; download it again")
    index = (slice(None),) * 3 + ((0,) * len(ones) if channel is None else (channel,))
    try:
        stored = np.asanyarray(image.dataobj[index])  # only this channel is kept in memory
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
        raise InputError(f"{path}: labels are not whole numbers, {known}; resample them by nearest neighbour")
    table = np.full(256, 255, np.uint8)
    table[[0, *labels]] = [0, *labels.values()]
    array = table[np.clip(whole, 0, 255).astype(np.uint8)]
    unknown = np.unique(whole[(array == 255) | (whole < 0)]).astype(int)
    if unknown.size:
        named = ", ".join(map(str, unknown[:5]))
        raise InputError(f"{path}: unknown label {named}, {known}; check it, or say which vintage it is")
    return array, affine


def grid(path: Path) -> tuple[tuple[int, int, int], np.ndarray]:
    """Shape and affine that `read_volume` would give, from the header."""
    image = open_image(path)
    if len(image.shape) < 3:
        raise InputError(f"{path}: shape {image.shape}, expected three axes; use a volume, not a slice")
    turn = _to_lps(image.affine)
    x, y, z = (int(image.shape[axis]) for axis in np.argsort(turn[:, 0]))
    return (x, y, z), image.affine @ orientations.inv_ornt_aff(turn, image.shape[:3])


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
    if array.shape != (shape := grid(like)[0]):
        raise InputError(f"{path}: an array of shape {array.shape} does not fit {like}, {shape}; resample it")
    if array.dtype not in (np.uint8, np.int16, np.uint16, np.int32, np.float32):  # what every reader knows
        array = array.astype({"b": np.uint8, "f": np.float32}.get(array.dtype.kind, np.int32))
    back = orientations.ornt_transform(_LPS, orientations.io_orientation(image.affine))
    stored = orientations.apply_orientation(array, back)
    if image.shape[3:] and np.prod(image.shape[3:]) == 1:  # a trailing axis of 1 is part of the grid
        stored = stored.reshape(image.shape)
    header = image.header.copy()
    header.set_data_dtype(stored.dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{stem(path)}.{os.getpid()}{ending}")
    try:
        type(image)(stored, image.affine, header).to_filename(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def same_grid(first: np.ndarray, second: np.ndarray, origin: bool = True) -> bool:
    """Whether two affines agree: axes to a twentieth of a voxel, the origin to half of one."""
    zooms = nib.affines.voxel_sizes(first)
    directions = np.abs(first[:3, :3] - second[:3, :3]) <= 0.05 * zooms.max()
    shift = np.abs(first[:3, 3] - second[:3, 3]) <= 0.5 * zooms.max()
    return bool(directions.all() and (shift.all() or not origin))


def background(volume: np.ndarray) -> float:
    """The intensity outside the brain of a skull-stripped volume: the median on the edges of its box.

    The twelve edges, since a cropped brain may touch every face.

    Raises:
        InputError: Fewer than half of the edge voxels have that value, so nothing was stripped.
    """
    lines = [(a, b) for a in (0, -1) for b in (0, -1)]
    edges = np.concatenate([np.moveaxis(volume, axis, 0)[:, a, b] for axis in range(3) for a, b in lines])
    value = float(np.median(edges[np.isfinite(edges)])) if np.isfinite(edges).any() else 0.0
    if (np.abs(edges - value) > _tolerance(volume)).sum() > edges.size / 2:
        raise InputError("no constant background, expected a stripped skull; use HD-BET or SynthStrip")
    return value


def brain_mask(volume: np.ndarray) -> np.ndarray:
    """Where the brain is in a skull-stripped volume.

    BraTS stores 0 outside. Other pipelines leave any constant (-5 after a z-score), or, after resampling, a
    rim of negative ringing round the brain. So: what lies above the background, and what lies below it where
    that is too much to be a rim; without small pieces (a missing slab leaves two large ones), holes filled.

    Args:
        volume: (X, Y, Z), any intensities; not-a-number counts as background.

    Returns:
        Boolean array, (X, Y, Z).

    Raises:
        InputError: No constant background, or nothing but background.
    """
    outside, tolerance = background(volume), _tolerance(volume)
    brain, below = volume > outside + tolerance, volume < outside - tolerance
    if below.sum() > 0.2 * brain.sum():
        brain |= below
    if not brain.any():
        raise InputError("nothing but background, expected a brain; use another file or modality")
    box = ndimage.find_objects(brain.astype(np.uint8))[0]
    pieces, _ = ndimage.label(brain[box])
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    large = np.pad((sizes > 0.05 * sizes.max())[pieces], 1)
    outer, _ = ndimage.label(~large)  # the piece of the corner is outside; every other is a hole
    brain[box] = (outer != outer[0, 0, 0])[1:-1, 1:-1, 1:-1]
    return brain


def verify_gzip(path: Path) -> None:
    """Read a `.gz` file to its end and its checksum, which reading the voxels alone does not.

    Raises:
        InputError: It is truncated, damaged or not gzip.
    """
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def _tolerance(volume: np.ndarray) -> float:
    """What counts as equal: a millionth of the range; nothing for integers."""
    finite = volume[np.isfinite(volume)] if volume.dtype.kind == "f" else volume[:0]
    return 1e-6 * float(np.ptp(finite)) if finite.size else 0.0


def _to_lps(affine: np.ndarray) -> np.ndarray:
    return orientations.ornt_transform(orientations.io_orientation(affine), _LPS)


def _open_mha(path: Path) -> nib.Nifti1Image:
    import SimpleITK as sitk  # slow to load, and only the vintages before 2017 need it

    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    image = sitk.ReadImage(str(path))
    if (kind := (image.GetDimension(), image.GetNumberOfComponentsPerPixel())) != (3, 1):
        raise InputError(f"{path}: {kind[0]} axes, {kind[1]} values a voxel, expected 3 and 1; extract one")
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
    if isinstance(error, ImageFileError):
        return InputError(f"{path}: not a NIfTI file ({reason}); convert it, or download it again")
    return InputError(f"{path}: cannot be read ({reason}); download or unpack it again")
