"""Train the network whose features compare generated images with real ones."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from gancourse.images import halve
from gancourse.metrics.learned.feature_network import FeatureNetwork
from gancourse.networks.features import WIDTHS, Pool, build_maps

#: Labels whose shares the last map must predict: `scheme.TISSUES`, `scheme.LABELS`, and 0.
TISSUE, TUMOUR = (0, 1, 2, 3), (0, 1, 2, 4)

BATCH = 64

#: Number of features, and the variance that counts as none, as a share of the largest.
DIMENSIONS, FLOOR = 64, 1e-4


def train_features(
    images: np.ndarray,
    tissue: np.ndarray,
    seg: np.ndarray,
    position: np.ndarray,
    modalities: Sequence[str],
    epochs: int = 4,
    rate: float = 1e-3,
    widths: tuple[int, ...] = WIDTHS,
    verbose: int = 2,
    seed: int = 0,
) -> FeatureNetwork:
    """Train on the ground truth of phantoms, at full and at half size.

    The last map has to predict the shares of tissues and of tumour labels in each of its pixels and, pooled,
    the slice's modality and its height in the brain. Mirroring at random is the only augmentation.

    Args:
        images: (N, S, S, C) in [-1, 1], a channel per modality; each channel is an example of its own.
        tissue, seg: (N, S, S), labels as in `cohort.scheme`.
        position: (N,), between 0 and 1.
        modalities: names of the channels.
        epochs: passes over all examples, half of them at half size; the learning rate decays to 0.
        rate: initial learning rate of Adam.
        widths: of the network's maps.
        verbose: as in Keras' `fit`.
        seed: of weights and order.
    """
    keras.utils.set_random_seed(seed)
    maps = build_maps(widths)
    last = maps.outputs[-1]
    whole = layers.Dense(images.shape[-1] + 1)(Pool()([last]))
    student = keras.Model(maps.input, [layers.Conv2D(8, 1)(last), whole])
    steps = images.shape[0] * images.shape[-1] // BATCH
    falling = keras.optimizers.schedules.CosineDecay(rate, epochs * steps)
    student.compile(keras.optimizers.Adam(falling), [label_loss, whole_loss], jit_compile=False)
    data = examples(images, tissue, seg, position, seed)
    student.fit(data, epochs=epochs, steps_per_epoch=steps, verbose=verbose, shuffle=False)
    return whitened(maps, images, modalities)


def whitened(maps: keras.Model, images: np.ndarray, modalities: Sequence[str]) -> FeatureNetwork:
    """Fit the whitening to each modality of images (N, S, S, C), at full and at half size."""
    network = FeatureNetwork(maps, {})
    for channel, modality in enumerate(modalities):
        full = images[..., channel, None]
        for x in (full, halve(full)):
            network.whitening[modality, x.shape[1]] = whitening_of(network.pool(x))
    return network


def whitening_of(pooled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean, and the matrix from deviations to `DIMENSIONS` features of variance 1 or less."""
    mean, scale = pooled.mean(0), pooled.std(0) + 1e-3 * pooled.std()
    variances, directions = np.linalg.eigh(np.cov((pooled - mean) / scale, rowvar=False))
    largest = slice(-1, -1 - DIMENSIONS, -1)
    variances, directions = variances[largest], directions[:, largest]
    return mean, directions / np.sqrt(variances + FLOOR * variances[0]) / scale[:, None]


def label_loss(shares, logits):
    """Sum the cross-entropies of the tissues' and of the tumour labels' shares."""
    parts = ((shares[..., k], logits[..., k]) for k in (slice(4), slice(4, None)))
    return sum(keras.losses.categorical_crossentropy(*part, from_logits=True) for part in parts)


def whole_loss(true, predicted):
    """Add the modality's cross-entropy and the position's squared error, in fifths of the brain."""
    modality = keras.losses.categorical_crossentropy(true[:, :-1], predicted[:, :-1], from_logits=True)
    return modality + ops.square(5 * (true[:, -1] - predicted[:, -1]))


def examples(images, tissue, seg, position, seed: int) -> tf.data.Dataset:
    """Yield endless batches, alternately at full and at half size."""
    number, channels = images.shape[0], images.shape[-1]
    with tf.device("CPU"):
        kept = [tf.constant(np.asarray(x)) for x in (images, tissue, seg, position.astype(np.float32))]

    def load(step, chosen):
        rows, channel = chosen // channels, chosen % channels
        image, tissues, tumour, height = (tf.gather(x, rows) for x in kept)
        image = tf.cast(tf.gather(image, channel, axis=-1, batch_dims=1)[..., None], tf.float32)
        onehot = [tf.equal(x[..., None], y) for x, y in ((tissues, TISSUE), (tumour, TUMOUR))]
        shares = tf.cast(tf.concat(onehot, -1), tf.float32)
        mirror = tf.random.stateless_uniform([BATCH, 1, 1, 1], [seed, step]) < 0.5
        image, shares = (tf.where(mirror, tf.reverse(x, [2]), x) for x in (image, shares))
        half = tf.equal(step % 2, 1)
        image, shares = (tf.cond(half, lambda x=x: average(x, 2), lambda x=x: x) for x in (image, shares))
        whole = tf.concat([tf.one_hot(channel, channels), height[:, None]], 1)
        return tf.ensure_shape(image, (BATCH, None, None, 1)), (average(shares, 8), whole)

    order = tf.data.Dataset.range(number * channels).shuffle(number * channels, seed=seed).repeat()
    return order.batch(BATCH, drop_remainder=True).enumerate().map(load, tf.data.AUTOTUNE).prefetch(4)


def average(x, side: int):
    return tf.nn.avg_pool2d(x, side, side, "VALID")
