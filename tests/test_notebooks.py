"""The lessons as committed: made from their source, executed, without errors or noise, small."""

import json
import re

import build
import lessons
import nbformat
import pytest

from gancourse.cohort.scheme import MODALITIES
from gancourse.teaching.checks import COURSE, OWN

NOTEBOOKS = lessons.ROOT / "notebooks"


def test_every_notebook_has_a_source():
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {path.stem for path in lessons.SOURCES}


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
class TestLesson:
    def read(self, source):
        return nbformat.read(NOTEBOOKS / f"{source.stem}.ipynb", as_version=4)

    def test_is_made_from_its_source(self, source):
        want, have = build.read_source(source), self.read(source)
        for number, (a, b) in enumerate(zip(want.cells, have.cells, strict=True)):
            same = (a.id, a.cell_type, a.source, a.metadata) == (b.id, b.cell_type, b.source, b.metadata)
            assert same, f"cell {number} differs: run `make notebooks ARGS={source.stem}`"

    def test_is_executed_and_clean(self, source):
        assert build.problems(self.read(source)) == []
        assert (NOTEBOOKS / f"{source.stem}.ipynb").stat().st_size < build.MAX_BYTES

    def test_cells_are_short_and_three_outputs_are_checked(self, source):
        cells = [cell for cell in self.read(source).cells if cell.cell_type == "code"]
        assert max(len(cell.source.splitlines()) for cell in cells) <= 25
        checked = [
            c for c in cells if "nbval-check-output" in lessons.tags(c) or "NBVAL_CHECK_OUTPUT" in c.source
        ]
        assert len(checked) >= 3

    def test_a_learner_reads_little_and_builds_much(self, source):
        """And the minutes that the lesson promises are those that its size asks for."""
        notebook = self.read(source)
        size = lessons.size(notebook)
        assert size.words <= 1800 and size.cells <= 18, size
        assert sum(size.written) >= 25 and max(size.written) >= 8, size
        (promised,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", notebook.cells[0].source)
        assert 45 <= int(promised) <= 65 and abs(int(promised) - size.minutes) <= 4, size.minutes

    def test_with_every_exercise_solved_it_runs_on_another_cohort(self, source, other_cohort, monkeypatch):
        """The lesson goes on with the learner's own versions, on 20 subjects in BraTS 2021's names."""
        monkeypatch.setenv("GANCOURSE_DATA", str(other_cohort))
        monkeypatch.setenv("GANCOURSE_LIVE_SECONDS", "3")
        notebook = lessons.solved(build.read_source(source))
        build.execute(notebook, NOTEBOOKS)
        for exercise in lessons.find_exercises(build.read_source(source)):
            assert lessons.said(notebook.cells[exercise.index + 1]) == lessons.PASSED, exercise.name
        printed = "".join(
            output.text for cell in notebook.cells for output in cell.get("outputs", ()) if "text" in output
        )
        assert OWN in printed and COURSE not in printed
        assert not [problem for problem in build.problems(notebook) if "1,000,000" not in problem]


@pytest.fixture(scope="session")
def other_cohort(tmp_path_factory):
    """Twenty phantoms in BraTS 2021's names, without labels of tissue and without grades."""
    folder = tmp_path_factory.mktemp("cohort") / "BraTS2021"
    phantoms = sorted((lessons.ROOT / "data" / "phantoms").glob("[HL]GG/*"))[::2][:20]
    for number, phantom in enumerate(phantoms):
        name = f"BraTS2021_{number:05d}"
        (folder / name).mkdir(parents=True)
        for role in (*MODALITIES, "seg"):
            (file,) = phantom.glob(f"*_{role}.nii.gz")
            (folder / name / f"{name}_{role}.nii.gz").symlink_to(file)
    return folder


SOURCE = """\
# %% [markdown]
# # Count brains

# %%
import ipywidgets
for k in range(3):
    print(k)

# %% tags=["nbval-check-output"]
1 + 1

# %%
ipywidgets.IntSlider()

# %%
1 + 1
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "11_count.py"
    path.write_text(SOURCE)
    return path


def test_build_twice_gives_the_same_file(source, tmp_path):
    first = build.build(source, tmp_path).read_bytes()
    assert build.build(source, tmp_path).read_bytes() == first
    notebook = json.loads(first)
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code", "code", "code", "code"]
    assert notebook["cells"][1]["outputs"][0]["text"] == ["0\n", "1\n", "2\n"]
    assert notebook["cells"][2]["metadata"] == {"tags": ["nbval-check-output"]}
    assert len({cell["id"] for cell in notebook["cells"]}) == 5
    view = notebook["cells"][3]["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert int(view, 16) < 10
    assert "widgets" not in notebook["metadata"]


def test_cell_ids_stay_when_a_cell_is_put_before(source):
    before = [cell.id for cell in build.read_source(source).cells]
    source.write_text("# %%\n0\n\n" + SOURCE)
    assert [cell.id for cell in build.read_source(source).cells][1:] == before


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('careful', file=sys.stderr)", "careful"),
        ("print('brain\\n' * 200_000)", "1,000,000 at most"),
    ],
)
def test_what_must_not_be_published_is_not(tmp_path, cell, said):
    old = tmp_path / "11_bad.ipynb"
    old.write_text("old")
    (tmp_path / "11_bad.py").write_text(f"# %%\n{cell}\n")
    with pytest.raises(build.BuildError, match=said):
        build.build(tmp_path / "11_bad.py", tmp_path)
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["11_bad.ipynb", "11_bad.py"]


def test_problems_names_a_cell_that_was_not_run(source):
    found = build.problems(build.read_source(source))
    assert len(found) == 4 and all("was not run" in line for line in found)
