"""Every exercise of every lesson: the solution passes, the stub is not tried yet, wrong ones get a hint."""

import build
import lessons
import nbformat
import pytest

WRONG_ANSWERS = lessons.ROOT / "tests" / "wrong_answers"


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_checks_of_a_lesson(source):
    notebook = build.read_source(source)
    exercises = lessons.find_exercises(notebook)
    wrong = lessons.read_wrong_answers(WRONG_ANSWERS / f"{source.stem[:2]}.py")
    assert len(exercises) >= 3
    assert set(wrong) == {exercise.name for exercise in exercises}
    assert not (found := lessons.try_answers(notebook, wrong, lessons.ROOT / "notebooks")), "\n".join(found)


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_the_published_stubs_are_not_tried_yet(source):
    notebook = nbformat.read(lessons.ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    for exercise in lessons.find_exercises(notebook):
        results = lessons.check_results(notebook.cells[exercise.index + 1])
        assert [result["passed"] for result in results] == [None], exercise.name


LESSON = """\
# %%
from types import SimpleNamespace
from gancourse.teaching.checks import check

@check
def double(answer):
    if answer(2) == 4 and answer(3) == 6:
        return None
    return "Try it with 3." if answer(2) == 4 else "Two twos are four."

checks = SimpleNamespace(double=double)

# %% tags=["slow"]
raise RuntimeError("too slow to be run here")

# %% tags=["exercise"]
def twice(x):
    return ...

# %% tags=["check"]
checks.double(twice)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def twice(x):
#     return 2 * x
# ```
# </details>

# %%
try:
    assert twice(5) == 10
finally:
    del twice
"""

WRONG = """\
# %% double: squares instead
def twice(x):
    return x * x

# %% double
def twice(x):
    return x / 0
"""


@pytest.fixture
def lesson(tmp_path):
    (tmp_path / "11_double.py").write_text(LESSON)
    (tmp_path / "11.py").write_text(WRONG)
    return tmp_path


def test_a_good_exercise(lesson):
    notebook = build.read_source(lesson / "11_double.py")
    (exercise,) = lessons.find_exercises(notebook)
    assert exercise.name == "double"
    assert exercise.solution == "def twice(x):\n    return 2 * x"
    wrong = lessons.read_wrong_answers(lesson / "11.py")
    assert wrong == {"double": ["def twice(x):\n    return x * x", "def twice(x):\n    return x / 0"]}
    assert lessons.try_answers(notebook, wrong, lesson) == []


def test_what_is_wrong_with_an_exercise_is_said(lesson):
    source = lesson / "11_double.py"
    source.write_text(
        LESSON.replace("return ...", "return 3  # ...").replace("2 * x", "x ** 2").replace("5) == 10", "3)")
    )
    found = lessons.try_answers(build.read_source(source), {"double": ["twice = lambda x: x + x"]}, lesson)
    assert [line.split(" gives")[0] for line in found] == [
        "double: the solution", "double: the stub", "double: a wrong answer"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tags=["check"]', "", "no tag check"),
        ("checks.double(", "double(", "no call of checks"),
        ("```python", "```", "no ```python"),
        ("<details>", "", "not folded"),
        ("    return ...", "    return 4", "nothing left to do"),
        ('tags=["exercise"]', "", "without its exercise"),
    ],
)
def test_an_incomplete_exercise_is_found(lesson, old, new, said):
    source = lesson / "11_double.py"
    source.write_text(LESSON.replace(old, new))
    with pytest.raises(AssertionError, match=said):
        lessons.find_exercises(build.read_source(source))
