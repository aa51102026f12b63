"""Take some patients of a folder of slices, as if a hospital had no others, or keep some for validation."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError


def patients_of(slices: SliceSet, split: str) -> np.ndarray:
    """Return the patients of a split, sorted."""
    return np.unique(slices.table["patient"].to_numpy()[slices.select(split)])


def choose_patients(slices: SliceSet, count: int, seed: int = 0) -> list[str]:
    """Draw patients of the training split; with the same seed, fewer are some of the more.

    Raises:
        InputError: there are not so many.
    """
    there = patients_of(slices, "train")
    if not 1 <= count <= len(there):
        raise InputError(
            f"N={count} patients: {slices.folder} has {len(there)} for training; expected 1 to {len(there)}"
        )
    return np.random.default_rng(seed).permutation(there)[:count].tolist()


def only(slices: SliceSet, patients: Sequence[str]) -> SliceSet:
    """Return the slices of these patients alone, in memory, all of them for training."""
    rows = np.flatnonzero(slices.table["patient"].isin(list(patients)))
    table = slices.table.iloc[rows].reset_index(drop=True).assign(split="train")
    images, seg, tissue = (np.asarray(array[rows]) for array in (slices.images, slices.seg, slices.tissue))
    made_with = {**slices.made_with, "patients": sorted(patients)}
    return dataclasses.replace(
        slices, images=images, seg=seg, tissue=tissue, table=table, made_with=made_with
    )


def with_validation(slices: SliceSet, count: int = 60) -> SliceSet:
    """Return the slices with the last `count` patients of the training split moved to "validation".

    Slices that have a validation split, as those of `gancourse cohort slice`, stay as they are.

    Raises:
        InputError: there are not so many patients, or none would be left for training.
    """
    if len(patients_of(slices, "validation")):
        return slices
    there = patients_of(slices, "train")
    if not 0 < count < len(there):
        raise InputError(
            f"{slices.folder}: has {len(there)} patients for training; {count} of them cannot be taken "
            "for validation"
        )
    moved = slices.table["patient"].isin(there[-count:])
    split = slices.table["split"].mask(moved, "validation")
    made_with = {**slices.made_with, "validation": count}
    return dataclasses.replace(slices, table=slices.table.assign(split=split), made_with=made_with)
