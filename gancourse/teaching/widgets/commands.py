"""What pages ask of widgets: each command is checked before it is carried out, as anything may arrive."""

from collections.abc import Mapping
from typing import Any

from gancourse.errors import InputError

MAX_SEED = 2**31 - 1


class Commanded:
    """Logic that a page commands by messages.

    Attributes:
        COMMANDS: for each command the name of its method, and the command's fields in the order of the
            method's arguments.

    Every command raises `InputError` for a value that is impossible, and then changes nothing.
    """

    COMMANDS: Mapping[str, tuple[str, ...]]

    def apply(self, command: Any) -> None:
        """Carry out a command such as {"do": "seed", "value": 7}."""
        do = command.get("do") if isinstance(command, Mapping) else command
        if not isinstance(do, str) or do not in self.COMMANDS or not isinstance(command, Mapping):
            raise InputError(f"command {do!r}: unknown; expected one of {', '.join(self.COMMANDS)}")
        method, *fields = self.COMMANDS[do]
        if missing := [field for field in fields if field not in command]:
            raise InputError(f"command {do!r}: it lacks {', '.join(missing)}")
        getattr(self, method)(*(command[field] for field in fields))


def check_whole(name: str, value: Any, high: int) -> int:
    """Return a whole number from 0 to `high`, or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
        raise InputError(f"{name}={value!r}: expected a whole number from 0 to {high}")
    return value


def check_number(name: str, value: Any, low: float, high: float) -> float:
    """Return a number within limits, or raise `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{name}={value!r}: expected a number from {low:g} to {high:g}")
    return float(value)


def check_choice(name: str, value: Any, choices: Any) -> str:
    """Return one of the choices, or raise `InputError` that names them."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{name} {value!r}: expected one of {', '.join(choices)}")
    return value
