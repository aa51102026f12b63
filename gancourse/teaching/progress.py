"""Which exercises pass, in notebooks as they lie on disk: nothing is run, what the checks stored is read."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from gancourse.errors import InputError
from gancourse.teaching.checks import MIME

#: What a stored result may say, the best first: of several, the best counts.
STATES = ("passed", "not yet", "not tried")
SIGNS = dict(zip((*STATES, "not there"), "✓✗○·", strict=True))
LEGEND = "   ".join(f"{sign} {words}" for words, sign in SIGNS.items())


@dataclass(frozen=True)
class Outcome:
    """One exercise of one learner.

    Attributes:
        learner: the folder that the notebook lay in, or its own name.
        exercise: lesson and check, such as "31.slice_count".
        state: one of `STATES`.
        hint: what the check said, if the state is "not yet".
    """

    learner: str
    exercise: str
    state: str
    hint: str = ""

    @property
    def lesson(self) -> str:
        return self.exercise.partition(".")[0]


def find_notebooks(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """Every notebook with the name of its learner.

    A notebook in a folder of its own below a path belongs to the first folder's learner, as in
    `class/ana/41_generate_brain_slices.ipynb`; any other is named as its file.

    Raises:
        InputError: a path that does not exist, or a folder without notebooks.
    """
    found = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder; name a notebook or a folder of notebooks")
        if path.is_file():
            found.append((path.stem, path))
            continue
        inside = [file for file in sorted(path.rglob("*.ipynb")) if ".ipynb_checkpoints" not in file.parts]
        if not inside:
            raise InputError(f"{path}: no notebook (*.ipynb) in it; name the folder that holds them")
        for file in inside:
            folder, *more = file.relative_to(path).parts
            found.append((folder if more else file.stem, file))
    return found


def read_outcomes(learner: str, notebook: Path) -> list[Outcome]:
    """The outcome of every exercise in a notebook, in its order; empty if it has none.

    Raises:
        InputError: the file is no notebook.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        found = list(_outcomes(learner, cells))
    except OSError as error:
        raise InputError(f"{notebook}: {error.strerror}; make it readable") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{notebook}: not a notebook, or a damaged one ({type(error).__name__}); ask for the file again"
        ) from error
    return merge(found)


def _outcomes(learner: str, cells: list[dict[str, Any]]) -> Iterator[Outcome]:
    """Every exercise as "not tried", so that those never run are counted, and all that was stored."""
    sources = ["".join(cell["source"]) for cell in cells]
    lesson = re.search(r"checks import lesson(\d\d)", "\n".join(sources))
    for cell, source in zip(cells, sources, strict=True):
        if lesson and "check" in cell["metadata"].get("tags", []):
            for name in re.findall(r"^checks\.(\w+)\(", source, re.MULTILINE):
                yield Outcome(learner, f"{lesson[1]}.{name}", "not tried")
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                stored = output["data"][MIME]
                state = {True: "passed", False: "not yet", None: "not tried"}[stored["passed"]]
                yield Outcome(learner, str(stored["exercise"]), state, str(stored["hint"]))


def merge(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One outcome for each learner and exercise: the best, and the last of those."""
    best: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.learner, outcome.exercise)
        if key not in best or STATES.index(outcome.state) <= STATES.index(best[key].state):
            best[key] = outcome
    return list(best.values())


def by_learner(outcomes: list[Outcome]) -> Table:
    """One row for each learner and lesson, with a sign for each exercise that anybody's notebook has."""
    table = Table(box=box.SIMPLE)
    for heading in ("learner", "lesson", "passed", "exercises"):
        table.add_column(heading, overflow="fold")
    state = {(outcome.learner, outcome.exercise): outcome.state for outcome in outcomes}
    for learner, lesson in sorted({(outcome.learner, outcome.lesson) for outcome in outcomes}):
        names = dict.fromkeys(outcome.exercise for outcome in outcomes if outcome.lesson == lesson)
        states = [state.get((learner, name), "not there") for name in names]
        passed = f"{states.count('passed')} of {len(states)}"
        table.add_row(escape(learner), lesson, passed, " ".join(SIGNS[state] for state in states))
    return table


def by_exercise(outcomes: list[Outcome]) -> Table:
    """One row for each exercise: how many are where, and the hint that was given most often."""
    table = Table(box=box.SIMPLE)
    for heading in ("exercise", *STATES, "most frequent hint"):
        table.add_column(heading, overflow="fold")
    groups: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.lesson):
        groups.setdefault(outcome.exercise, []).append(outcome)
    for exercise, group in groups.items():
        states = Counter(outcome.state for outcome in group)
        hints = Counter(outcome.hint for outcome in group if outcome.hint).most_common(1)
        counts = [str(states[state]) for state in STATES]
        table.add_row(escape(exercise), *counts, escape(hints[0][0]) if hints else "")
    return table


def write_csv(outcomes: list[Outcome], file: Path) -> None:
    """One row for each learner and exercise, in UTF-8 with the mark by which spreadsheets know it.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with file.open("w", newline="", encoding="utf-8-sig") as stream:
            rows = csv.writer(stream)
            rows.writerow(["learner", "lesson", "exercise", "state", "hint"])
            for outcome in outcomes:
                name = outcome.exercise.partition(".")[2]
                rows.writerow([outcome.learner, outcome.lesson, name, outcome.state, outcome.hint])
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}; name a file that can be written") from error
