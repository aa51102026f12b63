"""Scan phantoms anew for every training step: sections in, slices of four modalities and labels out.

The signal is that of `gancourse.cohort.phantom.signal`, here for a batch at a time in TensorFlow, and varied
more than any hospital does (domain randomisation: Billot et al., SynthSeg, Med. Image Anal. 86:102789, 2023):
tissue parameters, sequences, bias field, resolution, noise, contrast curve, pose, and which modalities exist.
"""

from typing import NamedTuple

import numpy as np

from gancourse.cohort.phantom.parameters import CLASSES
from gancourse.cohort.phantom.sections import CHANNELS
from gancourse.cohort.phantom.signal import (
    FLUID,
    GREY_MMOL,
    RELAXIVITY_1,
    RELAXIVITY_2,
    SEQUENCES,
    TEXTURE_T1,
    TEXTURE_T2,
    TISSUE,
)
from gancourse.cohort.scheme import LABELS, MODALITIES
from gancourse.losses import IGNORE
from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

OUTSIDE = -3.0  # the background after normalisation; a modality that is missing is 0 everywhere
LESIONS = tf.constant([name not in ("CSF", "GM", "WM") for name in CLASSES])
NEC, CSF, GM, WM, ET = (CLASSES.index(name) for name in ("NEC", "CSF", "GM", "WM", "ET"))
SHARES = len(CLASSES) + 1  # with vessels
IS = {name: tf.constant([[[float(m == name)] for m in MODALITIES]]) for name in MODALITIES}  # (1, 4, 1) each


class Draws:
    """Random numbers that depend only on a seed (2,) and on the order in which they are drawn."""

    def __init__(self, seed):
        self.seed, self.count = tf.cast(seed, tf.int32), 0

    def _next(self):
        self.count += 1
        return tf.random.experimental.stateless_fold_in(self.seed, self.count)

    def normal(self, *shape, scale=1.0):
        return scale * tf.random.stateless_normal(shape, self._next())

    def uniform(self, low, high, *shape):
        return tf.random.stateless_uniform(shape, self._next(), low, high)

    def chance(self, p, *shape):
        return tf.cast(self.uniform(0.0, 1.0, *shape) < p, tf.float32)

    def smooth(self, mm, batch, height, width, channels):
        """Draw noise (B, H, W, C) of about that scale in pixels, standard deviation about 1."""
        small = self.normal(batch, max(2, int(height / mm)), max(2, int(width / mm)), channels)
        return 1.3 * tf.image.resize(small, (height, width), "bicubic")


def synthesise(sections, seed, drop: float = 0.4):
    """Scan a batch of sections.

    Args:
        sections: (B, H, W, 10) uint8, channels as `sections.CHANNELS`.
        seed: (2,) integers; the same seed gives the same images.
        drop: chance that not all four modalities are present.

    Returns:
        Images (B, H, W, 4) float32, normalised, and a dict of labels (B, H, W) uint8: `tumour` 0 none, 1 NCR,
        2 ED, 3 ET; `tissue` 0 outside, 1 CSF, 2 GM, 3 WM, `IGNORE` in the tumour.
    """
    draws = Draws(seed)
    sections = posed(sections, draws)
    shares = tf.cast(sections[..., :SHARES], tf.float32) / 255.0
    seg, tissue = sections[..., SHARES], sections[..., SHARES + 1]
    brain = tissue > 0
    images = scanned(shares, tf.cast(brain, tf.float32)[..., None], draws)
    batch = sections.shape[0]
    present = subsets(batch, drop, draws)
    images = normalise(images, brain, present)
    jitter = 1 + draws.normal(batch, 1, 1, len(MODALITIES), scale=0.08)
    shift = draws.normal(batch, 1, 1, len(MODALITIES), scale=0.08)
    there = tf.cast(brain, tf.float32)[..., None] * present[:, None, None]
    images = tf.where(there > 0, images * jitter + shift, images)
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


def posed(sections, draws: Draws):
    """Rotate, scale, shear, shift and mirror sections at random."""
    batch, height, width, _ = sections.shape
    angle = draws.normal(batch, scale=0.14)
    zoom = tf.exp(draws.normal(batch, scale=0.08)[:, None] + draws.normal(batch, 2, scale=0.04))
    shear = draws.normal(batch, scale=0.04)
    mirror = 1 - 2 * draws.chance(0.5, batch)
    a = tf.cos(angle) / zoom[:, 0] * mirror
    b = (-tf.sin(angle) + shear) / zoom[:, 0]
    c, d = tf.sin(angle) / zoom[:, 1] * mirror, tf.cos(angle) / zoom[:, 1]
    middle = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    shift = draws.uniform(-5.0, 5.0, batch, 2)
    x = middle[0] - a * middle[0] - b * middle[1] + shift[:, 0]
    y = middle[1] - c * middle[0] - d * middle[1] + shift[:, 1]
    transforms = tf.stack([a, b, x, c, d, y, tf.zeros_like(a), tf.zeros_like(a)], -1)

    def move(part, how):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=part, transforms=transforms, output_shape=[height, width], fill_value=0.0,
            interpolation=how, fill_mode="CONSTANT",
        )  # fmt: skip

    shares, labels = sections[..., :SHARES], sections[..., SHARES : len(CHANNELS)]
    return tf.concat([move(shares, "BILINEAR"), move(labels, "NEAREST")], -1)


