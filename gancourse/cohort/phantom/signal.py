"""Compute T1, T1ce, T2 and FLAIR from tissue parameters, by spin echo and inversion recovery.

S = PD (1 - exp(-TR/T1)) exp(-TE/T2)                                spin echo
S = PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)                inversion recovery
Gadolinium adds its relaxivity times its concentration to 1/T1 and 1/T2. Tissue parameters lie near 1.5 T
literature values (Bojorquez et al., Magn. Reson. Imaging 35:69, 2017) and were fitted, within their range, to
the contrast measured in real patients (`tests/cohort/test_phantom.py` holds the table and checks it).
`gancourse.segmentation.synthesis.equation` is the same physics in TensorFlow.
"""

import numpy as np

from gancourse.cohort.phantom.acquisition import acquire, draw_noise
from gancourse.cohort.phantom.edge import SHELL_MM, shell
from gancourse.cohort.phantom.maps import Maps
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.protocol import Scan

#: Proton density (water 1), T1 and T2 in ms.
TISSUE = {
    "CSF": (0.95, 4300, 1500),
    "GM": (0.77, 1200, 85),
    "WM": (0.70, 755, 74),
    "STR": (0.77, 1200, 80),
    "THA": (0.75, 1000, 78),
    "PAL": (0.72, 820, 60),
    "NEC": (0.87, 1800, 240),
    "ED": (0.77, 1320, 205),
    "NET": (0.77, 1190, 142),
    "ET": (0.76, 1200, 135),
}
FLUID = (1.0, 3200, 600)  # limit of a cystic core

#: TR, TE and, with inversion, TI in ms.
SEQUENCES = {
    "t1": (1000, 10, None),
    "t1ce": (290, 10, None),
    "t2": (4500, 90, None),
    "flair": (9000, 105, 2440),
}
RELAXIVITY_1, RELAXIVITY_2 = 4.3, 5.2  # L / (mmol s)
BLOOD = (0.85, 1400, 120)
#: Flowing blood has left its slice before the echo: the share of the signal that is missing.
VOID = {"t1": 0.35, "t2": 0.92, "flair": 0.5}
#: The outermost voxels hold part of the dark skull: the power of `Maps.edge` that multiplies them.
RIM = {"t1": 1.0, "t1ce": 1.3, "t2": 2.0, "flair": 1.0}
#: What no equation here knows: trains of pulses saturate white matter, so that cortex is brighter on FLAIR.
BEYOND = {("flair", "GM"): 1.15, ("flair", "STR"): 1.12, ("flair", "THA"): 1.06}
GREY_MMOL = 0.005  # gadolinium in grey matter after injection, mmol/L: its vessels
FLOW = 0.12  # standard deviation of the signal of fluid, relative: it moves
ET_UNEVEN = 0.22  # standard deviation of the rim's enhancement, relative

#: Standard deviation of ln T1 and ln T2 inside a class.
TEXTURE_T1 = {
    "CSF": 0.0, "GM": 0.04, "WM": 0.03, "STR": 0.03, "THA": 0.03, "PAL": 0.03,
    "NEC": 0.06, "ED": 0.1, "NET": 0.1, "ET": 0.1,
}  # fmt: skip
TEXTURE_T2 = {
    "CSF": 0.0, "GM": 0.04, "WM": 0.04, "STR": 0.04, "THA": 0.04, "PAL": 0.05,
    "NEC": 0.22, "ED": 0.18, "NET": 0.2, "ET": 0.18,
}  # fmt: skip


def equation(
    sequence: tuple[float, float, float | None], pd: float, t1: float, t2: float, mmol: float = 0.0
) -> float:
    """Return the signal of a tissue, relative to a proton density of 1; times in ms, gadolinium in mmol/L."""
    repetition, echo, inversion = sequence
    t1 = 1 / (1 / t1 + RELAXIVITY_1 * mmol / 1000)
    t2 = 1 / (1 / t2 + RELAXIVITY_2 * mmol / 1000)
    if inversion is None:
        recovered = 1 - np.exp(-repetition / t1)
    else:
        recovered = abs(1 - 2 * np.exp(-inversion / t1) + np.exp(-repetition / t1))
    return float(pd * recovered * np.exp(-echo / t2))


