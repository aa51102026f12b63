"""The order form as a person uses it: sliders, orders, refusals, the table, and no kernel at all."""

import json

import pytest
from browser import harness
from playwright.sync_api import expect

FORM = """import sys; sys.path.insert(0, {tests!r})
from toy_orders import toy_form
from gancourse.teaching.widgets import OrderForm
widget = OrderForm(logic=toy_form())
widget"""
SOURCE = FORM.format(tests=str(harness.ROOT / "tests"))


class Form(harness.Widget):
    """The form on a page."""

    def __init__(self, notebook):
        super().__init__(notebook, "order-form")
        self.said = self.root.locator(".said")

    def slider(self, name):
        return self.root.get_by_role("slider", name=name)

    def brain(self, name):
        return self.notebook.pixels(self.root.get_by_role("img", name=name))

    def row(self, name):
        """The cells of a row of the table."""
        return self.root.get_by_role("row", name=name).locator("td").all_inner_texts()


@pytest.fixture(scope="module")
def opened(open_notebook):
    return Form(open_notebook(SOURCE))


def test_an_order_by_keys_is_painted_and_read(opened):
    before = opened.brain("Brain 1, T1ce")
    opened.slider("Tumour's area").focus()
    for _ in range(5):
        opened.page.keyboard.press("ArrowRight")
    expect(opened.slider("Tumour's area")).to_have_attribute("aria-valuetext", "20")
    assert opened.brain("Brain 1, T1ce") == before  # nothing is painted before it is ordered
    opened.root.get_by_role("combobox", name="Grade").select_option("LGG")
    opened.button("Order").press("Enter")
    expect(opened.caption).to_contain_text("LGG, 20 cm²")
    opened.rests()
    assert opened.brain("Brain 1, T1ce") != before
    assert opened.row("area") == ["20.0", "✓ 20.0", "✓ 22.0", "✓ 24.0", "✗ 26.0", "± 4.5"]
    assert opened.row("all of it") == ["", "✓ yes", "✓ yes", "✓ yes", "✗ no", ""]
    expect(opened.root.locator(".verdict")).to_contain_text("3 of 4")
    assert opened.logic("asked.area_cm2") == 20
    for picture in opened.root.get_by_role("img").all():
        assert picture.bounding_box()["width"] >= 120
    assert opened.violations() == []


def test_an_order_outside_of_what_was_learned_is_refused(opened):
    before = opened.brain("Brain 2, FLAIR")
    opened.slider("Tumour's area").fill("55")
    opened.button("Order").click()
    expect(opened.said).to_contain_text("Refused: area_cm2 55: the generator has learned 2 to 42")
    assert opened.brain("Brain 2, FLAIR") == before
    opened.slider("Tumour's area").fill("42")
    opened.slider("Side").fill("0")
    opened.slider("Front to back").fill("0.75")
    opened.slider("Height of the slice").fill("0.8")
    opened.button("Order").click()
    expect(opened.root.locator(".rarity")).to_contain_text("farther from the training slices than any")
    expect(opened.said).to_have_text("")


def test_a_healthy_brain_has_no_tumour_to_order(opened):
    opened.root.get_by_role("combobox", name="Grade").select_option("healthy")
    expect(opened.slider("Side")).to_be_disabled()
    opened.button("Order").click()
    expect(opened.caption).to_contain_text("healthy, height 0.80")
    expect(opened.root.locator("tbody tr")).to_have_count(3)
    before = opened.brain("Brain 3, FLAIR")
    opened.button("Four other brains").click()
    opened.rests()
    assert opened.brain("Brain 3, FLAIR") != before
    assert opened.violations() == []


def test_without_a_kernel_the_page_says_so_and_the_last_picture_stays(open_notebook, server):
    form = Form(open_notebook(SOURCE))
    still = form.page.locator(".jp-OutputArea-output img")
    first = still.get_attribute("src")
    form.button("Four other brains").click()
    expect(still).not_to_have_attribute("src", first)  # some moments after the last order
    path = form.notebook.save()
    saved = json.loads((server.folder / path).read_text())
    alt = json.dumps(saved["cells"][0]["outputs"])
    assert "Four brains generated for an order" in alt and "Delivered in every attribute: 3 of 4" in alt
    form.lose_kernel()
    form.button("Order").click()
    expect(form.said).to_contain_text("Waiting for Python")


def test_in_notebook_7(open_notebook):
    form = Form(open_notebook(SOURCE, app="notebook"))
    form.slider("Tumour's area").fill("10")
    form.button("Order").click()
    expect(form.caption).to_contain_text("HGG, 10 cm²")


def test_it_fits_a_narrow_page(open_notebook):
    form = Form(open_notebook(SOURCE, app="notebook", size=(480, 900)))
    for picture in form.root.get_by_role("img").all():
        assert picture.bounding_box()["width"] >= 120
    page, inner = form.root.bounding_box(), form.root.locator(".brains").bounding_box()
    assert inner["x"] + inner["width"] <= page["x"] + page["width"] + 1
