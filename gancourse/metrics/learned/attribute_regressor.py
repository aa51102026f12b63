"""Train a regressor on slices whose values are known, and measure images with it."""

from collections.abc import Sequence

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.networks.regressor import build_regressor


class AttributeRegressor:
    """Reads values off images, in their own units.

    Args:
        names: of the values, in order.
        network: images (B, H, W, C) -> (B, k), standardised.
        mean, scale: (k,), of the training slices.
    """

    def __init__(self, names: Sequence[str], network: keras.Model, mean: np.ndarray, scale: np.ndarray):
        self.names, self.network = tuple(names), network
        self.mean, self.scale = np.asarray(mean, np.float64), np.asarray(scale, np.float64)

    def measure(self, images: np.ndarray) -> np.ndarray:
        """Images (N, H, W, C), or (N, H, W) of one modality, in [-1, 1] -> (N, k)."""
        images = np.asarray(images, np.float32)
        images = images[..., None] if images.ndim == 3 else images
        size = self.network.input_shape[1:]
        if images.shape[1:] != size:
            raise InputError(f"images {images.shape}: expected (N, {', '.join(map(str, size))})")
        blocks = [images[i : i + 256] for i in range(0, len(images), 256)]
        found = [np.asarray(self.network(block, training=False)) for block in blocks]
        return np.concatenate(found) * self.scale + self.mean

    @classmethod
    def train(
        cls,
        names: Sequence[str],
        images: np.ndarray,
        values: np.ndarray,
        epochs: int = 8,
        rate: float = 2e-3,
        seed: int = 0,
        verbose: int = 2,
        mirror: bool = True,
    ) -> "AttributeRegressor":
        """Learn from slices.

        Args:
            names: of the values.
            images: (N, H, W) or (N, H, W, C) in [-1, 1].
            values: (N, k), what they show.
            epochs: passes over the images; the learning rate falls to 0 over them.
            rate: learning rate at the start, Adam.
            seed: of weights, order and noise.
            verbose: as in Keras' `fit`.
            mirror: whether images may be mirrored.
        """
        if values.shape != (len(images), len(names)):
            raise InputError(f"values {values.shape}: expected ({len(images)}, {len(names)})")
        keras.utils.set_random_seed(seed)
        mean, scale = values.mean(0), values.std(0)
        images = images[..., None] if images.ndim == 3 else images
        network = build_regressor(len(names), images.shape[1], channels=images.shape[-1], mirror=mirror)
        falling = keras.optimizers.schedules.CosineDecay(rate, epochs * -(-len(images) // 64))
        network.compile(keras.optimizers.Adam(falling), "huber", jit_compile=False)
        network.fit(images, (values - mean) / scale, 64, epochs, verbose)
        return cls(names, network, mean, scale)