def render(
    modality: str,
    p: Parameters,
    maps: Maps,
    points: np.ndarray,
    rng: np.random.Generator,
    spacing: float,
) -> np.ndarray:
    """Render one modality of a subject, int16 (X, Y, Z), 0 outside what stripping left.

    The maps are those at `points` (3, X, Y, Z), voxel centres in mm that are `spacing` mm apart.
    """
    scan = p.scans[modality]
    image = clean(modality, p, maps)
    known = maps.depth_mm > -SHELL_MM[-1]
    noise = draw_noise(rng, scan, image.shape, spacing)
    image = acquire(image, known, scan, noise, points, spacing) * maps.edge ** RIM[modality]
    low, high = np.quantile(np.flatnonzero(maps.brain.any((0, 1))), [scan.missing_low, 1 - scan.missing_high])
    z = np.arange(image.shape[2])
    inside = maps.brain & (z >= low) & (z <= high)
    return np.where(inside, np.clip(np.rint(image * scan.scale), 1, 32767), 0).astype(np.int16)


def clean(modality: str, p: Parameters, maps: Maps) -> np.ndarray:
    """Return the signal of a subject's tissue before acquisition, white matter 1, float32 (X, Y, Z)."""
    sequence = timing(modality, p.scans[modality])
    uptake = {"ET": p.gadolinium_mmol, "GM": GREY_MMOL} if modality == "t1ce" else {}
    white = equation(sequence, *tissue("WM", p))
    image = np.zeros(maps.brain.shape, np.float32)
    for c, name in enumerate(CLASSES):
        if not maps.fractions[c].any():
            continue
        pd, t1, t2 = tissue(name, p)
        mmol = uptake.get(name, 0.0)
        base = equation(sequence, pd, t1, t2, mmol)
        d1, d2 = p.texture * TEXTURE_T1[name], p.texture * TEXTURE_T2[name]
        by_t1 = equation(sequence, pd, t1 * np.exp(d1), t2, mmol) - base
        by_t2 = equation(sequence, pd, t1, t2 * np.exp(d2), mmol) - base
        by_t2 += FLOW * base * (name == "CSF")
        local = base + by_t1 * maps.texture[0] + by_t2 * maps.texture[1]
        if mmol and name == "ET":
            local *= np.exp(ET_UNEVEN * maps.texture[2])
        local = np.clip(local, 0.2 * base, 3 * base) * BEYOND.get((modality, name), 1)
        image += maps.fractions[c] * local / white
    if modality == "t1ce":
        blood = equation(sequence, *BLOOD, p.vessel_mmol) / white
        image += maps.vessel * np.clip(blood - image, 0, None)
    else:
        image *= 1 - VOID[modality] * maps.vessel
    fluid = equation(sequence, *tissue("CSF", p)) / white
    return np.where(maps.fractions.sum(0) > 0.5, image, shell(modality, maps.depth_mm, fluid))


def timing(modality: str, scan: Scan) -> tuple[float, float, float | None]:
    """Return TR, TE and TI of this scan in ms."""
    repetition, echo, inversion = SEQUENCES[modality]
    if inversion is not None:
        return repetition, echo, inversion * scan.contrast**0.25
    if modality == "t2":
        return repetition, echo * scan.contrast, None
    return repetition * scan.contrast, echo, None


def tissue(name: str, p: Parameters) -> tuple[float, float, float]:
    """Return proton density, T1 and T2 (ms) of a class in this subject."""
    pd, t1, t2 = TISSUE[name]
    if name == "NEC":
        share = 0.75 * p.cystic
        pd, t1, t2 = (a ** (1 - share) * b**share for a, b in zip((pd, t1, t2), FLUID, strict=True))
    return min(pd * p.pd[name], 1.05), t1 * p.t1[name], t2 * p.t2[name]