class Physics(NamedTuple):
    """What `signals` needs of a batch: tissue parameters and sequences; times in ms, gadolinium in mmol/L."""

    pd: tf.Tensor  # (B, 1, 7), as t1 and t2: by class
    t1: tf.Tensor
    t2: tf.Tensor
    mmol: tf.Tensor  # (B, 4, 7)
    sequence: tuple[tf.Tensor, tf.Tensor, tf.Tensor]  # TR, TE, TI, (B, 4, 1) each; TI is for FLAIR
    texture: tf.Tensor  # (B, 1, 1), factor on the texture in T1 and T2
    other: tf.Tensor  # (B, 4, 7), factor for what no equation here knows


def draw_physics(draws: Draws, batch: int) -> Physics:
    """Draw tissue parameters and sequences."""
    healthy, lesion, shared = 0.10, 0.14, 0.20  # what lesions share keeps their order: necrosis is wetter
    spread = tf.where(LESIONS, lesion, healthy)
    of_all_lesions = tf.where(LESIONS, shared, 0.0)
    tissue = np.array([TISSUE[name] for name in CLASSES], np.float32)  # (7, 3)
    cystic = 0.85 * draws.uniform(0.0, 1.0, batch, 1) ** 1.3
    fluid = np.log(np.array(FLUID, np.float32)) - np.log(tissue[NEC])
    is_core = tf.one_hot(NEC, len(CLASSES))[None, :, None]
    log = tf.math.log(tissue)[None] + is_core * cystic[..., None] * fluid  # (B, 7, 3)
    factors = draws.normal(batch, len(CLASSES), 3) * spread[:, None]
    factors += draws.normal(batch, 1, 3) * of_all_lesions[:, None]
    log += factors * np.array([0.4, 1, 1], np.float32)
    pd, t1, t2 = (tf.exp(log[:, None, :, k]) for k in range(3))  # (B, 1, 7)

    mmol = tf.clip_by_value(0.24 * tf.exp(draws.normal(batch, 1, scale=0.5)), 0.1, 2.5)
    mmol = mmol * tf.one_hot(ET, len(CLASSES)) + GREY_MMOL * tf.one_hot(GM, len(CLASSES))
    mmol += draws.chance(0.3, batch, 1) * draws.uniform(0.0, 0.03, batch, 1) * tf.cast(LESIONS, tf.float32)

    factor = tf.exp(draws.normal(batch, len(MODALITIES), 1, scale=0.2))
    times = tf.constant([[[float(time or 0) for time in SEQUENCES[m]] for m in MODALITIES]])  # (1, 4, 3)
    tr, te, ti = (times[..., k, None] for k in range(3))
    tr = tr * tf.where(IS["t2"] + IS["flair"] > 0, 1.0, factor)
    te = te * tf.where(IS["t2"] > 0, factor, 1.0)
    ti = ti * factor**0.5
    texture = draws.uniform(0.0, 1.6, batch, 1, 1)
    # What no equation here knows: blood, protein, calcium, flow, magnetisation transfer.
    other = tf.exp(draws.normal(batch, len(MODALITIES), len(CLASSES)) * tf.where(LESIONS, 0.1, 0.05))
    return Physics(pd, t1, t2, mmol[:, None] * IS["t1ce"], (tr, te, ti), texture, other)


def equation(sequence, pd, t1, t2, mmol):
    """Compute `gancourse.cohort.phantom.signal.equation` for a batch: (B, 4, 7), inversion in FLAIR only."""
    tr, te, ti = sequence
    molar = mmol / 1000
    t1, t2 = 1 / (1 / t1 + RELAXIVITY_1 * molar), 1 / (1 / t2 + RELAXIVITY_2 * molar)
    inverted = tf.abs(1 - 2 * tf.exp(-ti / t1) + tf.exp(-tr / t1))
    recovered = tf.where(IS["flair"] > 0, inverted, 1 - tf.exp(-tr / t1))
    return pd * recovered * tf.exp(-te / t2)


