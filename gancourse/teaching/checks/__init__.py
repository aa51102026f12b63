"""Checks of exercises: passed, failed with a hint, or not tried yet; they never raise.

A lesson's checks are functions in `lessonNN.py`. Each takes the learner's answer and returns nothing when it
is right, or a hint, one or two sentences, when it is not:

    @check
    def slice_count(answer):
        if answer == 48:
            return "That is the number of subjects. How many slices does each of them give?"
        if answer != 960:
            return f"Received {answer}. Multiply the number of subjects by the slices of each."

In the notebook: `from gancourse.teaching.checks import lesson31 as checks`; `checks.slice_count(answer)`.
"""

import functools
import html
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MIME = "application/vnd.gancourse.check+json"


#: How the line of `use` begins: with the learner's own version, or with the course's.
OWN, COURSE = "This lesson goes on with your own", "This lesson goes on with the course's version of"

#: Answers that have passed their check in this kernel; kept, so that no other object gets their identity.
_passed: list[Any] = []


class _NotTried(Exception):
    """The learner's function still returns `...`, or has no body yet."""


class _NothingReturned(_NotTried):
    """The learner's function does something, but returns None."""


class _Raised(Exception):
    """The learner's function raised `args[0]`."""


class Hint(Exception):
    """What a check's own objects say when the learner's function misuses them; needs `understood`."""

    def __init__(self, hint: str):
        super().__init__(f"«{hint}»")


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes:
        exercise: lesson and check, such as "31.slice_count".
        passed: True, False, or None for not tried yet.
        hint: what to look at next; empty unless `passed` is False.
    """

    exercise: str
    passed: bool | None
    hint: str = ""

    @property
    def _verdict(self) -> tuple[str, str, str]:
        """Sign, words and colour; never told apart by colour alone."""
        if self.passed is None:
            return "○", "Not tried yet.", "#777777"
        return ("✓", "Passed.", "#0072b2") if self.passed else ("✗", f"Not yet: {self.hint}", "#d55e00")

    def __repr__(self) -> str:
        sign, words, _ = self._verdict
        return f"{sign} {self.exercise}: {words}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        sign, words, colour = self._verdict
        box = f"border-left: 4px solid {colour}; padding: 0.3em 0.8em"
        return {
            "text/plain": repr(self),
            "text/html": f'<div style="{box}"><b>{sign}</b> {html.escape(words)}</div>',
            MIME: {"exercise": self.exercise, "passed": self.passed, "hint": self.hint},
        }


def check(function: Callable[..., str | None]) -> Callable[..., Result]:
    """Make a check of a function that returns a hint, or None when the answer is right.

    An answer of `...` or None, or with `...` in it, means "not tried yet"; so does a learner's function that
    returns `...` or has no body. What a learner's function raises becomes a hint, and so do a function that
    does something but returns None, and an answer of a kind that the check cannot work with.
    """
    lesson = re.search(r"lesson(\d+)$", function.__module__)
    exercise = ".".join(filter(None, [lesson and lesson[1], function.__name__]))

    @functools.wraps(function)
    def checked(*answers: Any) -> Result:
        if any(_is_blank(answer) for answer in answers):
            return Result(exercise, None)
        try:
            hint = function(*(_guarded(answer) for answer in answers))
        except _NothingReturned as nothing:
            hint = f"your function {nothing.args[0]} returns nothing (None). End it with `return`."
        except _NotTried:
            return Result(exercise, None)
        except _Raised as raised:
            hint = f"your code raised {_said(raised.args[0])}."
        except Exception as error:
            kinds = ", ".join(type(answer).__name__ for answer in answers)
            hint = f"this answer ({kinds}) cannot be checked: {_said(error)}. Is it what was asked for?"
        if not hint:
            _passed.extend(answers)
        return Result(exercise, not hint, " ".join(str(hint or "").split()))

    checked.__annotations__ = {"return": Result}
    return checked


def understood(messages: Mapping[str, str]) -> Callable:
    """Let a check give a hint where the learner's code, or its own, stops with one of these messages.

    A `Hint` raised on the way is given as it is, even from inside a compiled step, whose messages are long
    accounts of where it happened.

    Args:
        messages: words of an exception's kind or message, in upper or lower case, and what they mean here.
    """

    def decorate(function: Callable[..., str | None]) -> Callable[..., str | None]:
        @functools.wraps(function)
        def checked(*answers: Any) -> str | None:
            try:
                return function(*answers)
            except _NotTried:
                raise
            except Exception as error:
                cause = error.args[0] if isinstance(error, _Raised) else error
                said = f"{type(cause).__name__}: {cause}"
                if own := re.search("«([^«»]*)»", said):  # the innermost: Keras puts a frame round it
                    return own[1]
                found = (hint for words, hint in messages.items() if words.lower() in said.lower())
                if hint := next(found, None):
                    return hint
                raise

        return checked

    return decorate


def use(answer: Any, otherwise: Any, name: str = "") -> Any:
    """Choose what a lesson goes on with: the learner's own answer if its check has passed.

    It prints one line that says which of the two it is.

    Args:
        answer: the very object that the check was given.
        otherwise: the course's own version of it.
        name: what to call an answer that is not a function.
    """
    mine = passed(answer)
    name = name or getattr(answer, "__name__", "answer")
    print(f"{OWN} {name}." if mine else f"{COURSE} {name}, until yours has passed its check.")
    return answer if mine else otherwise


def passed(answer: Any) -> bool:
    """Tell whether this very object has passed a check in this kernel."""
    return any(answer is each for each in _passed)


def close(got: ArrayLike, want: ArrayLike) -> bool:
    """Tell whether an answer has the wanted shape and, within a thousandth, the wanted values."""
    return np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=1e-3, atol=1e-6)


def recognise(got: ArrayLike, mistakes: Mapping[str, Any]) -> str | None:
    """Find the mistake that gives an answer.

    Args:
        got: a number or an array.
        mistakes: for each hint what the mistake gives, of the shape of `got`, or several such.

    Returns:
        The first hint that fits, if any.
    """
    for hint, wrong in mistakes.items():
        if any(close(got, each) for each in np.reshape(wrong, (-1, *np.shape(got)))):
            return hint
    return None


def judge(got: ArrayLike, want: ArrayLike, mistakes: Mapping[str, Any], otherwise: str) -> str | None:
    """Compare an answer with what is wanted, and then with what known mistakes give (see `recognise`).

    Returns:
        None if the answer is right; else the first hint that fits, or `otherwise`.
    """
    return None if close(got, want) else recognise(got, mistakes) or otherwise


def _said(error: Exception) -> str:
    """An exception on one line, as Python names it: short, without the noise of a long message."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def _is_blank(answer: Any) -> bool:
    """Whether an answer is `...` or None, or a container that holds `...`; shapes may hold None."""
    parts = list(answer.values()) if isinstance(answer, dict) else answer
    if isinstance(parts, list | tuple):
        return any(part is ... for part in parts)
    return answer is ... or answer is None


def _unwritten() -> None: ...


def _guarded(answer: Any) -> Any:
    """A learner's function that tells its own exceptions from the check's; anything else as it is."""
    if not inspect.isfunction(answer):
        return answer

    @functools.wraps(answer)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            result = answer(*args, **kwargs)
        except Exception as error:
            raise _Raised(error) from error
        if result is None and len(answer.__code__.co_code) > len(_unwritten.__code__.co_code):
            raise _NothingReturned(answer.__name__)
        if _is_blank(result):
            raise _NotTried
        return result

    return guarded
