"""Does a generator copy its training images, or give away who was in training?

All of it goes by distances, between images (N, H, W) or between features (N, d) of them. Both see copies that
are noisy or dimmed; a copy that was moved by a pixel is found in pixels four times in five, in features once
(`data/results/copies.csv`). A generator that was trained on mirrored images may also copy mirrored: give it
`with_mirrors(train)`, and `with_mirrors` of what train is compared with.
"""

from typing import NamedTuple

import numpy as np
from sklearn import metrics

RESAMPLES = 999


class Copies(NamedTuple):
    """What `find_copies` found: for each generated image whether it is a copy, of which training image, and
    its distance to that one over its distance to the nearest held-out one; below `threshold` it is a copy."""

    copied: np.ndarray
    source: np.ndarray
    ratio: np.ndarray
    threshold: float


class Attack(NamedTuple):
    """How well scores tell members from others: the area under the ROC with its interval, and the curve."""

    auc: float
    low: float
    high: float
    false_positives: np.ndarray
    true_positives: np.ndarray


def distances(images: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Root-mean-square difference of every image to every reference image, (N, M).

    Args:
        images: (N, H, W), or features (N, d).
        reference: (M, H, W), or features (M, d).
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (images, reference))
    squared = (a**2).mean(1)[:, None] + (b**2).mean(1) - 2 * (a @ b.T) / a.shape[1]
    return np.sqrt(np.maximum(squared, 0))


def nearest(images: np.ndarray, reference: np.ndarray, block: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Each image's nearest reference image: (distance, index), both (N,); see `distances`."""
    reference = np.asarray(reference, np.float64)  # once, not for every block
    parts = [distances(images[i : i + block], reference) for i in range(0, len(images), block)]
    return np.concatenate([p.min(1) for p in parts]), np.concatenate([p.argmin(1) for p in parts])


def memorisation(generated: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Is the nearest training image nearer than the nearest image that the generator never saw?

    Args:
        generated: (N, H, W) in [-1, 1].
        train, held_out: (M, H, W) each, equally many, since the nearest of more images is nearer; and of
            equally many patients, since slices of one patient are alike.

    Returns:
        `to_train`, `to_held_out`: medians of the distance to the nearest. `ratio`: of the two; well below 1
        means copies. `nearer_to_train`: share of the generated images that are nearer to training; copies
        make it rise above one half. `held_out_to_train`: the same distance for real images, as a measure.

    Raises:
        ValueError: the two sets differ in number.
    """
    if len(train) != len(held_out):
        raise ValueError(
            f"expected equally many, received {len(train)} training, {len(held_out)} held-out images"
        )
    to_train, to_held_out = nearest(generated, train)[0], nearest(generated, held_out)[0]
    return {
        "to_train": float(np.median(to_train)),
        "to_held_out": float(np.median(to_held_out)),
        "ratio": float(np.median(to_train) / np.median(to_held_out)),
        "nearer_to_train": float(np.mean(to_train < to_held_out)),
        "held_out_to_train": float(np.median(nearest(held_out, train)[0])),
    }


def with_mirrors(images: np.ndarray) -> np.ndarray:
    """Images (N, H, W), then the same mirrored left to right: (2 N, H, W)."""
    return np.concatenate([images, images[:, :, ::-1]])


def find_copies(
    generated: np.ndarray,
    train: np.ndarray,
    held_out: np.ndarray,
    patients: np.ndarray,
    false_positives: float = 0.01,
) -> Copies:
    """Which generated images are copies of training images?

    An image is a copy if it is nearer to training than to held-out images by a factor that only the given
    share of real, unseen images reach: held-out images, each compared with training and with the held-out
    images of other patients. The ratio of two distances is asked, since a blurred image is near to all.

    Args:
        generated: (N, H, W), or features (N, d), as the others.
        train, held_out: real images; about as many of each.
        patients: (M,), of the held-out images.
        false_positives: share of unseen real images that may be called copies.

    Raises:
        ValueError: no patient for every held-out image, or one patient only.
    """
    if len(patients) != len(held_out) or len(np.unique(patients)) < 2:
        raise ValueError(
            f"expected a patient for each of {len(held_out)} held-out images, two or more in all,"
            f" received {len(patients)}, {len(np.unique(patients))} in all"
        )
    unseen = nearest(held_out, train)[0] / np.maximum(_nearest_of_others(held_out, patients), 1e-12)
    to_train, source = nearest(generated, train)
    ratio = to_train / np.maximum(nearest(generated, held_out)[0], 1e-12)
    threshold = float(np.quantile(unseen, false_positives))
    return Copies(ratio < threshold, source, ratio, threshold)


def membership(
    members: np.ndarray,
    others: np.ndarray,
    member_patients: np.ndarray,
    other_patients: np.ndarray,
    seed: int = 0,
    confidence: float = 0.95,
) -> Attack:
    """A membership-inference attack: do scores tell training images from images never seen?

    With minus the distance to the nearest generated image as score it needs the generator alone (Chen et al.
    2020, arXiv 1909.03935), with the discriminator's logit, that too (Hayes et al. 2019, arXiv 1705.07663).

    Args:
        members, others: (N,) and (M,), a score for each real image, the higher the more likely a member.
        member_patients, other_patients: whose image it is. The interval draws patients anew, with
            replacement, since slices of one patient are alike.
        seed: of the drawing.
        confidence: share of such intervals that hold the true area.

    Returns:
        An area of 0.5 is guessing, 1 tells everyone.
    """
    truth = np.repeat([1, 0], [len(members), len(others)])
    false, true, _ = metrics.roc_curve(truth, np.concatenate([members, others]))
    rng = np.random.default_rng(seed)
    areas = []
    wins = _wins(members, others)  # (patients of members, patients of others) by sums
    wins = _sum_by(_sum_by(wins, member_patients, 0), other_patients, 1)
    sizes = [np.unique(p, return_counts=True)[1] for p in (member_patients, other_patients)]
    for _ in range(RESAMPLES):
        a, b = (rng.multinomial(len(n), np.full(len(n), 1 / len(n))) for n in sizes)
        areas.append(a @ wins @ b / ((a @ sizes[0]) * (b @ sizes[1])))
    low, high = np.quantile(areas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Attack(float(metrics.auc(false, true)), float(low), float(high), false, true)


def _nearest_of_others(images: np.ndarray, patients: np.ndarray, block: int = 256) -> np.ndarray:
    """Distance of each image to the nearest that is another patient's."""
    patients, found = np.asarray(patients), []
    for start in range(0, len(images), block):
        between = distances(images[start : start + block], images)
        between[patients[start : start + block, None] == patients] = np.inf
        found.append(between.min(1))
    return np.concatenate(found)


def _wins(members: np.ndarray, others: np.ndarray) -> np.ndarray:
    """1 where a member's score is higher than another's, 0.5 where equal: (N, M)."""
    a, b = np.asarray(members, np.float32)[:, None], np.asarray(others, np.float32)
    return ((a > b) + 0.5 * (a == b)).astype(np.float32)


def _sum_by(values: np.ndarray, groups: np.ndarray, axis: int) -> np.ndarray:
    """Sums over the rows or columns of each group, groups sorted."""
    order = np.argsort(groups, kind="stable")
    starts = np.unique(np.asarray(groups)[order], return_index=True)[1]
    return np.add.reduceat(np.take(values, order, axis), starts, axis, dtype=np.float64)
