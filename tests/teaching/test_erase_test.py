"""The erase test of lesson 22, and the best guesses under two losses."""

import numpy as np
import pytest

from gancourse.teaching.material import erase_test


def test_shrinking_takes_means_of_sixteen():
    images = np.arange(2 * 8 * 12.0).reshape(2, 8, 12)
    coarse = erase_test.shrink(images)
    assert coarse.shape == (2, 2, 3)
    assert coarse[1, 1, 2] == pytest.approx(images[1, 4:, 8:].mean())


def test_what_nearest_neighbours_leave_of_a_hole_is_its_share_of_the_block():
    image = np.full((8, 8), 0.7)
    hole = np.zeros((8, 8), bool)
    hole[5:7, 5:7] = True  # 4 of the 16 pixels of a block
    left = erase_test.share_left(image, hole, lambda coarse: coarse.repeat(4, 1).repeat(4, 2))
    assert left == pytest.approx(4 / 16)
    assert (image == 0.7).all()


def test_the_best_guess_is_the_median_or_the_mean():
    candidates = np.linspace(-1, 1, 201)
    truths = np.array([-0.8, -0.8, 0.7, 0.7, 0.7])
    assert erase_test.best_l1(candidates, truths) == pytest.approx(0.7)
    assert erase_test.best_l2(candidates, truths) == pytest.approx(0.1)


@pytest.mark.parametrize(("width", "pixels"), [(1, 1), (2, 4), (3, 9), (4, 12)])
def test_a_disc_of_so_many_pixels(width, pixels):
    disc = erase_test.disc((16, 16), (7, 7), width)
    assert disc.sum() == pixels and disc[7, 7] and disc.any(0).sum() == width


def test_white_matter_is_where_all_neighbours_are_bright():
    image = np.full((40, 40), -1.0)
    image[10:30, 8:28] = 0.5
    image[2, 35] = 1.0  # a bright pixel in the dark
    row, column = erase_test.inside_white_matter(image)
    assert image[row - 4 : row + 5, column - 4 : column + 5].min() == 0.5


def test_all_enlargers_give_four_times_the_size():
    for enlarge in erase_test.enlargers().values():
        assert enlarge(np.zeros((2, 8, 8))).shape == (2, 32, 32)
