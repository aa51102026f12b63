"""Scan phantoms anew for every training step: sections in, slices of four modalities and labels out.

The signal and its acquisition are those of `gancourse.cohort.phantom`, here for a batch at a time in
TensorFlow. What is random is drawn first (`scan_draws.draw_case`); `scan` then only computes.
"""

import numpy as np

from gancourse.cohort.phantom.acquisition import SMOOTH
from gancourse.cohort.phantom.parameters import CLASSES
from gancourse.cohort.phantom.sections import CHANNELS
from gancourse.cohort.phantom.signal import (
    ET_UNEVEN,
    FLOW,
    RELAXIVITY_1,
    RELAXIVITY_2,
    TEXTURE_T1,
    TEXTURE_T2,
    VOID,
)
from gancourse.cohort.scheme import LABELS, MODALITIES
from gancourse.losses import IGNORE
from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.scan_draws import IS, Acquisition, Case, Details, Physics, Pose, draw_case  # noqa: E402

OUTSIDE = -3.0  # the background after normalisation; a modality that is missing is 0 everywhere
CSF, WM, ET = (CLASSES.index(name) for name in ("CSF", "WM", "ET"))
SHARES = len(CLASSES) + 1  # with vessels


def synthesise(sections, seed, drop: float = 0.4):
    """Scan a batch of sections.

    Args:
        sections: (B, H, W, 13) uint8, channels as `sections.CHANNELS`.
        seed: (2,) integers; the same seed gives the same images.
        drop: chance that not all four modalities are present.

    Returns:
        As `scan`.
    """
    batch, height, width, _ = sections.shape
    return scan(sections, draw_case(seed, batch, height, width, drop))


def scan(sections, case: Case):
    """Scan a batch of sections (B, H, W, 13) uint8 as drawn.

    Returns:
        Images (B, H, W, 4) float32, normalised, and a dict of labels (B, H, W) uint8: `tumour` 0 none, 1 NCR,
        2 ED, 3 ET; `tissue` 0 outside, 1 CSF, 2 GM, 3 WM, `IGNORE` in the tumour.
    """
    sections = posed(sections, case.pose)
    shares = tf.cast(sections[..., :SHARES], tf.float32) / 255.0
    seg, tissue = sections[..., SHARES], sections[..., SHARES + 1]
    brain = tissue > 0
    inside = tf.cast(brain, tf.float32)[..., None]
    images, known = clean(shares, inside, case.physics, case.details)
    images = normalise(acquired(images, known, case.acquisition), brain, case.present)
    there = inside * case.present[:, None, None]
    images = tf.where(there > 0, images * case.gain + case.offset, images)
    seg = tf.where(seg == list(LABELS)[-1], tf.cast(3, seg.dtype), seg)
    return images, {"tumour": seg, "tissue": tf.where(seg > 0, tf.cast(IGNORE, tissue.dtype), tissue)}


def normalise(images, brain, present):
    """Scale each slice of each modality to mean 0 and standard deviation 1 in the brain, clipped to -4..6.

    Args:
        images: (B, H, W, 4) float32, any unit: `a * images + b` gives the same for any a above 0.
        brain: (B, H, W) bool.
        present: (B, 4) float32, 1 for a modality that is present.

    Returns:
        (B, H, W, 4) float32: `OUTSIDE` around the brain, 0 everywhere in a modality that is missing.
    """
    inside = brain[..., None]

    def over_brain(reduce, x, elsewhere):
        return reduce(tf.where(inside, x, elsewhere), (1, 2), keepdims=True)

    # To [0, 1] first: squares of the stored numbers may leave float32.
    low = over_brain(tf.reduce_min, images, tf.float32.max)
    x = tf.where(inside, images - low, 0.0)
    x = tf.math.divide_no_nan(x, over_brain(tf.reduce_max, x, 0.0))
    count = tf.maximum(over_brain(tf.reduce_sum, tf.ones_like(x), 0.0), 1.0)
    x -= over_brain(tf.reduce_sum, x, 0.0) / count
    spread = tf.sqrt(over_brain(tf.reduce_sum, x**2, 0.0) / count)
    scaled = tf.clip_by_value(tf.math.divide_no_nan(x, spread), -4.0, 6.0)
    return tf.where(inside, scaled, OUTSIDE) * present[:, None, None]


