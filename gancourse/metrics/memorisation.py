"""Does a generator copy its training images, or reveal who was in the training set?

Everything rests on distances between images (N, H, W) or between their features (N, d). Both detect copies
that are noisy or dimmed; pixels detect four in five copies that are shifted by one pixel, features one in
five (`data/results/copies.csv`). A generator trained on mirrored images may also copy mirrored: pass
`with_mirrors(train)`, and `with_mirrors` of whatever train is compared with.
"""

from typing import NamedTuple

import numpy as np
from sklearn import metrics

RESAMPLES = 999


class Copies(NamedTuple):
    """Results of `find_copies`: for each generated image whether it is a copy, of which training image, and
    its distance to that image over its distance to the nearest held-out one: copies lie below `threshold`."""

    copied: np.ndarray
    source: np.ndarray
    ratio: np.ndarray
    threshold: float


class Attack(NamedTuple):
    """How well scores separate members from others: area under the ROC, its 95 % interval, and the curve."""

    auc: float
    low: float
    high: float
    false_positives: np.ndarray
    true_positives: np.ndarray


def distances(images: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the root-mean-square difference of every image to every reference image, (N, M).

    Args:
        images: (N, H, W), or features (N, d).
        reference: (M, H, W), or features (M, d).
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (images, reference))
    squared = (a**2).mean(1)[:, None] + (b**2).mean(1) - 2 * (a @ b.T) / a.shape[1]
    return np.sqrt(np.maximum(squared, 0))


def nearest(images: np.ndarray, reference: np.ndarray, block: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Return each image's nearest reference image as (distance, index), both (N,); see `distances`."""
    reference = np.asarray(reference, np.float64)  # once, not for every block
    parts = [distances(images[i : i + block], reference) for i in range(0, len(images), block)]
    return np.concatenate([p.min(1) for p in parts]), np.concatenate([p.argmin(1) for p in parts])


def nearest_of_others(images: np.ndarray, groups: np.ndarray, k: int = 1, block: int = 256) -> np.ndarray:
    """Return each image's distance to its k-th nearest among the images of other groups, (N,)."""
    images, groups, kth = np.asarray(images, np.float64), np.asarray(groups), []
    for start in range(0, len(images), block):
        between = distances(images[start : start + block], images)
        between[groups[start : start + block, None] == groups] = np.inf
        kth.append(np.partition(between, k - 1, axis=1)[:, k - 1])
    return np.concatenate(kth)


def memorisation(generated: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Compare the distance to the nearest training image with that to the nearest held-out image.

    Args:
        generated: (N, H, W) in [-1, 1].
        train, held_out: (M, H, W) each, in equal number, since the nearest of more images is nearer; and
            from equally many patients, since slices of one patient are alike.

    Returns:
        `to_train`, `to_held_out`: median distances to the nearest image. `ratio`: of the two; well below 1
        means copies. `nearer_to_train`: share of the generated images that are nearer to training; copies
        raise it above one half. `held_out_to_train`: the same distance for real images, for comparison.

    Raises:
        ValueError: the two sets differ in number.
    """
    if len(train) != len(held_out):
        received = f"{len(train)} training, {len(held_out)} held-out images"
        raise ValueError(f"expected equally many, received {received}")
    to_train, to_held_out = nearest(generated, train)[0], nearest(generated, held_out)[0]
    return {
        "to_train": float(np.median(to_train)),
        "to_held_out": float(np.median(to_held_out)),
        "ratio": float(np.median(to_train) / np.median(to_held_out)),
        "nearer_to_train": float(np.mean(to_train < to_held_out)),
        "held_out_to_train": float(np.median(nearest(held_out, train)[0])),
    }


def with_mirrors(images: np.ndarray) -> np.ndarray:
    """Append the left-right mirror images: (N, H, W) -> (2 N, H, W)."""
    return np.concatenate([images, images[:, :, ::-1]])


def find_copies(
    generated: np.ndarray,
    train: np.ndarray,
    held_out: np.ndarray,
    patients: np.ndarray,
    false_positives: float = 0.01,
) -> Copies:
    """Decide which generated images are copies of training images.

    An image is a copy if it is nearer to training than to held-out images by a factor that only the given
    share of unseen real images reach: held-out images, each compared with training and with the held-out
    images of other patients. The test uses the ratio of two distances because a blurred image is near to all.

    Args:
        generated: (N, H, W) or, like the other two, features (N, d).
        train, held_out: real images, about as many of each.
        patients: (M,), the patient of each held-out image.
        false_positives: accepted share of unseen real images that are called copies.

    Raises:
        ValueError: a held-out image without a patient, or a single patient.
    """
    if len(patients) != len(held_out) or len(np.unique(patients)) < 2:
        expected = f"a patient for each of {len(held_out)} held-out images, two or more in all"
        raise ValueError(f"expected {expected}, received {len(patients)}, {len(np.unique(patients))} in all")
    unseen = nearest(held_out, train)[0] / np.maximum(nearest_of_others(held_out, patients), 1e-12)
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
) -> Attack:
    """Evaluate a membership-inference attack: do scores tell training images from images never seen?

    With minus the distance to the nearest generated image as the score, the attack needs only the generator
    (Chen et al. 2020, arXiv 1909.03935); with the discriminator's logit, it needs the discriminator too
    (Hayes et al. 2019, arXiv 1705.07663).

    Args:
        members, others: (N,) and (M,), a score per real image; higher means more likely a member.
        member_patients, other_patients: the patient of each image. The interval resamples patients with
            replacement, since slices of one patient are alike.
        seed: of the resampling.

    Returns:
        An area of 0.5 is guessing, 1 identifies every member.
    """
    truth = np.repeat([1, 0], [len(members), len(others)])
    false, true, _ = metrics.roc_curve(truth, np.concatenate([members, others]))
    rng = np.random.default_rng(seed)
    a, b = np.asarray(members, np.float32)[:, None], np.asarray(others, np.float32)
    wins = ((a > b) + 0.5 * (a == b)).astype(np.float32)  # of a member's score over another's: (N, M)
    of_member, of_other = (
        (np.unique(p)[:, None] == p).astype(np.float32) for p in (member_patients, other_patients)
    )
    wins, sizes = of_member @ wins @ of_other.T, (of_member.sum(1), of_other.sum(1))  # exact: halves, summed
    draws = [
        [rng.multinomial(len(n), np.full(len(n), 1 / len(n))).astype(np.float64) for n in sizes]
        for _ in range(RESAMPLES)
    ]
    first, second = (np.stack(each) for each in zip(*draws, strict=True))
    areas = ((first @ wins) * second).sum(1) / ((first @ sizes[0]) * (second @ sizes[1]))
    low, high = np.quantile(areas, [0.025, 0.975])
    return Attack(float(metrics.auc(false, true)), float(low), float(high), false, true)
