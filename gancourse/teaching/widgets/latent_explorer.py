"""The latent explorer in a notebook: `gancourse.teaching.widgets.explorer` behind sliders and a canvas."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gancourse import pretrained
from gancourse.teaching.widgets import explorer
from gancourse.teaching.widgets.live import LiveWidget, parts


class LatentExplorer(LiveWidget):
    """A brain that changes under your hand: `LatentExplorer("dcgan-t1")` as a cell's last line.

    Args:
        weights: name of a DCGAN's weights; its page lets you choose among all there are.
        seed: of the first brain, 0 to 2**31 - 1.
        anchors: two latents (latent_dim,) to walk between, kept as A and B from the beginning.
        logic: what it shows and changes; another one in tests.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; an impossible seed; anchors of another shape.
    """

    logic: explorer.Explorer
    _esm, _css = parts("latent_explorer")

    _frame = traitlets.Dict().tag(sync=True)  # the picture and where every control stands
    _anchors = traitlets.Dict().tag(sync=True)  # pictures of A and B
    _choices: traitlets.List = traitlets.List().tag(sync=True)  # (name, what to call it) of the generators

    def __init__(
        self,
        weights: str = "dcgan-t1",
        seed: int = 0,
        *,
        anchors: Sequence[np.ndarray] = (),
        logic: explorer.Explorer | None = None,
    ):
        choices = [(name, f"{explorer.modality_of(name)} ({name})") for name in pretrained.names("dcgan")]
        logic = logic or explorer.Explorer(weights, seed, anchors=anchors)
        super().__init__(logic, _choices=choices, _anchors=self._pictures(logic))

    @property
    def latent(self) -> np.ndarray:
        """Return a copy of the latent of the brain that is shown, (latent_dim,) float32."""
        return self.logic.latent.copy()

    def _render(self) -> dict[str, Any]:
        logic = self.logic
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
        }

    def _carry_out(self, command: Any, view: Any) -> dict[str, Any]:
        logic = self.logic
        if command == {"do": "png"}:
            self.send({"png": f"{logic.source.name}-seed{logic.seed}.png", "view": view}, [logic.png()])
        elif command == {"do": "code"}:
            self.send({"code": logic.code(), "view": view})
        else:
            logic.apply(command)
            if command["do"] in ("keep", "weights"):
                self._anchors = self._pictures(logic)
        return {}

    @staticmethod
    def _pictures(logic: explorer.Explorer) -> dict[str, bytes]:
        return {name: logic.source.paint(latent).tobytes() for name, latent in logic.anchors.items()}

    def _still(self) -> tuple[bytes, str]:
        logic = self.logic
        return logic.png(6), f"A generated {logic.source.modality} brain slice, seed {logic.seed}"
