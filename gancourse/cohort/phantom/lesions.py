"""Evaluate a tumour at points: the fractions of its four classes, and the labels.

The fields of `tumour.Tumour` are smooth. What makes a border shaggy is added here, at the points, by noise
that is fixed in space, and tissue is taken at the points too: oedema fills the white matter of each gyrus up
to its cortex.
"""

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import Tissue
from gancourse.cohort.phantom.parameters import Parameters
from gancourse.cohort.phantom.tumour import Tumour, grey_of, spared

CORE_MM = 0.35  # width of the borders, over which one class passes into the next
REACH_MM = 6.0
UPTAKE_MM, LEAST_UPTAKE = 5.0, 0.3  # of strands, which enhance less the deeper they lie
FAR = 1e3
GREY_SPARED = 0.6
EFFACED, EFFACED_MM = 0.85, 9.0  # share of the fluid in sulci that a large mass presses out, and how far away
LARGE_ML = 50.0


def lesions(
    p: Parameters,
    tumour: Tumour | None,
    source: np.ndarray,
    tissue: Tissue,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractions (4, x, y, z) of NEC, ED, NET and ET, 0..1, and the labels (x, y, z) uint8.

    Args:
        p: the subject's parameters.
        tumour: None in a healthy subject.
        source: points (3, x, y, z) in mm, where tissue was before the push.
        tissue: the healthy anatomy there.
    """
    lesion = np.zeros((4, *tissue.brain.shape), np.float32)
    seg = np.zeros(tissue.brain.shape, np.uint8)
    if tumour is None:
        return lesion, seg
    part = near(tumour, source)
    if part is None:
        return lesion, seg
    points, fluid, inside = source[:, *part], tissue.fractions[0][part], tissue.brain[part]
    grey = grey_of(tissue)[part]
    in_core, in_rim, in_body, uptake = core_shares(p, tumour, points)
    level = tumour.box.at(tumour.oedema, points) + 1.1 * tumour.roughness[1].at(points)
    side = tissue.below[part] > 0.5 if p.infratentorial else tissue.below[part] < 0.5
    free = (tissue.wall_mm[part] > 0) & side & inside
    level = np.where(free, spared(level, fluid, grey), FAR)
    in_core = in_core * free
    in_oedema = soft(level + 0.8 * p.oedema_border_mm, p.oedema_border_mm)
    in_oedema *= (1 - fluid) * (1 - GREY_SPARED * grey) * (1 - in_core)
    near_core = np.clip(level / tumour.oedema.min(), 0, 1)
    solid = in_core * (1 - in_rim) * (1.0 if p.grade == "LGG" else 1 - in_body)
    lesion[0][part] = in_core * (1 - in_rim * uptake) - solid
    lesion[1][part] = in_oedema * p.oedema * (0.85 + 0.15 * near_core)
    lesion[2][part] = solid * p.fullness
    lesion[3][part] = in_core * in_rim * uptake
    labels = np.where(level < 0, 2, 0)
    labels[in_core > 0.5] = np.where(in_rim > 0.5, 4, 1)[in_core > 0.5]
    seg[part] = labels
    return lesion, seg


def effaced(p: Parameters, tumour: Tumour | None, source: np.ndarray, tissue: Tissue) -> np.ndarray:
    """Return the healthy fractions (6, x, y, z) with the sulci beside a mass closed by cortex.

    The push itself is too coarse for a sulcus. Arguments as of `lesions`.
    """
    part = near(tumour, source, 3 * EFFACED_MM) if tumour else None
    if tumour is None or part is None:
        return tissue.fractions
    away = np.clip(tumour.box.at(tumour.oedema, source[:, *part]), 0, None)
    mass = min(p.tumour_ml / LARGE_ML, 1) * min(p.mass_effect / 2, 1)
    share = EFFACED * mass * np.exp(-away / EFFACED_MM) * (tissue.wall_mm[part] > 2)
    fractions = tissue.fractions.copy()
    closed = share * fractions[0][part]
    fractions[0][part] -= closed
    fractions[1][part] += closed
    return fractions


def near(tumour: Tumour, points: np.ndarray, reach_mm: float = REACH_MM) -> tuple[slice, ...] | None:
    """Return the slices of the part of `points` (3, x, y, z) that near to the tumour, or None."""
    low, high = tumour.box.bounds(tumour.oedema < 0)
    inside = ((points.T > low - reach_mm) & (points.T < high + reach_mm)).all(-1).T
    if not inside.any():
        return None
    return ndimage.find_objects(inside.astype(np.uint8))[0]


def core_shares(
    p: Parameters, tumour: Tumour, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return 0..1 at `points` (3, ...): the core, its enhancing share, its enhancing body, and the uptake.

    The uptake is that of the enhancing share: 1 in the rim, less in strands deep inside.
    """
    core = tumour.core
    rough, _, fine, lumps, coarse = (r.at(points) for r in tumour.roughness)
    shaggy = p.shaggy_mm / tumour.stretch
    border, depth, apart = (core.box.at(f, points) for f in (core.level, core.depth, core.apart))
    level = border + shaggy * (0.6 * rough + 0.8 * lumps)
    shared = depth + border + 1  # positive at most where the body reaches the core's border
    body = soft(-np.maximum(depth, shared) - shaggy * lumps * (shared < 0), CORE_MM)
    if not p.enhancing:
        return soft(level, CORE_MM), np.zeros_like(level), body, np.zeros_like(level)
    typical = p.rim_mm / tumour.stretch
    wall = typical * np.exp(p.rim_ragged * (0.45 * fine + coarse)) + 0.8 * shaggy * rough
    wall = wall - 4 * np.clip(0.6 * fine + 1.1 * coarse - p.rim_gaps, 0, None)
    strand = p.strand_mm / tumour.stretch * np.exp(0.4 * lumps) + 0.4 * shaggy * rough
    solid = np.maximum(wall - depth, np.where(depth > 0, strand - apart, -FAR))
    deeper = np.clip(depth - np.maximum(wall, typical), 0, None) * tumour.stretch
    uptake = LEAST_UPTAKE + (1 - LEAST_UPTAKE) * np.exp(-deeper / UPTAKE_MM)
    return soft(level, CORE_MM), soft(-solid, CORE_MM) * body, body, uptake


def soft(level: np.ndarray, width: float) -> np.ndarray:
    """Fall from 1 inside (level < 0) to 0 outside over about `width`."""
    return 1 / (1 + np.exp(np.clip(level / width, -30, 30)))
