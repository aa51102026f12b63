"""What the tests know of lessons: exercises in a notebook, and how to try answers on them."""

import re
import symtable
from dataclasses import dataclass
from pathlib import Path

import build
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from gancourse.teaching.checks import MIME

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
PASSED, NOT_TRIED = "Passed.", "Not tried yet."


@dataclass(frozen=True)
class Exercise:
    """Three cells in a row: a stub, the cell that checks it, and the folded solution."""

    name: str  # of the check
    index: int  # of the stub among the notebook's cells
    stub: str
    check: str
    solution: str  # its code


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def find_exercises(notebook: NotebookNode) -> list[Exercise]:
    """All exercises of a notebook. An AssertionError says which cells are not as an exercise should be."""
    cells, found = notebook.cells, []
    for index, cell in enumerate(cells):
        if "exercise" not in tags(cell):
            continue
        assert len(cells) > index + 2, f"cell {index}: an exercise needs a check and a solution after it"
        check, solution = cells[index + 1 : index + 3]
        assert cell.cell_type == check.cell_type == "code", f"cell {index}: stub and check are code cells"
        assert "check" in tags(check), f"cell {index + 1}: no tag check after an exercise"
        assert solution.cell_type == "markdown" and "solution" in tags(solution), (
            f"cell {index + 2}: no solution"
        )
        name = re.search(r"checks\.(\w+)\(", check.source)
        code = re.search(r"```python\n(.*?)```", solution.source, re.DOTALL)
        assert "..." in cell.source, f"cell {index}: nothing left to do"
        assert name, f"cell {index + 1}: no call of checks.<name>(answer)"
        assert code, f"cell {index + 2}: no ```python block in the solution"
        assert "<details>" in solution.source and "</details>" in solution.source, (
            f"cell {index + 2}: not folded"
        )
        found.append(Exercise(name[1], index, cell.source, check.source, code[1].strip()))
    for tag, offset in (("check", 1), ("solution", 2)):
        there = [index for index, cell in enumerate(cells) if tag in tags(cell)]
        assert there == [exercise.index + offset for exercise in found], (
            f"a cell tagged {tag} without its exercise"
        )
    return found


@dataclass(frozen=True)
class Answer:
    """An answer to try, and words that its check has to say of it."""

    exercise: str
    what: str
    words: str  # of the hint, or PASSED or NOT_TRIED
    code: str


def read_answers(path: Path) -> list[Answer]:
    """Answers from a file of cells that open with `# %% exercise: what is wrong -> words of the hint`.

    Raises:
        AssertionError: a cell opens in another way.
    """
    above, *cells = re.split(r"^# %% *", path.read_text(), flags=re.MULTILINE)
    assert not above, f"{path.name}: something stands above the first answer"
    answers = []
    for header, _, code in (cell.partition("\n") for cell in cells):
        parts = re.fullmatch(r"(\w+): (.+) -> (.+)", header)
        assert parts, f"{path.name}: `# %% exercise: what is wrong -> words of the hint`, not {header!r}"
        answers.append(Answer(*parts.groups(), code.strip()))
    return answers


def try_answers(notebook: NotebookNode, answers: list[Answer], folder: Path) -> list[tuple[Answer, str]]:
    """Try each exercise of a lesson in a kernel: its stub, the given answers, its solution.

    Of the other cells only those are run that make a name which an exercise needs, and none tagged `slow`.

    Args:
        notebook: the lesson.
        answers: from `read_answers`.
        folder: where its kernel runs.

    Returns:
        Every answer, with what its check said: `PASSED`, `NOT_TRIED` or a hint.
    """
    exercises = {exercise.index: exercise for exercise in find_exercises(notebook)}
    cells: list[NotebookNode] = []
    trials: list[tuple[Answer, NotebookNode]] = []
    needed: set[str] = set()
    for index, cell in reversed(list(enumerate(notebook.cells))):
        if exercise := exercises.get(index):
            tried = [(answer, new_code_cell(exercise.check)) for answer in _to_try(exercise, answers)]
            trials = tried + trials
            run = [each for answer, check in tried for each in (new_code_cell(answer.code), check)]
        elif cell.cell_type == "code" and not {"slow", "check"} & {*tags(cell)} and needed & _made(cell):
            run = [new_code_cell(cell.source)]
        else:
            continue
        cells = run + cells
        needed = needed.union(*map(_used, run))
    build.execute(new_notebook(cells=cells, metadata={"kernelspec": build.KERNEL}), folder)
    return [(answer, said(check)) for answer, check in trials]


