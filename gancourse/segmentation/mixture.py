"""Segment CSF, grey and white matter the classical way: a Gaussian mixture model of T1 intensities.

There is no training and no anatomy: each voxel is classified by its intensity alone. Wells et al. (IEEE TMI
15:429, 1996) estimate the mixture and the bias field together; here the bias field is corrected first, by N4
(Tustison et al., IEEE TMI 29:1310, 2010) in SimpleITK.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from gancourse.errors import InputError

#: Share of the brain that `flat_voxels` selects.
FLAT_SHARE = 0.2
#: Voxels that a fit draws at random: more would take longer and change little.
FIT_VOXELS = 30_000
#: `refine_tissue` leaves a slice with fewer voxels as it is.
LEAST_VOXELS = 300
#: Grid in mm on which N4 estimates the field, which is smooth.
FIELD_MM = 4.0


@dataclass(frozen=True)
class Mixture:
    """Three normal densities, from dark to bright CSF, GM and WM. Arrays are (3,), in image intensities."""

    means: np.ndarray
    deviations: np.ndarray
    weights: np.ndarray

    def posteriors(self, values: np.ndarray) -> np.ndarray:
        """Return the probability of each tissue given the intensities (n,): (n, 3), rows sum to 1."""
        z = (np.asarray(values, np.float64)[:, None] - self.means) / self.deviations
        log = np.log(self.weights / self.deviations) - z**2 / 2
        share = np.exp(log - log.max(1, keepdims=True))
        return share / share.sum(1, keepdims=True)


def fit_all(values: np.ndarray) -> Mixture:
    """Fit three normal densities, each with its own variance, to all intensities (n,)."""
    return _fit(values, "full")


def flat_voxels(t1: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Return where T1 changes least, (X, Y, Z) bool: inside a tissue, away from borders."""
    steepness = ndimage.gaussian_gradient_magnitude(_in_brain_units(t1, brain), 0.7)
    inner = ndimage.binary_erosion(brain)  # the step at the brain's edge is not a border of tissues
    return inner & (steepness <= np.quantile(steepness[inner], FLAT_SHARE)) if inner.any() else brain


def fit_flat(t1: np.ndarray, brain: np.ndarray) -> Mixture:
    """Fit flat voxels only, since those at a border hold two tissues; the densities share one variance."""
    return _fit(t1[flat_voxels(t1, brain)], "tied")


