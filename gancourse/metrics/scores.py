"""Compute the scores on a generator's model card, each beside the value that real images reach."""

import numpy as np

from gancourse.metrics.memorisation import memorisation
from gancourse.metrics.statistics import diversity, pixel_statistics, spectrum_distance


def score(generated: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Score fidelity and diversity against held-out images, and memorisation.

    Args:
        generated: (N, H, W) in [-1, 1].
        train, held_out: (M, H, W), see `memorisation`.

    Returns:
        Names to numbers. Names that begin with `real_` compare the training images with the held-out ones
        (or describe the held-out ones themselves): what a perfect generator would reach.
    """
    scores: dict[str, float] = {}
    for prefix, images in (("", generated), ("real_", train)):
        values = pixel_statistics(images, held_out) | {"spectrum_db": spectrum_distance(images, held_out)}
        scores |= {prefix + name: value for name, value in values.items()}
    for prefix, images in (("", generated), ("real_", held_out)):
        scores |= {prefix + name: value for name, value in diversity(images[: len(generated)]).items()}
    scores |= memorisation(generated, train, held_out)
    return {name: round(value, 4) for name, value in scores.items()}
