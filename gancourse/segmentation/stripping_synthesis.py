"""Scan heads anew for every training step: labels in, a volume and the depth below the brain's border out.

Hoopes et al. (SynthStrip, NeuroImage 260:119474, 2022) gave every class a random brightness, so that the
network learns shapes and not contrasts. Here half of the volumes are made so, and half by the equations of
spin echo and inversion recovery with random times and tissue, which are nearer to what scanners do.
Everything else is random as well: lesions, pose, slices, field of view, bias, noise, and whether the head
was stripped already.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from gancourse.cohort.phantom import head_signal, signal
from gancourse.cohort.phantom.acquisition import along
from gancourse.cohort.phantom.head import HEAD_CLASSES, NUMBER
from gancourse.cohort.phantom.head_volumes import STEP_MM, UNITS, ZERO
from gancourse.cohort.phantom.parameters import HEALTHY

GRID = (64, 80, 64)  # what the network sees, LPS
VOXEL_MM = 3.0
CLIP_MM = 10.0  # the target is the depth divided by this, from -1 to 1
UNKNOWN = 9.0  # target where the volume shows nothing


class Pose(NamedTuple):
    """How the network's grid lies in the head, and what of it was scanned."""

    matrix: np.ndarray  # (3, 3), network's mm to the head's mm
    shift: np.ndarray  # (3,), mm from the brain's middle
    wave_mm: float  # smooth deformation
    low: np.ndarray  # (3,), first voxel that was scanned
    high: np.ndarray  # (3,), and the last


