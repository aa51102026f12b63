"""The network of features: what it learns, what stays random, and what it says of slices."""

import keras
import numpy as np
import pytest
from feature_training import train_features
from toy import discs

from gancourse.errors import InputError
from gancourse.images import halve
from gancourse.metrics.learned import feature_network
from gancourse.networks.features import build_maps

WIDTHS = (4, 6, 8, 10)
IMAGES = np.stack([discs(192, 32, 1), discs(192, 32, 2) ** 2 - 1], -1)  # two modalities, one of them paler


@pytest.fixture(scope="module")
def trained():
    tissue = np.where(IMAGES[..., 0] > -1, 2, 0).astype(np.uint8)
    position = tissue.mean((1, 2)) / 2
    seg, names = np.zeros_like(tissue), ("t1", "flair")
    return train_features(IMAGES, tissue, seg, position, names, 15, 5e-3, WIDTHS, verbose=0)


@pytest.fixture(scope="module")
def drawn():
    """The same network before it was trained."""
    keras.utils.set_random_seed(0)
    return build_maps(WIDTHS)


def test_features_of_training_slices_are_white(trained):
    for channel, modality in enumerate(("t1", "flair")):
        for images in (IMAGES[..., channel], halve(IMAGES[..., channel])):
            found = trained.embed(images, modality)
            assert found.dtype == np.float32 and len(found) == 192
            inner = (np.abs(found) < feature_network.MOST).all(0)  # without what was cut
            assert inner.sum() > 5
            np.testing.assert_allclose(found[:, inner].mean(0), 0, atol=1e-3)
            covariance = np.cov(found[:, inner].T)
            np.testing.assert_allclose(covariance - np.diag(np.diag(covariance)), 0, atol=0.01)
            assert (np.diag(covariance) < 1.001).all() and covariance[0, 0] > 0.9


def test_only_the_later_filters_learn(trained, drawn):
    pairs = zip(drawn.get_weights(), trained.maps.get_weights(), strict=True)
    changed = [not np.array_equal(a, b) for a, b in pairs]
    assert sorted(changed) == 4 * [False] + 4 * [True]  # kernels and biases


def test_the_last_map_has_learned_where_the_disc_is(trained, drawn):
    """A straight line from the last map to the share of tissue, fitted on some images, tells it in others."""

    def error_of(maps):
        design, target = [], []
        for images in (IMAGES[..., 0], discs(64, 32, 5)):
            last = np.asarray(maps(images[..., None], training=False)[-1]).reshape(-1, WIDTHS[-1])
            design.append(np.c_[last, np.ones(len(last))])
            target.append(halve(halve(halve((images > -1).astype(float)))).ravel())
        line = np.linalg.lstsq(design[0], target[0], rcond=None)[0]
        return (design[1] @ line - target[1]).std()

    assert error_of(trained.maps) < 0.75 * error_of(drawn)


def test_features_do_not_depend_on_the_batch(trained):
    together = trained.embed(IMAGES[:7, ..., 0])
    alone = np.concatenate([trained.embed(image[None, ..., None]) for image in IMAGES[:7, ..., 0]])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_what_it_was_not_trained_on_is_refused(trained):
    with pytest.raises(InputError, match=r"\(2, 24, 24, 1\): expected \(N, 16, 16\) or \(N, 32, 32\)"):
        trained.embed(np.zeros((2, 24, 24)))
    with pytest.raises(InputError, match=r"\(0, 32, 32, 1\): expected"):
        trained.embed(np.zeros((0, 32, 32)))
    with pytest.raises(InputError, match=r"\(32, 32\): expected"):
        trained.embed(np.zeros((32, 32)))
    with pytest.raises(InputError, match="modality 't2': expected one of flair, t1"):
        trained.embed(np.zeros((2, 32, 32)), "t2")
    for bad in (255.0, np.nan):
        with pytest.raises(InputError, match="from -1 to 1"):
            trained.embed(np.full((2, 32, 32), bad))