def posed(sections, pose: Pose):
    """Rotate, scale, shear, shift and mirror sections."""
    _, height, width, _ = sections.shape
    a = tf.cos(pose.angle) / pose.zoom[:, 0] * pose.mirror
    b = (-tf.sin(pose.angle) + pose.shear) / pose.zoom[:, 0]
    c, d = tf.sin(pose.angle) / pose.zoom[:, 1] * pose.mirror, tf.cos(pose.angle) / pose.zoom[:, 1]
    middle = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    x = middle[0] - a * middle[0] - b * middle[1] + pose.shift[:, 0]
    y = middle[1] - c * middle[0] - d * middle[1] + pose.shift[:, 1]
    transforms = tf.stack([a, b, x, c, d, y, tf.zeros_like(a), tf.zeros_like(a)], -1)

    def move(part, how):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=part, transforms=transforms, output_shape=[height, width], fill_value=0.0,
            interpolation=how, fill_mode="CONSTANT",
        )  # fmt: skip

    shares, labels = sections[..., :SHARES], sections[..., SHARES : len(CHANNELS)]
    return tf.concat([move(shares, "BILINEAR"), move(labels, "NEAREST")], -1)


def equation(sequence, pd, t1, t2, mmol):
    """Compute `gancourse.cohort.phantom.signal.equation` for a batch: (B, 4, 10), inversion in FLAIR only."""
    tr, te, ti = sequence
    molar = mmol / 1000
    t1, t2 = 1 / (1 / t1 + RELAXIVITY_1 * molar), 1 / (1 / t2 + RELAXIVITY_2 * molar)
    inverted = tf.abs(1 - 2 * tf.exp(-ti / t1) + tf.exp(-tr / t1))
    recovered = tf.where(IS["flair"] > 0, inverted, 1 - tf.exp(-tr / t1))
    return pd * recovered * tf.exp(-te / t2)


def signals(physics: Physics):
    """Compute the signal (B, 4, 10) of each class, white matter 1, and what texture in T1 and T2 adds."""
    pd, t1, t2, mmol, sequence, texture, other = physics
    base = equation(sequence, pd, t1, t2, mmol)
    white = base[:, :, WM : WM + 1]
    d1, d2 = (tf.constant([t[n] for n in CLASSES]) * texture for t in (TEXTURE_T1, TEXTURE_T2))
    by_t1 = equation(sequence, pd, t1 * tf.exp(d1), t2, mmol) - base
    by_t2 = equation(sequence, pd, t1, t2 * tf.exp(d2), mmol) - base
    by_t2 += FLOW * base * tf.one_hot(CSF, len(CLASSES))
    return base / white * other, by_t1 / white, by_t2 / white


