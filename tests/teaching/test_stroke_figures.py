"""Figures of lesson 53: a picture with a caption each, a verdict in its colour, and a report that is kept."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from PIL import Image

from gancourse.teaching import figures
from gancourse.teaching.figures import stroke_figures

SCANS = np.random.default_rng(0).normal(size=(3, 16, 12, 3)).astype("float32")
MASK = np.zeros((16, 12), bool)
MASK[4:8, 4:8] = True
ONE = {"below 1": (3, 4, 0.4, 0.9), "1 or more": (5, 5, 1.0, 1.0)}


@pytest.mark.parametrize(
    ("draw", "brains"),
    [
        (
            lambda: stroke_figures.found_and_missed(
                {"mine": [MASK] * 3}, [MASK] * 3, "Slices.", SCANS[..., 0]
            ),
            True,
        ),
        (lambda: stroke_figures.three_scans(SCANS[0], MASK, "Scans."), True),
        (lambda: stroke_figures.sensitivity(ONE, "Shares."), False),
        (
            lambda: stroke_figures.clock(np.array([1.0, 30]), np.array([1.0, 1.4]), 1.1, 4.5, "Clock."),
            False,
        ),
    ],
)
def test_one_picture_with_its_caption(shown, draw, brains):
    draw()
    picture, caption = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width >= 400
    assert (figures.CONVENTION in caption.data) == brains


def test_every_verdict_has_its_colour():
    _, axes = plt.subplots()
    truth, found = np.array([[1, 1, 0, 0]]), np.array([[1, 0, 1, 0]])
    stroke_figures.draw_verdict(axes, truth, found)
    drawn = axes.images[0].get_array()[0]
    for pixel, colour in zip(drawn[:3], stroke_figures.VERDICTS.values(), strict=True):
        np.testing.assert_allclose(np.asarray(pixel), to_rgba(colour, 0.9), atol=1e-6)
    assert drawn[3, 3] == 0
    plt.close("all")


def test_every_piece_is_circled_in_every_scan():
    two = MASK.copy()
    two[12, 9] = True
    _, grid = stroke_figures.draw_scans(SCANS[0], MASK, MASK, "found", circled=two)
    assert [len(axes.patches) for axes in grid[0]] == [2, 2, 2, 0]
    box = stroke_figures.surround(SCANS[0, ..., 0] > SCANS[0, ..., 0].min())
    assert grid[0, 0].patches[1].center == (9 - box[1].start, 12 - box[0].start)
    plt.close("all")


def test_the_report_is_kept(shown, tmp_path):
    slices = SimpleNamespace(images=SCANS, lesion=np.stack([MASK] * 3))
    path = tmp_path / "kept" / "report.png"
    masks, words = np.stack([MASK] * 3), ["Infarct: 2 mL."]
    stroke_figures.report(slices, masks, 1, words, "The report.", path, circled=masks)
    assert Image.open(path).width > 800
    assert "Infarct: 2 mL." in shown[1].data
