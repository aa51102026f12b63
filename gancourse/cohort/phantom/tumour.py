"""Grow tumours: a core, oedema that spreads from it through white matter, and the push on the brain.

Everything is computed before the push, on grids of its own, whatever the spacing of the images, so that a
subject has the same tumour at 1 mm and at 2 mm.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import COARSE_MM, Anatomy, Tissue, sample, smooth_noise
from gancourse.cohort.phantom.core_shape import Box, Core, shape_core
from gancourse.cohort.phantom.infiltration import DIFFUSION_RATIO, DIFFUSION_WM, arrival_times
from gancourse.cohort.phantom.mass_effect import Push, coarse_points, jacobian, push_aside
from gancourse.cohort.phantom.parameters import Parameters
from gancourse.cohort.phantom.roughness import Roughness
from gancourse.cohort.phantom.seeds import choose_seeds
from gancourse.errors import InputError

STEP_MM = 2.0
HALF_BOX_MM = 62.0
MM_PER_STEP = 0.5  # speed of the front in white matter
GREY_MM, FLUID_MM = 20.0, 20.0  # oedema includes cortex and sulci only that deep inside itself
FREE_MM = 38.0  # distance from the core's middle beyond which oedema becomes rarer
SWELLING = 0.4  # of oedema, relative to the core's
MIDLINE_MM = 2.5  # half the thickness of the midline, where only white matter can be crossed
LATE_MM = 60.0  # where oedema does not come
ROUGHNESS_MM = (1.6, 2.0, 4.0, 4.0, 10.0)
BARRIER_MM = 1.2  # half the thickness of what stops a tumour at the falx and at the tentorium


@dataclass(frozen=True)
class Tumour:
    """A tumour before its push.

    `oedema` is a level set on `box`, roughly in mm: white matter is swollen where it is negative. `core`
    holds its own box. `stretch` is what the push multiplies lengths in the core by.
    """

    box: Box
    oedema: np.ndarray
    core: Core
    roughness: tuple[Roughness, ...]
    stretch: float
    push: Push

    def undo_push(self, points: np.ndarray) -> np.ndarray:
        """Return where the tissue now at `points` (3, ...), in mm, was before the tumour pushed it."""
        return self.push.to_origin(points)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest coordinates (3,), in mm, of the tumour after its push."""
        inside = self.box.points()[:, self.oedema < 0]
        moved = np.concatenate([self.push.to_present(inside), self.core_points()], axis=1)
        return moved.min(1), moved.max(1)

    def core_points(self) -> np.ndarray:
        """Return the points (3, n) of the core, in mm, after the push."""
        return self.push.to_present(self.core.box.points()[:, self.core.level < 0])


def grow(p: Parameters, anatomy: Anatomy, rng: np.random.Generator) -> Tumour | None:
    """Grow the tumour that the parameters describe; None in a healthy subject.

    Raises:
        InputError: no tissue is left to grow in; another seed helps.
    """
    if p.grade == "healthy":
        return None
    seeds = choose_seeds(p, anatomy, rng)
    count = int(2 * HALF_BOX_MM / STEP_MM)
    box = Box(np.floor((seeds[0] - HALF_BOX_MM) / STEP_MM) * STEP_MM, STEP_MM, (count,) * 3)
    tissue = anatomy.tissue(box.points())
    core_ml = p.tumour_ml * p.core_fraction
    stretch = expected_stretch(p.mass_effect, core_ml)
    here, core_room_mm = room(p, anatomy, seeds[0], box, tissue)
    core = shape_core(p, rng, seeds, box, core_room_mm, core_ml / stretch**3, stretch)
    start = core.box.at(core.level, box.points()) < 0
    if not start.any():
        raise InputError(f"subject {p.index}, seed {p.seed}: no room for a tumour; take another seed")

    oedema = spread(p, rng, box, tissue, here, start)
    level = spared(oedema, tissue.fractions[0], grey_of(tissue))
    counted = here & (tissue.wall_mm > 0)
    before_ml = (p.tumour_ml - core_ml) / (1 + 0.5 * p.mass_effect * SWELLING) + core_ml / stretch**3
    end = threshold(level, counted, np.ones(level.shape), before_ml)
    push = push_of(p, anatomy, box, start, counted & (level < end))
    end = threshold(level, counted, determinant(push, box.points()), p.tumour_ml)
    roughness = tuple(Roughness.draw(rng, mm) for mm in ROUGHNESS_MM)
    return Tumour(box, (oedema - end).astype(np.float32), core, roughness, stretch, push)


