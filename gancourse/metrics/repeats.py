"""Does a generator that learned a rare finding from n examples only repeat them?

Its images are compared with the n examples, and with n of the same kind that it has never seen. A generator
that has understood the finding is as near to these as to those; one that repeats is nearer to its examples.
How much nearer chance alone makes it, real images tell that nobody trained on: the floor.
"""

import numpy as np

from gancourse.metrics.memorisation import nearest, with_mirrors


def repeats(
    generated: np.ndarray,
    examples: np.ndarray,
    unseen: np.ndarray,
    draws: int = 20,
    false_positives: float = 0.05,
    seed: int = 0,
) -> dict[str, float]:
    """Compare distances to the nearest example with those to the nearest of as many unseen images.

    Args:
        generated: (N, H, W) in [-1, 1]; channels one below the other, so that they can be mirrored.
        examples: (n, H, W), what the generator learned from; their mirror images count as well.
        unseen: (M, H, W) of the same kind, M well above n: n of them at a time are compared with, and the
            others are the floor, that of all draws together.
        draws: how often these are drawn.
        false_positives: share of the floor that is called a copy.
        seed: of the draws.

    Returns:
        `nearer`, the share of images that are nearer to an example than to any of as many unseen ones, and
        `nearer_floor`, the same of real images (.5 but for chance); `copies`, the share whose ratio of the
        two distances is below that of 19 in 20 real images.

    Raises:
        ValueError: not more unseen images than examples, or no examples.
    """
    n = len(examples)
    if not 0 < n < len(unseen):
        raise ValueError(f"{n} examples, {len(unseen)} unseen images: expected 1 or more, and more unseen")
    rng, ratios, floors = np.random.default_rng(seed), [], []
    to_examples, floor_to_examples = (nearest(x, with_mirrors(examples))[0] for x in (generated, unseen))
    for _ in range(draws):
        order = rng.permutation(len(unseen))
        reference, rest = with_mirrors(unseen[order[:n]]), order[n:]
        ratios.append(to_examples / np.maximum(nearest(generated, reference)[0], 1e-9))
        floors.append(floor_to_examples[rest] / np.maximum(nearest(unseen[rest], reference)[0], 1e-9))
    ratio, floor = np.concatenate(ratios), np.concatenate(floors)
    copies = np.mean(ratio < np.quantile(floor, false_positives))
    nearer, nearer_floor = np.mean(ratio < 1), np.mean(floor < 1)
    return {"nearer": float(nearer), "nearer_floor": float(nearer_floor), "copies": float(copies)}
