"""Read patients with stroke in ISLES 2022's files: DWI, ADC and FLAIR on one grid, that of DWI.

ISLES 2022 (Hernandez Petzsche et al., Sci. Data 9:762, 2022) follows BIDS; other releases of the same data
have all files of a session in one folder, lower-case `flair`, or a folder `rawdata` above. Files are found by
their
names, wherever they lie:

    sub-strokecase0001_ses-0001_dwi.nii.gz   ..._adc.nii.gz   ..._FLAIR.nii.gz   ..._msk.nii.gz

There are scans without and with the skull, and FLAIR may have been scanned on another grid than DWI: it is
then resampled to that of DWI by the places that both headers state, which holds if the head did not move
between. DWI may hold the images of several b in one file, of which the `.bval` file beside it says which is
which. Files of any names, with or without DWI, are read by `StrokePatient.from_files`.

    for patient in find_stroke_patients("data/stroke"):
        dwi, flair, seg = patient.load("dwi"), patient.load("flair"), patient.seg()   # (X, Y, Z), LPS
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.cohort.brain import brain_mask
from gancourse.cohort.stroke_volumes import adc_unit, bright_piece, choose_volume, filled, resampled
from gancourse.cohort.volumes import (
    ENDINGS,
    grid,
    grid_problem,
    read_labels,
    read_volume,
    same_grid,
    stem,
    write_like,
)
from gancourse.errors import InputError

STROKE_MODALITIES = ("dwi", "adc", "flair")
#: What a file name may end in, in lower case, and what the file is.
_ROLES = {"dwi": "dwi", "adc": "adc", "flair": "flair", "t1w": "t1", "t2w": "t2", "msk": "seg", "mask": "seg"}
_NAME = re.compile(
    rf"(?P<id>sub-[a-z0-9]+)(?:_(?P<session>ses-[a-z0-9]+))?(?P<rest>(?:_[a-z]+-[a-z0-9]+)*)"
    rf"_(?P<role>{'|'.join(_ROLES)}|lesion-msk|lesion_msk)",
    re.IGNORECASE,
)
LARGEST_ML = 1900.0  # a larger brain, with what it encloses in axial slices, has its skull


@dataclass(frozen=True)
class StrokePatient:
    """One patient at one time: where the files are, and how to read them on one grid, that of DWI.

    Attributes:
        id: `sub-strokecase0001`, with the session behind it where there are several.
        paths: file of each modality that exists; DWI does, unless the files were named.
        seg_path: the mask of the infarct, or None.
        assume_orientation: where stored axes point to, such as "LPS", in files that do not say; None to
            refuse these.
    """

    id: str
    paths: dict[str, Path] = field(hash=False)
    seg_path: Path | None = None
    assume_orientation: str | None = None

    @classmethod
    def from_files(
        cls,
        *,
        dwi: Path | str | None = None,
        adc: Path | str | None = None,
        flair: Path | str | None = None,
        assume_orientation: str | None = None,
        id: str = "",
    ) -> "StrokePatient":
        """Make a patient from named files, at least one: `StrokePatient.from_files(adc="map.nii.gz")`.

        Raises:
            InputError: no file given, one that does not exist, or one file for two modalities.
        """
        given = {"dwi": dwi, "adc": adc, "flair": flair}
        files = {modality: Path(path) for modality, path in given.items() if path is not None}
        if not files:
            raise InputError("no file given, expected at least one of dwi, adc, flair")
        for path in files.values():
            if not path.is_file():
                raise InputError(f"{path}: no such file; check the path")
        if len({path.resolve() for path in files.values()}) < len(files):
            twice = " and ".join(f"{modality} {path}" for modality, path in files.items())
            raise InputError(f"{twice}: one file for two modalities; name each one's own")
        first = stem(next(iter(files.values())))
        match = _NAME.fullmatch(first)
        return cls(id or (match["id"] if match else first), files, None, assume_orientation)

    @property
    def reference(self) -> str:
        """Return the modality whose grid is the patient's: DWI, or the first that there is."""
        return self.modalities[0]

    @property
    def modalities(self) -> tuple[str, ...]:
        """Return the modalities that there are, those of ISLES first."""
        return tuple(sorted(self.paths, key=(*STROKE_MODALITIES, "t1", "t2").index))

    @cached_property
    def grid(self) -> tuple[tuple[int, int, int], np.ndarray]:
        """Return shape and affine of the reference, in LPS."""
        return grid(self.paths[self.reference], self.assume_orientation)

    @property
    def zooms(self) -> np.ndarray:
        """Return the size of the reference's voxels, (3,) mm."""
        return nib.affines.voxel_sizes(self.grid[1])

    @property
    def voxel_ml(self) -> float:
        return float(np.prod(self.zooms) / 1000)

    def chosen(self, modality: str) -> tuple[int, float] | None:
        """Return which volume of a file of several is read, from 0, and its b in s/mm2; None for one volume.

        Raises:
            InputError: the file holds several, and no `.bval` beside it says which one has the highest b.
        """
        return choose_volume(self.paths[modality], modality, self.assume_orientation)

    def load(self, modality: str) -> np.ndarray:
        """Read a modality, (X, Y, Z) float32 on the patient's grid; ADC in 10^-6 mm2/s, the rest as stored.

        Raises:
            InputError: it is absent, damaged, holds several volumes, or lies elsewhere than the reference.
        """
        if modality not in self.paths:
            raise InputError(f"{self.id}: no {modality}; there are {', '.join(self.modalities)}")
        path, chosen = self.paths[modality], self.chosen(modality)
        channel = chosen and chosen[0]
        volume, affine = read_volume(path, channel, assume_orientation=self.assume_orientation)
        shape, wanted = self.grid
        if volume.shape != shape or not same_grid(wanted, affine):
            volume = resampled(volume, affine, shape, wanted)
            if not volume.any():
                raise InputError(
                    f"{path}: lies nowhere in the field of view of {self.paths[self.reference]}; "
                    "register it to that scan first, for example with FSL FLIRT, ANTs or Greedy"
                )
        return volume * adc_unit(volume) if modality == "adc" else volume

    def seg(self) -> np.ndarray:
        """Read the infarct's mask, (X, Y, Z) uint8 on the patient's grid.

        Raises:
            InputError: there is none, it holds other values than 0 and 1, or is on another grid.
        """
        if self.seg_path is None:
            raise InputError(f"{self.id}: no mask; choose a patient whose seg_path is not None")
        array, affine = read_labels(self.seg_path, {1: 1}, self.assume_orientation)
        other = self.paths[self.reference]
        if problem := grid_problem(self.seg_path, (array.shape, affine), other, self.grid):
            raise InputError(problem)
        return array

    def brain(self) -> tuple[np.ndarray, bool]:
        """Find the brain: its mask, (X, Y, Z) bool, and whether the skull had been stripped.

        DWI suppresses fat and shows no bone, so that the brain in a head is its largest bright piece; some
        of the scalp, the eyes and the neck may stay. Without DWI, the skull has to be stripped.

        Raises:
            InputError: nothing but background, or a skull and no DWI.
        """
        volume = self.load(self.reference)
        try:
            mask = brain_mask(volume)
        except InputError:
            mask = None
        if mask is not None and filled(mask).sum() * self.voxel_ml <= LARGEST_ML:
            return mask, True
        if self.reference == "dwi":
            return bright_piece(volume, self.zooms), False
        raise InputError(
            f"{self.paths[self.reference]}: has a skull, and no DWI tells where the brain is; add the DWI, "
            "or strip the skull first"
        )

    def save_like(self, array: np.ndarray, path: Path | str) -> None:
        """Write an LPS array as NIfTI on the patient's grid, in the reference's orientation on disk."""
        write_like(array, Path(path), self.paths[self.reference], self.assume_orientation)


