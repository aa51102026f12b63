"""What lesson 22's conditional GAN is made of, and the course's version of what learners build of it.

A label says whether a FLAIR slice shows no tumour, one in the patient's right half, or one in the left. It
goes into the generator beside the latent (Mirza and Osindero 2014, arXiv 1411.1784; the embedding is ours),
and into the discriminator by projection (Miyato and Koyama 2018, arXiv 1802.05637).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.cohort.sliceset import SliceSet
from gancourse.images import halve
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

#: What can be asked for; a label is a place in this list.
NAMES = ("no tumour", "tumour right", "tumour left")

LATENT_DIM = 64

#: A tumour counts from so many pixels of 64 x 64 on, if so large a share of it lies in one half.
PIXELS, SHARE = 40, 0.8


def sided_slices(slices: SliceSet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose the FLAIR slices with a clear label, at half the resolution.

    Small tumours, and those in both halves, are left out.

    Returns:
        images (N, 32, 32, 1) in [-1, 1]; labels (N,) as in `NAMES`; which are of training patients (N,).
    """
    flair = np.asarray(slices.images[..., slices.modalities.index("flair")], np.float32)
    tumour = np.asarray(slices.seg) > 0
    middle = tumour.shape[2] // 2
    right, left = tumour[:, :, :middle].sum((1, 2)), tumour[:, :, middle:].sum((1, 2))
    both = right + left
    labels = np.select(
        [both == 0, (both >= PIXELS) & (right > SHARE * both), (both >= PIXELS) & (left > SHARE * both)],
        [0, 1, 2],
        -1,
    )
    usable = (labels >= 0) & slices.table["tumour_px"].notna().to_numpy()
    training = (slices.table["split"] == "train").to_numpy()
    return halve(flair)[usable][..., None], labels[usable].astype("int32"), training[usable]


def mirrored(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add each image's mirror image, with right and left exchanged in its label as well."""
    turned = np.array([0, 2, 1], "int32")[labels]
    return np.concatenate([images, images[:, :, ::-1]]), np.concatenate([labels, turned])


def batches(images: np.ndarray, labels: np.ndarray, each: int = 8, seed: int = 0) -> Any:
    """Make an endless `tf.data` data set: `each` images of every label in a batch, so that none is rare."""
    kinds = [np.flatnonzero(labels == label) for label in np.unique(labels)]

    def draw():
        rng = np.random.default_rng(seed)
        while True:
            rows = np.concatenate([rng.choice(kind, each) for kind in kinds])
            yield images[rows], labels[rows]

    shapes = (tf.TensorSpec((None, *images.shape[1:]), "float32"), tf.TensorSpec((None,), "int32"))
    return tf.data.Dataset.from_generator(draw, output_signature=shapes).prefetch(4)


def painter() -> keras.Sequential:
    """Make the part of the generator that paints: 4 x 4 pixels with 128 channels -> an image (32, 32, 1)."""
    parts = [layers.BatchNormalization(), layers.ReLU()]
    for filters in (48, 24, 12):
        parts.append(layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False))
        parts += [layers.BatchNormalization(), layers.ReLU()]
    parts.append(layers.Conv2D(1, 3, padding="same", activation="tanh"))
    return keras.Sequential([keras.Input((4, 4, 128)), *parts], name="painter")


def looker() -> keras.Sequential:
    """Make the part of the discriminator that looks: an image (32, 32, 1) -> 128 features."""
    parts: list[layers.Layer] = []
    for filters in (24, 48, 96):
        parts.append(layers.Conv2D(filters, 4, strides=2, padding="same"))
        parts += [layers.BatchNormalization()] if filters > 24 else []
        parts.append(layers.LeakyReLU(negative_slope=0.2))
    parts += [layers.Flatten(), layers.Dense(128), layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([keras.Input((32, 32, 1)), *parts], name="looker")


def build_generator(classes: int) -> keras.Model:
    """Build a generator that is told a label: [latents (B, 64), labels (B,)] -> images (B, 32, 32, 1)."""
    latent = keras.Input((LATENT_DIM,))
    label = keras.Input((), dtype="int32")
    told = layers.Embedding(classes, 16)(label)
    joined = layers.Concatenate()([latent, told])
    x = layers.Dense(4 * 4 * 128)(joined)
    x = layers.Reshape((4, 4, 128))(x)
    return keras.Model([latent, label], painter()(x))


def build_discriminator(classes: int) -> keras.Model:
    """Build a projection discriminator: [images (B, 32, 32, 1), labels (B,)] -> logits (B, 1)."""
    image = keras.Input((32, 32, 1))
    label = keras.Input((), dtype="int32")
    features = looker()(image)
    real = layers.Dense(1)(features)
    direction = layers.Embedding(classes, 128)(label)
    fits = layers.Dot(axes=1)([features, direction])
    return keras.Model([image, label], layers.Add()([real, fits]))


def read_label(image: np.ndarray) -> int:
    """Read the label off a FLAIR slice (32, 32) in [-1, 1], by its bright pixels."""
    bright = image > np.median(image[image > -0.9]) + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    if right + left < 6:
        return 0
    return 1 if right > left else 2


def read_all(images: np.ndarray, read: Callable[[np.ndarray], int]) -> list[str]:
    """Read images (N, 32, 32, 1); one that is dark all over, as before any training, shows no tumour."""
    labels = [read(image) if (image > -0.9).any() else 0 for image in np.asarray(images)[..., 0]]
    return [NAMES[int(label)] for label in labels]
