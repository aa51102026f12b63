"""Generate images with a conditional generator (Mirza and Osindero 2014, arXiv 1411.1784).

The GAN that trains one is in `experiments/tour_conditional_gan.py`.
"""

import keras
import numpy as np


def paint(generator: keras.Model, conditions: np.ndarray, seed: int = 0, batch_size: int = 128) -> np.ndarray:
    """Return one image for each condition (N, n), float32 (N, H, W, C), of latents drawn with the seed."""
    conditions = np.asarray(conditions, np.float32)
    shape = (len(conditions), generator.inputs[0].shape[-1])
    latents = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    batches = [slice(i, i + batch_size) for i in range(0, len(conditions), batch_size)]
    return np.concatenate([np.array(generator([latents[b], conditions[b]], training=False)) for b in batches])
