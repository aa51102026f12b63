"""Read translated contrasts by the shipped segmenter, patient by patient, and write lesson 55's tables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from patients import SETS, patients

from gancourse.cohort.brats import Subject
from gancourse.cohort.planes import Cut, normalise
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.metrics.intervals import bootstrap
from gancourse.segmentation import stripping
from gancourse.segmentation.heads import brain_of_head, read_volumes
from gancourse.segmentation.segmenter import Segmenter
from gancourse.segmentation.slice_reader import FOV_MM, segment_slices

#: Task -> modalities that the reader gets, with the translated one, and the labels it looks for.
TASKS = {"flair": (("flair",), (1, 2, 4)), "t1ce": (MODALITIES, (4,))}
LEAST_ML = 2.0  #: of a true lesion, for the share of it that is found
CLEAR_ML = 0.5  #: of what is found in people without a lesion: an invention


@dataclass(frozen=True)
class People:
    """Slices of some people.

    Attributes:
        images: (N, S, S, 4) float32 in [-1, 1], `scheme.MODALITIES`; -1 where one is missing.
        seg: (N, S, S) uint8.
        table: `patient` and `grade` of each slice.
        voxel_ml: volume of a pixel.
    """

    images: np.ndarray
    seg: np.ndarray
    table: pd.DataFrame
    voxel_ml: float

    @classmethod
    def among(cls, slices: SliceSet, rows: np.ndarray, every: int = 1) -> "People":
        """Take some slices of an open folder that has all modalities."""
        rows, depth = rows[::every], every * slices.made_with["step_mm"]
        voxel_ml = (FOV_MM / slices.seg.shape[1]) ** 2 * depth / 1000
        table = slices.table.iloc[rows].reset_index(drop=True)
        return cls(np.asarray(slices.images[rows], np.float32), np.asarray(slices.seg[rows]), table, voxel_ml)

    @property
    def brain(self) -> np.ndarray:
        """Return where there is brain, (N, S, S)."""
        return (self.seg > 0) | (self.images.max(-1) > -0.95)

    def of(self, *modalities: str) -> np.ndarray:
        """Return some modalities, (N, S, S, n)."""
        return self.images[..., [MODALITIES.index(m) for m in modalities]]


def translate(network, sources: np.ndarray) -> np.ndarray:
    """Translate images (N, S, S, n) to (N, S, S), float32 in [-1, 1]."""
    parts = [network(sources[k : k + 32], training=False) for k in range(0, len(sources), 32)]
    return np.concatenate(parts)[..., 0]


def read(people: People, task: str, image: np.ndarray | None, segmenter: Segmenter) -> np.ndarray:
    """Find lesions (N, S, S), true or false, where `image` (N, S, S) is in the place of a modality.

    Args:
        task: one of `TASKS`.
        image: None leaves the modality out.
    """
    seen, labels = TASKS[task]
    if image is None:
        seen = tuple(m for m in seen if m != task)
    given = people.of(*seen).copy()
    if image is not None:
        given[..., seen.index(task)] = image
    return np.isin(segment_slices(given, seen, segmenter), labels)


def rows_of(people: People, task: str, image: np.ndarray | None, found: np.ndarray) -> pd.DataFrame:
    """Return a row for each patient: mL of lesion, found, hit and invented, and the image's errors.

    `l1_brain` is the mean absolute error inside the brain, of grey values from -1 to 1. `enhancement` is for
    T1ce: how far the enhancing part stands out from the brain outside of the tumour, 0 as in T1 and 1 as in
    the true T1ce.
    """
    truth = np.isin(people.seg, TASKS[task][1])
    rows = []
    for (patient, grade), part in people.table.groupby(["patient", "grade"], sort=True):
        k = part.index.to_numpy()
        ml = {
            "tumour_ml": truth[k], "found_ml": found[k],
            "hit_ml": truth[k] & found[k], "invented_ml": found[k] & ~truth[k],
        }  # fmt: skip
        row = {"patient": patient, "grade": grade} | {n: people.voxel_ml * m.sum() for n, m in ml.items()}
        row |= {"l1_brain": np.nan, "enhancement": np.nan}
        if image is not None:
            target, t1 = people.of(task)[k, ..., 0], people.of("t1")[k, ..., 0]
            row["l1_brain"] = np.abs(image[k] - target)[people.brain[k]].mean()
            if task == "t1ce" and row["tumour_ml"] >= LEAST_ML:
                healthy = people.brain[k] & (people.seg[k] == 0)
                shown, plain, true = (x[truth[k]].mean() - x[healthy].mean() for x in (image[k], t1, target))
                row["enhancement"] = (shown - plain) / (true - plain)
        rows.append(row)
    return pd.DataFrame(rows)


def score(
    people: People,
    translators: list[tuple[str, str, int, Callable]],
    segmenter: Segmenter,
    parts: Path | None = None,
) -> pd.DataFrame:
    """Score all methods on some people.

    Args:
        translators: task, method, seed, and a function of `people` that returns images (N, S, S), or None.
        parts: folder that keeps each method's rows, so that they are not read again.
    """
    tables = []
    for task, method, seed, make in translators:
        kept = parts / f"{task}-{method}-s{seed}.csv" if parts else None
        if kept and kept.exists():
            tables.append(pd.read_csv(kept))
            continue
        image = make(people)
        found = read(people, task, image, segmenter)
        tables.append(rows_of(people, task, image, found).assign(task=task, method=method, seed=seed))
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            tables[-1].to_csv(kept, index=False)
        print(task, method, seed, tables[-1][["tumour_ml", "hit_ml", "invented_ml"]].sum().round(1).to_dict())
    table = pd.concat(tables)
    first = ["task", "method", "seed", "patient", "grade"]
    return table[first + [c for c in table if c not in first]]


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each method, all seeds together, means over patients with 95 % intervals.

    `found` is the share of a lesion of `LEAST_ML` or more that is found, `lost` the share of patients with
    one in whom less than a tenth is found. `invented_ml` is what is found outside of the lesion, in all, and
    `invented` the share of people without a lesion in whom `CLEAR_ML` or more is found.
    """
    rows = []
    for (task, method), part in table.groupby(["task", "method"], sort=False):
        part = part.assign(found=part["hit_ml"] / part["tumour_ml"].where(part["tumour_ml"] >= LEAST_ML))
        part["lost"] = (part["found"] < 0.1).where(part["found"].notna())
        part["invented"] = (part["found_ml"] >= CLEAR_ML).where(part["tumour_ml"] == 0)
        for what in ("found", "lost", "invented_ml", "invented", "l1_brain", "enhancement"):
            values = part.groupby("patient")[what].mean().astype(float)  # a patient counts once
            if values.notna().any():
                mean, low, high = bootstrap(values, seed=0)
                rows.append(
                    {"task": task, "method": method, "measure": what, "patients": values.notna().sum(),
                     "mean": mean, "low": low, "high": high}
                )  # fmt: skip
    return pd.DataFrame(rows)


