"""One phantom: parameters to anatomy to tumour to images, all arrays LPS on BraTS' field of view."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, grid_points, grid_shape, make_anatomy, smooth_noise
from gancourse.cohort.phantom.parameters import CLASSES, Parameters, draw, generator
from gancourse.cohort.phantom.signal import render
from gancourse.cohort.phantom.tumour import Tumour, grow
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError

WM, ED = CLASSES.index("WM"), CLASSES.index("ED")


@dataclass(frozen=True)
class Phantom:
    """A subject in memory. Arrays are (X, Y, Z), LPS."""

    parameters: Parameters
    images: dict[str, np.ndarray]  # int16, by modality, 0 outside the brain
    seg: np.ndarray  # uint8: 1 NCR/NET, 2 ED, 4 ET
    tissue: np.ndarray  # uint8: 1 CSF, 2 GM, 3 WM; under the tumour, what was there before
    volumes_ml: dict[str, float]


def make_subject(
    index: int, seed: int = 0, spacing: float = 2.0, randomisation: str = "realistic"
) -> Phantom:
    """Makes one phantom: about two seconds at 2 mm.

    Args:
        index: which subject of the cohort, 0, 1, ...
        seed: of the cohort.
        spacing: of the voxels, mm, 1 to 4. Anatomy and tumour do not depend on it; noise and texture do.
        randomisation: "realistic" or "wide".

    Raises:
        InputError: for a value out of range.
    """
    if not 1 <= spacing <= 4:
        raise InputError(f"spacing {spacing}: expected 1 to 4 mm")
    return make_phantom(draw(index, seed, randomisation), spacing)


def make_phantom(p: Parameters, spacing: float = 2.0) -> Phantom:
    """The phantom of given parameters: those that were drawn, or changed with `dataclasses.replace`."""
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    tumour = grow(p, anatomy, stage(2))
    rng = stage(3)

    points, box = brain_box(anatomy, spacing)
    source = tumour.undo_push(points) if tumour else points
    csf, gm, wm, brain, wall_mm, vascular = anatomy.tissue(source)
    healthy = np.stack([csf, gm, wm])
    inside = brain > 0
    lesion, seg = lesions(p, tumour, source, csf, gm, inside)
    fractions = np.concatenate([healthy * (1 - lesion.sum(0)), lesion])
    fractions[ED] += hyperintensities(p, rng, spacing, fractions[WM], wall_mm)
    fractions[WM] = np.clip(1 - fractions.sum(0) + fractions[WM], 0, 1) * inside

    shape = points.shape[1:]
    texture = [mixed_noise(rng, shape, spacing) for _ in range(2)]
    plexus = vascular * np.clip(0.5 + 0.6 * texture[0], 0, 1)
    vessel = np.clip(plexus + vessels(rng, shape, spacing) * (csf > 0.12) * (wall_mm > 8), 0, 1)
    maps = dict(fractions=fractions, brain=inside, vessel=vessel, texture_1=texture[0], texture_2=texture[1])
    images = {m: fill(render(m, p, maps, points, rng, spacing), box, spacing) for m in MODALITIES}
    tissue = np.where(inside, healthy.argmax(0) + 1, 0).astype(np.uint8)
    volumes = measure_ml(seg, tissue, (wall_mm < 0) & inside, spacing**3 / 1000)
    return Phantom(p, images, fill(seg, box, spacing), fill(tissue, box, spacing), volumes)


def measure_ml(
    seg: np.ndarray, tissue: np.ndarray, ventricle: np.ndarray, voxel_ml: float
) -> dict[str, float]:
    """Volumes in mL of what the arrays (x, y, z) label."""
    masks = {
        "csf": tissue == 1,
        "gm": tissue == 2,
        "wm": tissue == 3,
        "brain": tissue > 0,
        "ventricle": ventricle,
    }
    masks |= {"ncr": seg == 1, "ed": seg == 2, "et": seg == 4, "wt": seg > 0}
    return {name: float(mask.sum() * voxel_ml) for name, mask in masks.items()}


def brain_box(anatomy: Anatomy, spacing: float) -> tuple[np.ndarray, tuple[slice, ...]]:
    """Points (3, x, y, z), mm, of the part of the grid that holds the brain, and where that part lies."""
    rough = grid_points(5.0)
    where = np.argwhere(anatomy.tissue(rough)[3] > 0)
    low, high = rough[:, *where.min(0)] - 14, rough[:, *where.max(0)] + 14
    starts = np.maximum(np.floor(low / spacing), 0).astype(int)
    stops = np.minimum(np.ceil(high / spacing).astype(int), grid_shape(spacing))
    box = tuple(slice(int(a), int(b)) for a, b in zip(starts, stops, strict=True))
    return grid_points(spacing)[:, *box], box


def fill(part: np.ndarray, box: tuple[slice, ...], spacing: float) -> np.ndarray:
    """The part put back into the whole grid, zeros elsewhere."""
    whole = np.zeros(grid_shape(spacing), part.dtype)
    whole[box] = part
    return whole


def lesions(
    p: Parameters,
    tumour: Tumour | None,
    source: np.ndarray,
    csf: np.ndarray,
    gm: np.ndarray,
    inside: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Fractions (4, x, y, z) of NEC, ED, NET, ET, and the labels (x, y, z) uint8."""
    lesion = np.zeros((4, *csf.shape), np.float32)
    seg = np.zeros(csf.shape, np.uint8)
    if tumour is None:
        return lesion, seg
    whole, core, necrosis = (tumour.at(f, source) for f in (tumour.whole, tumour.core, tumour.necrosis))
    whole = whole + 9 * gm  # oedema comes to the cortex last
    in_core = soft(core, 0.5) * inside
    in_necrosis = in_core * (soft(necrosis, 0.5) if p.enhancing else 1)
    # Oedema fades outwards, is weaker in cortex, and leaves CSF alone.
    near = np.clip(-whole / max(-float(tumour.whole.min()), 1e-3), 0, 1)
    strength = p.oedema * (0.6 + 0.4 * np.sqrt(near)) * (1 - 0.45 * gm)
    in_oedema = (soft(whole, 1.2) * strength * (1 - csf) * inside) * (1 - in_core)
    lesion[0 if p.grade == "HGG" else 2] = in_necrosis
    lesion[1] = in_oedema
    lesion[3] = in_core - in_necrosis
    seg[(whole < 0) & (csf < 0.5) & inside] = 2
    seg[in_core > 0.5] = 4
    seg[(in_core > 0.5) & (in_necrosis > 0.5 * in_core)] = 1
    return lesion, seg


