"""The playground in a notebook: `gancourse.teaching.widgets.playground_game` behind buttons and a canvas.

The page asks for one frame, and for the next when it has shown that one. So a game is played only while
somebody looks, and between two frames the kernel is free for other cells.
"""

import dataclasses
from typing import Any

import traitlets

from gancourse.teaching.figures import playground_figures
from gancourse.teaching.widgets import playground_game
from gancourse.teaching.widgets.live import LiveWidget, parts
from gancourse.teaching.widgets.playground_presets import PRESETS


class Playground(LiveWidget):
    """A GAN of points in two dimensions to play with: `Playground("mode collapse")` as a cell's last line.

    Args:
        preset: the first game, a name in `gancourse.teaching.widgets.playground_presets.PRESETS`.
        logic: what it shows and changes; another one in tests.

    Raises:
        InputError: an unknown preset.
    """

    logic: playground_game.Playground
    _esm, _css = parts("playground")

    _frame = traitlets.Dict().tag(sync=True)  # what is drawn, and where every control stands
    _choices = traitlets.Dict().tag(sync=True)  # presets by name: title, question, mend, moral

    def __init__(self, preset: str = "convergence", *, logic: playground_game.Playground | None = None):
        choices = {name: dataclasses.asdict(p) | {"mend": bool(p.mend)} for name, p in PRESETS.items()}
        super().__init__(logic or playground_game.Playground(preset), _choices=choices)

    def _render(self) -> dict[str, Any]:
        logic = self.logic
        scene = logic.scene()
        scene["belief"] = (255 * scene["belief"]).round().astype("uint8")
        return {
            **{name: array.tobytes() for name, array in scene.items()},
            "lines": scene["grid"].shape[:2],
            "history": logic.history.tobytes(),
            "now": logic.now,
            "settings": logic.settings,
            "preset": logic.preset,
            "mended": logic.mended,
        }

    def _still(self) -> tuple[bytes, str]:
        return playground_figures.png(self.logic), playground_figures.words(self.logic)
