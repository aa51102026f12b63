"""Options: dataclasses whose values are declared, checked, and changed as "name=value", all in one way.

@dataclass(frozen=True)
class Recipe(Options):
    loss: str = one_of("bce", "bce", "hinge")
    rate: float = within(1e-4, 1e-12, 1)
    flip: bool = False

Recipe(rate=-1)  # InputError: rate=-1: expected a number from 1e-12 to 1
Recipe().change(["loss=hinge", "flip=true"])
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from gancourse.errors import InputError


def one_of(default: str, *choices: str) -> Any:
    """Declare a field that is one of several words."""
    return field(default=default, metadata={"choices": choices})


def within(
    default: Any, low: float, high: float = 1e6, *, below: float = math.inf, at_most: int | None = None
) -> Any:
    """Declare a field that is a number, or a tuple of numbers; they are whole where the default is.

    Args:
        default: the number, or the tuple.
        low, high: the limits, both allowed.
        below: a limit that is not allowed itself.
        at_most: how many numbers a tuple may have; it has at least one.
    """
    return field(default=default, metadata={"low": low, "high": high, "below": below, "at_most": at_most})


def fixed(make: Callable[[], Any]) -> Any:
    """Declare a field that is stored with the others and has one possible value, which `make` returns."""
    return field(default_factory=make, metadata={"fixed": make})


@dataclass(frozen=True)
class Options:
    """Base of a frozen dataclass whose fields are declared by the functions above, or are booleans.

    Raises `InputError` for a value that a field does not allow, and names what it allows. A list becomes a
    tuple, so that options survive JSON.
    """

    def __post_init__(self):
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if isinstance(value, list):
                value = tuple(value)
                object.__setattr__(self, item.name, value)
            if not _allows(item, value):
                raise _refusal(item, value)

    def change(self, assignments: Sequence[str]) -> Self:
        """Return the options with some fields changed, each by "name=value".

        Raises:
            InputError: a name that is unknown or given twice, or a value that its field does not allow.
        """
        known = {item.name: item for item in dataclasses.fields(self) if "fixed" not in item.metadata}
        changes: dict[str, Any] = {}
        for assignment in assignments:
            name, _, text = assignment.partition("=")
            if name not in known:
                raise InputError(f"{assignment!r}: expected name=value with a name among {', '.join(known)}")
            if name in changes:
                raise InputError(f"{assignment!r}: {name} is set twice; set it once")
            try:
                changes[name] = _parse(known[name].default, text)
            except (ValueError, KeyError):
                raise _refusal(known[name], text) from None
        return dataclasses.replace(self, **changes)


def _parse(default: Any, text: str) -> Any:
    """Convert text to the type of a field's default."""
    if isinstance(default, bool):
        return {"true": True, "false": False}[text]
    if isinstance(default, tuple):
        return tuple(type(default[0])(number) for number in text.split(","))
    return type(default)(text)


def _allows(item: dataclasses.Field, value: Any) -> bool:
    if "fixed" in item.metadata:
        return value == item.metadata["fixed"]()
    if choices := item.metadata.get("choices"):
        return isinstance(value, str) and value in choices
    if isinstance(item.default, bool):
        return isinstance(value, bool)
    if not isinstance(item.default, tuple):
        return _is_number_within(item.metadata, item.default, value)
    numbers = isinstance(value, tuple) and 1 <= len(value) <= item.metadata["at_most"]
    return numbers and all(_is_number_within(item.metadata, item.default[0], number) for number in value)


def _is_number_within(limits: Any, default: float, value: Any) -> bool:
    """Whether a value is of the default's kind and within the limits; NaN is within none."""
    kind = int if isinstance(default, int) else int | float
    if isinstance(value, bool) or not isinstance(value, kind):
        return False
    return limits["low"] <= value <= limits["high"] and value < limits["below"]


def _refusal(item: dataclasses.Field, value: Any) -> InputError:
    return InputError(f"{item.name}={value!r:.80}: expected {_expected(item)}")


def _expected(item: dataclasses.Field) -> str:
    limits = item.metadata
    if "fixed" in limits:
        return f"{limits['fixed']()!r}"
    if choices := limits.get("choices"):
        return f"one of {', '.join(choices)}"
    if isinstance(item.default, bool):
        return "true or false"
    below = math.isfinite(limits["below"])
    bounds = f"{limits['low']:g} to " + (f"below {limits['below']:g}" if below else f"{limits['high']:g}")
    if isinstance(item.default, tuple):
        return (
            f"1 to {limits['at_most']} whole numbers from {bounds}, as in {','.join(map(str, item.default))}"
        )
    return f"a {'whole ' if isinstance(item.default, int) else ''}number from {bounds}"
