"""Make one phantom with a stroke from its parameters; all arrays are LPS, over BraTS' field of view."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import make_anatomy
from gancourse.cohort.phantom.subject import brain_box, fill
from gancourse.cohort.stroke.diffusion_signal import clean, render, render_diffusion
from gancourse.cohort.stroke.infarct import Place
from gancourse.cohort.stroke.infarct_maps import StrokeMaps, stroke_labels, stroke_maps
from gancourse.cohort.stroke.mass import PushedAnatomy, pushed
from gancourse.cohort.stroke.stroke_parameters import StrokeParameters, draw_stroke, stage
from gancourse.cohort.stroke.timeline import VISIBLE
from gancourse.errors import InputError

ANATOMICAL = ("t1", "t2", "flair")


@dataclass(frozen=True)
class StrokePhantom:
    """A patient in memory. Arrays are (X, Y, Z), LPS.

    Attributes:
        parameters: all that was drawn.
        images: int16 by modality, "dwi", "adc" (10^-6 mm2/s), "flair", "t1", "t2"; 0 outside the brain.
        seg, old: uint8, 1 in the acute and in the old infarct, as they lie in DWI.
        measured: what the result has, by name.
    """

    parameters: StrokeParameters
    images: dict[str, np.ndarray]
    seg: np.ndarray
    old: np.ndarray
    measured: dict[str, object]


def make_stroke_subject(
    index: int, seed: int = 0, spacing: float = 2.0, randomisation: str = "realistic"
) -> StrokePhantom:
    """Make one phantom with a stroke, in about four seconds at 2 mm.

    Args:
        index: of the subject in the cohort, 0, 1, ...
        seed: of the cohort.
        spacing: of the voxels, mm, 1 to 4.
        randomisation: "realistic" or "wide".

    Raises:
        InputError: a value out of range.
    """
    if not 1 <= spacing <= 4:
        raise InputError(f"spacing {spacing}: expected 1 to 4 mm")
    return make_stroke_phantom(draw_stroke(index, seed, randomisation), spacing)


def make_stroke_phantom(p: StrokeParameters, spacing: float = 2.0) -> StrokePhantom:
    """Make the phantom of given parameters: as drawn, or changed with `dataclasses.replace`."""
    anatomy = pushed(p, make_anatomy(p.brain, stage(p, 1)))
    points, box = brain_box(anatomy, spacing)
    s = stroke_maps(p, anatomy, points, spacing)
    rng = stage(p, 5)
    images, (seg, old) = render_diffusion(p, anatomy, s, points, rng, spacing)
    images |= {m: render(m, p, s, points, rng, spacing) for m in ANATOMICAL}
    measured = measure(p, s, images, seg, old, spacing)
    moved = anatomy.midline_mm if isinstance(anatomy, PushedAnatomy) else 0.0
    measured["midline_mm"] = round(moved, 1)
    images = {m: fill(image, box, spacing) for m, image in images.items()}
    seg, old = (fill(label.astype(np.uint8), box, spacing) for label in (seg, old))
    return StrokePhantom(p, images, seg, old, measured)


def make_stroke_place(p: StrokeParameters, spacing: float = 2.0) -> Place | None:
    """Return where the infarct of `make_stroke_phantom` lies, without the scans: its voxels' places."""
    anatomy = pushed(p, make_anatomy(p.brain, stage(p, 1)))
    return stroke_labels(p, anatomy, brain_box(anatomy, spacing)[0], spacing)


def measure(
    p: StrokeParameters,
    s: StrokeMaps,
    images: dict[str, np.ndarray],
    seg: np.ndarray,
    old: np.ndarray,
    spacing: float,
) -> dict[str, object]:
    """Measure the result: volumes in mL, pieces, side, and how much brighter or darker the infarct is.

    `dwi_ratio` and `adc_ratio` are of medians, to the rest of the brain without fluid, as in a patient;
    `flair_ratio` is to the same tissue without an infarct, which only a phantom knows, before noise.
    """
    voxel_ml = spacing**3 / 1000
    found: dict[str, object] = {
        "volume_ml": round(float(seg.sum() * voxel_ml), 3),
        "old_ml": round(float(old.sum() * voxel_ml), 3),
        "brain_ml": round(float(s.maps.brain.sum() * voxel_ml), 1),
        "pieces": int(ndimage.label(seg, np.ones((3, 3, 3)))[1]),
        "side": "none", "dwi_ratio": None, "adc_ratio": None, "flair_ratio": None, "flair_visible": False,
    }  # fmt: skip
    if not seg.any():
        return found
    x = np.argwhere(seg)[:, 0]
    left = float((x > np.argwhere(s.maps.brain)[:, 0].mean()).mean())  # axes point to the patient's left
    found["side"] = "left" if left > 0.95 else "right" if left < 0.05 else "both"
    rest = s.maps.brain & (images["dwi"] > 0) & ~seg & ~old & (s.maps.fractions[0] < 0.2) & (s.acute < 0.05)
    for name in ("dwi", "adc"):
        inside, beside = (np.median(images[name][where]) for where in (seg, rest))
        found[f"{name}_ratio"] = round(float(inside / beside), 3)
    with_it, without = clean("flair", p, s)
    weight = s.acute * (1 - s.maps.fractions[0])
    ratio = float((weight * with_it).sum() / max((weight * without).sum(), 1e-6))
    return found | {"flair_ratio": round(ratio, 3), "flair_visible": ratio >= VISIBLE}
