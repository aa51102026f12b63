"""Read patients with stroke in ISLES 2022's files: DWI, ADC and FLAIR on one grid, that of DWI.

ISLES 2022 (Hernandez Petzsche et al., Sci. Data 9:762, 2022) follows BIDS; other releases of the same data
have all files of a session in one folder, lower-case `flair`, or a folder `rawdata` above. Files are found by
their
names, wherever they lie:

    sub-strokecase0001_ses-0001_dwi.nii.gz   ..._adc.nii.gz   ..._FLAIR.nii.gz   ..._msk.nii.gz

There are scans without and with the skull, and FLAIR may have been scanned on another grid than DWI: it is
then resampled to that of DWI by the places that both headers state, which holds if the head did not move
between.

    for patient in find_stroke_patients("data/stroke"):
        dwi, flair, seg = patient.load("dwi"), patient.load("flair"), patient.seg()   # (X, Y, Z), LPS
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from gancourse.cohort.brain import brain_mask
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
HIGHEST_ADC = 0.02  # mm2/s, of maps in that unit; the others are in 10^-6 mm2/s
WIDER = 1.5  # how much finer than DWI's FLAIR's voxels have to be for it to be smoothed first


@dataclass(frozen=True)
class StrokePatient:
    """One patient at one time: where the files are, and how to read them on the grid of DWI.

    Attributes:
        id: `sub-strokecase0001`, with the session behind it where there are several.
        paths: file of each modality that exists; DWI always does.
        seg_path: the mask of the infarct, or None.
        assume_orientation: where stored axes point to, such as "LPS", in files that do not say; None to
            refuse these.
    """

    id: str
    paths: dict[str, Path] = field(hash=False)
    seg_path: Path | None = None
    assume_orientation: str | None = None

    @property
    def modalities(self) -> tuple[str, ...]:
        """Return the modalities that there are, those of ISLES first."""
        return tuple(sorted(self.paths, key=(*STROKE_MODALITIES, "t1", "t2").index))

    @cached_property
    def grid(self) -> tuple[tuple[int, int, int], np.ndarray]:
        """Return shape and affine of DWI, in LPS."""
        return grid(self.paths["dwi"], self.assume_orientation)

    @property
    def zooms(self) -> np.ndarray:
        """Return the size of DWI's voxels, (3,) mm."""
        return nib.affines.voxel_sizes(self.grid[1])

    @property
    def voxel_ml(self) -> float:
        return float(np.prod(self.zooms) / 1000)

    def load(self, modality: str) -> np.ndarray:
        """Read a modality, (X, Y, Z) float32 on DWI's grid; ADC in 10^-6 mm2/s, the rest as stored.

        Raises:
            InputError: it is absent, damaged, or lies elsewhere in space than DWI does.
        """
        if modality not in self.paths:
            raise InputError(f"{self.id}: no {modality}; there are {', '.join(self.modalities)}")
        volume, affine = read_volume(self.paths[modality], assume_orientation=self.assume_orientation)
        shape, wanted = self.grid
        if volume.shape != shape or not same_grid(wanted, affine):
            volume = resampled(volume, affine, shape, wanted)
            if not volume.any():
                raise InputError(
                    f"{self.paths[modality]}: lies nowhere in the field of view of {self.paths['dwi']}; "
                    "register it to that scan first, for example with FSL FLIRT, ANTs or Greedy"
                )
        if modality == "adc" and 0 < np.nanmax(volume) < HIGHEST_ADC:
            volume = volume * 1e6
        return volume

    def seg(self) -> np.ndarray:
        """Read the infarct's mask, (X, Y, Z) uint8 on DWI's grid.

        Raises:
            InputError: there is none, it holds other values than 0 and 1, or is on another grid.
        """
        if self.seg_path is None:
            raise InputError(f"{self.id}: no mask; choose a patient whose seg_path is not None")
        array, affine = read_labels(self.seg_path, {1: 1}, self.assume_orientation)
        if problem := grid_problem(self.seg_path, (array.shape, affine), self.paths["dwi"], self.grid):
            raise InputError(problem)
        return array

    def brain(self) -> tuple[np.ndarray, bool]:
        """Find the brain in DWI: its mask, (X, Y, Z) bool, and whether the skull had been stripped.

        DWI suppresses fat and shows no bone, so that the brain in a head is its largest bright piece; some
        of the scalp, the eyes and the neck may stay.
        """
        volume = self.load("dwi")
        try:
            return brain_mask(volume), True
        except InputError:
            return bright_piece(volume, self.zooms), False

    def save_like(self, array: np.ndarray, path: Path | str) -> None:
        """Write an LPS array as NIfTI on DWI's grid, in its orientation on disk."""
        write_like(array, Path(path), self.paths["dwi"], self.assume_orientation)


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


def resampled(
    volume: np.ndarray, affine: np.ndarray, shape: tuple[int, ...], wanted: np.ndarray
) -> np.ndarray:
    """Resample a volume to another grid by linear interpolation, 0 beyond its edge.

    What is finer than the new grid is smoothed first, so that a thick slice averages over all of its
    thickness.

    Args:
        volume: (X, Y, Z), any values; not-a-number counts as 0.
        affine: (4, 4), its voxels to RAS mm.
        shape: of the result.
        wanted: (4, 4), the affine of the result.
    """
    to_old = np.linalg.inv(affine) @ wanted
    steps = np.abs(to_old[:3, :3]).max(1)  # old voxels per new one
    sigma = np.where(steps > WIDER, 0.35 * np.sqrt(np.maximum(steps**2 - 1, 0)), 0)
    smooth = ndimage.gaussian_filter(np.nan_to_num(volume).astype(np.float32), sigma)
    return ndimage.affine_transform(smooth, to_old[:3, :3], to_old[:3, 3], shape, order=1, cval=0.0)


def bright_piece(volume: np.ndarray, zooms: np.ndarray) -> np.ndarray:
    """Return the largest bright piece (X, Y, Z) of a DWI with a skull, filled."""
    values = np.nan_to_num(volume)
    threshold = 0.35 * np.percentile(values[values > np.percentile(values, 60)], 75)
    disc = np.ones((3, 3, 1), bool)  # within slices, which may be thick
    steps = max(1, round(3 / float(zooms[0])))
    core = ndimage.binary_erosion(values > threshold, disc, iterations=steps)
    pieces, count = ndimage.label(core)
    if not count:
        raise InputError("nothing but background, expected a brain; use another file")
    largest = pieces == 1 + np.bincount(pieces.ravel())[1:].argmax()
    grown = ndimage.binary_dilation(largest, disc, iterations=steps + 1) & (values > threshold)
    return np.stack([ndimage.binary_fill_holes(part) for part in np.moveaxis(grown, 2, 0)], axis=2)
