"""Which generator memorised a patient? Sets of images, one of which hides copies: lesson 44's game."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gancourse.errors import InputError

COPIES = 12


@dataclass(frozen=True)
class Game:
    """Sets (N, H, W) by letter, and the answer: in which set copies lie, and of which patient."""

    sets: dict[str, np.ndarray]
    guilty: str
    patient: str


def plant(sets: Mapping[str, np.ndarray], train: np.ndarray, patients: np.ndarray, seed: int) -> Game:
    """Put disguised slices of one training patient into one of the sets.

    Each copy takes the place of an image: mirrored or not, a little brighter or darker, with a little noise.

    Args:
        sets: (N, H, W) in [-1, 1], by letter.
        train: the training slices (M, H, W).
        patients: (M,), whose they are.
        seed: chooses set, patient, slices and disguise.

    Raises:
        InputError: no patient with enough slices, or too few images in a set.
    """
    rng = np.random.default_rng(seed)
    names, counts = np.unique(patients, return_counts=True)
    many = names[counts >= COPIES]
    smallest = min(len(images) for images in sets.values())
    if not len(many) or smallest < COPIES:
        raise InputError(
            f"{counts.max()} slices of a patient and {smallest} images in a set: expected {COPIES} of each;"
            " use a cohort with more slices"
        )
    guilty, patient = str(rng.choice(list(sets))), str(rng.choice(many))
    copies = rng.choice(np.flatnonzero(patients == patient), COPIES, replace=False)
    images = np.array(sets[guilty], np.float32)
    for place, row in zip(rng.choice(len(images), COPIES, replace=False), copies, strict=True):
        images[place] = disguised(train[row], rng)
    return Game({**sets, guilty: images}, guilty, patient)


def disguised(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change a slice (H, W) in [-1, 1] a little: perhaps mirrored, brighter or darker, with noise."""
    image = np.asarray(image[:, ::-1] if rng.random() < 0.5 else image, np.float32)
    brain = image > -1
    changed = rng.uniform(0.95, 1.05) * (image + 1) - 1 + rng.normal(0, 0.03, image.shape)
    return np.where(brain, np.clip(changed, -1, 1), -1).astype(np.float32)
