"""Train the regressors that measure generated images, on slices whose attributes are known."""

from collections.abc import Sequence

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.networks.regressor import build_regressor


def train_regressor(
    names: Sequence[str],
    images: np.ndarray,
    values: np.ndarray,
    epochs: int,
    seed: int = 0,
    mirror: bool = True,
    verbose: int = 2,
) -> AttributeRegressor:
    """Train a regressor by Adam, with a learning rate that decays to 0 over all epochs.

    Args:
        names: of the attributes.
        images: (N, H, W) or (N, H, W, C) in [-1, 1].
        values: (N, k), the attributes of each image.
        epochs: passes over the images.
        seed: of weights, order and noise.
        mirror: whether images may be mirrored.
        verbose: as in Keras' `fit`.

    Raises:
        InputError: `values` does not have one row per image and one column per name.
    """
    if values.shape != (len(images), len(names)):
        raise InputError(f"values {values.shape}: expected ({len(images)}, {len(names)})")
    keras.utils.set_random_seed(seed)
    mean, scale = values.mean(0), values.std(0)
    images = images[..., None] if images.ndim == 3 else images
    network = build_regressor(len(names), images.shape[1], channels=images.shape[-1], mirror=mirror)
    falling = keras.optimizers.schedules.CosineDecay(2e-3, epochs * -(-len(images) // 64))
    network.compile(keras.optimizers.Adam(falling), "huber", jit_compile=False)
    network.fit(images, (values - mean) / scale, 64, epochs, verbose)
    return AttributeRegressor(names, network, mean, scale)
