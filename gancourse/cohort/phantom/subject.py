"""Make one phantom from its parameters; all arrays are LPS, over BraTS' field of view."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, grid_points, grid_shape, make_anatomy
from gancourse.cohort.phantom.lesions import lesions
from gancourse.cohort.phantom.maps import tissue_maps
from gancourse.cohort.phantom.mass_effect import midline_shift
from gancourse.cohort.phantom.parameters import Parameters, draw, generator
from gancourse.cohort.phantom.signal import render
from gancourse.cohort.phantom.tumour import grow
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError


@dataclass(frozen=True)
class Phantom:
    """A subject in memory. Arrays are (X, Y, Z), LPS."""

    parameters: Parameters
    images: dict[str, np.ndarray]  # int16, by modality, 0 outside the brain
    seg: np.ndarray  # uint8: 1 NCR/NET, 2 ED, 4 ET
    tissue: np.ndarray  # uint8: 1 CSF, 2 GM, 3 WM; under the tumour, the tissue it replaced
    volumes_ml: dict[str, float]
    midline_mm: float  # how far the tumour has pushed the midline


def make_subject(
    index: int, seed: int = 0, spacing: float = 2.0, randomisation: str = "realistic", kind: str = "any"
) -> Phantom:
    """Make one phantom, in about two seconds at 2 mm.

    Args:
        index: of the subject in the cohort, 0, 1, ...
        seed: of the cohort.
        spacing: of the voxels, mm, 1 to 4. Anatomy and tumour do not depend on it; noise and texture do.
        randomisation: "realistic" or "wide".
        kind: of tumour, one of `parameters.KINDS`.

    Raises:
        InputError: a value out of range.
    """
    if not 1 <= spacing <= 4:
        raise InputError(f"spacing {spacing}: expected 1 to 4 mm")
    return make_phantom(draw(index, seed, randomisation, kind), spacing)


def make_phantom(p: Parameters, spacing: float = 2.0, height: float | None = None) -> Phantom:
    """Make the phantom of given parameters: as drawn, or changed with `dataclasses.replace`.

    With a `height`, 0.1 to 0.9 of the brain's extent from below, only 16 mm around it are made, several times
    as fast; the rest is 0, and the slice at that height is the middle of those made.
    """
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    tumour = grow(p, anatomy, stage(2))
    rng = stage(3)

    points, box = brain_box(anatomy, spacing, height)
    maps = tissue_maps(p, anatomy, tumour, points, spacing, rng)
    images = {m: fill(render(m, p, maps, points, rng, spacing), box, spacing) for m in MODALITIES}
    volumes = measure_ml(maps.seg, maps.tissue, (maps.wall_mm < 0) & maps.brain, spacing**3 / 1000)
    midline = midline_shift(tumour.push, anatomy) if tumour else 0.0
    seg, labels = fill(maps.seg, box, spacing), fill(maps.tissue, box, spacing)
    return Phantom(p, images, seg, labels, volumes, midline)


def make_labels(p: Parameters, spacing: float = 2.0) -> np.ndarray:
    """Return the labels that `make_phantom` gives the same subject, without the rest: (X, Y, Z) uint8."""
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    tumour = grow(p, anatomy, stage(2))
    seg = np.zeros(grid_shape(spacing), np.uint8)
    if tumour:
        low, high = tumour.bounds()
        starts = np.maximum(np.floor(low / spacing) - 3, 0).astype(int)
        box = tuple(slice(int(a), int(b)) for a, b in zip(starts, np.ceil(high / spacing) + 4, strict=True))
        source = tumour.undo_push(grid_points(spacing)[:, *box])
        seg[box] = lesions(p, tumour, source, anatomy.tissue(source))[1]
    return seg


def measure_ml(
    seg: np.ndarray, tissue: np.ndarray, ventricle: np.ndarray, voxel_ml: float
) -> dict[str, float]:
    """Return the volumes in mL of the labelled structures in arrays (x, y, z)."""
    masks = {"csf": tissue == 1, "gm": tissue == 2, "wm": tissue == 3, "brain": tissue > 0}
    masks |= {"ventricle": ventricle, "ncr": seg == 1, "ed": seg == 2, "et": seg == 4, "wt": seg > 0}
    return {name: float(mask.sum() * voxel_ml) for name, mask in masks.items()}


def brain_box(
    anatomy: Anatomy, spacing: float, height: float | None = None
) -> tuple[np.ndarray, tuple[slice, ...]]:
    """Return the grid's points (3, x, y, z), in mm, in a box around the brain, and the box's slices.

    The box ends 14 mm beyond the brain; if a `height` is given, 8 mm below and above it.
    """
    rough = grid_points(5.0)
    where = np.argwhere(anatomy.tissue(rough).brain)
    low, high = rough[:, *where.min(0)], rough[:, *where.max(0)]
    low, high = low - 14, high + 14
    if height is not None:
        middle = (1 - height) * (low[2] + 14) + height * (high[2] - 14)
        low[2], high[2] = middle - 8, middle + 8
    starts = np.maximum(np.floor(low / spacing), 0).astype(int)
    stops = np.minimum(np.ceil(high / spacing).astype(int), grid_shape(spacing))
    box = tuple(slice(int(a), int(b)) for a, b in zip(starts, stops, strict=True))
    return grid_points(spacing)[:, *box], box


def fill(part: np.ndarray, box: tuple[slice, ...], spacing: float) -> np.ndarray:
    """Put the part back into the whole grid, with zeros elsewhere."""
    whole = np.zeros(grid_shape(spacing), part.dtype)
    whole[box] = part
    return whole
