"""What the page "Playground" needs of the widget of lesson 21: its page, its numbers and words, a picture.

    python book/browser_playground.py FOLDER

FOLDER gets the widget's own `playground.js` and `playground.css`, the constants, rules, presets and
challenges of its Python source as `playground.json`, and a game as `playground.png`, for where there is no
JavaScript.
"""

import dataclasses
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from browser_network import write_page

from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import playground_game as game
from gancourse.teaching.widgets import playground_points as points
from gancourse.teaching.widgets.playground_challenges import CHALLENGES
from gancourse.teaching.widgets.playground_presets import PRESETS

#: Rounds from one moment of the pictured game to the next, and how many moments it has.
ROUNDS, MOMENTS = 25, 60


def facts() -> dict[str, Any]:
    """Everything that the page's JavaScript must know of the Python source."""
    from gancourse.gans import plane_gan

    adam, rules = plane_gan.OPTIMIZERS["adam"](), dataclasses.asdict(plane_gan.Rules())
    named = SimpleNamespace(**{name: name for name in rules})  # a property of it returns names, not values
    return {
        "batch": plane_gan.BATCH,
        "pool": plane_gan.POOL,
        "penalty": plane_gan.PENALTY,
        "slope": float(plane_gan.mlp(2, 1, 1, 1).layers[0].activation.negative_slope),
        "adam": {name: getattr(adam, name) for name in ("beta_1", "beta_2", "epsilon")},
        "rules": rules,
        "networks": vars(plane_gan.Rules)["networks"].fget(named),
        "reach": points.REACH,
        "spread": points.SPREAD,
        "squares": points.SQUARES,
        "blobs": {name: middles.tolist() for name, middles in points.BLOBS.items()},
        "hook": points.HOOK.tolist(),
        "empty": points.EMPTY,
        "shown": game.SHOWN,
        "measured": game.MEASURED,
        "cells": game.CELLS,
        "steps": game.STEPS,
        "moments": game.MOMENTS,
        "dots": game.DOTS,
        "along": {
            noise: [game.grid_places(noise, n).tolist() for n in (game.CURVE, game.LINES)]
            for noise in ("normal", "uniform")
        },
        "presets": {name: dataclasses.asdict(preset) for name, preset in PRESETS.items()},
        "challenges": {name: dataclasses.asdict(it) | {"goal": it.goal} for name, it in CHALLENGES.items()},
    }


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    from gancourse.teaching.figures import playground_figures

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page("playground", folder)
    (folder / "playground.json").write_text(json.dumps(facts()), encoding="utf-8")
    shown = game.Playground()
    for _ in range(MOMENTS):
        shown.play_rounds(ROUNDS)
    (folder / "playground.png").write_bytes(playground_figures.png(shown))


if __name__ == "__main__":
    main()
