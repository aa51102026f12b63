"""Each exercise of each lesson: its solution passes, its stub is not tried yet, mistakes get their hints."""

import build
import lessons
import nbformat
import pytest
from lessons import NOT_TRIED, PASSED, Answer

WRONG_ANSWERS = lessons.ROOT / "tests" / "wrong_answers"


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_checks_of_a_lesson(source):
    notebook = build.read_source(source)
    exercises = [exercise.name for exercise in lessons.find_exercises(notebook)]
    answers = lessons.read_answers(WRONG_ANSWERS / f"{source.stem[:2]}.py")
    mistakes = {name: {a.words for a in answers if a.exercise == name} - {PASSED} for name in exercises}
    assert len(exercises) >= 3
    assert {answer.exercise for answer in answers} == set(exercises)
    assert min(map(len, mistakes.values())) >= 3, mistakes
    trials = lessons.try_answers(notebook, answers, lessons.ROOT / "notebooks")
    assert not (found := lessons.unexpected(trials)), "\n".join(found)


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_the_published_stubs_are_not_tried_yet(source):
    notebook = nbformat.read(lessons.ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    for exercise in lessons.find_exercises(notebook):
        assert lessons.said(notebook.cells[exercise.index + 1]) == NOT_TRIED, exercise.name


LESSON = """\
# %%
from types import SimpleNamespace
from gancourse.teaching.checks import check

# %%
@check
def double(answer):
    if answer(two) == 4 and answer(3) == 6:
        return None
    return "Try it with 3." if answer(two) == 4 else "Two twos are four."

# %%
checks = SimpleNamespace(double=double)

# %%
raise RuntimeError("no exercise needs this")

# %%
two = 2

# %% tags=["slow"]
checks = time.sleep(1000)

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
"""

ANSWERS = """\
# %% double: squares instead -> Try it
def twice(x):
    return x * x
# %% double: halves -> Two twos
twice = lambda x: x / two
# %% double: by zero -> raised ZeroDivisionError
twice = lambda x: x / 0
# %% double: adds -> Passed.
twice = lambda x: x + x
"""


@pytest.fixture
def lesson(tmp_path):
    (tmp_path / "11_double.py").write_text(LESSON)
    (tmp_path / "11.py").write_text(ANSWERS)
    return tmp_path


def test_a_good_exercise(lesson):
    notebook = build.read_source(lesson / "11_double.py")
    (exercise,) = lessons.find_exercises(notebook)
    assert exercise.name == "double"
    assert exercise.solution == "def twice(x):\n    return 2 * x"
    answers = lessons.read_answers(lesson / "11.py")
    assert answers[1] == Answer("double", "halves", "Two twos", "twice = lambda x: x / two")
    trials = lessons.try_answers(notebook, answers, lesson)
    assert [(answer.what, said) for answer, said in trials] == [
        ("the stub", NOT_TRIED),
        ("squares instead", "Try it with 3."),
        ("halves", "Two twos are four."),
        ("by zero", "your code raised ZeroDivisionError: division by zero."),
        ("adds", PASSED),
        ("the solution", PASSED),
    ]
    assert lessons.unexpected(trials) == []


def test_what_is_wrong_with_an_exercise_is_said(lesson):
    source = lesson / "11_double.py"
    source.write_text(LESSON.replace("return ...", "return 3  # ...").replace("2 * x", "x ** 2"))
    trials = lessons.try_answers(build.read_source(source), [], lesson)
    assert [line.split(" is told ")[0] for line in lessons.unexpected(trials)] == [
        "double, 'the stub'", "double, 'the solution'"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said", "found"),
    [
        ("sum", "That is the sum.", ""),
        ("sum", "That is the mean.", "x, 'new' is told 'That is the mean.', not 'sum'"),
        ("sum", "", "not 'sum'"),
        ("a", PASSED, "not 'a'"),  # though it has an a
        (PASSED, NOT_TRIED, "not 'Passed.'"),
        (PASSED, "A hint.", "not 'Passed.'"),
        ("half", "Half of it, as 'half'.", "told the same as 'old'"),
        ("twice", "Half of it, as 'half'.", "not 'twice'"),
    ],
)
def test_what_a_check_should_not_have_said(words, said, found):
    old = Answer("x", "old", "Half", ""), "Half of it, as 'half'."
    lines = lessons.unexpected([old, (Answer("x", "new", words, ""), said)])
    assert len(lines) == bool(found) and found in "".join(lines)


@pytest.mark.parametrize("header", ["double", "double: halves", "double: halves ->", "double -> Two twos"])
def test_a_wrong_answer_says_what_its_hint_should(lesson, header):
    (lesson / "11.py").write_text(f"# %% {header}\ntwice = 2\n")
    with pytest.raises(AssertionError, match="words of the hint"):
        lessons.read_answers(lesson / "11.py")


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