def _to_try(exercise: Exercise, answers: list[Answer]) -> list[Answer]:
    """What to try on an exercise: the solution last, because later exercises may use it."""
    return [
        Answer(exercise.name, "the stub", NOT_TRIED, exercise.stub),
        *(answer for answer in answers if answer.exercise == exercise.name),
        Answer(exercise.name, "the solution", PASSED, exercise.solution),
    ]


def _made(cell: NotebookNode) -> set[str]:
    """Global names that a cell assigns, defines or imports."""
    symbols = symtable.symtable(cell.source, "cell", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def _used(cell: NotebookNode) -> set[str]:
    """Global names that a cell reads, also inside its functions."""
    tables = [symtable.symtable(cell.source, "cell", "exec")]
    for table in tables:
        tables += table.get_children()
    symbols = [symbol for table in tables for symbol in table.get_symbols()]
    return {symbol.get_name() for symbol in symbols if symbol.is_global() and symbol.is_referenced()}


def said(cell: NotebookNode) -> str:
    """What the check in an executed cell said: `PASSED`, `NOT_TRIED` or a hint; nothing if it did not run."""
    results = [output.data[MIME] for output in cell.outputs if MIME in output.get("data", {})]
    return " ".join({True: PASSED, None: NOT_TRIED, False: r["hint"]}[r["passed"]] for r in results)


def unexpected(trials: list[tuple[Answer, str]]) -> list[str]:
    """What is wrong with the checks: a line for each answer that was not told what it should have been.

    Mistakes that are expected to be told different words may not get the same hint.
    """
    found, told = [], {}
    for answer, hint in trials:
        where = f"{answer.exercise}, {answer.what!r}"
        alike = told.setdefault((answer.exercise, hint), answer)
        verdicts = {PASSED, NOT_TRIED} & {answer.words, hint}
        if not (answer.words == hint if verdicts else answer.words in hint):
            found.append(f"{where} is told {hint!r}, not {answer.words!r}")
        elif alike.words != answer.words:
            found.append(f"{where} is told the same as {alike.what!r}: {hint!r}")
    return found


def solved(notebook: NotebookNode) -> NotebookNode:
    """A copy of a lesson in which a learner has put each exercise's solution in place of its stub."""
    copy = nbformat.from_dict(notebook)
    for exercise in find_exercises(notebook):
        copy.cells[exercise.index].source = exercise.solution
    return copy


@dataclass(frozen=True)
class Size:
    """What a learner reads and writes in a lesson, without what is folded or tagged optional."""

    words: int  # of prose
    cells: int  # of code that are neither exercise nor check
    exercises: int
    written: tuple[int, ...]  # lines of each solution that its stub does not give

    @property
    def minutes(self) -> float:
        """150 words a minute, 1.4 minutes a cell, 2 an exercise and .6 a line: from a learner's trial."""
        return self.words / 150 + 1.4 * self.cells + 2 * self.exercises + 0.6 * sum(self.written)


def size(notebook: NotebookNode) -> Size:
    """Measure a lesson."""
    flow = [cell for cell in notebook.cells if "optional" not in tags(cell)]
    prose = "\n".join(cell.source for cell in flow if cell.cell_type == "markdown")
    prose = re.sub(r"<details.*?</details>", "", prose, flags=re.DOTALL)
    words = re.findall(r"[A-Za-z']{2,}", re.sub(r"\$.*?\$|`.*?`", "", prose))
    code = [cell for cell in flow if cell.cell_type == "code" and not {"exercise", "check"} & {*tags(cell)}]
    exercises = find_exercises(notebook)
    return Size(len(words), len(code), len(exercises), tuple(map(_lines_to_write, exercises)))


def _lines_to_write(exercise: Exercise) -> int:
    given = {line.strip() for line in exercise.stub.splitlines()}
    lines = [line.strip() for line in exercise.solution.splitlines()]
    comments = ("#", '"""', "def ")
    return sum(bool(line) and line not in given and not line.startswith(comments) for line in lines)
