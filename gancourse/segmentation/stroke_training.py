"""Train the stroke segmenter on slices of phantoms, lesion-centred, changed anew at every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gancourse import losses
from gancourse.cohort.isles import STROKE_MODALITIES, find_stroke_patients
from gancourse.cohort.phantom.phantom_files import refuse_outdated
from gancourse.errors import InputError
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.unet import build_unet
from gancourse.options import Options, fixed, within
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.segmenter_training import build_learner, learn
from gancourse.segmentation.stroke_slices import slices_of

import_tensorflow()
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.stroke_changes import changed  # noqa: E402
from gancourse.segmentation.stroke_draws import draw_changes  # noqa: E402

STEPS = 200  # of an epoch
SHAPE = 96, 80  # of the slices that are trained on: what hardly ever shows brain is cut off
CHANNELS = 3 * len(STROKE_MODALITIES)  # of the slice and its two neighbours
THICK = (1, 1, 1, 2, 3)  # slices of 2 mm from one to the next, and that are averaged, as drawn


@dataclass(frozen=True)
class StrokeRecipe(Options):
    """Every choice of a training: the U-Net of lesson 51, smaller, with a loss for small targets."""

    channels: int = fixed(lambda: CHANNELS)
    heads: dict = fixed(lambda: {"lesion": 2})  #: none, infarct
    filters: tuple[int, ...] = within((32, 64, 96, 96), 1, 512, at_most=4)  #: from half resolution down
    refine: int = within(1, 0, 8)  #: 3 x 3 convolutions after every change of scale
    full: int = within(16, 1, 512)  #: filters at full resolution
    batch_size: int = within(16, 1, 512)
    rate: float = within(1e-3, 1e-12, 1)  #: falls to nothing as a cosine of the share that is done
    share: float = within(0.6, 0, 1)  #: of slices that are chosen because they have an infarct
    missed: float = within(0.6, 0, 1)  #: weight of missed pixels in the Tversky loss
    ema: float = within(0.997, 0, below=1)  #: momentum of the averaged weights, which are kept; 0 for none

    def build_generator(self) -> keras.Model:
        """Build the network: images (B, H, W, 9) -> logits (B, H, W, 2)."""
        return build_unet(self.channels, self.heads, self.filters, self.refine, self.full)

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile the network. The same seed gives the same weights."""
        return build_learner(self, self.build_generator, self.loss, seed, precision)

    def loss(self, labels, logits):
        """Return cross-entropy plus the Tversky loss of each slice."""
        tversky = losses.tversky_loss(labels, logits, 1 - self.missed, self.missed, each=True)
        return losses.label_cross_entropy(labels, logits) + tversky


@dataclass(frozen=True)
class Stored:
    """A phantom's slices as they are kept in memory, (K, 96, 80, .)."""

    images: np.ndarray  # float16
    lesion: np.ndarray  # uint8
    brain: np.ndarray  # bool
    hit: np.ndarray  # numbers of the slices with an infarct
    area: np.ndarray  # share of the brain's pixels in each slice


def read_phantoms(folder: Path | str) -> list[Stored]:
    """Read all patients of a folder for a training; about 0.15 s each.

    Raises:
        InputError: somebody has no mask, or lacks a modality.
    """
    found = []
    for patient in find_stroke_patients(folder):
        if patient.seg_path is None or not set(STROKE_MODALITIES) <= set(patient.modalities):
            raise InputError(f"{patient.id}: needs DWI, ADC, FLAIR and a mask to train on; take it out")
        s = slices_of(patient)
        assert s.lesion is not None  # since there is a mask
        images, lesion, brain = (middle(part) for part in (s.images, s.lesion, s.brain))
        hit, area = np.flatnonzero(lesion.any((1, 2))), brain.sum((1, 2)) / brain.sum()
        found.append(Stored(images.astype(np.float16), lesion, brain, hit, area))
    return found


def middle(slices: np.ndarray) -> np.ndarray:
    """Cut the middle, (K, 96, 80, .), out of slices (K, H, W, .)."""
    rows, columns = ((n - size) // 2 for n, size in zip(slices.shape[1:3], SHAPE, strict=True))
    return slices[:, rows : rows + SHAPE[0], columns : columns + SHAPE[1]]


def with_neighbours(images: np.ndarray, k: int, gap: int = 1, thick: Sequence[int] = (1, 1, 1)) -> np.ndarray:
    """Return slice `k` between its neighbours, (H, W, 9); beyond the ends, the last slice again.

    Args:
        images: (K, H, W, 3).
        k: which slice.
        gap: slices from one to the next of the three.
        thick: slices over which each modality is averaged.
    """
    stack = [slab(images[..., m], k + way * gap, thick[m]) for way in (-1, 0, 1) for m in range(len(thick))]
    return np.stack(stack, -1)


def slab(volume: np.ndarray, k: int, thick: int) -> np.ndarray:
    """Average `thick` slices of (K, H, W) round slice `k`, float32; beyond the ends, the last one counts."""
    rows = np.clip(np.arange(k - (thick - 1) // 2, k + thick // 2 + 1), 0, len(volume) - 1)
    return volume[rows].mean(0, dtype=np.float32)


def batches(
    phantoms: Sequence[Stored], recipe: StrokeRecipe, seed: int = 0, first_step: int = 0
) -> tf.data.Dataset:
    """Make endless batches of images (B, 96, 80, 9) and labels; batch k depends on (seed, k) alone."""

    def read(step):
        rng = np.random.default_rng([seed, step])
        images, masks = [], []
        for _ in range(recipe.batch_size):
            phantom = phantoms[int(rng.integers(len(phantoms)))]
            at_infarct = len(phantom.hit) and rng.random() < recipe.share
            k = rng.choice(phantom.hit) if at_infarct else rng.choice(len(phantom.area), p=phantom.area)
            gap, of_flair = rng.choice(THICK, 2)
            images.append(with_neighbours(phantom.images, k, gap, (gap, gap, of_flair)))
            lesion = slab(phantom.lesion, k, gap) >= 0.5
            masks.append(np.stack([lesion, slab(phantom.brain, k, gap) >= 0.5], -1))
        return np.stack(images), np.stack(masks).astype(np.uint8)

    shape = (recipe.batch_size, *SHAPE)

    def load(step):
        images, masks = tf.numpy_function(read, [step], (tf.float32, tf.uint8), stateful=False)
        images, masks = tf.ensure_shape(images, (*shape, CHANNELS)), tf.ensure_shape(masks, (*shape, 2))
        changes = draw_changes(tf.stack([tf.constant(seed, tf.int64), step]), *shape)
        return changed(images, masks[..., 0], masks[..., 1], changes)

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    return steps.map(load, num_parallel_calls=2, deterministic=True).prefetch(2)


def train(recipe: StrokeRecipe, cohort: Path | str, out: Path, epochs: int = 40, **options: Any) -> Pix2Pix:
    """Train, or go on training, in the folder `out`; options and errors as in `segmenter_training.learn`.

    Args:
        recipe: the network and how it learns.
        cohort: folder of `gancourse cohort make --pathology stroke`.
        epochs: of 200 steps each, in all.
    """

    def prepare():
        phantoms = read_phantoms(cohort)
        about = {"phantoms": len(phantoms), **refuse_outdated(Path(cohort))}
        return about, partial(batches, phantoms, recipe)

    return learn(recipe, prepare, STEPS, out, epochs, **options)
