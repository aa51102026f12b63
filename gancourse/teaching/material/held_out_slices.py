"""FLAIR slices of patients from whom nothing was learned: what lesson 43 measures and searches for."""

from typing import NamedTuple

import numpy as np

from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

#: Height of a slice through the ventricles, as a share of the brain's extent, and how far from it is near.
MIDDLE, NEAR = 0.57, 0.08


class HeldOutSlices(NamedTuple):
    """FLAIR images (N, 64, 64) in [-1, 1], tumour labels (N, 64, 64), heights (N,) from 0 to 1."""

    images: np.ndarray
    seg: np.ndarray
    height: np.ndarray

    def two(self) -> tuple[int, int]:
        """Choose two slices near the middle of the brain: with the largest tumour, and with the smallest."""
        size = (self.seg > 0).sum((1, 2))
        near = np.abs(self.height - MIDDLE) < NEAR
        return int(np.where(near, size, -1).argmax()), int(np.where(near, size, size.max() + 1).argmin())


def load_held_out_slices() -> HeldOutSlices:
    """Read the validation and test patients of the lessons' cohort: slices with FLAIR and tumour labels.

    Raises:
        InputError: see `lesson_data` and `make_slices`.
    """
    folder = lesson_data(subjects=12, modalities=("flair",))
    slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
    rows = np.concatenate([slices.select("validation"), slices.select("test")])
    table = slices.table.iloc[rows]
    lacks = np.array(["flair" in str(missing).split() for missing in table["missing"]])
    rows = rows[table["tumour_px"].notna().to_numpy() & ~lacks]
    images = np.asarray(slices.images[rows, ..., slices.modalities.index("flair")], np.float32)
    return HeldOutSlices(images, np.asarray(slices.seg[rows]), slices.table["position"].to_numpy()[rows])
