"""What each check says to the answers of `answers/`: right, wrong with which hint, and not tried yet."""

import importlib
from pathlib import Path

import pytest

LESSONS = sorted(path.stem for path in (Path(__file__).parent / "answers").glob("lesson*.py"))
ANSWERS = {lesson: importlib.import_module(f"teaching.answers.{lesson}") for lesson in LESSONS}
RIGHT = [(lesson, *pair) for lesson in LESSONS for pair in ANSWERS[lesson].RIGHT.items()]
WRONG = [(lesson, *wrong) for lesson in LESSONS for wrong in ANSWERS[lesson].WRONG]


def ask(lesson, name, answer):
    """What a lesson's check says to an answer, or to an answer and what else the check is given."""
    answers = answer if isinstance(answer, tuple) else (answer,)
    return getattr(importlib.import_module(f"gancourse.teaching.checks.{lesson}"), name)(*answers)


@pytest.mark.parametrize(("lesson", "name", "answer"), RIGHT)
def test_the_right_answer_passes(lesson, name, answer):
    result = ask(lesson, name, answer)
    assert result.passed is True, result


@pytest.mark.parametrize(("lesson", "name", "answer"), RIGHT)
def test_a_stub_is_not_tried_yet(lesson, name, answer):
    first, *rest = answer if isinstance(answer, tuple) else (answer,)
    stub = (
        dict.fromkeys(first, ...)
        if isinstance(first, dict)
        else (lambda *args: ...)
        if callable(first)
        else ...
    )
    assert ask(lesson, name, (stub, *rest)).passed is None


@pytest.mark.parametrize(("lesson", "name", "answer", "word"), WRONG)
def test_a_wrong_answer_gets_its_hint(lesson, name, answer, word):
    result = ask(lesson, name, answer)
    assert result.passed is False and word in result.hint, result


@pytest.mark.parametrize("lesson", LESSONS)
def test_wrong_answers_are_told_apart(lesson):
    wrong = ANSWERS[lesson].WRONG
    assert len({ask(lesson, name, answer).hint for name, answer, _ in wrong}) == len(wrong)
