"""Measure what an axial slice shows: from its labels, or by thresholds from the image alone.

    ventricles   mm2 of fluid near the brain's centre: the ventricles, and the fissures beside them
    brain        mm2 inside the brain's outline, fluid included
    tumour       mm2 of tumour, oedema included
    symmetry     correlation of the brain with its mirror image; at most 1

Labels are the ground truth of phantoms. Thresholds learn nothing, so they check a network's measurements
independently. Slices are (N, H, W) in radiological convention; images are in [-1, 1], the background -1.
"""

from collections.abc import Mapping

import numpy as np
from scipy import ndimage, stats

#: Fluid counts as ventricles beyond this distance from the outline, and within these two of the middle, mm.
DEPTH_MM, ACROSS_MM, ALONG_MM = 26.0, 32.0, 40.0

#: Threshold below which a pixel near the middle is fluid, by modality: in steps of 0.1, the one that
#: correlates best with the truth in slices of test patients, so its score there is slightly optimistic.
FLUID = {"t1": -0.5, "flair": -0.7}

#: Threshold above which a blurred pixel is tumour, in interquartile ranges from its own brain's median
#: (chosen likewise, on validation patients).
TUMOUR = {"flair": 0.9}

#: Side of a pixel of the course's slices, mm.
PIXEL_MM = 208 / 64


def central(brain: np.ndarray, pixel_mm: float = PIXEL_MM) -> np.ndarray:
    """Mark where fluid counts as ventricles: near the middle and far from the outline. (N, H, W) bool.

    The slices' field of view is centred on the brain, so the middle of the image is the brain's.
    """
    deep = np.stack([ndimage.distance_transform_edt(mask) * pixel_mm > DEPTH_MM for mask in brain])
    rows, columns = (np.abs(np.arange(n) - (n - 1) / 2) * pixel_mm for n in brain.shape[1:])
    return deep & (rows < ALONG_MM)[:, None] & (columns < ACROSS_MM)


def of_labels(tissue: np.ndarray, seg: np.ndarray, pixel_mm: float = PIXEL_MM) -> dict[str, np.ndarray]:
    """Return the true areas in mm2, (N,) each.

    Args:
        tissue: labels of `scheme.TISSUES`, 0 outside the brain.
        seg: labels of the tumour.
        pixel_mm: side of a pixel.
    """
    brain = np.asarray(tissue) > 0
    ventricles = (np.asarray(tissue) == 1) & central(brain, pixel_mm)
    return _areas({"ventricles": ventricles, "brain": brain, "tumour": np.asarray(seg) > 0}, pixel_mm)


def brain_of(images: np.ndarray, threshold: float = -0.9) -> np.ndarray:
    """Find the brain in skull-stripped images: the largest piece above the threshold, holes filled."""
    brains = []
    for image in images:
        pieces, _ = ndimage.label(image > threshold)
        sizes = np.bincount(pieces.ravel(), pieces.ravel() > 0)  # of the background: 0
        brains.append(ndimage.binary_fill_holes((pieces > 0) & (pieces == sizes.argmax())))
    return np.stack(brains)


def by_threshold(images: np.ndarray, modality: str, pixel_mm: float = PIXEL_MM) -> dict[str, np.ndarray]:
    """Measure those areas in mm2, (N,) each, for which the modality has a threshold of brightness.

    They correlate with the truth, but are not on its scale: a pixel that is half fluid counts wholly or not
    at all.

    Args:
        images: (N, H, W).
        modality: of the images, such as "t1".
        pixel_mm: side of a pixel.
    """
    images = np.asarray(images, np.float32)
    brain = brain_of(images)
    masks = {"brain": brain}
    if modality in FLUID:
        masks["ventricles"] = (images < FLUID[modality]) & central(brain, pixel_mm)
    if modality in TUMOUR:
        masks["tumour"] = bright(images, brain, TUMOUR[modality])
    return _areas(masks, pixel_mm)


def bright(images: np.ndarray, brain: np.ndarray, level: float) -> np.ndarray:
    """Mark blurred pixels that exceed their brain's median by `level` interquartile ranges."""
    scaled = np.zeros_like(images)
    for k, (image, mask) in enumerate(zip(images, brain, strict=True)):
        if mask.any():
            low, middle, high = np.percentile(image[mask], (25, 50, 75))
            scaled[k] = (image - middle) / max(high - low, 1e-3) * mask
    return brain & (ndimage.gaussian_filter(scaled, (0, 1, 1)) > level)


def symmetry(images: np.ndarray) -> np.ndarray:
    """Correlate brightness left and right of the image's middle, inside the brain and its mirror, (N,).

    Images are blurred by one pixel inside the brain, so that noise matters little; 0 without a brain.

    Args:
        images: (N, H, W).
    """
    images = np.asarray(images, np.float64)
    brain = brain_of(images)
    both = brain & brain[:, :, ::-1]
    smooth, weight = (ndimage.gaussian_filter(x, (0, 1, 1)) for x in (images * brain, 1.0 * brain))
    smooth = smooth / np.maximum(weight, 1e-6)
    correlations = np.zeros(len(images))
    for k, (image, mask) in enumerate(zip(smooth, both, strict=True)):
        values, mirrored = image[mask], image[:, ::-1][mask]
        if values.size and values.std() > 0:
            correlations[k] = np.corrcoef(values, mirrored)[0, 1]
    return correlations


def distribution_distance(
    generated: Mapping[str, np.ndarray], real: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the Wasserstein distance of each measure's two distributions, in real standard deviations.

    0.1 means that, on average, values have to move by a tenth of the real spread to turn one distribution
    into the other. The standard deviation is that of the real values themselves (ddof=0).

    Args:
        generated, real: name of a measure to its values, as `by_threshold` returns them; or tables.
    """
    distance = stats.wasserstein_distance
    return {name: float(distance(generated[name], real[name]) / np.std(real[name])) for name in real}


def _areas(masks: dict[str, np.ndarray], pixel_mm: float) -> dict[str, np.ndarray]:
    return {name: mask.sum((1, 2)) * pixel_mm**2 for name, mask in masks.items()}
