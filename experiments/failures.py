"""Train each failure of `gancourse.training.failures` and its cure for lesson 42, and keep what they show.

    python experiments/failures.py        (needs data/slices720, as in `make train`)

Eight trainings of 600 steps at 32 x 32, about half a minute each on one core. They write

    data/results/failures.csv     failure, mended (0, 1), round, losses, accuracy, slope (of
                                  `GeneratorGradient`), and variety: how much images differ, as a share
                                  of how much real ones do
    data/results/failures.npz     the 16 images at the end, uint8 (16, 32, 32), and the same of real ones;
                                  `<failure>`, `<failure>, mended`, `real`
"""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from ablations import batches_of
from study import RESULTS, load_slices, parser_of, write_table

from gancourse.files import write_beside
from gancourse.gans.latent import draw_latents
from gancourse.images import to_uint8
from gancourse.metrics.statistics import diversity
from gancourse.training.failures import FAILURES

EVERY = 25  # training steps from one row to the next


class GeneratorGradient(keras.callbacks.Callback):
    """Measure the norm of the gradient of the generator's loss, always for the same latents.

    The networks run as in training, so their running statistics move a little more; no loss depends on them.

    Args:
        every_steps: training steps from one value to the next.

    Attributes:
        values: (step, norm) pairs; the norm is the root of the sum of squares over all weights.
    """

    def __init__(self, every_steps: int = 20):
        super().__init__()
        self.every_steps = every_steps
        self.values: list[tuple[int, float]] = []

    def on_train_begin(self, logs=None):
        self.latents = tf.constant(draw_latents(64, self.model.latent_dim, seed=2))
        self.norm = tf.function(self.gradient_norm)

    def on_train_batch_end(self, batch, logs=None):
        step = int(self.model.g_optimizer.iterations)
        if step % self.every_steps == 0:
            self.values.append((step, float(self.norm())))

    def gradient_norm(self):
        generator, discriminator = self.model.generator, self.model.discriminator
        with tf.GradientTape() as tape:
            logits = discriminator(generator(self.latents, training=True), training=True)
            loss = self.model.g_loss(logits)
        return tf.linalg.global_norm(tape.gradient(loss, generator.trainable_variables))


def train(recipe, steps: int, slices, real: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Train, and return the curves and the last images, (16, H, W)."""
    gan = recipe.build(0, "float32")
    gradient = GeneratorGradient(EVERY)
    latents, images = draw_latents(64, recipe.latent_dim, seed=1), []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: images.append(gan.sample(latents, batches=2)[..., 0])
    )
    history = gan.fit(
        batches_of(slices, recipe, 0),
        steps_per_epoch=EVERY,
        epochs=steps // EVERY,
        shuffle=False,
        verbose=0,
        callbacks=[gradient, keep],
    ).history
    wanted = diversity(real)["mean_pair"]
    curves = pd.DataFrame(history)[["d_loss", "g_loss", "d_accuracy"]]
    curves["slope"] = [length for _, length in gradient.values]
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
    tables, pictures = [], {"real": to_uint8(real[:16])}
    for name, failure in FAILURES.items():
        for mended, recipe in enumerate((failure.recipe, failure.mend)):
            curves, images = train(recipe, failure.steps, slices, real)
            tables.append(curves.assign(failure=name, mended=mended))
            pictures[name + (", mended" if mended else "")] = to_uint8(images)
            print(name, mended, curves.iloc[-1].round(3).to_dict(), flush=True)
    table = pd.concat(tables)
    table = table[["failure", "mended", *(c for c in table if c not in ("failure", "mended"))]]
    write_table(table, arguments.results / "failures.csv")
    write_beside(arguments.results / "failures.npz", lambda file: np.savez_compressed(file, **pictures))


if __name__ == "__main__":
    main()
