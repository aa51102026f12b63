"""Classic augmentation: labels go where the image goes, and nothing outside the brain changes."""

import numpy as np
import pytest
import tensorflow as tf

from gancourse.segmentation.slice_changes import Changes, change, draw_changes


def slices(size: int = 24):
    images = np.full((2, size, size, 2), -1, np.float32)
    labels = np.zeros((2, size, size), np.int32)
    images[:, 4:18, 6:20] = [0.1, -0.2]
    images[:, 6:10, 8:11] = 0.8
    labels[:, 6:10, 8:11] = 3
    return images, labels


def still(batch=2, size=24, channels=2, **changes) -> Changes:
    each = (batch, 1, 1, channels)
    same = Changes(
        *(tf.zeros(batch), tf.ones(batch), tf.ones(batch), tf.zeros((batch, 2))),
        *(tf.ones(each), tf.ones(each), tf.zeros(each), tf.zeros((batch, size, size, channels))),
    )
    return same._replace(**{name: tf.constant(value, tf.float32) for name, value in changes.items()})


def test_no_change():
    images, labels = slices()
    after, after_labels = change(images, labels, still())
    np.testing.assert_allclose(after, images, atol=1e-5)
    np.testing.assert_array_equal(after_labels, labels)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mirror": [-1, -1]}, lambda x: x[:, :, ::-1]),
        ({"angle": [np.pi, np.pi]}, lambda x: x[:, ::-1, ::-1]),
        ({"shift": [[0, 3], [0, 3]]}, lambda x: np.roll(x, -3, 1)),  # of where it is read
        ({"shift": [[2, 0], [2, 0]]}, lambda x: np.roll(x, -2, 2)),
    ],
)
def test_moves_are_exact_and_alike_for_both(changes, expected):
    images, labels = slices()
    after, after_labels = change(images, labels, still(**changes))
    np.testing.assert_allclose(after, expected(images), atol=2e-3)
    np.testing.assert_array_equal(after_labels, expected(labels))


def test_zoom_is_of_length():
    images, labels = slices()
    _, larger = change(images, labels, still(zoom=[1.5, 1.0]))
    ratio = (larger.numpy()[0] > 0).sum() / (labels[0] > 0).sum()
    assert ratio == pytest.approx(2.25, rel=0.3) and (larger.numpy()[1] == labels[1]).all()


def test_intensities_change_by_the_formula_inside_the_brain_alone():
    images, labels = slices()
    four = np.ones((2, 1, 1, 2), np.float32)
    after, _ = change(images, labels, still(gamma=2 * four, gain=0.5 * four, offset=0.1 * four))
    assert float(after[0, 15, 15, 0]) == pytest.approx((2 * 0.55**2 - 1) * 0.5 + 0.1, abs=1e-4)
    assert (after.numpy()[images == -1] == -1).all()
    bright, _ = change(images, labels, still(offset=5 * four))
    assert bright.numpy().max() == 1


def test_drawn_changes_are_those_of_the_seed_and_keep_labels_whole():
    images, labels = slices()
    one, same, other = (draw_changes((seed, 5), 2, 24, 2) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.noise, same.noise)
    assert np.abs(one.angle - other.angle).max() > 0
    after, after_labels = change(images, labels, one)
    assert set(np.unique(after_labels)) <= {0, 3} and after.numpy().min() >= -1 and after.numpy().max() <= 1
    tumour, rest = (
        after.numpy()[(after_labels.numpy() == k) & (after.numpy() > -1).all(-1)].mean() for k in (3, 0)
    )
    assert tumour > rest + 0.3  # the label is still where it is bright
