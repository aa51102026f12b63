"""The attack board as a person uses it: the game by keys and mouse, the board, and no kernel at all."""

import json
import re

import pytest
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

SHOWN = """import toy_board
from gancourse.teaching.widgets import AttackBoard
widget = AttackBoard("%s", logic=toy_board.board())
widget"""


class Page:
    """The widget on a page, with its parts by their roles."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(".attack-board").first
        self.root.wait_for()
        self.caption = self.root.locator("figcaption").first

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def judge_all(self, keys, first=1):
        self.button("Member").focus()
        for k, key in enumerate(keys, start=first):
            expect(self.caption).to_contain_text(f"Person {k} of 6")
            self.page.keyboard.press(key)

    def rests(self):
        """Wait until Python has heard of everything."""
        asked = self.root.evaluate_handle("root => root")
        self.page.wait_for_function("root => root.dataset.asked === root.dataset.answered", arg=asked)

    def logic(self, what):
        return json.loads(self.notebook.python(f"import json; print(json.dumps(widget.logic.{what}))"))

    def plain(self):
        """Look for violations in both themes."""
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            self.notebook.use_theme(theme)
            assert self.notebook.violations(".attack-board") == []


@pytest.fixture(scope="module")
def game(open_notebook):
    return Page(open_notebook(SHOWN % "game"))


@pytest.fixture(scope="module")
def board(open_notebook):
    return Page(open_notebook(SHOWN % "board"))


def test_the_game_is_shown_large_and_says_nothing_before_the_end(game):
    assert game.root.get_by_role("img").first.bounding_box()["width"] >= 300
    for k in (1, 2, 3):
        box = game.root.get_by_role("img", name=f"Generated image {k}").bounding_box()
        assert box["width"] >= 120
    game.judge_all("mnm")
    expect(game.root.get_by_role("status").first).to_have_text("Person 3: you said member.")
    expect(game.root.get_by_role("progressbar", name="People judged")).to_have_js_property("value", 3)
    assert not re.search("right|wrong|%", game.root.inner_text().replace("right is on the left", ""))
    game.rests()
    assert game.logic("answers") == ["member", "not a member", "member"]
    game.plain()


def test_its_end_shows_everybody_and_both_scores(game):
    for name in ("Member", "Not a member", "Member"):
        game.button(name).click()
    items = game.root.get_by_role("listitem")
    expect(items).to_have_count(6)
    game.rests()
    right, machine = game.logic("score().right"), game.logic("machine_score().right")
    expect(game.root.locator(".score")).to_contain_text(f"You: {right} of 6 right")
    expect(game.root.locator(".machine")).to_contain_text(f"(discriminator): {machine} of 6 right")
    assert items.first.locator("canvas").bounding_box()["width"] >= 120
    wrong = [text for text in items.all_inner_texts() if "you were wrong" in text]
    assert items.all_inner_texts()[: len(wrong)] == wrong  # those that fooled come first
    game.plain()
    game.button("New game").press("Enter")
    expect(game.caption).to_contain_text("Person 1 of 6")
    expect(game.button("Member")).to_be_focused()
    game.rests()
    assert game.logic("answers") == [] and game.logic("seed") == 1


def test_the_game_goes_on_without_a_kernel(open_notebook):
    game = Page(open_notebook(SHOWN % "game"))
    game.judge_all("mn")
    game.rests()
    game.notebook.listens = False  # Jupyter complains of the kernel's end
    game.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.shutdown()")
    game.judge_all("mnmn", first=3)
    expect(game.root.get_by_role("listitem")).to_have_count(6)
    expect(game.button("New game")).to_be_focused()
    game.button("New game").click()
    expect(game.root.locator(".said")).to_contain_text("needs Python")


def test_the_board_follows_its_controls_by_key(board):
    rows = board.root.get_by_role("row")
    expect(rows).to_have_count(5)  # with the head
    expect(board.root.locator(".verdict")).to_contain_text("learns who was a member")
    before = board.notebook.pixels(board.root.locator("canvas"))
    board.root.get_by_role("combobox", name="Attack").select_option("pixels")
    expect(board.root.locator(".verdict")).to_contain_text("finds no members here")
    board.root.get_by_role("checkbox", name="Show the planted copies").press("Space")
    expect(board.root.get_by_role("row", name=re.compile("copy among"))).to_have_count(1)
    expect(board.root.locator("figcaption")).to_contain_text("(dashed)")
    assert board.notebook.pixels(board.root.locator("canvas")) != before
    board.root.get_by_role("combobox", name="Run").select_option("many")
    expect(board.root.get_by_role("row", name=re.compile("ten times"))).to_have_count(1)
    expect(board.root.locator("figcaption")).not_to_contain_text("Nothing was planted")
    board.rests()
    assert board.logic("run") == "many" and board.logic("planted") is True


def test_the_board_says_in_its_table_what_it_draws(board):
    areas = board.logic("areas()")
    said = [row.all_inner_texts()[0] for row in board.root.locator("tbody tr").all()]
    for text, (who, area, low, high, _) in zip(said, areas, strict=True):
        assert who in text and f"{area:.2f}" in text and f"{low:.2f} to {high:.2f}" in text
    label = board.root.get_by_role("img").get_attribute("aria-label")
    assert f"{areas[0][0]}: area {areas[0][1]:.2f}" in label
    board.plain()


def test_the_board_fits_a_laptop(board):
    box = board.root.bounding_box()
    assert box["width"] < 1280 and box["height"] < 690


def test_in_its_lesson_and_its_picture_stays(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "46_protect_patients.ipynb"
    game = Page(open_notebook(harness.shorten(lesson, 'AttackBoard("game"'), seconds=1500))
    game.button("Not a member").click()
    expect(game.caption).to_contain_text("Person 2 of 10")
    game.rests()
    saved = json.loads((server.folder / game.notebook.save()).read_text())
    pictures = [
        output["data"] for cell in saved["cells"] for output in cell.get("outputs", ()) if "data" in output
    ]
    assert any("image/png" in data and "of 10" in "".join(data["text/plain"]) for data in pictures)
