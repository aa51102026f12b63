"""What else changed when a tumour was requested, and what a judge sees that took no part in the search."""

import numpy as np
from scipy import ndimage

from gancourse.metrics import morphometry
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor

#: Of attributes that are not areas.
UNITS = {"height": "%"}


def compare(before: np.ndarray, after: np.ndarray, regressor: AttributeRegressor) -> dict[str, float]:
    """Compare FLAIR images (N, H, W) with others, pair by pair, and average over the pairs.

    Returns:
        The size of the change, up or down, under its name with a unit: of the tumour by the regressor and by
        a threshold, of every other attribute, and of the grey value (black is -1, white 1) of the brain more
        than two pixels from what is bright.
    """
    change = dict(zip(regressor.names, (regressor.measure(after) - regressor.measure(before)).T, strict=True))
    growth = change.pop("tumour")
    first, second = (morphometry.by_threshold(images, "flair")["tumour"] for images in (before, after))
    brain, later = (morphometry.brain_of(images) for images in (before, after))
    level = morphometry.TUMOUR["flair"]
    bright = morphometry.bright(before, brain, level) | morphometry.bright(after, later, level)
    far = brain & ~ndimage.binary_dilation(bright, np.ones((1, 5, 5)))
    return {
        "tumour, by the regressor (mm²)": float(np.abs(growth).mean()),
        "tumour, by the threshold (mm²)": float(np.abs(second - first).mean()),
        **{f"{name} ({UNITS.get(name, 'mm²')})": float(np.abs(each).mean()) for name, each in change.items()},
        "grey far from the tumour": float(np.abs(after - before)[far].mean()) if far.any() else 0.0,
    }


def threshold_slope(images: np.ndarray, seg: np.ndarray) -> float:
    """How many mm2 the threshold sees for each mm2 of tumour in slices (N, H, W) with labels, on average."""
    truth = (seg > 0).sum((1, 2)) * morphometry.PIXEL_MM**2
    seen = morphometry.by_threshold(images, "flair")["tumour"]
    return float(np.polyfit(truth, seen, 1)[0])
