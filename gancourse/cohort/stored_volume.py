"""A volume as a file stores it: what its header claims, and its voxels, read with the whole file verified."""

import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import orientations

from gancourse.cohort import bytestream
from gancourse.errors import InputError

#: Environment variable: where the axes of files point to that do not say, such as "LPS".
ASSUME_ORIENTATION = "GANCOURSE_ASSUME_ORIENTATION"
#: A larger entry of an affine cannot be in the millimetres of a scanner.
FARTHEST_MM = 1e5


@dataclass(frozen=True)
class StoredVolume:
    """What a volume file's header says.

    Attributes:
        path: The file.
        shape: As stored, three to seven axes, the first fastest.
        dtype: Of the stored numbers, with their byte order.
        affine: (4, 4), stored voxel indices to RAS millimetres.
        start: Bytes before the voxels, once decompressed.
        slope, intercept: Intensities are `slope * stored + intercept`.
        header: For files that are to lie in the same grid.
        deflated: Whether the voxels are one zlib stream, as in a compressed MetaImage.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    affine: np.ndarray
    start: int
    slope: float = 1.0
    intercept: float = 0.0
    header: nib.Nifti1Header = field(default_factory=nib.Nifti1Header)
    deflated: bool = False

    @property
    def nbytes(self) -> int:
        """Return the number of bytes of all voxels, uncompressed."""
        return math.prod(self.shape) * self.dtype.itemsize

    def read(self, channel: int = 0) -> np.ndarray:
        """Read one volume, (X, Y, Z) in the file's own axes, scaled, and verify the whole file.

        Raises:
            InputError: The file is damaged, or takes more memory than is allowed.
        """
        voxels = math.prod(self.shape[:3])
        scaled = (self.slope, self.intercept) != (1, 0)
        bytestream.check_memory(self.path, voxels * (self.dtype.itemsize + (8 if scaled else 4)))
        size = voxels * self.dtype.itemsize
        raw = self._bytes(channel * size, size).view(self.dtype)
        array = raw.reshape(self.shape[:3], order="F")
        if not scaled:
            return array
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is said by those who look
            result = np.multiply(array, self.slope, dtype=np.float64)
            result += self.intercept
        return result

    def verify(self) -> None:
        """Read the file to its end, and raise `InputError` if it is damaged."""
        self._bytes(0, 0)

    def _bytes(self, first: int, count: int) -> np.ndarray:
        with bytestream.open_bytes(self.path) as (stream, _):
            if not self.deflated:
                total, first = self.start + self.nbytes, first + self.start
                chunks = iter(lambda: stream.read(bytestream.CHUNK), b"")
                return bytestream.read_part(chunks, self.path, total, first, count)
            stream.seek(self.start)
            return bytestream.read_part(bytestream.inflated(stream), self.path, self.nbytes, first, count)


def check_orientation(letters: str | None) -> str | None:
    """Return three letters such as "LPS" in capitals, or None if nothing is to be assumed.

    Without letters, those of the environment variable `GANCOURSE_ASSUME_ORIENTATION` count, as in lessons.

    Raises:
        InputError: They name no three directions.
    """
    if letters is None:
        letters = os.environ.get(ASSUME_ORIENTATION, "").strip() or None
    if letters is None:
        return None
    axes = [next((k for k, pair in enumerate(("LR", "AP", "IS")) if c in pair), 9) for c in letters.upper()]
    if sorted(axes) != [0, 1, 2]:
        raise InputError(
            f"orientation {letters!r}: expected three letters, one each of L/R, A/P and S/I, such as LPS"
        )
    return letters.upper()


def assumed_affine(letters: str, zooms: np.ndarray) -> np.ndarray:
    """Return the affine (4, 4) of axes that point along `letters`, with voxels of `zooms` mm."""
    affine = np.diag((0.0, 0, 0, 1))
    for axis, (world, sign) in enumerate(orientations.axcodes2ornt(letters).astype(int)):
        affine[world, axis] = sign * zooms[axis]
    return affine


def not_stated(path: Path, why: str) -> InputError:
    """Return the error for a file whose orientation the user has to state."""
    return InputError(
        f"{path}: {why}; find out where its axes point, and say so by --assume-orientation LPS (left, "
        f"posterior, superior) or another three letters; in a lesson, by {ASSUME_ORIENTATION}=LPS"
    )


def check_affine(path: Path, affine: np.ndarray) -> np.ndarray:
    """Return an affine as float64.

    Raises:
        InputError: It is singular, not finite, or has entries too large for millimetres.
    """
    affine = np.asarray(affine, np.float64)
    good = np.isfinite(affine).all() and np.abs(affine).max() < FARTHEST_MM
    sizes = np.linalg.norm(affine[:3, :3], axis=0) if good else np.zeros(3)
    if not sizes.all() or abs(np.linalg.det(affine[:3, :3] / sizes)) < 0.1:
        raise InputError(
            f"{path}: its affine is singular, not finite or far from millimetres; save it again with a "
            "valid header"
        )
    return affine
