"""The signal of what lies round the brain, by the equations of `signal`.

T1 and T2 at 1.5 T lie near those of Stanisz et al. (Magn. Reson. Med. 54:507, 2005) for muscle, blood, optic
nerve and spinal cord, of Gold et al. (AJR 183:343, 2004) for fat and fatty marrow, and of Richard et al.
(J. Invest. Dermatol. 97:120, 1991) for skin. The vitreous is nearly water. Dura, lens, mucosa and red marrow
are estimates: collagen, and tissue with little or much fluid. Bone and air give almost nothing, and most of
the blood flows out of a spin echo before its signal is read, which its small proton density stands for.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom import signal as brain_signal
from gancourse.cohort.phantom.acquisition import acquire, draw_noise
from gancourse.cohort.phantom.anatomy import Anatomy, grid_points, grid_shape, smooth_noise
from gancourse.cohort.phantom.head import HEAD_CLASSES, Head, make_head
from gancourse.cohort.phantom.maps import Maps
from gancourse.cohort.phantom.parameters import HEALTHY, Parameters
from gancourse.cohort.phantom.signal import equation
from gancourse.cohort.scheme import MODALITIES

#: Proton density (water 1), T1 and T2 in ms. The brain's own are in `signal.TISSUE`.
TISSUE = {
    "DURA": (0.60, 900, 35),
    "BONE": (0.08, 900, 8),
    "MARROW": (0.80, 420, 80),
    "FAT": (0.90, 290, 130),
    "SKIN": (0.70, 850, 38),
    "MUSCLE": (0.79, 1010, 42),
    "VITREOUS": (0.98, 3900, 800),
    "LENS": (0.72, 1100, 38),
    "NERVE": (0.72, 780, 75),
    "BLOOD": (0.30, 1440, 180),
    "MUCOSA": (0.82, 1150, 95),
    "AIR": (0.0, 1000, 100),
}
RED_MARROW = (0.80, 700, 55)
#: Gadolinium in mmol/L after injection: these have no barrier to blood.
UPTAKE = {"DURA": 0.3, "BLOOD": 1.0, "MUCOSA": 0.4, "MUSCLE": 0.06, "SKIN": 0.1, "MARROW": 0.03}
#: Classes that fat suppression darkens.
FATTY = ("FAT", "MARROW")


def signal(
    name: str,
    sequence: tuple[float, float, float | None],
    contrast_medium: bool,
    factors: np.ndarray,
    yellow: float = 1.0,
) -> float:
    """Return the signal of a class of the head, relative to a proton density of 1.

    Args:
        name: one of `TISSUE`.
        sequence: TR, TE and TI in ms, as in `signal.equation`.
        contrast_medium: whether gadolinium was injected.
        factors: (3,) on proton density, T1 and T2 of this subject.
        yellow: share of fat in the marrow, 0 to 1.
    """
    values = np.array(TISSUE[name], float)
    if name == "MARROW":
        values = values**yellow * np.array(RED_MARROW) ** (1 - yellow)
    pd, t1, t2 = values * factors
    return equation(sequence, pd, t1, t2, UPTAKE.get(name, 0.0) if contrast_medium else 0.0)


@dataclass(frozen=True)
class Surroundings:
    """A head round a brain's maps, on the whole grid (X, Y, Z).

    Attributes:
        head: the shapes.
        fractions: (18, X, Y, Z) of `HEAD_CLASSES`; 0 in the brain.
        box: where in the grid the brain's maps lie.
        factors: (18, 3), on proton density, T1 and T2 of each class.
        suppressed: by modality, what fat suppression leaves of the signal of fat; 1 without it.
        grain: (X, Y, Z), unit noise.
    """

    head: Head
    fractions: np.ndarray
    box: tuple[slice, ...]
    factors: np.ndarray
    suppressed: dict[str, float]
    grain: np.ndarray


def surround(
    p: Parameters,
    anatomy: Anatomy,
    maps: Maps,
    box: tuple[slice, ...],
    spacing: float,
    rng: np.random.Generator,
) -> Surroundings:
    """Draw and place the head round a brain, whose maps lie in the `box` of the grid of `spacing` mm."""
    head = make_head(anatomy, rng)
    inside = np.zeros(grid_shape(spacing), bool)
    inside[box] = has_brain(maps)
    wide = p.randomisation == "wide"
    spread = np.array([0.4, 1, 1]) * (0.2 if wide else 0.07)
    factors = np.exp(spread * rng.standard_normal((len(HEAD_CLASSES), 3)))
    suppressed = {
        modality: float(rng.uniform(0.05, 0.4)) if rng.random() < (0.3 if wide else 0.15) else 1.0
        for modality in MODALITIES
    }
    grain = smooth_noise(rng, inside.shape, 2.0 / spacing)
    fractions = head.fractions(grid_points(spacing), inside, edge_mm=spacing)
    return Surroundings(head, fractions, box, factors, suppressed, grain)


def has_brain(maps: Maps) -> np.ndarray:
    """Return where the brain's own maps are known, (x, y, z) bool, whatever stripping would leave of them."""
    return maps.fractions.sum(0) > 0.5


def render_head(
    modality: str, p: Parameters, maps: Maps, around: Surroundings, rng: np.random.Generator, spacing: float
) -> np.ndarray:
    """Render one modality of a subject with its head, int16 on the whole grid (X, Y, Z)."""
    scan = p.scans[modality]
    image = clean_head(modality, p, around)
    image[around.box] = np.where(has_brain(maps), brain_signal.clean(modality, p, maps), image[around.box])
    noise = draw_noise(rng, scan, image.shape, spacing)
    image = acquire(image, np.ones(image.shape, bool), scan, noise, grid_points(spacing), spacing)
    brain = np.flatnonzero(maps.brain.any((0, 1))) + around.box[2].start
    low, high = np.quantile(brain, [scan.missing_low, 1 - scan.missing_high])
    z = np.arange(image.shape[2])
    seen = (z >= (low if scan.missing_low else 0)) & (z <= (high if scan.missing_high else len(z)))
    return np.clip(np.rint(image * scan.scale * seen), 0, 32767).astype(np.int16)


def clean_head(modality: str, p: Parameters, around: Surroundings) -> np.ndarray:
    """Return the head's signal before acquisition, float32 (X, Y, Z), the brain's white matter 1."""
    sequence = brain_signal.timing(modality, p.scans[modality])
    white = equation(sequence, *brain_signal.tissue("WM", p))
    image = np.zeros(around.fractions.shape[1:], np.float32)
    for k, name in enumerate(HEAD_CLASSES):
        if name in HEALTHY:
            value = equation(sequence, *brain_signal.tissue(name, p))
        else:
            yellow = around.head.parameters.yellow
            value = signal(name, sequence, modality == "t1ce", around.factors[k], yellow)
            value *= around.suppressed[modality] if name in FATTY else 1
        image += around.fractions[k] * np.float32(value / white)
    return image * (1 + 0.06 * around.grain)
