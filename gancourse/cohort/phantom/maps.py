"""Turn a subject's parameters into maps: fractions of tissues and lesions, vessels, labels.

Nothing here depends on a scanner. The points may form a whole volume or a few slices of it.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, smooth_noise
from gancourse.cohort.phantom.edge import stripped
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.tumour import Tumour
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
    inside = stripped(p, healthy.brain, healthy.depth_mm, points, spacing, rng)
    csf, wm = healthy.fractions[CSF], healthy.fractions[WM]
    gm = healthy.fractions[[1, 3, 4, 5]].sum(0)
    lesion, seg = lesions(p, tumour, source, csf, gm, (gm, csf), healthy.brain, spacing, rng)
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
    return Maps(fractions, inside, vessel, texture, seg * inside, tissue, healthy.wall_mm, healthy.depth_mm)


def lesions(
    p: Parameters,
    tumour: Tumour | None,
    source: np.ndarray,
    csf: np.ndarray,
    gm: np.ndarray,
    reach: tuple[np.ndarray, np.ndarray],
    inside: np.ndarray,
    spacing: Spacing,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractions (4, x, y, z) of NEC, ED, NET and ET, and the labels (x, y, z) uint8."""
    lesion = np.zeros((4, *csf.shape), np.float32)
    seg = np.zeros(csf.shape, np.uint8)
    if tumour is None:
        return lesion, seg
    whole, core, necrosis = (tumour.at(f, source) for f in (tumour.whole, tumour.core, tumour.necrosis))
    whole = whole + 9 * reach[0]  # oedema reaches the cortex last
    in_core = soft(core, 0.5) * inside
    in_necrosis = in_core * (soft(necrosis, 0.5) if p.enhancing else 1)
    net = np.full(csf.shape, 0.0 if p.grade == "HGG" else 1.0, np.float32)
    if p.patches:
        in_core, in_necrosis, net = patchy(p, in_core, in_necrosis, whole, net, spacing, rng)
    # Oedema fades outwards, is weaker in cortex, and spares CSF.
    near = np.clip(-whole / max(-float(tumour.whole.min()), 1e-3), 0, 1)
    strength = p.oedema * (0.6 + 0.4 * np.sqrt(near)) * (1 - 0.45 * gm)
    in_oedema = (soft(whole, 1.2) * strength * (1 - csf) * inside) * (1 - in_core)
    lesion[0], lesion[2] = in_necrosis * (1 - net), in_necrosis * net
    lesion[1] = in_oedema
    lesion[3] = in_core - in_necrosis
    seg[(whole < 0) & (reach[1] < 0.5) & (csf < 0.5) & inside] = 2
    seg[in_core > 0.5] = 4
    seg[(in_core > 0.5) & (in_necrosis > 0.5 * in_core)] = 1
    return lesion, seg


def patchy(
    p: Parameters,
    in_core: np.ndarray,
    in_necrosis: np.ndarray,
    whole: np.ndarray,
    net: np.ndarray,
    spacing: Spacing,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add islands, gaps and satellites to the core, its non-enhancing part, and the solid share of that."""

    def patches(mm: float, level: float) -> np.ndarray:
        return soft(level - smooth_noise(rng, whole.shape, mm / spacing), 0.15)

    net = np.abs(net - patches(rng.uniform(3, 7), 2.6 - 2.6 * p.patches))
    if p.enhancing:
        satellites = patches(1.6, 3.6 - 0.6 * p.patches) * soft(whole + 2, 0.5) * (in_core < 0.5)
        islands = patches(rng.uniform(1.5, 3.5), 3.2 - 2.0 * p.patches)
        gaps = patches(rng.uniform(2, 4), 3.2 - 2.2 * p.patches) * in_core
        in_necrosis = np.maximum(in_necrosis * (1 - islands), gaps)
        in_core = np.maximum(in_core, satellites)
    return in_core, in_necrosis, net


def soft(level: np.ndarray, width: float) -> np.ndarray:
    """Fall from 1 inside (level < 0) to 0 outside over about `width`."""
    return 1 / (1 + np.exp(np.clip(level / width, -30, 30)))
