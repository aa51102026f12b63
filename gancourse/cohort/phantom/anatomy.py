"""Deform the ICBM template into the anatomy of one subject.

The template is the symmetric ICBM 2009a average at 1 mm (Fonov et al., NeuroImage 54:313, 2011), which
nilearn ships. A subject is one smooth, invertible map from its own space into the template's: an affine
(size, shape, tilt), the exponential of a random stationary velocity field (Arsigny et al., MICCAI 2006), and
a shift along the normal of the ventricles. All subjects therefore share one topology: a held-out phantom is
not a held-out person.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import nilearn
import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from gancourse.cohort.phantom.parameters import Parameters

#: BraTS' grid: voxels at 1 mm, and the point at which the middle of the brain is placed.
GRID_MM = (240, 240, 155)
CENTRE_MM = np.array([119.5, 119.5, 74.0])
COARSE_MM = 5.0  # spacing of the velocity field
COARSE_SHAPE = tuple(int(np.ceil(n / COARSE_MM)) + 1 for n in GRID_MM)
VASCULAR = [((24, -40, 8), (2, 4.5, 4)), ((-24, -40, 8), (2, 4.5, 4)), ((0, -41, 6), (1.5, 3.5, 2))]
SHARPNESS = 2.2  # exponent that reverses the blur of averaging 152 people


@dataclass(frozen=True)
class Template:
    """The template on its 1 mm grid, LPS.

    Attributes:
        tissue: (4, X, Y, Z) float32: CSF, GM and WM in 0..1, and the depth below the brain's surface in mm,
            negative outside.
        wall_mm: (X, Y, Z), distance to the ventricles' wall, negative inside.
        vascular: (X, Y, Z), 0..1, where choroid plexus and the vein of Galen take up gadolinium.
        normal: (3, X, Y, Z), unit normal of the ventricles.
        centre: (3,), voxel at the middle of the brain.
        mni: (3,), voxel at MNI's origin.
    """

    tissue: np.ndarray
    wall_mm: np.ndarray
    vascular: np.ndarray
    normal: np.ndarray
    centre: np.ndarray
    mni: np.ndarray


@lru_cache(maxsize=1)
def load_template() -> Template:
    """Read the template from nilearn's wheel; about two seconds, once per process."""
    folder = Path(nilearn.__file__).parent / "datasets" / "data"  # importing nilearn.datasets is slow

    def read(name: str) -> np.ndarray:
        image = nib.load(folder / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz")
        data = np.asanyarray(nib.as_closest_canonical(image).dataobj)  # RAS
        return data[::-1, ::-1].astype(np.float32) / 255.0  # LPS

    t1, gm, wm = read("t1"), read("gm"), read("wm")
    where = np.argwhere(t1 > 0)
    box = tuple(
        slice(max(int(a) - 8, 0), int(b) + 9) for a, b in zip(where.min(0), where.max(0), strict=True)
    )
    mni = np.array([t1.shape[0] - 1 - 98, t1.shape[1] - 1 - 134, 72]) - [s.start for s in box]
    t1, gm, wm = t1[box], gm[box], wm[box]
    mask = t1 > 0
    csf = np.where(mask, np.clip(1 - gm - wm, 0, 1), 0)

    # Ventricles: CSF well inside the brain. The template has no CSF map: it is what GM and WM leave over.
    depth = ndimage.distance_transform_edt(mask) - ndimage.distance_transform_edt(~mask)
    inner = (csf > 0.5) & (depth > 14)
    parts, count = ndimage.label(inner)
    sizes = ndimage.sum_labels(inner, parts, np.arange(1, count + 1))
    ventricle = np.isin(parts, 1 + np.flatnonzero(sizes > 150))
    distance = ndimage.distance_transform_edt(~ventricle) - ndimage.distance_transform_edt(ventricle)
    smooth = ndimage.gaussian_filter(distance.astype(np.float32), 2.0)
    gradient = np.stack(np.gradient(smooth))
    normal = gradient / np.maximum(np.linalg.norm(gradient, axis=0), 0.3)

    # Averaging leaves a grey lining between ventricle and white matter, which is partial volume, not cortex.
    lining = (smooth > -2) & (smooth < 4)
    near = ndimage.find_objects(ndimage.binary_dilation(lining, iterations=4).astype(int))[0]
    thin = np.zeros_like(gm)
    thin[near] = gm[near] - ndimage.grey_opening(gm[near], size=5)
    thin *= lining
    white, fluid = np.median(t1[wm > 0.95]), np.median(t1[ventricle])
    share = np.clip((t1 - fluid) / (white - fluid), 0, 1)
    gm, wm, csf = gm - thin, wm + thin * share, csf + thin * (1 - share)

    tissue = np.stack([csf, gm, wm, ndimage.gaussian_filter(depth, 0.7)]).astype(np.float32)
    centre = (where.min(0) + where.max(0)) / 2 - [s.start for s in box]
    voxels = np.indices(t1.shape, dtype=np.float32)
    vascular = sum(blob(voxels, mni, at, size) for at, size in VASCULAR) * np.clip(csf * 2, 0, 1)
    return Template(tissue, smooth, vascular.astype(np.float32), normal.astype(np.float32), centre, mni)


def blob(voxels: np.ndarray, mni: np.ndarray, at: tuple[float, ...], size: tuple[float, ...]) -> np.ndarray:
    """Return a Gaussian with standard deviations `size` (mm) at `at` (MNI mm, RAS), over LPS voxels."""
    target = mni + np.array(at) * [-1, -1, 1]
    return np.exp(-0.5 * sum(((v - t) / s) ** 2 for v, t, s in zip(voxels, target, size, strict=True)))


def smooth_noise(rng: np.random.Generator, shape: tuple[int, ...], sigma: float | np.ndarray) -> np.ndarray:
    """Draw float32 noise, mean 0, standard deviation 1, smoothed by `sigma` voxels (one or per axis)."""
    field = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), sigma, mode="wrap")
    return (field - field.mean()) / field.std()


