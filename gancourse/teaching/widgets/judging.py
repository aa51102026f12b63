"""What the logic of games shares: things judged one by one, and the score with its interval."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binomtest

from gancourse.errors import InputError
from gancourse.images import to_uint8
from gancourse.teaching.widgets.commands import Commanded, check_choice

#: Gray levels up to the first are shown black, from the second on alike: a generator's background is never
#: quite black, and its brightest pixels never quite white. By the rim alone one would know it.
DARKEST, BRIGHTEST = 12, 240


class Score(NamedTuple):
    """Right answers of how many, their share, and its 95 % interval (Wilson's)."""

    right: int
    answers: int
    share: float
    low: float
    high: float


def score(right: int, answers: int) -> Score:
    """Return a score with its interval; all NaN but the counts without answers."""
    if not answers:
        return Score(0, 0, np.nan, np.nan, np.nan)
    interval = binomtest(right, answers).proportion_ci(method="wilson")
    return Score(right, answers, right / answers, float(interval.low), float(interval.high))


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Map images (N, H, W) in [-1, 1] to uint8 as they are shown, whatever their kind."""
    levels = to_uint8(images)
    return np.where(levels <= DARKEST, 0, np.minimum(levels, BRIGHTEST)).astype(np.uint8)


class Judging(Commanded):
    """A game in which `count` things are judged one by one.

    Attributes:
        kinds: what can be answered.
        count: how many things there are in a game.
        seed: of the present game.
        truth: what is right for each thing.
        answers: those given so far.
    """

    COMMANDS = {"judge": ("judge", "value"), "new": ("begin_next",)}

    kinds: Sequence[str]
    count: int
    seed: int
    truth: list[str]
    answers: list[str]

    def begin(self, seed: int) -> None:
        """Begin a game with the things of a seed."""
        raise NotImplementedError

    def begin_next(self) -> None:
        """Begin a game with other things."""
        self.begin(self.seed + 1)

    @property
    def over(self) -> bool:
        """Tell whether everything has an answer."""
        return len(self.answers) == self.count

    def judge(self, answers: Any) -> None:
        """Take the answers given so far, from the first thing on, in place of those taken before.

        Raises:
            InputError: not a list, more answers than things, or another word than `kinds`.
        """
        if not isinstance(answers, list) or len(answers) > self.count:
            raise InputError(f"judge: expected a list of {self.count} answers at most")
        self.answers = [check_choice("answer", answer, self.kinds) for answer in answers]

    def score(self) -> Score:
        """Count the right answers so far."""
        return score(sum(a == t for a, t in zip(self.answers, self.truth, strict=False)), len(self.answers))
