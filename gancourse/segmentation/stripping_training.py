"""Train the network that strips skulls, on heads of phantoms that are scanned anew at every step."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gancourse.cohort.phantom.head_volumes import find_heads
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.unet3d import build_unet3d
from gancourse.options import Options, within
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.segmenter_training import build_learner, learn
from gancourse.segmentation.stripping_synthesis import GRID, UNKNOWN, synthesise

import_tensorflow()
import tensorflow as tf  # noqa: E402

STEPS = 100  # of an epoch


@dataclass(frozen=True)
class StripperRecipe(Options):
    """Every choice of a training."""

    filters: tuple[int, ...] = within((16, 32, 64, 64), 1, 256, at_most=4)  #: from half resolution down
    batch_size: int = within(1, 1, 64)
    rate: float = within(1e-3, 1e-12, 1)  #: falls to nothing as a cosine of the share that is done
    ema: float = within(0.99, 0, below=1)  #: momentum of the averaged weights, which are kept; 0 for none

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile the network. The same seed gives the same weights."""
        return build_learner(self, partial(build_unet3d, self.filters), distance_loss, seed, precision)


def distance_loss(target, output):
    """Return the mean absolute error of depths (B, X, Y, Z, 1), where the target is known.

    The output is clipped as the target is, but for a slope of a hundredth, so that no weight is spent on what
    lies far from the border.
    """
    known = tf.cast(target < UNKNOWN, tf.float32)
    clipped = tf.clip_by_value(output, -1.0, 1.0) + 0.01 * (output - tf.clip_by_value(output, -1.0, 1.0))
    return tf.reduce_sum(known * tf.abs(target - clipped)) / tf.maximum(tf.reduce_sum(known), 1.0)


def batches(files: list[Path], recipe: StripperRecipe, seed: int = 0, first_step: int = 0) -> tf.data.Dataset:
    """Make endless batches of volumes and depths, see `synthesise`; batch k depends on (seed, k) alone."""

    def scan(step):
        rng = np.random.default_rng([seed, step])
        scans = [synthesise(np.load(files[rng.integers(len(files))]), rng) for _ in range(recipe.batch_size)]
        volumes, depths = (np.stack(part)[..., None] for part in zip(*scans, strict=True))
        return volumes, depths

    shape = (recipe.batch_size, *GRID, 1)

    def load(step):
        made = tf.numpy_function(scan, [step], (tf.float32, tf.float32), stateful=False)
        return tuple(tf.ensure_shape(part, shape) for part in made)

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    return steps.map(load, num_parallel_calls=2, deterministic=True).prefetch(2)


def train(recipe: StripperRecipe, heads: Path | str, out: Path, epochs: int = 40, **options: Any) -> Pix2Pix:
    """Train, or go on training, in the folder `out`; options and errors as in `segmenter_training.learn`.

    Args:
        recipe: the network and how it learns.
        heads: folder of `gancourse cohort heads`.
        epochs: of 100 steps each, in all.
    """

    def prepare():
        files, made_with = find_heads(heads)
        return {"phantoms": len(files), **made_with}, partial(batches, files, recipe)

    return learn(recipe, prepare, STEPS, out, epochs, kind="stripper", **options)
