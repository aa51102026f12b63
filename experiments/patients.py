"""The real patients of checks: where they are, what each set holds, and axial sections of them.

They lie outside the repository, in the folder that `GANCOURSE_REAL` names or in `shared/real` beside the
repository, and are for measuring only: nothing is trained on them, and no picture of one is stored here.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.planes import Cut, normalise, resampling_matrix
from gancourse.cohort.scans import read_scans
from gancourse.errors import InputError
from gancourse.project import project_root


@dataclass(frozen=True)
class PatientSet:
    """One set of real patients.

    Attributes:
        vintage: of the file names, for `find_subjects`.
        regions: to score.
        title: what it is and which modalities it has.
        heads: whether the skull has not been stripped.
    """

    vintage: str | None
    regions: tuple[str, ...]
    title: str
    heads: bool = False


SETS = {
    "brats2013": PatientSet(None, ("WT", "TC", "ET"), "BRATS 2013, one slice each, four modalities"),
    "brats2015": PatientSet(None, ("WT", "TC", "ET"), "BRATS 2015, volumes, T1ce and FLAIR"),
    "lgg": PatientSet("2018", ("WT",), "TCGA low-grade glioma, heads, T1, T1ce and FLAIR", heads=True),
    "ibsr": PatientSet("2018", ("GM", "WM"), "IBSR, healthy adults, T1"),
}

#: Height of the BRATS 2013 slices as fractions of the brain's extent. Slices 1, 3 and 4 were found by their
#: correlation with the volumes of BRATS 2015; the others were judged by eye, beside those volumes.
HEIGHTS = {
    "BRATS_HG0001": 0.48, "BRATS_HG0002": 0.64, "BRATS_HG0003": 0.56, "BRATS_HG0004": 0.49,
    "BRATS_HG0005": 0.57, "BRATS_HG0006": 0.56, "BRATS_HG0008": 0.56, "BRATS_HG0009": 0.62,
}  # fmt: skip
#: Patients whose scans end in the middle of the brain, which gives them away at a glance.
CROPPED = ("BRATS_HG0006", "HGG_brats_2013_pat0006_1")


def real_folder() -> Path:
    """Return the folder of real scans.

    Raises:
        InputError: there is none.
    """
    beside = project_root().parent / "shared" / "real"
    folder = Path(os.environ.get("GANCOURSE_REAL", "").strip() or beside)
    if not (folder / "patients").is_dir():
        raise InputError(f"{folder}: no folder `patients` in it; set GANCOURSE_REAL to that of real scans")
    return folder


def patients(name: str) -> list[Subject]:
    """Find the subjects of one of the `SETS`."""
    return find_subjects(real_folder() / "patients" / name, SETS[name].vintage)


def refuse_repository(path: Path) -> None:
    """Raise `InputError` for a path inside a repository, where no picture of a patient may lie."""
    for parent in path.resolve().parents:
        if (parent / ".git").exists():
            raise InputError(f"{path}: lies in the repository {parent}; write real patients outside of it")


@dataclass(frozen=True)
class Section:
    """One axial slice of a person. Arrays are (X, Y), axes to the patient's left and to posterior.

    Attributes:
        person: name of the subject.
        height: of the slice, as a fraction of the brain's extent, from its lowest slice to its highest.
        images: float32 by modality, intensities as stored.
        brain: bool.
        seg, tissue: uint8, `scheme.LABELS` and `scheme.TISSUES`; None if unknown.
        zooms: size of a pixel along x and y, mm.
    """

    person: str
    height: float
    images: dict[str, np.ndarray]
    brain: np.ndarray
    seg: np.ndarray | None
    tissue: np.ndarray | None
    zooms: tuple[float, float]

    def picture(self, modality: str, size: int) -> np.ndarray:
        """Show one modality: (size, size) float32 in [-1, 1], black outside, the patient's right on the left.

        The window is that of the course's slices, 0.5 to 99.5 percent of the brain, but of this slice alone,
        since some patients have no other. The field of view is 208 mm wide, or `size` mm if that is more.
        """
        fov = max(208.0, size)
        cut = Cut.through(self.brain[..., None], (*self.zooms, 1.0), "axial", size, fov, (0, 1), 1)
        return cut.image(normalise(self.images[modality], self.brain)[..., None])[0]

    def resampled(self, zooms: tuple[float, float]) -> "Section":
        """Return the section on a grid of pixels of `zooms` mm, as coarser scans show it."""
        if np.allclose(zooms, self.zooms, atol=0.02):
            return self
        sizes = [
            round(n * old / new) for n, old, new in zip(self.brain.shape, self.zooms, zooms, strict=True)
        ]
        rows, columns = (
            resampling_matrix(n, old, (n - 1) / 2, size, new)
            for n, old, size, new in zip(self.brain.shape, self.zooms, sizes, zooms, strict=True)
        )

        def averaged(image: np.ndarray) -> np.ndarray:
            return rows @ image.astype(np.float32) @ columns.T

        def labels(volume: np.ndarray | None) -> np.ndarray | None:
            if volume is None:
                return None
            values = np.unique(volume)
            return values[np.argmax([averaged(volume == value) for value in values], 0)]

        inside = averaged(self.brain)
        brain = inside >= 0.5
        images = {
            m: averaged(image * self.brain) / np.maximum(inside, 0.5) * brain
            for m, image in self.images.items()
        }
        return Section(self.person, self.height, images, brain, labels(self.seg), labels(self.tissue), zooms)


def section_of(subject: Subject, height: float | None = None) -> Section:
    """Cut a subject at a height, a fraction of the brain's extent; None for the known one of a single slice.

    Raises:
        InputError: as `read_scans`.
    """
    return next(sections_of(subject, [HEIGHTS.get(subject.id, 0.5) if height is None else height]))


def sections_of(subject: Subject, heights: list[float]) -> Iterator[Section]:
    """Yield a subject's sections at several heights, after reading it once."""
    scans, tissue = read_scans(subject), subject.tissue()
    seg = None if subject.seg_path is None else subject.seg()
    for height in heights:
        k = level(scans.brain, height)
        yield Section(
            subject.id,
            height,
            {m: volume[:, :, k] for m, volume in scans.volumes.items()},
            scans.brain[:, :, k],
            None if seg is None else seg[:, :, k],
            None if tissue is None else tissue[:, :, k],
            subject.zooms[:2],
        )


def level(brain: np.ndarray, height: float) -> int:
    """Return the index of the slice at a height of a brain (X, Y, Z)."""
    filled = np.flatnonzero(brain.any((0, 1)))
    return round(float(filled[0] + height * (filled[-1] - filled[0])))
