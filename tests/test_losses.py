import math

import numpy as np
import pytest
import tensorflow as tf

from gancourse import losses
from gancourse.losses import LOSSES

REAL, FAKE = np.array([[2.0], [-1.0]], np.float32), np.array([[0.5], [-3.0]], np.float32)


def log1pexp(x):
    return math.log1p(math.exp(x))


def test_discriminator_loss_by_hand():
    # -log sigmoid(x) is log(1 + e^-x), -log(1 - sigmoid(x)) is log(1 + e^x)
    expected = (log1pexp(-2) + log1pexp(1)) / 2 + (log1pexp(0.5) + log1pexp(-3)) / 2
    assert float(losses.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, abs=1e-6)


def test_undecided_discriminator_loses_two_log_two():
    assert float(losses.discriminator_loss(np.zeros((4, 1, 1, 1)), np.zeros((3, 1, 1, 1)))) == pytest.approx(
        2 * math.log(2), abs=1e-6
    )


def test_generator_loss_by_hand_does_not_saturate():
    assert float(losses.generator_loss(FAKE)) == pytest.approx((log1pexp(-0.5) + log1pexp(3)) / 2, abs=1e-6)
    assert float(losses.generator_loss(np.full((1, 1), -50.0, np.float32))) == pytest.approx(50, abs=1e-4)


def test_label_smoothing_is_one_sided():
    real = 0.9 * (log1pexp(-2) + log1pexp(1)) / 2 + 0.1 * (log1pexp(2) + log1pexp(-1)) / 2
    fake = (log1pexp(0.5) + log1pexp(-3)) / 2
    assert float(losses.discriminator_loss(REAL, FAKE, smooth=0.1)) == pytest.approx(real + fake, abs=1e-6)


def test_relativistic_losses_by_hand_compare_pairs():
    d_loss = (log1pexp(0.5 - 2) + log1pexp(-3 + 1)) / 2
    g_loss = (log1pexp(2 - 0.5) + log1pexp(-1 + 3)) / 2
    assert float(losses.relativistic_discriminator_loss(REAL, FAKE)) == pytest.approx(d_loss, abs=1e-6)
    assert float(losses.relativistic_generator_loss(FAKE, REAL)) == pytest.approx(g_loss, abs=1e-6)
    shifted = losses.relativistic_discriminator_loss(REAL + 7, FAKE + 7)  # only differences count
    assert float(shifted) == pytest.approx(d_loss, abs=1e-6)


def test_hinge_by_hand():
    assert float(losses.hinge_discriminator_loss(REAL, FAKE)) == pytest.approx(
        (0 + 2) / 2 + (1.5 + 0) / 2, abs=1e-5
    )
    assert float(losses.hinge_generator_loss(FAKE)) == pytest.approx(1.25, abs=1e-5)


def test_minimax_by_hand_saturates():
    expected = -(log1pexp(0.5) + log1pexp(-3)) / 2
    assert float(losses.minimax_generator_loss(FAKE)) == pytest.approx(expected, abs=1e-6)
    slopes = []
    for loss in (losses.minimax_generator_loss, losses.generator_loss):
        logits = tf.constant([[-8.0]])
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = loss(logits)
        slopes.append(tape.gradient(value, logits).numpy().item())
    assert slopes == pytest.approx([-1 / (1 + math.exp(8)), -1 / (1 + math.exp(-8))], abs=1e-6)


def test_least_squares_by_hand():
    real, fake = ((2 - 1) ** 2 + (-1 - 1) ** 2) / 2, ((0.5 + 1) ** 2 + (-3 + 1) ** 2) / 2
    assert float(losses.least_squares_discriminator_loss(REAL, FAKE)) == pytest.approx(
        (real + fake) / 2, abs=1e-5
    )
    assert float(losses.least_squares_generator_loss(FAKE)) == pytest.approx((0.5**2 + 4**2) / 4, abs=1e-5)


def test_wasserstein_by_hand():
    assert float(losses.wasserstein_discriminator_loss(REAL, FAKE)) == pytest.approx(-1.25 - 0.5, abs=1e-5)
    shifted = losses.wasserstein_discriminator_loss(REAL + 7, FAKE + 7)
    assert float(shifted) == pytest.approx(-1.75, abs=1e-5)


GRADIENTS = np.zeros((2, 2, 2, 1), np.float32)
GRADIENTS[0, 0, 0], GRADIENTS[0, 1, 1] = 3.0, 4.0  # lengths 5 and 0


def test_r1_is_the_mean_squared_length():
    assert float(losses.r1_penalty(GRADIENTS)) == pytest.approx(25 / 2, abs=1e-5)


def test_gradient_penalty_by_hand_has_a_slope_at_zero():
    assert float(losses.gradient_penalty(GRADIENTS)) == pytest.approx((4**2 + 1) / 2, abs=1e-4)
    gradients = tf.constant(GRADIENTS)
    with tf.GradientTape() as tape:
        tape.watch(gradients)
        penalty = losses.gradient_penalty(gradients)
    assert np.isfinite(tape.gradient(penalty, gradients)).all()


