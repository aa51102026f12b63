"""Readers of small slices: channels in their places, specks, and millimetres there and back."""

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.segmentation.slice_reader import find_tumours, read_tumours, segment_slices, with_all


def brain_with_tumour(n=2, size=64):
    """Grey discs; the second one has a bright disc (FLAIR) with a brighter ring (T1ce) on the left."""
    y, x = np.mgrid[:size, :size]
    images = np.full((n, size, size, 2), -1, np.float32)
    images[:, np.hypot(x - 31.5, y - 31.5) < 26] = (-0.3, -0.3)
    images[1, np.hypot(x - 42, y - 32) < 9] = (-0.5, 0.8)
    return images


class Finder:
    """A stand-in for a network: whatever is bright in FLAIR is oedema."""

    def __call__(self, images, training):
        bright = np.asarray(images)[..., 3] > 0.5
        return np.stack([~bright, 0 * bright, bright, 0 * bright], -1).astype(np.float32)

    def predict(self, images, brain, present):
        assert images.shape[1:] == (208, 208, 4) and present == ("t1ce", "flair")
        return self(images, False), None


def test_channels_come_where_the_network_expects_them():
    given = with_all(brain_with_tumour(), ("t1ce", "flair"))
    assert given.shape[-1] == 4 and (given[..., [0, 2]] == -1).all() and given[1, 32, 42, 3] > 0.7
    with pytest.raises(InputError, match="expected channels flair"):
        with_all(brain_with_tumour(), ("flair",))


def test_a_tumour_is_read_and_a_speck_is_not():
    images = brain_with_tumour()
    images[0, 20:22, 20:22, 1] = 0.8
    assert (find_tumours(images, ("t1ce", "flair"), Finder()) > 0).sum((1, 2))[0] == 4
    found = read_tumours(images, ("t1ce", "flair"), network=Finder())
    assert found["area_cm2"][0] == 0 and np.isnan(found["side"][0])
    assert found["area_cm2"][1] == pytest.approx(np.pi * 81 * 3.25**2 / 100, rel=0.05)
    assert found["side"][1] == 1


def test_the_segmenter_gets_millimetres_and_its_answer_comes_back():
    images = brain_with_tumour()
    found = segment_slices(images, ("t1ce", "flair"), Finder())
    truth = images[..., 1] > 0.5
    assert read_tumours(images, ("t1ce", "flair"), Finder())["side"][1] == 1
    assert found.shape == (2, 64, 64) and (found[0] == 0).all()
    assert 2 * ((found[1] == 2) & truth[1]).sum() / ((found[1] > 0).sum() + truth[1].sum()) > 0.9
