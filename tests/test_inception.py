"""Inception's plumbing with random weights, and what happens without its own."""

import inception
import keras
import numpy as np
import pytest
from toy import discs

from gancourse.errors import InputError
from gancourse.metrics.fidelity import kid


def test_without_the_download_it_says_what_to_do(monkeypatch):
    def offline(*_, **__):
        raise Exception("URL fetch failure on https://example.org/inception.h5: None -- no route\nmore")

    monkeypatch.setattr(keras.applications, "InceptionV3", offline)  # it raises this, offline
    with pytest.raises(InputError, match="go online once, or use the course's own") as found:
        inception.load_inception()
    assert "URL fetch failure)" in str(found.value) and "\n" not in str(found.value)


def test_images_reach_the_network_large_and_in_three_channels():
    seen = []

    def network(images, training):
        assert training is False
        seen.append(np.asarray(images))
        return keras.ops.mean(images, (1, 2))

    images = np.stack([np.full((8, 8), -1.0), np.full((8, 8), 0.5), np.eye(8)])
    found = inception.embed_inception(images, network, batch_size=2)
    assert [s.shape for s in seen] == [(2, 299, 299, 3), (1, 299, 299, 3)]
    np.testing.assert_allclose(found[:2], [[-1] * 3, [0.5] * 3], atol=1e-6)
    np.testing.assert_array_equal(seen[1][..., 0], seen[1][..., 2])
    assert found[2, 0] == pytest.approx(1 / 8, abs=0.01)


def test_with_random_weights_it_is_the_kernel_distance_of_its_features(monkeypatch):
    monkeypatch.setattr(inception, "SIDE", 75)
    images, patients = discs(20, seed=1), np.arange(12) // 2
    network = inception.load_inception(None)
    monkeypatch.setattr(inception, "load_inception", {"imagenet": network}.get)
    value, error = inception.kid_inception(images[:8], images[8:], patients)
    a, b = (inception.embed_inception(x, network) for x in (images[:8], images[8:]))
    assert a.shape == (8, 2048)
    assert (value, error) == pytest.approx(kid(a, b, groups_b=patients), abs=1e-4) and error > 0
