"""A ball of a patient with an infarct, on a grid of choice, in ISLES 2022's names; and what segments it."""

from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.pretrained import Card

RADII = np.array([62.0, 78.0, 52.0])  # mm
INFARCT = np.array([24.0, -18.0, 9.0])  # RAS mm: its middle
SHAPE = (64, 72, 28)
AFFINE = np.diag([-2.5, -2.5, 5.0, 1.0])
AFFINE[:3, 3] = [79, 89, -67]
#: Brain and infarct in each scan.
LEVELS = {"dwi": (300.0, 700.0), "adc": (800.0, 450.0), "flair": (400.0, 440.0)}


def truth_on(shape=SHAPE, affine=AFFINE, radius=12.0):
    """Masks of brain and infarct, bool (X, Y, Z); nothing but the affine is used."""
    index = np.indices(shape).reshape(3, -1)
    x = (affine[:3, :3] @ index + affine[:3, 3:]).reshape(3, *shape)
    brain = sum((x[k] / RADII[k]) ** 2 for k in range(3)) < 1
    return brain, sum((x[k] - INFARCT[k]) ** 2 for k in range(3)) < radius**2


def scan(modality, shape=SHAPE, affine=AFFINE, radius=12.0, head=False):
    """A scan, float32: 0 outside the brain, or a faint head with a bright scalp."""
    brain, infarct = truth_on(shape, affine, radius)
    usual, struck = LEVELS[modality]
    texture = 1 + 0.02 * np.sin(np.arange(brain.size, dtype=np.float32)).reshape(shape)
    around = 20.0 + 10 * np.random.default_rng(0).random(shape) if head else 0.0
    return np.where(brain, np.where(infarct, struck, usual) * texture, around).astype(np.float32)


def write_patient(
    root: Path, name="sub-strokecase0001", modalities=tuple(LEVELS), mask=True, affine=AFFINE, **how
) -> Path:
    """Write a patient's files below `root`; return the folder of its scans."""
    folder = root / name / "ses-0001"
    for modality in modalities:
        suffix = "FLAIR" if modality == "flair" else modality
        write(folder / f"{name}_ses-0001_{suffix}.nii.gz", scan(modality, affine=affine, **how), affine)
    if mask:
        labels = root / "derivatives" / name / "ses-0001" / f"{name}_ses-0001_msk.nii.gz"
        write(labels, truth_on(affine=affine, radius=how.get("radius", 12.0))[1].astype(np.uint8), affine)
    return root / name


def write(path: Path, array: np.ndarray, affine: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(array, affine), path)


class Bright:
    """A segmenter that goes by what is bright on DWI, or else dark on ADC, or else bright on FLAIR."""

    def __init__(self):
        self.card = Card("bright", "stroke", {}, "0" * 64)

    def predict(self, slices):
        dwi, adc, flair = np.moveaxis(slices.images, -1, 0)
        seen = np.where(dwi != 0, dwi > 2, np.where(adc != 0, adc < -0.7, flair > 0.2))
        return (seen & slices.brain).astype(np.float32)
