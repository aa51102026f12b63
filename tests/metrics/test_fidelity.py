"""Distances between sets, against SciPy and scikit-learn, and by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.ndimage import gaussian_filter
from skimage.transform import downscale_local_mean
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors
from toy import discs

from gancourse.metrics import fidelity
from gancourse.metrics.fidelity import diversity_ms_ssim, frechet_distance, kid, ms_ssim, precision_recall

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(60, 7)), RNG.normal(0.2, 1.2, size=(50, 7))


def kid_by_pairs(a, b, groups_a=None, groups_b=None):
    """The definition, with scikit-learn's kernel and a mask of the pairs that count."""
    kernel = lambda x, y: polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)  # noqa: E731
    value = -2 * kernel(a, b).mean()
    for x, groups in ((a, groups_a), (b, groups_b)):
        groups = np.arange(len(x)) if groups is None else groups
        value += kernel(x, x)[groups[:, None] != groups].mean()
    return value


def test_frechet_distance_equals_the_formula_with_scipys_root():
    mean_a, mean_b, cov_a, cov_b = A.mean(0), B.mean(0), np.cov(A.T), np.cov(B.T)
    expected = ((mean_a - mean_b) ** 2).sum() + np.trace(cov_a + cov_b - 2 * sqrtm(cov_a @ cov_b).real)
    assert frechet_distance(A, B) == pytest.approx(expected, abs=1e-6)


def test_frechet_distance_by_hand():
    line = np.array([[-1.0], [1.0]])  # variance 2
    assert frechet_distance(line, 3 * line + 5) == pytest.approx(25 + (3 - 1) ** 2 * 2, abs=1e-6)
    assert frechet_distance(RNG.normal(size=(5, 20)), RNG.normal(size=(6, 20))) > 0  # singular covariances


