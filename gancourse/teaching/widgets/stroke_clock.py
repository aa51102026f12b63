"""Show the clock of a stroke (`stroke_clock_game`) in a notebook: a slider of hours, and rounds to judge."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.segmentation.mismatch import HYPERACUTE_H
from gancourse.teaching.widgets import stroke_clock_game
from gancourse.teaching.widgets.game import GameWidget
from gancourse.teaching.widgets.live import parts


class StrokeClock(GameWidget):
    """Watch an infarct age, then guess its age: `StrokeClock()` as a cell's last line.

    The page has all pictures from its beginning, so it goes on without a kernel. Python is told of every
    answer: `widget.logic.tally()`.

    Args:
        looks_early: a rule of your own for the DWI-FLAIR mismatch: `looks_early(ratio)`, from FLAIR in the
            infarct over FLAIR of the tissue around it to whether the infarct is under 4.5 hours old.
        rounds: scans to judge, of a patient at some hour.
        seed: of their choice.
        logic: another game, in tests.

    Raises:
        InputError: a rule that fails.
    """

    logic: stroke_clock_game.StrokeClock
    _esm, _css = parts("game", "stroke_clock")

    def __init__(
        self,
        looks_early: Callable[[float], Any] | None = None,
        rounds: int = 10,
        seed: int = 0,
        *,
        logic: stroke_clock_game.StrokeClock | None = None,
    ):
        super().__init__(logic or stroke_clock_game.StrokeClock(rounds, seed, decide=looks_early))

    def _to_page(self, logic: stroke_clock_game.StrokeClock) -> dict[str, Any]:
        """All pictures, and what the mismatch says of each."""
        shown = logic.shown
        return {
            "pixels": shown.pictures.tobytes(),
            "shape": list(shown.pictures.shape),
            "hours": [float(hour) for hour in shown.hours],
            "names": list(shown.names),
            "ratio": [[float(value) if np.isfinite(value) else None for value in row] for row in shown.ratio],
            "calls": logic.calls,
            "limit": HYPERACUTE_H,
        }

    def _render(self) -> dict[str, Any]:
        return super()._render() | {"trials": self.logic.trials}

    def _still(self) -> tuple[bytes, str]:
        logic = self.logic
        if not logic.over:
            said = f"Patient {len(logic.answers) + 1} of {logic.count}: under {HYPERACUTE_H} hours, or older?"
            return logic.png(), said
        mine, machine = logic.tally(), logic.mismatch()
        said = f"You were right in {mine.right} of {logic.count} scans, the mismatch in {machine.right}, "
        return logic.png(), said + f"which missed {machine.missed}."
