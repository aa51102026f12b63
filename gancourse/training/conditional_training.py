"""Train a generator that takes orders: what slices show, endless batches of them, networks, the training."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.averaging import recalibrate
from gancourse.gans.conditional_gan import ConditionalGAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.orders import CONDITIONS, encode, mirrored
from gancourse.images import halve
from gancourse.metrics.tumour_place import describe_tumours
from gancourse.networks.conditional import build_conditional_generator
from gancourse.networks.projection import build_projection_discriminator
from gancourse.options import Options, one_of, within
from gancourse.training.loop import check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision
from gancourse.training.translation import LABEL_CHANNELS, label_map

EPOCH = 100  #: training steps from one checkpoint to the next

#: The least number of pixels, of 64 x 64, of a tumour that is seen in a slice.
LEAST_PX = 20

#: Share of each grade in a batch: there are few healthy slices, and fewer numbers to learn from them.
SHARES = {"healthy": 0.2, "LGG": 0.4, "HGG": 0.4}


@dataclass(frozen=True)
class ConditionalRecipe(Options):
    """Every choice of a training. Optimisers, smoothing and averaging are those of `paper-resize`."""

    shows: str = one_of("labels", "labels", "t1ce+flair")  #: label maps, or a channel each
    size: int = within(64, 16, 256)  #: pixels a side, a power of two
    latent_dim: int = within(100, 1, 1024)
    base: int = within(32, 1, 256)  #: the generator's width
    d_base: int = within(32, 1, 256)  #: the discriminator's
    scaled: bool = True  #: conditions also scale the generator's maps
    d_norm: str = one_of("batch", "batch", "spectral", "none")
    noise: float = within(0.2, 0, 10)  #: standard deviation of what is added to D's images
    wrong: bool = False  #: the discriminator also sees real images with another's order
    smooth: float = within(0.1, 0, below=1)
    batch_size: int = within(64, 2, 1024)
    g_rate: float = within(2e-4, 1e-12, 1)
    d_rate: float = within(2e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.999, 0, below=1)

    def __post_init__(self):
        super().__post_init__()
        if self.size & (self.size - 1):
            raise InputError(f"size={self.size}: expected a power of two from 16 to 256")

    @property
    def modalities(self) -> tuple[str, ...]:
        """Return what its images show; nothing if they are label maps."""
        return () if self.shows == "labels" else tuple(self.shows.split("+"))

    @property
    def channels(self) -> int:
        return len(self.modalities) or LABEL_CHANNELS

    @property
    def generator_options(self) -> dict:
        """Return what `build_conditional_generator` takes, and a card of such weights keeps as its recipe."""
        options = {name: getattr(self, name) for name in ("latent_dim", "base", "size", "scaled")}
        return {"conditions": CONDITIONS, "channels": self.channels, **options}

    def build_networks(self, precision: str = "auto") -> tuple[keras.Model, keras.Model]:
        """Build generator and discriminator."""
        with in_precision(choose_precision(precision)):
            return build_conditional_generator(**self.generator_options), build_projection_discriminator(
                CONDITIONS, self.d_base, self.size, self.channels, noise=self.noise, norm=self.d_norm
            )

    def build(self, seed: int = 0, precision: str = "auto") -> ConditionalGAN:
        """Build and compile a `ConditionalGAN`. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        gan = ConditionalGAN(*self.build_networks(precision), seed, self.ema)
        d_optimizer, g_optimizer = (keras.optimizers.Adam(r, self.beta1) for r in (self.d_rate, self.g_rate))
        gan.compile(d_optimizer, g_optimizer, smooth=self.smooth, wrong=self.wrong)
        return gan


@dataclass(frozen=True)
class Examples:
    """Slices to learn from: images (N, S, S, C) float16, `Order.row`s, and how often each is drawn.

    `rows` are their indices in the folder of slices; `chance` adds up to 1.
    """

    images: np.ndarray
    orders: pd.DataFrame
    chance: np.ndarray
    rows: np.ndarray

    def batches(self, batch_size: int, seed: int) -> Callable[[int], tf.data.Dataset]:
        """Return a function of the first step, which makes endless batches of images and their conditions.

        Batch k depends on (seed, k) alone. Half of the images are mirrored, and their orders with them.
        """
        conditions = encode(self.orders)

        def generate(first_step):
            step = int(first_step)
            while True:
                rng = np.random.default_rng((seed, step))
                chosen = rng.choice(len(self.images), batch_size, p=self.chance)
                flip = rng.random(batch_size) < 0.5
                images, wanted = self.images[chosen].astype(np.float32), conditions[chosen]
                images[flip], wanted[flip] = images[flip, :, ::-1], mirrored(wanted[flip])
                yield images, wanted
                step += 1

        signature = (
            tf.TensorSpec((batch_size, *self.images.shape[1:]), tf.float32),
            tf.TensorSpec((batch_size, conditions.shape[1]), tf.float32),
        )
        return lambda first_step: tf.data.Dataset.from_generator(
            partial(generate, first_step), output_signature=signature
        ).prefetch(2)


