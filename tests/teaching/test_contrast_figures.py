"""Figures of lesson 55: a wide picture with a caption each, marks of their own, and a bet that is kept."""

import io

import numpy as np
import pytest
from PIL import Image

from gancourse.teaching.figures import contrast_figures
from gancourse.teaching.material import contrast_study

RNG = np.random.default_rng(0)
BRAIN = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 26
SCANS = np.where(BRAIN, RNG.uniform(-0.8, 0.8, (2, 64, 64)), -1)
TUMOUR = np.zeros((2, 64, 64), bool)
TUMOUR[0, 20:30, 20:32] = True
VALUES = {name: np.append(RNG.uniform(0, 1, 9), np.nan) for name in contrast_study.FLAIR}


def rows():
    columns = {"T1": SCANS, "FLAIR": SCANS, "T1 again": SCANS, "FLAIR again": SCANS}
    contrast_figures.rows_of_scans(columns, "Scans.", TUMOUR, ["FLAIR"], names=["A", "B"])


def dots():
    groups = {"ill": VALUES, "well": VALUES}
    contrast_figures.by_patient(groups, contrast_study.FLAIR, ("share", "mL"), "Dots.", ((0, 1), (0, 5)))


@pytest.mark.parametrize("draw", [rows, dots])
def test_one_wide_picture_with_its_caption(shown, draw):
    draw()
    picture, caption = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width >= 600 and caption.data.startswith("*")


def test_sides_are_said_and_a_brain_is_large_enough(shown):
    contrast_figures.rows_of_scans(
        {"T1": SCANS, "FLAIR": SCANS, "T1 again": SCANS, "FLAIR again": SCANS}, "Scans."
    )
    picture, caption = shown
    assert "patient's right" in caption.data
    assert Image.open(io.BytesIO(picture["image/png"])).width / 4 > 130


def test_the_bet_is_judged_and_kept(shown, tmp_path):
    path = tmp_path / "kept" / "bet.png"
    bet = {"healthy": (10, 0), "half": (20, 5), "unknown": (9, 9)}
    result = {"real": (1, 1), "healthy": (40, 2), "half": (10, 5)}
    error = contrast_figures.bet_card(bet, result, contrast_study.FLAIR, path, "The bet.")
    assert error == pytest.approx((30 + 2 + 10 + 0) / 4)
    assert Image.open(path).width > 800 and len(shown) == 2


def test_every_method_has_a_colour_and_a_marker():
    for methods in (contrast_study.FLAIR, contrast_study.T1CE):
        marks = [contrast_figures.MARKS[name] for name in methods]
        assert (
            len(set(marks))
            == len({colour for colour, _ in marks})
            == len({m for _, m in marks})
            == len(marks)
        )
