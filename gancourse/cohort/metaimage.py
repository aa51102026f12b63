"""MetaImage files, `.mha`, as BraTS had them before 2017: a text header, then the voxels in the same file."""

from pathlib import Path
from typing import IO

import numpy as np

from gancourse.cohort.stored_volume import StoredVolume, assumed_affine, check_affine, not_stated
from gancourse.errors import InputError

_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
#: Required values of header fields, where these are given: another value changes what the voxels mean.
_FIXED = {
    "objecttype": "image", "ndims": "3", "binarydata": "true", "elementnumberofchannels": "1",
    "headersize": "0", "elementdatafile": "local",
    "elementtointensityfunctionslope": "1", "elementtointensityfunctionoffset": "0",
}  # fmt: skip
_LONGEST = 1 << 16


def read_metaimage(path: Path, stream: IO[bytes], letters: str | None) -> StoredVolume:
    """Read the header of a MetaImage file; arguments and errors as in `nifti.read_nifti`."""
    fields = _fields(path, stream)
    for name, expected in _FIXED.items():
        given = fields.get(name, expected).lower()
        is_number = name.endswith(("slope", "offset"))
        if given != expected and not (is_number and _numbers(given) == _numbers(expected)):
            raise InputError(f"{path}: {name} is {given[:40]}, expected {expected}; convert it to .nii.gz")
    shape, zooms = _numbers(fields.get("dimsize", "")), _numbers(fields.get("elementspacing", "1 1 1"))
    origin = _numbers(next((fields[k] for k in ("offset", "position", "origin") if k in fields), "0 0 0"))
    kind = _TYPES.get(fields.get("elementtype", ""))
    good = len(shape) == len(zooms) == len(origin) == 3 and np.min(zooms) > 0 and np.min(shape) >= 1
    if kind is None or not good or any(not n.is_integer() for n in shape):
        raise InputError(
            f"{path}: its header is not that of a 3-D MetaImage of numbers; convert it to .nii.gz"
        )
    big = any(fields.get(k, "").lower() == "true" for k in ("binarydatabyteordermsb", "elementbyteordermsb"))
    names = ("transformmatrix", "rotation", "orientation")
    matrix = _numbers(next((fields[k] for k in names if k in fields), ""))
    if len(matrix) == 9:  # its rows are the axes' directions, in ITK's frame, LPS
        affine = np.eye(4)
        affine[:3, :3] = np.reshape(matrix, (3, 3)).T * zooms
        affine[:3, 3] = origin
        affine = np.diag((-1.0, -1, 1, 1)) @ affine
    elif letters is None:
        raise not_stated(path, "its header does not state its orientation (no TransformMatrix)")
    else:
        affine = assumed_affine(letters, np.array(zooms))
    return StoredVolume(
        path=path,
        shape=tuple(int(n) for n in shape),
        dtype=np.dtype((">" if big else "<") + kind),
        affine=check_affine(path, affine),
        start=stream.tell(),
        deflated=fields.get("compresseddata", "false").lower() == "true",
    )


def _fields(path: Path, stream: IO[bytes]) -> dict[str, str]:
    """Read the header's fields, with names in lower case, up to the first voxel."""
    fields: dict[str, str] = {}
    while "elementdatafile" not in fields:
        line = stream.readline(_LONGEST)
        name, equals, value = line.decode("latin-1").partition("=")
        if not equals or not line.endswith(b"\n") or len(fields) > 100:
            raise InputError(f"{path}: not a MetaImage file; convert it, or download it again")
        fields[name.strip().lower()] = value.strip()
    return fields


def _numbers(text: str) -> list[float]:
    """Return the numbers in a text; none if anything else is in it or one is not finite."""
    try:
        numbers = [float(word) for word in text.split()]
    except ValueError:
        return []
    return numbers if np.isfinite(numbers).all() else []