def orders_of(slices: SliceSet, rows: np.ndarray) -> pd.DataFrame:
    """Return what slices show, as a table with the columns of `Order.row`, and `core_cm2` and `core_side`."""
    pixel_mm = slices.made_with["fov_mm"] / slices.made_with["size"]
    found = describe_tumours(slices.tissue[rows], slices.seg[rows], pixel_mm)
    table = slices.table.iloc[rows].reset_index(drop=True)
    for name in ("area_cm2", "enhancing_cm2"):
        found[name] = found[name].where(table["grade"] != "healthy")
    return found.assign(grade=table["grade"], height=table["position"])


def examples_of(slices: SliceSet, recipe: ConditionalRecipe, split: str = "train", where=None) -> Examples:
    """Return the slices of a split that show what their grade says: healthy, or a tumour in them.

    Raises:
        InputError: slices of another size, without a modality or labels, or a grade without any.
    """
    known = slices.table["tumour_px"].notna()
    pixels = LEAST_PX * (slices.images.shape[1] / 64) ** 2
    shows = known & ((slices.table["grade"] == "healthy") | (slices.table["tumour_px"] > pixels))
    rows = slices.select(split, (shows if where is None else shows & where).to_numpy())
    orders = orders_of(slices, rows)
    counts = orders["grade"].map(orders["grade"].value_counts())
    lacking = set(SHARES) - set(orders["grade"])
    if lacking:
        raise InputError(f"{slices.folder}: no slices of {split} with grade {sorted(lacking)[0]}; slice more")
    chance = (orders["grade"].map(SHARES) / counts).to_numpy()
    return Examples(pictures_of(slices, rows, recipe), orders, chance / chance.sum(), rows)


def pictures_of(slices: SliceSet, rows: np.ndarray, recipe: ConditionalRecipe) -> np.ndarray:
    """Return slices as a recipe shows them, (N, S, S, C) float16 in [-1, 1]; larger ones are averaged.

    Raises:
        InputError: slices that lack a modality, or whose size is not the recipe's or twice, four times that.
    """
    lacking = [m for m in recipe.modalities if m not in slices.modalities]
    size = slices.images.shape[1]
    if lacking or size < recipe.size or size % recipe.size:
        has = f"{size} pixels, {', '.join(slices.modalities)}"
        raise InputError(f"{slices.folder}: holds {has}; expected {recipe.size}, {recipe.shows}")
    if recipe.shows == "labels":
        images = 2 * label_map(slices.seg[rows], slices.tissue[rows]).numpy() - 1
    else:
        images = np.asarray(slices.images[rows][..., [slices.modalities.index(m) for m in recipe.modalities]])
    while images.shape[1] > recipe.size:
        images = halve(images)
    return images.astype(np.float16)


def train(
    recipe: ConditionalRecipe,
    examples: Examples,
    data: dict,
    out: Path,
    steps: int,
    seed: int = 0,
    precision: str = "auto",
    verbose: int = 2,
    command: str = "",
) -> ConditionalGAN:
    """Train for so many steps, in whole epochs of `EPOCH`, or go on, in the folder `out`.

    Args:
        recipe: networks, losses, optimisers.
        examples: what to learn from.
        data: describes them; it must be the same to continue.
        out: gets `settings.json`, and after each epoch `checkpoint.npz` and `log.csv`.
        steps: in all.
        seed: of weights, latents, and the order of the images.
        precision, verbose, command: as in `loop.train`.
    """
    epochs = max(1, round(steps / EPOCH))
    check_run(out, epochs, None, seed)
    settings = {
        "recipe": dataclasses.asdict(recipe),
        "data": {**data, "images": len(examples.images)},
        "seed": seed,
        "precision": choose_precision(precision),
    }
    return go_on(
        recipe.build(seed, precision), examples.batches(recipe.batch_size, seed), EPOCH, out, settings,
        epochs, None, verbose, command=command,
    )  # fmt: skip


def calibrate(generator: keras.Model, examples: Examples, batches: int = 40) -> None:
    """Give a generator the batch statistics of its present weights, over orders as it has met them."""
    latent_dim, wanted = generator.inputs[0].shape[-1], examples.batches(64, seed=100)(0).as_numpy_iterator()
    recalibrate(
        generator,
        batches=batches,
        inputs=lambda k: [tf.constant(draw_latents(64, latent_dim, 50 + k)), tf.constant(next(wanted)[1])],
    )
