"""The course's versions of lesson 21: the best discriminator, its loss, and what it teaches a generator."""

import numpy as np
import pytest
from scipy import optimize

from gancourse import losses
from gancourse.teaching.material.two_hills import NOISE, best_discriminator, best_logits, pull
from gancourse.teaching.widgets.playground_points import divergence

X = np.linspace(-14, 18, 6401)


def hill(middle):
    return np.exp(-((X - middle) ** 2) / 2) / np.sqrt(2 * np.pi)


def test_nobody_has_a_smaller_loss():
    p, q = np.array([0.3, 1.2]), np.array([0.9, 0.1])
    best, least = best_discriminator(p, q, 0.5)
    for k in range(2):
        found = optimize.minimize_scalar(
            lambda d, k=k: -p[k] * np.log(d) - q[k] * np.log(1 - d), bounds=(1e-6, 1 - 1e-6), method="bounded"
        )
        assert found.x == pytest.approx(best[k], abs=1e-4)
        least -= 0.5 * found.fun
    assert least == pytest.approx(0, abs=1e-6)


def test_where_one_kind_never_comes_it_costs_nothing():
    best, least = best_discriminator(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 1.0)
    assert best.tolist() == [1, 0] and least == 0


def test_its_loss_is_that_of_the_divergence():
    p, q = hill(0) + 1e-300, hill(1.5) + 1e-300
    _, least = best_discriminator(p, q, X[1] - X[0])
    assert least == pytest.approx(2 * np.log(2) - 2 * divergence(p, q), abs=1e-4)


def test_best_logits_are_those_of_the_densities():
    logits = best_logits(X, 2.0)
    middle = np.abs(X) < 5
    np.testing.assert_allclose(logits[middle], np.log(hill(0) / hill(2))[middle], atol=1e-6)


@pytest.mark.parametrize("distance", [0.5, 2.0, 4.0])
def test_what_the_two_losses_teach(distance):
    """Minimax: the slope of 2 JS; non-saturating: that of KL(q||p) - 2 JS (Arjovsky and Bottou 2017)."""
    step = 1e-3
    ends = [divergence(hill(0), hill(distance + way)) for way in (-step, step)]
    twice_js = (ends[1] - ends[0]) / step
    assert float(pull(losses.minimax_generator_loss, distance)) == pytest.approx(twice_js, abs=0.01)
    assert float(pull(losses.generator_loss, distance)) == pytest.approx(distance - twice_js, abs=0.01)


def test_noise_is_a_normal_distribution():
    assert NOISE.shape == (2000,)
    assert float(np.mean(NOISE)) == pytest.approx(0, abs=1e-5)
    assert float(np.std(NOISE)) == pytest.approx(1, abs=0.01)
