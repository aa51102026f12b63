"""The latent explorer in a notebook: `gancourse.teaching.widgets.explorer` behind sliders and a canvas.

The front end sends what its controls ask for in one message, and the next only when that is answered; Python
answers with one frame, so that no more pictures are painted than can be shown.
"""

from typing import Any

import numpy as np
import traitlets

from gancourse.errors import InputError
from gancourse.teaching.widgets import explorer
from gancourse.teaching.widgets.live import LiveWidget, parts


class LatentExplorer(LiveWidget):
    """A brain that changes under your hand: `LatentExplorer("dcgan-t1")` as a cell's last line.

    Args:
        weights: name of a DCGAN's weights; its page lets you choose among all there are.
        seed: of the first brain, 0 to 2**31 - 1.
        logic: what it shows and changes; another one in tests.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; an impossible seed.
    """

    _esm, _css = parts("latent_explorer")

    _frame = traitlets.Dict().tag(sync=True)  # the picture and where every control stands
    _anchors = traitlets.Dict().tag(sync=True)  # pictures of A and B
    _choices: traitlets.List = traitlets.List().tag(sync=True)  # (name, what to call it) of the generators

    def __init__(self, weights: str = "dcgan-t1", seed: int = 0, *, logic: explorer.Explorer | None = None):
        self._logic = logic or explorer.Explorer(weights, seed)
        choices = [(name, f"{explorer.modality_of(name)} ({name})") for name in explorer.dcgan_names()]
        super().__init__(_choices=choices, _frame=self._render())
        self.on_msg(self._answer)

    @property
    def latent(self) -> np.ndarray:
        """A copy of the latent of the brain that is shown, (latent_dim,) float32."""
        return self._logic.latent.copy()

    def png(self, scale: int = 8) -> bytes:
        """The brain that is shown as PNG, enlarged and its sides marked; as it is with a scale of 1."""
        return self._logic.png(scale)

    def _render(self, **more: Any) -> dict[str, Any]:
        logic = self._logic
        image = logic.image()
        return {
            "pixels": image.tobytes(),
            "shape": image.shape,
            "weights": logic.source.name,
            "modality": logic.source.modality,
            "seed": logic.seed,
            "psi": logic.psi,
            "position": logic.position,
            "latent": logic.latent.tobytes(),
            "attributes": logic.attributes(),
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
                self._carry_out(command, content["view"])
            except InputError as error:
                said = str(error)
        self._frame = self._render(answers=[content["view"], content["number"]], said=said)
        if {"keep", "weights"} & {command["do"] for command in content["commands"]}:
            logic = self._logic
            images = {name: logic.source.paint(latent) for name, latent in logic.anchors.items()}
            self._anchors = {name: image.tobytes() for name, image in images.items()}

    def _carry_out(self, command: dict[str, Any], view: str) -> None:
        if command["do"] == "png":
            name = f"{self._logic.source.name}-seed{self._logic.seed}.png"
            self.send({"png": name, "view": view}, [self.png()])
        elif command["do"] == "code":
            self.send({"code": self._logic.code(), "view": view})
        else:
            self._logic.apply(command)

    def _still(self) -> tuple[bytes, str]:
        logic = self._logic
        return self.png(6), f"A generated {logic.source.modality} brain slice, seed {logic.seed}"
