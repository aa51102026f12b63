"""The playground in a notebook: `gancourse.teaching.widgets.playground_game` behind buttons and a canvas.

The page asks for one frame, and for the next when it has shown that one. So a game is played only while
somebody looks, and between two frames the kernel is free for other cells.
"""

import dataclasses
from typing import Any

import traitlets

from gancourse.errors import InputError
from gancourse.teaching.figures import plane_figures
from gancourse.teaching.widgets import playground_game
from gancourse.teaching.widgets.live import LiveWidget, parts
from gancourse.teaching.widgets.plane_presets import PRESETS


class Playground(LiveWidget):
    """A GAN in the plane to play with: `Playground("mode collapse")` as a cell's last line.

    Args:
        preset: the first game, a name in `gancourse.teaching.widgets.plane_presets.PRESETS`.
        logic: what it shows and changes; another one in tests.

    Raises:
        InputError: an unknown preset.
    """

    _esm, _css = parts("playground")

    _frame = traitlets.Dict().tag(sync=True)  # what is drawn, and where every control stands
    _choices = traitlets.Dict().tag(sync=True)  # presets by name: title, question, mend, moral

    def __init__(self, preset: str = "convergence", *, logic: playground_game.Playground | None = None):
        self.logic = logic or playground_game.Playground(preset)
        choices = {name: dataclasses.asdict(preset) for name, preset in PRESETS.items()}
        for choice in choices.values():
            choice["mend"] = bool(choice["mend"])
        super().__init__(_choices=choices, _frame=self._render())
        self.on_msg(self._answer)

    def _render(self, **more: Any) -> dict[str, Any]:
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
            **more,
        }

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Carry out the commands of one message, those that can be, then send one frame."""
        if content.get("rests"):
            self._renew_still()
            return
        said = ""
        for command in content["commands"]:
            try:
                self.logic.apply(command)
            except InputError as error:
                said = str(error)
        self._frame = self._render(answers=[content["view"], content["number"]], said=said)

    def _still(self) -> tuple[bytes, str]:
        return plane_figures.png(self.logic), plane_figures.words(self.logic)
