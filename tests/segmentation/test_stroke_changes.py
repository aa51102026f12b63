"""Changes of a training: the same seed gives the same, nothing else moves, and each does what it says."""

import numpy as np
import pytest
import tensorflow as tf

from gancourse.losses import IGNORE
from gancourse.segmentation import stroke_draws
from gancourse.segmentation.stroke_changes import changed, scanned, wrong_mask
from gancourse.segmentation.stroke_slices import OUTSIDE

SIZE = 2, 32, 48


@pytest.fixture(scope="module")
def batch():
    """Two discs with an infarct, bright on DWI and dark on ADC: images (B, H, W, 9), infarct, brain."""
    y, x = np.mgrid[:32, :48]
    brain = ((x - 24) ** 2 + (y - 16) ** 2 < 13**2)[None].repeat(2, 0)
    lesion = ((x - 28) ** 2 + (y - 14) ** 2 < 5**2)[None].repeat(2, 0)
    images = np.full((*SIZE, 9), OUTSIDE, np.float32)
    images[brain] = 0
    images[lesion] = [3, -1, 0.5] * 3
    return images, lesion.astype(np.uint8), brain.astype(np.uint8)


@pytest.fixture(scope="module")
def nothing():
    """Changes that change nothing."""
    drawn = stroke_draws.draw_changes((0, 0), *SIZE)
    still = np.array([[1, 0, 0, 0, 1, 0, 0, 0]] * 2, np.float32)
    zero = {"contrast", "patches", "coil", "noise", "shift", "border", "eyes"}
    values = {n: tf.zeros_like(getattr(drawn, n)) for n in zero}
    values |= {n: tf.ones_like(getattr(drawn, n)) for n in ("gamma", "gain", "present", "step")}
    return drawn._replace(pose=still, flair_pose=still, offset=3 * tf.ones_like(drawn.offset), **values)


def test_no_change_changes_nothing(batch, nothing):
    images, labels = changed(*batch, nothing)
    np.testing.assert_allclose(
        images, np.maximum(batch[0], OUTSIDE + 0.15 * (batch[2] > 0)[..., None]), atol=1e-4
    )
    np.testing.assert_array_equal(labels, batch[1])


def test_the_same_seed_gives_the_same(batch):
    first, again, other = (changed(*batch, stroke_draws.draw_changes((5, k), *SIZE)) for k in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    assert np.abs(first[0] - other[0]).max() > 0.5
    assert first[0].shape == (*SIZE, 9) and first[1].dtype == tf.uint8
    assert np.isfinite(first[0]).all() and set(np.unique(first[1])) <= {0, 1, IGNORE}


def test_contrast_is_the_infarcts_alone(batch, nothing):
    more = np.zeros((2, 3, 1, 1, 1), np.float32)
    more[:, 0] = 1
    images, _ = changed(*batch, nothing._replace(contrast=more))
    images = images.numpy()
    assert images[0, 14, 28, 3] == pytest.approx(4, abs=1e-3)  # its middle, DWI
    np.testing.assert_allclose(images[0, 14, 28, 4:6], [-1, 0.5], atol=1e-3)
    assert images[0, 25, 24, 3] == pytest.approx(0, abs=1e-3)


def test_flair_moves_and_the_rest_stays(batch, nothing):
    pose = np.array(nothing.pose)
    pose[:, 2] = 3.0
    images, labels = changed(*batch, nothing._replace(flair_pose=pose))
    shown = np.asarray(images)[0, 14, :, 3:6]
    assert np.flatnonzero(shown[:, 0] > 2).mean() == pytest.approx(28)
    assert np.flatnonzero(shown[:, 2] > 0.25).mean() == pytest.approx(25)
    np.testing.assert_array_equal(labels, batch[1])


def test_missing_modalities_are_zero_in_all_three_slices(batch, nothing):
    present = np.array([[1, 0, 1], [0, 1, 1]], np.float32)
    images = np.asarray(changed(*batch, nothing._replace(present=present))[0])
    assert (images[0, ..., 1::3] == 0).all() and (images[1, ..., ::3] == 0).all()
    assert (images[0, ..., ::3] != 0).any()


def test_masks_that_are_wrong(batch, nothing):
    brain = batch[2].astype(np.float32)
    wide = wrong_mask(brain, nothing._replace(border=2 * np.ones(SIZE, np.float32))).numpy()
    small = wrong_mask(brain, nothing._replace(border=-1 * np.ones(SIZE, np.float32) - 0.5)).numpy()
    assert (wide >= brain).all() and (small <= brain).all()
    assert wide.sum() > 1.2 * brain.sum() and 0.7 * brain.sum() < small.sum() < 0.95 * brain.sum()
    np.testing.assert_array_equal(wrong_mask(brain, nothing), brain)
    c = nothing._replace(border=2 * np.ones(SIZE, np.float32), residue=tf.fill(nothing.residue.shape, 2.0))
    images = np.asarray(changed(*batch, c)[0])
    np.testing.assert_array_equal(images[(wide > 0) & (brain == 0)], 2)


def test_an_infarct_that_the_mask_takes_away_is_not_learned(batch, nothing):
    c = nothing._replace(border=np.full(SIZE, -1.5, np.float32))
    images, lesion, brain = batch
    _, labels = changed(images, brain, brain, c)  # all of the brain is struck
    mask = wrong_mask(brain.astype(np.float32), c).numpy()
    np.testing.assert_array_equal(np.asarray(labels)[(brain > 0) & (mask == 0)], IGNORE)


def test_coarse_voxels_blur_and_keep_the_mean(batch, nothing):
    x = np.zeros((2, 3, 3, 32, 48), np.float32)
    x[..., 16, 24] = 3
    c = nothing._replace(step=tf.fill((2, 2, 3), 3.0), start=tf.fill((2, 2, 3), 0.5))
    found = np.asarray(scanned(tf.constant(x), c))
    assert found.max() < 1.5
    assert found[0, 0, 0, 6:-6, 6:-6].sum() == pytest.approx(
        3, rel=0.35
    )  # the rim loses some to what is outside


def test_smooth_noise_has_standard_deviation_one():
    noise = stroke_draws.smooth(stroke_draws.Draws((0, 1)), 5, 200, 32, 48)
    assert noise.shape == (200, 1, 32, 48)
    np.testing.assert_allclose(np.std(noise, 0), 1, atol=0.3)


def test_subsets_come_as_often_as_they_should():
    present = np.asarray(stroke_draws.draw_present(stroke_draws.Draws((0, 1)), 5000))
    for some, share in stroke_draws.SUBSETS:
        assert (present == some).all(1).mean() == pytest.approx(share, abs=0.02)
    assert present.any(1).all() and sum(share for _, share in stroke_draws.SUBSETS) == pytest.approx(1)
