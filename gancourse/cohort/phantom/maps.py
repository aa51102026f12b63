"""Turn a subject's parameters into maps: fractions of tissues and lesions, vessels, labels.

Nothing here depends on a scanner. The points may form a whole volume or a few slices of it.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy, smooth_noise
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.tumour import Tumour

WM, ED = CLASSES.index("WM"), CLASSES.index("ED")

#: Voxel size in mm, one number or one per axis; infinite along an axis whose slices are independent.
Spacing = float | np.ndarray


@dataclass(frozen=True)
class Maps:
    """Maps of a subject at points (3, x, y, z).

    Attributes:
        fractions: (10, x, y, z), 0..1, of `CLASSES`.
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
    healthy = anatomy.tissue(source)
    inside, wall_mm, vascular = healthy.brain, healthy.wall_mm, healthy.vascular
    csf, wm = healthy.fractions[0], healthy.fractions[2]
    gm = healthy.fractions[[1, 3, 4, 5]].sum(0)
    lesion, seg = lesions(p, tumour, source, csf, gm, (gm, csf), inside, spacing, rng)
    fractions = np.concatenate([healthy.fractions * (1 - lesion.sum(0)), lesion])
    fractions[ED] += hyperintensities(p, rng, spacing, fractions[WM], wall_mm)
    fractions[WM] = np.clip(1 - fractions.sum(0) + fractions[WM], 0, 1) * inside

    shape = points.shape[1:]
    texture = np.stack([mixed_noise(rng, shape, spacing) for _ in range(2)])
    plexus = vascular * np.clip(0.5 + 0.6 * texture[0], 0, 1)
    vessel = np.clip(plexus + vessels(rng, shape, spacing) * (csf > 0.12) * (wall_mm > 8), 0, 1)
    tissue = np.where(inside, np.stack([csf, gm, wm]).argmax(0) + 1, 0).astype(np.uint8)
    return Maps(fractions, inside, vessel, texture, seg, tissue, wall_mm)


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
