"""Grow tumours by reaction and diffusion, label them by the front's arrival, and push the brain aside.

du/dt = div(D grad u) + rho u (1 - u), the Fisher-Kolmogorov equation of Swanson et al. (Cell Prolif. 33:317,
2000), with D nine times larger in white matter than in grey and zero in CSF and beyond the skull. It runs on
a 2 mm grid, whatever the spacing of the images, so that a subject has the same tumour at 1 mm and at 2 mm.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import Anatomy, sample, smooth_noise
from gancourse.cohort.phantom.parameters import Parameters
from gancourse.errors import InputError

STEP_MM = 2.0
HALF_BOX_MM = 62.0
DIFFUSION_WM = 1 / 7  # D dt / h^2, below the explicit scheme's limit of 1/6
DIFFUSION_RATIO = 9.0
GROWTH = 0.11  # rho dt
LARGEST_ML = 210.0  # a larger tumour pushes less, so that no label exceeds 220 mL at any spacing


@dataclass(frozen=True)
class Tumour:
    """Level sets, negative inside, on a 2 mm box whose first voxel is at `origin` (mm).

    `whole` counts time steps of the growth; `core` and `necrosis` are roughly in mm; `push` is (3, x, y, z)
    in mm.
    """

    origin: np.ndarray
    whole: np.ndarray
    core: np.ndarray
    necrosis: np.ndarray
    push: np.ndarray

    def at(self, field: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Interpolate one of the fields at `points` (3, ...) in mm; beyond the box, repeat its edge."""
        return sample(field, (points.T - self.origin).T / STEP_MM)

    def undo_push(self, points: np.ndarray) -> np.ndarray:
        """Return where the tissue now at `points` (3, ...), in mm, was before the tumour pushed it."""
        return points - np.stack([self.at(field, points) for field in self.push])


def grow(p: Parameters, anatomy: Anatomy, rng: np.random.Generator) -> Tumour | None:
    """Grow the tumour that the parameters describe; None in a healthy subject.

    Raises:
        InputError: no tissue is left to grow in; another seed helps.
    """
    if p.grade == "healthy":
        return None
    seeds = choose_seeds(p, anatomy, rng)
    origin = np.floor((seeds[0] - HALF_BOX_MM) / STEP_MM) * STEP_MM
    count = int(2 * HALF_BOX_MM / STEP_MM)
    axis = np.arange(count, dtype=np.float32) * STEP_MM
    points = np.stack(np.meshgrid(*[axis + o for o in origin], indexing="ij")).astype(np.float32)
    tissue = anatomy.tissue(points)
    brain, csf, wm = tissue.brain, tissue.fractions[0], tissue.fractions[2]
    gm = tissue.fractions[[1, 3, 4, 5]].sum(0)

    lumps = 0.6 * smooth_noise(rng, gm.shape, 5 / STEP_MM) + 0.8 * smooth_noise(rng, gm.shape, 11 / STEP_MM)
    speed = np.exp(p.irregularity * lumps)
    diffusion = (
        DIFFUSION_WM
        * np.clip(0.55 * (wm + gm / DIFFUSION_RATIO) * speed, 0, 1.15)
        * (csf < 0.5)
        * (brain > 0)
    )
    start = [np.round((seed - origin) / STEP_MM).astype(int) for seed in seeds]
    arrival = arrival_times(diffusion, start, p.tumour_ml, p.focus_delay)
    if not np.isfinite(arrival).any():
        raise InputError(
            f"subject {p.index}, seed {p.seed}: no room for a tumour at {seeds[0]}; take another seed"
        )

    end = arrival[np.isfinite(arrival)].max()
    whole = np.where(np.isfinite(arrival), arrival, end * 1.15) - end
    # The core follows white matter less than oedema does, and lies where the front arrived first.
    rounded = ndimage.gaussian_filter(np.where(np.isfinite(arrival), arrival, end * 1.3), 1.2)
    rounded = rounded * (1 + p.core_ragged * smooth_noise(rng, rounded.shape, 5 / STEP_MM))
    inside = whole < 0
    if p.core_shift:
        direction = rng.standard_normal(3)
        along = np.tensordot(direction / np.linalg.norm(direction), points, axes=1)
        rounded += p.core_shift * rounded[inside].std() * along / along[inside].std()
    level = np.quantile(rounded[inside], p.core_fraction)
    is_core = ndimage.binary_closing(inside & (rounded < level))
    depth = STEP_MM * (ndimage.distance_transform_edt(is_core) - ndimage.distance_transform_edt(~is_core))
    depth = ndimage.gaussian_filter(depth.astype(np.float32), 0.6)
    rim = p.rim_mm * np.exp(p.rim_ragged * smooth_noise(rng, depth.shape, 5 / STEP_MM))
    push = push_field(depth, brain, p.mass_effect)
    for _ in range(8):
        if pushed_ml(whole, push) > LARGEST_ML:
            push = 0.7 * push
    return Tumour(origin, whole, -depth, rim - depth, push)


