"""The course's versions of what learners write in lesson 54: augmentation, a moved lesion, a mixture, a gain.

The study behind the lesson uses stronger augmentation (`segmentation.slice_changes`), lesions that are also
turned and scaled (`cohort.lesion_moves`), and the same mixture on `tf.data` (`segmentation.mixing`).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from gancourse.metrics.memorisation import nearest, with_mirrors

GAIN, OFFSET = (0.8, 1.2), (-0.2, 0.2)
RESAMPLES = 2000


def augment(image: np.ndarray, seg: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mirror a slice and its labels with a chance of one half, and change each contrast's gain and offset.

    Args:
        image: (H, W, C) in [-1, 1], -1 outside the brain.
        seg: (H, W), labels.
        rng: of all that is random.

    Returns:
        Image and labels of the same shapes.
    """
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    gain, offset = (rng.uniform(*ends, image.shape[-1]) for ends in (GAIN, OFFSET))
    brain = (image > -1).any(-1, keepdims=True)
    changed = np.clip(image * gain + offset, -1, 1)
    return np.where(brain, changed, -1).astype(np.float32), seg


def transplant(seg: np.ndarray, tissue: np.ndarray, row: int, column: int) -> np.ndarray:
    """Put the lesion of one slice into the brain of another, with its mean at (row, column).

    Args:
        seg: (H, W), labels with a lesion.
        tissue: (H, W), of the other brain; 0 outside. What would lie there is lost.
    """
    rows, columns = np.nonzero(seg)
    moved = np.zeros_like(seg)
    down, right = round(row - rows.mean()), round(column - columns.mean())
    height, width = seg.shape
    there = (rows + down >= 0) & (rows + down < height) & (columns + right >= 0) & (columns + right < width)
    rows, columns = rows[there], columns[there]
    moved[rows + down, columns + right] = seg[rows, columns]
    return np.where(tissue > 0, moved, 0).astype(seg.dtype)


def mix(
    sources: Sequence[tuple[np.ndarray, np.ndarray]],
    shares: Sequence[float],
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Make endless batches in which each source has its share, on average.

    Args:
        sources: images (N, H, W, C) and labels (N, H, W) of each; all of a source's slices come once before
            any comes again, and in another order then.
        shares: of each, with a sum of 1.
        batch_size: B.
        rng: of the order.

    Yields:
        Images (B, H, W, C) and labels (B, H, W).
    """
    waiting: list[list[int]] = [[] for _ in sources]
    while True:
        rows = []
        for k in rng.choice(len(sources), batch_size, p=shares):
            if not waiting[k]:
                waiting[k] = rng.permutation(len(sources[k][0])).tolist()
            rows.append((k, waiting[k].pop()))
        yield np.stack([sources[k][0][n] for k, n in rows]), np.stack([sources[k][1][n] for k, n in rows])


def gain(arm: np.ndarray, plain: np.ndarray, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return the mean gain over plain training, patient by patient, and its 95 % interval.

    Args:
        arm, plain: (seeds, patients), Dice; NaN where a patient has nothing to find.
        rng: resamples patients.

    Returns:
        Mean, low and high end.
    """
    each = (np.asarray(arm, float) - np.asarray(plain, float)).mean(0)
    each = each[~np.isnan(each)]
    means = each[rng.integers(len(each), size=(RESAMPLES, len(each)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(each.mean()), float(low), float(high)


def suspicion(
    slices: np.ndarray, patients: np.ndarray, theirs: np.ndarray, ours: np.ndarray
) -> dict[str, float]:
    """Compare how near two sets of generated slices come to each patient: below 1, theirs are nearer.

    Args:
        slices: (N, H, W, C), of the patients.
        patients: (N,), whose each is.
        theirs, ours: (M, H, W, C), equally many; mirrored, they count as well.

    Returns:
        Of each patient the mean distance to the nearest of theirs over that to the nearest of ours.
    """
    to_theirs, to_ours = (nearest(slices, with_mirrors(made))[0] for made in (theirs, ours))
    names = np.unique(patients)
    return {
        name: float(to_theirs[patients == name].mean() / to_ours[patients == name].mean()) for name in names
    }
