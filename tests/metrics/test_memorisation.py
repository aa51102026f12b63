"""Planted copies are found, new images are not; an attack's area equals SciPy's."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from toy import discs

from gancourse.metrics.memorisation import find_copies, membership, nearest, with_mirrors


def shapes(n, seed, size=16):
    """Discs with a brighter corner each, so that a mirror image is another image."""
    rng = np.random.default_rng(seed)
    images = discs(n, size, seed)
    return images + rng.normal(0, 0.3, images.shape).astype(np.float32)


TRAIN, HELD_OUT, FRESH = shapes(300, 1), shapes(300, 2), shapes(300, 3)
PATIENTS = np.arange(300) // 3
NOISE = np.random.default_rng(4).normal(0, 0.05, (40, 16, 16))


@pytest.mark.parametrize("plant", [TRAIN[40:80], TRAIN[40:80] + NOISE, 0.98 * TRAIN[40:80]])
def test_planted_copies_are_found_with_their_source(plant):
    generated = np.concatenate([FRESH[:100], plant])
    found = find_copies(generated, TRAIN, HELD_OUT, PATIENTS)
    assert found.copied[100:].all() and found.copied[:100].mean() <= 0.05
    np.testing.assert_array_equal(found.source[100:], np.arange(40, 80))
    assert (found.ratio < found.threshold).tolist() == found.copied.tolist()


def test_mirrored_copies_are_found_among_mirrored_training_images():
    mirrored = TRAIN[40:80, :, ::-1]
    assert find_copies(mirrored, TRAIN, HELD_OUT, PATIENTS).copied.mean() <= 0.1
    both = [with_mirrors(x) for x in (TRAIN, HELD_OUT)]
    found = find_copies(mirrored, *both, np.tile(PATIENTS, 2))
    assert found.copied.all()
    np.testing.assert_array_equal(found.source, 300 + np.arange(40, 80))


def test_the_rate_of_false_positives_is_what_was_asked_for():
    for rate in (0.01, 0.1, 0.3):
        copied = find_copies(shapes(3000, 5), TRAIN, HELD_OUT, PATIENTS, rate).copied.mean()
        assert copied == pytest.approx(rate, abs=3 * np.sqrt(rate * (1 - rate) / 300))


def test_a_copy_of_a_held_out_image_is_none():
    assert not find_copies(HELD_OUT[:50], TRAIN, HELD_OUT, PATIENTS).copied.any()


def test_another_slice_of_the_same_patient_does_not_count():
    """Else held-out images would all lie near a held-out image, and nothing would look near to training."""
    pairs = np.repeat(HELD_OUT[:150], 2, 0) + np.random.default_rng(6).normal(0, 0.01, (300, 16, 16))
    generated = np.concatenate([FRESH[:200], TRAIN[:20]])
    found = find_copies(generated, TRAIN, pairs, np.arange(300) // 2)
    assert found.copied[200:].all() and found.copied[:200].mean() <= 0.05
    with pytest.raises(ValueError, match="two or more"):
        find_copies(generated, TRAIN, pairs, np.zeros(300))
    with pytest.raises(ValueError, match="each of 300"):
        find_copies(generated, TRAIN, pairs, PATIENTS[:10])


def test_distances_take_features_too():
    a, b = np.random.default_rng(7).normal(size=(2, 20, 5))
    np.testing.assert_allclose(nearest(a, b)[0] ** 2 * 5, ((a[:, None] - b) ** 2).sum(-1).min(1), atol=1e-5)


def test_area_under_the_curve_equals_scipys_and_the_curve_is_one():
    rng = np.random.default_rng(8)
    members, others = rng.normal(0.5, 1, 90).round(1), rng.normal(0, 1, 60).round(1)  # with ties
    attack = membership(members, others, np.arange(90) // 3, np.arange(60) // 2)
    assert attack.auc == pytest.approx(mannwhitneyu(members, others).statistic / 90 / 60)
    assert attack.low < attack.auc < attack.high
    assert attack.false_positives[0] == attack.true_positives[0] == 0
    assert attack.false_positives[-1] == attack.true_positives[-1] == 1
    assert np.trapezoid(attack.true_positives, attack.false_positives) == pytest.approx(attack.auc)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Scores are alike within a patient; as if slices were independent, the interval would be too narrow."""
    rng = np.random.default_rng(9)
    held = []
    for k in range(100):
        scores = [(rng.normal(0, 1, (40, 1)) + rng.normal(0, 0.3, (40, 4))).ravel() for _ in range(2)]
        attack = membership(*scores, *([np.arange(160) // 4] * 2), seed=k)
        held.append(attack.low <= 0.5 <= attack.high)
    assert 0.87 <= np.mean(held) <= 1
    careless = membership(*scores, np.arange(160), np.arange(160))
    assert careless.high - careless.low < 0.7 * (attack.high - attack.low)


def test_a_generator_that_copies_gives_its_members_away():
    """It has learned the first 200 training images by heart."""
    generated = TRAIN[:200] + np.random.default_rng(10).normal(0, 0.1, (200, 16, 16))
    score = lambda images: -nearest(images, generated)[0]  # noqa: E731
    everyone = membership(score(TRAIN), score(HELD_OUT), PATIENTS, PATIENTS)
    assert everyone.low > 0.7
    honest = membership(*(-nearest(x, FRESH)[0] for x in (TRAIN, HELD_OUT)), PATIENTS, PATIENTS)
    assert honest.low < 0.5 < honest.high
