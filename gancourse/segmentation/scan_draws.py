"""Draw everything that is random in a batch of scanned sections, before anything is made of it.

Numbers vary more than in any hospital (domain randomisation: Billot et al., SynthSeg, Med. Image Anal.
86:102789, 2023). B is the batch, H and W rows and columns, M the four modalities, C the classes.
"""

from typing import NamedTuple

import numpy as np

from gancourse.cohort.phantom.parameters import CLASSES, HEALTHY
from gancourse.cohort.phantom.signal import FLUID, GREY_MMOL, SEQUENCES, TISSUE
from gancourse.cohort.scheme import MODALITIES
from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

LESIONS = tf.constant([name not in HEALTHY for name in CLASSES])
NEC, ED, GM, ET = (CLASSES.index(name) for name in ("NEC", "ED", "GM", "ET"))
IS = {name: tf.constant([[[float(m == name)] for m in MODALITIES]]) for name in MODALITIES}  # (1, M, 1) each


class Pose(NamedTuple):
    """How a batch of sections is moved: radians, factors, pixels."""

    angle: tf.Tensor  # (B,)
    zoom: tf.Tensor  # (B, 2)
    shear: tf.Tensor  # (B,)
    mirror: tf.Tensor  # (B,), 1 or -1
    shift: tf.Tensor  # (B, 2)


class Physics(NamedTuple):
    """What `synthesis.signals` needs: tissue parameters and sequences; times in ms, gadolinium in mmol/L."""

    pd: tf.Tensor  # (B, 1, C), as t1 and t2: by class
    t1: tf.Tensor
    t2: tf.Tensor
    mmol: tf.Tensor  # (B, M, C)
    sequence: tuple[tf.Tensor, tf.Tensor, tf.Tensor]  # TR, TE, TI, (B, M, 1) each; TI is for FLAIR
    texture: tf.Tensor  # (B, 1, 1), factor on the texture in T1 and T2
    other: tf.Tensor  # (B, M, C), factor for what no equation here knows


class Details(NamedTuple):
    """What the classes of a section do not tell; (B, 1, 1, 1) unless said otherwise."""

    texture: tf.Tensor  # (3, B, H, W, 1), unit noise for T1, T2 and the rim's uptake
    vessels: tf.Tensor  # share of the vessels that is seen
    blood: tf.Tensor  # their signal after contrast, white matter 1
    meninges: tf.Tensor  # (B, H, W, 1), how much the brain's edge takes up
    remains: tf.Tensor  # (B, H, W, M), signal of what stripping left around the brain


class Acquisition(NamedTuple):
    """How the batch is acquired; (B, 1, 1, M) unless said otherwise; lengths in pixels of the section."""

    bias: tf.Tensor  # standard deviation of the log bias field
    coil: tf.Tensor  # (B, H, W, M), unit noise
    gamma: tf.Tensor
    step: tf.Tensor  # (2, B, M), between acquired rows, and columns; at least 1
    start: tf.Tensor  # (2, B, M), 0..1
    blur: tf.Tensor  # (2, B, M)
    ringing: tf.Tensor  # (2, B, M), 0..1
    noise: tf.Tensor  # standard deviation, white matter 1
    thermal: tf.Tensor  # (2, B, H, W, M), unit noise of both channels, by acquired row and column


class Case(NamedTuple):
    """All draws of a batch."""

    pose: Pose
    physics: Physics
    details: Details
    acquisition: Acquisition
    present: tf.Tensor  # (B, M), 1 for a modality that is present
    gain: tf.Tensor  # (B, 1, 1, M), of the normalised image
    offset: tf.Tensor  # (B, 1, 1, M)


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

    def smooth(self, pixels, batch, height, width, channels=1):
        """Draw noise (B, H, W, channels) of about that scale in pixels, standard deviation about 1."""
        small = self.normal(batch, max(2, int(height / pixels)), max(2, int(width / pixels)), channels)
        return 1.3 * tf.image.resize(small, (height, width), "bicubic")


def draw_case(seed, batch: int, height: int, width: int, drop: float) -> Case:
    """Draw a batch; `drop` is the chance that not all four modalities are present."""
    draws, modalities = Draws(seed), len(MODALITIES)
    return Case(
        draw_pose(draws, batch),
        draw_physics(draws, batch),
        draw_details(draws, batch, height, width),
        draw_acquisition(draws, batch, height, width),
        subsets(batch, drop, draws),
        1 + draws.normal(batch, 1, 1, modalities, scale=0.08),
        draws.normal(batch, 1, 1, modalities, scale=0.08),
    )


def draw_pose(draws: Draws, batch: int) -> Pose:
    """Draw rotation, scale, shear, mirroring and shift."""
    return Pose(
        draws.normal(batch, scale=0.14),
        tf.exp(draws.normal(batch, scale=0.08)[:, None] + draws.normal(batch, 2, scale=0.04)),
        draws.normal(batch, scale=0.04),
        1 - 2 * draws.chance(0.5, batch),
        draws.uniform(-5.0, 5.0, batch, 2),
    )


