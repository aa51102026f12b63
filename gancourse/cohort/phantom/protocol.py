"""How subjects are scanned and stripped: what varies between acquisitions, and its draws."""

from dataclasses import dataclass

import numpy as np

#: By modality: the share of scans with isotropic voxels; of the others, how often they are sagittal, coronal
#: or axial, and from which to which thickness in mm; and the usual noise, relative to white matter.
PROTOCOLS = {
    "t1": (0.55, (0.2, 0.25, 0.55), (1.5, 4.5), 0.048),
    "t1ce": (0.7, (0.1, 0.2, 0.7), (1.5, 4.0), 0.13),
    "t2": (0.15, (0.1, 0.3, 0.6), (1.5, 4.0), 0.15),
    "flair": (0.15, (0.25, 0.4, 0.35), (2.5, 4.5), 0.14),
}


@dataclass(frozen=True)
class Scan:
    """How one modality was acquired."""

    contrast: float  # factor on TR for T1 and T1ce, on TE for T2; its fourth root on TI for FLAIR
    bias: float  # standard deviation of the log bias field
    noise: float  # of the Rician noise, as a fraction of the white matter's signal
    blur_mm: float  # standard deviation of the point spread, beside the voxel's own
    pixel_mm: float  # size of the acquired voxels within a slice
    thickness_mm: float  # and across slices
    slice_axis: int  # 0 sagittal, 1 coronal, 2 axial slices
    phase_axis: int  # along which ghosts appear
    ringing: float  # from 0 (filtered) to 1 (all of Gibbs' ringing)
    ghost: float  # share of the signal in each of two ghosts
    ghost_mm: float  # their distance
    scale: float  # intensity of white matter in the file
    gamma: float  # 1, except for wide randomisation
    missing_low: float  # share of the field of view without data, at the bottom
    missing_high: float  # and at the top


@dataclass(frozen=True)
class Stripping:
    """How the skull was stripped, and where the field of view ends: the same for all scans of a subject."""

    ragged_mm: float  # unevenness of the edge
    leftover_mm: float  # how far dura, skull and scalp are left in places
    bitten_mm: float  # how deep the brain is cut in places
    cut_mm: float  # length of brain beyond the field of view; 0 for a whole brain
    cut_side: int  # -1 in front, 1 behind
    cut_turn_deg: float  # obliqueness of that cut in an axial slice
    cut_tilt_deg: float  # and in a sagittal one


def draw_scan(rng: np.random.Generator, modality: str, wide: bool) -> Scan:
    """Draw one acquisition."""
    volume, planes, thickness, noise = PROTOCOLS[modality]
    isotropic = rng.random() < volume
    missing_low, missing_high = 0.0, 0.0
    if wide and rng.random() < 0.12:
        missing_low, missing_high = rng.permutation([0.0, rng.uniform(0.05, 0.3)])
    pixel = float(rng.uniform(0.6, 2.0) if wide else rng.uniform(0.85, 1.4 if modality == "flair" else 1.1))
    axis = int(rng.choice([0, 1, 2], p=planes))
    contrast = float(np.exp((0.25 if wide else 0.1) * rng.standard_normal()))
    if modality == "t1" and isotropic:
        contrast *= 0.5  # a gradient echo, with its shorter TR
    return Scan(
        contrast=contrast,
        bias=float(rng.uniform(0.02, 0.3) if wide else rng.uniform(0.03, 0.08)),
        noise=float(rng.uniform(0.3, 2.5) if wide else rng.uniform(0.5, 1.3)) * noise,
        blur_mm=float(rng.uniform(0.1, 1.3) if wide else rng.uniform(0.0, 0.4)),
        pixel_mm=pixel,
        thickness_mm=pixel
        if isotropic
        else float(rng.uniform(1.5, 8.0) if wide else rng.uniform(*thickness)),
        slice_axis=axis,
        phase_axis=int(rng.choice([a for a in range(3) if a != axis])),
        ringing=float(rng.uniform(0, 0.8) if wide else rng.uniform(0, 0.4)),
        ghost=float(rng.uniform(0, 0.06) if wide else rng.uniform(0, 0.02)) * bool(rng.random() < 0.3),
        ghost_mm=float(rng.uniform(12, 60)),
        scale=float(300 * np.exp(0.5 * rng.standard_normal())),
        gamma=float(np.exp(0.2 * rng.standard_normal()) if wide else 1.0),
        missing_low=float(missing_low),
        missing_high=float(missing_high),
    )


def draw_stripping(rng: np.random.Generator, wide: bool) -> Stripping:
    """Draw how the skull was stripped and where the field of view ends."""
    cut, left = rng.random() < 0.12, rng.random() < (0.7 if wide else 0.45)
    return Stripping(
        ragged_mm=float(rng.uniform(0.2, 2.0 if wide else 1.1)),
        leftover_mm=float(rng.uniform(1.0, 9.0 if wide else 6.0)) * bool(left),
        bitten_mm=float(rng.uniform(1.0, 8.0 if wide else 5.0)) * bool(rng.random() < 0.12),
        cut_mm=float(rng.uniform(4, 45 if wide else 30)) * bool(cut),
        cut_side=int(rng.choice([-1, 1])),
        cut_turn_deg=float(rng.normal(0, 4)),
        cut_tilt_deg=float(rng.normal(0, 10)),
    )
