"""Figures of a GAN: each shows one picture with a caption, and shows what it is given."""

import io

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.teaching import figures
from gancourse.teaching.figures import canvas, gan_figures

rng = np.random.default_rng(0)


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: pictures and captions, in order."""
    kept = []

    def display(what, metadata=None, raw=False):
        kept.append((what, metadata))

    monkeypatch.setattr(canvas, "display", display)
    yield kept
    assert not plt.get_fignums()


def images(n, size=16):
    return rng.uniform(-1, 1, (n, size, size)).astype(np.float16)


@pytest.mark.parametrize(
    ("draw", "brains"),
    [
        (lambda: gan_figures.loss_curves(np.ones(30), np.ones(30), "Curves."), False),
        (
            lambda: gan_figures.lines(
                {"a": np.ones(3), "b": np.arange(3)}, np.arange(3), ("x", "y"), "Curves.", ("-", "o")
            ),
            False,
        ),
    ],
)
def test_one_picture_with_its_caption(shown, draw, brains):
    draw()
    (picture, metadata), (caption, _) = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width > 80
    assert metadata["image/png"]["alt"] == picture["text/plain"]
    assert picture["text/plain"] in caption.data
    assert (figures.CONVENTION in picture["text/plain"]) == brains


def test_a_grid_shows_black_white_and_the_sides():
    axes = plt.figure().subplots()
    gan_figures.draw_grid(axes, np.stack([np.full((4, 4), -1.0), np.full((4, 4), 1.0)]), 2)
    (image,) = axes.images
    assert image.get_clim() == (-1, 1)
    assert np.array_equal(np.asarray(image.get_array())[0], [-1] * 6 + [1] * 4)
    assert axes.get_ylabel() == "R" and [text.get_text() for text in axes.texts] == ["L"]
    plt.close()


def test_curves_of_losses_mark_the_undecided_and_bear_a_short_training(shown, monkeypatch):
    made = []
    monkeypatch.setattr(gan_figures, "show", lambda figure, caption: made.append(figure))
    for steps in (1, 40):
        gan_figures.loss_curves(np.full(steps, 1.0), np.full(steps, 2.0), "Losses.")
        (axes,) = made.pop().axes
        raw, means, level = axes.lines[:3]
        assert len(raw.get_xdata()) == steps and means.get_xdata()[-1] == steps - 1
        np.testing.assert_allclose(means.get_ydata(), 1, atol=1e-12)
        assert level.get_ydata()[0] == pytest.approx(1.386, abs=1e-3)
    plt.close("all")
