"""Tell whether a subject's scans still show the skull, and find the brain if they do.

Two questions are asked. Signs that need no network (`cohort.plausible`: no constant background, more than a
brain has, a dark shell below a bright one) say whether it may be a head. If so, the network finds the brain,
and what is bright outside decides (`stripping.HEAD_SHARE`).
"""

from collections.abc import Callable, Sequence

import numpy as np

from gancourse.cohort.brats import Subject
from gancourse.cohort.plausible import examine_scan, is_head
from gancourse.cohort.scans import check_headers
from gancourse.errors import InputError
from gancourse.segmentation.stripping import Brain, Stripper

SMALLEST_ML = 20.0  # of a brain that was found; a single thin slice has as much


def brain_of_head(subject: Subject, load: Callable[[], Stripper]) -> Brain | None:
    """Find the brain of a subject whose scans show the skull; None if they do not.

    Args:
        subject: with one or more modalities on one grid.
        load: returns the stripper; called only where a skull may be there.

    Raises:
        InputError: as `check_headers`, a scan is damaged, or no brain is found.
    """
    volumes = read_volumes(subject)
    if not any(is_head(examine_scan(volume.copy(), subject.zooms)[1]) for volume in volumes.values()):
        return None
    brain = find_brain([*volumes.values()], subject.zooms, load(), subject.id)
    return brain if brain.has_skull else None


def read_volumes(subject: Subject) -> dict[str, np.ndarray]:
    """Read the scans of a subject, float32 (X, Y, Z) each."""
    return {modality: subject.load(modality) for modality in check_headers(subject)}


def find_brain(volumes: Sequence[np.ndarray], zooms: Sequence[float], stripper: Stripper, name: str) -> Brain:
    """Find the brain in volumes whose values may be NaN or infinite; `InputError` names what has none."""
    finite = [np.nan_to_num(volume, posinf=0.0, neginf=0.0) for volume in volumes]
    if all(np.ptp(volume) == 0 for volume in finite):
        raise InputError(f"{name}: one value everywhere, expected a head; give the right file")
    brain = stripper.find_brain(finite, zooms)
    if brain.mask.sum() * np.prod(zooms) / 1000 < SMALLEST_ML:
        raise InputError(
            f"{name}: no brain found in it; check voxel size and orientation, or another modality"
        )
    return brain


def masked(volume: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a volume of any type with 0 outside the mask."""
    return np.where(mask, volume, volume.dtype.type(0))
