"""Read a subject's scans together: on one grid, plausible, and each with the mask of its brain."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gancourse.cohort.brats import Subject
from gancourse.cohort.plausible import check_finite, examine_scan, is_head
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.volumes import grid, grid_problem
from gancourse.errors import InputError


class Scans(NamedTuple):
    """What `read_scans` gives; arrays are (X, Y, Z) in LPS, on the subject's grid.

    Attributes:
        volumes: float32 for each modality, finite, intensities as stored.
        masks: The brain in each.
        brain: The brain in any.
    """

    volumes: dict[str, np.ndarray]
    masks: dict[str, np.ndarray]
    brain: np.ndarray


def check_headers(subject: Subject, modalities: Sequence[str] = MODALITIES) -> list[str]:
    """Return which of the modalities a subject has, after reading their headers alone.

    Raises:
        InputError: It has none of them, they are on different grids, or a header is invalid.
    """
    have = [modality for modality in modalities if modality in subject.modalities]
    if not have:
        raise InputError(f"{subject.id}: has none of {', '.join(modalities)}; give at least one scan")
    assumed = subject.assume_orientation
    first, *others = dict.fromkeys(subject.paths[modality] for modality in have)
    expected = grid(first, assumed)
    for other in others:
        if problem := grid_problem(other, grid(other, assumed), first, expected):
            raise InputError(problem)
    return have


def read_scans(
    subject: Subject, modalities: Sequence[str] = MODALITIES, mask: np.ndarray | None = None
) -> Scans:
    """Read and check those of the modalities that a subject has.

    Args:
        subject: who was scanned.
        modalities: which to read.
        mask: (X, Y, Z) bool, the brain in a head: what lies outside is set to 0 before anything is checked,
            and signs of a skull are no error any more.

    Raises:
        InputError: As `check_headers`; or a file is damaged, is not a skull-stripped scan of a brain, or has
            values inside the brain that are not finite.
    """
    volumes, masks, broken = {}, {}, {}
    for modality in check_headers(subject, modalities):
        name = f"{subject.paths[modality]} ({modality})"
        volume = subject.load(modality)
        if mask is not None:
            volume = np.where(mask, volume, 0)
        broken[name] = ~np.isfinite(volume)
        brain, problem = examine_scan(volume, subject.zooms)
        if brain is None or problem and not (mask is not None and is_head(problem)):
            raise InputError(f"{name}: {problem}")
        volumes[modality], masks[modality] = volume, brain
    brain = np.logical_or.reduce([*masks.values()])
    for name, where in broken.items():
        if where.any():
            check_finite(where, brain, name)
    return Scans(volumes, masks, brain)
