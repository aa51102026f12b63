"""Options: dataclasses whose fields are declared with their limits, checked, and changed by "name=value".

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

_BOOLEAN: dict[str, Any] = {"allows": lambda value: isinstance(value, bool), "expected": "true or false"}


def one_of(default: str, *choices: str) -> Any:
    """Declare a field that is one of several strings."""
    allows = {"allows": lambda value: isinstance(value, str) and value in choices}
    return field(default=default, metadata=allows | {"expected": f"one of {', '.join(choices)}"})


def within(
    default: Any, low: float, high: float = 1e6, *, below: float = math.inf, at_most: int | None = None
) -> Any:
    """Declare a field that is a number, or a tuple of whole numbers; whole if the default is.

    Args:
        default: the number, or the tuple.
        low, high: the limits, inclusive.
        below: an upper limit that is exclusive.
        at_most: the largest length of a tuple; the smallest is 1.
    """
    kind = int if at_most or isinstance(default, int) else int | float

    def is_within(value) -> bool:  # NaN is within no limits
        is_number = isinstance(value, kind) and not isinstance(value, bool)
        return is_number and low <= value <= high and value < below

    def are_within(value) -> bool:
        return isinstance(value, tuple) and 1 <= len(value) <= (at_most or 1) and all(map(is_within, value))

    numbers = f"1 to {at_most} whole numbers" if at_most else f"a {'whole ' * (kind is int)}number"
    limits = f"{low:g} to " + (f"{high:g}" if below == math.inf else f"below {below:g}")
    allows = {"allows": are_within if at_most else is_within}
    return field(default=default, metadata=allows | {"expected": f"{numbers} from {limits}"})


def fixed(make: Callable[[], Any]) -> Any:
    """Declare a field that is stored with the others, but whose only value is that which `make` returns."""
    value = make()
    allows = {"allows": lambda given: type(given) is type(value) and given == value}
    return field(default_factory=make, metadata=allows | {"expected": f"{value!r}"})


@dataclass(frozen=True)
class Options:
    """Base of a frozen dataclass whose fields are declared by the functions above, or are booleans.

    A value that its field does not allow raises an `InputError`, which names the allowed ones. A list becomes
    a tuple, so that options can be stored as JSON.
    """

    def __post_init__(self):
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if isinstance(value, list):
                value = tuple(value)
                object.__setattr__(self, item.name, value)
            if not (item.metadata or _BOOLEAN)["allows"](value):
                raise _refusal(item, value)

    def change(self, assignments: Sequence[str]) -> Self:
        """Return the options with some fields changed, each by "name=value".

        Raises:
            InputError: a name that is unknown or given twice, or a value that its field does not allow.
        """
        known = {i.name: i for i in dataclasses.fields(self) if i.default is not dataclasses.MISSING}
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
        return tuple(int(number) for number in text.split(","))
    return type(default)(text)


def _refusal(item: dataclasses.Field, value: Any) -> InputError:
    return InputError(f"{item.name}={value!r:.80}: expected {(item.metadata or _BOOLEAN)['expected']}")
