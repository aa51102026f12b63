"""Compare a set of generated images with a set of real ones, on features or on the images themselves.

    frechet_distance   distance of two Gaussians; biased, more so with few images (Heusel et al. 2017)
    kid                kernel distance; unbiased, with its standard error (Binkowski et al. 2018)
    precision_recall   share of generated images near real ones, and the reverse (Kynkaanniemi et al. 2019)
    diversity_ms_ssim  similarity of two images of one set (Wang et al. 2003; Odena et al. 2017)

Features are (N, d), from `pretrained.load("features/brain-mr").embed(images)`. Numbers from different
features, image sizes or modalities are not comparable, and none is comparable to a paper's FID or KID.
"""

import numpy as np

from gancourse.metrics.memorisation import distances, nearest_of_others
from gancourse.quiet import import_tensorflow

#: Weights of MS-SSIM's scales, from fine to coarse: the first three of Wang et al.'s five.
SCALES = (0.0448, 0.2856, 0.3001)


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the squared Fréchet distance of the Gaussians with the two sets' means and covariances.

    |mean_a - mean_b|^2 + trace(A + B - 2 (A B)^(1/2)); on Inception's features it is called FID
    (Heusel et al. 2017, arXiv 1706.08500). It is biased upwards, and the bias differs from generator to
    generator (Binkowski et al. 2018): compare only values from the same number of images, large against d.

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
    """Return the squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, and its standard error.

    It is unbiased at any number of images: its mean is 0 if both sets come from one distribution, so a single
    value may be negative. From Binkowski et al. 2018 (arXiv 1801.01401), who average over subsets; here all
    pairs are used at once.

    Slices of one patient are alike, so two of them are not an independent pair. With groups, pairs within a
    group are left out, without which the value would be too large, and the standard error counts groups,
    without which it would be too small.

    Args:
        a, b: features (N, d) and (M, d).
        groups_a, groups_b: (N,) and (M,), such as the patient of each row; None: each row is its own group.
        block: rows per matrix product; bounds the memory.

    Returns:
        The value, and its jackknife standard error, which leaves out each group in turn (for a distance near
        0 it is up to 1.4 times too large, never systematically too small: Efron and Stein 1981).
    """
    features = _pair(a, b)
    groups = [_group_numbers(x, g) for x, g in zip(features, (groups_a, groups_b), strict=True)]
    sizes = [np.bincount(g) for g in groups]
    if min(len(s) for s in sizes) < 3:
        raise ValueError(f"expected 3 groups or more in each set, received {[len(s) for s in sizes]}")
    within, across, without = [], [], []  # mean kernel in a set, sums by group to the other set, jackknife
    for k, (x, group, size) in enumerate(zip(features, groups, sizes, strict=True)):
        own = np.bincount(group, _kernel_sums(x, x, group, block))
        pairs, removed = len(x) ** 2 - (size**2).sum(), 2 * size * (len(x) - size)
        within.append(own.sum() / pairs)
        without.append((own.sum() - 2 * own) / (pairs - removed))
        across.append(np.bincount(group, _kernel_sums(x, features[1 - k], None, block)))
    total, (n, m) = across[0].sum(), (len(x) for x in features)
    variance = 0.0
    for k in (0, 1):
        rest = (total - across[k]) / ((len(features[k]) - sizes[k]) * len(features[1 - k]))
        left = without[k] + within[1 - k] - 2 * rest
        variance += (len(left) - 1) * left.var()
    return float(sum(within) - 2 * total / (n * m)), float(np.sqrt(variance))


