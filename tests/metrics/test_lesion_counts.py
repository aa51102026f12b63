"""Counting lesions: by hand, and against the definition of ISLES 2022 written out."""

import numpy as np
import pytest
from scipy import ndimage

from gancourse.metrics.lesion_counts import f1, lesion_counts, lesion_f1, true_pieces


def mask(*corners, shape=(8, 8, 8)):
    result = np.zeros(shape, bool)
    for x, y, z in corners:
        result[x : x + 2, y : y + 2, z : z + 2] = True
    return result


def test_counts_by_hand():
    truth = mask((0, 0, 0), (4, 4, 4))
    found = mask((1, 1, 1), (0, 6, 0), (6, 0, 6))  # touches the first in one voxel; two elsewhere
    assert lesion_counts(truth, found) == (1, 1, 2)
    assert lesion_f1(truth, found) == pytest.approx(1 / (1 + 1.5))
    assert lesion_counts(found, truth) == (1, 2, 1)


def test_voxels_that_share_a_corner_are_one_piece():
    truth = mask((0, 0, 0), (2, 2, 2))
    assert lesion_counts(truth, truth) == (1, 0, 0)
    assert lesion_counts(truth, np.zeros_like(truth)) == (0, 1, 0)


def test_one_found_piece_may_hit_two_true_ones():
    truth, found = mask((0, 0, 0), (4, 0, 0)), np.zeros((8, 8, 8), bool)
    found[:6, 0, 0] = True
    assert lesion_counts(truth, found) == (2, 0, 0)


def test_nothing_and_nothing_found_is_right():
    nothing = np.zeros((4, 4, 4), bool)
    assert lesion_f1(nothing, nothing) == 1
    assert lesion_f1(nothing, mask((0, 0, 0), shape=(4, 4, 4))) == 0
    assert f1(lesion_counts(nothing, nothing)) == 1


def test_as_the_challenge_counts():
    rng = np.random.default_rng(0)
    for _ in range(20):
        truth, found = (rng.random((2, 9, 10, 7)) > 0.93).astype(bool)
        cube = np.ones((3, 3, 3))
        parts = [ndimage.label(m, cube) for m in (truth, found)]
        hit = sum((found & (parts[0][0] == k)).any() for k in range(1, parts[0][1] + 1))
        false = sum(not (truth & (parts[1][0] == k)).any() for k in range(1, parts[1][1] + 1))
        assert lesion_counts(truth, found) == (hit, parts[0][1] - hit, false)


def test_true_pieces():
    truth, found = mask((0, 0, 0)), mask((1, 0, 0))
    truth[5, 5, 5] = True
    assert true_pieces(truth, found, 0.5) == [
        {"volume_ml": 4.0, "share": 0.5},
        {"volume_ml": 0.5, "share": 0.0},
    ]
    assert true_pieces(np.zeros_like(truth), found, 0.5) == []


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        lesion_counts(np.zeros((2, 2, 2)), np.zeros((2, 2)))
