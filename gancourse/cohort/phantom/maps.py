"""Turn a subject's parameters into maps: fractions of tissues and lesions, vessels, labels.

Nothing here depends on a scanner. The points may form a whole volume or a few slices of it.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, smooth_noise
from gancourse.cohort.phantom.lesions import lesions, soft
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.tumour import Tumour

WM, ED = CLASSES.index("WM"), CLASSES.index("ED")

#: Voxel size in mm, one number or one per axis; infinite along an axis whose slices are independent.
Spacing = float | np.ndarray


@dataclass(frozen=True)
class Maps:
    """Maps of a subject at points (3, x, y, z).

    Attributes:
        fractions: (7, x, y, z), 0..1, of `CLASSES`.
        brain: (x, y, z) bool.
        vessel: (x, y, z), 0..1.
        texture: (2, x, y, z), unit noise for T1 and T2.
        seg, tissue: (x, y, z) uint8 labels.
        wall_mm: (x, y, z), distance to the ventricles' wall, negative inside.
    """

    fractions: np.ndarray
    brain: np.ndarray
    vessel: np.ndarray
    texture: np.ndarray
    seg: np.ndarray
    tissue: np.ndarray
    wall_mm: np.ndarray


def tissue_maps(
    p: Parameters,
    anatomy: Anatomy,
    tumour: Tumour | None,
    points: np.ndarray,
    spacing: Spacing,
    rng: np.random.Generator,
) -> Maps:
    """Compute the maps of a subject at `points` (3, x, y, z), in mm, `spacing` mm apart."""
    source = tumour.undo_push(points) if tumour else points
    csf, gm, wm, brain, wall_mm, vascular, depth = anatomy.tissue(source)
    inside = brain > 0
    if p.fold_share or p.ragged:
        csf, gm, wm = folded(p, rng, spacing, np.stack([csf, gm, wm]), wall_mm, depth) * inside
    healthy = np.stack([csf, gm, wm])
    lesion, seg = lesions(p, tumour, source, csf, gm, inside)
    fractions = np.concatenate([healthy * (1 - lesion.sum(0)), lesion])
    fractions[ED] += hyperintensities(p, rng, spacing, fractions[WM], wall_mm)
    fractions[WM] = np.clip(1 - fractions.sum(0) + fractions[WM], 0, 1) * inside

    shape = points.shape[1:]
    texture = np.stack([mixed_noise(rng, shape, spacing) for _ in range(2)])
    plexus = vascular * np.clip(0.5 + 0.6 * texture[0], 0, 1)
    vessel = np.clip(plexus + vessels(rng, shape, spacing) * (csf > 0.12) * (wall_mm > 8), 0, 1)
    tissue = np.where(inside, healthy.argmax(0) + 1, 0).astype(np.uint8)
    return Maps(fractions, inside, vessel, texture, seg, tissue, wall_mm)


def folded(
    p: Parameters,
    rng: np.random.Generator,
    spacing: Spacing,
    healthy: np.ndarray,
    wall_mm: np.ndarray,
    depth: np.ndarray,
) -> np.ndarray:
    """Replace the template's sulci, blurred by averaging 152 people, with random ones: (3, x, y, z).

    The zeros of smooth noise form a meandering sheet, which becomes a sulcus lined with cortex.
    """
    shape = depth.shape
    noise = smooth_noise(rng, shape, p.fold_mm / spacing)
    sheet_mm = np.abs(noise) * p.fold_mm * 0.9  # the noise's gradient is about 1 / fold_mm
    outer_mm = np.clip(depth - 0.3, 0, None)
    width = p.sulcus_mm * np.exp(0.4 * smooth_noise(rng, shape, 8 / spacing))
    fluid = np.maximum(soft(sheet_mm - width, 0.35), soft(outer_mm - 0.7 * width, 0.35))
    ribbon = soft(np.minimum(sheet_mm - width, outer_mm - 0.7 * width) - p.cortex_mm, 0.4)
    new = np.stack([fluid, (1 - fluid) * ribbon, (1 - fluid) * (1 - ribbon)])
    share = p.fold_share * np.clip((p.fold_depth_mm - depth) / 5, 0, 1) * np.clip((wall_mm - 3) / 5, 0, 1)
    mixed = healthy * (1 - share) + new * share
    if p.ragged:
        scale = rng.uniform(1.0, 3.0)
        odds = [np.exp(p.ragged * smooth_noise(rng, shape, scale / spacing)) for _ in range(3)]
        mixed = mixed * np.stack(odds)
    return mixed / np.maximum(mixed.sum(0), 1e-4)


def hyperintensities(
    p: Parameters, rng: np.random.Generator, spacing: Spacing, wm: np.ndarray, wall_mm: np.ndarray
) -> np.ndarray:
    """Return the share of age-related white-matter hyperintensities: caps at the ventricles, and spots."""
    spots = np.clip(smooth_noise(rng, wm.shape, 2.4 / spacing) - 3.1 + 0.6 * p.hyperintensity, 0, 1)
    ragged = smooth_noise(rng, wm.shape, 4 / spacing)
    caps = np.exp(-((np.clip(wall_mm, 0, None) / (1.5 + 2.5 * p.hyperintensity)) ** 2)) * np.clip(
        0.6 + 0.4 * ragged, 0, 1
    )
    more = np.zeros_like(wm)
    if p.spots:
        more = soft(3.0 - 1.3 * p.spots - smooth_noise(rng, wm.shape, rng.uniform(1.5, 4) / spacing), 0.1)
    return wm * np.clip(p.hyperintensity * caps + spots * (p.hyperintensity > 0.15) + more, 0, 0.8)


def vessels(rng: np.random.Generator, shape: tuple[int, ...], spacing: Spacing) -> np.ndarray:
    """Draw thin random tubes, 0..1, where two smooth noises both vanish."""
    a, b = (smooth_noise(rng, shape, 7 / spacing) for _ in range(2))
    return np.exp(-(a**2 + b**2) / (2 * 0.16**2))


def mixed_noise(rng: np.random.Generator, shape: tuple[int, ...], spacing: Spacing) -> np.ndarray:
    """Draw unit noise that mixes coarse and fine scales, as tissue does."""
    parts = [w * smooth_noise(rng, shape, mm / spacing) for w, mm in ((0.7, 1.5), (0.6, 4.0), (0.4, 12.0))]
    return sum(parts) / np.sqrt(0.7**2 + 0.6**2 + 0.4**2)
