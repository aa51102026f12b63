"""Moved lesions: they go where they are sent, stay inside the brain, and leave healed tissue behind."""

import numpy as np
import pytest
from scipy import ndimage

from gancourse.cohort.lesion_moves import Move, draw_move, healed, moved, new_labels
from gancourse.errors import InputError


def lesion(size: int = 32) -> np.ndarray:
    """A lesion that is neither round nor symmetric, with all three labels."""
    seg = np.zeros((size, size), np.uint8)
    seg[8:14, 5:12] = 2
    seg[9:12, 6:10] = 4
    seg[10, 7] = 1
    return seg


def tissue(size: int = 32) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    away = np.hypot(y - (size - 1) / 2, x - (size - 1) / 2)
    return np.where(away < 8, 3, np.where(away < 12, 2, np.where(away < 14, 1, 0))).astype(np.uint8)


def centre(seg):
    return ndimage.center_of_mass(seg > 0)


def test_a_move_that_changes_nothing():
    row, column = 10, 8
    seg = np.zeros((32, 32), np.uint8)
    seg[row - 2 : row + 3, column - 3 : column + 4] = 2
    np.testing.assert_array_equal(moved(seg, Move(False, 0.0, 1.0, row, column)), seg)


@pytest.mark.parametrize("mirror", [False, True])
def test_it_goes_where_it_is_sent(mirror):
    there = moved(lesion(), Move(mirror, 30.0, 1.0, 20, 18))
    assert centre(there) == pytest.approx((20, 18), abs=0.7)
    assert set(np.unique(there)) == {0, 1, 2, 4}


def test_scale_is_of_length_and_a_turn_by_180_degrees_is_two_mirrors():
    seg = np.zeros((32, 32), np.uint8)
    seg[12:19, 10:21] = 2
    twice = moved(seg, Move(False, 0.0, 1.5, 15, 15))
    assert (twice > 0).sum() == pytest.approx(1.5**2 * (seg > 0).sum(), rel=0.1)
    odd = lesion()[:17, :17]  # with a pixel in the middle
    turned = moved(odd, Move(False, 180.0, 1.0, 8, 8))
    straight = moved(odd, Move(False, 0.0, 1.0, 8, 8))
    assert (turned[::-1, ::-1] != straight).mean() < 0.03


def test_a_quarter_turn_is_counter_clockwise():
    seg = np.zeros((31, 31), np.uint8)
    seg[15, 10:21] = 2
    seg[15, 20] = 4  # its right end
    there = moved(seg, Move(False, 90.0, 1.0, 15, 15))
    assert np.argwhere(there == 4).mean(0) == pytest.approx((10, 15), abs=0.6)  # now its upper end


def test_healed_tissue_is_that_of_the_other_side():
    true = tissue()
    true[8:14, 20:27][true[8:14, 20:27] == 2] = 1  # the other side of the lesion
    seg = lesion() * (true > 0)
    without = healed(seg, np.where(seg > 0, 77, true).astype(np.uint8))
    inside = (seg > 0) & (true[:, ::-1] > 0)
    np.testing.assert_array_equal(without[inside], true[:, ::-1][inside])
    np.testing.assert_array_equal(without[seg == 0], true[seg == 0])
    both = np.ones_like(seg) * 2
    assert (healed(both, true) == 3).all()  # nothing is known of either side


def test_new_labels_are_new_and_inside_the_brain():
    seg = np.stack([lesion() * (tissue() > 0), np.zeros((32, 32), np.uint8)])
    brains = np.stack([tissue(), tissue()])
    new_seg, new_tissue = new_labels(seg, brains, 60, seed=1)
    assert new_seg.shape == new_tissue.shape == (60, 32, 32) and new_seg.dtype == np.uint8
    assert not (new_seg[new_tissue == 0] > 0).any()
    shown = (new_seg > 0).any((1, 2))
    assert 0.3 < shown.mean() < 0.7  # one of two slices has a lesion
    assert len({s.tobytes() for s in new_seg[shown]}) == shown.sum()
    assert np.std([centre(s) for s in new_seg[shown]], axis=0).min() > 2
    again, _ = new_labels(seg, brains, 60, seed=1)
    np.testing.assert_array_equal(new_seg, again)


def test_a_move_goes_to_white_matter():
    rng = np.random.default_rng(0)
    for _ in range(20):
        move = draw_move(rng, tissue())
        assert tissue()[move.row, move.column] == 3
    assert tissue()[draw_move(rng, np.minimum(tissue(), 2))[3:]] > 0


def test_what_is_missing_is_said():
    seg = lesion()[None]
    with pytest.raises(InputError, match="no tissue labels"):
        new_labels(seg, np.zeros_like(seg), 3)
    with pytest.raises(InputError, match="no slice shows a tumour"):
        new_labels(np.zeros_like(seg), tissue()[None], 3)
