"""Show the game "real or fake" (`real_or_fake_game`) in a notebook, behind two buttons."""

from typing import Any

import traitlets

from gancourse.teaching.widgets import real_or_fake_game
from gancourse.teaching.widgets.live import LiveWidget, parts


class RealOrFake(LiveWidget):
    """Tell real slices from generated ones: `RealOrFake("dcgan-t1")` as a cell's last line.

    The page is sent a slice without a name. What it was, Python says only after the answer.

    Args:
        weights: name of a DCGAN's weights.
        count: slices in a game.
        seed: of their choice.
        logic: another game, such as one with slices of your own, or in tests.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; too few slices.
    """

    logic: real_or_fake_game.RealOrFake
    _esm, _css = parts("real_or_fake")

    _frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        weights: str = "dcgan-t1",
        count: int = 20,
        seed: int = 0,
        *,
        logic: real_or_fake_game.RealOrFake | None = None,
    ):
        super().__init__(logic or real_or_fake_game.from_weights(weights, count=count, seed=seed))

    def _render(self) -> dict[str, Any]:
        logic, image = self.logic, self.logic.image()
        shown = {} if image is None else {"pixels": image.tobytes(), "shape": image.shape}
        answered = logic.answered() if logic.over else []
        gallery = [one | {"image": one["image"].tobytes(), "shape": one["image"].shape} for one in answered]
        score = logic.score()._asdict() if logic.answers else None
        return {"count": logic.count, "done": len(logic.answers), "score": score, "gallery": gallery} | shown

    def _carry_out(self, command: Any, view: Any) -> dict[str, Any]:
        before = self.logic.score().right
        self.logic.apply(command)
        if command["do"] != "answer":
            return {}
        return {"verdict": "Right" if self.logic.score().right > before else "Wrong"}

    def _still(self) -> tuple[bytes, str]:
        logic, score = self.logic, self.logic.score()
        if not logic.over:
            return logic.png(), f"Slice {len(logic.answers) + 1} of {logic.count}: real or generated?"
        said = f"{score.right} of {score.answers} slices told rightly ({score.low:.0%} to {score.high:.0%})"
        return logic.png(), said
