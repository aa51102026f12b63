"""The attack board as a person uses it; its game is in `test_games`."""

import re

import pytest
from browser import harness
from playwright.sync_api import expect

BOARD = """import toy_board
from gancourse.teaching.widgets import AttackBoard
widget = AttackBoard("board", logic=toy_board.board())
widget"""


@pytest.fixture(scope="module")
def board(open_notebook):
    return harness.Widget(open_notebook(BOARD), "attack-board")


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
    assert board.violations() == []


def test_the_board_fits_a_laptop(board):
    box = board.root.bounding_box()
    assert box["width"] < 1280 and box["height"] < 690
