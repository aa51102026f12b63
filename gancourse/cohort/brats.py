"""One `Subject`, whatever the vintage: BraTS 2013 to 2024, the Decathlon's Task01, and the phantoms.

In memory everything is alike: LPS axes, `scheme.MODALITIES`, `scheme.LABELS`.

    for subject in find_subjects("data/phantoms"):
        t1, seg = subject.load("t1"), subject.seg()      # (X, Y, Z) float32 and uint8
        print(subject.id, subject.grade, region(seg, "WT").sum() * subject.voxel_ml, "mL")
"""

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.cohort.brain import brain_mask
from gancourse.cohort.scheme import MODALITIES, REGIONS, TISSUES
from gancourse.cohort.stored_volume import check_orientation
from gancourse.cohort.vintages import (
    DECATHLON_CHANNELS,
    VINTAGES,
    check_role,
    check_vintage,
    parse_name,
    patient_of,
    read_grades,
    scan,
    vintage_of,
)
from gancourse.cohort.volumes import grid, grid_problem, read_labels, read_volume, stem, write_like
from gancourse.errors import InputError

__all__ = ["VINTAGES", "Subject", "brain_mask", "find_subjects", "region"]


@dataclass(frozen=True)
class Subject:
    """One scanned person at one time: where the files are, and how to read them.

    Attributes:
        id: Name of the subject, as its files have it.
        patient: Name of the person: the id without its time point. Split by this.
        grade: "HGG", "LGG", "healthy", or None where the files do not say.
        vintage: A key of `VINTAGES`.
        paths: File of each modality that exists; in the Decathlon, the same file for all four.
        seg_path, tissue_path: Files of the tumour labels and the tissue labels, or None.
        assume_orientation: Where stored axes point to, such as "LPS", in files that do not say; None to
            refuse these.
    """

    id: str
    patient: str
    grade: str | None
    vintage: str
    paths: dict[str, Path] = field(hash=False)
    seg_path: Path | None = None
    tissue_path: Path | None = None
    assume_orientation: str | None = None

    @classmethod
    def from_files(
        cls,
        *,
        seg: Path | str | None = None,
        tissue: Path | str | None = None,
        id: str | None = None,
        vintage: str | int | None = None,
        assume_orientation: str | None = None,
        **modalities: Path | str | None,
    ) -> "Subject":
        """Make a subject from named files: `Subject.from_files(t1="a.nii.gz", flair="b.nii.gz")`.

        Without `vintage` the file names decide; where they do not tell, labels are 1, 2 and 4 as in 2021.
        `assume_orientation` is as in `find_subjects`.

        Raises:
            InputError: No file given, one that does not exist or whose name says something else, or an
                unknown modality, vintage or orientation.
        """
        if unknown := set(modalities) - set(MODALITIES):
            raise InputError(f"unknown modality {min(unknown)!r}, expected one of {', '.join(MODALITIES)}")
        given = {**modalities, "seg": seg, "tissue": tissue}
        files = {role: Path(path) for role, path in given.items() if path is not None}
        if not files:
            raise InputError("no file given, expected at least one of t1, t1ce, t2, flair, seg")
        for role, path in files.items():
            if not path.is_file():
                raise InputError(f"{path}: no such file; check the path")
            check_role(path, role)
        named = next(iter(files.values()))
        told = (vintage_of(parse_name(path, None)[0], stem(path), path.parts[:-1]) for path in files.values())
        known = check_vintage(vintage) or next(filter(None, told), "2021")
        return _subject(id or parse_name(named, None)[0], known, files, None, assume_orientation)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Return the modalities that this subject has, in the order of `scheme.MODALITIES`."""
        return tuple(name for name in MODALITIES if name in self.paths)

    @cached_property
    def _grid(self) -> tuple[tuple[int, int, int], np.ndarray]:
        return grid(self._reference, self.assume_orientation)

    @property
    def _reference(self) -> Path:
        first = [self.paths[name] for name in self.modalities] + [self.seg_path, self.tissue_path]
        return next(path for path in first if path is not None)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape (X, Y, Z) of every array of this subject."""
        return self._grid[0]

    @property
    def affine(self) -> np.ndarray:
        """Return the affine (4, 4) of the LPS arrays: voxel indices to RAS millimetres."""
        return self._grid[1].copy()

    @property
    def zooms(self) -> tuple[float, float, float]:
        """Return the voxel size in mm along the axes of the LPS arrays."""
        x, y, z = nib.affines.voxel_sizes(self._grid[1]).tolist()
        return x, y, z

    @property
    def voxel_ml(self) -> float:
        """Return the volume of one voxel in mL."""
        return float(abs(np.linalg.det(self._grid[1][:3, :3])) / 1000)

    def load(self, modality: str) -> np.ndarray:
        """Read one modality: (X, Y, Z) float32 in LPS, intensities as stored.

        Raises:
            InputError: The subject has no such modality, or its file is damaged or on another grid.
        """
        if modality not in self.paths:
            have = ", ".join(self.modalities) or "none"
            raise InputError(f"{self.id}: no modality {modality!r}; it has {have}")
        channel = DECATHLON_CHANNELS.index(modality) if self.vintage == "decathlon" else None
        return self._read(self.paths[modality], channel)

    def seg(self) -> np.ndarray:
        """Read the tumour labels, (X, Y, Z) uint8 in LPS: `scheme.LABELS`, and `scheme.CAVITY` in 2024.

        Raises:
            InputError: The subject has none, or the file holds values that its vintage does not know.
        """
        if self.seg_path is None:
            raise InputError(f"{self.id}: no segmentation; choose a subject whose seg_path is not None")
        return self._read(self.seg_path, labels=VINTAGES[self.vintage])

    def tissue(self) -> np.ndarray | None:
        """Read the tissue labels, (X, Y, Z) uint8 in LPS, `scheme.TISSUES`; None if there is no such file."""
        if self.tissue_path is None:
            return None
        return self._read(self.tissue_path, labels={label: label for label in TISSUES})

    def save_like(self, array: np.ndarray, path: Path | str) -> None:
        """Write an LPS array as NIfTI in the subject's own grid and orientation on disk; values are kept.

        Raises:
            InputError: The shape is not the subject's, or `path` does not end in .nii or .nii.gz.
        """
        write_like(array, Path(path), self._reference, self.assume_orientation)

    def _read(
        self, path: Path, channel: int | None = None, labels: dict[int, int] | None = None
    ) -> np.ndarray:
        assumed = self.assume_orientation
        if labels is None:
            array, affine = read_volume(path, channel, assume_orientation=assumed)
        else:
            array, affine = read_labels(path, labels, assumed)
        if problem := grid_problem(path, (array.shape, affine), self._reference, self._grid):
            raise InputError(problem)
        return array


