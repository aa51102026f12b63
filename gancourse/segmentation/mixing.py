"""Mix true and synthetic slices into the batches that a segmenter is trained on.

Every batch holds the same number of slices, whatever they come from, so that a network that has seen more
kinds of slices has not seen more of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gancourse.cohort.scheme import LABELS
from gancourse.errors import InputError
from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.slice_changes import change, draw_changes  # noqa: E402


class Labelled(NamedTuple):
    """Slices with their labels.

    Attributes:
        images: (N, S, S, C) in [-1, 1].
        seg: (N, S, S) uint8, `scheme.LABELS`.
    """

    images: np.ndarray
    seg: np.ndarray


def mix(
    sources: Sequence[Labelled], shares: Sequence[float], batch_size: int, seed: int = 0
) -> tf.data.Dataset:
    """Make endless batches in which each source has its share, on average.

    Args:
        sources: slices with labels; a small one is repeated, in another order each time.
        shares: of each in the batches; they sum to 1.
        batch_size: B.
        seed: of the order. Two calls with the same seed give the same batches.

    Returns:
        Batches of images (B, S, S, C) float32 and classes (B, S, S) int32: 0 none, 1 NCR, 2 ED, 3 ET.

    Raises:
        InputError: shares that do not fit, or an empty source.
    """
    if len(shares) != len(sources) or min(shares, default=-1) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise InputError(f"shares={tuple(shares)}: expected {len(sources)}, none below 0, with a sum of 1")
    if empty := [k for k, source in enumerate(sources) if not len(source.images)]:
        raise InputError(f"source {empty[0]} is empty; leave it out")
    streams = [stream(source, seed + k) for k, source in enumerate(sources)]
    mixed = tf.data.Dataset.sample_from_datasets(streams, list(shares), seed=seed)
    return mixed.batch(batch_size, drop_remainder=True)


def stream(source: Labelled, seed: int) -> tf.data.Dataset:
    """Make an endless stream of one source's slices: shuffled, and shuffled anew for every pass."""
    images = np.asarray(source.images, np.float16)
    examples = tf.data.Dataset.from_tensor_slices((images, np.asarray(source.seg, np.uint8)))
    examples = examples.shuffle(len(images), seed, reshuffle_each_iteration=True).repeat()
    return examples.map(lambda image, seg: (tf.cast(image, tf.float32), classes_of(seg)))


def classes_of(seg):
    """Number labels as a network's classes: BraTS' 4 is class 3."""
    return tf.cast(tf.where(seg == list(LABELS)[-1], tf.cast(3, seg.dtype), seg), tf.int32)


def changed(batches: tf.data.Dataset, seed: int = 0) -> tf.data.Dataset:
    """Add classic augmentation to batches; batch k is the same for the same seed."""

    def one(step, batch):
        images, classes = batch
        batch_size, size, _, channels = images.shape
        changes = draw_changes(tf.stack([tf.constant(seed, tf.int64), step]), batch_size, size, channels)
        return change(images, classes, changes)

    return batches.enumerate().map(one, num_parallel_calls=2, deterministic=True)
