"""A game in a notebook: its page knows all of it from its beginning, so that it goes on without a kernel."""

from typing import Any

import traitlets

from gancourse.teaching.widgets.judging import Judging
from gancourse.teaching.widgets.live import LiveWidget


class GameWidget(LiveWidget):
    """A widget whose page is told of a game once, and tells Python of every answer.

    Args:
        logic: the game.
    """

    logic: Judging

    _things = traitlets.Dict().tag(sync=True)
    _frame = traitlets.Dict().tag(sync=True)

    def __init__(self, logic: Judging, **traits: Any):
        super().__init__(logic, _things=self._to_page(logic), **traits)

    def _to_page(self, logic: Any) -> dict[str, Any]:
        """Return all that the page shows of a game, with the truth, which it tells at the end."""
        return {
            "pixels": logic.images.tobytes(),
            "shape": list(logic.images.shape),
            "truth": logic.truth,
            "kinds": list(logic.kinds),
        }

    def _render(self) -> dict[str, Any]:
        return {"given": list(self.logic.answers), "seed": self.logic.seed}

    def _carry_out(self, command: Any, view: Any) -> dict[str, Any]:
        seed = self.logic.seed
        self.logic.apply(command)
        if self.logic.seed != seed:
            self._things = self._to_page(self.logic)
        return {}