@pytest.mark.parametrize("logit", [-200.0, 200.0])
def test_extreme_logits_stay_finite_and_bfloat16_is_averaged_in_float32(logit):
    logits = tf.fill((5, 1), tf.constant(logit, tf.bfloat16))
    for loss in [d(logits, logits) for d, _ in LOSSES.values()] + [g(logits) for _, g in LOSSES.values()]:
        assert loss.dtype == tf.float32 and np.isfinite(loss)


def test_l1_by_hand():
    assert float(losses.l1(np.array([[1.0, -1.0]]), np.array([[0.5, 0.0]]))) == pytest.approx(0.75, abs=1e-5)


# Four pixels: two of class 0, one of class 1, one unknown. Probabilities are given as logarithms.
LABELS = np.array([[[0, 0, 1, losses.IGNORE]]], np.uint8)
PROBABILITIES = np.array([[[[0.9, 0.1], [0.5, 0.5], [0.25, 0.75], [0.01, 0.99]]]], np.float32)


def test_label_losses_by_hand():
    logits = np.log(PROBABILITIES) + 3.0  # a shift changes no softmax
    surprise = -(math.log(0.9) + math.log(0.5) + math.log(0.75)) / 3
    assert float(losses.label_cross_entropy(LABELS, logits)) == pytest.approx(surprise, abs=1e-6)
    dice = (2 * 0.75 + 1) / (1 + 0.1 + 0.5 + 0.75 + 1)
    assert float(losses.soft_dice_loss(LABELS, logits)) == pytest.approx(1 - dice, abs=1e-6)
    assert float(losses.label_loss(LABELS, logits)) == pytest.approx(surprise + 1 - dice, abs=1e-6)


def test_soft_dice_of_masks_is_dice():
    labels = np.array([[[0, 1, 1, 2], [2, 2, 0, 0]]], np.uint8)
    found = np.array([[[0, 1, 2, 2], [2, 0, 0, 0]]])
    logits = np.where(np.arange(3) == found[..., None], 50.0, -50.0)
    dice = [(2 * 1 + 1) / (2 + 1 + 1), (2 * 2 + 1) / (3 + 3 + 1)]
    assert float(losses.soft_dice_loss(labels, logits)) == pytest.approx(1 - np.mean(dice), abs=1e-6)


def test_labels_all_unknown_cost_nothing():
    nothing = np.full((1, 2, 2), losses.IGNORE, np.uint8)
    logits = np.random.default_rng(0).standard_normal((1, 2, 2, 3))
    assert float(losses.label_loss(nothing, logits)) == pytest.approx(0, abs=1e-6)
    np.testing.assert_array_equal(losses.one_hot(nothing, 3), np.zeros((1, 2, 2, 3)))


def test_tversky_by_hand():
    logits = np.log(PROBABILITIES)
    hit, false, missed = 0.75, 0.1 + 0.5, 0.25
    index = (hit + 1) / (hit + 0.3 * false + 0.7 * missed + 1)
    assert float(losses.tversky_loss(LABELS, logits)) == pytest.approx(1 - index, abs=1e-6)
    focal = float(losses.tversky_loss(LABELS, logits, gamma=0.75))
    assert focal == pytest.approx((1 - index) ** 0.75, abs=1e-6)


def test_tversky_with_equal_weights_is_dice():
    logits = np.random.default_rng(0).standard_normal((2, 4, 4, 2))
    labels = np.random.default_rng(1).integers(0, 2, (2, 4, 4))
    p = np.exp(logits[..., 1]) / np.exp(logits).sum(-1)
    dice = (2 * (labels * p).sum() + 2) / (labels.sum() + p.sum() + 2)
    assert float(losses.tversky_loss(labels, logits, 0.5, 0.5)) == pytest.approx(1 - dice, abs=1e-5)


def test_a_missed_pixel_is_dearer():
    labels, bad = np.array([[[1, 1, 0, 0]]]), 10.0
    found = {"missed": [1, 0, 0, 0], "false": [1, 1, 1, 0]}
    logits = {k: np.where(np.arange(2) == np.array([[v]])[..., None], bad, -bad) for k, v in found.items()}
    cost = {k: float(losses.tversky_loss(labels, v)) for k, v in logits.items()}
    assert cost["missed"] == pytest.approx(1 - 2 / (1 + 0.7 + 1), abs=1e-4)
    assert cost["false"] == pytest.approx(1 - 3 / (2 + 0.3 + 1), abs=1e-4)


def test_tversky_of_each_image():
    logits = np.random.default_rng(0).standard_normal((3, 4, 4, 2))
    labels = np.random.default_rng(1).integers(0, 2, (3, 4, 4))
    alone = [float(losses.tversky_loss(labels[k : k + 1], logits[k : k + 1])) for k in range(3)]
    assert float(losses.tversky_loss(labels, logits, each=True)) == pytest.approx(np.mean(alone), abs=1e-6)
