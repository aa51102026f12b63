"""What a path says: vintage, subject, patient, grade and role of a file, from names alone.

Never from label values: 4 is enhancing tumour up to 2021 and a resection cavity in 2024.
"""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gancourse.cohort.scheme import CAVITY, MODALITIES
from gancourse.cohort.volumes import ENDINGS, stem
from gancourse.errors import InputError

_EARLY, _CLASSIC, _RECENT = {1: 1, 2: 2, 3: 1, 4: 4}, {1: 1, 2: 2, 4: 4}, {1: 1, 2: 2, 3: 4}

#: For each vintage, its labels on disk and what they are in memory.
VINTAGES = {
    "2013": _EARLY,
    "2015": _EARLY,
    "2017": _CLASSIC,
    "2018": _CLASSIC,
    "2019": _CLASSIC,
    "2020": _CLASSIC,
    "2021": _CLASSIC,
    "2023": _RECENT,
    "2024": {**_RECENT, 4: CAVITY},
    "decathlon": {1: 2, 2: 1, 3: 4},
}

#: The order of the Decathlon's fourth axis.
DECATHLON_CHANNELS = ("flair", "t1", "t1ce", "t2")

#: What a file name may end in, and the file's role. No vintage contradicts another.
_ROLES = {
    "t1": "t1", "t1n": "t1", "t1ce": "t1ce", "t1c": "t1ce", "t2": "t2", "t2w": "t2", "flair": "flair", "t2f": "flair",
    "seg": "seg", "segm": "seg", "ot": "seg", "truth": "seg", "tissue": "tissue",
}  # fmt: skip
_NAME = re.compile(rf"(?:(?P<id>.+?)[._-])?(?:MR_)?(?P<role>{'|'.join(_ROLES)})(?:\.\d+)?", re.IGNORECASE)

_VINTAGE_NAMES = (
    (re.compile(r"brats(1[789])_", re.IGNORECASE), None),
    (re.compile(r"brats20_", re.IGNORECASE), "2020"),
    (re.compile(r"brats2021_", re.IGNORECASE), "2021"),
    (re.compile(r"(HGG_|LGG_)?brats_(2013|tcia)_pat", re.IGNORECASE), "2015"),
    (re.compile(r"brats_[hl]g\d+|[hl]gg?_\d{4}$", re.IGNORECASE), "2013"),
)
_RECENT_NAME = re.compile(r"BraTS-(?:GLI|SSA|MEN|MET)-\d+-(\d{3})", re.IGNORECASE)

#: Names that end in a time point; what comes before it is the patient.
_TIMED = re.compile(r"(Brats1[789]_[^_]+_[^_]+|(?:[HL]GG_)?brats_(?:2013|tcia)_pat\d+)_\w+|(BraTS-[A-Z]+-\d+)-\d+",
                    re.IGNORECASE)  # fmt: skip
_GRADES = {"hgg": "HGG", "hg": "HGG", "lgg": "LGG", "lg": "LGG", "healthy": "healthy"}


@dataclass
class Files:
    """What `scan` found of one subject: for each role (a modality, "seg", "tissue"), every file that claims it."""

    vintage: str
    grade: str | None
    home: Path
    roles: dict[str, list[Path]]


def scan(folder: Path | str, vintage: str | int | None = None) -> tuple[dict[str, Files], list[Path]]:
    """Sort the volume files below a folder by subject id, by name alone; and those whose name tells nothing.

    Raises:
        InputError: `folder` is not a folder, or `vintage` is unknown.
    """
    folder, chosen = Path(folder), check_vintage(vintage)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; check the path, or run `gancourse cohort make`")
    found: dict[str, Files] = {}
    strays: list[Path] = []
    for path in _volume_files(folder):
        within = (folder.resolve().name, *path.relative_to(folder).parts[:-1])
        id, roles, home = parse_name(path, chosen)
        grade = next((_GRADES[part.lower()] for part in reversed(within) if part.lower() in _GRADES), None)
        if grade and re.match(r"brats_2013_|\d+$", id, re.IGNORECASE):
            id = f"{grade}_{id}"  # before 2017 both grades have a pat0001
        known = chosen or vintage_of(id, within)
        if not roles or known is None:
            strays.append(path)
            continue
        files = found.setdefault(id, Files(known, grade, home, {}))
        for role in roles:
            files.roles.setdefault(role, []).append(path)
    return found, strays


