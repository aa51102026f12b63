"""Paint with units as a person uses it: mouse, finger and keys, in a notebook and in the book."""

import re

import make
import pytest
from browser import harness
from browser.built_site import violations
from playwright.sync_api import expect

from gancourse.teaching.widgets.live import parts

NOTEBOOK = """import sys; sys.path.insert(0, {tests!r})
from toy_unit_paint import toy_painter
from gancourse.teaching.widgets.paint_with_units import PaintWithUnits
widget = PaintWithUnits(logic=toy_painter())
widget""".format(tests=str(harness.ROOT / "tests"))
PAGE = "paint_with_units.html"
RESTS = (
    """root => root.dataset.drawn === root.dataset.shown && root.dataset.asked === root.dataset.answered"""
)
HEALTHY = 37  #: a patient without a tumour


class Board:
    """The page's parts, in either home, once its first picture is painted."""

    def __init__(self, page, root=None):
        self.page, self.root = page, root or page.locator(".paint-with-units").first
        page.wait_for_function("() => document.querySelector('.paint-with-units')?.dataset.painted")
        self.board = self.root.get_by_role("application")
        self.said = self.root.locator(".said")

    def button(self, name):
        return self.root.get_by_role("button", name=name)

    def concept(self, name):
        self.root.get_by_role("radio", name=name).check()

    def rests(self):
        """Wait until the patient of the latest painting is there."""
        self.page.wait_for_function(RESTS, arg=self.root.element_handle())
        return self

    def scan(self, name="FLAIR"):
        return harness.Notebook.pixels(self.root.locator(".scans").get_by_role("img", name=f"{name}, "))

    def patient(self, seed):
        self.root.locator(".seed").fill(str(seed))
        self.root.locator(".seed").press("Enter")
        return self.rests()

    def area(self, row, column):
        """A number of the table: 0 is before painting, 1 after."""
        cell = self.root.locator("tbody tr").nth(row).locator("td").nth(column)
        return float(re.match(r"[\d.]+", cell.inner_text())[0])

    def drag(self, *places):
        """Paint with the mouse through places, in shares of the board."""
        self.board.scroll_into_view_if_needed()
        box = self.board.bounding_box()
        for k, (x, y) in enumerate(places):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if not k:
                self.page.mouse.down()
        self.page.mouse.up()
        return self.rests()


@pytest.fixture(scope="module")
def opened(open_notebook):
    return harness.Widget(open_notebook(NOTEBOOK), "paint-with-units")


@pytest.fixture
def toy(opened):
    board = Board(opened.page, opened.root)
    board.root.locator(".size").fill("4")
    return board.patient(3)


def painted(widget, brush):
    """Pixels that Python has of a brush."""
    return int(widget.notebook.python(f"print(int((widget.logic.painting == {brush}).sum()))"))


class TestNotebook:
    def test_a_stroke_changes_the_patient_and_is_taken_back(self, opened, toy):
        before = toy.scan()
        toy.drag((0.4, 0.5), (0.6, 0.5))
        count = painted(opened, 1)
        assert count > 10 and toy.scan() != before
        expect(toy.said).to_contain_text("our paint")
        toy.button("Show before").click()
        assert toy.scan() == before
        toy.button("Show before").click()
        toy.button("Undo").click()
        toy.rests()
        assert painted(opened, 1) == 0 and toy.scan() == before
        toy.button("Redo").click()
        toy.rests()
        assert painted(opened, 1) == count
        toy.button("Clear").click()
        toy.rests()
        assert painted(opened, 1) == 0 and toy.button("Clear").is_disabled()

    def test_it_is_painted_by_keys_alone(self, opened, toy):
        toy.board.focus()
        for key in ("2", "r", "ArrowLeft"):
            toy.page.keyboard.press(key)
        expect(toy.said).to_have_text("Cursor at 4, 8.")
        toy.page.keyboard.down("Space")
        toy.page.keyboard.press("ArrowRight")
        toy.page.keyboard.up("Space")
        toy.rests()
        line = painted(opened, 4)
        toy.page.keyboard.press("z")
        toy.page.keyboard.press("Space")
        toy.rests()
        assert 0 < painted(opened, 4) < line
        toy.page.keyboard.press("e")
        toy.page.keyboard.press("Space")
        toy.rests()
        assert painted(opened, 4) == 0
        toy.page.keyboard.press("1")
        toy.page.keyboard.press("d")

    def test_units_and_a_lent_style(self, opened, toy):
        toy.drag((0.4, 0.5), (0.6, 0.5))
        many = toy.scan()
        toy.root.locator(".units").fill("1")
        toy.rests()
        assert toy.scan() != many and opened.notebook.python("print(widget.logic.units)") == "1"
        toy.root.locator(".units").fill("6")
        toy.rests()
        assert toy.scan() == many
        lend = toy.button("Lend the style")
        lend.click()
        toy.rests()
        expect(lend).to_have_attribute("aria-pressed", "true")
        expect(toy.root.locator(".about-style")).to_contain_text("style of another patient")
        assert toy.scan() != many
        toy.patient(4)
        expect(lend).to_have_attribute("aria-pressed", "false")
        assert painted(opened, 1) == 0

    def test_an_impossible_seed_is_said_and_the_patient_stays(self, toy):
        before = toy.scan()
        toy.root.locator(".seed").fill("99999999999")
        toy.root.locator(".seed").press("Enter")
        expect(toy.said).to_contain_text("A seed is a whole number from 0 to 2,147,483,647.")
        assert toy.scan() == before

    def test_both_themes_and_the_last_picture(self, opened, toy):
        assert opened.violations() == []
        still = opened.page.locator(".jp-OutputArea-output img").first
        before = still.get_attribute("src")
        toy.drag((0.3, 0.3), (0.6, 0.6))
        expect(still).not_to_have_attribute("src", before)  # some moments after the last move


