"""Draw what is finer than the template's anatomy: vessels, dura, choroid plexus, hyperintensities.

Small vessels lie where a sheet of smooth noise cuts a sulcus: points and short, tapering curves in fluid.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import Tissue, smooth_noise
from gancourse.cohort.phantom.parameters import Parameters

#: Voxel size in mm, one number or one per axis; infinite along an axis whose slices are independent.
Spacing = float | np.ndarray

COURSE_MM = 2.5  # scale of the noise whose zeros are the courses of small vessels
RADIUS_MM = 0.4  # of those vessels


@dataclass(frozen=True)
class FineNoise:
    """Unit noises (x, y, z), one draw of everything here that is random, by scale."""

    course: np.ndarray  # its zeros are the courses of small vessels
    calibre: np.ndarray  # of vessels, over 6 mm
    fringe: np.ndarray  # of the plexus, over 1 mm
    patch: np.ndarray  # of hyperintensities, over 2.4 mm
    region: np.ndarray  # over 5 mm


def draw_fine(rng: np.random.Generator, shape: tuple[int, ...], spacing: Spacing) -> FineNoise:
    """Draw the noises for a grid of that shape and spacing."""
    scales = (COURSE_MM, 6.0, 1.0, 2.4, 5.0)
    return FineNoise(*(smooth_noise(rng, shape, mm / spacing) for mm in scales))


def vessel_map(healthy: Tissue, noise: FineNoise, spacing: Spacing) -> np.ndarray:
    """Return the share (x, y, z), 0..1, of blood, and of dura as far as it takes up gadolinium."""
    fluid = healthy.fractions[0]
    calibre = np.exp(0.7 * noise.calibre)
    filled = np.clip(0.7 + 0.3 * noise.calibre, 0.1, 1)  # slow or oblique flow leaves gaps
    trunks = healthy.trunks * np.clip(0.2 + 2 * fluid, 0, 1) * filled
    small = tubes(noise.course, RADIUS_MM, spacing) * np.clip(1.8 * fluid, 0, 1)
    small = small * np.clip(0.7 * calibre - 0.3, 0, 1) * (healthy.wall_mm > 3)
    sheet = np.exp(-((healthy.barrier_mm / 0.7) ** 2)) * np.clip(0.16 + 0.1 * noise.calibre, 0, 0.5)
    # The dural sinuses lie where falx and tentorium meet the skull.
    away = np.hypot(healthy.barrier_mm, np.clip(healthy.depth_mm, 0, None))
    sinus = 1 / (1 + np.exp(np.clip((away - 2.3) / 0.5, -30, 30))) * np.clip(2 * fluid, 0, 1)
    return np.clip(np.maximum.reduce([trunks, small, sheet * (healthy.wall_mm > 2), sinus]), 0, 1)


def tubes(noise: np.ndarray, radius_mm: float, spacing: Spacing) -> np.ndarray:
    """Return how much of a voxel lies within `radius_mm` of the zeros of a smooth noise (x, y, z), 0..1."""
    steps = np.broadcast_to(spacing, 3)
    slopes = [np.gradient(noise, steps[axis], axis=axis) for axis in range(3) if np.isfinite(steps[axis])]
    away_mm = noise / (np.sqrt(sum(slope**2 for slope in slopes)) + 1e-6)
    width = max(radius_mm, 0.4 * float(np.min(spacing)))
    return radius_mm / width * np.exp(-0.5 * np.clip(away_mm / width, -9, 9) ** 2)


def plexus_share(healthy: Tissue, noise: FineNoise) -> np.ndarray:
    """Return the share (x, y, z), 0..1, of choroid plexus: fringed, in the fluid of the ventricles only."""
    here = np.clip(0.6 + 0.5 * noise.calibre, 0, 1) * np.clip(0.5 + 0.6 * noise.fringe, 0, 1)
    return healthy.plexus * here * healthy.fractions[0]


def hyperintensities(p: Parameters, noise: FineNoise, wm: np.ndarray, wall_mm: np.ndarray) -> np.ndarray:
    """Return the share of white matter that is brighter on FLAIR and T2.

    Everybody has a thin line along the ventricles; caps and spots come with age (Fazekas et al., AJR 149:351,
    1987).
    """
    outside = np.clip(wall_mm, 0, None)
    line = 0.3 * np.exp(-((outside / 1.2) ** 2))
    reach = 1.5 + 2.5 * p.hyperintensity
    caps = p.hyperintensity * np.exp(-((outside / reach) ** 2)) * np.clip(0.5 + 0.5 * noise.region, 0, 1)
    spots = np.clip(noise.patch - 3.1 + 0.6 * p.hyperintensity, 0, 1) * (p.hyperintensity > 0.15)
    more = np.zeros_like(wm)
    if p.spots:
        more = 1 / (1 + np.exp(np.clip((3.0 - 1.3 * p.spots - noise.patch) / 0.1, -30, 30)))
    return wm * np.clip((line + caps) * (wall_mm > -0.5) + spots + more, 0, 0.8)
