"""How close are generated images to real ones, and how varied? Distances between sets, on features or images.

    frechet_distance   two Gaussians' distance; biased, more so with few images (Heusel et al. 2017)
    kid                kernel distance; unbiased, with its standard error (Binkowski et al. 2018)
    precision_recall   share of generated images among the real ones, and the reverse (Kynkaanniemi et al. 2019)
    diversity_ms_ssim  how alike two images of one set are (Wang et al. 2003; Odena et al. 2017)

Features are (N, d), from `pretrained.features().embed(images)`. Numbers from different features, sizes of image
or modalities are not comparable, and none of them is comparable to the FID or KID of a paper.
"""

import numpy as np


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Squared Frechet distance of the Gaussians with the two sets' means and covariances.

    |mean_a - mean_b|^2 + trace(A + B - 2 (A B)^(1/2)); on Inception's features it is called FID
    (Heusel et al. 2017, arXiv 1706.08500). It is biased upwards, and the bias differs from generator to
    generator (Binkowski et al. 2018): compare it only at one number of images, large against d.

    Args:
        a, b: features (N, d) and (M, d), two rows or more.
    """
    a, b = _pair(a, b)
    roots = [np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False))) for x in (a, b)]
    # The trace of (A B)^(1/2) is the sum of singular values of A^(1/2) B^(1/2).
    root_a, root_b = (vectors * np.sqrt(np.maximum(values, 0)) for values, vectors in roots)
    overlap = np.linalg.svd(root_a.T @ root_b, compute_uv=False).sum()
    traces = sum(np.maximum(values, 0).sum() for values, _ in roots)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + max(traces - 2 * overlap, 0.0))


def kid(
    a: np.ndarray,
    b: np.ndarray,
    groups_a: np.ndarray | None = None,
    groups_b: np.ndarray | None = None,
    block: int = 1024,
) -> tuple[float, float]:
    """Kernel distance: the squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, and its error.

    Unbiased at any number of images: its mean is 0 if both sets come from one distribution, so single values
    may be below 0. From Binkowski et al. 2018 (arXiv 1801.01401), who average over subsets; here all pairs
    are used at once.

    Slices of one patient are alike, and two of them are no independent pair. With groups, pairs within a
    group are left out, without which the value would be too large, and the standard error counts groups,
    without which it would be too small.

    Args:
        a, b: features (N, d) and (M, d).
        groups_a, groups_b: (N,) and (M,), such as the patient of each row; None: each row by itself.
        block: rows at a time; bounds the memory.

    Returns:
        The value, and its standard error by the jackknife: each group is left out in turn (for a distance
        near 0 it is up to 1.4 times too large, never systematically too small: Efron and Stein 1981).
    """
    a, b = _pair(a, b)
    groups = [_numbered(x, g) for x, g in ((a, groups_a), (b, groups_b))]
    sizes = [np.bincount(g) for g in groups]
    rows = [len(a), len(b)]
    within, counts, without = [], [], []  # of each set: mean kernel of two of its rows, all and without a group
    for x, group, size, n in zip((a, b), groups, sizes, rows, strict=True):
        of_group = np.bincount(group, _kernel_sums(x, x, group, block))
        pairs, removed = n**2 - (size**2).sum(), 2 * size * (n - size)
        within.append(of_group.sum() / pairs)
        without.append((of_group.sum() - 2 * of_group) / (pairs - removed))
        counts.append(n - size)
    across_a = np.bincount(groups[0], _kernel_sums(a, b, None, block))
    across_b = np.bincount(groups[1], _kernel_sums(b, a, None, block))
    total = across_a.sum()
    value = sum(within) - 2 * total / np.prod(rows)
    left_a = without[0] + within[1] - 2 * (total - across_a) / (counts[0] * rows[1])
    left_b = without[1] + within[0] - 2 * (total - across_b) / (counts[1] * rows[0])
    return float(value), float(np.sqrt(_jackknife(left_a) + _jackknife(left_b)))


def _kernel_sums(x: np.ndarray, y: np.ndarray, groups: np.ndarray | None, block: int) -> np.ndarray:
    """Each row's sum of kernels with all rows of y, or with those of other groups (then y is x)."""
    sums = []
    for start in range(0, len(x), block):
        kernel = (x[start : start + block] @ y.T / x.shape[1] + 1) ** 3
        if groups is not None:
            kernel[groups[start : start + block, None] == groups] = 0
        sums.append(kernel.sum(1))
    return np.concatenate(sums)


def _jackknife(left: np.ndarray) -> float:
    """The variance, from the values that are found when each group is left out."""
    return (len(left) - 1) * left.var()


def _numbered(x: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Groups as 0, 1, 2, ..., one a row."""
    if groups is None:
        groups = np.arange(len(x))
    if len(groups) != len(x):
        raise ValueError(f"expected a group for each of {len(x)} rows, received {len(groups)}")
    numbers = np.unique(np.asarray(groups), return_inverse=True)[1]
    if numbers.max() < 2:
        raise ValueError(f"expected 3 groups or more, received {numbers.max() + 1}")
    return numbers


def _pair(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"expected features (N, d) and (M, d), two rows or more, received {a.shape}, {b.shape}")
    return a, b
