"""FLAIR slices with and without a tumour, and the patients who are held out: what lesson 11 works on."""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

#: From so many pixels on a slice counts as one with a tumour; the shipped GAN of FLAIR learned from such.
VISIBLE_PX = 21


@dataclass(frozen=True, eq=False)
class LabelledSlices:
    """Slices, their labels and their patients.

    Attributes:
        images: (N, 64, 64) float32 in [-1, 1], the background -1.
        labels: (N,) 1 with a tumour, 0 without one.
        patients: (N,) names.
        held_out: (N,) True for the slices of every third patient.
    """

    images: np.ndarray
    labels: np.ndarray
    patients: np.ndarray
    held_out: np.ndarray


def load_labelled_slices() -> LabelledSlices:
    """Read the lessons' cohort; slices with a tumour of less than `VISIBLE_PX` pixels are left out.

    Raises:
        InputError: see `lesson_data` and `make_slices`.
    """
    folder = lesson_data(subjects=12, modalities=("flair",))
    slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
    table = slices.table
    tumour_px = table["tumour_px"].to_numpy()  # NaN without labels: such a slice is in neither group
    has_flair = np.array(["flair" not in str(missing).split() for missing in table["missing"]])
    used = has_flair & ((tumour_px == 0) | (tumour_px >= VISIBLE_PX))
    everyone = table[used].drop_duplicates("patient").sort_values(["grade", "patient"])["patient"].to_numpy()
    patients = table["patient"].to_numpy()[used]
    return LabelledSlices(
        np.asarray(slices.images[used, ..., slices.modalities.index("flair")], np.float32),
        (tumour_px[used] > 0).astype(int),
        patients,
        np.isin(patients, everyone[2::3]),
    )