def region(seg: np.ndarray, name: str) -> np.ndarray:
    """Return a region that the challenge scores, "WT", "TC" or "ET", as a mask of the shape of `seg`."""
    if name not in REGIONS:
        raise InputError(f"unknown region {name!r}, expected one of {', '.join(REGIONS)}")
    return np.isin(seg, REGIONS[name])


def find_subjects(
    folder: Path | str, vintage: str | int | None = None, assume_orientation: str | None = None
) -> list[Subject]:
    """Find all subjects below a folder, sorted by id, including those that lack a modality or segmentation.

    Args:
        folder: Any level of any vintage's tree, flat or by grade.
        vintage: A key of `VINTAGES`, for files whose names do not tell; None to go by names.
        assume_orientation: Where stored axes point to, such as "LPS" (left, posterior, superior), in files
            whose headers do not say or contradict themselves; None to refuse these.

    Raises:
        InputError: No such folder, no subject in it, or two files for the same thing.
    """
    found, strays = scan(folder, vintage)
    for id, files in found.items():
        for role, paths in files.roles.items():
            if len(paths) > 1:
                raise InputError(f"{id}: two files for {role}, {paths[0]} and {paths[1]}; keep one")
    if not found:
        why = f"{strays[0].name} tells no vintage or role" if strays else "no .nii, .nii.gz or .mha file"
        raise InputError(f"{folder}: no BraTS subject found ({why}), or run `gancourse cohort make`")
    if strays:
        said = f"{folder}: skipped {len(strays)} files whose names tell no subject, such as {strays[0].name}"
        warnings.warn(f"{said}; `gancourse cohort check` lists them", stacklevel=2)
    grades = read_grades(folder)
    subjects = []
    for id, files in sorted(found.items()):
        chosen = {role: paths[0] for role, paths in files.roles.items()}
        grade = files.grade or grades.get(id)
        subjects.append(_subject(id, files.vintage, chosen, grade, assume_orientation))
    return subjects


def _subject(
    id: str, vintage: str, files: dict[str, Path], grade: str | None, assume_orientation: str | None
) -> Subject:
    paths = {name: files[name] for name in MODALITIES if name in files}
    labels = files.get("seg"), files.get("tissue")
    return Subject(id, patient_of(id), grade, vintage, paths, *labels, check_orientation(assume_orientation))
