"""Images: levels by hand, the reading order of a grid, and which side is which."""

import io

import numpy as np
from PIL import Image

from gancourse.images import enlarge, halve, image_grid, to_picture, to_png, to_uint8


def test_image_grid_keeps_reading_order():
    images = np.arange(5).reshape(5, 1, 1) / 4 * np.ones((5, 2, 3))
    grid = image_grid(images, columns=2, gap=1)
    assert grid.shape == (3 * 3 - 1, 2 * 4 - 1)
    assert (grid[:2, :3] == 0).all() and (grid[:2, 4:] == 0.25).all() and (grid[6:, :3] == 1).all()
    assert (grid[2] == -1).all() and (grid[6:, 4:] == -1).all()


def test_picture_spans_black_to_white():
    assert np.array(to_picture(np.array([[-1.0, 0, 1, 9]]))).tolist() == [[0, 128, 255, 255]]
    assert to_uint8(np.array([-9, -1, 0.004, 1])).tolist() == [0, 0, 128, 255]


def test_halve_averages_four_pixels():
    np.testing.assert_array_equal(halve(np.arange(16.0).reshape(1, 4, 4)), [[[2.5, 4.5], [10.5, 12.5]]])
    assert halve(np.zeros((2, 8, 8, 3))).shape == (2, 4, 4, 3)


def test_an_enlarged_slice_has_its_sides_marked():
    picture = np.asarray(Image.open(io.BytesIO(to_png(enlarge(to_picture(-np.ones((64, 64))), 4)))))
    rows, columns = np.nonzero(picture > 128)
    assert picture.shape == (256, 256) and abs(rows.mean() - 128) < 8
    assert set((columns // 16).tolist()) == {0, 15}  # R and L stand at the edges
