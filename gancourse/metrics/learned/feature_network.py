"""Train a network to describe brain slices by features, and describe images with it."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from gancourse.errors import InputError
from gancourse.images import halve
from gancourse.networks.features import WIDTHS, Pool, build_maps

#: Labels whose shares the last map must tell: `scheme.TISSUES` and `scheme.LABELS`, and none.
TISSUE, TUMOUR = (0, 1, 2, 3), (0, 1, 2, 4)

BATCH = 64

#: How many features a slice gets, and how little variance counts as none, as a share of the largest.
DIMENSIONS, FLOOR = 64, 1e-4

#: Features end here, in standard deviations of real slices, so that one odd image does not decide a distance.
MOST = 4.0


class FeatureNetwork:
    """Describes a slice by the mean and standard deviation of a network's maps, whitened.

    Whitened: the directions in which training slices vary most, each divided by how much they vary. Without
    it, brightness, in which real slices differ most, would drown what noise or a grid changes.

    Args:
        maps: images (B, H, W, 1) -> maps of several scales, as `build_maps` makes it.
        whitening: (modality, size of the images) -> mean (p,) of the pooled maps, and matrix (p, d).
    """

    def __init__(self, maps: keras.Model, whitening: Mapping[tuple[str, int], tuple[np.ndarray, np.ndarray]]):
        self.maps, self.whitening = maps, dict(whitening)
        self._pooled = _pooled(maps)

    def embed(self, images: np.ndarray, modality: str = "t1") -> np.ndarray:
        """Images (N, S, S) or (N, S, S, 1) in [-1, 1] -> features (N, d) float32.

        Features of two sizes, or of two modalities, are not comparable.

        Args:
            images: all of one modality.
            modality: which.

        Raises:
            InputError: a modality or a size that the network was not trained on, or values out of range.
        """
        images = np.asarray(images, np.float32)
        images = images[..., None] if images.ndim == 3 else images
        size = images.shape[1] if images.ndim == 4 else 0
        sizes = sorted({s for m, s in self.whitening if m == modality})
        if not sizes:
            known = ", ".join(sorted({m for m, _ in self.whitening}))
            raise InputError(f"modality {modality!r}: expected one of {known}")
        if size not in sizes or images.shape[1:] != (size, size, 1) or not len(images):
            known = " or ".join(f"(N, {s}, {s})" for s in sizes)
            raise InputError(f"images {images.shape}: expected {known}; average them to that size")
        if not np.abs(images).max(initial=0) <= 1.01:
            raise InputError(
                "images: expected numbers from -1 to 1; scale them as `gancourse cohort slice` does"
            )
        mean, matrix = self.whitening[modality, size]
        found = (_in_blocks(self._pooled, images) - mean) @ matrix
        return found.clip(-MOST, MOST).astype(np.float32)

    @classmethod
    def train(
        cls,
        images: np.ndarray,
        tissue: np.ndarray,
        seg: np.ndarray,
        position: np.ndarray,
        modalities: Sequence[str],
        epochs: int = 4,
        rate: float = 1e-3,
        widths: tuple[int, ...] = WIDTHS,
        seed: int = 0,
        verbose: int = 2,
    ) -> "FeatureNetwork":
        """Learn what phantoms know of themselves, at full and at half size.

        The last map has to tell the shares of tissues and of tumour labels in each of its pixels and, pooled,
        which modality a slice has and how high in the brain it lies. Images are mirrored at random, and
        changed in no other way.

        Args:
            images: (N, S, S, C) in [-1, 1], a channel for each modality; each is an example by itself.
            tissue, seg: (N, S, S), labels as in `cohort.scheme`.
            position: (N,), between 0 and 1.
            modalities: names of the channels.
            epochs: passes over all examples, half of them at half size; the learning rate falls to 0.
            rate: learning rate at the start, Adam.
            widths: of the network's maps.
            seed: of weights and order.
            verbose: as in Keras' `fit`.
        """
        keras.utils.set_random_seed(seed)
        maps = build_maps(widths)
        last = maps.outputs[-1]
        whole = layers.Dense(images.shape[-1] + 1)(Pool()([last]))
        student = keras.Model(maps.input, [layers.Conv2D(8, 1)(last), whole])
        steps = images.shape[0] * images.shape[-1] // BATCH
        falling = keras.optimizers.schedules.CosineDecay(rate, epochs * steps)
        student.compile(keras.optimizers.Adam(falling), [_label_loss, _whole_loss], jit_compile=False)
        data = _examples(images, tissue, seg, position, seed)
        student.fit(data, epochs=epochs, steps_per_epoch=steps, verbose=verbose, shuffle=False)
        return cls.fitted(maps, images, modalities)

    @classmethod
    def fitted(cls, maps: keras.Model, images: np.ndarray, modalities: Sequence[str]) -> "FeatureNetwork":
        """With a whitening that fits the modalities of images (N, S, S, C), at full and at half size."""
        pooled, whitening = _pooled(maps), {}
        for channel, modality in enumerate(modalities):
            full = images[..., channel, None]
            for x in (full, halve(full)):
                whitening[modality, x.shape[1]] = _whitening(_in_blocks(pooled, x))
        return cls(maps, whitening)


def _whitening(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean, and the matrix that turns a deviation from it into `DIMENSIONS` numbers of variance 1 or less."""
    mean, scale = found.mean(0), found.std(0) + 1e-3 * found.std()
    variances, directions = np.linalg.eigh(np.cov((found - mean) / scale, rowvar=False))
    largest = slice(-1, -1 - DIMENSIONS, -1)
    variances, directions = variances[largest], directions[:, largest]
    return mean, directions / np.sqrt(variances + FLOOR * variances[0]) / scale[:, None]


def _pooled(maps: keras.Model) -> keras.Model:
    return keras.Model(maps.input, Pool()(maps.outputs))


def _in_blocks(network, images: np.ndarray, block: int = 128) -> np.ndarray:
    blocks = [np.asarray(images[i : i + block], np.float32) for i in range(0, len(images), block)]
    return np.concatenate([np.asarray(network(x, training=False), np.float64) for x in blocks])


def _label_loss(shares, logits):
    """Cross-entropy of the tissues' and of the tumour labels' shares."""
    entropy = keras.losses.categorical_crossentropy
    return entropy(shares[..., :4], logits[..., :4], from_logits=True) + entropy(
        shares[..., 4:], logits[..., 4:], from_logits=True
    )


def _whole_loss(true, found):
    """Cross-entropy of the modality, and the squared error of the position, in fifths of the brain."""
    modality = keras.losses.categorical_crossentropy(true[:, :-1], found[:, :-1], from_logits=True)
    return modality + ops.square(5 * (true[:, -1] - found[:, -1]))


def _examples(images, tissue, seg, position, seed: int) -> tf.data.Dataset:
    """Endless batches; of two that follow each other, the second is at half size."""
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
        image, shares = (tf.cond(half, lambda x=x: _average(x, 2), lambda x=x: x) for x in (image, shares))
        whole = tf.concat([tf.one_hot(channel, channels), height[:, None]], 1)
        return tf.ensure_shape(image, (BATCH, None, None, 1)), (_average(shares, 8), whole)

    order = tf.data.Dataset.range(number * channels).shuffle(number * channels, seed=seed).repeat()
    return order.batch(BATCH, drop_remainder=True).enumerate().map(load, tf.data.AUTOTUNE).prefetch(4)


def _average(x, side: int):
    return tf.nn.avg_pool2d(x, side, side, "VALID")
