"""Where a lesson's subjects come from: phantoms, unless the learner names a folder with real ones."""

import os
from collections.abc import Sequence
from pathlib import Path

from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.isles import STROKE_MODALITIES, StrokePatient, find_stroke_patients
from gancourse.errors import InputError
from gancourse.files import require_writable
from gancourse.project import COHORT, STROKE_COHORT, project_root

#: Names a folder of BraTS of any year: every lesson then reads it instead of the phantoms.
DATA = "GANCOURSE_DATA"

#: Names a folder of patients with stroke in ISLES 2022's names: lesson 53 reads it instead of its phantoms.
STROKE = "GANCOURSE_STROKE"

#: Phantoms with stroke that lesson 53 makes.
STROKE_PHANTOMS = 40

#: Names a folder of BraTS, or one skull-stripped T1 volume, that lessons show beside the phantoms.
PATIENT = "GANCOURSE_PATIENT"


def lesson_data(
    subjects: int = 0, modalities: Sequence[str] = (), tissue: bool = False, grades: bool = False
) -> Path:
    """Return the folder of subjects that lessons read: `GANCOURSE_DATA`, or the phantoms.

    A folder that lacks what the lesson needs is not used: one sentence says so, and the lesson goes
    on with the phantoms. Phantoms are made if there are none. A relative `GANCOURSE_DATA` starts at the
    project's folder.

    Args:
        subjects: how many subjects with tumour labels the lesson needs at least.
        modalities: those that each of them has to have, such as ("t1", "flair").
        tissue: whether they need labels of tissue as well.
        grades: whether the folder has to tell high-grade from low-grade tumours.

    Raises:
        InputError: `GANCOURSE_DATA` does not name a folder; or the phantoms cannot be written, or those that
            are there have another version than is made today.
    """
    if named := _named(DATA):
        if not named.is_dir():
            raise InputError(f"{DATA}={named}: no such folder; correct it, or unset it to use the phantoms")
        needs = subjects, modalities, tissue, grades
        lacking = any(needs) and _lacking(find_subjects(named), *needs)
        if not lacking:
            return named
        print(f"{DATA}={named}: this lesson needs {lacking}, so it goes on with the phantoms.")
    folder = project_root() / COHORT
    from gancourse.cohort.phantom import make_cohort, phantom_files  # here: it takes a moment

    phantom_files.refuse_outdated(folder)
    if not (folder / "subjects.csv").exists():
        require_writable(folder, folder=True, size=60 * 10**6)
        print(f"No phantoms in {COHORT} yet: making 48, which takes a few minutes, only this once.")
        make_cohort(folder)
    return folder


def stroke_data(patients: int = 18) -> list[StrokePatient]:
    """Return patients with stroke: those of `GANCOURSE_STROKE`, or else phantoms; 40 at most.

    A folder with fewer than `patients` who have DWI, ADC, FLAIR and a mask is not used, nor are tumours
    (`GANCOURSE_DATA`): one sentence says so, and the lesson goes on with its phantoms.

    Raises:
        InputError: `GANCOURSE_STROKE` does not name a folder of such patients; or see `stroke_phantoms`.
    """
    if named := _named(STROKE):
        found = [
            patient
            for patient in find_stroke_patients(named)
            if patient.seg_path and set(STROKE_MODALITIES) <= set(patient.modalities)
        ]
        if len(found) >= patients:
            return found[:STROKE_PHANTOMS]
        print(
            f"{STROKE}={named}: this lesson needs {patients} patients with {', '.join(STROKE_MODALITIES)} and"
            f" a mask, of which this folder has {len(found)}, so it goes on with its phantoms."
        )
    elif _named(DATA):
        print(
            f"{DATA}={_named(DATA)}: this lesson needs patients with stroke, so it goes on with its phantoms;"
            f" {STROKE} may name a folder of ISLES 2022."
        )
    return stroke_phantoms()


def stroke_phantoms() -> list[StrokePatient]:
    """Return the lesson's phantoms with stroke; they are made if they are not there yet.

    Raises:
        InputError: as `stroke_cohort`.
    """
    said = (
        f"Making {STROKE_PHANTOMS} phantoms with stroke in {STROKE_COHORT}, which takes a few minutes, only"
        " this once."
    )
    return stroke_cohort(project_root() / STROKE_COHORT, STROKE_PHANTOMS, said=said)


def stroke_cohort(folder: Path, subjects: int, seed: int = 0, said: str = "") -> list[StrokePatient]:
    """Return the first phantoms of a cohort with stroke; those that are missing are made.

    Args:
        folder: of the cohort.
        subjects: how many.
        seed: of the cohort.
        said: what is printed before they are made.

    Raises:
        InputError: the folder cannot be written, or those that are there have another version than is made
            today.
    """
    from gancourse.cohort.phantom import phantom_files  # here: it takes a moment
    from gancourse.cohort.stroke import make_stroke_cohort
    from gancourse.cohort.stroke.stroke_parameters import STROKE_VERSION

    made = phantom_files.refuse_outdated(folder).get("stroke_version", STROKE_VERSION)
    if made != STROKE_VERSION:
        raise InputError(
            f"{folder}: holds phantoms with stroke of version {made}, and the course now makes version "
            f"{STROKE_VERSION}; remove that folder and run again"
        )
    if len([*folder.glob("sub-strokecase*/parameters.json")]) < subjects:
        require_writable(folder, folder=True, size=2 * subjects * 10**6)
        if said:
            print(said)
        make_stroke_cohort(folder, subjects, seed=seed, progress=False)
    return find_stroke_patients(folder)[:subjects]


def _lacking(
    found: list[Subject], subjects: int, modalities: Sequence[str], tissue: bool, grades: bool
) -> str:
    """Say in words what a lesson needs and these subjects do not have; "" if nothing."""
    whole = [
        subject
        for subject in found
        if subject.seg_path
        and set(modalities) <= set(subject.modalities)
        and (subject.tissue_path or not tissue)
    ]
    if len(whole) < subjects:
        parts = ["tumour labels", *(["tissue labels"] if tissue else []), *modalities]
        return f"{subjects} subjects with {', '.join(parts)}, of which this folder has {len(whole)}"
    if grades and not {"HGG", "LGG"} <= {subject.grade for subject in whole}:
        return "tumours of both grades, which this folder does not tell"
    return ""


def real_subject() -> Subject | None:
    """Find a real subject with images, or say in one line how to get one and return None.

    It is `GANCOURSE_PATIENT`'s (a folder's first, or one T1 file), or the first that `cohort fetch` left.

    Raises:
        InputError: `GANCOURSE_PATIENT` names nothing, or nothing that can be read.
    """
    named = _named(PATIENT)
    if named and named.is_file():
        return Subject.from_files(t1=named)
    folder = named or project_root() / "data" / "Task01_BrainTumour"
    if named or folder.is_dir():
        for subject in find_subjects(folder):
            if subject.modalities:
                return subject
        raise InputError(f"{folder}: its subjects have labels only; name a folder with images")
    print(
        "No real volume yet. Run `gancourse cohort fetch --subjects 20`, or set"
        f" {PATIENT} to a folder of BraTS."
    )
    return None


def _named(variable: str) -> Path | None:
    """Return the path in an environment variable, or None if it is empty or not set."""
    value = os.environ.get(variable, "").strip()
    return project_root() / Path(value).expanduser() if value else None


def slices_folder(subjects: Path) -> Path:
    """Name the folder where lessons keep the slices of a folder of subjects."""
    return project_root() / "data" / f"slices-{subjects.name}"
