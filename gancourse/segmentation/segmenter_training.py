"""Train the segmenter on sections of phantoms that are scanned anew at every step."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gancourse import export, losses
from gancourse.cohort.phantom.sections import CHANNELS, SHAPE, find_sections
from gancourse.errors import InputError
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.unet import build_unet
from gancourse.options import Options, fixed, within
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.synthesis import synthesise
from gancourse.training.loop import check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision

import_tensorflow()
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

STEPS = 200  # of an epoch
MULTIPLE = 32  # height and width are padded to a multiple of it
LEAST_BRAIN = 600  # pixels of brain in a section that is used
HEADS = {"tumour": 4, "tissue": 4}


@dataclass(frozen=True)
class SegmenterRecipe(Options):
    """Every choice of a training: pix2pix' generator without its discriminator, see lesson 51."""

    channels: int = fixed(lambda: 4)  #: one for each modality
    heads: dict = fixed(HEADS.copy)  #: classes of each output
    #: from half resolution down
    filters: tuple[int, ...] = within((32, 64, 128, 256, 256), 1, 512, at_most=5)
    refine: int = within(1, 0, 8)  #: 3 x 3 convolutions after every change of scale
    full: int = within(16, 1, 512)  #: filters at full resolution
    grid_mm: int = within(1, 1, 4)  #: pixels of a section from one to the next; 2 learns faster, 1 finer
    batch_size: int = within(8, 1, 512)
    rate: float = within(1e-3, 1e-12, 1)  #: falls to nothing as a cosine of the share that is done
    balance: float = within(0.0, 0, 1)  #: see `losses.label_cross_entropy`
    drop: float = within(0.4, 0, 1)  #: chance that not all four modalities are there
    ema: float = within(0.995, 0, below=1)  #: momentum of the averaged weights, which are kept; 0 for none

    def build_generator(self) -> keras.Model:
        """Build the network: images (B, H, W, 4) -> logits (B, H, W, 4) of each head."""
        return build_unet(self.channels, self.heads, self.filters, self.refine, self.full)

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile the network. The same seed gives the same weights."""
        loss = partial(losses.label_loss, balance=self.balance)
        return build_learner(self, self.build_generator, loss, seed, precision)


def build_learner(
    recipe: Any, build: Callable[[], keras.Model], loss: Callable, seed: int, precision: str
) -> Pix2Pix:
    """Build and compile a network that learns labels by `loss` alone, with `rate` and `ema` of the recipe."""
    keras.utils.set_random_seed(seed)
    with in_precision(choose_precision(precision)):
        model = Pix2Pix(build(), ema=recipe.ema)
    adam = keras.optimizers.Adam(recipe.rate, clipnorm=1.0)
    model.compile(None, adam, reconstruction=loss, lambda_reconstruction=1.0)
    return model


class Cosine(keras.callbacks.Callback):
    """Let the learning rate fall as a cosine from `rate` to nothing over all epochs."""

    def __init__(self, rate: float, epochs: int):
        super().__init__()
        self.rate, self.epochs = rate, epochs

    def on_epoch_begin(self, epoch, logs=None):
        done = min(epoch / self.epochs, 1.0)
        self.model.g_optimizer.learning_rate = self.rate * (0.01 + 0.99 * (1 + np.cos(np.pi * done)) / 2)


def batches(
    files: list[Path], recipe: SegmenterRecipe, seed: int = 0, first_step: int = 0
) -> tf.data.Dataset:
    """Make endless batches of images and labels, see `synthesise`; batch k depends on (seed, k) alone."""

    def read(step):
        rng, sections = np.random.default_rng([seed, step]), list[np.ndarray]()
        while len(sections) < recipe.batch_size:
            stored = np.load(files[rng.integers(len(files))], mmap_mode="r")
            section = stored[rng.integers(len(stored))]
            if (section[..., -1] > 0).sum() >= LEAST_BRAIN:
                sections.append(section)
        return np.pad(np.stack(sections)[:, :: recipe.grid_mm, :: recipe.grid_mm], pad)

    height, width = (-(-n // recipe.grid_mm) for n in SHAPE)
    pad = ((0, 0), (0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0))
    shape = (recipe.batch_size, height + pad[1][1], width + pad[2][1], len(CHANNELS))

    def load(step):
        sections = tf.ensure_shape(tf.numpy_function(read, [step], tf.uint8, stateful=False), shape)
        return synthesise(sections, tf.stack([tf.constant(seed, tf.int64), step]), recipe.drop)

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    return steps.map(load, num_parallel_calls=2, deterministic=True).prefetch(2)


def start_from(model: Pix2Pix, start: Path, kind: str) -> dict:
    """Give a model the weights of another training; return what that was, for the settings.

    Args:
        model: its generator and averaged generator get the weights.
        start: folder of the other training.
        kind: "segmenter" or "stripper".

    Raises:
        InputError: the folder holds no training, or one of another network.
    """
    network, about = export.load_run(start, kind)
    if [w.shape for w in network.weights] != [w.shape for w in model.generator.weights]:
        raise InputError(f"{start}: a training of another network; train with the options that it had")
    for each in (model.generator, model.trained_generator):
        each.set_weights(network.get_weights())
    return {"of": about["settings"], "command": about["command"]}


def learn(
    recipe: Any,
    prepare: Callable[[], tuple[dict, Callable[[int, int], tf.data.Dataset]]],
    steps: int,
    out: Path,
    epochs: int,
    minutes: float | None = None,
    seed: int = 0,
    precision: str = "auto",
    verbose: int = 2,
    command: str = "",
    start: Path | None = None,
    kind: str = "",
) -> Pix2Pix:
    """Train, or go on training, in the folder `out`; arguments and errors as in `training.loop.train`.

    Args:
        recipe: with `build`, `rate` and `filters`.
        prepare: reads the data -> what the settings say of it; (seed, first step) -> endless batches.
        steps: of an epoch.
        epochs: in all, with what was trained before; the learning rate falls over them.
        start: folder of another training, whose weights this one starts with; see `start_from`.
        kind: of that one.
    """
    check_run(out, epochs, minutes, seed)
    data, batches = prepare()
    precision = choose_precision(precision)
    settings = {
        "recipe": dataclasses.asdict(recipe) | {"filters": list(recipe.filters)},
        "data": data,
        "epochs": epochs,
        "seed": seed,
        "precision": precision,
    }
    model = recipe.build(seed, precision)
    if start is not None:
        settings["start"] = start_from(model, start, kind)
    return go_on(
        model, partial(batches, seed), steps, Path(out), settings, epochs, minutes,
        verbose, (Cosine(recipe.rate, epochs),), command,
    )  # fmt: skip


def check_sections(files: list[Path]) -> None:
    """Raise `InputError` for the first file that does not hold sections."""
    for file in files:
        try:
            shape = np.load(file, mmap_mode="r").shape
        except (OSError, ValueError, EOFError):
            shape = ()
        if shape[1:] != (*SHAPE, len(CHANNELS)):
            raise InputError(f"{file}: not a file of sections, or damaged; delete it and make sections again")


def train(
    recipe: SegmenterRecipe, sections: Path | str, out: Path, epochs: int = 60, **options: Any
) -> Pix2Pix:
    """Train, or go on training, in the folder `out`; options and errors as in `learn`.

    Args:
        recipe: the network and how it learns.
        sections: folder of `gancourse cohort sections`.
        epochs: of 200 steps each, in all.
    """

    def prepare():
        files, made_with = find_sections(sections)
        check_sections(files)
        return {"phantoms": len(files), **made_with}, partial(batches, files, recipe)

    return learn(recipe, prepare, STEPS, out, epochs, kind="segmenter", **options)
