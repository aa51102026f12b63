"""Write single slices as subjects: BraTS 2018's folders and names, volumes of one axial slice."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.cohort.scheme import MODALITIES
from gancourse.files import write_beside

#: Intensity of what is white in an image; black is 1 in the brain, and the background is 0.
WHITE = 1000
THICKNESS_MM = 1.0


def write_slice(
    folder: Path, name: str, images: np.ndarray, seg: np.ndarray, brain: np.ndarray, pixel_mm: float
) -> None:
    """Write `folder/NAME/NAME_{t1,t1ce,t2,flair,seg}.nii.gz`; files that are there are replaced.

    Args:
        folder: gets the subject's folder.
        name: the subject's, such as Brats18_GENERATED_001_1.
        images: (H, W, 4) in [-1, 1], `scheme.MODALITIES`, shown as radiologists see an axial slice.
        seg: (H, W), `scheme.LABELS`.
        brain: (H, W) bool; outside, intensities are 0.
        pixel_mm: side of a pixel. The slice is centred on the origin.

    Raises:
        InputError: the files cannot be written.
    """
    inside = 1 + np.rint((np.clip(images, -1, 1) + 1) / 2 * (WHITE - 1))
    planes = dict(zip(MODALITIES, np.moveaxis(np.where(brain[..., None], inside, 0), -1, 0), strict=True))
    affine = np.diag([-pixel_mm, -pixel_mm, THICKNESS_MM, 1.0])  # voxels to the left, posterior, superior
    affine[:2, 3] = pixel_mm * (np.array(brain.shape[::-1]) - 1) / 2
    for role, plane in {**planes, "seg": np.where(brain, seg, 0)}.items():
        image = nib.Nifti1Image(plane.T[..., None].astype(np.int16), affine)
        image.set_qform(affine, 1)
        image.header.set_xyzt_units("mm")
        _write(folder / name / f"{name}_{role}.nii.gz", gzip.compress(image.to_bytes(), mtime=0))


def _write(path: Path, data: bytes) -> None:
    write_beside(path, lambda file: file.write(data))
