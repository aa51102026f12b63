"""Figures of lessons 42 and 44: one picture with a caption each, of what they are given."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.metrics.memorisation import membership
from gancourse.teaching.figures import evaluation_figures, hack_figures

rng = np.random.default_rng(0)
POINTS = rng.normal(size=(20, 2))
METRICS = pd.DataFrame({"kid": [0.0, 5.0], "recall": [0.7, 0.69]}, index=["real", "blurred"])
METRICS.attrs["spread"] = pd.Series({"kid": 0.1, "recall": 0.1})
SIZES = pd.DataFrame(
    {"set": ["real", "blur"] * 4, "images": [50, 50, 100, 100] * 2, "kid": rng.uniform(0, 1, 8)}
)
ATTACK = membership(rng.normal(1, 1, 30), rng.normal(0, 1, 30), np.arange(30), np.arange(30))
RUNS = pd.DataFrame({"variant": ["plain", "hack", "guide"] * 3, "kid": 10 ** rng.normal(0, 1, 9)})
CURVES = pd.DataFrame(
    {key: rng.uniform(0.1, 1, 5) for key in ("round", "d_loss", "g_loss", "d_accuracy", "variety", "slope")}
)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: evaluation_figures.clouds({"a": {"real": POINTS, "made": POINTS + 3}}, "Words."),
        lambda: evaluation_figures.clouds({"a": {"real": POINTS}}, "Words.", reach={"real": np.ones(20)}),
        lambda: evaluation_figures.eyes(METRICS, "real", "Words."),
        lambda: evaluation_figures.ratios({"P": rng.uniform(0.5, 1, 9)}, 0.8, "Words."),
        lambda: evaluation_figures.roc({"one": ATTACK}, "Words."),
        lambda: evaluation_figures.bias(SIZES, ["kid"], "Words."),
        lambda: hack_figures.study(RUNS, {"broken": ["guide"], "later": ["hack"]}, "plain", "Words."),
        lambda: hack_figures.symptoms({"A": CURVES, "B": CURVES}, "Words."),
    ],
)  # fmt: skip
def test_one_picture_with_its_caption(shown, draw):
    draw()
    picture, caption = shown
    assert np.asarray(Image.open(io.BytesIO(picture["image/png"])).convert("L")).std() > 5
    assert picture["text/plain"] in caption.data and "Words." in caption.data


def test_what_is_far_from_real_is_dark(monkeypatch):
    kept = []
    monkeypatch.setattr(evaluation_figures, "show", lambda figure, caption: kept.append(figure))
    evaluation_figures.eyes(METRICS, "real", "Words.")
    axes = kept[0].axes[0]
    assert axes.images[0].get_array().tolist()[0] == [0, 0]  # real is not far from itself
    assert axes.images[0].get_array()[1, 0] > 1 > axes.images[0].get_array()[1, 1]
    assert [text.get_text() for text in axes.texts if text.get_weight() == "bold"] == ["5"]
    plt.close("all")


def test_the_best_variant_is_on_top(monkeypatch):
    kept = []
    monkeypatch.setattr(hack_figures, "show", lambda figure, caption: kept.append(figure))
    runs = pd.DataFrame({"variant": ["far", "near", "plain"], "kid": [10.0, 0.1, 1.0]})
    hack_figures.study(runs, {"broken": ["far"], "later": ["near"]}, "plain", "Words.")
    labels = {label.get_text(): label.get_position()[1] for label in kept[0].axes[0].get_yticklabels()}
    assert labels["near"] > labels["plain"] > labels["far"]
    plt.close("all")
