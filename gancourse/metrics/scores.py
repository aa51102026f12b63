"""The scores on a generator's model card, each beside what real images reach."""

import numpy as np

from gancourse.metrics.memorisation import memorisation
from gancourse.metrics.statistics import diversity, pixel_statistics, spectrum_distance


def score(generated: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Fidelity and diversity against held-out images, and memorisation.

    Args:
        generated: (N, H, W) in [-1, 1].
        train, held_out: (M, H, W), see `memorisation`.

    Returns:
        Flat names to numbers. Those that begin with `real_` are of the training images against the held-out
        ones (or of the held-out ones themselves): as good as a perfect generator would be.
    """
    found: dict[str, float] = {}
    for prefix, images in (("", generated), ("real_", train)):
        values = pixel_statistics(images, held_out) | {"spectrum_db": spectrum_distance(images, held_out)}
        found |= {prefix + name: value for name, value in values.items()}
    for prefix, images in (("", generated), ("real_", held_out)):
        found |= {prefix + name: value for name, value in diversity(images[: len(generated)]).items()}
    return {
        name: round(value, 4) for name, value in (found | memorisation(generated, train, held_out)).items()
    }
