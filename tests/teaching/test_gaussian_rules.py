"""What lesson 11's learners write, against scikit-learn and against numbers worked out by hand."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

from gancourse.teaching.material import gaussian_rules
from gancourse.teaching.material.gaussian import ProbabilisticPCA


@pytest.mark.parametrize("turned", [False, True])
def test_measure_of_a_brain_with_one_bright_side(turned):
    image = np.full((64, 64), -1.0, np.float32)
    image[10:50, 12:52] = 0  # 1,600 pixels
    image[10:50, 12:14] = 0.8  # 80 of them, 5 %, among the 800 of one half
    image = image[:, ::-1] if turned else image
    assert gaussian_rules.measure(image) == pytest.approx((0.8, 0.8), abs=1e-6)


def test_two_gaussians_are_scikit_learn_s_quadratic_discriminant():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [40, 60])
    x = rng.normal(size=(100, 2)) * (1 + y[:, None]) + y[:, None]
    model = gaussian_rules.fit(x, y)
    assert model[0] == pytest.approx([0.4, 0.6], abs=1e-12)
    want = QuadraticDiscriminantAnalysis().fit(x, y).predict_proba(x)[:, 1]
    found = gaussian_rules.posterior(x, *model)
    np.testing.assert_allclose(found, want, atol=0.02)  # it may divide by N where `np.cov` divides by N - 1


def test_log_loss_is_scikit_learn_s():
    p, y = np.array([0.9, 0.2, 0.4]), np.array([1, 0, 1])
    assert gaussian_rules.log_loss(p, y) == pytest.approx(metrics.log_loss(y, p), abs=1e-12)


def test_a_slice_without_and_with_noise():
    images = np.random.default_rng(1).normal(size=(30, 5, 4))
    pca = ProbabilisticPCA.fit(images, 3)
    smooth, noisy = gaussian_rules.draw_slice(pca, np.random.default_rng(2))
    basis = pca.patterns.reshape(3, -1)
    beside = (smooth - pca.mean).ravel() - basis.T @ (basis @ (smooth - pca.mean).ravel())
    assert np.abs(beside).max() < 1e-12 and smooth.shape == noisy.shape == (5, 4)
    draws = np.array([gaussian_rules.draw_slice(pca, np.random.default_rng(k)) for k in range(500)])
    assert (draws[:, 1] - draws[:, 0]).var() == pytest.approx(pca.noise, rel=0.05)
