"""Push the brain aside: what a growing tumour displaces flows towards the fluid that can make room for it.

On the anatomy's coarse grid the velocity is a potential flow, u = grad(phi), with div u = source - sink. The
source is the tumour, which swells; the sink is the fluid of ventricles and sulci, which is pressed out, that
of the ventricle beside the tumour most of all. Nothing flows through the skull, and little through the falx
and the tentorium. Tissue therefore moves into the near ventricle and the near sulci, and the midline bows
away from the tumour. The displacement is the exponential of that velocity, so that it stays invertible
however large it is (Arsigny et al., MICCAI 2006).
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.linalg import cg

from gancourse.cohort.phantom.anatomy import COARSE_MM, COARSE_SHAPE, Anatomy, exponential, sample

NEAR_MM, NEAR_GAIN = 16.0, 10.0  # how much more the ventricles yield near the tumour
SULCI_GAIN = 3.0  # and the sulci there
LEFT_OVER = 0.15  # share of the fluid that cannot be pressed out
MOST_ML = 85.0  # of brain that a tumour displaces
STIFF_MM = 3.0  # half the thickness over which falx and tentorium resist
RESISTANCE = 0.1  # conductance there, relative to the rest


@dataclass(frozen=True)
class Push:
    """Displacement of tissue, in mm, on the anatomy's coarse grid: forwards and backwards, (3, x, y, z)."""

    forward: np.ndarray
    backward: np.ndarray

    def to_present(self, points: np.ndarray) -> np.ndarray:
        """Return where tissue from `points` (3, ...), in mm, lies after the push."""
        return displaced(points, self.forward)

    def to_origin(self, points: np.ndarray) -> np.ndarray:
        """Return where the tissue now at `points` (3, ...), in mm, was before the push."""
        return displaced(points, self.backward)


def displaced(points: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Add the displacement `field` (3, x, y, z) on the coarse grid to `points` (3, ...), all in mm."""
    coarse = points / COARSE_MM
    return np.stack([p + sample(d, coarse) for p, d in zip(points, field, strict=True)])


def coarse_points() -> np.ndarray:
    """Return the points (3, x, y, z) of the anatomy's coarse grid, in mm."""
    return (np.indices(COARSE_SHAPE) * COARSE_MM).astype(np.float32)


def push_aside(
    swelling: np.ndarray,
    fluid: np.ndarray,
    ventricle: np.ndarray,
    brain: np.ndarray,
    barrier_mm: np.ndarray,
) -> Push:
    """Compute the push of a tumour; all arrays are (x, y, z) on the coarse grid.

    Args:
        swelling: rate of the growth in volume, 0 outside the tumour.
        fluid: share of fluid in each voxel, 0 to 1.
        ventricle: bool, where that fluid is a ventricle's.
        brain: bool.
        barrier_mm: distance to the falx or the tentorium.
    """
    source = np.where(brain, swelling, 0).astype(float)
    source *= min(1.0, MOST_ML * 1000 / COARSE_MM**3 / max(source.sum(), 1e-9))
    away = source < 0.5 * source.max()
    near = np.exp(-COARSE_MM * ndimage.distance_transform_edt(away) / NEAR_MM)
    sink = pressed_out(
        np.where(brain & away, fluid, 0), 1 + near * np.where(ventricle, NEAR_GAIN, SULCI_GAIN), source.sum()
    )
    source *= sink.sum() / max(source.sum(), 1e-9)  # less, if there is no room for all of it
    velocity = potential_flow(source - sink, brain, np.where(barrier_mm < STIFF_MM, RESISTANCE, 1.0))
    return Push(exponential(velocity), exponential(-velocity))


def pressed_out(fluid: np.ndarray, readiness: np.ndarray, wanted: float) -> np.ndarray:
    """Return how fast fluid gives way (x, y, z): in proportion to its share and its readiness.

    The sum is what is wanted, or less where there is not so much fluid.
    """
    most = -np.log(1 - (1 - LEFT_OVER) * np.clip(fluid, 0, 1))
    low, high = 0.0, 1e4
    for _ in range(50):
        middle = (low + high) / 2
        less = np.minimum(middle * fluid * readiness, most).sum() < wanted
        low, high = (middle, high) if less else (low, middle)
    return np.minimum(high * fluid * readiness, most)


def midline_shift(push: Push, anatomy: Anatomy) -> float:
    """Return by how much, in mm, the push moves the midline sideways at most, between the lateral ventricles.

    It is looked for where septum pellucidum, fornix and third ventricle lie.
    """
    axes = (np.arange(95, 146, 2.0), np.arange(60, 181, 4.0), np.arange(40, 121, 4.0))
    points = np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
    x, y, z = anatomy.to_template(points)
    there = (np.abs(x) < 1.5) & (np.abs(y) < 25) & (z > -5) & (z < 22)
    moved = (push.to_present(points) - points)[:, there]
    return float(np.abs(moved[0]).max(initial=0.0))


def jacobian(field: np.ndarray) -> np.ndarray:
    """Return the growth in volume (x, y, z) by a displacement (3, x, y, z), both on the coarse grid.

    It is the determinant of the map's Jacobian: positive where the map is invertible.
    """
    slopes = np.stack([np.stack(np.gradient(f, COARSE_MM)) for f in field])
    slopes += np.eye(3)[:, :, None, None, None]
    return np.linalg.det(np.moveaxis(slopes, (0, 1), (-2, -1))).astype(np.float32)


def potential_flow(divergence: np.ndarray, inside: np.ndarray, conductance: np.ndarray) -> np.ndarray:
    """Return the velocity (3, x, y, z), in mm per unit time, that has this divergence inside.

    It is the gradient of a potential, weighted by the conductance; nothing flows out.
    """
    number = np.full(inside.shape, -1)
    number[inside] = np.arange(inside.sum())
    rows, columns, weights, faces = [], [], [], []
    for axis in range(3):
        low, high = (
            np.take(number, range(*r), axis) for r in ((inside.shape[axis] - 1,), (1, inside.shape[axis]))
        )
        a, b = (
            np.take(conductance, range(*r), axis)
            for r in ((inside.shape[axis] - 1,), (1, inside.shape[axis]))
        )
        weight = np.where((low >= 0) & (high >= 0), 2 * a * b / (a + b), 0)
        faces.append(weight)
        there = weight > 0
        rows += [low[there], high[there]]
        columns += [high[there], low[there]]
        weights += [weight[there]] * 2
    row, column, weight = np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)
    count = int(inside.sum())
    laplace = sparse.coo_matrix((weight, (row, column)), (count, count)).tocsr()
    total = np.asarray(laplace.sum(1)).ravel()
    matrix = sparse.diags(total + 1e-6) - laplace  # the small term fixes the potential's free constant
    wanted = divergence[inside] * COARSE_MM
    wanted = wanted - wanted.mean()
    solution, _ = cg(matrix, -wanted, rtol=1e-7, maxiter=2000, M=sparse.diags(1 / (total + 1e-6)))
    potential = np.zeros(inside.shape)
    potential[inside] = solution
    velocity = []
    for axis, face in enumerate(faces):
        flux = face * np.diff(potential, axis=axis)
        low, high = (np.pad(flux, [(s if a == axis else (0, 0)) for a in range(3)]) for s in ((1, 0), (0, 1)))
        velocity.append((low + high) / 2)
    smooth = [ndimage.gaussian_filter(v, 0.6) for v in velocity]
    return np.stack(smooth).astype(np.float32)
