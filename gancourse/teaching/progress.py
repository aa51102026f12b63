"""Which exercises pass in notebooks on disk: no code is run, the results that checks stored are read."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.teaching.checks import MIME
from gancourse.teaching.lessons import read_notebook, set_aside_from

#: What a stored result may say, the best first: of several, the best counts.
STATES = ("passed", "not yet", "not tried")
SIGNS = dict(zip((*STATES, "not there"), "✓✗○·", strict=True))
LEGEND = "   ".join(f"{sign} {words}" for words, sign in SIGNS.items())

#: Characters of a hint that are kept.
HINT = 300


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


def read_class(paths: Iterable[Path]) -> tuple[list[Outcome], list[str]]:
    """Read every notebook of a class.

    Returns:
        The outcomes, merged; and a line for each file or path that could not be read, which never hides the
        outcomes of the others.

    Raises:
        InputError: there is not a single notebook.
    """
    notebooks, problems = [], []
    for path in paths:
        try:
            notebooks += find_notebooks(path)
        except InputError as error:
            problems.append(printable(str(error)))
    if not notebooks:
        raise InputError(problems[0])
    outcomes, more = _read(notebooks)
    return outcomes, problems + more


def read_learner(folder: Path) -> tuple[list[Outcome], list[str]]:
    """Read every notebook below a folder as one learner's; empty if there is none.

    Returns:
        As of `read_class`.
    """
    try:
        return _read([("", notebook) for _, notebook in find_notebooks(folder)])
    except InputError:
        return [], []


def _read(notebooks: Iterable[tuple[str, Path]]) -> tuple[list[Outcome], list[str]]:
    """Read notebooks with their learners' names.

    A copy that was set aside when its lesson changed adds what was passed in it to the exercises that today's
    copy still has; its other exercises do not count, unless the learner has no other copy of the lesson.
    """
    today: list[Outcome] = []
    earlier: list[Outcome] = []
    problems = []
    for learner, notebook in notebooks:
        try:
            (earlier if set_aside_from(notebook) else today).extend(read_outcomes(learner, notebook))
        except InputError as error:
            problems.append(printable(str(error)))
    lessons = {(outcome.learner, outcome.lesson) for outcome in today}
    exercises = {(outcome.learner, outcome.exercise) for outcome in today}
    for outcome in earlier:
        passed = outcome.state == "passed" and (outcome.learner, outcome.exercise) in exercises
        if passed or (outcome.learner, outcome.lesson) not in lessons:
            today.append(outcome)
    return merge(today), problems


def find_notebooks(path: Path) -> list[tuple[str, Path]]:
    """Find every notebook below a path, with the name of its learner.

    A notebook in a folder of its own below the path belongs to the first folder's learner, as in
    `class/ana/41_generate_brain_slices.ipynb`; any other is named after its file, without the day at which it
    was set aside.

    Raises:
        InputError: a path that does not exist, or a folder without notebooks.
    """
    if not os.path.exists(path):
        raise InputError(f"{path}: no such file or folder; name a notebook or a folder of notebooks")
    if not path.is_dir():
        return [(set_aside_from(path) or path.stem, path)]
    inside = [file for file in sorted(path.rglob("*.ipynb")) if ".ipynb_checkpoints" not in file.parts]
    if not inside:
        raise InputError(f"{path}: no notebook (*.ipynb) in it; name the folder that holds them")
    folders = [file.relative_to(path).parts[:-1] for file in inside]
    return [
        (parts[0] if parts else set_aside_from(file) or file.stem, file)
        for parts, file in zip(folders, inside, strict=True)
    ]


def read_outcomes(learner: str, notebook: Path) -> list[Outcome]:
    """Read the outcome of every exercise in a notebook, in its order; empty if it has none.

    Raises:
        InputError: the file cannot be read, or is not a notebook.
    """
    content = read_notebook(notebook)
    try:
        return merge(_outcomes(printable(learner), content["cells"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{notebook}: not a notebook, or a damaged one ({type(error).__name__}); ask for the file again"
        ) from error


def printable(text: str) -> str:
    """Replace control characters, and bytes that are no text: a file's name or content may hold any."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _outcomes(learner: str, cells: list[dict[str, Any]]) -> Iterator[Outcome]:
    """Yield every exercise as "not tried", so that those never run are counted, and all that was stored."""
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
                if not re.fullmatch(r"(\d\d\.)?\w{1,60}", stored["exercise"]):
                    raise ValueError("a name that no exercise has")
                yield Outcome(learner, stored["exercise"], state, printable(stored["hint"][:HINT]))


def merge(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Keep one outcome for each learner and exercise: the best, and the last of those."""
    best: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.learner, outcome.exercise)
        if key not in best or STATES.index(outcome.state) <= STATES.index(best[key].state):
            best[key] = outcome
    return list(best.values())


def by_learner(outcomes: list[Outcome]) -> Table:
    """Tabulate the learners: a row for each lesson, a sign for each exercise that anybody's notebook has."""
    table = Table(box=box.SIMPLE)
    for heading in ("learner", "lesson", "passed", "exercises"):
        table.add_column(heading, overflow="fold")
    state = {(outcome.learner, outcome.exercise): outcome.state for outcome in outcomes}
    for learner, lesson in sorted({(outcome.learner, outcome.lesson) for outcome in outcomes}):
        names = dict.fromkeys(outcome.exercise for outcome in outcomes if outcome.lesson == lesson)
        states = [state.get((learner, name), "not there") for name in names]
        passed = f"{states.count('passed')} of {len(states)}"
        table.add_row(Text(learner), lesson, passed, " ".join(SIGNS[state] for state in states))
    return table


def by_exercise(outcomes: list[Outcome]) -> Table:
    """Tabulate the exercises: how many learners have passed each, and the hint given most often."""
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
        table.add_row(exercise, *counts, Text(hints[0][0] if hints else ""))
    return table


def write_csv(outcomes: list[Outcome], file: Path) -> None:
    """Write one row for each learner and exercise, in UTF-8 with the mark by which spreadsheets know it.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front: it is text.

    Raises:
        InputError: the file cannot be written.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["learner", "lesson", "exercise", "state", "hint"])
    for outcome in outcomes:
        name = outcome.exercise.partition(".")[2]
        cells = (outcome.learner, outcome.lesson, name, outcome.state, outcome.hint)
        rows.writerow([re.sub(r"^(?=[=+\-@\t\r\n＝＋－＠])", "'", cell) for cell in cells])
    write_beside(file, lambda stream: stream.write(text.getvalue().encode("utf-8-sig")))