class TestBook:
    @pytest.fixture
    def board(self, visit):
        return Board(visit(PAGE))

    def test_a_tumour_is_removed(self, board):
        assert board.area(0, 0) > 2
        board.button("Remove").click()
        board.root.locator(".size").fill("50")
        board.drag((0.25, 0.6), (0.3, 0.68))
        assert board.area(0, 1) < 0.5 * board.area(0, 0)
        expect(board.said).to_contain_text("tumour core shrank")
        assert violations(board.page) == []

    def test_a_tumour_grows_in_a_healthy_patient_with_a_lent_style_only(self, board):
        board.patient(HEALTHY)
        expect(board.root.locator(".about-style")).to_contain_text("This patient has no tumour")
        board.root.locator(".size").fill("24")
        board.drag((0.36, 0.45), (0.36, 0.47))
        assert board.area(0, 1) < 0.5
        board.button("Lend the style").click()
        board.rests()
        assert board.area(0, 1) > 3 + board.area(0, 0)
        expect(board.said).to_contain_text("tumour core grew")

    def test_new_patients_and_a_picture_to_keep(self, board):
        before = board.scan()
        board.button("New patient").click()
        board.rests()
        assert board.scan() != before
        with board.page.expect_download() as waiting:
            board.button("Save as a picture").click()
        seed = board.root.locator(".seed").input_value()
        assert waiting.value.suggested_filename == f"painted-with-units-{seed}.png"

    def test_by_finger_on_a_phone_in_the_dark(self, visit):
        board = Board(visit(PAGE, (360, 740), has_touch=True, color_scheme="dark"))
        before = board.scan()
        board.root.locator(".palette label", has_text="Ventricles").tap()
        board.board.tap(position={"x": 120, "y": 160})
        board.rests()
        assert board.scan() != before
        assert board.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert board.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
        for picture in board.root.locator(".scans canvas").all():
            assert picture.bounding_box()["width"] >= 120
        assert violations(board.page) == []

    @pytest.mark.parametrize("name", ["paint_with_units.json", "patient_front.onnx", "patient_back.onnx"])
    def test_a_broken_download_is_said(self, chromium, site, name):
        page = harness.new_page(chromium, service_workers="block")
        page.route(f"**/{name}", lambda route: route.fulfill(status=200, body="{"))
        page.goto(f"{site}/{PAGE}")
        expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
        expect(page.locator("#demo img")).to_be_visible()
        page.context.close()

    def test_without_javascript_there_is_a_picture(self, visit):
        page = visit(PAGE, java_script_enabled=False)
        expect(page.locator("#demo img")).to_be_visible()
        expect(page.locator("#demo")).to_contain_text("needs JavaScript")

    def test_the_page_is_the_widget_s_own(self):
        built = (make.SITE / "_static" / "demos" / "paint_with_units.js").read_text()
        assert built == parts("brush", "paint_with_units")[0], "run `make book`"
