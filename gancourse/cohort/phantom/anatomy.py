"""Deform the ICBM template into the anatomy of one subject.

A subject is one smooth, invertible map from its own space into the template's: an affine (size, shape, tilt),
the exponential of a random stationary velocity field (Arsigny et al., MICCAI 2006), and a shift along the
normal of the ventricles, which differs from horn to horn. Thresholds on the template's T1 average then say
what is fluid, cortex and white matter; they differ between subjects and, smoothly, between places. Sulci of
a person's own are added, and deep nuclei come from the template. All subjects derive from one average: a
held-out phantom is not a held-out person.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from gancourse.cohort.phantom.parameters import Parameters
from gancourse.cohort.phantom.template import Field, load_template

#: BraTS' grid: voxels at 1 mm, and the point at which the middle of the brain is placed.
GRID_MM = (240, 240, 155)
CENTRE_MM = np.array([119.5, 119.5, 74.0])
CENTRE_MNI = np.array([0.0, -18.0, 6.0])  # the middle of the template's box
COARSE_MM = 5.0  # spacing of the velocity field
COARSE_SHAPE = tuple(int(np.ceil(n / COARSE_MM)) + 1 for n in GRID_MM)
FINE_MM = 2.0  # spacing of the noise that folds the cortex
BRAIN_MNI = (-80, -115, -75), (80, 85, 90)  # holds the template's brain
FOLD_MM = 26.0  # depth to which a person's own folds reach
SHEET_MM = 6.0  # scale of the noise whose zeros are a person's own sulci
SULCUS_MM = 10.0  # their usual depth below the hull
#: The template's level by the distance from the middle of such a sulcus, mm: fluid, cortex, white matter.
SULCUS_PROFILE = (0.0, 0.4, 0.8, 2.0, 3.0, 5.0), (0.35, 0.46, 0.78, 0.85, 1.0, 1.3)
MOUTHS, BLADES = 0.065, 0.025  # how much more fluid, and white matter, there is near the hull than deeper
APART_MM = 4.5  # by which a place in one hemisphere differs from its mirror image, usually
FOLLOWED = 0.8  # share of the way out to the hull along which folds run straight
SLAB_MM = 16.0  # to both sides of a height, if only a slab is drawn
#: Levels of the T1 average: fluid lies below the first, white matter above the second; the third is the least
#: at the crown of a gyrus.
FLUID_LEVEL, WHITE_LEVEL, CROWN_LEVEL = 0.415, 0.928, 0.85


def smooth_noise(rng: np.random.Generator, shape: tuple[int, ...], sigma: float | np.ndarray) -> np.ndarray:
    """Draw float32 noise, mean 0, standard deviation 1, smoothed by `sigma` voxels (one or per axis)."""
    sigmas = np.broadcast_to(sigma, len(shape))
    # Broad noise is drawn on a coarse grid: the same to look at, in a fraction of the time.
    factors = [max(1, int(s // 2)) for s in sigmas]
    coarse = [-(-n // f) + 1 for n, f in zip(shape, factors, strict=True)]
    field = rng.standard_normal(coarse, dtype=np.float32)
    field = ndimage.gaussian_filter(field, sigmas / factors, mode="wrap")
    for axis, (count, factor) in enumerate(zip(shape, factors, strict=True)):
        if factor > 1:
            at = np.arange(count) / factor
            away = np.abs(at[:, None] - np.arange(coarse[axis]))
            spread = np.clip(1 - away, 0, None).astype(np.float32)
            field = np.moveaxis(np.tensordot(spread, field, (1, axis)), 0, axis)
        else:
            field = field.take(np.arange(count), axis)
    return (field - field.mean()) / field.std()


def sample(volume: np.ndarray, coordinates: np.ndarray, order: int = 1) -> np.ndarray:
    """Interpolate `volume` (X, Y, Z) at voxel coordinates (3, ...); beyond the edge, repeat the edge."""
    return ndimage.map_coordinates(volume, coordinates, order=order, mode="nearest", prefilter=order > 1)


@dataclass(frozen=True)
class Tissue:
    """Healthy anatomy at points (3, x, y, z); arrays (x, y, z), float32.

    Attributes:
        fractions: (6, x, y, z), 0..1, of CSF, GM, WM, STR, THA and PAL; their sum is 1 in the brain, else 0.
        brain: bool.
        depth_mm: below the brain's hull, negative outside.
        wall_mm: distance to the ventricles' wall, negative inside.
        trunks, plexus: 0..1, large vessels and choroid plexus.
        barrier_mm: distance to the falx or the tentorium.
        tracts: how much longer T1 and T2 are than usual in white matter, as `Maps.texture`.
        below: 0..1, under the tentorium.
    """

    fractions: np.ndarray
    brain: np.ndarray
    depth_mm: np.ndarray
    wall_mm: np.ndarray
    trunks: np.ndarray
    plexus: np.ndarray
    barrier_mm: np.ndarray
    below: np.ndarray
    tracts: np.ndarray


@dataclass(frozen=True)
class Anatomy:
    """Map from a subject to the template. Points are LPS, in mm from the first voxel of BraTS' 1 mm grid."""

    matrix: np.ndarray  # (3, 3), subject mm to template mm
    displacement: np.ndarray  # (3, x, y, z), mm, on the coarse grid
    gyri: np.ndarray  # (3, x, y, z), mm on the coarse grid: a finer displacement, none at the hull
    halves: (
        np.ndarray
    )  # (2, 3, x, y, z), mm on the coarse grid: what sets the left and right hemisphere apart
    horns: np.ndarray  # (x, y, z), mm on the coarse grid: shift of the ventricles' wall outwards
    folds: Field  # noise in the template's space: unevenness of sulci and gyri
    sheets: Field  # unit noise there, whose zeros are sulci of one's own
    fluid_level: float
    white_level: float
    edge: np.ndarray  # (x, y, z), unit noise on the coarse grid: unevenness of the skull stripping
    edge_mm: float

    def to_template(self, points: np.ndarray) -> np.ndarray:
        """Return the MNI coordinates (3, ...) in mm, RAS, of `points` (3, ...)."""
        return self.bend(points, *self.hull(points))

    def hull(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where the smooth deformation puts `points` (3, ...), MNI mm, and their depth (...) in mm."""
        coarse = points / COARSE_MM
        moved = np.stack([p + sample(d, coarse) for p, d in zip(points, self.displacement, strict=True)])
        column = (3,) + (1,) * (points.ndim - 1)
        target = np.tensordot(self.matrix, moved - CENTRE_MM.reshape(column), axes=1)
        target = target * np.array([-1, -1, 1]).reshape(column) + CENTRE_MNI.reshape(column)
        return target.astype(np.float32), load_template().depth.at(target)

    def bend(self, points: np.ndarray, target: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Add to `target` (3, ...) what lies within the hull: a person's own gyri and ventricles."""
        template = load_template()
        coarse = points / COARSE_MM
        target = target + np.clip(depth / 14, 0, 1) * np.stack([sample(g, coarse) for g in self.gyri])
        # The template is symmetric, people are not: the hemispheres differ but for what joins them.
        apart = np.clip(depth / 14, 0, 1) * np.clip((template.wall.at(target) - 4) / 12, 0, 1)
        apart *= 1 - np.clip(template.below.at(target) + template.stem.at(target) / 255, 0, 1)
        left, right = (np.stack([sample(h, coarse) for h in half]) for half in self.halves)
        sideways = np.stack([np.clip(np.abs(target[0]) / 20, 0, 1), *np.ones((2, *depth.shape))])
        target = target + apart * sideways * np.where(target[0] < 0, left, right)
        wall = template.wall.at(target)
        push = sample(self.horns, coarse) * np.exp(-np.abs(wall) / 14)
        # Never push through the opposite wall: tissue that the ventricle displaces comes from just inside it.
        push = np.minimum(push, 0.9 * np.clip(wall + 1, 0, None))
        return (target - push * np.stack([n.at(target) for n in template.normal])).astype(np.float32)

    def tissue(self, points: np.ndarray) -> Tissue:
        """Return the healthy anatomy at `points` (3, x, y, z)."""
        target, depth = self.hull(points)
        brain = depth > self.edge_mm + np.clip(sample(self.edge, points / COARSE_MM), -1, 3)
        near = depth > -4  # nothing else is computed in the air
        values = self.within(points[:, near], target[:, near], depth[near])
        filled = np.zeros((len(values), *depth.shape), np.float32)
        filled[:, near] = values
        filled[8:10, ~near] = 99.0
        fractions, (trunks, plexus) = filled[:6] * brain, filled[6:8] * brain
        wall, barrier, under, tracts = filled[8:]
        return Tissue(fractions, brain, depth, wall, trunks, plexus, barrier, under, tracts)

    def folded(self, level: np.ndarray, mni: np.ndarray) -> np.ndarray:
        """Fold a person's own sulci and gyri into the template's `level` (n) at `mni` (3, n).

        Folds run inwards from the hull, so the noise there is looked up further out. The zeros of the sheets'
        noise are sulci, lined with cortex, that end at a depth which varies from place to place.
        """
        template = load_template()
        depth = template.depth.at(mni)
        out = mni - FOLLOWED * np.clip(depth - 4, 0, None) * np.stack([n.at(mni) for n in template.inwards])
        share = np.clip((FOLD_MM - depth) / 8, 0, 1) * np.clip((template.wall.at(mni) - 5) / 5, 0, 1)
        share = share * (1 - template.below.at(mni))
        uneven, sheet = self.folds.at(out), SHEET_MM * np.abs(self.sheets.at(out))
        bottom = SULCUS_MM * (1 + 3 * uneven)
        profile = np.interp(np.hypot(sheet, np.clip(depth - bottom, 0, None)), *SULCUS_PROFILE)
        return np.minimum(level + share * uneven, np.where(share > 0, profile, np.inf))

    def within(self, points: np.ndarray, target: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Compute (12, n) at points (3, n): six fractions, trunks, plexus, wall, barrier, below, tracts."""
        template = load_template()
        mni = self.bend(points, target, depth)
        level = template.level.at(mni)
        lining, stem = template.lining.at(mni) / 255, template.stem.at(mni) / 255
        crown = CROWN_LEVEL + 0.035 * np.clip(depth - 2.8, 0, None)  # cortex covers the crown of every gyrus
        level = np.minimum(self.folded(level, mni), np.where(stem > 0.5, np.inf, crown))
        # Averaging closed the mouths of sulci and the white blades of gyri in the template.
        near_hull = np.clip(1 - (depth - 3) / 12, 0, 1) * (1 - stem)
        fluid_at, white_at = self.fluid_level + MOUTHS * near_hull, self.white_level - BLADES * near_hull
        # Between ventricle and white matter nothing is grey: both thresholds meet.
        fluid_level = fluid_at + lining * (0.73 - fluid_at)
        white_level = white_at + lining * (0.74 - white_at)
        csf = below(level - fluid_level, 0.045)
        # Grey and white matter mix in the brainstem, below the size of a voxel.
        grey = below(level - white_level, 0.025 + 0.1 * stem)
        deep = np.stack([d.at(mni) / 255 for d in template.deep])
        rest = (1 - csf) * (1 - deep.sum(0).clip(0, 1))
        vessels = (f.at(mni) / 255 for f in (template.trunks, template.plexus))
        distances = (f.at(mni) for f in (template.wall, template.barrier, template.below, template.tracts))
        return np.stack([csf, rest * grey, rest * (1 - grey), *(deep * (1 - csf)), *vessels, *distances])


def below(level: np.ndarray, width: float | np.ndarray) -> np.ndarray:
    """Fall from 1 (level < 0) to 0 over about `width` to both sides."""
    return 1 / (1 + np.exp(np.clip(level / width, -30, 30)))


def grid_points(spacing: float) -> np.ndarray:
    """Return the voxel centres (3, X, Y, Z), in mm, of a grid over BraTS' field of view."""
    shape = grid_shape(spacing)
    axes = [np.arange(n, dtype=np.float32) * spacing + (spacing - 1) / 2 for n in shape]
    return np.stack(np.meshgrid(*axes, indexing="ij"))


def grid_shape(spacing: float) -> tuple[int, int, int]:
    """Return the size of BraTS' 240 x 240 x 155 mm in voxels of `spacing` mm."""
    x, y, z = (int(np.ceil(n / spacing)) for n in GRID_MM)
    return x, y, z


def grid_affine(spacing: float) -> np.ndarray:
    """Return the affine (4, 4) of that grid: LPS on disk, with BraTS' origin (0, 239, 0) at 1 mm."""
    affine = np.diag([-spacing, -spacing, spacing, 1.0])
    affine[:3, 3] = np.array([0, 239, 0]) + np.array([-1, -1, 1]) * (spacing - 1) / 2
    return affine


def make_anatomy(p: Parameters, rng: np.random.Generator, height_mm: float | None = None) -> Anatomy:
    """Draw the deformation of one subject; everything else follows from its parameters.

    With a `height_mm` above the bottom of the field of view, only `SLAB_MM` to both sides are drawn, in a
    fifth of the time; beyond, the edge is repeated. It is another subject than without.
    """
    low, high = np.array(BRAIN_MNI, float)
    coarse, bottom = COARSE_SHAPE, 0
    if height_mm is not None:
        bottom = max(0, int((height_mm - SLAB_MM) // COARSE_MM))
        top = min(COARSE_SHAPE[2], int((height_mm + SLAB_MM) // COARSE_MM) + 2)
        coarse = (*COARSE_SHAPE[:2], top - bottom)
        middle = CENTRE_MNI[2] + height_mm - CENTRE_MM[2]
        low[2], high[2] = max(low[2], middle - SLAB_MM), min(high[2], middle + SLAB_MM)

    def whole(field: np.ndarray) -> np.ndarray:
        """Extend (..., x, y, z) to the whole coarse grid."""
        above = COARSE_SHAPE[2] - bottom - coarse[2]
        return np.pad(field, [(0, 0)] * (field.ndim - 1) + [(bottom, above)], mode="edge")

    def vectors(sigma_mm: float, weight: float) -> np.ndarray:
        noise = [smooth_noise(rng, coarse, sigma_mm / COARSE_MM) for _ in range(3)]
        return p.deformation_mm * weight * np.stack(noise)

    velocity = vectors(32, 0.7) + vectors(17, 0.3)
    gyri = exponential(vectors(7.5, 0.8))
    halves = np.stack([exponential(APART_MM / p.deformation_mm * vectors(18, 0.7)) for _ in range(2)])
    horns = p.ventricle_mm + p.asymmetry_mm * smooth_noise(rng, coarse, 22 / COARSE_MM)
    shape = tuple(np.ceil((high - low) / FINE_MM).astype(int) + 1)
    folds = p.folding * (
        0.8 * smooth_noise(rng, shape, 2.4 / FINE_MM) + 0.5 * smooth_noise(rng, shape, 4.5 / FINE_MM)
    )
    sheets = smooth_noise(rng, shape, SHEET_MM / FINE_MM)
    fluid_level = float(FLUID_LEVEL + 0.14 * np.log(p.sulcus_gain))
    edge = smooth_noise(rng, coarse, 1.6)
    angles = np.deg2rad([p.tilt_x_deg, p.tilt_y_deg, p.tilt_z_deg])
    scale = p.brain_scale * np.array([p.width_scale, p.length_scale, 1 / (p.width_scale * p.length_scale)])
    matrix = np.diag(1 / scale) @ Rotation.from_euler("xyz", angles).as_matrix()
    return Anatomy(
        matrix,
        whole(exponential(velocity)),
        whole(gyri),
        whole(halves),
        whole(horns),
        Field(folds, low, FINE_MM),
        Field(sheets, low, FINE_MM),
        fluid_level,
        WHITE_LEVEL + p.cortex_level,
        whole(edge),
        p.edge_mm,
    )


def exponential(velocity: np.ndarray, steps: int = 6) -> np.ndarray:
    """Integrate `velocity` for unit time -> displacement (3, x, y, z), in mm on the coarse grid.

    Scaling and squaring keeps the map invertible, however large the velocity.
    """
    grid = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float32) for n in velocity.shape[1:]], indexing="ij"))
    displacement = velocity / 2**steps
    for _ in range(steps):
        moved = grid + displacement / COARSE_MM
        displacement = displacement + np.stack([sample(d, moved) for d in displacement])
    return displacement
