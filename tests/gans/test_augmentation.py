import numpy as np
import pytest
import tensorflow as tf

from gancourse.gans.augmentation import augment, draw_augmentation

NOTHING = {"brightness": 0.0, "contrast": 1.0, "down": 0, "right": 0, "cut_row": -99, "cut_column": -99}
IMAGES = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 2)).astype(np.float32)


def how(n=3, **changes):
    return {name: tf.constant([value] * n) for name, value in {**NOTHING, **changes}.items()}


def test_nothing_changes_nothing():
    np.testing.assert_allclose(augment(IMAGES, how()), IMAGES, atol=1e-6)


def test_brightness_and_contrast_by_hand():
    mean = IMAGES.mean((1, 2, 3), keepdims=True)
    found = augment(IMAGES, how(brightness=0.25, contrast=1.5))
    np.testing.assert_allclose(found, mean + 0.25 + 1.5 * (IMAGES - mean), atol=1e-6)


@pytest.mark.parametrize(("down", "right"), [(2, 0), (0, -3), (-1, 2), (7, 7), (0, 0)])
def test_translation_by_hand(down, right):
    expected = np.zeros_like(IMAGES)
    for row in range(8):
        for column in range(8):
            if 0 <= row - down < 8 and 0 <= column - right < 8:
                expected[:, row, column] = IMAGES[:, row - down, column - right]
    np.testing.assert_allclose(augment(IMAGES, how(down=down, right=right)), expected, atol=1e-6)


def test_cut_is_a_square_of_half_the_side_and_ends_at_the_border():
    images = np.ones((2, 8, 8, 1), np.float32)
    choice = how(2) | {"cut_row": tf.constant([4, 0]), "cut_column": tf.constant([5, 8])}
    expected = images.copy()
    expected[0, 2:6, 3:7], expected[1, :2, 6:] = 0, 0
    np.testing.assert_array_equal(augment(images, choice), expected)


def test_each_image_is_changed_in_its_own_way_and_real_as_generated_ones():
    choice = draw_augmentation(3, 8, 5)
    together = augment(IMAGES, choice)
    for i in range(3):
        alone = augment(IMAGES[i : i + 1], {name: value[i : i + 1] for name, value in choice.items()})
        np.testing.assert_allclose(alone[0], together[i], atol=1e-6)
    np.testing.assert_array_equal(augment(tf.identity(IMAGES), choice), together)
    twins = augment(np.repeat(IMAGES[:1], 3, axis=0), choice)
    assert np.abs(twins[0] - twins[1]).max() > 0.01 and np.abs(twins[1] - twins[2]).max() > 0.01


def test_draws_have_the_papers_ranges_and_follow_the_seed():
    drawn = {name: value.numpy() for name, value in draw_augmentation(4000, 32, 1).items()}
    ranges = {"brightness": (-0.5, 0.5), "contrast": (0.5, 1.5), "down": (-4, 4), "right": (-4, 4)}
    ranges |= {"cut_row": (0, 32), "cut_column": (0, 32)}
    for name, (low, high) in ranges.items():
        assert drawn[name].min() == pytest.approx(low, abs=0.01), name
        assert drawn[name].max() == pytest.approx(high, abs=0.01), name
    for name, value in draw_augmentation(4000, 32, 1).items():
        np.testing.assert_array_equal(value, drawn[name])


def test_gradient_is_that_of_the_pixels_that_are_left():
    images, choice = tf.constant(IMAGES[:1, :, :, :1]), how(1, contrast=0.5, down=3)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(augment(images, choice))
    # d sum of the 40 pixels that stay / d pixel: 0.5 each, and (1 - 0.5) of 40 pixels through the mean of 64
    stays = np.zeros((8, 8))
    stays[:5] = 0.5
    np.testing.assert_allclose(tape.gradient(total, images)[0, :, :, 0], stays + 0.5 * 40 / 64, atol=1e-5)
