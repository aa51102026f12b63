"""Measure images with a network that was trained on slices whose attributes are known."""

from collections.abc import Sequence

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.learned import in_blocks


class AttributeRegressor:
    """Predicts attributes of images, in the attributes' own units.

    Args:
        names: of the attributes, in order.
        network: images (B, H, W, C) -> standardised attributes (B, k).
        mean, scale: (k,), of the training slices.
    """

    def __init__(self, names: Sequence[str], network: keras.Model, mean: np.ndarray, scale: np.ndarray):
        self.names, self.network = tuple(names), network
        self.mean, self.scale = np.asarray(mean, np.float64), np.asarray(scale, np.float64)

    def measure(self, images: np.ndarray) -> np.ndarray:
        """Predict the attributes (N, k) of images (N, H, W, C), or (N, H, W) of one modality, in [-1, 1].

        Raises:
            InputError: images of another size or number of channels than the network's.
        """
        images = np.asarray(images, np.float32)
        images = images[..., None] if images.ndim == 3 else images
        size = self.network.input_shape[1:]
        if images.shape[1:] != size:
            raise InputError(f"images {images.shape}: expected (N, {', '.join(map(str, size))})")
        return in_blocks(self.network, images, 256) * self.scale + self.mean
