"""The game of four FLAIRs as a person plays it, in a notebook and on the book's page."""

import json
import re

import make
import pytest
from browser import harness
from browser.built_site import violations
from playwright.sync_api import expect

from gancourse.teaching import lessons
from gancourse.teaching.widgets.live import parts

GAME = """import sys; sys.path.insert(0, {tests!r})
from toy_flairs import people
from gancourse.teaching.widgets import WhichFlair
from gancourse.teaching.widgets.which_flair_game import WhichFlair as Game
widget = WhichFlair(logic=Game(4, seed={seed}, people=people()))
widget"""


def source(seed):
    return GAME.format(tests=str(harness.ROOT / "tests"), seed=seed)


class Game(harness.Widget):
    """The game in a notebook."""

    def __init__(self, notebook):
        super().__init__(notebook, "which-flair")
        self.task, self.noted = self.root.locator(".task"), self.root.locator(".noted")

    def play_round(self, letter):
        self.page.keyboard.press(letter.lower())
        expect(self.noted).to_contain_text("is real")

    def go_on(self, name="Next round"):
        self.button(name).press("Enter")


@pytest.fixture(scope="module")
def game(open_notebook):
    return Game(open_notebook(source(0)))


def test_a_round_says_nothing_before_the_choice_and_all_after_it(game):
    expect(game.task).to_contain_text("Round 1 of 4")
    for picture in game.root.get_by_role("img").all():
        assert picture.bounding_box()["width"] >= 120
    assert game.root.get_by_role("img").count() == 5
    assert not re.search("segmenter|Translated|✓|✗", game.root.inner_text())
    assert game.violations() == []
    truth = game.logic("truth")
    game.button(f"{truth[0]} is real").click()
    expect(game.noted).to_contain_text(f"✓ Right, {truth[0]} is real.")
    expect(game.button("Next round")).to_be_focused()
    told = game.root.locator(".answers figcaption").all_inner_texts()
    assert sum("The real FLAIR" in text for text in told) == 1
    assert (
        sum("targets showed a tumour" in text and "3.5 cm² where there is none" in text for text in told) == 1
    )
    game.page.keyboard.press("a")  # nothing can be answered now
    game.rests()
    assert game.logic("answers") == truth[:1]
    assert game.violations() == []


def test_the_tumour_is_outlined_where_there_is_one(game):
    ill = bool(game.logic("people.tumour[widget.logic.chosen[0]].any().item()"))
    expect(game.noted).to_contain_text("true outline" if ill else "healthy")
    drawn = game.root.locator(".answers .outline").first.evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    )
    assert drawn == ill


def test_the_score_and_another_game(game):
    truth = game.logic("truth")
    for k, letter in enumerate([truth[1], "A" if truth[2] != "A" else "B", truth[3]], start=1):
        game.go_on()
        expect(game.task).to_contain_text(f"Round {k + 1} of 4")
        expect(game.root.locator(".answers button").first).to_be_focused()
        game.play_round(letter)
    game.go_on("My score")
    expect(game.root.locator(".score")).to_contain_text("in 3 of 4 rounds: 75 % (95 % interval 30 % to 95 %)")
    expect(game.button("New game")).to_be_focused()
    game.rests()
    counted = [int(text) for text in game.root.locator("tbody td").all_inner_texts()]
    assert counted == list(game.logic("taken()").values()) and counted[0] == 3
    assert game.violations() == []
    game.go_on("New game")
    expect(game.task).to_contain_text("Round 1 of 4")
    game.rests()
    assert game.logic("answers") == [] and game.logic("seed") == 1


def test_it_goes_on_without_a_kernel(open_notebook):
    game = Game(open_notebook(source(3)))
    game.button("A is real").click()
    game.rests()
    game.lose_kernel()
    for _ in range(3):
        game.go_on()
        game.play_round("b")
    game.go_on("My score")
    expect(game.root.locator(".score")).to_contain_text("of 4 rounds")
    game.button("New game").click()
    expect(game.root.locator(".said")).to_contain_text("needs Python")


