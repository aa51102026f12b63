"""Metrics that need a trained network: features of images and attribute regressors."""

from collections.abc import Callable

import numpy as np

from gancourse.quiet import import_tensorflow

import_tensorflow()


def in_blocks(network: Callable, images: np.ndarray, block: int) -> np.ndarray:
    """Apply a network to images (N, ...) as float32, `block` at a time -> its outputs, (N, ...)."""
    blocks = [np.asarray(images[i : i + block], np.float32) for i in range(0, len(images), block)]
    return np.concatenate([np.asarray(network(x, training=False)) for x in blocks])
