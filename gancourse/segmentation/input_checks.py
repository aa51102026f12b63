"""Find the patient that the user means, and check that the network, which sees axial slices, can use it."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.isles import StrokePatient, find_stroke_patients
from gancourse.errors import InputError


def find_patient(
    place: Path | None, files: Mapping[str, Path | None], assume_orientation: str | None = None
) -> Subject:
    """Find the one subject that the user means.

    Args:
        place: folder of one subject of any vintage, or a file of its scans; None if files are named.
        files: file of each modality, or None.
        assume_orientation: as in `brats.find_subjects`.

    Raises:
        InputError: neither or both given, no subject or several, DICOM, one file given twice, or a file whose
            name tells another modality.
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
        return Subject.from_files(assume_orientation=assume_orientation, **named)
    _refuse_dicom(place)
    try:
        found = find_subjects(place.parent if place.is_file() else place, None, assume_orientation)
    except InputError as error:
        raise InputError(f"{error}, or name the files: --t1 FILE --flair FILE") from error
    if place.is_file():
        found = [subject for subject in found if place in subject.paths.values()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(subject.id for subject in found[:3])
    what = f"{len(found)} subjects, such as {names}" if found else "no subject's scan"
    raise InputError(f"{place}: {what}, expected one; give its own folder, or its files by --t1, --flair")


def find_stroke_patient(
    place: Path | None, files: Mapping[str, Path | None], assume_orientation: str | None = None
) -> StrokePatient:
    """Find the one patient with stroke that the user means.

    Args:
        place: folder of one patient in ISLES 2022's names, or a file in it; None if files are named.
        files: file of "dwi", "adc", "flair", or None.
        assume_orientation: as in `isles.find_stroke_patients`.

    Raises:
        InputError: neither or both given, no patient or several, no DWI in the folder, DICOM, or one file
            given twice.
    """
    named: dict = {modality: Path(path) for modality, path in files.items() if path is not None}
    if (place is None) == (not named):
        raise InputError("expected one patient: give a folder, or files by --dwi, --adc, --flair")
    if place is None:
        for path in named.values():
            _refuse_dicom(path)
        return StrokePatient.from_files(assume_orientation=assume_orientation, **named)
    _refuse_dicom(place)
    try:
        found = find_stroke_patients(place.parent if place.is_file() else place, assume_orientation)
    except InputError as error:
        raise InputError(f"{error}; or name the files: --dwi FILE --adc FILE --flair FILE") from error
    if place.is_file():
        found = [patient for patient in found if place in patient.paths.values()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(patient.id for patient in found[:3])
    what = f"{len(found)} patients, such as {names}" if found else "no scan of a patient with stroke"
    raise InputError(
        f"{place}: {what}, expected one; give its own folder, or its files by --dwi, --adc, --flair"
    )


def check_axial(subject: Subject) -> None:
    """Raise `InputError` for a single slice in another plane."""
    if min(subject.shape[:2]) < 2:
        plane = "sagittal" if subject.shape[0] < 2 else "coronal"
        raise InputError(
            f"{subject.id}: one {plane} slice, shape {subject.shape}; expected axial slices, give the volume"
        )


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
