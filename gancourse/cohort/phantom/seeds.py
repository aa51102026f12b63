"""Choose where a tumour begins: in a hemisphere, in the cerebellum, or beside the corpus callosum."""

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy
from gancourse.cohort.phantom.parameters import Parameters
from gancourse.errors import InputError

#: Where the callosum's fibres gather, MNI mm, from left to right: through the genu, and through the splenium.
BRIDGES = (((-16, 34, 8), (0, 27, 6), (16, 34, 8)), ((-19, -44, 16), (0, -38, 14), (19, -44, 16)))


def choose_seeds(p: Parameters, anatomy: Anatomy, rng: np.random.Generator) -> list[np.ndarray]:
    """Choose points (mm) in white matter, one per focus, in the part of the brain that was drawn.

    Raises:
        InputError: there is no such white matter; another seed helps.
    """
    points = rng.uniform([40, 25, 5], [200, 215, 145], size=(20000, 3)).astype(np.float32).T
    tissue = anatomy.tissue(points)
    mni = anatomy.to_template(points)
    x, y, z = mni
    good = (tissue.fractions[2] > 0.6) & (tissue.fractions[0] < 0.1)
    if p.butterfly:
        return bridge(points[:, good], mni[:, good], rng)
    temporal = (y > -40) & (y < 5) & (np.abs(x) > 28) & (z > -28)
    here = (
        (tissue.below > 0.9) & (y < -45) if p.infratentorial else ((z > -2) | temporal) & (tissue.below < 0.1)
    )
    good &= here & (np.abs(x) > 9)
    if not good.any():
        raise InputError(f"subject {p.index}, seed {p.seed}: no white matter for a tumour; take another seed")
    candidates = points.T[good]
    first = candidates[0]
    near = np.linalg.norm(candidates - first, axis=1)
    more = candidates[(near > 18) & (near < 38) & (x[good] * x[good][0] > 0)]
    return [first, *more[: p.foci - 1]]


def bridge(points: np.ndarray, mni: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the middle of a bridge of the callosum and both its ends, the larger first."""
    left, middle, right = BRIDGES[int(rng.random() < 0.35)]
    sides = [right, left] if rng.random() < 0.5 else [left, right]
    nearest = [np.linalg.norm(mni.T - at, axis=1).argmin() for at in (*sides, middle)]
    return [points[:, k] for k in nearest]
