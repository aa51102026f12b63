"""Show the attack board (`attack_board_game`) in a notebook: a game of single people, or all attacks."""

from typing import Any

import traitlets

from gancourse.teaching.figures import privacy_figures
from gancourse.teaching.widgets import attack_board_game
from gancourse.teaching.widgets.commands import check_choice
from gancourse.teaching.widgets.game import GameWidget
from gancourse.teaching.widgets.live import parts


class AttackBoard(GameWidget):
    """Guess who trained a generator, `AttackBoard("game")`, or attack it, `AttackBoard("board")`.

    The page has all people of a game from its beginning, and what they are, which it shows at the end: so the
    game goes on without a kernel. Python is told of every answer: `widget.logic.score()`.

    Args:
        show: "game" or "board".
        logic: another one, in tests.
        options: of `attack_board_game.AttackBoard`, such as run, attack, seed and success.

    Raises:
        InputError: neither of the two, or an unknown run or attack.
    """

    logic: attack_board_game.AttackBoard
    _esm, _css = parts("game", "attack_board")

    _shown = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, show: str = "game", *, logic: attack_board_game.AttackBoard | None = None, **options: Any
    ):
        check_choice("show", show, ("game", "board"))
        logic = logic or attack_board_game.from_runs(**options)
        self.is_game = show == "game"
        super().__init__(logic, _shown=show)

    def _to_page(self, logic: attack_board_game.AttackBoard) -> dict[str, Any]:
        """Everybody in a game with the nearest generated images; nothing for the board."""
        if not self.is_game:
            return {}
        return super()._to_page(logic) | {"machine": logic.machine, "attack": logic.game_attack}

    def _render(self) -> dict[str, Any]:
        logic = self.logic
        if self.is_game:
            return super()._render()
        return {
            "runs": [[name, logic.words.get(name, name)] for name in logic.runs],
            "attacks": [[name, logic.attack_words.get(name, name)] for name in logic.attacks],
            "run": logic.run,
            "attack": logic.attack,
            "planted": logic.planted,
            "rows": [row._asdict() for row in logic.areas()],
            "curves": logic.curves(),
            "verdict": logic.verdict(),
        }

    def _still(self) -> tuple[bytes, str]:
        if self.is_game:
            return privacy_figures.game_png(self.logic), privacy_figures.game_words(self.logic)
        return privacy_figures.board_png(self.logic), privacy_figures.board_words(self.logic)
