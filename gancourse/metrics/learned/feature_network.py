"""Embed brain slices as features that describe them, with a trained network."""

from collections.abc import Mapping

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.learned import in_blocks
from gancourse.networks.features import Pool

#: Features are clipped here, in standard deviations of real slices, so that no outlier decides a distance.
MOST = 4.0


class FeatureNetwork:
    """Describes a slice by the mean and standard deviation of a network's maps, whitened.

    Whitening projects onto the directions in which training slices vary most, and divides each by their
    standard deviation. Without it, brightness, which varies most between real slices, would drown the effects
    of noise or a grid.

    Args:
        maps: images (B, H, W, 1) -> maps at several scales, from `build_maps`.
        whitening: (modality, size of the images) -> mean (p,) of the pooled maps, and matrix (p, d).
    """

    def __init__(self, maps: keras.Model, whitening: Mapping[tuple[str, int], tuple[np.ndarray, np.ndarray]]):
        self.maps, self.whitening = maps, dict(whitening)
        self._pooled = keras.Model(maps.input, Pool()(maps.outputs))

    def embed(self, images: np.ndarray, modality: str = "t1") -> np.ndarray:
        """Embed images (N, S, S) or (N, S, S, 1) in [-1, 1] as features (N, d) float32.

        Features of two sizes, or of two modalities, are not comparable.

        Args:
            images: all of one modality.
            modality: its name.

        Raises:
            InputError: a modality or size that the network was not trained on, or values out of range.
        """
        images = np.asarray(images, np.float32)
        images = images[..., None] if images.ndim == 3 else images
        size = images.shape[1] if images.ndim == 4 else 0
        sizes = sorted({s for m, s in self.whitening if m == modality})
        if not sizes:
            known = ", ".join(sorted({m for m, _ in self.whitening}))
            raise InputError(f"modality {modality!r}: expected one of {known}")
        if size not in sizes or images.shape[1:] != (size, size, 1) or not len(images):
            known = " or ".join(f"(N, {s}, {s})" for s in sizes)
            raise InputError(f"images {images.shape}: expected {known}; average them to that size")
        if not np.abs(images).max(initial=0) <= 1.01:
            raise InputError(
                "images: expected numbers from -1 to 1; scale them as `gancourse cohort slice` does"
            )
        mean, matrix = self.whitening[modality, size]
        features = (self.pool(images) - mean) @ matrix
        return features.clip(-MOST, MOST).astype(np.float32)

    def pool(self, images: np.ndarray) -> np.ndarray:
        """Return the pooled maps (N, p), not whitened, of images (N, H, W, 1)."""
        return in_blocks(self._pooled, images, 128).astype(np.float64)
