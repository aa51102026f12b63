"""The course's versions of lesson 46's exercises, against independent ones, and its private training."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import roc_auc_score

from gancourse.gans.private_gan import clipped_sum, of_patients
from gancourse.metrics import accountant
from gancourse.metrics.memorisation import membership
from gancourse.teaching.material import privacy_parts, privacy_runs
from gancourse.teaching.material.private_loop import PrivateTraining
from gancourse.training.private_training import PrivateRecipe


def test_success_is_the_area_and_its_interval_is_that_of_resampling():
    rng = np.random.default_rng(0)
    members, others = rng.normal(0.5, 1, 300), rng.normal(0, 1, 200)
    area, low, high = privacy_parts.attack_success(members, others)
    assert area == pytest.approx(roc_auc_score([1] * 300 + [0] * 200, [*members, *others]))
    resampled = membership(members, others, np.arange(300), np.arange(200))
    assert (low, high) == pytest.approx((resampled.low, resampled.high), abs=0.012)
    ties = privacy_parts.attack_success(np.ones(5), np.ones(7))
    assert ties == (0.5, 0.5, 0.5)


def test_a_control_lies_around_one_half():
    low, high = privacy_parts.control(np.random.default_rng(0).normal(size=256), np.random.default_rng(1))
    assert 0.4 < low < 0.45 and 0.55 < high < 0.6


def test_near_images_score_high():
    rng = np.random.default_rng(0)
    images, generated = rng.uniform(-1, 1, (4, 8, 8)), rng.uniform(-1, 1, (9, 8, 8))
    scores = privacy_parts.distance_score(images, np.concatenate([generated, images[2:3]]))
    assert scores.argmax() == 2 and scores[2] == pytest.approx(0, abs=1e-6)


def test_the_private_gradient_is_that_of_the_private_gan():
    rng = np.random.default_rng(0)
    gradients, patients = rng.normal(size=(9, 20)), np.array([0, 0, 0, 1, 2, 2, 3, 3, 3])
    found = privacy_parts.private_gradient(gradients, patients, 2.0, 0.0, 5.0, rng)
    whole = clipped_sum(of_patients([tf.constant(gradients)], tf.constant(patients)), 2.0)
    np.testing.assert_allclose(found, whole[0] / 5, atol=1e-6)
    noisy = privacy_parts.private_gradient(np.zeros((1, 50_000)), np.zeros(1), 2.0, 3.0, 4.0, rng)
    assert noisy.std() == pytest.approx(1.5, rel=0.02)


def test_epsilon_is_the_accountant_s():
    for args in ((0.02, 1.0, 800, 1e-5), (1.0, 5.0, 10, 1e-5), (0.25, 0.5, 300, 1e-6)):
        assert privacy_parts.epsilon(*args) == pytest.approx(accountant.epsilon(*args))
    assert privacy_parts.epsilon(0.02, 0.0, 10, 1e-5) == np.inf


def test_private_training_moves_both_networks_and_no_row_depends_on_the_others():
    recipe = PrivateRecipe(size=16, base=2, d_base=2, latent_dim=4, batch=8, fakes=4, d_steps=1, ema=0.0)
    training = PrivateTraining(recipe.build(0))
    images = np.random.default_rng(0).uniform(-1, 1, (6, 16, 16))
    weights = sum(int(np.prod(v.shape)) for v in training.gan.discriminator.trainable_variables)
    seeds = training.gan.seed_generator.state.numpy()
    whole = training.gradients_of(images, np.arange(6))
    training.gan.seed_generator.state.assign(seeds)
    some = training.gradients_of(images[2:4], np.arange(2, 4))
    assert whole.shape == (6, weights)
    np.testing.assert_allclose(whole[2:4], some, atol=1e-5)
    assert training.gradients_of(images[:0], np.arange(0)).shape == (0, weights)
    before = [v.numpy() for v in training.gan.discriminator.trainable_variables]
    training.move_discriminator(whole.sum(0))
    after = training.gan.discriminator.trainable_variables
    assert all(np.abs(a - b).max() > 0 for a, b in zip(after, before, strict=True))
    painted = training.paint(3)
    training.train_generator()
    assert painted.shape == (3, 16, 16) and np.abs(training.paint(3) - painted).max() > 0


def test_claims():
    areas = {"distance": (0.51, 0.46, 0.56), "discriminator": (0.9, 0.87, 0.93)}
    found = privacy_runs.claims(areas, 0.55, (0.9, 0.8, 1.0), np.inf)
    assert list(found.values()) == [True, True, False, False, False, False]
    found = privacy_runs.claims(areas | {"discriminator": areas["distance"]}, 0.55, (0.5, 0.4, 0.6), 1.0)
    assert list(found.values()) == [False, True, True, True, True, False]
    assert "0.73" in " ".join(found)
