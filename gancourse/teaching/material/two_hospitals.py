"""Lesson 54's patients: ten of hospital A to train on, others to test on, scanned at A and again at B."""

import os
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gancourse.cohort.brats import find_subjects
from gancourse.cohort.few_patients import choose_patients, only
from gancourse.cohort.phantom.phantom_files import refuse_outdated
from gancourse.cohort.scheme import LABELS, MODALITIES
from gancourse.cohort.slices import make_slices
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import require_writable
from gancourse.project import COHORT, project_root
from gancourse.teaching.data import DATA, lesson_data, slices_folder

#: The study has 480 patients, the first 80 of whom are for testing. The lesson makes 24 of these, and the ten
#: of the study's runs with N = 10 and seed 0, on whom the shipped generators and the painter were trained.
STUDY, STUDY_TESTED = 480, 80
FOLDER = "data/hospitals-lesson"
TESTED, FEW = 24, 10
#: Of a learner's own folder, at most.
OWN_SUBJECTS = 48


class Scans(NamedTuple):
    """Slices of some patients.

    Attributes:
        images: (N, 64, 64, 4) float32 in [-1, 1], `scheme.MODALITIES`, -1 outside the brain.
        seg: (N, 64, 64) uint8, `scheme.LABELS`.
        tissue: (N, 64, 64) uint8, `scheme.TISSUES`; 0 where it is not known.
        patients: (N,), whose each is.
    """

    images: np.ndarray
    seg: np.ndarray
    tissue: np.ndarray
    patients: np.ndarray

    @classmethod
    def of(cls, slices: SliceSet, rows: np.ndarray) -> "Scans":
        """Read some slices of a folder."""
        images = np.asarray(slices.images[rows], np.float32)
        names = slices.table["patient"].to_numpy(str)[rows]
        return cls(images, np.asarray(slices.seg[rows]), np.asarray(slices.tissue[rows]), names)

    def best_slice(self) -> int:
        """Return the number of the slice that shows all parts of a tumour best, or else the most of it."""
        areas = np.stack([(self.seg == label).sum((1, 2)) for label in LABELS])  # (3, N)
        whole = areas.sum(0)
        return int((areas.min(0) * (2 * whole.max()) + whole).argmax())

    def __str__(self) -> str:
        patients, share = len(set(self.patients)), (self.seg > 0).any((1, 2)).mean()
        return f"{patients} patients, {len(self.images)} slices, {share:.0%} of them with a tumour"


@dataclass(frozen=True)
class Hospitals:
    """Whom the lesson trains and tests on.

    Attributes:
        ten: phantoms of A, on whom the shipped generator and painter were trained.
        tested: other phantoms, by hospital: "A" and "B"; the same at both.
        own: a learner's own patients to train on, and to test on, in A's place; None for phantoms.
    """

    ten: Scans
    tested: dict[str, Scans]
    own: tuple[Scans, Scans] | None = None

    @property
    def train(self) -> Scans:
        """Return whom a segmenter is trained on."""
        return self.own[0] if self.own else self.ten

    @property
    def held_out(self) -> dict[str, Scans]:
        """Return whom it is tested on, by hospital."""
        return {"A": self.own[1]} if self.own else self.tested


def open_hospitals(patients: int = FEW) -> Hospitals:
    """Return the patients of lesson 54; its phantoms are made once, in about a minute on two cores.

    If `GANCOURSE_DATA` names a folder that has what the lesson needs, its patients are those of hospital A.

    Args:
        patients: how many to train on.

    Raises:
        InputError: there are not so many, or the folder cannot be written, or holds another version.
    """
    made = lesson_slices()
    ten = only(made["A"], choose_patients(made["A"], patients))
    tested = {name: Scans.of(slices, slices.select("test")) for name, slices in made.items()}
    return Hospitals(Scans.of(ten, np.arange(len(ten))), tested, own_patients(patients))


def lesson_slices() -> dict[str, SliceSet]:
    """Open the slices of the lesson's phantoms, by hospital; make what is missing."""
    from gancourse.segmentation.hospital_slices import make_hospitals, some_patients

    out = project_root() / FOLDER
    refuse_outdated(out / "sections")
    chosen = some_patients(STUDY, STUDY_TESTED, TESTED, FEW)
    if not (out / "B" / "slices.json").exists():
        require_writable(out, folder=True, size=60 * 10**6)
        print(f"Making {len(chosen)} patients in {FOLDER}, which takes a minute or two, only this once.")
    return make_hospitals(out, STUDY, STUDY_TESTED, progress=False, chosen=chosen)


def own_patients(patients: int) -> tuple[Scans, Scans] | None:
    """Return a learner's own patients to train and to test on; None without `GANCOURSE_DATA`."""
    if not os.environ.get(DATA, "").strip():
        return None
    folder = lesson_data(subjects=16, modalities=MODALITIES)
    if folder == project_root() / COHORT:  # it lacks something, which one line has said
        return None
    slices = make_slices(find_subjects(folder)[:OWN_SUBJECTS], slices_folder(folder))
    table = slices.table
    rows = np.flatnonzero((table["missing"] == "") & table["tumour_px"].notna())
    patient = table["patient"].to_numpy(str)[rows]
    names = np.unique(patient)
    if not 1 <= patients < len(names):
        raise InputError(f"N={patients} patients: {folder} has {len(names)}; expected 1 to {len(names) - 1}")
    few = np.random.default_rng(0).permutation(names)[:patients]  # by name, splits of so few may be empty
    learned = np.isin(patient, few)
    print(
        f"Hospital A is your {folder.name}. These patients were scanned once, and their tissue is not"
        " labelled, so hospital B is left out of trainings, and all synthetic scans are those of phantoms."
    )
    return Scans.of(slices, rows[learned]), Scans.of(slices, rows[~learned])