def precision_recall(
    real: np.ndarray,
    generated: np.ndarray,
    k: int = 5,
    groups_real: np.ndarray | None = None,
    groups_generated: np.ndarray | None = None,
) -> tuple[float, float]:
    """Return the share of generated images among the real ones, and of real images among the generated ones.

    An image lies among others if it is no farther from one of them than that one's k-th nearest neighbour in
    its own set (Kynkaanniemi et al. 2019, arXiv 1904.06991). Low precision: some images resemble nothing
    real. Low recall: some real images are never generated. Even real images do not reach 1: compare with real
    against real, at the same numbers of images.

    Density and coverage (Naeem et al. 2020) were tried too. Coverage has a known value for real images (.94
    here), but was less sensitive: for 200 images repeated it was .49, where recall fell from .74 to .18
    (about 1360 T1 slices, k = 5, three draws).

    Args:
        real, generated: features (N, d) and (M, d).
        k: rank of the neighbour whose distance is an image's radius.
        groups_real, groups_generated: such as patients: neighbours of an image's own group do not count,
            since slices of one patient lie closer than those of two, and the radius would be too small.
    """
    real, generated = _pair(real, generated)
    between = distances(real, generated)
    radius_real, radius_generated = (
        nearest_of_others(x, _group_numbers(x, g), k)
        for x, g in ((real, groups_real), (generated, groups_generated))
    )
    precision = (between <= radius_real[:, None]).any(0).mean()
    recall = (between <= radius_generated).any(1).mean()
    return float(precision), float(recall)


def ms_ssim(images_a: np.ndarray, images_b: np.ndarray) -> np.ndarray:
    """Return the multi-scale structural similarity of each pair of images, (N,); 1 for identical images.

    Wang, Simoncelli and Bovik 2003, by TensorFlow, with three scales where they fit (from 44 pixels) and two
    at 32 pixels: values of two sizes are not comparable. Equal backgrounds count as similar.

    Args:
        images_a, images_b: (N, H, W) in [-1, 1], 22 pixels per side or more.
    """
    a, b = (np.asarray(x, np.float32)[..., None] + 1 for x in (images_a, images_b))  # brightness starts at 0
    side = min(a.shape[1:3])
    if a.shape != b.shape or a.ndim != 4 or side < 22:
        received = f"{a.shape[:-1]}, {b.shape[:-1]}"
        raise ValueError(f"expected two arrays (N, H, W), 22 pixels or more, received {received}")
    weights = np.array(SCALES if side >= 44 else SCALES[:2])
    return import_tensorflow().image.ssim_multiscale(a, b, 2.0, weights / weights.sum()).numpy()


def diversity_ms_ssim(images: np.ndarray, pairs: int = 200, seed: int = 0) -> tuple[float, float]:
    """Return the mean MS-SSIM of random pairs of one set, and its standard error; lower is more diverse.

    Odena et al. 2017 (arXiv 1610.09585). No image is in two pairs. Compare with real images: more diversity
    than theirs is no improvement.

    Args:
        images: (N, H, W) in [-1, 1].
        pairs: how many; at most N / 2 are used.
        seed: of the random pairs.
    """
    pairs = min(pairs, len(images) // 2)
    if pairs < 2:
        raise ValueError(f"expected 4 images or more, received {len(images)}")
    chosen = np.random.default_rng(seed).permutation(len(images))[: 2 * pairs]
    similarities = ms_ssim(images[chosen[:pairs]], images[chosen[pairs:]]).astype(np.float64)
    return float(similarities.mean()), float(similarities.std(ddof=1) / np.sqrt(pairs))


def _kernel_sums(x: np.ndarray, y: np.ndarray, groups: np.ndarray | None, block: int) -> np.ndarray:
    """Sum each row's kernels with all rows of y or, given groups (y is x), with those of other groups."""
    sums = []
    for start in range(0, len(x), block):
        kernel = (x[start : start + block] @ y.T / x.shape[1] + 1) ** 3
        if groups is not None:
            kernel[groups[start : start + block, None] == groups] = 0
        sums.append(kernel.sum(1))
    return np.concatenate(sums)


def _group_numbers(x: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Number the groups 0, 1, 2, ..., one per row."""
    if groups is None:
        groups = np.arange(len(x))
    if len(groups) != len(x):
        raise ValueError(f"expected a group for each of {len(x)} rows, received {len(groups)}")
    return np.unique(np.asarray(groups), return_inverse=True)[1]


def _pair(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"expected features (N, d), (M, d), two rows or more, received {a.shape}, {b.shape}")
    return a, b