def real_people(name: str, step_mm: float = 8.0, size: int = 64) -> People:
    """Cut the real patients of one of `patients.SETS` as phantoms are cut; heads are stripped first."""
    shown = [(subject, *_real_slices(subject, SETS[name].heads, step_mm, size)) for subject in patients(name)]
    tables = [pd.DataFrame({"patient": s.patient, "grade": s.grade}, range(len(seg))) for s, _, seg in shown]
    images, segs = (np.concatenate([one[k] for one in shown]) for k in (1, 2))
    voxel_ml = (FOV_MM / size) ** 2 * step_mm / 1000
    return People(images.astype(np.float32), segs, pd.concat(tables, ignore_index=True), voxel_ml)


def _real_slices(subject: Subject, heads: bool, step_mm: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    brain = brain_of_head(subject, stripping.load) if heads else None
    if brain is None:
        scans = read_scans(subject)
        volumes, mask = scans.volumes, scans.brain
    else:
        volumes, mask = read_volumes(subject), brain.mask
    cut = Cut.through(mask, subject.zooms, "axial", size, FOV_MM, (0.45, 0.8), step_mm)
    images = np.full((len(cut.at), size, size, len(MODALITIES)), -1, np.float32)
    for modality, volume in volumes.items():
        images[..., MODALITIES.index(modality)] = cut.image(normalise(volume * mask, mask))
    return images, cut.labels(subject.seg() * mask)
