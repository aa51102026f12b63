"""Show the game of four FLAIRs (`which_flair_game`) in a notebook."""

from typing import Any

import numpy as np

from gancourse.teaching.widgets import which_flair_game
from gancourse.teaching.widgets.game import GameWidget
from gancourse.teaching.widgets.live import parts


class WhichFlair(GameWidget):
    """Find the real FLAIR among three that were made from T2: `WhichFlair()` as a cell's last line.

    The page has all pictures from its beginning, so it goes on without a kernel. Python is told of every
    answer: `widget.logic.score()`, and `widget.logic.taken()` counts what was taken for real.

    Args:
        rounds: how many phantoms are shown.
        seed: of their choice.
        logic: another game, in tests.
    """

    logic: which_flair_game.WhichFlair
    _esm, _css = parts("game", "which_flair")

    def __init__(self, rounds: int = 10, seed: int = 0, *, logic: which_flair_game.WhichFlair | None = None):
        super().__init__(logic or which_flair_game.WhichFlair(rounds, seed))

    def _to_page(self, logic: which_flair_game.WhichFlair) -> dict[str, Any]:
        """All pictures, which is which, and what was measured in each."""
        people, chosen = logic.people, logic.chosen
        found, invented = (
            np.take_along_axis(table[chosen], logic.orders, 1) for table in (people.found, people.invented)
        )
        return super()._to_page(logic) | {
            "tumour": people.tumour[chosen].astype(np.uint8).tobytes(),
            "methods": [[which_flair_game.METHODS[k] for k in order] for order in logic.orders],
            "found": [[float(x) if np.isfinite(x) else None for x in row] for row in found],
            "invented": invented.round(2).tolist(),
        }

    def _still(self) -> tuple[bytes, str]:
        logic, score = self.logic, self.logic.score()
        if not logic.over:
            return logic.png(), f"Round {len(logic.answers) + 1} of {logic.count}: which is the real FLAIR?"
        said = f"The real FLAIR was found in {score.right} of {score.answers} rounds"
        return logic.png(), f"{said} ({score.low:.0%} to {score.high:.0%})"