@settings(deadline=None, derandomize=True, database=None, max_examples=50)
@given(st.integers(0, 2**32), st.integers(6, 30), st.integers(6, 30), st.integers(1, 8), st.integers(1, 40))
def test_of_any_sets(seed, n, m, dimensions, block):
    """Symmetric, near nothing for identical sets, whatever the order of rows and the size of blocks."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, dimensions)), rng.normal(0.3, 1, (m, dimensions))
    order, (value, error) = rng.permutation(n), kid(a, b, block=block)
    assert (value, error) == pytest.approx(kid(b, a[order]), abs=1e-6) and error >= 0
    assert value == pytest.approx(kid_by_pairs(a, b), abs=1e-6)
    assert kid(a, a)[0] <= 1e-6  # the cross term alone holds pairs of one row with itself
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a[order]), abs=1e-6)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6) and frechet_distance(a, b) >= 0
    assert precision_recall(a, b, 3) == precision_recall(b, a[order], 3)[::-1]
    assert precision_recall(a, a, 3) == (1, 1)


def test_kid_leaves_out_pairs_within_a_group():
    groups_a, groups_b = RNG.integers(0, 12, 60), RNG.integers(0, 9, 50)
    names = np.array([f"patient {g}" for g in groups_b])
    value, error = kid(A, B, groups_a, names, block=13)
    assert value == pytest.approx(kid_by_pairs(A, B, groups_a, groups_b), abs=1e-9)
    left_a = [kid_by_pairs(A[k], B, groups_a[k], groups_b) for k in (groups_a != g for g in range(12))]
    left_b = [kid_by_pairs(A, B[k], groups_a, groups_b[k]) for k in (groups_b != g for g in range(9))]
    assert error == pytest.approx(np.sqrt(11 * np.var(left_a) + 8 * np.var(left_b)), abs=1e-9)


def patients(rng, number, slices, shift=0.0):
    """Features (number * slices, 6) that are alike within a patient, and whose they are."""
    own = rng.normal(shift, 1, (number, 1, 6))
    found = 0.8 * own + 0.6 * rng.normal(size=(number, slices, 6))
    return found.reshape(-1, 6), np.repeat(np.arange(number), slices)


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_kid_is_unbiased_and_its_error_is_that_of_repetition(shift):
    rng = np.random.default_rng(1)
    grouped, plain = [], []
    for _ in range(200):
        (a, whose_a), (b, whose_b) = patients(rng, 25, 4), patients(rng, 30, 3, shift)
        grouped.append(kid(a, b, whose_a, whose_b))
        plain.append(kid(a, b))
    # The truth, from so many patients of one slice each that its own error is small.
    truth, uncertain = kid(patients(rng, 4000, 1)[0], patients(rng, 4000, 1, shift)[0])
    values, errors = np.array(grouped).T
    assert abs(values.mean() - truth) < 3 * np.hypot(values.std() / np.sqrt(200), uncertain)
    assert 0.9 < np.sqrt((errors**2).mean()) / values.std() < 1.6
    careless = np.array(plain)  # as if slices were independent: too large, and too sure
    assert careless[:, 0].mean() - truth > 5 * np.hypot(values.std() / np.sqrt(200), uncertain)
    assert careless[:, 1].mean() < 0.7 * errors.mean()


def test_kid_needs_groups_and_features_that_fit():
    with pytest.raises(ValueError, match="3 groups"):
        kid(A, B, np.arange(60) % 2)
    with pytest.raises(ValueError, match="each of 60 rows"):
        kid(A, B, np.arange(10))
    with pytest.raises(ValueError, match=r"\(60, 7\), \(50, 6\)"):
        kid(A, B[:, 1:])


def share_within(points, of, k):
    """By scikit-learn: share of points no farther from one of the others than its own k-th neighbour."""
    reach = NearestNeighbors(n_neighbors=k + 1).fit(of).kneighbors(of)[0][:, -1]  # the first is itself
    found = [np.linalg.norm(of - point, axis=1) <= reach for point in points]
    return np.mean([f.any() for f in found])


@pytest.mark.parametrize("k", [1, 3])
def test_precision_and_recall_equal_scikit_learns_neighbours(k):
    precision, recall = precision_recall(A, B, k)
    assert precision == pytest.approx(share_within(B, A, k))
    assert recall == pytest.approx(share_within(A, B, k))
    assert 0 < recall < 1 and 0 < precision < 1 and precision != recall


def test_precision_and_recall_by_hand():
    real = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    assert precision_recall(real, np.array([[0.4], [0.5], [0.6]]), k=1) == (1.0, 0.0)
    assert precision_recall(real, np.array([[8.0], [10.5], [11.5]]), k=1) == (pytest.approx(2 / 3), 0.4)
    # Neighbours of one patient do not count, so the surroundings are larger: 8 lies within 8 of 2.
    whose = np.array([0, 0, 0, 1, 1])
    assert precision_recall(real, np.array([[8.0], [10.5], [11.5]]), 1, whose)[0] == 1.0


def ms_ssim_by_scipy(a, b, scales):
    """Wang et al.'s formula for two images from 0 to 2, with a Gaussian window of 11 pixels."""
    smooth = lambda x: gaussian_filter(x, 1.5, truncate=3.5)[5:-5, 5:-5]  # noqa: E731
    value = 1.0
    for scale in range(scales):
        mean_a, mean_b = smooth(a), smooth(b)
        variances = smooth(a**2) + smooth(b**2) - mean_a**2 - mean_b**2
        similarity = (2 * (smooth(a * b) - mean_a * mean_b) + 0.06**2) / (variances + 0.06**2)
        if scale == scales - 1:
            similarity *= (2 * mean_a * mean_b + 0.02**2) / (mean_a**2 + mean_b**2 + 0.02**2)
        value *= max(similarity.mean(), 0) ** (fidelity.SCALES[scale] / sum(fidelity.SCALES[:scales]))
        a, b = (downscale_local_mean(x, (2, 2)) for x in (a, b))
    return value


@pytest.mark.parametrize(("size", "scales"), [(64, 3), (44, 3), (32, 2), (24, 2)])
def test_ms_ssim_is_wangs_formula(size, scales):
    a, b = (discs(6, size, seed=k) + RNG.normal(0, 0.1, (6, size, size)) for k in (1, 2))
    expected = [ms_ssim_by_scipy(x + 1, y + 1, scales) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(ms_ssim(a, b), expected, atol=1e-4)
    np.testing.assert_allclose(ms_ssim(a, a), 1, atol=1e-6)


def test_diversity_falls_when_images_are_repeated():
    images = discs(400, 32, seed=3)
    varied, error = diversity_ms_ssim(images, 200)
    collapsed, _ = diversity_ms_ssim(np.repeat(images[:4], 100, 0), 200)
    assert collapsed > varied + 3 * error > varied
    same, spread = diversity_ms_ssim(np.repeat(images[:1], 10, 0), 200)
    assert (same, spread) == (pytest.approx(1, abs=1e-6), pytest.approx(0, abs=1e-6))
    with pytest.raises(ValueError, match="4 images"):
        diversity_ms_ssim(images[:3])
    with pytest.raises(ValueError, match="22 pixels"):
        ms_ssim(images[:, :20], images[:, :20])


def test_the_error_of_diversity_is_that_of_repetition():
    found = np.array([diversity_ms_ssim(discs(60, 24, seed=k)) for k in range(100)])
    assert np.sqrt((found[:, 1] ** 2).mean()) == pytest.approx(found[:, 0].std(), rel=0.25)
