"""Do the playground's presets show what they promise, and do their mends work? Each from several seeds.

    python experiments/playground.py    # writes data/results/playground.csv

A game is played for 300 frames at normal speed, 20 seconds at 15 frames a second. The table has one row a
game, with medians over its last 100 frames: the divergence, D's share of right answers, blobs found, the mean
length of the arrows, and the fakes' distance from their centre; and `swing`, how far that centre wanders (the
root of its summed variances).
"""

import numpy as np
import pandas as pd
from study import RESULTS, parser_of, write_table

from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.playground_presets import PRESETS

FRAMES = 300


def play(game: Playground, frames: int = FRAMES) -> dict[str, float]:
    """Play some frames, and return medians over the last third of them."""
    seen = []
    for _ in range(frames):
        game.play()
        seen.append(game.now)
    last = pd.DataFrame(seen[-frames // 3 :])
    swing = np.stack(last["centre"].to_list()).var(0).sum() ** 0.5
    medians = {k: float(last[k].median()) for k in ("divergence", "accuracy", "found", "pull", "spread")}
    return {"rounds": game.rounds, **medians, "swing": float(swing)}


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--seeds", type=int, default=8)
    seeds, rows = parser.parse_args().seeds, []
    game = Playground()
    for name, preset in PRESETS.items():
        for mended in (False, True)[: 1 + bool(preset.mend)]:
            for seed in range(seeds):
                game.use_preset(name)
                if mended:
                    game.mend()
                game.reset(seed)
                rows.append({"preset": name, "mended": mended, "seed": seed} | play(game))
                print(rows[-1], flush=True)
    write_table(rows, RESULTS / "playground.csv")


if __name__ == "__main__":
    main()
