"""Challenges of the playground: who wins stars, and what the game does with them."""

import pytest

from gancourse.errors import InputError
from gancourse.teaching.widgets.playground_challenges import CHALLENGES, Referee
from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.playground_presets import PRESETS


def play(challenge, *moments):
    """The stars after these moments: (rounds, divergence, found)."""
    referee = Referee()
    referee.challenge = challenge
    for moment in moments:
        referee.see(dict(zip(("rounds", "divergence", "found"), moment, strict=True)))
    return referee.stars[challenge]


def test_each_limit_held_long_enough_is_worth_a_star_more():
    name = "mend a game"
    for stars, limit in enumerate((1, *CHALLENGES[name].below)):
        better = limit - 0.01
        assert play(name, (0, better, 8), (499, better, 8)) == 0
        assert play(name, (0, better, 8), (500, better, 8)) == stars
    one, two, _ = (limit - 0.01 for limit in CHALLENGES[name].below)
    assert play(name, (0, one, 8), (300, two, 8), (500, two, 8)) == 1  # not held as long
    assert play(name, (0, two, 8), (500, two, 8), (600, 0.69, 0)) == 2  # never lost again


def test_a_break_begins_anew():
    name = "mend a game"
    good = CHALLENGES[name].below[2] - 0.01
    for divergence, found in ((0.69, 8), (good, 6)):
        moments = [(0, good, 8), (300, divergence, found), (310, good, 8)]
        assert play(name, *moments, (800, good, 8)) == 0
        assert play(name, *moments, (810, good, 8)) == 3


def test_only_the_ordered_blobs_count():
    name = "break it on purpose"
    for found, stars in ((0, 0), (1, 3), (2, 0)):
        assert play(name, (0, 0.2, found), (500, 0.2, found)) == stars


def test_its_goal_says_every_number():
    for challenge in CHALLENGES.values():
        assert sorted(challenge.below, reverse=True) == list(challenge.below)
        for number in (*(f"{limit:.2f}" for limit in challenge.below), str(challenge.rounds)):
            assert number in challenge.goal
    assert not set(CHALLENGES) & set(PRESETS)  # one menu has both


def test_a_game_keeps_stars_and_challenge():
    game = Playground()
    assert game.referee.challenge is None
    game.apply({"do": "challenge", "value": "make it converge"})
    assert game.settings["optimizer"] == "sgd" and game.preset is None
    game.set("optimizer", "adam")
    game.referee.stars["make it converge"] = 2
    for again in (game.reset, lambda: game.reset(3), lambda: game.set("g_neurons", 8)):
        again()
        assert game.referee.challenge == "make it converge" and game.referee.stars["make it converge"] == 2
    with pytest.raises(InputError, match="make it converge"):
        game.use_challenge("fly")
    game.set("data", "line")  # points are a part of the challenge
    assert game.referee.challenge is None
    game.use_challenge("break it on purpose")
    game.use_preset("convergence")
    assert game.referee.challenge is None and game.referee.stars["make it converge"] == 2


def test_a_new_game_has_held_nothing(monkeypatch):
    game = Playground()
    game.use_challenge("make it converge")
    monkeypatch.setattr(game, "_divergence", lambda points: 0.05)
    game.reset()
    game.play_rounds(400)
    game.reset()
    game.play_rounds(400)
    assert game.referee.stars["make it converge"] == 0
    game.play_rounds(100)
    assert game.referee.stars["make it converge"] == 3


def test_the_widget_shows_them():
    from gancourse.teaching.widgets import Playground as Widget

    widget = Widget()
    name = "mend a game"
    commands = [{"do": "challenge", "value": name}]
    widget._answer(None, {"view": "v", "number": 1, "commands": commands}, None)
    assert widget._frame["challenge"] == name and widget._frame["stars"] == dict.fromkeys(CHALLENGES, 0)
    assert widget._challenges[name]["goal"] == CHALLENGES[name].goal
