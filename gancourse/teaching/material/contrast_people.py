"""Lesson 55's people: whom its live training learns from, whom translations are read in, and their reader."""

from typing import NamedTuple

import numpy as np

from gancourse.cohort.brats import find_subjects
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.slices import make_slices
from gancourse.cohort.sliceset import SliceSet
from gancourse.project import COHORT, project_root
from gancourse.segmentation import segmenter
from gancourse.segmentation.slice_reader import FOV_MM, SPECKS, segment_slices
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.training.contrast_translation import TUMOUR_PX

#: The volume that a pixel of 64 x 64 stands for, where slices lie 4 mm apart.
PIXEL_ML = (FOV_MM / 64) ** 2 * 4 / 1000
#: Subjects of a learner's own folder that are read, and patients that are held out of them at least.
MOST, HELD_OUT = 48, 6
#: Slices without a tumour that the live training needs.
TARGETS = 16


class People(NamedTuple):
    """Slices for translating, and slices for training without pairs.

    Attributes:
        images: (N, 64, 64, 4) in [-1, 1], `scheme.MODALITIES`, of patients who are held out: of each the
            slice with most tumour and, if there is one, a slice without any.
        seg: (N, 64, 64), `scheme.LABELS`.
        patients: (N,), whose each is.
        sources: (M, 64, 64, 1), T2 of some training patients.
        targets: (K, 64, 64, 1), FLAIR of other people, slices without a tumour.
        mixed: (L, 64, 64, 1), FLAIR of the same other people, as many slices with a tumour as without.
    """

    images: np.ndarray
    seg: np.ndarray
    patients: np.ndarray
    sources: np.ndarray
    targets: np.ndarray
    mixed: np.ndarray

    def modality(self, name: str) -> np.ndarray:
        """Return one modality of the held-out slices, (N, 64, 64)."""
        return self.images[..., MODALITIES.index(name)]

    @property
    def brain(self) -> np.ndarray:
        """Return where the brain is, (N, 64, 64)."""
        return np.asarray((self.images > -1).any(-1))

    def largest(self, count: int) -> np.ndarray:
        """Return the numbers of the slices with most tumour, one of each patient."""
        area = (self.seg > 0).sum((1, 2))
        order = np.argsort(-area, kind="stable")
        _, first = np.unique(self.patients[order], return_index=True)
        return order[np.sort(first)][:count]

    def spread(self, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return three slices: of those with a tumour, where most of it was found, a middle share, and least.

        Args:
            found: (N, 64, 64), where a reader found tumour.

        Returns:
            Their numbers (3,), and the share of the tumour that was found in each.
        """
        area = (self.seg > 0).sum((1, 2))
        ill = np.flatnonzero(area)
        share = (found & (self.seg > 0)).sum((1, 2))[ill] / area[ill]
        order = np.argsort(-share, kind="stable")[[0, (len(ill) - 1) // 2, -1]]
        return ill[order], share[order]

    def __str__(self) -> str:
        ill = (self.seg > 0).any((1, 2)).sum()
        return (
            f"{len(set(self.patients))} patients are held out: {ill} slices with a tumour, "
            f"{len(self.images) - ill} without"
        )


def open_people() -> People:
    """Return the people of lesson 55: phantoms, or those of `GANCOURSE_DATA`.

    A folder with fewer than `TARGETS` slices without a tumour is not used; one sentence says so.
    """
    folder = lesson_data(subjects=20, modalities=MODALITIES)
    phantoms = project_root() / COHORT
    people = _people(folder, own=folder != phantoms)
    if len(people.targets) < TARGETS:
        print(f"{folder}: {len(people.targets)} slices to learn from show no tumour, so phantoms are used.")
        people = _people(phantoms, own=False)
    return people


def _people(folder, own: bool) -> People:
    slices = make_slices(find_subjects(folder)[:MOST], slices_folder(folder))
    table = slices.table
    whole = ((table["missing"] == "") & table["tumour_px"].notna()).to_numpy()
    names, rng = np.unique(table["patient"][whole]), np.random.default_rng(0)
    if own:  # the shipped translators have seen none of them
        held = rng.permutation(names)[: max(HELD_OUT, len(names) // 4)]
    else:  # and of phantoms, those of the training split
        held = np.unique(table["patient"][whole & (table["split"] != "train")])
    left = rng.permutation(np.setdiff1d(names, held))
    sources = whole & table["patient"].isin(left[: len(left) // 2]).to_numpy()
    others = whole & table["patient"].isin(left[len(left) // 2 :]).to_numpy()
    rows = [
        row for name in held for row in _two_slices(table, np.flatnonzero(whole & (table["patient"] == name)))
    ]
    free, ill = (
        _images(slices, others & some.to_numpy(), "flair")
        for some in (table["tumour_px"] == 0, table["tumour_px"] >= TUMOUR_PX)
    )
    count = min(len(free), len(ill))
    return People(
        np.asarray(slices.images[rows], np.float32),
        np.asarray(slices.seg[rows]),
        table["patient"].to_numpy(str)[rows],
        _images(slices, sources, "t2"),
        free,
        np.concatenate([free[:count], ill[:count]]),
    )


def _two_slices(table, rows: np.ndarray) -> list[int]:
    """Return the row with most tumour and the one without any that is nearest to the middle of all."""
    area = table["tumour_px"].to_numpy()[rows]
    free = rows[area == 0]
    middle = np.abs(free - rows.mean())
    return [
        int(rows[area.argmax()]),
        *(free[[middle.argmin()]].tolist() if len(free) and area.max() > 0 else []),
    ]


def _images(slices: SliceSet, rows: np.ndarray, modality: str) -> np.ndarray:
    return np.asarray(slices.images[np.flatnonzero(rows)][..., [MODALITIES.index(modality)]], np.float32)


class Reader:
    """The course's segmenter as a reader of one contrast, slice by slice."""

    def __init__(self):
        self._segmenter = segmenter.load()

    def find(self, images: np.ndarray, modalities: tuple[str, ...] = ("flair",), part: int = 0) -> np.ndarray:
        """Find the tumour, or one part of it: Boolean (N, 64, 64).

        Args:
            images: (N, 64, 64), or (N, 64, 64, C) of several contrasts; in [-1, 1], the background -1.
            modalities: what they are.
            part: a label of `scheme.LABELS`; 0 for the whole tumour.
        """
        images = np.asarray(images, np.float32)
        seg = segment_slices(images if images.ndim == 4 else images[..., None], modalities, self._segmenter)
        seg[(seg > 0).sum((1, 2)) < SPECKS] = 0
        return seg == part if part else seg > 0