def sample(volume: np.ndarray, coordinates: np.ndarray, order: int = 1) -> np.ndarray:
    """Interpolate `volume` (X, Y, Z) at voxel coordinates (3, ...); beyond the edge, repeat the edge."""
    return ndimage.map_coordinates(volume, coordinates, order=order, mode="nearest", prefilter=order > 1)


@dataclass(frozen=True)
class Anatomy:
    """Map from a subject to the template. Points are LPS, in mm from the first voxel of BraTS' 1 mm grid."""

    matrix: np.ndarray  # (3, 3), subject mm to template mm
    displacement: np.ndarray  # (3, x, y, z), mm, on the coarse grid
    ventricle_mm: float
    sulcus_gain: float
    edge: np.ndarray  # (x, y, z), unit noise on the coarse grid: unevenness of the skull stripping
    edge_mm: float

    def to_template(self, points: np.ndarray) -> np.ndarray:
        """Return the template voxels (3, ...) of `points` (3, ...)."""
        template = load_template()
        coarse = points / COARSE_MM
        moved = np.stack([p + sample(d, coarse) for p, d in zip(points, self.displacement, strict=True)])
        shape = (3,) + (1,) * (points.ndim - 1)
        target = np.tensordot(self.matrix, moved - CENTRE_MM.reshape(shape), axes=1)
        target += template.centre.reshape(shape)
        wall = sample(template.wall_mm, target)
        push = self.ventricle_mm * np.exp(-np.abs(wall) / 14)
        # Never push through the opposite wall: tissue that the ventricle displaces comes from just inside it.
        push = np.minimum(push, 0.9 * np.clip(wall + 1, 0, None))
        return (target - push * np.stack([sample(n, target) for n in template.normal])).astype(np.float32)

    def tissue(self, points: np.ndarray) -> np.ndarray:
        """Return maps (7, ...) at `points`: CSF, GM, WM, brain mask, `wall_mm`, `vascular`, depth in mm."""
        template = load_template()
        target = self.to_template(points)
        csf, gm, wm, depth = (sample(t, target) for t in template.tissue)
        odds = np.stack([csf * self.sulcus_gain, gm, wm]) ** SHARPNESS
        brain = depth > self.edge_mm + 0.5 * np.clip(sample(self.edge, points / COARSE_MM), -3, 3)
        total = odds.sum(0)
        odds[0] += total < 1e-4  # no tissue known: fluid
        fractions = odds / np.maximum(odds.sum(0), 1e-4) * brain
        others = [brain, sample(template.wall_mm, target), sample(template.vascular, target) * brain, depth]
        return np.concatenate([fractions, np.stack(others)])


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


def make_anatomy(p: Parameters, rng: np.random.Generator) -> Anatomy:
    """Draw the deformation of one subject; everything else follows from its parameters."""
    velocity = np.zeros((3, *COARSE_SHAPE), np.float32)
    for sigma_mm, weight in ((32, 0.75), (15, 0.75), (8, 0.45)):
        amplitude = p.deformation_mm * weight
        velocity += amplitude * np.stack(
            [smooth_noise(rng, COARSE_SHAPE, sigma_mm / COARSE_MM) for _ in range(3)]
        )
    edge = smooth_noise(rng, COARSE_SHAPE, 1.6)
    angles = np.deg2rad([p.tilt_x_deg, p.tilt_y_deg, p.tilt_z_deg])
    scale = p.brain_scale * np.array([p.width_scale, p.length_scale, 1 / (p.width_scale * p.length_scale)])
    matrix = np.diag(1 / scale) @ Rotation.from_euler("xyz", angles).as_matrix()
    return Anatomy(matrix, exponential(velocity), p.ventricle_mm, p.sulcus_gain, edge, p.edge_mm)


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
