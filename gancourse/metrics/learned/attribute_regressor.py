"""Train a regressor on slices whose attributes are known, and measure other images with it."""

from collections.abc import Sequence

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.learned import in_blocks
from gancourse.networks.regressor import build_regressor


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
        """Train on slices.

        Args:
            names: of the attributes.
            images: (N, H, W) or (N, H, W, C) in [-1, 1].
            values: (N, k), the attributes of each image.
            epochs: passes over the images; the learning rate decays to 0 over them.
            rate: initial learning rate of Adam.
            seed: of weights, order and noise.
            verbose: as in Keras' `fit`.
            mirror: whether images may be mirrored.

        Raises:
            InputError: `values` does not have one row per image and one column per name.
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
