"""The playground in a notebook: `gancourse.teaching.widgets.playground_game` behind buttons and a canvas.

The page asks for one frame, and for the next when it has shown that one. So a game is played only while
somebody looks, and between two frames the kernel is free for other cells.
"""

import dataclasses
from typing import Any

import traitlets

from gancourse.teaching.checks import passed
from gancourse.teaching.figures import playground_figures
from gancourse.teaching.widgets import playground_game
from gancourse.teaching.widgets.live import LiveWidget, parts
from gancourse.teaching.widgets.playground_challenges import CHALLENGES
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
    _challenges = traitlets.Dict().tag(sync=True)  # challenges by name: title, goal
    _own = traitlets.Unicode().tag(sync=True)  # whose losses and training step; empty if the course's

    def __init__(self, preset: str = "convergence", *, logic: playground_game.Playground | None = None):
        choices = {name: dataclasses.asdict(p) | {"mend": bool(p.mend)} for name, p in PRESETS.items()}
        challenges = {name: {"title": it.title, "goal": it.goal} for name, it in CHALLENGES.items()}
        logic = logic or playground_game.Playground(preset)
        super().__init__(logic, _choices=choices, _challenges=challenges, _own=whose(logic))

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
            "challenge": logic.referee.challenge,
            "stars": dict(logic.referee.stars),
        }

    def _still(self) -> tuple[bytes, str]:
        said = f" {whose(self.logic)}" if self.logic.rules.loss == "own" else ""
        return playground_figures.png(self.logic), playground_figures.words(self.logic) + said


def whose(logic: playground_game.Playground) -> str:
    """Say which parts of a game are a learner's and which the course's; nothing without such parts."""
    if not logic.own:
        return ""
    parts = dataclasses.fields(logic.own)
    said: dict[bool, list[str]] = {True: [], False: []}
    for part in parts:
        said[passed(getattr(logic.own, part.name))].append(part.name)
    owners = {True: "your own", False: "the course's"}
    halves = [f"{owners[mine]} {_joined(names)}" for mine, names in said.items() if names]
    return f"It plays with {_joined(halves)}."


def _joined(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
