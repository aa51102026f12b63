"""Figures of lesson 54: a picture with a caption each, every arm in its place, and a bet that is kept."""

import io

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.teaching.figures import augmentation_figures

COUNTS = (5, 10)
TABLE = pd.DataFrame(
    [
        {"hospital": name, "arm": arm, "N": n, "dice": 0.5 + n / 100, "low": 0.4, "high": 0.7}
        for name in "AB"
        for arm in (*augmentation_figures.ARMS, "native")
        for n in COUNTS
    ]
)
GAINS = {arm: {n: (0.02, 0.01, 0.03) for n in COUNTS} for arm in ("augmented", "generated")}


@pytest.mark.parametrize(
    "draw",
    [
        lambda: augmentation_figures.curves(TABLE, "Curves."),
        lambda: augmentation_figures.gains({"A": GAINS, "B": GAINS}, "Gains."),
        lambda: augmentation_figures.suspects({"a": 0.8, "b": 1.1, "c": 0.9}, {"a"}, "Suspects."),
    ],
)
def test_one_wide_picture_with_its_caption(shown, draw):
    draw()
    picture, caption = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width >= 600 and caption.data.startswith("*")


def test_arms_lie_beside_each_other_at_every_number_of_patients():
    _, axes = plt.subplots()
    augmentation_figures.draw_arms(axes, GAINS)
    first, second = (line.get_xdata() for line in axes.lines)
    assert (np.diff(first) == 1).all() and 0 < second[0] - first[0] < 0.5
    assert [label.get_text() for label in axes.get_xticklabels()] == ["5", "10"]
    plt.close("all")


def test_the_bet_is_judged_and_kept(shown, tmp_path):
    path = tmp_path / "kept" / "bet.png"
    bet = {"augmented": (3, 3), "generated": (-1, 2), "ceiling": (9, 9)}
    error = augmentation_figures.bet_card(bet, GAINS, path, "The bet.")
    assert error == pytest.approx((1 + 1 + 3 + 0) / 4)
    assert Image.open(path).width > 800 and len(shown) == 2


def test_every_arm_has_a_colour_and_a_marker_of_its_own():
    _, colours, markers = zip(*augmentation_figures.ARMS.values(), strict=True)
    assert len(set(colours)) == len(set(markers)) == len(colours)
    assert all(matplotlib.colors.is_color_like(colour) for colour in colours)
