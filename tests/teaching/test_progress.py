"""Progress is read from files: what was stored, the best of it, and one line for a file that is broken."""

import csv
import json
import os

import build
import lessons
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_cli import one_error_line, run

from gancourse.cli import app
from gancourse.teaching import progress

START = "from gancourse.teaching.checks import lesson31 as checks"


def stored(passed, hint="", exercise="31.axial"):
    """The outputs of a check's cell, as a kernel stores them."""
    data = {progress.MIME: {"exercise": exercise, "passed": passed, "hint": hint}, "text/plain": "said"}
    return [nbformat.v4.new_output("execute_result", data=data, execution_count=1)]


def write(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(START), *cells]), path)
    return path


def check_cell(name="axial", outputs=()):
    cell = new_code_cell(f"checks.{name}({name})", outputs=list(outputs))
    cell.metadata["tags"] = ["check"]
    return cell


@pytest.fixture
def class_folder(tmp_path):
    folder = tmp_path / "class"
    hint = "Transpose it."
    write(folder / "ana" / "work" / "31_mine.ipynb", check_cell(outputs=stored(True)), check_cell("zscore"))
    write(folder / "ben" / "31.ipynb", check_cell(outputs=stored(False, hint)), check_cell("zscore"))
    write(folder / "cho" / "31.ipynb", check_cell(outputs=stored(False, hint)))
    write(folder / "cho" / ".ipynb_checkpoints" / "31.ipynb", check_cell(outputs=stored(True)))
    write(folder / "dan [b].ipynb", check_cell(outputs=stored(None)))
    (folder / "eva").mkdir()
    (folder / "eva" / "31.ipynb").write_text("<<<<<<< HEAD")
    return folder


