"""Label maps: what a network draws, mended where no brain looks so, and the classes of their pixels."""

import numpy as np

from gancourse.gans import label_maps
from gancourse.images import halve
from gancourse.training.translation import label_map


def brain():
    """A slice of 64 pixels: grey matter around white, a ventricle, and a tumour of three parts."""
    y, x = np.mgrid[:64, :64] - 31.5
    radius = np.hypot(y, x)
    tissue = np.select([radius < 4, radius < 20, radius < 26], [1, 3, 2], 0).astype(np.uint8)
    apart = np.hypot(y, x - 12)
    seg = np.select([apart < 3, apart < 5, apart < 8], [1, 4, 2], 0).astype(np.uint8)
    return seg[None], tissue[None]


def test_there_and_back():
    seg, tissue = brain()
    labels = label_maps.decode(2 * label_map(seg, tissue).numpy() - 1)
    np.testing.assert_array_equal(labels.seg, seg)
    healthy = seg == 0
    np.testing.assert_array_equal(labels.tissue[healthy], tissue[healthy])
    assert labels.tissue[~healthy].all()  # within a tumour there is some tissue
    assert labels.seg.dtype == labels.tissue.dtype == np.uint8


def test_halved_maps_are_enlarged_to_nearly_what_they_were():
    seg, tissue = brain()
    half = halve(2 * label_map(seg, tissue).numpy() - 1)
    labels = label_maps.decode(label_maps.enlarge(half, 2))
    assert labels.seg.shape == seg.shape
    for part in (1, 2, 4):
        assert abs((labels.seg == part).sum() - (seg == part).sum()) <= 0.2 * (seg == part).sum()
    assert ((labels.seg > 0) == (seg > 0)).mean() > 0.99
    assert label_maps.enlarge(half, 1).shape == half.shape


def test_holes_islands_and_specks_are_mended():
    seg, tissue = brain()
    maps = 2 * label_map(seg, tissue).numpy() - 1
    maps[0, 20, 30] = [0.5, -0.8, -0.9, 0.2, -0.9, -0.9, -0.9]  # a hole, whose likeliest tissue is white
    maps[0, 2, 2] = np.eye(7)[3]  # an island outside
    maps[0, 40, 25] = [-1, -1, 0.1, -0.2, -1, -1, 0.9]  # a pixel of enhancing tumour, likeliest grey else
    labels = label_maps.decode(maps)
    assert labels.tissue[0, 20, 30] == 3 and labels.tissue[0, 2, 2] == 0
    assert labels.seg[0, 40, 25] == 0 and labels.tissue[0, 40, 25] == 2
    np.testing.assert_array_equal(labels.seg, seg)


def test_classes_are_the_channels():
    seg, tissue = brain()
    maps = 2 * label_map(seg, tissue).numpy() - 1
    channel = label_maps.classes(label_maps.Labels(seg, tissue))
    np.testing.assert_array_equal(channel, maps.argmax(-1))
    np.testing.assert_array_equal(label_maps.one_hot(channel), maps)


def test_nothing_at_all_is_no_error():
    labels = label_maps.decode(np.full((2, 16, 16, 7), -1.0))
    assert not labels.seg.any() and not labels.tissue.any()
