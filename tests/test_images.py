"""Images: levels by hand, the reading order of a grid, and which side is which."""

import io

import numpy as np
from PIL import Image

from gancourse.images import (
    colour_labels,
    enlarge,
    halve,
    image_grid,
    patient_sheet,
    to_picture,
    to_png,
    to_uint8,
)


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


def test_labels_are_coloured_and_the_rest_stays_grey():
    picture = colour_labels(np.zeros((2, 2)), np.array([[0, 2], [4, 1]]))
    assert picture[0, 0].tolist() == [128] * 3
    assert picture[0, 1].tolist() == [round(0.35 * 128 + 0.65 * c) for c in (0x56, 0xB4, 0xE9)]


def test_a_sheet_has_a_row_for_each_patient():
    images = np.full((3, 64, 64, 4), -1.0)
    images[1, 20:40, 30:50, 2] = 1
    sheet = np.asarray(patient_sheet(images, np.zeros((3, 64, 64), int)))
    assert sheet.shape == (3 * 128, 5 * 128, 3)
    bright = sheet[128 + 50 : 128 + 70, 2 * 128 + 70 : 2 * 128 + 90]
    assert bright.min() == 255 and sheet[128 + 50 : 128 + 70, 128 + 70 : 128 + 90].max() == 0
