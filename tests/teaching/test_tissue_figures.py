"""Figures of tissue: one picture with a caption each, and errors drawn where they are."""

import io

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.segmentation.mixture import Mixture
from gancourse.teaching import figures
from gancourse.teaching.figures import tissue_figures

rng = np.random.default_rng(0)
LABELS = rng.integers(0, 4, (12, 10))
ML = {"CSF": 200.0, "GM": 700.0, "WM": 500.0}
MIXTURE = Mixture(np.array([1.0, 2, 3]), np.full(3, 0.3), np.full(3, 1 / 3))


@pytest.mark.parametrize(
    ("draw", "brains"),
    [
        (lambda: tissue_figures.tissues([LABELS * 50.0, (LABELS, LABELS)], ["T1", "truth"], "Brain."), True),
        (lambda: tissue_figures.curves({"all": (rng.normal(2, 1, 500), MIXTURE)}, "Curves."), False),
        (
            lambda: figures.agreement({"a": (np.arange(3.0), np.ones(3))}, ("true", "ml"), "Dots."),
            False,
        ),
        (lambda: tissue_figures.differences(LABELS * 1.0, {"after": LABELS - 2.0}, "Changes."), True),
        (
            lambda: figures.show(tissue_figures.volumes(ML, {"mine": ML, "theirs": dict(ML, GM=0)}), "Bars."),
            False,
        ),
        (lambda: figures.intervals({"a": (1.0, 0.5, 1.4)}, "slope", "Rows.", reference=1.0), False),
    ],
)
def test_one_picture_with_its_caption(shown, draw, brains):
    draw()
    picture, caption = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width > 80
    assert picture["text/plain"] in caption.data
    assert (figures.CONVENTION in picture["text/plain"]) == brains


def test_errors_stand_over_the_bars():
    figure = tissue_figures.volumes(ML, {"mine": dict(ML, GM=770.0)})
    assert [text.get_text() for text in figure.axes[0].texts] == ["+0 %", "+10 %", "+0 %"]
    plt.close(figure)


def test_labels_are_cropped_to_the_brain(monkeypatch):
    made = []
    monkeypatch.setattr(tissue_figures, "show", lambda figure, caption: made.append(figure))
    truth = np.zeros((64, 64), int)
    truth[20:40, 30:50] = 2
    tissue_figures.tissues([(0 * truth, truth)], ["found"], "Brain.")
    assert made[0].axes[0].images[-1].get_array().shape[:2] == (28, 28)  # four pixels around it
    plt.close(made[0])


def test_what_is_wrong_is_black(shown, monkeypatch):
    made = []
    monkeypatch.setattr(tissue_figures, "show", lambda figure, caption: made.append(figure))
    found = LABELS.copy()
    found[3, 4] = (found[3, 4] + 1) % 4
    tissue_figures.tissues([(found, LABELS)], ["found"], "Brain.")
    drawn = np.asarray(made[0].axes[0].images[-1].get_array())
    assert np.argwhere((drawn == 0).all(-1)).tolist() == [[3, 4]]
    assert "not the true label" in [text.get_text() for text in made[0].legends[0].get_texts()]
    plt.close(made[0])
