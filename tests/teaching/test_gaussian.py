"""Probabilistic PCA against SciPy's bell curve with the whole covariance, scikit-learn and a textbook."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA

from gancourse.teaching.material.gaussian import ProbabilisticPCA


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return (
        3
        + rng.standard_normal((200, 5)) @ rng.standard_normal((5, 12)).reshape(5, 12)
        + rng.normal(0, 0.3, (200, 12))
    )


@pytest.fixture
def model(images):
    return ProbabilisticPCA.fit(images.reshape(-1, 3, 4), 4)


def covariance(model):
    basis = model.patterns.reshape(len(model.patterns), -1)
    return basis.T @ np.diag(model.variance - model.noise) @ basis + model.noise * np.eye(12)


def test_density_is_scikit_learn_s_where_images_are_many(images, model):
    n = len(images)  # scikit-learn divides by n - 1
    want = PCA(4).fit(images)
    assert model.noise == pytest.approx(want.noise_variance_ * (n - 1) / n, abs=1e-9)
    np.testing.assert_allclose(model.variance, want.explained_variance_ * (n - 1) / n, atol=1e-9)
    np.testing.assert_allclose(
        model.log_density(images.reshape(-1, 3, 4)).mean(), want.score(images), rtol=1e-3, atol=1e-3
    )


def test_density_is_that_of_its_covariance(images, model):
    want = multivariate_normal(model.mean.ravel(), covariance(model)).logpdf(images)
    np.testing.assert_allclose(model.log_density(images.reshape(-1, 3, 4)), want, atol=1e-7)


def test_more_pixels_than_images():
    images = np.random.default_rng(1).standard_normal((8, 5, 5))
    model = ProbabilisticPCA.fit(images, 3)
    total = ((images - images.mean(0)) ** 2).sum() / 8
    assert model.variance.sum() + 22 * model.noise == pytest.approx(total, abs=1e-9)
    flat = model.patterns.reshape(3, -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(3), atol=1e-10)
    with pytest.raises(ValueError, match="1 to 6"):
        ProbabilisticPCA.fit(images, 7)


def test_samples_have_the_covariance(model):
    drawn = model.sample(200_000, np.random.default_rng(2), noise=True).reshape(-1, 12)
    np.testing.assert_allclose(np.cov(drawn.T), covariance(model), atol=0.1)
    smooth = model.sample(1000, np.random.default_rng(2)).reshape(-1, 12)
    assert np.linalg.matrix_rank(smooth - smooth.mean(0), tol=1e-6) == 4


def test_filling_in_is_the_conditional_bell(images, model):
    seen = np.zeros((3, 4), bool)
    seen[:2, :3] = True
    s, cov = seen.ravel(), covariance(model)
    image = images[:1].reshape(1, 3, 4)
    gain = cov[np.ix_(~s, s)] @ np.linalg.inv(cov[np.ix_(s, s)])
    want = model.mean.ravel()[~s] + gain @ (images[0, s] - model.mean.ravel()[s])
    np.testing.assert_allclose(model.complete(image, seen)[0][~seen], want, atol=1e-9)
    changed = image.copy()
    changed[:, ~seen] = 99  # what is hidden must not be looked at
    np.testing.assert_allclose(model.complete(changed, seen)[0][~seen], want, atol=1e-9)
    draws = model.complete(np.repeat(image, 50_000, 0), seen, np.random.default_rng(3))
    assert (draws[:, seen] == image[0, seen]).all()
    spread = cov[np.ix_(~s, ~s)] - gain @ cov[np.ix_(s, ~s)] - model.noise * np.eye((~s).sum())
    np.testing.assert_allclose(draws[:, ~seen].mean(0), want, atol=0.05)
    np.testing.assert_allclose(np.cov(draws[:, ~seen].T), spread, atol=0.1)
