"""A subject's scans together: on one grid, plausible, and each with its brain."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gancourse.cohort.brats import Subject
from gancourse.cohort.plausible import check_finite, examine_scan
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
    """Tell which of the modalities a subject has, after a look at their headers alone.

    Raises:
        InputError: None of them, or on different grids; or a header that cannot be true.
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


def read_scans(subject: Subject, modalities: Sequence[str] = MODALITIES) -> Scans:
    """Read those of the modalities that a subject has, and check them.

    Raises:
        InputError: As `check_headers`; or a file that is damaged, holds no brain, one in its skull, labels,
            implausible voxels, or not-a-number inside the brain.
    """
    volumes, masks, broken = {}, {}, {}
    for modality in check_headers(subject, modalities):
        name = f"{subject.paths[modality]} ({modality})"
        volume = subject.load(modality)
        broken[name] = ~np.isfinite(volume)
        mask, problem = examine_scan(volume, subject.zooms)
        if mask is None or problem:
            raise InputError(f"{name}: {problem}")
        volumes[modality], masks[modality] = volume, mask
    brain = np.logical_or.reduce([*masks.values()])
    for name, where in broken.items():
        if where.any():
            check_finite(where, brain, name)
    return Scans(volumes, masks, brain)