def draw_physics(draws: Draws, batch: int) -> Physics:
    """Draw tissue parameters and sequences."""
    healthy, lesion, shared = 0.10, 0.14, 0.20  # what lesions share keeps their order: necrosis is wetter
    spread = tf.where(LESIONS, lesion, healthy)
    of_all_lesions = tf.where(LESIONS, shared, 0.0)
    tissue = np.log(np.array([TISSUE[name] for name in CLASSES], np.float32))  # (C, 3)
    cystic = 0.85 * draws.uniform(0.0, 1.0, batch, 1, 1) ** 1.3
    wet = draws.chance(0.5, batch, 1, 1) * draws.uniform(0.0, 1.0, batch, 1, 1)  # oedema like necrosis
    fluid = np.log(np.array(FLUID, np.float32)) - tissue[NEC]
    log = tissue + tf.one_hot(NEC, len(CLASSES))[:, None] * cystic * fluid  # (B, C, 3)
    log += tf.one_hot(ED, len(CLASSES))[:, None] * wet * (tissue[NEC] - tissue[ED])
    factors = draws.normal(batch, len(CLASSES), 3) * spread[:, None]
    factors += draws.normal(batch, 1, 3) * of_all_lesions[:, None]
    log += factors * np.array([0.4, 1, 1], np.float32)
    pd, t1, t2 = (tf.exp(log[:, None, :, k]) for k in range(3))  # (B, 1, C)

    mmol = tf.clip_by_value(0.24 * tf.exp(draws.normal(batch, 1, scale=0.5)), 0.1, 2.5)
    mmol = mmol * tf.one_hot(ET, len(CLASSES)) + GREY_MMOL * tf.one_hot(GM, len(CLASSES))
    mmol += draws.chance(0.3, batch, 1) * draws.uniform(0.0, 0.03, batch, 1) * tf.cast(LESIONS, tf.float32)

    factor = tf.exp(draws.normal(batch, len(MODALITIES), 1, scale=0.25))
    times = tf.constant([[[float(time or 0) for time in SEQUENCES[m]] for m in MODALITIES]])  # (1, M, 3)
    tr, te, ti = (times[..., k, None] for k in range(3))
    tr = tr * tf.where(IS["t2"] + IS["flair"] > 0, 1.0, factor)
    te = te * tf.where(IS["t2"] > 0, factor, 1.0)
    ti = ti * factor**0.25
    texture = draws.uniform(0.0, 1.6, batch, 1, 1)
    # What no equation here knows: blood, protein, calcium, flow, magnetisation transfer.
    other = tf.exp(draws.normal(batch, len(MODALITIES), len(CLASSES)) * tf.where(LESIONS, 0.1, 0.05))
    return Physics(pd, t1, t2, mmol[:, None] * IS["t1ce"], (tr, te, ti), texture, other)


def draw_details(draws: Draws, batch: int, height: int, width: int) -> Details:
    """Draw texture, vessels, meninges and what stripping left."""
    one, size, modalities = (batch, 1, 1, 1), (batch, height, width), len(MODALITIES)
    return Details(
        tf.stack([draws.smooth(pixels, *size) for pixels in (16, 16, 2.5)]),
        draws.uniform(0.0, 1.2, *one),
        draws.uniform(1.2, 2.6, *one),
        draws.chance(0.3, *one) * tf.clip_by_value(draws.smooth(10, *size), 0, 1),
        draws.uniform(0.05, 2.0, batch, 1, 1, modalities) * tf.exp(0.5 * draws.smooth(5, *size, modalities)),
    )


def draw_acquisition(draws: Draws, batch: int, height: int, width: int) -> Acquisition:
    """Draw coils, voxels and noise: about half of the scans have thick sagittal or coronal slices."""
    size, modalities = (batch, height, width), len(MODALITIES)
    each = (batch, 1, 1, modalities)
    axis = draws.uniform(0.0, 4.0, batch, modalities)  # 0..1 along rows, 1..2 along columns, else neither
    thick = tf.cast([axis < 1, (axis >= 1) & (axis < 2)], tf.float32)  # (2, B, M)
    pixel = draws.uniform(1.0, 1.9, 1, batch, modalities)
    slices = draws.uniform(1.5, 7.0, 1, batch, modalities)
    return Acquisition(
        draws.uniform(0.02, 0.25, *each),
        draws.smooth(60, *size, modalities),
        tf.exp(draws.normal(*each, scale=0.2)),
        thick * slices + (1 - thick) * pixel,
        draws.uniform(0.0, 1.0, 2, batch, modalities),
        draws.uniform(0.0, 1.0, 2, batch, modalities) ** 2,
        (1 - thick) * draws.uniform(0.0, 0.6, 1, batch, modalities),
        0.015 + 0.15 * draws.uniform(0.0, 1.0, *each) ** 2,
        draws.normal(2, *size, modalities),
    )


def subsets(batch: int, drop: float, draws: Draws):
    """Draw which modalities are present, (B, M) of 0 and 1: all or, with chance `drop`, any subset."""
    numbers = np.arange(1, 2 ** len(MODALITIES))
    table = tf.constant((numbers[:, None] >> np.arange(len(MODALITIES))) & 1, tf.float32)  # (15, M)
    which = tf.cast(draws.uniform(0.0, len(numbers) - 1e-3, batch), tf.int32)
    some = draws.chance(drop, batch)[:, None]
    return some * tf.gather(table, which) + (1 - some)
