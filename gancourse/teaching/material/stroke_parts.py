"""The course's version of what learners write in lesson 53: a patch, a loss, a clock; and its network.

The count of lesions is `metrics.lesion_counts`.
"""

import time
from collections.abc import Callable

import numpy as np
from scipy import ndimage

from gancourse.metrics.overlap import dice
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.mismatch import DARK, ROUND_MM
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.material.small_infarcts import Slices

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

#: Filters of each scale of the small network.
FILTERS = (12, 24, 48)
#: Probabilities from which on a pixel may be marked.
THRESHOLDS = (0.03, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)


def lesion_patch(
    scans: np.ndarray, lesions: np.ndarray, with_lesion: np.ndarray, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a patch with a lesion's pixel in its middle, or as near to it as the border allows.

    Args:
        scans: (N, H, W, C).
        lesions: (N, H, W) of 0 and 1.
        with_lesion: numbers of the slices that show a lesion; each is as likely as the others.
        size: of the patch, in pixels.
        rng: chooses the slice, and then the pixel.

    Returns:
        The patch (size, size, C) and its part of `lesions` (size, size).
    """
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    rows, columns = slice(top, top + size), slice(left, left + size)
    return scans[k, rows, columns], lesions[k, rows, columns]


def tversky_loss(truth, output, alpha: float = 0.3, beta: float = 0.7):
    """Return 1 - the Tversky index (Salehi et al. 2017, arXiv 1706.05721); alpha = beta = 0.5 is Dice.

    Args:
        truth: (B, H, W, 1) of 0 and 1.
        output: probabilities of the same shape.
        alpha, beta: weights of false alarms and of misses.
    """
    hits = tf.reduce_sum(truth * output)
    false_alarms = tf.reduce_sum((1 - truth) * output)
    misses = tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false_alarms + beta * misses + 1)


def build_network(seed: int = 53) -> keras.Model:
    """Build lesson 51's U-Net in small, with 3 x 3 kernels: (B, H, W, 3) -> probabilities (B, H, W, 1).

    Height and width may be any multiples of 4.
    """
    keras.utils.set_random_seed(seed)
    scans = x = keras.Input((None, None, 3))
    skips = []
    for filters in FILTERS[:-1]:
        x = _block(x, filters)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = _block(_block(x, FILTERS[-1]), FILTERS[-1])
    for filters, skip in zip(FILTERS[-2::-1], reversed(skips), strict=True):
        x = layers.UpSampling2D(interpolation="bilinear")(x)
        x = _block(layers.Concatenate()([x, skip]), filters)
    return keras.Model(scans, layers.Conv2D(1, 1, activation="sigmoid")(x))


def _block(x, filters: int):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def train(
    network: keras.Model,
    draw_patch: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]],
    loss_function: Callable,
    steps: int = 120,
    seconds: float = 20,
    seed: int = 53,
) -> int:
    """Train a network on batches of 16 patches, and print the loss now and then.

    Args:
        network: scans (B, H, W, 3) -> probabilities (B, H, W, 1).
        draw_patch: gives scans (H, W, 3) and a mask (H, W).
        loss_function: of truth and probabilities.
        steps: at most.
        seconds: after which it stops, on a slow machine.
        seed: of the patches.

    Returns:
        How many steps were made.
    """
    optimizer, rng = keras.optimizers.Adam(3e-3), np.random.default_rng(seed)

    @tf.function
    def update(scans, truth):
        with tf.GradientTape() as tape:
            loss = loss_function(truth, network(scans, training=True))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        return loss

    end = time.monotonic() + live_seconds(seconds)
    for step in range(1, steps + 1):
        scans, masks = zip(*(draw_patch(rng) for _ in range(16)), strict=True)
        loss = update(np.stack(scans), np.stack(masks)[..., None].astype(np.float32))
        late = time.monotonic() > end
        if step in (1, 10, 40, steps) or late:
            print(f"step {step:3}: loss {loss:.3f}")
        if late:
            break
    return step


def predict(network: keras.Model, scans: np.ndarray) -> np.ndarray:
    """Return the probabilities (N, H, W) of slices (N, H, W, 3)."""
    parts = [network(scans[k : k + 64], training=False).numpy()[..., 0] for k in range(0, len(scans), 64)]
    return np.concatenate(parts)


def best_threshold(network: keras.Model, slices: Slices) -> float:
    """Choose the threshold of `THRESHOLDS` with the best mean Dice in half of the patients (every other)."""
    cases = []
    for number in np.unique(slices.patient)[::2]:
        own = slices.patient == number
        cases.append((slices.lesions[own] > 0, predict(network, slices.scans[own])))
    means = [np.mean([dice(truth, p > threshold) for truth, p in cases]) for threshold in THRESHOLDS]
    return THRESHOLDS[int(np.argmax(means))]


def flair_ratio(flair: np.ndarray, infarct: np.ndarray, brain: np.ndarray) -> float:
    """Return how bright an infarct is on FLAIR beside the tissue 2 to 12 mm away, as `segmentation.mismatch`.

    Args:
        flair: (X, Y, Z), voxels of 2 mm.
        infarct, brain: masks of the same shape, bool.
    """
    tissue = brain & (flair > DARK * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > ROUND_MM[0]) & (away_mm <= ROUND_MM[1])
    return float(np.median(flair[infarct & tissue]) / np.median(flair[beside]))
