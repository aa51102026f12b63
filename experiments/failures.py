"""Train each failure of `gancourse.training.failures` and its cure for lesson 42, and keep what they show.

    python experiments/failures.py        (needs data/slices720, as in `make train`)

Eight trainings of 600 rounds at 32 x 32, about half a minute each on one core. They write

    data/results/failures.csv     failure, mended (0, 1), round, losses, accuracy, slope (`GeneratorSlope`),
                                  and variety: how much images differ, as a share of how much real ones do
    data/results/failures.npz     the 16 images at the end, uint8 (16, 32, 32), and the same of real ones;
                                  `<failure>`, `<failure>, mended`, `real`
"""

from pathlib import Path

import numpy as np
import pandas as pd
from ablations import batches_of
from study import RESULTS, load_slices, parser_of, pixels, write_table

from gancourse.files import write_beside
from gancourse.gans.gan import draw_latents
from gancourse.metrics.statistics import diversity
from gancourse.training.callbacks import SampleGrid
from gancourse.training.failures import FAILURES, GeneratorSlope

EVERY = 25  # rounds from one row to the next


def play(recipe, rounds: int, slices, real: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Train; return the curves and the last images, (16, H, W)."""
    gan = recipe.build(0, "float32")
    slope = GeneratorSlope(EVERY)
    grid = SampleGrid(draw_latents(64, recipe.latent_dim, seed=1))
    history = gan.fit(
        batches_of(slices, recipe, 0),
        steps_per_epoch=EVERY,
        epochs=rounds // EVERY,
        shuffle=False,
        verbose=0,
        callbacks=[slope, grid],
    ).history
    images = [images[..., 0].astype(np.float32) for _, images in grid.grids]
    wanted = diversity(real)["mean_pair"]
    curves = pd.DataFrame(history)[["d_loss", "g_loss", "d_accuracy"]]
    curves["slope"] = [length for _, length in slope.values]
    curves["variety"] = [diversity(x)["mean_pair"] / wanted for x in images]
    curves.insert(0, "round", EVERY * np.arange(1, len(curves) + 1))
    return curves, images[-1][:16]


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    slices = load_slices(arguments.data, 32)
    held_out = slices.images[slices.select("test"), ..., 0].astype(np.float32)
    real = np.random.default_rng(0).permutation(held_out)[:200]
    tables, pictures = [], {"real": pixels(real[:16])}
    for name, failure in FAILURES.items():
        for mended, recipe in enumerate((failure.recipe, failure.mend)):
            curves, images = play(recipe, failure.rounds, slices, real)
            tables.append(curves.assign(failure=name, mended=mended))
            pictures[name + (", mended" if mended else "")] = pixels(images)
            print(name, mended, curves.iloc[-1].round(3).to_dict(), flush=True)
    table = pd.concat(tables)
    table = table[["failure", "mended", *(c for c in table if c not in ("failure", "mended"))]]
    write_table(table, arguments.results / "failures.csv")
    write_beside(arguments.results / "failures.npz", lambda file: np.savez_compressed(file, **pictures))


if __name__ == "__main__":
    main()
