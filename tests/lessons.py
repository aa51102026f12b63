"""What the tests know of lessons: exercises in a notebook, and how to try answers on them."""

import re
from dataclasses import dataclass
from pathlib import Path

import build
import nbformat
from nbformat import NotebookNode

from gancourse.teaching.checks import MIME

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))


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


def read_wrong_answers(path: Path) -> dict[str, list[str]]:
    """Wrong answers to each check, from a file of cells that open with `# %% name of the check`."""
    pieces = re.split(r"^# %% *(\w+).*\n", path.read_text(), flags=re.MULTILINE)[1:]
    answers: dict[str, list[str]] = {}
    for name, code in zip(pieces[::2], pieces[1::2], strict=True):
        answers.setdefault(name, []).append(code.strip())
    return answers


def try_answers(notebook: NotebookNode, wrong: dict[str, list[str]], folder: Path) -> list[str]:
    """Run a lesson once, and each of its exercises with its solution, its stub and every wrong answer.

    Cells tagged `slow` are left out; no exercise may need them.

    Args:
        notebook: the lesson.
        wrong: from `read_wrong_answers`.
        folder: where its kernel runs.

    Returns:
        A line for each check that did not say what it should have.
    """
    exercises = {exercise.index: exercise for exercise in find_exercises(notebook)}
    cells, trials = [], []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or "slow" in tags(cell) or index - 1 in exercises:
            continue
        if index not in exercises:
            cells.append(nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata))
            continue
        exercise = exercises[index]
        for kind, code in [
            ("the solution", exercise.solution),
            ("the stub", exercise.stub),
            *(("a wrong answer", code) for code in wrong.get(exercise.name, [])),
        ]:
            cells += [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell(exercise.check)]
            trials.append((exercise.name, kind, code, cells[-1]))
        cells.append(nbformat.v4.new_code_cell(exercise.solution))  # for the cells after it
    build.execute(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": build.KERNEL}), folder)

    found = []
    expected = {"the solution": True, "the stub": None, "a wrong answer": False}
    for name, kind, code, cell in trials:
        results = check_results(cell)
        if [result["passed"] for result in results] != [expected[kind]]:
            found.append(f"{name}: {kind} gives {results}:\n{code}")
        elif kind == "a wrong answer" and not results[0]["hint"]:
            found.append(f"{name}: no hint for {code}")
    return found


def check_results(cell: NotebookNode) -> list[dict]:
    """What the checks in an executed cell said."""
    return [output.data[MIME] for output in cell.outputs if MIME in output.get("data", {})]
