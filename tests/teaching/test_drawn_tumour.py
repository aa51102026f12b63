"""A tumour that a learner draws lies where it was asked for, and in the brain."""

import numpy as np

from gancourse.teaching.material.drawn_tumour import draw_tumour


def brain() -> np.ndarray:
    """White matter 48 pixels wide, with a stripe of CSF."""
    tissue = np.zeros((64, 64), np.uint8)
    tissue[8:56, 8:56] = 3
    tissue[8:56, 40:43] = 1
    return tissue


def test_a_core_in_a_rim_in_oedema():
    seg = draw_tumour(brain(), (30, 22), 6)
    assert seg.dtype == np.uint8 and seg[30, 22] == 1
    rows, columns = np.indices(seg.shape)
    distance = np.hypot(rows - 30, columns - 22)
    assert distance[seg == 1].mean() < distance[seg == 4].mean() < distance[seg == 2].mean()
    assert distance[seg > 0].max() < 20
    assert not seg[:, 40:].any()  # fluid stops the oedema


def test_nothing_outside_the_brain():
    assert not draw_tumour(brain(), (9, 9), 12)[brain() == 0].any()
    for at in ((2, 2), (-1, 30), (30, 64)):
        assert not draw_tumour(brain(), at, 6).any()
    assert not draw_tumour(brain(), (30, 22), 0).any()


def test_oedema_around_a_tumour_whose_middle_lies_in_fluid():
    tissue = brain()
    tissue[28:33, 20:25] = 1
    assert (draw_tumour(tissue, (30, 22), 6) == 2).sum() > 20
