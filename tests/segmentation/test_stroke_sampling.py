"""Where patches are cut: shares, places and borders."""

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.segmentation.stroke_sampling import cut_patches, draw_places


@pytest.fixture
def masks():
    brain, lesion = np.zeros((6, 20, 16), bool), np.zeros((6, 20, 16), np.uint8)
    brain[1:5, 3:17, 2:14] = True
    lesion[2, 5:9, 4:8] = 1
    lesion[4, 10, 10] = 1
    return lesion, brain


def test_a_share_lies_on_infarcts_and_slices_count_alike(masks):
    lesion, brain = masks
    places = draw_places(lesion, brain, 2000, 0.5, np.random.default_rng(0))
    on = lesion[tuple(places.T)] > 0
    assert brain[tuple(places.T)].all()
    by_chance = lesion.sum() / brain.sum()
    assert on.mean() == pytest.approx(0.5 + 0.5 * by_chance, abs=0.04)
    small = (places[:, 0] == 4) & on  # the slice with one pixel is chosen as often as the one with sixteen
    assert small.sum() / on.sum() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 1.0), (0.0, 17 / 672)])
def test_all_and_none(masks, share, expected):
    lesion, brain = masks
    places = draw_places(lesion, brain, 1500, share, np.random.default_rng(1))
    assert (lesion[tuple(places.T)] > 0).mean() == pytest.approx(expected, abs=0.015)


def test_without_an_infarct_anywhere(masks):
    _, brain = masks
    places = draw_places(np.zeros_like(brain), brain, 50, 1.0, np.random.default_rng(0))
    assert brain[tuple(places.T)].all()


def test_bad_input(masks):
    lesion, brain = masks
    with pytest.raises(InputError, match="share=1.5"):
        draw_places(lesion, brain, 2, 1.5, np.random.default_rng(0))
    with pytest.raises(InputError, match="no pixel of brain"):
        draw_places(lesion, np.zeros_like(brain), 2, 0.5, np.random.default_rng(0))


def test_patches_are_centred_and_padded():
    slices = np.arange(2 * 10 * 8).reshape(2, 10, 8)
    patch, border = cut_patches(slices, np.array([[1, 5, 4], [0, 0, 0]]), 4, outside=-1)
    np.testing.assert_array_equal(patch, slices[1, 3:7, 2:6])
    assert patch[2, 2] == slices[1, 5, 4]
    np.testing.assert_array_equal(border[2:, 2:], slices[0, :2, :2])
    assert (border[:2] == -1).all() and (border[:, :2] == -1).all()
    assert cut_patches(slices[..., None], np.zeros((0, 3), int), 4).shape == (0, 4, 4, 1)
