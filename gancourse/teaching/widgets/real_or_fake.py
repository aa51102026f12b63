"""Show the visual Turing test (`real_or_fake_game`) in a notebook, behind two buttons."""

from gancourse.teaching.widgets import real_or_fake_game
from gancourse.teaching.widgets.game import GameWidget
from gancourse.teaching.widgets.live import parts


class RealOrFake(GameWidget):
    """Tell held-out slices from generated ones: `RealOrFake("dcgan-t1")` as a cell's last line.

    The page has all slices of a test from its beginning, and what they are, which it shows at the end: so it
    goes on without a kernel. Python is told of every answer: `widget.logic.score()`.

    Args:
        weights: name of a DCGAN's weights.
        count: slices in a test.
        seed: of their choice.
        logic: another test, such as one with slices of your own, or in tests.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; too few slices.
    """

    logic: real_or_fake_game.RealOrFake
    _esm, _css = parts("game", "real_or_fake")

    def __init__(
        self,
        weights: str = "dcgan-t1",
        count: int = 20,
        seed: int = 0,
        *,
        logic: real_or_fake_game.RealOrFake | None = None,
    ):
        super().__init__(logic or real_or_fake_game.from_weights(weights, count=count, seed=seed))

    def _still(self) -> tuple[bytes, str]:
        logic, score = self.logic, self.logic.score()
        if not logic.over:
            return (
                logic.png(),
                f"Slice {len(logic.answers) + 1} of {logic.count}: {' or '.join(logic.kinds)}?",
            )
        said = (
            f"{score.right} of {score.answers} slices judged correctly ({score.low:.0%} to {score.high:.0%})"
        )
        return logic.png(), said