def soft(level: np.ndarray, width: float) -> np.ndarray:
    """1 inside (level < 0) to 0 outside over about `width`."""
    return 1 / (1 + np.exp(np.clip(level / width, -30, 30)))


def hyperintensities(
    p: Parameters, rng: np.random.Generator, spacing: float, wm: np.ndarray, wall_mm: np.ndarray
) -> np.ndarray:
    """Share of white matter that is hyperintense with age: caps at the ventricles, and spots."""
    spots = np.clip(smooth_noise(rng, wm.shape, 2.4 / spacing) - 3.1 + 0.6 * p.hyperintensity, 0, 1)
    ragged = smooth_noise(rng, wm.shape, 4 / spacing)
    caps = np.exp(-((np.clip(wall_mm, 0, None) / (1.5 + 2.5 * p.hyperintensity)) ** 2)) * np.clip(
        0.6 + 0.4 * ragged, 0, 1
    )
    return wm * np.clip(p.hyperintensity * caps + spots * (p.hyperintensity > 0.15), 0, 0.8)


def vessels(rng: np.random.Generator, shape: tuple[int, ...], spacing: float) -> np.ndarray:
    """Thin random tubes, 0..1: where two smooth noises both vanish."""
    a, b = (smooth_noise(rng, shape, 7 / spacing) for _ in range(2))
    return np.exp(-(a**2 + b**2) / (2 * 0.16**2))


def mixed_noise(rng: np.random.Generator, shape: tuple[int, ...], spacing: float) -> np.ndarray:
    """Unit noise of several scales, coarse and fine together, as tissue has."""
    parts = [w * smooth_noise(rng, shape, mm / spacing) for w, mm in ((0.7, 1.5), (0.6, 4.0), (0.4, 12.0))]
    return sum(parts) / np.sqrt(0.7**2 + 0.6**2 + 0.4**2)
