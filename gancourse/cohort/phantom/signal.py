"""Compute T1, T1ce, T2 and FLAIR from tissue parameters, by spin echo and inversion recovery.

S = PD (1 - exp(-TR/T1)) exp(-TE/T2)                                spin echo
S = PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)                inversion recovery
Gadolinium adds its relaxivity times its concentration to 1/T1 and 1/T2. Tissue parameters lie near 1.5 T
literature values (Bojorquez et al., Magn. Reson. Imaging 35:69, 2017) and were fitted, within their range, to
the contrast measured in real patients (`tests/cohort/test_phantom.py` holds the table and checks it).
`gancourse.segmentation.synthesis.equation` is the same physics in TensorFlow.
"""

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import COARSE_MM, COARSE_SHAPE, sample, smooth_noise
from gancourse.cohort.phantom.maps import Maps
from gancourse.cohort.phantom.parameters import CLASSES, Parameters, Scan

#: Proton density (water 1), T1 and T2 in ms.
TISSUE = {
    "CSF": (0.96, 4100, 1000),
    "GM": (0.77, 1180, 85),
    "WM": (0.70, 780, 74),
    "STR": (0.77, 1100, 80),
    "THA": (0.74, 960, 77),
    "PAL": (0.73, 860, 64),
    "NEC": (0.87, 1800, 240),
    "ED": (0.77, 1320, 205),
    "NET": (0.77, 1190, 142),
    "ET": (0.76, 1200, 135),
}
FLUID = (1.0, 3200, 600)  # limit of a cystic core

#: TR, TE and, with inversion, TI in ms.
SEQUENCES = {
    "t1": (900, 10, None),
    "t1ce": (270, 10, None),
    "t2": (4500, 90, None),
    "flair": (9000, 105, 2250),
}
RELAXIVITY_1, RELAXIVITY_2 = 4.3, 5.2  # L / (mmol s)
GREY_MMOL = 0.005  # gadolinium in grey matter after injection, mmol/L: its vessels

#: Standard deviation of ln T1 and ln T2 inside a class.
TEXTURE_T1 = {
    "CSF": 0.0,
    "GM": 0.035,
    "WM": 0.03,
    "STR": 0.03,
    "THA": 0.03,
    "PAL": 0.03,
    "NEC": 0.16,
    "ED": 0.08,
    "NET": 0.1,
    "ET": 0.1,
}
TEXTURE_T2 = {
    "CSF": 0.0,
    "GM": 0.05,
    "WM": 0.075,
    "STR": 0.05,
    "THA": 0.05,
    "PAL": 0.05,
    "NEC": 0.25,
    "ED": 0.14,
    "NET": 0.16,
    "ET": 0.14,
}


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
    """Render one modality of a subject, int16 (X, Y, Z), 0 outside the brain.

    The maps are those at `points` (3, X, Y, Z), voxel centres in mm that are `spacing` mm apart.
    """
    scan = p.scans[modality]
    sequence = timing(modality, scan)
    uptake = {"ET": p.gadolinium_mmol, "GM": GREY_MMOL}
    image = np.zeros(points.shape[1:], np.float32)
    for c, name in enumerate(CLASSES):
        if not maps.fractions[c].any():
            continue
        pd, t1, t2 = tissue(name, p)
        mmol = uptake.get(name, 0.0) if modality == "t1ce" else 0.0
        base = equation(sequence, pd, t1, t2, mmol)
        d1, d2 = p.texture * TEXTURE_T1[name], p.texture * TEXTURE_T2[name]
        by_t1 = equation(sequence, pd, t1 * np.exp(d1), t2, mmol) - base
        by_t2 = equation(sequence, pd, t1, t2 * np.exp(d2), mmol) - base
        local = base + by_t1 * maps.texture[0] + by_t2 * maps.texture[1]
        if mmol and name == "ET":
            local *= 1 + 0.22 * maps.texture[1]
        image += maps.fractions[c] * np.clip(local, 0.2 * base, 3 * base)
    if modality == "t1ce":
        blood = equation(sequence, 0.85, 1400, 120, p.vessel_mmol)
        image += maps.vessel * np.clip(blood - image, 0, None)
    white = equation(sequence, *tissue("WM", p))
    return acquire(image / white, maps.brain, scan, points, rng, spacing)


def timing(modality: str, scan: Scan) -> tuple[float, float, float | None]:
    """Return TR, TE and TI of this scan in ms."""
    repetition, echo, inversion = SEQUENCES[modality]
    if inversion is not None:
        return repetition, echo, inversion * scan.contrast**0.5
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


def acquire(
    image: np.ndarray,
    brain: np.ndarray,
    scan: Scan,
    points: np.ndarray,
    rng: np.random.Generator,
    spacing: float,
) -> np.ndarray:
    """Apply bias field, resolution, noise and the file's units to a signal with white matter 1 -> int16."""
    field = smooth_noise(rng, COARSE_SHAPE, 45 / COARSE_MM)
    bias = np.exp(scan.bias * sample(field, points / COARSE_MM))
    image = np.clip(image * bias, 0, None) ** scan.gamma
    sigma = np.full(3, scan.blur_mm / spacing)
    # A slice averages over a box, whose standard deviation is its thickness over the root of 12; the voxel
    # accounts for part of it already.
    sigma[scan.slice_axis] = (
        np.sqrt(max(scan.thickness_mm**2 - spacing**2, 0) / 12 + scan.blur_mm**2) / spacing
    )
    image = ndimage.gaussian_filter(image, np.where(sigma > 0.15, sigma, 0))
    image = thick_slices(image, int(scan.thickness_mm / spacing), scan.slice_axis)
    noise = rng.standard_normal((2, *image.shape), dtype=np.float32) * scan.noise
    image = np.hypot(image + noise[0], noise[1])  # Rician
    low, high = np.quantile(np.flatnonzero(brain.any((0, 1))), [scan.missing_low, 1 - scan.missing_high])
    z = np.arange(image.shape[2])
    inside = brain & (z >= low) & (z <= high)
    return np.where(inside, np.clip(np.rint(image * scan.scale), 1, 32767), 0).astype(np.int16)


def thick_slices(image: np.ndarray, step: int, axis: int) -> np.ndarray:
    """Keep every `step`-th slice and interpolate between them, as resampling anisotropic voxels does."""
    if step < 2:
        return image
    kept = np.arange(step // 2, image.shape[axis], step)
    where = np.interp(np.arange(image.shape[axis]), kept, np.arange(len(kept)))
    low = np.minimum(where.astype(int), len(kept) - 2)
    share = np.expand_dims(where - low, [a for a in range(3) if a != axis]).astype(np.float32)
    slices = np.take(image, kept, axis)
    return np.take(slices, low, axis) * (1 - share) + np.take(slices, low + 1, axis) * share