def test_a_class(class_folder, tmp_path):
    result = run(app, ["progress", str(class_folder), "--csv", str(tmp_path / "class.csv")])
    assert result.exit_code == 1
    (error,) = result.stderr.splitlines()
    assert error.startswith("error: ") and "eva/31.ipynb: not a notebook" in error
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["ana", "31", "1", "of", "2", "✓", "○"] in rows
    assert ["ben", "31", "0", "of", "2", "✗", "○"] in rows
    assert ["cho", "31", "0", "of", "2", "✗", "·"] in rows  # deleted; a checkpoint is no notebook of hers
    assert ["dan", "[b]", "31", "0", "of", "2", "○", "·"] in rows
    assert ["31.axial", "1", "2", "1", "Transpose", "it."] in rows
    assert ["31.zscore", "0", "0", "2"] in rows
    with (tmp_path / "class.csv").open(encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 6
    assert table[2] == {
        "learner": "ben", "lesson": "31", "exercise": "axial", "state": "not yet", "hint": "Transpose it."
    }  # fmt: skip


def test_one_lesson_of_several(tmp_path):
    write(tmp_path / "ana.ipynb", check_cell(outputs=stored(True)), check_cell("x", stored(True, "", "41.x")))
    shown = run(app, ["progress", str(tmp_path), "--lesson", "31"]).stdout
    assert "31.axial" in shown and "41.x" not in shown


def test_the_best_counts_and_then_the_last(tmp_path):
    first = [check_cell(outputs=stored(False, "old")), check_cell(outputs=stored(False, "new"))]
    (outcome,) = progress.read_outcomes("ana", write(tmp_path / "a.ipynb", *first))
    assert (outcome.state, outcome.hint) == ("not yet", "new")
    passed = write(tmp_path / "b.ipynb", check_cell(outputs=stored(True)), *first)
    (outcome,) = progress.read_outcomes("ana", passed)
    assert (outcome.state, outcome.hint) == ("passed", "")
    copies = [(name, tmp_path / f"{name}.ipynb") for name in "ab"]
    both = progress.merge(found for _, path in copies for found in progress.read_outcomes("ana", path))
    assert [outcome.state for outcome in both] == ["passed"]


def test_a_copy_that_was_set_aside_counts_once(tmp_path):
    """What was passed in it counts where today's copy has the exercise; the rest is of an older lesson."""
    earlier = [check_cell(outputs=stored(True)), check_cell("gone", stored(True, "", "31.gone"))]
    write(tmp_path / "31_x (2026-11-26).ipynb", *earlier)
    write(tmp_path / "31_x (2026-11-26, 2).ipynb", check_cell("zscore", stored(False, "old", "31.zscore")))
    today = write(tmp_path / "31_x.ipynb", check_cell("zscore"), check_cell())
    outcomes, problems = progress.read_class([tmp_path])
    assert not problems
    assert [(one.learner, one.exercise, one.state) for one in outcomes] == [
        ("31_x", "31.zscore", "not tried"), ("31_x", "31.axial", "passed")
    ]  # fmt: skip
    as_one, _ = progress.read_learner(tmp_path)
    assert [(one.exercise, one.state) for one in as_one] == [(one.exercise, one.state) for one in outcomes]
    today.unlink()  # then they are all there is
    assert {one.exercise for one in progress.read_class([tmp_path])[0]} == {
        "31.axial", "31.gone", "31.zscore"
    }  # fmt: skip


def test_a_learner_without_notebooks_has_no_outcomes(tmp_path):
    assert progress.read_learner(tmp_path) == progress.read_learner(tmp_path / "gone") == ([], [])


def test_what_a_kernel_stores_is_read(tmp_path):
    cells = [
        "from gancourse.teaching.checks import check",
        "@check\ndef double(answer):\n    return None if answer == 4 else f'Received {answer}.'",
        "double(5)",
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = build.KERNEL
    nbformat.write(build.execute(notebook, tmp_path), tmp_path / "ana.ipynb")
    (outcome,) = progress.read_outcomes("ana", tmp_path / "ana.ipynb")
    assert outcome == progress.Outcome("ana", "double", "not yet", "Received 5.")


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_every_lesson_s_exercises_are_found(source):
    path = lessons.ROOT / "notebooks" / f"{source.stem}.ipynb"
    names = [exercise.name for exercise in lessons.find_exercises(nbformat.read(path, as_version=4))]
    outcomes = progress.read_outcomes("ana", path)
    assert [outcome.exercise for outcome in outcomes] == [f"{source.stem[:2]}.{name}" for name in names]
    assert {outcome.state for outcome in outcomes} == {"not tried"}


def result_cell(**stored):
    return {"source": [], "metadata": {}, "outputs": [{"data": {progress.MIME: stored}}]}


BROKEN = {
    "empty": "", "null": "null", "list": "[]", "no cells": "{}", "number": '{"cells": 3}',
    "no source": '{"cells": [{}]}', "no cell": '{"cells": [1]}', "not UTF-8": b"\xff\xfe",
    "deep": '{"cells": ' + 10_000 * "[" + 10_000 * "]" + "}",
    "nothing stored": json.dumps({"cells": [result_cell()]}),
    "no state": json.dumps({"cells": [result_cell(exercise="31.axial", passed="yes", hint="")]}),
    "a list for a state": json.dumps({"cells": [result_cell(exercise="31.axial", passed=[], hint="")]}),
    "markup for a name": json.dumps({"cells": [result_cell(exercise="[red]x", passed=True, hint="")]}),
}  # fmt: skip


def put(path, kind):
    """Something that is no notebook, at `path`."""
    if kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(2**40)  # sparse
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        content = BROKEN[kind]
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("kind", [*BROKEN, "folder", "loop", "huge", "pipe"])
def test_a_bad_file_is_one_line_and_hides_nobody(tmp_path, kind):
    folder = tmp_path / "class"
    write(folder / "zoe" / "31.ipynb", check_cell(outputs=stored(True)))
    (folder / "ana").mkdir()
    put(folder / "ana" / "31.ipynb", kind)
    result = run(app, ["progress", str(folder)])
    assert result.exit_code == 1 and result.exception.__class__ is SystemExit
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"error: {folder / 'ana' / '31.ipynb'}: ") and "; " in line or "MiB" in line
    assert ["zoe", "31", "1", "of", "1", "✓"] in [row.split() for row in result.stdout.splitlines()]


def test_a_bad_path_hides_nobody(tmp_path):
    path = write(tmp_path / "ana.ipynb", check_cell(outputs=stored(True)))
    result = run(app, ["progress", str(tmp_path / "gone"), str(path)])
    assert result.exit_code == 1 and "gone: no such file" in result.stderr and "ana" in result.stdout


def test_names_are_text_in_the_terminal_and_in_the_spreadsheet(tmp_path):
    hints = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1", "1=1", "see -1"]
    for number, hint in enumerate(hints):
        cell = check_cell(outputs=stored(False, hint, f"31.x{number}"))
        write(tmp_path / "class" / "=[red]a\x1b[2J:smile:" / f"{number}.ipynb", cell)
    assert progress.printable("Zoë \udcff") == "Zoë \ufffd"
    table = tmp_path / "class.csv"
    result = run(app, ["progress", str(tmp_path / "class"), "--csv", str(table)])
    assert result.exit_code == 0 and "\x1b[2J" not in result.stdout
    assert "=[red]a\ufffd[2J:smile:" in result.stdout.replace("\n", "")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["learner"] for row in rows} == {"'=[red]a\ufffd[2J:smile:"}
    assert [row["hint"] for row in rows if row["hint"]] == [
        "'=1+1", "'+1", "'-1", "'@A1", "\ufffd=1", "\ufffd=1", "'＝1", "1=1", "see -1"
    ]  # fmt: skip


def test_nothing_to_read_is_said(tmp_path):
    assert "no such file" in one_error_line(run(app, ["progress", str(tmp_path / "class")]))
    assert "no notebook" in one_error_line(run(app, ["progress", str(tmp_path)]))
    nbformat.write(new_notebook(), tmp_path / "scratch.ipynb")
    assert "no exercise" in one_error_line(run(app, ["progress", str(tmp_path)]))
    path = write(tmp_path / "ana.ipynb", check_cell())
    result = run(app, ["progress", str(tmp_path), "--lesson", "41"])
    assert "no exercise of lesson 41" in one_error_line(result)
    for csv_file in (path / "class.csv", tmp_path):
        result = run(app, ["progress", str(tmp_path), "--csv", str(csv_file)])
        assert f"{csv_file}: cannot be written" in one_error_line(result) and result.stdout == ""
