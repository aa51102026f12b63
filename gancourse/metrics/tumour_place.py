"""Describe the tumour that an axial slice shows by numbers: how large it is, on which side, how far back.

Places are proportional, as in Talairach's grid: fractions of the brain's own extent, so that brains of any
size share one frame. Slices are (N, H, W) in radiological convention: the patient's right is on the left.
"""

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import REGIONS
from gancourse.metrics.morphometry import PIXEL_MM

#: Thirds of the brain from front to back, by the tumour's centre: the place, and where it ends.
PLACES = {"frontal": -1 / 3, "central": 1 / 3, "posterior": 1.0}


def describe_tumours(brain: np.ndarray, seg: np.ndarray, pixel_mm: float = PIXEL_MM) -> pd.DataFrame:
    """Measure what labels show, a row for each slice.

    Args:
        brain: (N, H, W) bool, or tissue labels, 0 outside the brain.
        seg: (N, H, W), tumour labels.
        pixel_mm: side of a pixel.

    Returns:
        `area_cm2` of the whole tumour, `core_cm2` of its core, `enhancing_cm2` of what enhances; `side` and
        `core_side`, from -1 (all of it on the patient's right) by 0 (as much on either side) to 1 (all on the
        left); `along`, where its centre lies from the front (-1) to the back (1). Where there is no tumour,
        or no core, areas are 0 and the rest is NaN.
    """
    seg = np.asarray(seg)
    whole, core, enhancing = (np.isin(seg, REGIONS[name]) for name in ("WT", "TC", "ET"))
    brain = (np.asarray(brain) > 0) | whole
    masks = {"area_cm2": whole, "core_cm2": core, "enhancing_cm2": enhancing}
    area = {name: mask.sum((1, 2)) * pixel_mm**2 / 100 for name, mask in masks.items()}
    return pd.DataFrame(
        {
            **area,
            "side": laterality(whole, brain),
            "core_side": laterality(core, brain),
            "along": proportional(whole, brain, axis=1),
        }
    )


def laterality(masks: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Return (left - right) / (left + right) of masks (N, H, W) about their brains' middle, (N,)."""
    columns = np.arange(masks.shape[2])
    left = np.sign(columns - _middle_and_half(brain, axis=2)[0][:, None])  # -1, 0 or 1 for each column
    per_column = masks.sum(1)
    total = per_column.sum(1)
    return np.divide((left * per_column).sum(1), total, np.full(len(masks), np.nan), where=total > 0)


def proportional(masks: np.ndarray, brain: np.ndarray, axis: int) -> np.ndarray:
    """Return where the masks' centres lie along an axis, from -1 to 1 between the brain's ends, (N,)."""
    counts = masks.sum(3 - axis)  # along the axis
    total = counts.sum(1)
    sums = (counts * np.arange(masks.shape[axis])).sum(1)
    centre = np.divide(sums, total, np.full(len(masks), np.nan), where=total > 0)
    middle, half = _middle_and_half(brain, axis)
    return (centre - middle) / half


def place_of(along: np.ndarray) -> np.ndarray:
    """Return the name in `PLACES`, "" for NaN, of places from front to back (N,)."""
    names, ends = np.array([*PLACES, ""]), np.array(list(PLACES.values()))
    third = np.minimum(np.searchsorted(ends, along, side="right"), len(PLACES) - 1)
    return names[np.where(np.isnan(along), len(PLACES), third)]


def _middle_and_half(brain: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of each brain along an axis and half its extent, in pixels; the image's if none."""
    there = np.asarray(brain.any(3 - axis))
    there = there | (there.sum(1) == 0)[:, None]
    first, last = there.argmax(1), there.shape[1] - 1 - there[:, ::-1].argmax(1)
    return (first + last) / 2, np.maximum(last - first, 1) / 2
