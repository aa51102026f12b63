"""The order form: what is asked, read and refused, how unusual an order is, and what a notebook keeps."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from toy_orders import toy_form, toy_works

from gancourse.errors import InputError
from gancourse.teaching.figures import order_figures
from gancourse.teaching.material import order_parts
from gancourse.teaching.widgets import OrderForm

ORDER = {"do": "order", "grade": "LGG", "side": -1.0, "place": 0.2, "height": 0.6}
ORDER |= {"area_cm2": 20.0, "enhancing_cm2": 2.0}


@pytest.fixture
def form():
    return toy_form()


def test_four_brains_are_read_attribute_by_attribute(form):
    form.apply(ORDER)
    rows = {row["label"].split(",")[0]: row for row in form.rows()}
    assert rows["grade"]["asked"] == "LGG" and rows["grade"]["read"] == ["LGG"] * 4
    assert rows["area"]["read"] == ["20.0", "22.0", "24.0", "26.0"]
    assert rows["area"]["right"] == [True, True, True, False] and rows["area"]["tolerance"] == "± 4.5"
    assert rows["side"]["asked"] == "−1.00" and all(rows["side"]["right"])
    assert form.verdict() == "Delivered in every attribute: 3 of 4 brains."
    assert form.pictures().shape == (4, 2, 32, 32) and form.pictures().dtype == np.uint8


def test_of_a_healthy_brain_no_tumour_was_ordered(form):
    form.apply(ORDER | {"grade": "healthy", "area_cm2": 55.0})
    assert [row["label"].split(" ")[0] for row in form.rows()] == ["grade", "height"]
    assert form.right["all"].all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"area_cm2": 55.0}, "area_cm2 55: the generator has learned 2 to 42"),
        ({"height": 0.3}, "height 0.3: the generator has learned 0.45 to 0.8"),
        ({"enhancing_cm2": 12.0}, "enhancing_cm2 12: the generator has learned 0 to 10"),
        ({"place": -1.0}, "place -1: the generator has learned -0.75 to 0.75"),
        ({"grade": "GBM"}, "grade 'GBM': expected one of healthy, LGG, HGG"),
        ({"side": "left"}, "side='left': expected a number"),
        ({"area_cm2": float("nan")}, "area_cm2=nan: expected a number"),
    ],
)
def test_an_order_outside_of_what_was_learned_is_refused_in_one_line(form, wrong, said):
    before, images = form.asked, form.images
    with pytest.raises(InputError, match=said) as caught:
        form.apply(ORDER | wrong)
    assert "\n" not in str(caught.value) and form.asked == before and form.images is images


def test_more_brains_are_others_for_the_same_order(form):
    before, asked = form.images, form.asked
    form.apply({"do": "more"})
    assert form.seed == 1 and form.asked == asked and np.abs(form.images - before).max() > 0


def test_how_far_an_order_lies_from_the_training_slices(form):
    form.apply(ORDER | {"area_cm2": 15.0, "place": 0.0, "height": 0.62})
    assert form.lonely > 0.5 and "An ordinary order" in form.rarity()
    form.apply(ORDER | {"area_cm2": 42.0, "side": 0.0, "place": 0.75, "height": 0.8})
    assert form.lonely == 0 and "farther from the training slices than any" in form.rarity()
    between = []
    for area in np.arange(20, 40, 0.5):
        form.apply(ORDER | {"area_cm2": float(area)})
        between.append(form.rarity())
    assert any(words.startswith("An unusual order: 1 in ") for words in between)


def test_the_learners_own_rule_decides():
    nothing = toy_form(deliver=lambda asked, found, limits: found[[*limits]].notna().assign(grade=1, all=0))
    assert nothing.verdict() == "Delivered in every attribute: 0 of 4 brains."
    own = toy_form(deliver=order_parts.delivered)
    pd.testing.assert_frame_equal(own.right, toy_form().right)
    with pytest.raises(InputError, match="deliver: your rule stopped .ZeroDivisionError"):
        toy_form(deliver=lambda asked, found, limits: 1 / 0)


def test_the_page_gets_all_that_it_shows(form):
    widget = OrderForm(logic=form)
    frame = widget._frame
    assert frame["shape"] == [4, 2, 32, 32] and len(frame["pixels"]) == 4 * 2 * 32 * 32
    assert frame["order"]["grade"] == "HGG" and len(frame["all"]) == 4
    widget._answer(widget, {"view": "v", "number": 1, "commands": [ORDER | {"area_cm2": 55.0}]}, [])
    assert widget._frame["said"].startswith("area_cm2 55") and widget._frame["answers"] == ["v", 1]
    widget._answer(widget, {"view": "v", "number": 2, "commands": [ORDER]}, [])
    assert widget._frame["order"]["grade"] == "LGG" and widget._frame["said"] == ""


def test_a_notebook_keeps_a_picture_and_its_words(form):
    png, words = OrderForm(logic=form)._still()
    assert Image.open(io.BytesIO(png)).width >= 600
    assert "Delivered in every attribute: 3 of 4" in words and "area, cm²" in words
    form.apply(ORDER | {"grade": "healthy"})
    assert Image.open(io.BytesIO(order_figures.form_png(form))).width >= 600


def test_the_figures_have_captions(shown, tmp_path):
    images = toy_works().paint(toy_works().learned[30:34], 0)
    table = pd.DataFrame({"nearest": [0, 0.5], "farthest": [0.5, 2], "orders": [40, 9], "all": [0.7, 0.1]})
    order_figures.by_distance({"made": table, "real": table[:1]}, "Distance.")
    seg = (images[0, ..., 0] > 0.8).astype(np.uint8) * 4
    tissue = (images[0, ..., 0] > -0.9).astype(np.uint8) * 3
    order_figures.painted(seg, tissue, images[0], seg, "Painted.", tmp_path / "kept" / "mine.png")
    rows = [("real", 0, 1, 0.9, 0.02, np.nan, np.nan), (0, 0, 0.1, 0.1, 0.01, np.nan, np.nan)]
    rows += [(n, seed, 0.2 + n / 50, 0.1, 0.02, 0.9 - n / 50, 0.5) for n in (5, 20) for seed in range(3)]
    columns = ["examples", "seed", "delivered_map", "delivered_segmenter", "invented_map"]
    columns += ["nearer", "nearer_floor"]
    order_figures.rare(pd.DataFrame(rows, columns=columns).astype({"examples": str}), "Rare.")
    maps = np.random.default_rng(0).integers(0, 7, (5, 32, 32), np.uint8)
    order_figures.maps({"real": maps, "0 examples": maps}, "Butterflies.")
    pictures, captions = shown[::2], shown[1::2]
    assert len(pictures) == len(captions) == 4
    assert all(Image.open(io.BytesIO(p["image/png"])).width >= 600 for p in pictures)
    assert (tmp_path / "kept" / "mine.png").exists()