def test_in_notebook_7(open_notebook):
    game = Game(open_notebook(source(0), app="notebook"))
    game.button("C is real").click()
    expect(game.noted).to_contain_text("is real")
    game.go_on()
    expect(game.task).to_contain_text("Round 2 of 4")


def test_in_its_lesson_and_its_picture_stays(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "55_translate_contrasts.ipynb"
    game = Game(open_notebook(harness.shorten(lesson, "WhichFlair("), seconds=1500))
    game.button("B is real").click()
    game.rests()
    saved = json.loads((server.folder / game.notebook.save()).read_text())
    outputs = [output.get("data", {}) for cell in saved["cells"] for output in cell.get("outputs", ())]
    said = ["".join(data["text/plain"]) for data in outputs if "image/png" in data]
    assert any("of 10" in words for words in said)


class TestPage:
    """The book's page."""

    def begin(self, page):
        page.wait_for_function("() => document.querySelector('.which-flair')?.dataset.painted")
        return page.locator(".which-flair")

    def play(self, page, root):
        for k in range(1, 11):
            expect(root.locator(".task")).to_contain_text(f"Round {k} of 10")
            root.get_by_role("button", name="D is real").click()
            expect(root.locator(".noted")).to_contain_text("is real")
            page.keyboard.press("Enter")
        expect(root.locator(".score")).to_contain_text("of 10 rounds")

    def test_a_game_and_another_one(self, visit):
        page = visit("which_flair.html")
        root = self.begin(page)
        self.play(page, root)
        assert violations(page) == []
        root.get_by_role("button", name="New game").press("Enter")
        expect(root.locator(".task")).to_contain_text("Round 1 of 10")

    def test_on_a_phone_in_the_dark_by_finger(self, visit):
        page = visit("which_flair.html", (360, 740), has_touch=True, is_mobile=True, color_scheme="dark")
        root = self.begin(page)
        for picture in root.get_by_role("img").all():
            assert picture.bounding_box()["width"] >= 120
        root.get_by_role("button", name="A is real").tap()
        root.get_by_role("button", name="Next round").tap()
        expect(root.locator(".task")).to_contain_text("Round 2 of 10")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(page) == []

    def test_without_javascript_there_is_a_picture(self, visit):
        page = visit("which_flair.html", java_script_enabled=False)
        expect(page.locator("#demo img")).to_be_visible()
        expect(page.locator("#demo")).to_contain_text("needs JavaScript")

    @pytest.mark.parametrize(
        ("file", "answer"),
        [
            ("bin", {"status": 404, "body": ""}),
            ("bin", {"status": 200, "body": b"\x1f\x8bno slices"}),
            ("bin", {"status": 200, "body": b"too few"}),
            ("json", {"status": 200, "body": "{"}),
        ],
    )
    def test_a_broken_download_is_said(self, chromium, site, file, answer):
        page = harness.new_page(chromium, service_workers="block")
        page.route(f"**/which_flair.{file}", lambda route: route.fulfill(**answer))
        page.goto(f"{site}/which_flair.html")
        expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
        expect(page.locator("#demo img")).to_be_visible()
        page.context.close()

    def test_it_opens_without_a_network_once_it_was_loaded(self, visit):
        page = visit("which_flair.html")
        self.begin(page)
        page.wait_for_function("() => document.getElementById('demo').dataset.kept")
        page.context.set_offline(True)
        page.reload()
        self.play(page, self.begin(page))

    def test_the_page_is_the_widget_s_own(self):
        built = make.SITE / "_static" / "demos"
        js, css = parts("game", "which_flair")
        assert (built / "which_flair.js").read_text() == js, "run `make book`"
        assert (built / "which_flair.css").read_text() == css, "run `make book`"

    def test_the_gallery_leads_to_it(self, visit):
        page = visit("demos.html")
        page.locator("a.demo-card", has_text="Which FLAIR is real?").click()
        self.begin(page)