def room(
    p: Parameters, anatomy: Anatomy, seed: np.ndarray, box: Box, tissue: Tissue
) -> tuple[np.ndarray, np.ndarray]:
    """Return where on the box the tumour can be (bool), and by how many mm its core is free to be there.

    A tumour stays above or below the tentorium; it passes the midline in white matter only, and its core only
    if it is a butterfly or in the cerebellum.
    """
    here = tissue.brain & (tissue.below > 0.5 if p.infratentorial else tissue.below < 0.5)
    free_mm = np.min([tissue.depth_mm - 0.5, tissue.wall_mm - 1.0, tissue.barrier_mm - BARRIER_MM], axis=0)
    if not p.infratentorial:
        rough = Box(box.origin, 8.0, (box.shape[0] // 4 + 2,) * 3)
        right = rough.at(anatomy.to_template(rough.points())[0], box.points())  # of the midline, mm
        here &= (np.abs(right) > MIDLINE_MM) | (tissue.fractions[2] > 0.5)
        if not p.butterfly:
            own = np.sign(anatomy.to_template(seed[:, None])[0])
            free_mm = np.minimum(free_mm, own * right - 1)
    return here, np.where(here, free_mm, -1)


def spread(
    p: Parameters,
    rng: np.random.Generator,
    box: Box,
    tissue: Tissue,
    here: np.ndarray,
    start: np.ndarray,
) -> np.ndarray:
    """Return how late oedema comes from the core `start` (bool): (x, y, z), roughly in mm; -1 in it."""
    fluid, white, grey = tissue.fractions[0], tissue.fractions[2], grey_of(tissue)
    near, wide = (smooth_noise(rng, fluid.shape, mm / STEP_MM) for mm in (6, 16))
    speed = 0.55 * np.exp(p.irregularity * (0.6 * near + 0.8 * wide))
    permeable = here & (fluid < 0.5) & (tissue.barrier_mm > BARRIER_MM)
    diffusion = DIFFUSION_WM * np.clip((white + grey / DIFFUSION_RATIO) * speed, 0, 1.15) * permeable
    wanted = int(p.tumour_ml * 1000 / STEP_MM**3)
    arrival = arrival_times(diffusion, start, wanted, permeable & (grey < 0.5))
    middle = box.points()[:, start].mean(1)
    far_mm = np.linalg.norm(box.points().T - middle, axis=-1).T - FREE_MM
    late = MM_PER_STEP * filled(arrival, diffusion > 0) + 0.5 * np.clip(far_mm, 0, None)
    late[~here & tissue.brain] = LATE_MM
    return np.where(start, -1.0, late)


def expected_stretch(mass_effect: float, core_ml: float) -> float:
    """Return what the push multiplies lengths in a core by: less in small ones, whose push is spread out."""
    growth = 1.0
    for _ in range(20):
        before = core_ml / growth
        growth = 0.5 * growth + 0.5 * (1 + 0.78 * mass_effect * before / (before + 0.9))
    return growth ** (1 / 3)


def grey_of(tissue: Tissue) -> np.ndarray:
    """Return the fraction (...) of grey matter, cortex and deep nuclei together."""
    return tissue.fractions[[1, 3, 4, 5]].sum(0)


def filled(arrival: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Give a time (x, y, z) to voxels that the front did not reach: late, or in closed ones a neighbour's."""
    reached = np.isfinite(arrival)
    known = np.where(reached, arrival, arrival[reached].max() + 12)
    nearest = ndimage.distance_transform_edt(
        ~(reached | is_open), return_distances=False, return_indices=True
    )
    return known[tuple(nearest)]


def spared(oedema: np.ndarray, fluid: np.ndarray, grey: np.ndarray) -> np.ndarray:
    """Return the level set of what is swollen: white matter first, cortex and sulci only deep inside."""
    return oedema + GREY_MM * grey + FLUID_MM * fluid


def threshold(key: np.ndarray, counted: np.ndarray, growth: np.ndarray, volume_ml: float) -> float:
    """Return the value below which voxels make up that volume, each weighted by its growth in volume."""
    values, weights = key[counted], growth[counted]
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order]) * STEP_MM**3 / 1000
    return float(values[order][min(np.searchsorted(total, volume_ml), len(total) - 1)])


def push_of(p: Parameters, anatomy: Anatomy, box: Box, core: np.ndarray, whole: np.ndarray) -> Push:
    """Compute the push of a tumour whose core and whole, before it, are masks on the box."""
    points = coarse_points()
    tissue = anatomy.tissue(points)
    swelling = p.mass_effect * (core + SWELLING * (whole & ~core))
    place = (points.T - box.origin).T / box.step
    within = ((place > 0) & (place.T < np.array(box.shape) - 1).T).all(0)
    mean = ndimage.gaussian_filter(swelling.astype(np.float32), COARSE_MM / box.step / 3)
    ventricle = tissue.wall_mm < 0
    fluid = np.maximum(tissue.fractions[0], ventricle)
    swelling = box.at(mean, points) * within
    return push_aside(swelling, fluid, ventricle, tissue.brain, tissue.barrier_mm)


def determinant(push: Push, points: np.ndarray) -> np.ndarray:
    """Return the growth in volume (...), the push's Jacobian determinant, at `points` (3, ...) in mm."""
    return sample(jacobian(push.forward), points / COARSE_MM)
