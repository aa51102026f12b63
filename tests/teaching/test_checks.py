"""A check passes, fails with a hint, or says "not tried yet"; it never raises."""

import pytest

from gancourse.teaching.checks import COURSE, MIME, OWN, Hint, check, understood, use


@check
def double(answer):
    if answer(2) != 4:
        return "Two twos are four."


@check
def count(answer):
    return None if answer + 1 == 49 else f"Received {answer}; count\nagain <the> subjects."


@check
def shape(answer):
    return None if tuple(answer) == (None, 64, 64, 1) else "Say the batch, too."


def test_passed_and_failed():
    assert count(48).passed is True and count(48).hint == ""
    assert count(47).passed is False
    assert repr(count(48)) == "✓ count: Passed."
    assert repr(count(47)) == "✗ count: Not yet: Received 47; count again <the> subjects."
    assert double(lambda x: 2 * x).passed is True
    assert double(lambda x: x**3).hint == "Two twos are four."


def unfinished(x): ...


def described(x):
    """It has no body yet."""


def printed(x):
    print(2 * x)


@pytest.mark.parametrize("answer", [..., None, (1, ...), [...], {"a": ...}])
def test_not_tried_yet(answer):
    assert count(answer).passed is None
    assert repr(count(answer)) == "○ count: Not tried yet."


@pytest.mark.parametrize("answer", [unfinished, described, lambda x: ..., lambda x: (x, ...)])
def test_a_function_left_as_it_was_is_not_tried_yet(answer):
    assert double(answer).passed is None


def test_a_function_that_prints_is_told_that_it_returns_nothing():
    assert double(printed).passed is False
    assert double(printed).hint == "your function printed returns nothing (None). End it with `return`."


def test_none_within_a_shape_is_an_answer():
    assert shape((None, 64, 64, 1)).passed is True
    assert shape((64, 64, 1)).passed is False


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: x / 0, "your code raised ZeroDivisionError: division by zero."),
        (lambda: 4, "your code raised TypeError"),
        (4, "this answer (int) cannot be checked: TypeError"),
        ("4", "this answer (str) cannot be checked"),
    ],
)
def test_exceptions_become_hints(answer, said):
    result = double(answer)
    assert result.passed is False and said in result.hint and "\n" not in result.hint


@check
@understood({"ZeroDivision": "Do not divide by zero.", "not subscriptable": "A number has no parts."})
def half(answer):
    def misused(x):
        raise Hint("Leave the second argument out.")

    return None if answer(4, misused) == 2 else "Half of four is two."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, _: x / 0, "Do not divide by zero."),
        (lambda x, _: x[0], "A number has no parts."),
        (lambda x, misused: misused(x), "Leave the second argument out."),
        (lambda x, _: x.half, "your code raised AttributeError: 'int' object has no attribute 'half'."),
        (lambda x, _: x, "Half of four is two."),
        (lambda x, _: x / 2, ""),
    ],
)
def test_usual_messages_become_hints_of_their_own(answer, said):
    assert half(answer).hint == said


def test_an_array_is_not_taken_for_blank_and_does_not_raise():
    import numpy as np

    assert count(np.array([48, 48])).passed is False  # its truth is ambiguous


def test_what_a_notebook_stores():
    bundle = count(47)._repr_mimebundle_()
    assert bundle[MIME] == {
        "exercise": "count",
        "passed": False,
        "hint": "Received 47; count again <the> subjects.",
    }
    assert "again &lt;the&gt; subjects" in bundle["text/html"]
    assert bundle["text/plain"] == repr(count(47))


def test_the_lesson_is_part_of_the_name():
    def slices(answer): ...

    slices.__module__ = "gancourse.teaching.checks.lesson31"
    assert check(slices)(1).exercise == "31.slices"
    assert check(slices).__name__ == "slices"


def test_what_has_passed_is_used_and_nothing_else(capsys):
    def twice(x):
        return 2 * x

    def thrice(x):
        return 3 * x

    assert use(twice, otherwise=abs) is abs
    assert capsys.readouterr().out == f"{COURSE} twice, until yours has passed its check.\n"
    assert double(twice).passed and double(thrice).passed is False
    assert use(twice, otherwise=abs) is twice
    assert capsys.readouterr().out == f"{OWN} twice.\n"
    assert use(thrice, otherwise=abs) is abs
