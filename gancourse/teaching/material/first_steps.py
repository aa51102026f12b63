"""The course's versions of what lesson 31 lets learners write, for its later cells and its checks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage

from gancourse.quiet import import_tensorflow

if TYPE_CHECKING:
    import tensorflow as tf


def axial(volume: np.ndarray, k: int) -> np.ndarray:
    """Turn slice k of an LPS volume for `imshow`: the patient's right on the left, anterior up."""
    return volume[:, :, k].T


def overlay(
    image: np.ndarray, seg: np.ndarray, colours: Mapping[int, Sequence[float]], alpha: float
) -> np.ndarray:
    """Blend each label's colour over a slice, and draw its border in the full colour.

    Args:
        image: (H, W) in [-1, 1].
        seg: (H, W), labels.
        colours: for each label red, green and blue, 0 to 1.
        alpha: share of the colour inside of the border.

    Returns:
        (H, W, 3) in [0, 1].
    """
    grey = (image + 1) / 2
    picture = np.stack([grey, grey, grey], axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
        border = mask & ~ndimage.binary_erosion(mask)
        picture[border] = colour
    return picture


def split_by_patient(table: pd.DataFrame, share: float, rng: np.random.Generator) -> np.ndarray:
    """Say of every slice (N,) whether its patient is one of a random `share` of all patients."""
    patients = rng.permutation(table["patient"].unique())
    return table["patient"].isin(patients[: round(share * len(patients))]).to_numpy()


def make_dataset(
    images: np.ndarray, answers: np.ndarray, batch_size: int, training: bool
) -> "tf.data.Dataset":
    """Make batches of images (B, H, W, 1) float32 in [-1, 1] and answers (B,), endless if for training.

    Args:
        images: (N, H, W) uint8.
        answers: (N,).
    """
    tf = import_tensorflow()

    def scale(images, answers):
        return tf.cast(images, tf.float32)[..., None] / 127.5 - 1, answers

    dataset = tf.data.Dataset.from_tensor_slices((images, answers))
    if training:
        dataset = dataset.shuffle(len(images), seed=0).repeat()
    dataset = dataset.batch(batch_size).map(scale)
    return dataset.prefetch(tf.data.AUTOTUNE)
