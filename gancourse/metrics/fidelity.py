"""How close are generated images to real ones, and how varied? Distances between sets, on features or images.

    frechet_distance   two Gaussians' distance; biased, more so with few images (Heusel et al. 2017)
    kid                kernel distance; unbiased, with its standard error (Binkowski et al. 2018)
    precision_recall   share of generated images among real ones, and the reverse (Kynkaanniemi et al. 2019)
    diversity_ms_ssim  how alike two images of one set are (Wang et al. 2003; Odena et al. 2017)

Features are (N, d), from `pretrained.load("features/brain-mr").embed(images)`. Numbers from different
features, sizes of image or modalities are not comparable, and none of them is comparable to the FID or KID of
a paper.
"""

import numpy as np
from scipy import ndimage

from gancourse.metrics.memorisation import distances

#: What the scales count, from fine to coarse: the first of Wang et al.'s five; scaled to sum to 1.
SCALES = (0.0448, 0.2856, 0.3001)


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
    if min(len(s) for s in sizes) < 3:
        raise ValueError(f"expected 3 groups or more in each set, received {[len(s) for s in sizes]}")
    rows = [len(a), len(b)]
    within, counts, without = (
        [],
        [],
        [],
    )  # of each set: mean kernel of two of its rows, all and without a group
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


def precision_recall(
    real: np.ndarray,
    generated: np.ndarray,
    k: int = 5,
    groups_real: np.ndarray | None = None,
    groups_generated: np.ndarray | None = None,
) -> tuple[float, float]:
    """Share of generated images that lie among the real ones, and of real ones that lie among the generated.

    An image lies among others if it is no farther from one of them than that one's k-th nearest of its own
    set (Kynkaanniemi et al. 2019, arXiv 1904.06991). Low precision: images that nothing real is like. Low
    recall: real images that are never made. Not even real images reach 1: compare with real against real,
    at the same numbers of images.

    Density and coverage (Naeem et al. 2020) were tried too. Coverage has a known value for real images (.94
    was found), but saw less of what a generator does wrong: of 200 images repeated it said .49, where recall
    fell from .74 to .18 (about 1360 T1 slices, k = 5, three draws).

    Args:
        real, generated: features (N, d) and (M, d).
        k: which neighbour says how far an image's surroundings reach.
        groups_real, groups_generated: such as patients: neighbours of an image's own group do not count,
            since slices of one patient lie closer than those of two, and surroundings would be too small.
    """
    real, generated = _pair(real, generated)
    between = distances(real, generated)
    reach = [_reach(x, k, g) for x, g in ((real, groups_real), (generated, groups_generated))]
    precision = (between <= reach[0][:, None]).any(0).mean()
    recall = (between <= reach[1]).any(1).mean()
    return float(precision), float(recall)


def ms_ssim(images_a: np.ndarray, images_b: np.ndarray) -> np.ndarray:
    """Multi-scale structural similarity of each pair of images, (N,); 1 is the same image.

    Wang, Simoncelli and Bovik 2003, with the window of 11 pixels, three scales where they fit (from 44 pixels
    on) and two at 32: values of two sizes are not comparable. Equal backgrounds count as alike.

    Args:
        images_a, images_b: (N, H, W) in [-1, 1], 22 pixels a side or more.
    """
    a, b = (np.asarray(x, np.float64) + 1 for x in (images_a, images_b))  # from 0, as brightness is
    if a.shape != b.shape or a.ndim != 3 or min(a.shape[1:]) < 22:
        raise ValueError(f"expected two times (N, H, W), 22 pixels or more, received {a.shape}, {b.shape}")
    weights = np.array(SCALES if min(a.shape[1:]) >= 44 else SCALES[:2])
    weights /= weights.sum()
    found = np.ones(len(a))
    for scale, weight in enumerate(weights):
        luminance, contrast = _ssim(a, b)
        last = scale == len(weights) - 1
        similarity = (luminance * contrast if last else contrast).mean((1, 2))
        found *= np.maximum(similarity, 0) ** weight
        a, b = (_halve(x) for x in (a, b))
    return found


def diversity_ms_ssim(images: np.ndarray, pairs: int = 200, seed: int = 0) -> tuple[float, float]:
    """Mean MS-SSIM of random pairs of images of one set, and its standard error: the lower, the more diverse.

    Odena et al. 2017 (arXiv 1610.09585). No image is in two pairs. Compare with real images: what is more
    diverse than they are is no better.

    Args:
        images: (N, H, W) in [-1, 1].
        pairs: how many; N / 2 if there are no more.
        seed: of the drawing.
    """
    pairs = min(pairs, len(images) // 2)
    if pairs < 2:
        raise ValueError(f"expected 4 images or more, received {len(images)}")
    chosen = np.random.default_rng(seed).permutation(len(images))[: 2 * pairs]
    found = ms_ssim(images[chosen[:pairs]], images[chosen[pairs:]])
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(pairs))


def _ssim(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Luminance and contrast-structure where the window lies inside the image; values from 0 to 2."""

    def smooth(x):
        return ndimage.gaussian_filter(x, (0, 1.5, 1.5), truncate=3.5)[:, 5:-5, 5:-5]

    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    mean_a, mean_b = smooth(a), smooth(b)
    squares = smooth(a**2) + smooth(b**2) - mean_a**2 - mean_b**2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return luminance, (2 * (smooth(a * b) - mean_a * mean_b) + c2) / (squares + c2)


def _halve(x: np.ndarray) -> np.ndarray:
    x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
    return (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4


def _reach(x: np.ndarray, k: int, groups: np.ndarray | None) -> np.ndarray:
    """Distance of each row to the k-th nearest that is not of its group."""
    between = distances(x, x)
    groups = _numbered(x, groups)
    between[groups[:, None] == groups] = np.inf
    return np.partition(between, k - 1, axis=1)[:, k - 1]


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
    return np.unique(np.asarray(groups), return_inverse=True)[1]


def _pair(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(
            f"expected features (N, d) and (M, d), two rows or more, received {a.shape}, {b.shape}"
        )
    return a, b