def signals(physics: Physics):
    """Compute the signal (B, 4, 7) of each class, white matter 1, and what texture in T1 and T2 adds."""
    pd, t1, t2, mmol, sequence, texture, other = physics
    base = equation(sequence, pd, t1, t2, mmol)
    white = base[:, :, WM : WM + 1]
    d1, d2 = (tf.constant([t[n] for n in CLASSES]) * texture for t in (TEXTURE_T1, TEXTURE_T2))
    by_t1 = equation(sequence, pd, t1 * tf.exp(d1), t2, mmol) - base
    by_t2 = equation(sequence, pd, t1, t2 * tf.exp(d2), mmol) - base
    by_t2 += 0.12 * base * IS["t1ce"] * tf.one_hot(ET, len(CLASSES))
    return base / white * other, by_t1 / white, by_t2 / white


def scanned(shares, brain, draws: Draws):
    """Render images (B, H, W, 4), white matter about 1, from shares (B, H, W, 8) of classes and vessels."""
    batch, height, width, _ = shares.shape
    modalities = len(MODALITIES)
    base, by_t1, by_t2 = signals(draw_physics(draws, batch))

    def smooth(mm):
        return draws.smooth(mm, batch, height, width, 1)

    def mixed(weights):
        return tf.einsum("bhwc,bmc->bhwm", shares[..., : len(CLASSES)], weights)

    textures = [0.5 * smooth(2.5) + 0.6 * smooth(5) + 0.4 * smooth(16) for _ in range(2)]

    clean = mixed(base)
    images = clean + mixed(by_t1) * textures[0] + mixed(by_t2) * textures[1]
    images = tf.clip_by_value(images, 0.3 * clean, 2.5 * clean)

    # Vessels, at times the meninges, and plexus and veins in the fluid take up contrast.
    after = tf.constant([float(m == "t1ce") for m in MODALITIES])
    edge = brain - (-tf.nn.max_pool2d(-brain, 3, 1, "SAME"))
    edge *= draws.chance(0.3, batch, 1, 1, 1) * tf.clip_by_value(smooth(10), 0, 1)
    bright = tf.maximum(shares[..., -1:] * draws.uniform(0.0, 1.2, batch, 1, 1, 1), edge)
    plexus = tf.clip_by_value(3 * smooth(5) - 3, 0, 1)
    plexus *= draws.chance(0.5, batch, 1, 1, 1) * shares[..., CSF : CSF + 1]
    bright = tf.maximum(bright, plexus)
    images += after * bright * tf.nn.relu(draws.uniform(1.2, 2.6, batch, 1, 1, 1) - images)

    strength = draws.uniform(0.02, 0.25, batch, 1, 1, modalities)
    images *= tf.exp(strength * draws.smooth(60, batch, height, width, modalities))
    images = tf.maximum(images, 1e-3) ** tf.exp(draws.normal(batch, 1, 1, modalities, scale=0.2))
    images = blurred(images, brain, draws)
    noise = draws.normal(batch, height, width, modalities)
    soft = tf.nn.avg_pool2d(noise, 2, 1, "SAME") * 2
    noise = tf.where(draws.chance(0.5, batch, 1, 1, 1) > 0, soft, noise)
    return tf.abs(images + noise * (0.008 + 0.1 * draws.uniform(0.0, 1.0, batch, 1, 1, modalities) ** 2))


def blurred(images, brain, draws: Draws):
    """Blur each modality along rows and columns by 0 to about 2 pixels, without the background."""
    batch, modalities = images.shape[0], images.shape[-1]
    inside = brain + 1e-3
    images = images * brain
    for sigma, p in ((0.8, 1.0), (1.8, 0.35)):
        taps = np.exp(-0.5 * (np.arange(-4, 5) / sigma) ** 2).astype(np.float32)
        taps /= taps.sum()
        for shape in ((9, 1), (1, 9)):
            share = draws.chance(p, batch, 1, 1, modalities)
            share *= draws.uniform(0.0, 1.0, batch, 1, 1, modalities)
            kernel = np.tile(taps.reshape(*shape, 1, 1), (1, 1, modalities, 1))
            around = tf.nn.depthwise_conv2d(images, kernel, [1, 1, 1, 1], "SAME")
            weight = tf.nn.depthwise_conv2d(inside, kernel[:, :, :1], [1, 1, 1, 1], "SAME")
            images = brain * (images + share * (around / weight - images))
    return images


def subsets(batch: int, drop: float, draws: Draws):
    """Draw which modalities are present, (B, 4) of 0 and 1: all or, with chance `drop`, any subset."""
    numbers = np.arange(1, 2 ** len(MODALITIES))
    table = tf.constant((numbers[:, None] >> np.arange(len(MODALITIES))) & 1, tf.float32)  # (15, 4)
    which = tf.cast(draws.uniform(0.0, len(numbers) - 1e-3, batch), tf.int32)
    some = draws.chance(drop, batch)[:, None]
    return some * tf.gather(table, which) + (1 - some)
