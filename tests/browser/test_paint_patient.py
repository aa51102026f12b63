"""Paint a patient as a person uses it: mouse, finger and keys, in a notebook and in the book."""

import make
import pytest
from browser import harness
from browser.built_site import violations
from playwright.sync_api import expect

from gancourse.teaching.widgets import paint_patient_game as game
from gancourse.teaching.widgets.live import parts

NOTEBOOK = """import sys; sys.path.insert(0, {tests!r})
from toy_paint import toy_drawing
from gancourse.teaching.widgets import PaintPatient
widget = PaintPatient(logic=toy_drawing())
widget""".format(tests=str(harness.ROOT / "tests"))
PAGE = "paint_patient.html"
RESTS = """root => root.dataset.drawn === root.dataset.shown && root.dataset.asked === root.dataset.answered
    && !root.querySelector(".ask").ariaBusy"""


class Board:
    """The page's parts, in either home, once its first picture is painted."""

    def __init__(self, page, root=None):
        self.page, self.root = page, root or page.locator(".paint-patient").first
        page.wait_for_function("() => document.querySelector('.paint-patient')?.dataset.painted")
        self.board = self.root.get_by_role("application")
        self.said = self.root.locator(".said")

    def button(self, name):
        return self.root.get_by_role("button", name=name)

    def label(self, name):
        """Choose a label of the palette."""
        self.root.get_by_role("radio", name=name).check()

    def rests(self):
        """Wait until the scans of the latest drawing are there."""
        self.page.wait_for_function(RESTS, arg=self.root.element_handle())
        return self

    def scan(self, name):
        return harness.Notebook.pixels(self.root.get_by_role("img", name=f"{name}, painted"))

    def drag(self, *places):
        """Draw with the mouse through places, in shares of the board."""
        self.board.scroll_into_view_if_needed()
        box = self.board.bounding_box()
        for k, (x, y) in enumerate(places):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if not k:
                self.page.mouse.down()
        self.page.mouse.up()

    def look(self):
        """What the segmenter says: the verdict and the table's cells."""
        self.button("Let the segmenter look").click()
        self.root.locator("tbody tr").first.wait_for()
        rows = [row.locator("td").all_inner_texts() for row in self.root.locator("tbody tr").all()]
        return self.root.locator(".verdict").inner_text(), rows


@pytest.fixture(scope="module")
def opened(open_notebook):
    return harness.Widget(open_notebook(NOTEBOOK), "paint-patient")


@pytest.fixture
def toy(opened):
    board = Board(opened.page, opened.root)
    board.root.get_by_role("combobox", name="Start from").select_option("A")
    return board.rests()


def count(widget, channel):
    """Pixels of a label in Python's drawing."""
    return int(widget.notebook.python(f"print(int((widget.logic.labels == {channel}).sum()))"))