def read_grades(folder: Path | str) -> dict[str, str]:
    """Grades by subject id, from any `name_mapping*.csv` (2018 to 2020) or `subjects.csv` below a folder.

    A row gives its grade to every id in it: `name_mapping.csv` has one column of ids per vintage.
    """
    grades: dict[str, str] = {}
    for table in sorted([*Path(folder).rglob("name_mapping*.csv"), *Path(folder).rglob("subjects.csv")]):
        with open(table, newline="", encoding="utf-8-sig", errors="replace") as file:
            for row in csv.DictReader(file):
                cells = {str(name).lower(): str(cell) for name, cell in row.items()}
                grade = _GRADES.get(cells.pop("grade", "").strip().lower())
                if grade:
                    grades.update((cell, grade) for cell in cells.values())
    return grades


def check_vintage(vintage: str | int | None) -> str | None:
    """The key of `VINTAGES` that a caller means; None if left to the names.

    Raises:
        InputError: It is none of them.
    """
    if vintage is not None and str(vintage) not in VINTAGES:
        raise InputError(f"unknown vintage {vintage!r}, expected one of {', '.join(VINTAGES)}")
    return None if vintage is None else str(vintage)


def _volume_files(folder: Path) -> Iterator[Path]:
    """Volume files below a folder in order, links to folders followed once, hidden ones (macOS `._*`) left out."""
    seen = set()
    for top, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(top)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX"))) if real not in seen else []
        names = names if real not in seen else []
        seen.add(real)
        yield from (Path(top, name) for name in sorted(names)
                    if name.lower().endswith(ENDINGS) and not name.startswith("."))  # fmt: skip


def patient_of(id: str) -> str:
    """The person's id: the subject's without its time point, in vintages that scan a person more than once."""
    timed = _TIMED.fullmatch(id)
    return (timed[1] or timed[2]) if timed else id


def parse_name(path: Path, vintage: str | None) -> tuple[str, tuple[str, ...], Path]:
    """Subject id, roles and home folder that a path names; no roles if it names none.

    The role ends the file's name, or else its folder's: the vintages before 2017 have a folder for each modality.
    """
    match, inner = _NAME.fullmatch(stem(path)), _NAME.fullmatch(stem(path.parent))
    home = path.parent.parent if inner else path.parent
    if vintage in (None, "decathlon") and path.parent.name.lower().startswith(("images", "labels")):
        if vintage or re.fullmatch(r"BRATS_\d+", stem(path)):
            is_image = path.parent.name.lower().startswith("images")
            return stem(path), MODALITIES if is_image else ("seg",), path.parent.parent
    match = match or inner
    if not match:
        return stem(path), (), home
    id, role = match["id"], match["role"].lower()
    if not id or id.startswith("VSD") or role == "segm":  # the name does not name the subject: its folder does
        id = home.name
    return id, (_ROLES[role],), home


def vintage_of(id: str, folders: tuple[str, ...] = ()) -> str | None:
    """The vintage that a subject's id tells, or, for 2023 and 2024, which share one form of name, its folders."""
    if recent := _RECENT_NAME.match(id):
        years = [match[1] for part in folders if (match := re.search(r"brats.?(202[34])", part, re.IGNORECASE))]
        return years[-1] if years else ("2024" if int(recent[1]) >= 100 else "2023")  # scans after surgery: 100 on
    for pattern, vintage in _VINTAGE_NAMES:
        if match := pattern.match(id):
            return vintage or f"20{match[1]}"
    return None
