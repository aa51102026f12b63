"""Read vintage, subject, patient, grade and role of a file from the names in its path alone.

A vintage is never told from label values: 4 is enhancing tumour up to 2021 and a resection cavity in 2024.
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
    **dict.fromkeys(("2013", "2015"), _EARLY),
    **dict.fromkeys(("2017", "2018", "2019", "2020", "2021"), _CLASSIC),
    "2023": _RECENT,
    "2024": {**_RECENT, 4: CAVITY},
    "decathlon": {1: 2, 2: 1, 3: 4},
}

#: The order of the Decathlon's fourth axis.
DECATHLON_CHANNELS = ("flair", "t1", "t1ce", "t2")

#: What a file name may end in, and the file's role. No vintage contradicts another.
_ROLES = {
    "t1": "t1", "t1n": "t1", "t1ce": "t1ce", "t1c": "t1ce",
    "t2": "t2", "t2w": "t2", "flair": "flair", "t2f": "flair",
    "seg": "seg", "segm": "seg", "ot": "seg", "truth": "seg", "tissue": "tissue",
}  # fmt: skip
#: Words of other tools' names that tell a role as well; no vintage has them.
_WORDS = dict(t1w="t1", mprage="t1", label="seg", labels="seg", mask="seg", tissues="tissue")
_NAME = re.compile(rf"(?:(?P<id>.+?)[._-])?(?:MR_)?(?P<role>{'|'.join(_ROLES)})(?:\.\d+)?", re.IGNORECASE)

_VINTAGE_NAMES = (
    (re.compile(r"brats(1[789])_", re.IGNORECASE), None),
    (re.compile(r"brats20_", re.IGNORECASE), "2020"),
    (re.compile(r"brats2021_", re.IGNORECASE), "2021"),
    (re.compile(r"(HGG_|LGG_)?brats_(2013|tcia)_pat", re.IGNORECASE), "2015"),
    (re.compile(r"brats_[hl]g\d+|[hl]gg?_\d{4}$", re.IGNORECASE), "2013"),
)
_DECATHLON_NAME = re.compile(r"BRATS_\d+")
_RECENT_NAME = re.compile(r"BraTS-(?:GLI|SSA|MEN|MET)-\d+-(\d{3})", re.IGNORECASE)

#: Names that end in a time point; what comes before it is the patient.
_TIMED = re.compile(
    r"(Brats1[789]_[^_]+_[^_]+|(?:[HL]GG_)?brats_(?:2013|tcia)_pat\d+)_\w+|(BraTS-[A-Z]+-\d+)-\d+",
    re.IGNORECASE,
)
_GRADES = {"hgg": "HGG", "hg": "HGG", "lgg": "LGG", "lg": "LGG", "healthy": "healthy"}


@dataclass
class Files:
    """What `scan` found of one subject: every file of each role, a modality, "seg" or "tissue"."""

    vintage: str
    grade: str | None
    home: Path
    roles: dict[str, list[Path]]


def scan(folder: Path | str, vintage: str | int | None = None) -> tuple[dict[str, Files], list[Path]]:
    """Find the volume files below a folder, by subject id, and the files whose names tell no subject.

    Raises:
        InputError: `folder` is not a folder, or `vintage` is unknown.
    """
    folder, chosen = Path(folder), check_vintage(vintage)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; check the path, or run `gancourse cohort make`")
    found: dict[str, Files] = {}
    strays: list[Path] = []
    for path in _volume_files(folder):
        within = (_folder_name(folder), *path.relative_to(folder).parts[:-1])
        id, roles, home = parse_name(path, chosen)
        around = (_folder_name(home).lower(), _folder_name(Path(home, "..")).lower())
        grade = next((_GRADES[name] for name in around if name in _GRADES), None)
        if grade and re.match(r"brats_2013_|\d+$", id, re.IGNORECASE):
            id = f"{grade}_{id}"  # before 2017 both grades have a pat0001
        known = chosen or vintage_of(id, stem(path), within)
        if not roles or known is None:
            strays.append(path)
            continue
        files = found.setdefault(id, Files(known, grade, home, {}))
        for role in roles:
            files.roles.setdefault(role, []).append(path)
    return found, strays


def read_grades(folder: Path | str) -> dict[str, str]:
    """Read grades by subject id from any `name_mapping*.csv` (2018 to 2020) or `subjects.csv` below a folder.

    A row gives its grade to every id in it: `name_mapping.csv` has one column of ids per vintage.
    """
    grades: dict[str, str] = {}
    for table in sorted([*Path(folder).rglob("name_mapping*.csv"), *Path(folder).rglob("subjects.csv")]):
        try:
            rows = list(csv.DictReader(table.read_text("utf-8-sig", errors="replace").splitlines()))
        except (OSError, csv.Error) as error:
            raise InputError(f"{table}: not a table ({error}); repair or delete it") from error
        for row in rows:
            cells = {str(name).lower(): str(cell) for name, cell in row.items()}
            if grade := _GRADES.get(cells.pop("grade", "").strip().lower()):
                grades.update((cell, grade) for cell in cells.values())
    return grades


def check_vintage(vintage: str | int | None) -> str | None:
    """Return a vintage as a key of `VINTAGES`, or None; raise `InputError` for an unknown one."""
    if vintage is not None and str(vintage) not in VINTAGES:
        raise InputError(f"unknown vintage {vintage!r}, expected one of {', '.join(VINTAGES)}")
    return None if vintage is None else str(vintage)


def _volume_files(folder: Path) -> Iterator[Path]:
    """Yield the volume files below a folder, in order, then the folders that cannot be opened.

    Links to folders are followed, each folder once; hidden files (macOS `._*`) are left out.
    """
    seen: set[str] = set()
    closed: list[OSError] = []
    for top, folders, names in os.walk(folder, onerror=closed.append, followlinks=True):
        real = os.path.realpath(top)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield Path(top, name)
    yield from (Path(error.filename) for error in closed)


def patient_of(id: str) -> str:
    """Return the patient's id: the subject's without its time point, if it has one."""
    timed = _TIMED.fullmatch(id)
    return (timed[1] or timed[2]) if timed else id


def parse_name(path: Path, vintage: str | None) -> tuple[str, tuple[str, ...], Path]:
    """Return the subject id, the roles (empty if the path tells none) and the subject's folder.

    The role is at the end of the file's name or of its folder's: before 2017 each modality has a folder.
    """
    match, inner = _NAME.fullmatch(stem(path)), _NAME.fullmatch(stem(path.parent))
    home = path.parent.parent if inner else path.parent
    kind = path.parent.name.lower()[:6]
    decathlon = vintage == "decathlon" or (vintage is None and _DECATHLON_NAME.fullmatch(stem(path)))
    if decathlon and kind in ("images", "labels"):
        return stem(path), MODALITIES if kind == "images" else ("seg",), path.parent.parent
    match = match or inner
    if not match:
        return stem(path), (), home
    id, role = match["id"], match["role"].lower()
    if not id or id.startswith("VSD") or role == "segm":  # the folder names the subject
        id = _folder_name(home)
    return id, (_ROLES[role],), home


def check_role(path: Path, role: str) -> None:
    """Raise `InputError` if a file's name tells one or more roles, but not the one it is given as."""
    name = re.sub(r"t2w?[^a-z0-9]?flair", "flair", stem(path).lower())
    name = re.sub(r"t1w?[^a-z0-9]?(ce|gd|c|post|contrast)(?![a-z])", "t1ce", name)
    words = re.split(r"[^a-z0-9]+", name)
    told = {_ROLES.get(word) or _WORDS.get(word) for word in words} - {None}
    if told and role not in told:
        named = " and ".join(sorted(map(str, told)))
        raise InputError(f"{path}: named as {named}, but given as {role}; give the right file, or rename it")


def _folder_name(folder: Path) -> str:
    """Return the name of a folder, also of `.` and `x/..`."""
    return os.path.basename(os.path.abspath(folder))


def vintage_of(id: str, name: str, folders: tuple[str, ...]) -> str | None:
    """Return the vintage that names tell, or None.

    In 2023 and 2024 subjects are named alike: a folder's name decides, or else the time point.

    Args:
        id: The subject's.
        name: The file's, without its ending.
        folders: Names of the folders that it lies in, outermost first.
    """
    if _DECATHLON_NAME.fullmatch(name):
        return "decathlon"
    if recent := _RECENT_NAME.match(id):
        years = re.findall(r"brats.?(202[34])", "/".join(folders), re.IGNORECASE)
        return years[-1] if years else ("2024" if int(recent[1]) >= 100 else "2023")  # after surgery
    for pattern, vintage in _VINTAGE_NAMES:
        if match := pattern.match(id):
            return vintage or f"20{match[1]}"
    return None
