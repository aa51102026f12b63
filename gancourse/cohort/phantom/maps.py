"""Turn a subject's parameters into maps: fractions of tissues and lesions, vessels, labels.

Nothing here depends on a scanner. The points may form a whole volume or a few slices of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, smooth_noise
from gancourse.cohort.phantom.edge import darkened, stripped
from gancourse.cohort.phantom.lesions import effaced, lesions
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.tumour import Tumour, grey_of
from gancourse.cohort.phantom.vessels import (
    Spacing,
    draw_fine,
    hyperintensities,
    plexus_share,
    vessel_map,
)

TEXTURE_MM = (9.0, 9.0, 1.3)  # scales: tissue differs broadly; the finest grain is the scanner's
CSF, GM, WM, ED = (CLASSES.index(name) for name in ("CSF", "GM", "WM", "ED"))


@dataclass(frozen=True)
class Maps:
    """Maps of a subject at points (3, x, y, z).

    Attributes:
        fractions: (10, x, y, z), 0..1, of `CLASSES`.
        brain: (x, y, z) bool, what stripping left: the brain, and at times bits of its surroundings.
        vessel: (x, y, z), 0..1, of blood, and of what takes up gadolinium as if it were.
        texture: (3, x, y, z), unit noise for T1, T2 and the rim's uptake of gadolinium.
        seg, tissue: (x, y, z) uint8 labels.
        wall_mm: (x, y, z), distance to the ventricles' wall, negative inside.
        depth_mm: (x, y, z), below the brain's hull, negative outside.
    """

    fractions: np.ndarray
    brain: np.ndarray
    edge: np.ndarray
    vessel: np.ndarray
    texture: np.ndarray
    seg: np.ndarray
    tissue: np.ndarray
    wall_mm: np.ndarray
    depth_mm: np.ndarray


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
    healthy = anatomy.tissue(source)
    fine = draw_fine(rng, points.shape[1:], spacing)
    texture = np.stack([smooth_noise(rng, points.shape[1:], mm / spacing) for mm in TEXTURE_MM])
    texture[:2] += healthy.tracts * healthy.fractions[WM] ** 2  # both grow where tracts are darker on T1
    inside = stripped(p, healthy.brain, healthy.depth_mm, points, spacing, rng)
    lesion, seg = lesions(p, tumour, source, healthy)
    healthy = replace(healthy, fractions=effaced(p, tumour, source, healthy))
    csf, wm, gm = healthy.fractions[CSF], healthy.fractions[WM], grey_of(healthy)
    fractions = np.concatenate([healthy.fractions * (1 - lesion.sum(0)), lesion])
    bright = hyperintensities(p, fine, fractions[WM], healthy.wall_mm)
    plexus = plexus_share(healthy, fine) * fractions[CSF]
    for source_class, class_, share in ((WM, ED, bright), (CSF, GM, plexus)):
        fractions[class_] += share
        fractions[source_class] -= share
    core = lesion.sum(0) - lesion[1]
    vessel = np.maximum(vessel_map(healthy, fine, spacing), 0.6 * plexus) * (1 - core)
    tissue = np.stack([csf, gm, wm]).argmax(0) + 1  # fluid, in what was left over around the brain
    tissue = np.where(inside, tissue, 0).astype(np.uint8)
    edge = darkened(inside, texture[0], spacing)
    return Maps(
        fractions, inside, edge, vessel, texture, seg * inside, tissue, healthy.wall_mm, healthy.depth_mm
    )
