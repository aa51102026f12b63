"""Figures of lessons 42 and 44: one picture with a caption each, of what they are given."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.teaching.figures import evaluation_figures, hack_figures

rng = np.random.default_rng(0)
POINTS = rng.normal(size=(20, 2))
SCORES = pd.DataFrame({"set": ["held out", "blurred"] * 3, "recall": [0.7, 0.1, 0.6, 0.2, 0.8, 0.3]})
EXAMPLES = {name: rng.uniform(-1, 1, (2, 16, 16)) for name in ("held out", "blurred")}
SIZES = pd.DataFrame(
    {"set": ["real", "blur"] * 4, "images": [50, 50, 100, 100] * 2, "kid": rng.uniform(0, 1, 8)}
)
RUNS = pd.DataFrame({"variant": ["plain", "hack", "guide"] * 3, "kid": 10 ** rng.normal(0, 1, 9)})
CURVES = pd.DataFrame(
    {key: rng.uniform(0.1, 1, 5) for key in ("round", "d_loss", "g_loss", "d_accuracy", "variety", "slope")}
)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: evaluation_figures.clouds({"a": {"real": POINTS, "made": POINTS + 3}}, "Words."),
        lambda: evaluation_figures.clouds({"a": {"real": POINTS}}, "Words.", reach=3),
        lambda: evaluation_figures.ratios({"P": rng.uniform(0.5, 1, 9)}, 0.8, "Words."),
        lambda: evaluation_figures.bias(SIZES, ["kid"], "Words."),
        lambda: hack_figures.study(RUNS, {"broken": ["guide"], "later": ["hack"]}, "plain", "Words."),
        lambda: hack_figures.symptoms({"A": CURVES, "B": CURVES}, "Words."),
        lambda: hack_figures.slice_and_points(EXAMPLES["held out"][0], POINTS, "Words."),
        lambda: hack_figures.critics(
            {"a": (lambda points: points[:, :1], POINTS, [(0, 1.0), (25, 0.5)])}, POINTS, "Words."
        ),
        lambda: hack_figures.slopes({"a": [(0, 0.1), (10, 2.0)], "b": [(0, 0.1)]}, "slope", "Words."),
    ],
)  # fmt: skip
def test_one_picture_with_its_caption(shown, draw):
    draw()
    picture, caption = shown
    assert np.asarray(Image.open(io.BytesIO(picture["image/png"])).convert("L")).std() > 5
    assert picture["text/plain"] in caption.data and "Words." in caption.data


def test_a_report_card_shows_every_set_and_is_kept(shown, tmp_path):
    kept = tmp_path / "kept" / "card.png"
    evaluation_figures.report_card(SCORES, EXAMPLES, "held out", "Words.", kept)
    picture, caption = shown
    assert "Words." in caption.data and "Radiological" in picture["text/plain"]
    assert Image.open(kept).width > 300


def test_a_report_cards_numbers_are_the_means(monkeypatch, tmp_path):
    kept = []
    monkeypatch.setattr(evaluation_figures, "show", lambda figure, caption: kept.append(figure))
    evaluation_figures.report_card(SCORES, EXAMPLES, "held out", "Words.", tmp_path / "card.png")
    texts = [text.get_text() for axes in kept[0].axes for text in axes.texts]
    assert [text for text in texts if text not in "RL"] == ["0.70", "0.20"]
    bands = [axes.patches[0].get_extents() for axes in kept[0].axes if axes.patches]
    assert len(bands) == 2
    plt.close("all")


def test_the_best_variant_is_on_top(monkeypatch):
    kept = []
    monkeypatch.setattr(hack_figures, "show", lambda figure, caption: kept.append(figure))
    runs = pd.DataFrame({"variant": ["far", "near", "plain"], "kid": [10.0, 0.1, 1.0]})
    hack_figures.study(runs, {"broken": ["far"], "later": ["near"]}, "plain", "Words.")
    labels = {label.get_text(): label.get_position()[1] for label in kept[0].axes[0].get_yticklabels()}
    assert labels["near"] > labels["plain"] > labels["far"]
    plt.close("all")
