"""Paint with units in a notebook: `gancourse.teaching.widgets.paint_with_units_game` behind a brush."""

from typing import Any

import traitlets

from gancourse.teaching.widgets import paint_with_units_game as game
from gancourse.teaching.widgets.live import LiveWidget, parts


class PaintWithUnits(LiveWidget):
    """Draw and remove parts of a generated patient with units: `PaintWithUnits()` as a cell's last line.

    Args:
        seed: of the first patient.
        logic: another one, in tests.

    Raises:
        InputError: an impossible seed.
    """

    logic: game.PaintWithUnits
    _esm, _css = parts("brush", "paint_with_units")

    _frame = traitlets.Dict().tag(sync=True)  # the painting, the patient before and after, and what changed
    _facts = traitlets.Dict().tag(sync=True)  # what does not change; see `paint_with_units_game.facts`

    def __init__(self, seed: int = game.FIRST, *, logic: game.PaintWithUnits | None = None):
        logic = logic or game.PaintWithUnits(seed)
        super().__init__(logic, _facts=game.facts(logic))

    def _render(self) -> dict[str, Any]:
        logic = self.logic
        return {
            "seed": logic.seed,
            "units": logic.units,
            "lent": logic.lent,
            "painting": logic.painting.tobytes(),
            "before": as_bytes(logic.before),
            "after": as_bytes(logic.after),
            "report": logic.report(),
            "moved": logic.moved(),
        }

    def _still(self) -> tuple[bytes, str]:
        return self.logic.picture(), self.logic.words()


def as_bytes(seen: game.Seen) -> dict[str, bytes]:
    """Return a patient as the page takes it."""
    return {"levels": seen.levels.astype("<u2").tobytes(), "labels": seen.seg.tobytes()}