def pushed_ml(whole: np.ndarray, push: np.ndarray) -> float:
    """Return the volume in mL of the level set `whole` (x, y, z) after the push (3, x, y, z), in mm."""
    voxels = np.indices(whole.shape, dtype=np.float32)
    return float((sample(whole, voxels - push / STEP_MM) < 0).sum() * STEP_MM**3 / 1000)


def choose_seeds(p: Parameters, anatomy: Anatomy, rng: np.random.Generator) -> list[np.ndarray]:
    """Choose points (mm) in white matter, one per focus, above the tentorium or, if so drawn, below it."""
    points = rng.uniform([40, 25, 5], [200, 215, 145], size=(20000, 3)).astype(np.float32).T
    csf, _, wm = anatomy.tissue(points).fractions[:3]
    x, y, z = anatomy.to_template(points)  # MNI, RAS mm
    below = (z < -20) & (y < -40)
    temporal = (y > -40) & (y < 5) & (np.abs(x) > 28) & (z > -28)
    above = (z > -2) | temporal
    good = (wm > 0.6) & (csf < 0.1) & (below if p.infratentorial else above) & (np.abs(x) > 9)
    if not good.any():
        raise InputError(f"subject {p.index}, seed {p.seed}: no white matter for a tumour; take another seed")
    candidates = points.T[good]
    first = candidates[0]
    near = np.linalg.norm(candidates - first, axis=1)
    more = candidates[(near > 18) & (near < 38)]
    return [first, *more[: p.foci - 1]]


def arrival_times(
    diffusion: np.ndarray, start: list[np.ndarray], volume_ml: float, delay: float
) -> np.ndarray:
    """Return the step at which u passes one half, (x, y, z) float32; inf where it never does.

    Growth stops at `volume_ml`. `diffusion` is D dt / h^2. The first focus starts at once, the others after
    60 `delay` steps.
    """
    faces = []
    for axis in range(3):  # harmonic means, so that nothing crosses into CSF
        a, b = np.delete(diffusion, -1, axis), np.delete(diffusion, 0, axis)
        faces.append((2 * a * b / np.maximum(a + b, 1e-6)).astype(np.float32))
    distance = [np.indices(diffusion.shape).T - s for s in start]
    u = np.where((np.linalg.norm(distance[0], axis=-1).T < 2.1) & (diffusion > 0), 1, 0).astype(np.float32)
    arrival = np.where(u > 0.5, 0, np.inf).astype(np.float32)
    alive = diffusion > 0
    wanted = volume_ml * 1000 / STEP_MM**3
    for step in range(1, 700):
        if step == 1 + int(60 * delay):
            for d in distance[1:]:
                u[(np.linalg.norm(d, axis=-1).T < 2.1) & alive] = 1
        change = GROWTH * u * (1 - u) * alive
        for axis, face in enumerate(faces):
            flux = face * np.diff(u, axis=axis)
            change[tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))] += flux
            change[tuple(slice(1, None) if a == axis else slice(None) for a in range(3))] -= flux
        new = u + change
        crossed = (new > 0.5) & ~np.isfinite(arrival)
        arrival[crossed] = step - 1 + np.clip((0.5 - u[crossed]) / np.maximum(change[crossed], 1e-6), 0, 1)
        u = new
        if step % 4 == 0 and np.isfinite(arrival).sum() >= wanted:
            break
    reached = np.sort(arrival[np.isfinite(arrival)])
    if len(reached) > wanted:
        arrival[arrival > reached[int(wanted)]] = np.inf
    return arrival


def push_field(depth: np.ndarray, brain: np.ndarray, mass_effect: float) -> np.ndarray:
    """Return the displacement (3, x, y, z) in mm away from the core; none at the skull.

    Its largest value is the fraction `mass_effect` of the core's radius.
    """
    core = (depth > 0).astype(np.float32)
    radius = (core.sum() * STEP_MM**3 * 3 / (4 * np.pi)) ** (1 / 3)
    bulge = ndimage.gaussian_filter(core, max(radius * 0.8, 3) / STEP_MM)
    field = -np.stack(np.gradient(bulge))
    strength = np.linalg.norm(field, axis=0).max()
    room = np.clip(ndimage.distance_transform_edt(brain > 0) * STEP_MM / 15, 0, 1)
    if strength > 0:
        field *= mass_effect * radius / strength
    return (field * room).astype(np.float32)