def correct_bias(t1: np.ndarray, brain: np.ndarray, zooms: tuple[float, float, float]) -> np.ndarray:
    """Correct the bias field of T1 by N4: (X, Y, Z) float32; `zooms` in mm.

    Raises:
        InputError: as `segment_tissue`.
    """
    import SimpleITK as sitk  # slow to load

    _check(t1, brain)
    box = ndimage.find_objects(brain.astype(np.uint8))[0]
    scaled = 100 * _in_brain_units(t1, brain)  # N4 takes logarithms, and what is near 0 for noise
    image, mask = (sitk.GetImageFromArray(a[box].T) for a in (scaled, brain.astype(np.uint8)))
    sizes = zip(zooms, mask.GetSize(), strict=True)
    shrink = [max(1, min(round(FIELD_MM / zoom), n // 8)) for zoom, n in sizes]
    for each in (image, mask):
        each.SetSpacing([float(zoom) for zoom in zooms])
    n4 = sitk.N4BiasFieldCorrectionImageFilter()
    n4.SetMaximumNumberOfIterations([30, 30, 30])  # finer levels take long and see tissue, not the coil
    n4.Execute(sitk.Shrink(image, shrink), sitk.Shrink(mask, shrink))
    field = np.ones(t1.shape, np.float32)
    field[box] = np.exp(sitk.GetArrayFromImage(n4.GetLogBiasFieldAsImage(image)).T)
    return np.where(brain, t1 / field, 0).astype(np.float32)


def segment_tissue(
    t1: np.ndarray,
    brain: np.ndarray,
    zooms: tuple[float, float, float],
    *,
    bias: bool = True,
    flat: bool = True,
) -> np.ndarray:
    """Segment tissue by T1 alone: (X, Y, Z) uint8, 1 CSF, 2 GM, 3 WM, 0 outside `brain`.

    Args:
        t1: (X, Y, Z), any intensities.
        brain: (X, Y, Z) bool. Leave a tumour out, since the model has no class for it.
        zooms: voxel size in mm.
        bias: correct the bias field first.
        flat: use `fit_flat` instead of `fit_all`.

    Raises:
        InputError: shapes that differ, no voxel in `brain`, or intensities that are not finite or all equal.
    """
    _check(t1, brain)
    image = correct_bias(t1, brain, zooms) if bias else t1
    if flat:  # these voxels are not a random sample of the brain, so all tissues are equally likely a priori
        mixture = replace(fit_flat(image, brain), weights=np.full(3, 1 / 3))
    else:
        mixture = fit_all(image[brain])
    labels = np.zeros(t1.shape, np.uint8)
    labels[brain] = mixture.posteriors(image[brain]).argmax(1) + 1
    return labels


def _in_brain_units(t1: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Scale T1, as float32, to a largest magnitude of 1 in the brain, so that no square overflows float32."""
    return (t1 / (np.abs(t1[brain]).max(initial=0) or 1.0)).astype(np.float32)


def _fit(values: np.ndarray, covariance: str) -> Mixture:
    from sklearn.mixture import GaussianMixture  # slow to load

    values = np.asarray(values, np.float64)
    chosen = np.random.default_rng(0).permutation(len(values))[:FIT_VOXELS]
    unit, middle = values.std() or 1.0, values.mean()  # what scikit-learn adds to a variance is absolute
    scaled = (values[chosen, None] - middle) / unit
    model = GaussianMixture(3, covariance_type=covariance, random_state=0).fit(scaled)
    order = np.argsort(model.means_[:, 0])  # components come in any order; on T1, brightness names them
    spread = np.sqrt(np.broadcast_to(model.covariances_.ravel(), 3))
    return Mixture(unit * model.means_[order, 0] + middle, unit * spread[order], model.weights_[order])


def _check(t1: np.ndarray, brain: np.ndarray) -> None:
    if t1.shape != brain.shape:
        raise InputError(f"T1 has shape {t1.shape}, the brain's mask {brain.shape}; give both on one grid")
    if not brain.any():
        raise InputError("the brain's mask is empty; expected voxels of brain, check the skull stripping")
    inside = t1[brain]
    if not np.isfinite(inside).all():
        raise InputError("T1 has values in the brain that are not finite; set them to 0 or repair the file")
    if len(np.unique(inside[:10_000])) < 3 and len(np.unique(inside)) < 3:
        raise InputError("T1 has fewer than 3 different values in the brain; expected an image, not a mask")


def refine_tissue(
    images: np.ndarray, brain: np.ndarray, tumour: np.ndarray, tissue: np.ndarray, rounds: int = 3
) -> np.ndarray:
    """Fit a mixture to each slice's intensities, with a network's tissue probabilities as the prior.

    Unified segmentation does this with an atlas as the prior (Ashburner and Friston, NeuroImage 26:839,
    2005). A network trained on phantoms knows where tissue can be; the slice itself shows how bright it is.

    Args:
        images: (N, H, W, C), the modalities that are present, any unit.
        brain: (N, H, W) bool.
        tumour: (N, H, W) bool; these pixels are left as they are and take no part in the fit.
        tissue: (N, H, W, 4) probabilities: outside, CSF, GM, WM.
        rounds: iterations of expectation and maximisation.

    Returns:
        Probabilities (N, H, W, 4), float32.
    """
    refined = tissue.copy()
    for image, inside, prior_map, out in zip(images, brain & ~tumour, tissue, refined, strict=True):
        if inside.sum() < LEAST_VOXELS:
            continue
        x = image[inside].astype(np.float64)
        spread = x.std(0)
        x = np.clip((x - x.mean(0)) / np.where(spread > 0, spread, 1), -4, 6)
        prior = prior_map[inside][:, 1:] + 1e-3
        share = prior / prior.sum(1, keepdims=True)
        for _ in range(rounds):
            likelihood = np.stack([_log_normal(x, weight) for weight in share.T], 1)
            share = prior * np.exp(likelihood - likelihood.max(1, keepdims=True))
            share /= share.sum(1, keepdims=True)
        out[inside] = np.concatenate([np.zeros((len(share), 1)), share], 1)
    return refined


def _log_normal(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the log density (n,), at x (n, C), of a normal distribution fitted to x with weights (n,)."""
    total = weight.sum() + 1e-9
    d = x - weight @ x / total
    covariance = (d * weight[:, None]).T @ d / total + 0.01 * np.eye(x.shape[1])
    mahalanobis = np.einsum("ni,ij,nj->n", d, np.linalg.inv(covariance), d)
    return -0.5 * (mahalanobis + np.linalg.slogdet(covariance)[1])
