"""The answers of lesson 54, by hand and against the package; the mixture that a network learns from."""

import itertools

import numpy as np
import pytest

from gancourse.metrics.intervals import bootstrap
from gancourse.teaching.material import augmentation_parts as course


@pytest.fixture
def rng():
    return np.random.default_rng(54)


def test_labels_follow_the_slice_and_the_background_stays(rng):
    image = np.full((8, 6, 4), -1, np.float32)
    image[2:6, 1:4] = rng.uniform(-0.5, 0.5, (4, 3, 4))
    image[3, 2, 0] = -1  # fluid
    seg = np.zeros((8, 6), np.uint8)
    seg[2, 1] = 4
    flipped = 0
    for _ in range(40):
        new, labels = course.augment(image, seg, rng)
        assert new.dtype == np.float32 and labels.sum() == 4 and np.abs(new).max() <= 1
        flip = labels[2, 4] == 4
        old = image[:, ::-1] if flip else image
        brain = (old > -1).any(-1)
        assert (new[~brain] == -1).all() and np.corrcoef(new[brain][:, 1], old[brain][:, 1])[0, 1] > 0.999
        flipped += flip
    assert 8 < flipped < 32
    assert image[3, 2, 0] == -1 and seg[2, 1] == 4  # what was given is unchanged


def test_a_lesion_lands_with_its_mean_at_the_place_and_keeps_its_labels():
    seg = np.zeros((10, 9), np.uint8)
    seg[1:4, 1:4], seg[2, 2] = 2, 4
    tissue = np.zeros((10, 9), np.uint8)
    tissue[1:9, 1:8] = 3
    moved = course.transplant(seg, tissue, 6, 4)
    assert np.argwhere(moved > 0).mean(0).tolist() == [6, 4] and moved[6, 4] == 4 and (moved == 2).sum() == 8
    edge = course.transplant(seg, tissue, 8, 8)  # part of it outside of the brain, part of the image
    assert (edge > 0).sum() == 2 and edge[7:9, 7].tolist() == [2, 2] and edge.dtype == np.uint8


def test_every_source_has_its_share_and_comes_whole_before_it_comes_again(rng):
    sources = [(np.arange(n) + 100 * k, np.arange(n) + 100 * k) for k, n in enumerate((3, 50))]
    batches = list(itertools.islice(course.mix(sources, [0.75, 0.25], 8, rng), 100))
    assert all(images.shape == (8,) and (images == seg).all() for images, seg in batches)
    order = np.concatenate([images for images, _ in batches])
    assert np.mean(order < 100) == pytest.approx(0.75, abs=0.06)
    small, large = order[order < 100], order[order >= 100]
    passes = small[: len(small) // 3 * 3].reshape(-1, 3)
    assert (np.sort(passes, axis=1) == [0, 1, 2]).all() and len({tuple(p) for p in passes}) > 3
    assert len(set(large[:50])) == 50


def test_the_gain_is_the_package_s_bootstrap(rng):
    plain = rng.uniform(0.3, 0.9, (3, 30))
    arm = plain + rng.normal(0.02, 0.05, (3, 30))
    arm[:, 4] = plain[:, 4] = np.nan
    want = bootstrap((arm - plain).mean(0), seed=0)
    np.testing.assert_allclose(course.gain(arm, plain, rng), want, atol=0.002)


def test_the_suspicious_patient_is_the_copied_one_even_if_mirrored(rng):
    slices = rng.normal(size=(6, 8, 8, 4))
    patients = np.array(["a", "b", "c"] * 2)
    theirs, ours = rng.normal(size=(2, 9, 8, 8, 4))
    theirs[:2] = slices[patients == "b"][:, :, ::-1] + 0.1 * rng.normal(size=(2, 8, 8, 4))
    found = course.suspicion(slices, patients, theirs, ours)
    assert list(found) == ["a", "b", "c"] and found["b"] < 0.2 and min(found["a"], found["c"]) > 0.9
