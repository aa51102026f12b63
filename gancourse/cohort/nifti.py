"""Read headers of NIfTI-1 and NIfTI-2 files; what contradicts itself or the standard is an error."""

import math
from pathlib import Path
from typing import IO

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError

from gancourse.cohort.stored_volume import StoredVolume, assumed_affine, check_affine, not_stated
from gancourse.errors import InputError

_UNITS = {1: "metres", 3: "micrometres"}


def read_nifti(path: Path, stream: IO[bytes], letters: str | None) -> StoredVolume:
    """Read the header of a NIfTI file.

    Args:
        path: Named in errors.
        stream: The file from its beginning on, decompressed.
        letters: Assumed orientation, for a header that states none or contradicts itself.

    Raises:
        InputError: It is not a NIfTI header, contradicts itself, or does not state the orientation.
    """
    head = stream.read(540)
    kinds = {348: (nib.Nifti1Header, head[344:348], b"n+1\0"), 540: (nib.Nifti2Header, head[4:8], b"n+2\0")}
    orders: tuple = ("little", "big")
    found = [(order, n) for order in orders if (n := int.from_bytes(head[:4], order)) in kinds]
    if not found or len(head) < found[0][1]:
        raise InputError(f"{path}: not a NIfTI file; convert it, or download it again")
    order, length = found[0]
    kind, magic, expected = kinds[length]
    if magic != expected:
        raise InputError(
            f"{path}: not one NIfTI file with header and voxels (its mark is {magic!r}, expected "
            f"{expected!r}); convert it, or download it again"
        )
    header = kind(head[:length], "<" if order == "little" else ">", check=False)
    try:
        with np.errstate(all="ignore"):  # signalling NaNs: `_interpret` looks for what is not finite
            return _interpret(path, header, length, letters)
    except (HeaderDataError, KeyError, ValueError, ArithmeticError) as error:
        if isinstance(error, InputError):
            raise
        reason = " ".join(str(error).split())[:160]
        raise InputError(
            f"{path}: its header cannot be read ({reason}); download or save it again"
        ) from error


def _interpret(path: Path, header: nib.Nifti1Header, length: int, letters: str | None) -> StoredVolume:
    dims = [int(n) for n in header["dim"]]
    shape = tuple(dims[1 : dims[0] + 1])
    if not 1 <= dims[0] <= 7 or min(shape) < 1:
        raise InputError(
            f"{path}: its header has the shape {dims}, expected sizes above 0; download it again"
        )
    dtype = header.get_data_dtype()
    bits, least = int(header["bitpix"]), length + 4
    start = float(header["vox_offset"]) or float(least)  # 0 of some programs: the voxels follow the header
    if bits not in (0, 8 * dtype.itemsize):
        raise InputError(
            f"{path}: {bits} bits a voxel contradict its type {dtype}; download or save it again"
        )
    if not (math.isfinite(start) and start.is_integer() and start >= least):
        raise InputError(f"{path}: voxels at byte {start:g}, expected {least} or more; download it again")
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0:  # by the standard: no scaling
        slope, intercept = 1.0, 0.0
    if not math.isfinite(slope) or not math.isfinite(intercept):
        raise InputError(
            f"{path}: its scaling is {slope:g} and {intercept:g}, expected finite numbers; save it again"
        )
    if unit := _UNITS.get(int(header["xyzt_units"]) & 7):
        raise InputError(f"{path}: its header counts in {unit}, expected millimetres; correct its header")
    affine = _orientation(path, header, letters)
    kept = header.copy()
    kept["vox_offset"] = 0
    return StoredVolume(path, shape, dtype, affine, int(start), slope, intercept, kept)


def _orientation(path: Path, header: nib.Nifti1Header, letters: str | None) -> np.ndarray:
    """Return the affine that a header states, or else the assumed one, which is then set in the header."""
    for code in ("qform_code", "sform_code"):
        if not 0 <= header[code] <= 5:
            header[code] = 0
    if header["pixdim"][0] == 0:  # by the standard the same as 1
        header["pixdim"][0] = 1
    stated = [name for name in ("qform", "sform") if header[f"{name}_code"]]
    if not stated:
        problem = "its header does not state its orientation (sform_code and qform_code are 0)"
    elif len(stated) == 2 and not _agree(header.get_qform(), header.get_sform()):
        problem = "its header contradicts itself about its orientation (qform and sform disagree)"
    else:
        return check_affine(path, header.get_sform() if "sform" in stated else header.get_qform())
    if letters is None:
        raise not_stated(path, problem)
    affine = check_affine(path, assumed_affine(letters, np.abs(header["pixdim"][1:4].astype(float))))
    header["qform_code"] = 0
    header.set_sform(affine, code=2)
    return affine


def _agree(first: np.ndarray, second: np.ndarray) -> bool:
    """Return whether two affines agree in direction, to 60 degrees, and in size, to a factor of 2.

    An sform may be that of a registration to an atlas, which turns and scales.
    """
    sizes = [np.linalg.norm(affine[:3, :3], axis=0) for affine in (first, second)]
    if not all(np.isfinite(size).all() and size.all() for size in sizes):
        return False
    cosines = ((first[:3, :3] / sizes[0]) * (second[:3, :3] / sizes[1])).sum(0)
    return bool((cosines > 0.5).all() and (np.abs(np.log2(sizes[0] / sizes[1])) < 1).all())