def find_stroke_patients(folder: Path | str, assume_orientation: str | None = None) -> list[StrokePatient]:
    """Find all patients below a folder, sorted by id.

    Args:
        folder: any level of ISLES 2022's tree, of one patient or of many.
        assume_orientation: as in `StrokePatient`.

    Raises:
        InputError: no such folder, nobody in it, somebody without DWI, or two files for the same thing.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; check the path, or run `gancourse cohort make --pathology stroke`"
        )
    found: dict[tuple[str, str], dict[str, list[Path]]] = {}
    for path in sorted(files_around(folder)):
        match = _NAME.fullmatch(stem(path))
        if match and "space-" not in match["rest"].lower():  # those are copies in a template's space
            role = _ROLES.get(match["role"].lower(), "seg")
            key = match["id"], (match["session"] or "").lower()
            found.setdefault(key, {}).setdefault(role, []).append(path)
    if not found:
        raise InputError(
            f"{folder}: no files in ISLES 2022's names, such as sub-strokecase0001_ses-0001_dwi.nii.gz; "
            "rename yours, or run `gancourse cohort make --pathology stroke`"
        )
    return [patient_of(folder, key, roles, found, assume_orientation) for key, roles in sorted(found.items())]


def files_around(folder: Path) -> set[Path]:
    """Return the volume files below a folder; of a patient's, also in `derivatives` beside it."""
    wanted = [folder]
    if folder.name.lower() in ("rawdata", "raw_data"):
        wanted.append(folder.parent / "derivatives")
    for parent in (folder, *folder.parents[:3]):
        if parent.name.startswith("sub-"):
            tops = parent.parent, parent.parent.parent  # the second holds `rawdata` and `derivatives`
            wanted += [top / "derivatives" / parent.name for top in tops]
    found = {path for top in wanted if top.is_dir() for path in top.rglob("*")}
    return {p for p in found if p.name.lower().endswith(ENDINGS) and not p.name.startswith(".")}


def patient_of(
    folder: Path,
    key: tuple[str, str],
    roles: dict[str, list[Path]],
    found: dict[tuple[str, str], dict[str, list[Path]]],
    assume_orientation: str | None,
) -> StrokePatient:
    """Make one patient of the files that were found."""
    several = sum(other == key[0] for other, _ in found) > 1
    id = "_".join(key) if several else key[0]
    for role, paths in roles.items():
        if len(paths) > 1:
            raise InputError(f"{id}: two files for {role}, {paths[0]} and {paths[1]}; keep one")
    files = {role: paths[0] for role, paths in roles.items()}
    seg = files.pop("seg", None)
    if "dwi" not in files:
        there = ", ".join(sorted(files)) or "the mask alone"
        home = next(iter([*files.values(), seg or folder])).parent
        raise InputError(
            f"{home}: no DWI of {id} (found {there}), without which no acute infarct is seen; add "
            f"{'_'.join(filter(None, key))}_dwi.nii.gz, or take this patient out"
        )
    return StrokePatient(id, files, seg, assume_orientation)
