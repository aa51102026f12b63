"""The command: thin, one line for bad input, nothing heavy loaded for help."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import gancourse
from gancourse.cli import app
from gancourse.errors import InputError
from gancourse.teaching import lessons

run = CliRunner().invoke


def one_error_line(result) -> str:
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_version_and_help():
    assert run(app, ["--version"]).stdout.strip() == gancourse.__version__
    shown = run(app, ["--help"])
    assert shown.exit_code == 0
    for command in ("doctor", "lab", "cohort", "train", "sample"):
        assert command in shown.stdout


def test_as_a_module_and_without_tensorflow():
    code = "import sys, runpy\nsys.argv = ['gancourse', 'cohort', '--help']\n"
    code += "try: runpy.run_module('gancourse', run_name='__main__')\n"
    code += "finally: assert not {'tensorflow', 'keras', 'nibabel'} & set(sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert "Usage: gancourse cohort" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wash"], "'wash'; see gancourse --help"),
        (["cohort", "make", "--subjects", "many"], "'--subjects'"),
        (["cohort", "make", "--subjects", "0"], "; see gancourse cohort make --help"),
        (["cohort", "make", "--randomisation", "wild"], "wild"),
        (["cohort", "check"], "'folder'"),
        (["cohort", "slice", "no/such/folder"], "no/such/folder"),
    ],
)
def test_bad_input_gets_one_line(arguments, said):
    assert said in one_error_line(run(app, arguments))


def test_input_error_is_folded_to_one_line(monkeypatch):
    import gancourse.doctor

    def examine():
        raise InputError("brain.nii: not a NIfTI;\n  fetch it again")

    monkeypatch.setattr(gancourse.doctor, "examine", examine)
    assert one_error_line(run(app, ["doctor"])) == "error: brain.nii: not a NIfTI; fetch it again"


def test_a_defect_is_not_dressed_as_bad_input(monkeypatch):
    import gancourse.doctor

    monkeypatch.setattr(gancourse.doctor, "examine", lambda: 1 / 0)
    assert isinstance(run(app, ["doctor"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(("problems", "status"), [(["a.nii: truncated", "b: no t2"], 1), ([], 0)])
def test_cohort_check_prints_every_problem(monkeypatch, tmp_path, problems, status):
    import gancourse.cohort.check

    monkeypatch.setattr(gancourse.cohort.check, "problems", lambda folder, *_: iter(problems))
    result = run(app, ["cohort", "check", str(tmp_path)])
    assert result.exit_code == status
    assert result.stdout.splitlines() == (problems or [f"{tmp_path}: no problem found"])


def test_cohort_make_passes_what_was_asked(monkeypatch, tmp_path):
    import gancourse.cohort.phantom

    asked = []
    monkeypatch.setattr(
        gancourse.cohort.phantom, "make_cohort", lambda out, **options: asked.append((out, options))
    )
    assert (
        run(app, ["cohort", "make", "--out", str(tmp_path), "--subjects", "3", "--spacing", "1"]).exit_code
        == 0
    )
    assert asked == [
        (
            tmp_path,
            {
                "subjects": 3,
                "spacing": 1.0,
                "seed": 0,
                "randomisation": "realistic",
                "workers": None,
                "kind": "any",
                "head": False,
            },
        )
    ]


def test_lab_makes_what_is_missing_and_passes_options_on(monkeypatch, tmp_path):
    import gancourse.cohort.phantom
    import gancourse.project
    import gancourse.teaching.data

    monkeypatch.delenv("GANCOURSE_DATA", raising=False)
    (tmp_path / "notebooks").mkdir()
    made, opened = [], []
    for module in (gancourse.project, gancourse.teaching.data):
        monkeypatch.setattr(module, "project_root", lambda: tmp_path)
    monkeypatch.setattr(gancourse.cohort.phantom, "make_cohort", made.append)
    monkeypatch.setattr(lessons, "open_lab", lambda work, options: opened.append((work, options)))
    assert run(app, ["lab", "--port", "9999", "--no-browser"]).exit_code == 0
    cohort = tmp_path / "data" / "phantoms"
    assert made == [cohort]
    assert opened == [(tmp_path / "work", ["--port", "9999", "--no-browser"])]

    cohort.mkdir(parents=True)
    (cohort / "subjects.csv").touch()
    assert run(app, ["lab"]).exit_code == 0
    assert made == [cohort]

    (cohort / "cohort.json").write_text('{"randomisation": "realistic", "version": 1}')
    line = one_error_line(run(app, ["lab"]))
    assert "phantoms: holds phantoms of version 1" in line and "remove that folder and run again" in line


def test_lab_says_in_one_line_what_it_set_aside(monkeypatch, tmp_path):
    import gancourse.project
    import gancourse.teaching.data

    names = [tmp_path / f"{number}_x (2026-11-26).ipynb" for number in (41, 52)]
    copies = lessons.Copies([], names, [tmp_path / "11_y.ipynb"])
    monkeypatch.setattr(gancourse.project, "project_root", lambda: tmp_path)
    monkeypatch.setattr(gancourse.teaching.data, "lesson_data", lambda: None)
    monkeypatch.setattr(lessons, "copy_lessons", lambda notebooks, work: copies)
    monkeypatch.setattr(lessons, "open_lab", lambda work, options: None)
    aside, stuck = run(app, ["lab"]).stdout.splitlines()
    assert aside.endswith("kept beside the new copies: 41_x (2026-11-26).ipynb, 52_x (2026-11-26).ipynb")
    assert "work/11_y.ipynb" in stuck and "cannot be renamed" in stuck


@pytest.mark.parametrize("missing", ["work", "data/phantoms"])
def test_lab_says_what_it_cannot_write_before_it_makes_anything(monkeypatch, tmp_path, missing):
    import gancourse.cohort.phantom
    import gancourse.project
    import gancourse.teaching.data

    monkeypatch.delenv("GANCOURSE_DATA", raising=False)
    for module in (gancourse.project, gancourse.teaching.data):
        monkeypatch.setattr(module, "project_root", lambda: tmp_path)
    monkeypatch.setattr(gancourse.cohort.phantom, "make_cohort", lambda folder: 1 / 0)
    (tmp_path / missing).parent.mkdir(exist_ok=True)
    (tmp_path / missing).write_text("a file where a folder has to be")
    assert f"{missing}: cannot be written" in one_error_line(run(app, ["lab"]))
