"""What can be wrong with a patient's files before a network sees them, and the step to take first."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from scipy import ndimage

from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.volumes import background, brain_mask, grid, same_grid
from gancourse.errors import InputError

#: Beyond these it is no brain alone: the largest adult ones have about 2 L, and 220 cm2 in a slice.
LARGEST_ML, LARGEST_CM2 = 2200, 240


def find_patient(place: Path | None, files: Mapping[str, Path | None]) -> Subject:
    """The one subject that a person means.

    Args:
        place: folder of one subject of any vintage, or a file of its scans; None if files are named.
        files: file of each modality, or None.

    Raises:
        InputError: neither or both given, no subject there or several, DICOM, or one file given twice.
    """
    named: dict = {modality: Path(path) for modality, path in files.items() if path is not None}
    if (place is None) == (not named):
        raise InputError("expected one subject: give its folder, or its files by --t1, --t1ce, --t2, --flair")
    if place is None:
        for path in named.values():
            _refuse_dicom(path)
        if len({path.resolve() for path in named.values()}) < len(named):
            twice = " and ".join(f"--{modality} {path}" for modality, path in named.items())
            raise InputError(f"{twice}: one file for two modalities; name each one's own")
        return Subject.from_files(**named)
    _refuse_dicom(place)
    try:
        found = find_subjects(place.parent if place.is_file() else place)
    except InputError as error:
        raise InputError(f"{error}, or name the files: --t1 FILE --flair FILE") from error
    if place.is_file():
        found = [subject for subject in found if place in subject.paths.values()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(subject.id for subject in found[:3])
    what = f"{len(found)} subjects, such as {names}" if found else "no subject's scan"
    raise InputError(f"{place}: {what}, expected one; give its own folder, or its files by --t1, --flair")


def check_grids(subject: Subject) -> None:
    """From the headers alone: some modality, all on one grid, and slices that are axial.

    Raises:
        InputError: with the step to take first.
    """
    if not subject.modalities:
        raise InputError(f"{subject.id}: has none of {', '.join(MODALITIES)}; give at least one scan")
    first, *others = dict.fromkeys(subject.paths[modality] for modality in subject.modalities)
    shape, affine = grid(first)
    for other in others:
        its_shape, its_affine = grid(other)
        if its_shape != shape or not same_grid(affine, its_affine, origin=other.suffix.lower() != ".mha"):
            what = f"shape {its_shape} instead of {shape}" if its_shape != shape else "another affine"
            raise InputError(
                f"{other}: on another grid than {first} ({what}); register it to that one and resample it "
                "first, for example with FSL FLIRT, ANTs or Greedy"
            )
    if min(shape[:2]) < 2:
        plane = "sagittal" if shape[0] < 2 else "coronal"
        raise InputError(f"{first}: one {plane} slice, shape {shape}; expected axial slices, give the volume")


def read(subject: Subject, modality: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """One modality and its brain.

    Returns:
        The volume, (X, Y, Z) float32, its background in place of not-a-number; the mask of its brain; and
        where not-a-number was, None if nowhere.

    Raises:
        InputError: no such modality, an unreadable file, no brain, or one still in its skull.
    """
    volume = subject.load(modality)
    broken = ~np.isfinite(volume)
    try:
        volume[broken] = np.nan
        brain, outside = brain_mask(volume), background(volume)
        volume[broken] = outside
        for k in (0, -1):  # a hole may go on beyond the first and the last slice
            brain[:, :, k] = ndimage.binary_fill_holes(brain[:, :, k])
        if sign := skull_sign(volume, brain, subject.zooms, outside):
            raise InputError(f"a head with its skull ({sign}); strip it first, with HD-BET or SynthStrip")
    except InputError as error:
        raise InputError(f"{subject.paths[modality]} ({modality}): {error}") from error
    return volume, brain, broken if broken.any() else None


def check_finite(broken: np.ndarray, brain: np.ndarray, name: str) -> None:
    """Outside the brain not-a-number is background, as some programs write it; inside, an error.

    Args:
        broken: where not-a-number was, (X, Y, Z).
        brain: of all modalities together.
        name: of the file, for the message.

    Raises:
        InputError: two voxels or more below the brain's surface, or a slab through it.
    """
    lost = (broken & ndimage.binary_erosion(brain, np.ones((3, 3, 1)), iterations=2)).any()
    for axis in range(3):
        others = tuple({0, 1, 2} - {axis})
        slices = np.flatnonzero(brain.any(others))
        lost |= np.all(broken, axis=others)[slices[0] : slices[-1]].any()
    if lost:
        raise InputError(f"{name}: NaN or infinity inside the brain; repair it, or leave this modality out")


def skull_sign(
    volume: np.ndarray, brain: np.ndarray, zooms: Sequence[float], outside: float = 0.0
) -> str | None:
    """What tells that a "brain" is a head with its skull, or None.

    Either a size that no brain has; or, on most rays through the upper half, from outside: bright (scalp),
    dark (bone: below 0.3 of either), bright again. A sulcus looks like that as well, but not all the way
    round; CSF below remains of the dura is brighter than bone.

    Args:
        volume: (X, Y, Z), finite.
        brain: its foreground, of the same shape.
        zooms: mm.
        outside: intensity of the background. Where much of the foreground is darker, only size counts.
    """
    litres = brain.sum() * np.prod(zooms) / 1e6
    areas = brain.sum((0, 1)) * zooms[0] * zooms[1] / 100  # cm2
    if 1000 * litres > LARGEST_ML or areas.max() > LARGEST_CM2:
        return f"{litres:.1f} L, {areas.max():.0f} cm2 in a slice, more than a brain has"
    if np.percentile(volume[brain], 1) < outside:
        return None
    upper = np.flatnonzero((areas >= 0.5 * areas.max()) & (np.arange(len(areas)) >= areas.argmax()))
    upper = upper[np.linspace(0, len(upper) - 1, min(8, len(upper))).astype(int)]
    share = np.mean([_dips(volume[:, :, k] - outside, brain[:, :, k], zooms) for k in upper])
    return f"a bright shell round a dark one on {share:.0%} of its outline" if share > 0.6 else None


def _dips(image: np.ndarray, brain: np.ndarray, zooms: Sequence[float]) -> np.ndarray:
    """For each of 72 rays to a slice's centre: whether bright, dark (within 20 mm), bright follow on it."""
    centre = np.array(ndimage.center_of_mass(brain))[:, None, None]
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    way = np.stack([np.cos(angles) / zooms[0], np.sin(angles) / zooms[1]])[..., None]  # voxels a mm
    inside = ndimage.map_coordinates(brain.astype(np.float32), centre + way * np.arange(150), order=1) > 0.5
    outline = 149 - inside[:, ::-1].argmax(1)[:, None]  # mm from the centre
    depths = outline - np.arange(40)
    profile = ndimage.map_coordinates(image, centre + way * depths, order=1)  # (72, 40)
    inner = np.median(profile[:, 22:], axis=1, keepdims=True)
    outer = np.maximum.accumulate(profile, axis=1)
    return (profile < 0.3 * np.minimum(inner, outer))[:, 2:20].any(1)


def _refuse_dicom(place: Path) -> None:
    files = islice((p for p in place.rglob("*") if p.is_file()), 100) if place.is_dir() else [place]
    if any(path.suffix.lower() == ".dcm" or _has_dicom_mark(path) for path in files):
        raise InputError(f"{place}: DICOM, expected NIfTI; convert it first, with dcm2niix")


def _has_dicom_mark(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False