def clean(shares, inside, physics: Physics, details: Details):
    """Compute images (B, H, W, 4) before acquisition, white matter about 1, and where they are known.

    Args:
        shares: (B, H, W, 11), of classes and vessels.
        inside: (B, H, W, 1), 1 in what stripping left.
        physics, details: as drawn.
    """
    base, by_t1, by_t2 = signals(physics)
    classes, vessels = shares[..., :-1], shares[..., -1:]

    def mixed(weights):
        return tf.einsum("bhwc,bmc->bhwm", classes, weights)

    plain = mixed(base)
    images = plain + mixed(by_t1) * details.texture[0] + mixed(by_t2) * details.texture[1]
    uneven = tf.exp(ET_UNEVEN * details.texture[2]) - 1
    images += uneven * mixed(base * IS["t1ce"] * tf.one_hot(ET, len(CLASSES)))
    images = tf.clip_by_value(images, 0.3 * plain, 2.5 * plain)
    total = tf.reduce_sum(classes, -1, keepdims=True)
    images /= tf.maximum(total, 0.5)  # at the edge, where moving mixed in what lies outside
    images += tf.clip_by_value(1 - 2 * total, 0.0, 1.0) * details.remains

    edge = inside + tf.nn.max_pool2d(-inside, 3, 1, "SAME")
    bright = tf.clip_by_value(tf.maximum(vessels * details.vessels, edge * details.meninges), 0.0, 1.0)
    after = tf.constant([float(m == "t1ce") for m in MODALITIES])
    void = tf.constant([VOID.get(m, 0.0) for m in MODALITIES])
    images += after * bright * tf.nn.relu(details.blood - images)
    images *= 1 - void * tf.clip_by_value(vessels * details.vessels, 0.0, 1.0)
    return images, tf.maximum(inside, tf.cast(total > 0.5, tf.float32))


def acquired(images, known, acquisition: Acquisition):
    """Acquire images (B, H, W, 4) where `known` (B, H, W, 1) is 1, as `phantom.acquisition.acquire` does."""
    a, channels_first, channels_last = acquisition, (0, 3, 1, 2), (0, 2, 3, 1)
    images = tf.transpose(images * tf.exp(a.bias * a.coil) * known, channels_first)  # (B, 4, H, W)
    share = tf.tile(tf.transpose(known, channels_first), (1, images.shape[1], 1, 1))
    (down, up), (across, back) = (
        resampling(images.shape[axis + 2], a.step[axis], a.start[axis], a.blur[axis], a.ringing[axis])
        for axis in (0, 1)
    )

    def between(rows, image, columns):
        return tf.matmul(rows, tf.matmul(image, columns, transpose_b=True))

    images, share = between(down, images, across), between(down, share, across)
    held = tf.cast(share > 0.1, tf.float32)
    images = held * images / tf.where(held > 0, share, 1.0)
    noise = tf.transpose(a.noise, channels_first) * tf.transpose(a.thermal, (0, 1, 4, 2, 3))
    real, imaginary = (between(up, held * part, back) for part in (images + noise[0], noise[1]))
    images = tf.sqrt(real**2 + imaginary**2 + 1e-12)  # Rician, after interpolation
    images /= tf.maximum(between(up, held, back), 1e-3)
    return tf.maximum(tf.transpose(images, channels_last), 1e-3) ** a.gamma


def resampling(count: int, step, start, blur, ringing):
    """Compute `phantom.acquisition.resampling` for a batch, in pixels: two of (B, 4, count, count)."""
    step, start, blur, ringing = (x[..., None, None] for x in (step, start, blur, ringing))
    grid = tf.range(count, dtype=tf.float32) + 0.5
    centres = (tf.range(count, dtype=tf.float32)[:, None] - start) * step  # (B, 4, count, 1)
    away = tf.abs(centres - grid)
    width = tf.sqrt(step**2 + 12 * blur**2)
    box = tf.clip_by_value((width + 1) / 2 - away, 0.0, 1.0) / width
    lobes = sinc(away / step) * tf.clip_by_value(1 - away / (5 * step), 0.0, 1.0) / step
    back = tf.linalg.matrix_transpose(away) / step
    up = tf.where(step > 1.5, tf.nn.relu(1 - back), tf.exp(-0.5 * (back / SMOOTH) ** 2))
    return unit_rows((1 - ringing) * box + ringing * lobes), unit_rows(up)


def sinc(x):
    """Compute sin(pi x) / (pi x)."""
    x = np.pi * tf.maximum(x, 1e-4)
    return tf.sin(x) / x


def unit_rows(matrix):
    """Scale the rows of matrices to a sum of 1, but for those that are nearly empty."""
    total = tf.reduce_sum(matrix, -1, keepdims=True)
    return tf.where(total > 0.05, matrix / tf.maximum(total, 0.05), 0.0)
