"""Both games of pictures one by one as a person plays them: keys, mouse, the end, and no kernel at all."""

import json
import re
from dataclasses import dataclass

import pytest
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

REAL_OR_FAKE = """import numpy as np
from gancourse.teaching.widgets import RealOrFake
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake as Game
squares = np.full((40, 32, 32), -1.0)
squares[:, 8:24, 8:24] = np.linspace(-0.5, 0.5, 40)[:, None, None]
widget = RealOrFake(logic=Game(squares[20:], squares[:20], count=6, seed=0))
widget"""
ATTACK_BOARD = """import toy_board
from gancourse.teaching.widgets import AttackBoard
widget = AttackBoard("game", logic=toy_board.board())
widget"""


@dataclass(frozen=True)
class Words:
    """What a game is called, and its things, answers and lesson."""

    name: str
    cell: str
    thing: str
    judged: str
    kinds: tuple[str, str]
    again: str
    lesson: str
    call: str
    count: int


GAMES = [
    Words("real-or-fake", REAL_OR_FAKE, "Slice", "Slices judged", ("phantom", "generated"), "New test",
          "44_judge_generated_images", "RealOrFake(", 20),
    Words("attack-board", ATTACK_BOARD, "Person", "People judged", ("member", "not a member"), "New game",
          "46_protect_patients", 'AttackBoard("game"', 10),
]  # fmt: skip


class Game(harness.Widget):
    """A game of six things on a page."""

    def __init__(self, notebook, words):
        super().__init__(notebook, words.name)
        self.words = words

    def answers(self):
        return [self.button(kind.capitalize()) for kind in self.words.kinds]

    def judge(self, sides, first=1):
        """Answer by key: 0 or 1 for each thing."""
        self.answers()[0].focus()
        for k, side in enumerate(sides, start=first):
            expect(self.caption).to_contain_text(f"{self.words.thing} {k} of 6")
            self.page.keyboard.press(self.words.kinds[side][0])

    def begin_again(self):
        self.button(self.words.again).press("Enter")
        expect(self.caption).to_contain_text(f"{self.words.thing} 1 of 6")
        expect(self.answers()[0]).to_be_focused()
        self.rests()


@pytest.fixture(scope="module", params=GAMES, ids=lambda words: words.name)
def game(request, open_notebook):
    return Game(open_notebook(request.param.cell), request.param)


def test_it_is_shown_large_and_says_nothing_before_the_end(game):
    box = game.root.get_by_role("img").first.bounding_box()
    assert box["width"] >= 300 and box["height"] >= 300
    game.judge([0, 1, 0])
    first, second = game.words.kinds
    noted = game.root.get_by_role("status").first
    expect(noted).to_have_text(f"{game.words.thing} 3: you said {first}.")
    expect(game.root.get_by_role("progressbar", name=game.words.judged)).to_have_js_property("value", 3)
    expect(game.root.get_by_role("listitem")).to_have_count(0)
    assert not re.search("right|wrong|%", game.root.inner_text().replace("right is on the left", ""))
    game.rests()
    assert game.logic("answers") == [first, second, first]
    assert game.violations() == []


def test_its_end_shows_everything_with_the_score_and_another_game_begins(game):
    for side in (0, 1, 0):
        game.answers()[side].click()
    items = game.root.get_by_role("listitem")
    expect(items).to_have_count(6)
    expect(game.button(game.words.again)).to_be_focused()
    game.rests()
    said = items.all_inner_texts()
    truth, answers, score = (game.logic(what) for what in ("truth", "answers", "score()"))
    for k, (was, answer) in enumerate(zip(truth, answers, strict=True), start=1):
        (text,) = [text for text in said if text.startswith(f"{k}: {was}\n")]
        assert ("✗" if was != answer else "✓") in text.split("\n")[1]
    wrong = [text for text in said if "✗" in text.split("\n")[1]]
    assert said[: len(wrong)] == wrong  # those that fooled come first
    low, high = (f"{100 * value:.0f} %" for value in score[3:])
    expect(game.root.locator(".score")).to_contain_text(f"{score[0]} of 6 right")
    expect(game.root.locator(".score")).to_contain_text(f"95 % interval {low} to {high}")
    assert items.first.locator("canvas").bounding_box()["width"] >= 120
    assert game.violations() == []
    game.begin_again()
    assert game.logic("answers") == [] and game.logic("seed") == 1


@pytest.mark.parametrize("words", GAMES, ids=lambda words: words.name)
def test_it_goes_on_without_a_kernel(open_notebook, words):
    game = Game(open_notebook(words.cell), words)
    game.judge([0, 1])
    game.rests()
    game.lose_kernel()
    game.judge([0, 1, 0, 1], first=3)
    expect(game.root.get_by_role("listitem")).to_have_count(6)
    expect(game.root.locator(".score")).to_contain_text("of 6 right")
    expect(game.button(words.again)).to_be_focused()
    game.button(words.again).click()
    expect(game.root.locator(".said")).to_contain_text("needs Python")
    expect(game.root.get_by_role("listitem")).to_have_count(6)


@pytest.mark.parametrize("words", GAMES, ids=lambda words: words.name)
def test_in_its_lesson_and_its_picture_stays(open_notebook, server, words):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / f"{words.lesson}.ipynb"
    game = Game(open_notebook(harness.shorten(lesson, words.call), seconds=1500), words)
    game.answers()[1].click()
    expect(game.caption).to_contain_text(f"{words.thing} 2 of {words.count}")
    game.rests()
    saved = json.loads((server.folder / game.notebook.save()).read_text())
    outputs = [output.get("data", {}) for cell in saved["cells"] for output in cell.get("outputs", ())]
    said = ["".join(data["text/plain"]) for data in outputs if "image/png" in data]
    assert any(f"of {words.count}" in words_ for words_ in said)


@pytest.mark.parametrize("words", GAMES, ids=lambda words: words.name)
def test_in_notebook_7(open_notebook, words):
    game = Game(open_notebook(words.cell, app="notebook"), words)
    game.judge([0, 1, 1, 0, 1, 0])
    expect(game.root.get_by_role("listitem")).to_have_count(6)


def test_what_the_interval_of_real_or_fake_means(open_notebook):
    game = Game(open_notebook(REAL_OR_FAKE), GAMES[0])
    meaning = game.root.locator(".meaning")
    for sides, words in (
        (lambda k, right: right, "lies above 50 %"),
        (lambda k, right: 1 - right, "wrong way round"),
        (lambda k, right: right ^ k % 2, "does not show that you cannot tell them apart"),
    ):
        truth = [game.words.kinds.index(kind) for kind in game.logic("truth")]
        game.judge([sides(k, right) for k, right in enumerate(truth)])
        expect(meaning).to_contain_text(words)
        game.begin_again()


def test_the_attack_s_answers_are_shown_at_the_end(open_notebook):
    game = Game(open_notebook(ATTACK_BOARD), GAMES[1])
    for k in (1, 2, 3):
        assert game.root.get_by_role("img", name=f"Generated image {k}").bounding_box()["width"] >= 120
    game.judge([0, 1, 0, 1, 0, 1])
    machine = game.logic("machine_score().right")
    expect(game.root.locator(".machine")).to_contain_text(f"(discriminator): {machine} of 6 right")
    said = game.root.get_by_role("listitem").all_inner_texts()
    assert sum("✓ the attack" in text for text in said) == machine
