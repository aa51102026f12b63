"""Shape the core of a tumour: lobes that grew together, an enhancing body, and the strands inside it.

Two kinds of core are made (five of the first to one of the second): "ring", enhancing tissue round necrosis,
which strands part into unequal chambers, at times with a cap that does not enhance; and "patchy", a large
core that does not enhance but for a body on one side of it, with a rim of its own.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import sample, smooth_noise
from gancourse.cohort.phantom.parameters import Parameters

FINE_MM = 1.0
MARGIN_MM = 6.0
FAR = 1e3
HOLES_MM = 4.5  # size of the holes in strands
FRINGE_MM, THINNING = 4.0, 0.06  # strands thin out from that depth on, by that much per mm


@dataclass(frozen=True)
class Box:
    """A grid of points, `step` mm apart, whose first one lies at `origin` (mm)."""

    origin: np.ndarray
    step: float
    shape: tuple[int, int, int]

    def points(self) -> np.ndarray:
        """Return its points (3, x, y, z) in mm."""
        axes = [
            o + self.step * np.arange(n, dtype=np.float32)
            for o, n in zip(self.origin, self.shape, strict=True)
        ]
        return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)

    def at(self, field: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Interpolate a field on the box at `points` (3, ...) in mm; beyond the box, repeat its edge."""
        return sample(field, (points.T - self.origin).T / self.step)

    def bounds(self, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest coordinates (3,), in mm, of a mask on the box."""
        where = np.argwhere(mask)
        return self.origin + self.step * where.min(0), self.origin + self.step * where.max(0)

    def around(self, mask: np.ndarray, margin_mm: float, step: float) -> "Box":
        """Return a box with another step round a mask on this one."""
        low, high = self.bounds(mask)
        x, y, z = (int(n) for n in np.ceil((high - low + 2 * margin_mm) / step) + 1)
        return Box(np.floor(low - margin_mm), step, (x, y, z))


@dataclass(frozen=True)
class Core:
    """Fields on a fine box, in mm.

    `level` is the distance to the core's border, negative inside. `depth` is the depth below the surface of
    the enhancing body, negative outside it; `apart` is the distance to the nearest strand inside it.
    """

    box: Box
    level: np.ndarray
    depth: np.ndarray
    apart: np.ndarray


def shape_core(
    p: Parameters,
    rng: np.random.Generator,
    seeds: list[np.ndarray],
    box: Box,
    open_mm: np.ndarray,
    volume_ml: float,
    stretch: float,
) -> Core:
    """Shape the core that the parameters describe.

    Args:
        p: the subject's parameters.
        rng: draws the shape.
        seeds: points in mm, one per focus.
        box: coarse grid round the tumour.
        open_mm: on that grid, distance to the nearest place where no core can be, negative beyond it.
        volume_ml: of the core.
        stretch: what the push multiplies lengths in the core by later.
    """
    radius = (volume_ml * 1000 * 3 / (4 * np.pi)) ** (1 / 3)
    shape = lobes(p, rng, seeds, box.points(), radius)
    shape = shape * np.exp(
        p.core_ragged * smooth_noise(rng, shape.shape, max(0.45 * radius, 4) / box.step)
        + 0.6 * p.core_ragged * smooth_noise(rng, shape.shape, max(0.2 * radius, 2.5) / box.step)
    )
    is_open = open_mm > 0
    wanted = volume_ml * 1000 / box.step**3
    rough = shape < np.quantile(shape[is_open], min(1.6 * wanted / is_open.sum(), 1.0))
    fine = box.around(rough & is_open, MARGIN_MM, FINE_MM)
    points = fine.points()
    shape = np.where(box.at(open_mm, points) > 0, box.at(shape, points), FAR)
    starts = [
        np.clip(np.rint((s - fine.origin) / FINE_MM).astype(int), 0, np.array(fine.shape) - 1) for s in seeds
    ]
    mask = connected(shape, starts, volume_ml * 1000 / FINE_MM**3)
    level = distance(mask)
    body = mask if p.body_fraction >= 1 else enhancing_body(p, rng, points, mask, radius)
    depth = -level if body is mask else -distance(body)
    return Core(fine, level, depth.astype(np.float32), strands(p, rng, depth, stretch))


def lobes(
    p: Parameters, rng: np.random.Generator, seeds: list[np.ndarray], points: np.ndarray, radius: float
) -> np.ndarray:
    """Return a smooth size (x, y, z): less than 1 in ellipsoids of about that radius near each seed."""
    nearness = np.zeros(points.shape[1:], np.float32)
    share = 1.0
    for seed in seeds:
        for k in range(p.lobes):
            axes = np.exp(0.2 * rng.standard_normal(3))
            turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
            offset = rng.standard_normal(3) * radius * (0.6 if k else 0.0)
            size = radius * share * (rng.uniform(0.55, 0.9) if k else 1.0) / (p.lobes ** (1 / 4))
            map_to_ball = turn * axes[:, None] / np.cbrt(axes.prod()) / size
            away = np.linalg.norm(np.tensordot(map_to_ball, (points.T - seed - offset).T, axes=1), axis=0)
            nearness += np.exp(-5 * away)
        share *= rng.uniform(0.85, 1.0) if p.butterfly else rng.uniform(0.45, 0.9)
    return -np.log(np.maximum(nearness, 1e-30)) / 5


def connected(shape: np.ndarray, starts: list[np.ndarray], wanted: float) -> np.ndarray:
    """Return the part of a sublevel set of `shape` that holds the starts, of about `wanted` voxels."""
    low, high = float(shape.min()), float(shape[shape < FAR].max())
    mask = shape < high
    for _ in range(9):
        middle = (low + high) / 2
        mask = held(shape < middle, starts)
        low, high = (middle, high) if mask.sum() < wanted else (low, middle)
    return ndimage.binary_closing(mask) & (shape < FAR)


def held(mask: np.ndarray, starts: list[np.ndarray]) -> np.ndarray:
    """Return the components of a mask that come within 3 voxels of a start."""
    parts, count = ndimage.label(mask)
    keep = np.zeros(count + 1, bool)
    for start in starts:
        keep[np.unique(parts[tuple(slice(max(i - 3, 0), i + 4) for i in start)])] = True
    keep[0] = False
    return keep[parts]


def distance(mask: np.ndarray) -> np.ndarray:
    """Return the distance to a mask's border in mm, negative inside, smoothed against steps of voxels."""
    signed = ndimage.distance_transform_edt(~mask) - ndimage.distance_transform_edt(mask)
    return FINE_MM * ndimage.gaussian_filter(signed.astype(np.float32), 0.7)


def enhancing_body(
    p: Parameters, rng: np.random.Generator, points: np.ndarray, mask: np.ndarray, radius: float
) -> np.ndarray:
    """Return the part of a patchy core that enhances: on one side, with a border of its own."""
    inside = points[:, mask].T
    centre = inside[rng.integers(len(inside))]
    centre = centre + 0.4 * (inside.mean(0) - centre)
    away = np.linalg.norm(points.T - centre, axis=-1).T
    away = away * np.exp(0.25 * smooth_noise(rng, mask.shape, max(0.3 * radius, 3) / FINE_MM))
    return mask & (away < np.quantile(away[mask], p.body_fraction))


def strands(p: Parameters, rng: np.random.Generator, depth: np.ndarray, stretch: float) -> np.ndarray:
    """Return the distance (x, y, z), in mm, to the nearest strand between the chambers of a body.

    Strands are sheets where smooth noise passes zero, so that chambers are of any size and shape. They have
    holes, and thin out below the surface, so that many of them are only fringes of the rim.
    """
    wave = smooth_noise(rng, depth.shape, p.chamber_mm / stretch / FINE_MM)
    steep = np.linalg.norm(np.gradient(wave, FINE_MM), axis=0)
    apart = np.abs(wave) / np.maximum(steep, 0.4 * steep.mean())
    holes = smooth_noise(rng, depth.shape, HOLES_MM / FINE_MM)
    apart += 1.5 * np.clip(holes - 0.7, 0, None) + THINNING * np.clip(depth - FRINGE_MM, 0, None)
    return apart.astype(np.float32)