class TestNotebook:
    def test_a_stroke_is_painted_found_and_taken_back(self, opened, toy):
        before = toy.scan("FLAIR")
        toy.label("Oedema")
        toy.drag((0.4, 0.4), (0.6, 0.4))
        toy.rests()
        drawn = count(opened, 5)
        assert drawn > 40 and toy.scan("FLAIR") != before
        verdict, rows = toy.look()
        assert verdict.startswith(f"You drew {drawn * game.PIXEL_CM2:.1f} cm² of tumour; the segmenter found")
        assert len(rows) == 3 and rows[2] == ["0.0 cm²", "0.0 cm²", "none in either"]
        toy.button("Undo").click()
        toy.rests()
        assert count(opened, 5) == 0 and toy.scan("FLAIR") == before
        expect(toy.root.locator("tbody tr")).to_have_count(0)  # it has not seen that
        toy.button("Redo").click()
        toy.rests()
        assert count(opened, 5) == drawn

    def test_it_is_drawn_by_keys_alone(self, opened, toy):
        toy.board.focus()
        for key in ("b", "r", "ArrowLeft", "ArrowUp"):
            toy.page.keyboard.press(key)
        expect(toy.said).to_have_text("Cursor at 12, 12: white matter")
        toy.page.keyboard.down("Space")
        toy.page.keyboard.press("ArrowRight")
        toy.page.keyboard.up("Space")
        toy.rests()
        line = count(opened, 6)
        toy.page.keyboard.press("z")
        toy.page.keyboard.press("Space")
        toy.rests()
        assert 0 < count(opened, 6) < line
        toy.page.keyboard.press("Control+z")
        toy.rests()
        assert count(opened, 6) == 0
        toy.page.keyboard.press("Control+Shift+Z")
        toy.rests()
        assert count(opened, 6) > 0

    def test_tumour_stays_inside_unless_the_box_is_unticked(self, opened, toy):
        toy.label("Enhancing rim")
        toy.drag((0.02, 0.02), (0.05, 0.02))
        expect(toy.said).to_contain_text("There is no brain here.")
        assert toy.button("Undo").is_enabled() and count(opened, 6) == 0  # the start can be undone
        inside = toy.root.get_by_role("checkbox", name="Tumour only inside the brain")
        inside.uncheck()
        toy.drag((0.02, 0.02), (0.05, 0.02))
        toy.rests()
        assert count(opened, 6) > 0
        inside.check()

    def test_fill_and_eraser(self, opened, toy):
        white = count(opened, 3)
        toy.button("Fill").click()
        toy.label("Necrotic core")
        toy.board.click()
        toy.rests()
        assert count(opened, 4) == white and count(opened, 3) == 0
        toy.button("Eraser").click()
        toy.root.locator(".size").fill("6")
        toy.drag((0.5, 0.5), (0.5, 0.6))
        toy.rests()
        assert 0 < count(opened, 3) < white
        toy.root.locator(".size").fill("9")
        toy.button("Brush").click()

    def test_the_truth_and_that_it_is_no_longer_the_drawing_s(self, toy):
        truth = toy.root.get_by_role("checkbox", name="Compare with the truth")
        truth.check()
        expect(toy.root.get_by_role("img", name="T2, the phantom's own scan")).to_be_visible()
        expect(toy.root.locator(".truth-note")).to_contain_text("still the phantom's own")
        toy.drag((0.5, 0.5), (0.6, 0.5))
        expect(toy.root.locator(".truth-note")).to_contain_text("You have changed")
        toy.root.get_by_role("combobox", name="Start from").select_option("a blank page")
        toy.rests()
        expect(truth).to_be_disabled()
        expect(toy.said).to_contain_text("begin with white matter")
        expect(toy.root.get_by_role("img", name="T2, the phantom's own scan")).to_be_hidden()

    def test_both_themes_and_the_last_picture(self, opened, toy):
        assert opened.violations() == []
        still = opened.page.locator(".jp-OutputArea-output img").first
        before = still.get_attribute("src")
        toy.label("Oedema")
        toy.drag((0.5, 0.5), (0.6, 0.5))
        expect(still).not_to_have_attribute("src", before)  # some moments after the last move


class TestBook:
    @pytest.fixture
    def board(self, visit):
        return Board(visit(PAGE))

    def test_a_tumour_is_drawn_and_the_segmenter_finds_it(self, board):
        before = board.scan("T1ce")
        board.root.get_by_role("combobox", name="Start from").select_option("High grade, a small ring")
        board.rests()
        assert board.scan("T1ce") != before
        verdict, rows = board.look()
        assert "of tumour; the segmenter found" in verdict
        assert float(rows[0][2]) > 0.8  # Dice
        assert violations(board.page) == []

    def test_a_surprise_is_taken_back(self, board):
        before = board.scan("FLAIR")
        board.button("Surprise me").click()
        board.rests()
        assert board.scan("FLAIR") != before
        board.page.keyboard.press("z")
        board.rests()
        assert board.scan("FLAIR") == before

    def test_by_finger_on_a_phone_in_the_dark(self, visit):
        board = Board(visit(PAGE, (360, 740), has_touch=True, color_scheme="dark"))
        before = board.scan("FLAIR")
        board.root.locator(".palette label", has_text="Oedema").tap()
        board.board.tap(position={"x": 120, "y": 160})
        board.rests()
        assert board.scan("FLAIR") != before
        assert board.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert board.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
        for picture in board.root.locator(".scans img, .scans canvas:visible").all():
            assert picture.bounding_box()["width"] >= 120
        assert violations(board.page) == []

    def test_a_segmenter_that_cannot_be_fetched_is_said_and_the_drawing_stays(self, chromium, site):
        page = harness.new_page(chromium, service_workers="block")  # the route would not see its requests
        page.route("**/paint_segmenter.onnx", lambda route: route.fulfill(status=404, body=""))
        page.goto(f"{site}/{PAGE}")
        board = Board(page)
        board.button("Surprise me").click()
        drawn = board.rests().scan("FLAIR")
        board.button("Let the segmenter look").click()
        expect(board.said).to_contain_text("The segmenter could not be loaded")
        expect(board.root.locator(".verdict")).to_have_text("")
        assert board.scan("FLAIR") == drawn
        board.button("Undo").click()
        board.rests()
        assert board.scan("FLAIR") != drawn
        page.unroute("**/paint_segmenter.onnx")
        verdict, _ = board.look()
        assert verdict
        page.context.close()

    @pytest.mark.parametrize("name", ["paint_patient.json", "paint_patient.bin", "paint_painter.onnx"])
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
        built = (make.SITE / "_static" / "demos" / "paint_patient.js").read_text()
        assert built == parts("brush", "paint_patient")[0], "run `make book`"
