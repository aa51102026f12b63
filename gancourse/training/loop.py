"""A training: from slices on disk to a folder of checkpoint, log and sample grids. It can be continued."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gancourse.cohort.slices import SliceSet
from gancourse.errors import InputError
from gancourse.training.callbacks import SampleGrid, StopAfter
from gancourse.training.checkpoint import Checkpoint
from gancourse.training.diagnosis import Diagnosis, StopOnNaN
from gancourse.training.family_training import DiffusionRecipe, VAERecipe
from gancourse.training.recipes import Recipe, choose_precision

FIXED_LATENTS_SEED = 1000  # the latents of every sample grid, in any run


def train(
    recipe: Recipe | VAERecipe | DiffusionRecipe,
    slices: SliceSet,
    out: Path,
    modality: str = "t1",
    where: str = "",
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    precision: str = "auto",
    verbose: int = 2,
    callbacks: tuple = (),
    command: str = "",
):
    """Train a GAN or a relative, or go on, in the folder `out`, on the patients of the training split.

    Args:
        recipe: networks, losses, optimisers.
        slices: what to learn from.
        out: gets `settings.json`, and after each epoch `checkpoint.npz`, `log.csv`, `samples/epoch_0001.png`.
        modality: one of the slices' modalities.
        where: a condition on the slices' table, such as "tumour_px > 20"; empty for all.
        epochs, minutes: in all, earlier runs included. At least one is needed; minutes end with an epoch.
        seed: of weights, latents and the order of the images.
        precision: "auto", "float32" or "bfloat16".
        callbacks: additional ones.
        command: the command line, stored with the results.

    Returns:
        What the recipe builds, trained: a `GAN`, `VAE` or `Diffusion`.

    Raises:
        InputError: an impossible option, slices that do not fit the recipe, or `out` holds another training.
        TrainingDiverged: the losses or weights are no longer finite.
    """
    check_run(out, epochs, minutes, seed)
    size = slices.images.shape[1]
    if size != recipe.size:
        raise InputError(
            f"{slices.folder}: slices of {size} pixels, but the recipe has size={recipe.size}; change one"
        )

    batch_size = recipe.batch_size * recipe.d_steps

    def batches(first_step: int):
        return slices.dataset(
            "train", modality, batch_size, seed,
            where=where or None, repeat=True, first_step=first_step, flip=recipe.flip,
        )  # fmt: skip

    batches(0)  # raises errors in the data before anything is built
    rows = rows_of(slices, modality, "train", where)
    precision = choose_precision(precision)
    model = recipe.build(seed, precision)
    settings = {
        "recipe": dataclasses.asdict(recipe),
        "data": {"modality": modality, "where": where, "images": len(rows), "slices": slices.made_with},
        "seed": seed,
        "precision": precision,
    }
    watching: list = [SampleGrid(model.draw_latents(36, FIXED_LATENTS_SEED), Path(out) / "samples")]
    if isinstance(recipe, Recipe):  # for what goes wrong between two networks
        some = images_of(slices, modality, rows[:: -(-len(rows) // 64)])
        watching.append(Diagnosis(some, has_accuracy=recipe.loss != "wasserstein"))
    return go_on(
        model, batches, len(rows) // batch_size,
        out, settings, epochs, minutes, verbose, (*watching, *callbacks), command,
    )  # fmt: skip


def go_on(
    gan,
    batches: Callable,
    steps: int,
    out: Path,
    settings: dict,
    epochs: int | None,
    minutes: float | None,
    verbose: int = 2,
    callbacks: tuple = (),
    command: str = "",
):
    """Fit a model, continuing from the checkpoint in its folder `out` if there is one, and return it.

    Args:
        gan: compiled, and such as `gancourse.training.checkpoint` can save.
        batches: function of the first step, which returns endless batches from there.
        steps: of an epoch.
        settings: what must be the same to continue.
        epochs, minutes, verbose, callbacks, command: as in `train`.
    """
    checkpoint = Checkpoint(Path(out) / "checkpoint.npz", settings, command)
    done = checkpoint.restore(gan)
    seconds_left = np.inf if minutes is None else minutes * 60 - checkpoint.seconds
    epochs = 10**6 if epochs is None else epochs
    if done < epochs and seconds_left > 0:
        stop = StopAfter(seconds_left, whole_epochs=True)
        gan.fit(
            batches(done * steps),
            steps_per_epoch=steps,
            initial_epoch=done,
            epochs=epochs,
            shuffle=False,
            verbose=verbose,
            callbacks=[StopOnNaN(), checkpoint, *callbacks, stop],
        )
    return gan


def check_run(out: Path, epochs: int | None, minutes: float | None, seed: int) -> None:
    """Raise `InputError` if a training has no end, no output folder, or an impossible seed."""
    if epochs is None and minutes is None or not all(x is None or 0 < x < np.inf for x in (epochs, minutes)):
        raise InputError(f"epochs={epochs}, minutes={minutes}: expected one or both, above 0 and finite")
    if not 0 <= seed < 2**32:
        raise InputError(f"seed={seed}: expected 0 to {2**32 - 1}")
    if Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"{out}: a file; give a folder for the training")


def rows_of(slices: SliceSet, modality: str, split: str, where: str = "") -> np.ndarray:
    """Return the indices of the slices of a split that have the modality and meet the condition."""
    rows = slices.select(split, where or None)
    missing = slices.table["missing"].iloc[rows].str.split()
    return rows[[modality not in names for names in missing]]


def images_of(slices: SliceSet, modality: str, rows: np.ndarray) -> np.ndarray:
    """Return those slices as images (N, H, W), float32 in [-1, 1]."""
    return np.asarray(slices.images[..., slices.modalities.index(modality)][rows], np.float32)
