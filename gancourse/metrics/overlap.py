"""Compare a segmentation with the truth, one patient at a time.

Empty regions count as in the BraTS challenge before 2023 (later years score lesion by lesion): if neither
mask has the region, Dice is 1 and HD95 is 0 mm; if only one has it, they are 0 and 373.13 mm, the diagonal of
a BraTS volume. Sensitivity without a true region, and errors in percent of no volume, are NaN, and means
leave NaN out.

Menze et al., The Multimodal Brain Tumor Image Segmentation Benchmark (BRATS), 2015.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import ndimage, spatial

from gancourse.cohort.scheme import TISSUES

#: Regions of tissue labels for `score_regions`; those of tumour labels are `scheme.REGIONS`.
TISSUE_REGIONS = {name: (label,) for label, name in TISSUES.items()}

#: HD95 in mm if only one of the two masks has the region.
ABSENT_MM = 373.13


def dice(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the Dice coefficient of two masks, 0..1: shared volume over the mean of both volumes."""
    tp, fp, fn, _ = _counts(truth, prediction)
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0


def sensitivity(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the share of the true region that was predicted, 0..1; NaN if there is none."""
    tp, _, fn, _ = _counts(truth, prediction)
    return tp / (tp + fn) if tp + fn else np.nan


def specificity(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the share of the remaining voxels not predicted, 0..1; near 1 if most are background."""
    _, fp, _, tn = _counts(truth, prediction)
    return tn / (tn + fp) if tn + fp else np.nan


def volume_error_ml(truth: np.ndarray, prediction: np.ndarray, zooms: Sequence[float]) -> float:
    """Return predicted minus true volume in mL, for voxels of `zooms` mm: negative if too small."""
    _, fp, fn, _ = _counts(truth, prediction)
    return (fp - fn) * float(np.prod(zooms)) / 1000


def hd95(truth: np.ndarray, prediction: np.ndarray, zooms: Sequence[float]) -> float:
    """Return the distance in mm within which 95 % of both masks' surface voxels lie from the other surface.

    Distances from both surfaces are pooled, as in the challenge's `brats-evaluation`; the paper takes the
    larger of the two directions' percentiles. A voxel is on the surface if a voxel that shares a face with it
    is outside. In an array of one slice, only faces within the slice count.

    Args:
        truth, prediction: masks of the same shape, in two or three dimensions.
        zooms: voxel size in mm along each axis.

    Raises:
        ValueError: shapes differ, or `zooms` is not one positive size per axis.
    """
    truth, prediction = _masks(truth, prediction)
    size = np.asarray(zooms, float)
    if size.shape != (truth.ndim,) or not (size > 0).all():
        raise ValueError(f"expected {truth.ndim} voxel sizes in mm, received {tuple(zooms)}")
    if (truth == prediction).all():
        return 0.0
    if not (truth.any() and prediction.any()):
        return ABSENT_MM
    a, b = (_surface(mask.squeeze(), size[np.array(mask.shape) > 1]) for mask in (truth, prediction))
    distances = [spatial.KDTree(to).query(points)[0] for points, to in ((a, b), (b, a))]
    return float(np.percentile(np.concatenate(distances), 95))


def score_regions(
    truth: np.ndarray, prediction: np.ndarray, zooms: Sequence[float], regions: Mapping[str, tuple[int, ...]]
) -> dict[str, dict[str, float]]:
    """Compute every metric of every region for two label volumes (X, Y, Z).

    Args:
        truth, prediction: labels.
        zooms: voxel size in mm along each axis.
        regions: name to labels, such as `scheme.REGIONS` (WT, TC, ET) or `TISSUE_REGIONS` (CSF, GM, WM).

    Returns:
        For each region: `dice`, `hd95_mm`, `sensitivity`, `specificity`, `true_ml`, `volume_ml` (predicted),
        `volume_error_ml` and `volume_error_percent` of the true volume, both signed.
    """
    voxel_ml = float(np.prod(zooms)) / 1000
    scores = {}
    for name, labels in regions.items():
        masks = np.isin(truth, labels), np.isin(prediction, labels)
        true_ml, error_ml = float(masks[0].sum() * voxel_ml), volume_error_ml(*masks, zooms)
        scores[name] = {
            "dice": dice(*masks),
            "hd95_mm": hd95(*masks, zooms),
            "sensitivity": sensitivity(*masks),
            "specificity": specificity(*masks),
            "true_ml": true_ml,
            "volume_ml": float(masks[1].sum() * voxel_ml),
            "volume_error_ml": error_ml,
            "volume_error_percent": 100 * error_ml / true_ml if true_ml else np.nan,
        }
    return scores


def _masks(truth: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth, prediction = np.asarray(truth, bool), np.asarray(prediction, bool)
    if truth.shape != prediction.shape:
        raise ValueError(f"expected two masks of one shape, received {truth.shape} and {prediction.shape}")
    return truth, prediction


def _counts(truth: np.ndarray, prediction: np.ndarray) -> tuple[int, int, int, int]:
    """Count true positives, false positives, false negatives and true negatives, in voxels."""
    truth, prediction = _masks(truth, prediction)
    tp = int(np.count_nonzero(truth & prediction))
    fp, fn = int(np.count_nonzero(prediction)) - tp, int(np.count_nonzero(truth)) - tp
    return tp, fp, fn, truth.size - tp - fp - fn


def _surface(mask: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the positions of a mask's surface voxels, (N, axes) in mm."""
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    surface = mask[box] & ~ndimage.binary_erosion(mask[box])
    return (np.argwhere(surface) + [ends.start for ends in box]) * size
