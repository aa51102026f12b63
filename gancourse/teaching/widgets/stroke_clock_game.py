"""The clock of a stroke: how old is an infarct? Patients to judge, and the DWI-FLAIR mismatch beside.

The patients are phantoms, the same at all hours but for the state of the infarct;
`experiments/stroke_hours.py` has made the pictures, and measured in every one what the mismatch goes by.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from gancourse.errors import InputError
from gancourse.images import enlarge, to_png
from gancourse.segmentation.mismatch import HYPERACUTE_H, looks_early
from gancourse.teaching.widgets.judging import Judging

SCANS = ("DWI", "ADC", "FLAIR")
EARLY, LATE, MISSED = "early", "late", "missed"


class Tally(NamedTuple):
    """How many of the judged patients were called rightly and wrongly, and in how many nothing was found."""

    right: int
    wrong: int
    missed: int


class Hours(NamedTuple):
    """Patients hour by hour.

    Attributes:
        names: of the P patients.
        hours: (T), since onset.
        pictures: (P, T, 3, H, W) uint8, of `SCANS`, axial, the patient's right on the left.
        ratio: (P, T), FLAIR in the infarct over that of the tissue around it; NaN where none was found.
    """

    names: tuple[str, ...]
    hours: np.ndarray
    pictures: np.ndarray
    ratio: np.ndarray


@lru_cache(maxsize=1)
def shipped_hours() -> Hours:
    """Read the phantoms that the course ships."""
    with np.load(Path(__file__).parent / "stroke_hours.npz") as file:
        names = tuple(str(name) for name in file["names"])
        return Hours(names, file["hours"], file["pictures"], file["ratio"].astype(float))


class StrokeClock(Judging):
    """Judge the age of infarcts.

    Args:
        rounds: how many patients at some hour are to be judged.
        seed: of their choice; every other toss of a coin gives a patient under 4.5 hours.
        decide: the rule of the mismatch: from the ratio to whether the infarct is under 4.5 hours old; the
            course's by default.
        shown: other patients, in tests.

    Attributes:
        trials: (patient, hour) of each round, as indices.
        truth: "early" or "late" for each round; `answers`, likewise, are those given so far.
        calls: (P, T), what the mismatch says: "early", "late", or "missed" where no infarct was found.

    Raises:
        InputError: more rounds than there are pictures, or a rule that fails.
    """

    kinds = (EARLY, LATE)

    def __init__(
        self,
        rounds: int = 10,
        seed: int = 0,
        *,
        decide: Callable[[float], Any] | None = None,
        shown: Hours | None = None,
    ):
        self.shown, self.count = shown or shipped_hours(), rounds
        most = len(self.shown.names) * int((self.shown.hours > 0).sum())
        if not 1 <= rounds <= most:
            raise InputError(f"rounds {rounds}: expected 1 to {most}")
        self.calls = [[self._call(decide or looks_early, value) for value in row] for row in self.shown.ratio]
        self.begin(seed)

    @staticmethod
    def _call(decide: Callable[[float], Any], ratio: float) -> str:
        if not np.isfinite(ratio):
            return MISSED
        try:
            return EARLY if bool(decide(float(ratio))) else LATE
        except Exception as error:  # the learner's own rule
            raise InputError(f"looks_early({ratio:.2f}): {type(error).__name__}: {error}") from error

    def begin(self, seed: int) -> None:
        """Begin again with the patients of a seed."""
        rng = np.random.default_rng(seed)
        after = np.flatnonzero(self.shown.hours > 0)  # at 0 hours there is nothing to judge
        rest = [(k, int(hour)) for k in range(len(self.shown.names)) for hour in after]
        self.trials: list[tuple[int, int]] = []
        for _ in range(self.count):
            wanted = bool(rng.random() < 0.5)
            fitting = [trial for trial in rest if self.is_early(trial[1]) == wanted] or rest
            trial = fitting[rng.integers(len(fitting))]
            self.trials.append(trial)
            rest.remove(trial)
        self.truth = [EARLY if self.is_early(hour) else LATE for _, hour in self.trials]
        self.seed, self.answers = seed, list[str]()

    def is_early(self, hour: int) -> bool:
        """Return whether the hour of that index is under 4.5."""
        return bool(self.shown.hours[hour] < HYPERACUTE_H)

    def tally(self) -> Tally:
        """Count the answers so far."""
        return self._count(self.answers)

    def mismatch(self) -> Tally:
        """Count what the mismatch says of the same rounds."""
        return self._count([self.calls[k][hour] for k, hour in self.trials[: len(self.answers)]])

    def _count(self, said: list[str]) -> Tally:
        truth = self.truth[: len(said)]
        right, missed = sum(a == b for a, b in zip(said, truth, strict=True)), said.count(MISSED)
        return Tally(right, len(said) - right - missed, missed)

    def png(self, scale: int = 3) -> bytes:
        """Return the three scans of the round to judge as PNG, the last one's when all are judged."""
        patient, hour = self.trials[min(len(self.answers), self.count - 1)]
        return to_png(strip(self.shown.pictures[patient, hour], scale))


def strip(pictures: np.ndarray, scale: int) -> Image.Image:
    """Lay DWI, ADC and FLAIR, (3, H, W) uint8, side by side, with their names."""
    height, width = (scale * side for side in pictures.shape[1:])
    line = 20
    sheet = Image.new("RGB", (3 * width, height + line), "black")
    draw = ImageDraw.Draw(sheet)
    for k, (name, picture) in enumerate(zip(SCANS, pictures, strict=True)):
        sheet.paste(enlarge(Image.fromarray(picture), scale).convert("RGB"), (k * width, line))
        draw.text((k * width + width // 2, 2), name, "white", font_size=14, anchor="ma")
        for side, x in (("R", 6), ("L", width - 14)):
            draw.text((k * width + x, line + height // 2), side, "white", font_size=14)
    return sheet