def synthesise(head: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Scan a head.

    Args:
        head: (2, X, Y, Z) uint8 of `head_volumes.make_volume`.
        rng: the same generator gives the same scan.

    Returns:
        The volume, `GRID` float32 in 0..1, normalised as by `normalise`; and the target, the depth in the
        brain divided by `CLIP_MM`, -1 to 1, `UNKNOWN` outside the field of view.
    """
    labels, depth = head[0], (head[1].astype(np.float32) - ZERO) / UNITS
    means, spreads = draw_contrast(rng)
    image = means[labels]
    image += spreads[labels] * stored_noise(rng, labels.shape)
    for _ in range(rng.choice([0, 1, 2, 3], p=[0.35, 0.4, 0.15, 0.1])):
        add_lesion(image, depth, means, rng)
    air = means[NUMBER["AIR"]]
    if rng.random() < 0.25:
        depth = strip(image, depth, rng)
        air = np.float32(0)
    pose = draw_pose(rng)
    image, depth = posed(image, depth, pose, air)
    image = sliced(image, rng)
    image *= 1 + rng.uniform(0, 0.15) * upsampled(rng, GRID, 8)
    image = np.clip(image * np.exp(rng.uniform(0, 0.5) * upsampled(rng, GRID, 2.5)), 0, None)
    image = acquired(image, depth, rng, air)
    scanned = np.zeros(GRID, bool)
    scanned[tuple(slice(a, b + 1) for a, b in zip(pose.low, pose.high, strict=True))] = True
    target = np.where(scanned, np.clip(depth / CLIP_MM, -1, 1), UNKNOWN)
    return normalise(image, scanned), target.astype(np.float32)


def normalise(volume: np.ndarray, scanned: np.ndarray) -> np.ndarray:
    """Scale a volume (X, Y, Z) to 0..1 by the percentiles of what was scanned, a mask; 0 elsewhere."""
    shown = volume[scanned]
    low, high = np.percentile(shown[:: max(1, len(shown) // 50_000)], (1, 99.5)) if len(shown) else (0, 1)
    scaled = (volume - low) / max(high - low, 1e-6)
    return np.where(scanned, np.clip(scaled, 0, 1), 0).astype(np.float32)


def draw_contrast(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw mean and standard deviation (18,) of every class of the head, float32."""
    count = len(HEAD_CLASSES)
    means = rng.uniform(0, 1, count) if rng.random() < 0.45 else physical(rng)
    if rng.random() < 0.5:  # deep grey nuclei look like cortex
        means[[NUMBER[name] for name in ("STR", "THA", "PAL")]] = means[NUMBER["GM"]]
    if rng.random() < 0.3:  # tissues that look the same
        means[NUMBER["SKIN"]] = means[NUMBER["MUSCLE"]]
        means[NUMBER["BONE"]] = means[NUMBER["AIR"]]
    means[NUMBER["AIR"]] *= rng.choice([0, 0.1, 1], p=[0.7, 0.2, 0.1])
    spreads = rng.uniform(0, 0.12, count) * (0.3 + means)
    return means.astype(np.float32), spreads.astype(np.float32)


def physical(rng: np.random.Generator) -> np.ndarray:
    """Compute the signal (18,) of every class in a random sequence, the brightest about 1."""
    modality = str(rng.choice([*signal.SEQUENCES]))
    times = np.exp(0.25 * rng.standard_normal(3))
    repetition, echo, inversion = signal.SEQUENCES[modality]
    inverted = None if inversion is None else inversion * times[2]
    sequence = (repetition * times[0], echo * times[1], inverted)
    medium, yellow = modality == "t1ce", float(rng.uniform())
    means = np.zeros(len(HEAD_CLASSES))
    for name, k in NUMBER.items():
        factors = np.exp(np.array([0.1, 0.25, 0.25]) * rng.standard_normal(3))
        if name in signal.TISSUE:
            means[k] = signal.equation(sequence, *(np.array(signal.TISSUE[name]) * factors))
        else:
            means[k] = head_signal.signal(name, sequence, medium, factors, yellow)
    if rng.random() < 0.3:
        means[[NUMBER[name] for name in head_signal.FATTY]] *= rng.uniform(0.05, 0.5)
    return np.clip(means / means.max(), 0, 1) ** np.exp(0.2 * rng.standard_normal())


def add_lesion(image: np.ndarray, depth: np.ndarray, means: np.ndarray, rng: np.random.Generator) -> None:
    """Put a lesion of any brightness into the brain, also at its border; changes the image."""
    where = np.argwhere(depth[::3, ::3, ::3] > 0) * 3
    centre, radius = where[rng.integers(len(where))], rng.uniform(3, 17)  # voxels
    box = tuple(slice(max(0, int(c - 1.5 * radius)), int(c + 1.5 * radius) + 1) for c in centre)
    index = np.stack(
        np.meshgrid(*(np.arange(n)[s] for n, s in zip(image.shape, box, strict=True)), indexing="ij")
    )
    size = radius * np.exp(0.25 * rng.standard_normal(3))
    level = np.linalg.norm((index - centre.reshape(3, 1, 1, 1)) / size.reshape(3, 1, 1, 1), axis=0) - 1
    level += 0.25 * upsampled(rng, level.shape, 4)
    share = np.clip(0.5 - level * rng.uniform(1, 8), 0, 1) * (depth[box] > 0) * rng.uniform(0.5, 1)
    bright = rng.uniform(0, 1.6) * means[: len(HEALTHY)].max()
    rim = np.clip(1 - np.abs(level + 0.2) * 8, 0, 1) * (rng.random() < 0.3)
    image[box] += share * (bright + rim * rng.uniform(-0.5, 0.8) - image[box])


def strip(image: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Set what another program would have stripped to 0, unevenly; return the depth in what is left."""
    edge = rng.uniform(-3, 2) + rng.uniform(0, 1.5) * upsampled(rng, image.shape, 6)
    image[depth < edge] = 0
    return depth - edge


def sliced(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur the image, or give it slices of 6 or 9 mm along any axis."""
    if rng.random() < 0.7:
        image = ndimage.gaussian_filter(image, rng.uniform(0.2, 0.8))
    step = int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
    axis = int(rng.choice(3, p=[0.2, 0.2, 0.6]))
    if step == 1:
        return image
    kept = np.take(
        ndimage.uniform_filter1d(image, step, axis), np.arange(step // 2, image.shape[axis], step), axis
    )
    where = (np.arange(image.shape[axis]) - step // 2) / step
    return along(axis, resampling_rows(where, kept.shape[axis]), kept)


def resampling_rows(where: np.ndarray, count: int) -> np.ndarray:
    """Return the matrix (new, count) that interpolates linearly at `where`, in old voxels; the ends go on."""
    away = np.abs(np.clip(where, 0, count - 1)[:, None] - np.arange(count))
    return np.clip(1 - away, 0, None).astype(np.float32)


@lru_cache(maxsize=1)
def noise_bank() -> np.ndarray:
    """Return unit noise to take parts of, since drawing it anew takes as long as all else."""
    return np.random.default_rng(0).standard_normal(4_000_000, dtype=np.float32)


def stored_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return unit noise of that shape from a random place of the bank."""
    count = int(np.prod(shape))
    start = int(rng.integers(len(noise_bank()) - count))
    return noise_bank()[start : start + count].reshape(shape)


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw where the head lies in the network's grid, and its field of view."""
    tilt = 12 if rng.random() < 0.85 else 40
    turn = Rotation.from_euler("xyz", np.clip(rng.standard_normal(3), -2, 2) * tilt, degrees=True).as_matrix()
    scale = np.exp(0.07 * rng.standard_normal() + 0.04 * rng.standard_normal(3))
    mirror = np.where(rng.random(3) < [0.5, 0.05, 0.05], -1, 1)
    matrix = turn @ np.diag(scale * mirror)
    shift = np.clip(rng.standard_normal(3), -2, 2) * (6 if rng.random() < 0.7 else 20)
    low, high = np.zeros(3, int), np.array(GRID) - 1
    for axis in range(3):
        kind = rng.random()
        if kind < 0.15:
            low[axis] = rng.integers(0, int(0.35 * GRID[axis]))
        if kind < 0.05 or 0.15 < kind < 0.25:
            high[axis] -= rng.integers(0, int(0.35 * GRID[axis]))
    if rng.random() < 0.1:  # a slab, or a single slice
        axis = int(rng.choice(3, p=[0.15, 0.15, 0.7]))
        thick = int(rng.integers(1, 12))
        low[axis] = rng.integers(int(0.2 * GRID[axis]), int(0.8 * GRID[axis]) - thick)
        high[axis] = low[axis] + thick - 1
    return Pose(matrix, shift, float(rng.uniform(0, 5)) if rng.random() < 0.5 else 0.0, low, high)


def posed(image: np.ndarray, depth: np.ndarray, pose: Pose, air: np.float32) -> tuple[np.ndarray, np.ndarray]:
    """Resample image and depth into the network's grid."""
    middle = ndimage.center_of_mass(depth[::4, ::4, ::4] > 0)
    matrix = pose.matrix * (VOXEL_MM / STEP_MM)
    offset = 4 * np.array(middle) + pose.shift / STEP_MM - matrix @ ((np.array(GRID) - 1) / 2)
    image = ndimage.affine_transform(image, matrix, offset, GRID, order=1, cval=air)
    depth = ndimage.affine_transform(depth, matrix, offset, GRID, order=1, cval=-CLIP_MM)
    return image, depth / float(np.cbrt(abs(np.linalg.det(pose.matrix))))


def acquired(image: np.ndarray, depth: np.ndarray, rng: np.random.Generator, air: np.float32) -> np.ndarray:
    """Apply contrast curve and noise."""
    image = np.clip(image, 0, 2) ** np.exp(0.25 * rng.standard_normal())
    noise = rng.standard_normal((2, *GRID), dtype=np.float32) * (0.06 * rng.random() ** 2)
    noisy = np.hypot(image + noise[0], noise[1]) if rng.random() < 0.7 else np.clip(image + noise[0], 0, None)
    return np.where((image > 0) | (air > 0) | (rng.random() < 0.5), noisy, 0)


def upsampled(rng: np.random.Generator, shape: tuple[int, ...], cells: float) -> np.ndarray:
    """Draw smooth noise (X, Y, Z), standard deviation about 1, of that many cells along the longest axis."""
    count = [max(2, round(cells * n / max(shape)) + 1) for n in shape]
    noise = rng.standard_normal(count, dtype=np.float32)
    for axis, n in enumerate(shape):
        where = np.linspace(0, count[axis] - 1, n, dtype=np.float32)
        noise = along(axis, resampling_rows(where, count[axis]), noise)
    return noise * np.float32(1.4)
