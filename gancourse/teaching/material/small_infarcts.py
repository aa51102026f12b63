"""Lesson 53's slices: patients with a small infarct, some to train on, others held out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gancourse.cohort.isles import StrokePatient
from gancourse.errors import InputError
from gancourse.segmentation.stroke_slices import StrokeSlices, slices_of

SMALL_ML = 15.0
#: One patient in so many is held out.
HELD_OUT = 3
LEAST = 6  # patients with a small infarct


@dataclass(frozen=True)
class Slices:
    """The slices of some patients, one below the other.

    Attributes:
        scans: (N, H, W, 3) float32: DWI, ADC, FLAIR, see `stroke_slices.StrokeSlices`.
        lesions: (N, H, W) uint8, 0 and 1.
        brain: (N, H, W) bool.
        patient: (N,), the number of each slice's patient.
    """

    scans: np.ndarray
    lesions: np.ndarray
    brain: np.ndarray
    patient: np.ndarray

    @classmethod
    def join(cls, parts: Sequence[StrokeSlices]) -> "Slices":
        """Join the slices of patients; smaller ones get a border."""
        high, wide = (max(part.brain.shape[axis] for part in parts) for axis in (1, 2))

        def joined(name: str, outside: float) -> np.ndarray:
            arrays = []
            for part in parts:
                array = np.asarray(getattr(part, name))
                rows, columns = high - array.shape[1], wide - array.shape[2]
                border = [(0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)]
                border += [(0, 0)] * (array.ndim - 3)
                arrays.append(np.pad(array, border, constant_values=outside))
            return np.concatenate(arrays)

        counts = [len(part.brain) for part in parts]
        numbers = np.repeat(np.arange(len(parts)), counts)
        return cls(joined("images", -3.0), joined("lesion", 0), joined("brain", False), numbers)


def volume_ml(patient: StrokePatient) -> float:
    """Measure the infarct's true volume in mL."""
    return float(patient.seg().sum()) * patient.voxel_ml


def split_small(patients: Sequence[StrokePatient]) -> tuple[Slices, Slices, list[StrokePatient]]:
    """Cut the patients with a small infarct into slices.

    Args:
        patients: with masks; those without an infarct, or with one above `SMALL_ML`, are left out.

    Returns:
        The slices to train on, those held out, and the patients who are held out.

    Raises:
        InputError: fewer than `LEAST` have a small infarct.
    """
    small = [patient for patient in patients if 0 < volume_ml(patient) < SMALL_ML]
    if len(small) < LEAST:
        raise InputError(
            f"{len(small)} of {len(patients)} patients have an infarct below {SMALL_ML:.0f} mL, expected "
            f"{LEAST} or more; name a folder with more patients, or unset GANCOURSE_STROKE"
        )
    held_out = small[::HELD_OUT]
    train = [patient for k, patient in enumerate(small) if k % HELD_OUT]
    return Slices.join([*map(slices_of, train)]), Slices.join([*map(slices_of, held_out)]), held_out


def largest_slices(slices: Slices, count: int) -> np.ndarray:
    """Choose the slice with the most of the infarct in each of the `count` patients who have the largest."""
    areas = slices.lesions.sum((1, 2))
    numbers = np.unique(slices.patient)
    best = np.array(
        [np.flatnonzero(slices.patient == n)[areas[slices.patient == n].argmax()] for n in numbers]
    )
    return best[np.argsort(-areas[best], kind="stable")[:count]]
