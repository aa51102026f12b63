"""The stroke clock as a person uses it: slider, hidden clock, keys, the tally, and no kernel at all."""

import pytest
from browser import harness
from playwright.sync_api import expect

CLOCK = """import sys; sys.path.insert(0, {tests!r})
from toy_hours import hours
from gancourse.teaching.widgets import StrokeClock
from gancourse.teaching.widgets.stroke_clock_game import StrokeClock as Game
widget = StrokeClock(logic=Game(4, seed={seed}, shown=hours()))
widget"""


def source(seed):
    return CLOCK.format(tests=str(harness.ROOT / "tests"), seed=seed)


class Clock(harness.Widget):
    """The clock on a page."""

    def __init__(self, notebook):
        super().__init__(notebook, "stroke-clock")
        self.slider = self.root.get_by_role("slider", name="Hours after onset")

    def scan(self, name):
        return self.notebook.pixels(self.root.get_by_role("img", name=name))


@pytest.fixture(scope="module")
def opened(open_notebook):
    return Clock(open_notebook(source(0)))


def test_the_slider_ages_the_infarct_and_the_mismatch_is_judged(opened):
    reading = opened.root.locator(".reading")
    opened.slider.focus()
    opened.page.keyboard.press("Home")
    expect(reading).to_contain_text("nothing can be seen yet")
    before = opened.scan("DWI")
    opened.page.keyboard.press("ArrowRight")
    expect(opened.caption).to_contain_text("Patient A, 1 hour after onset")
    expect(reading).to_contain_text("FLAIR in the infarct is 1.00 times")
    expect(reading).to_contain_text("under 4.5 hours, ✓ right")
    assert opened.scan("DWI") != before
    opened.root.get_by_role("combobox", name="Patient").select_option("B")
    expect(reading).to_contain_text("missed")
    for _ in range(2):
        opened.slider.press("ArrowRight")
    expect(opened.slider).to_have_attribute("aria-valuetext", "4 hours")
    expect(reading).to_contain_text("older, ✗ wrong")
    for picture in opened.root.get_by_role("img").all():
        assert picture.bounding_box()["width"] >= 120
    assert opened.violations() == []


def test_the_clock_is_hidden_while_patients_are_judged(opened):
    opened.button("Hide the clock").press("Enter")
    expect(opened.button("Under 4.5 hours")).to_be_focused()
    expect(opened.slider).to_be_hidden()
    expect(opened.caption).to_contain_text("Scan 1 of 4")
    expect(opened.caption).not_to_contain_text("onset")
    expect(opened.root.locator(".reading")).to_be_hidden()
    opened.page.keyboard.press("u")
    expect(opened.root.locator(".noted")).to_contain_text("Scan 1:")
    opened.page.keyboard.press("o")
    opened.rests()
    assert opened.logic("answers") == ["early", "late"]
    opened.button("Back to the slider").click()
    expect(opened.slider).to_be_focused()
    opened.button("Go on with the clock hidden").click()
    expect(opened.caption).to_contain_text("Scan 3 of 4")
    for _ in range(2):
        opened.button("Older").click()
    expect(opened.button("New scans")).to_be_focused()
    opened.rests()
    rows = [row.all_inner_texts() for row in (opened.root.locator(f"tr.{k} td") for k in ("you", "machine"))]
    assert rows == [[str(n) for n in opened.logic(f"{what}()")] for what in ("tally", "mismatch")]
    assert opened.violations() == []


def test_new_patients_come_from_python(opened):
    opened.button("New scans").click()
    expect(opened.caption).to_contain_text("Scan 1 of 4")
    opened.rests()
    assert opened.logic("answers") == [] and opened.logic("seed") == 1


def test_it_goes_on_without_a_kernel(open_notebook):
    clock = Clock(open_notebook(source(3)))
    clock.lose_kernel()
    clock.slider.press("End")
    expect(clock.caption).to_contain_text("96 hours")
    clock.button("Hide the clock").click()
    for k in range(1, 5):
        expect(clock.caption).to_contain_text(f"Scan {k} of 4")
        clock.page.keyboard.press("o")
    expect(clock.root.locator("table")).to_be_visible()
    clock.button("New scans").click()
    expect(clock.root.locator(".said")).to_contain_text("need Python")


def test_in_notebook_7(open_notebook):
    clock = Clock(open_notebook(source(0), app="notebook"))
    clock.button("Hide the clock").click()
    clock.button("Under 4.5 hours").click()
    expect(clock.caption).to_contain_text("Scan 2 of 4")
