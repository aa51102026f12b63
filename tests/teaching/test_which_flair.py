"""The game of four FLAIRs: its rounds and counts, what its page is told, and the phantoms shipped."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from toy_flairs import people

from gancourse.errors import InputError
from gancourse.teaching.widgets import WhichFlair as Widget
from gancourse.teaching.widgets.which_flair_game import LETTERS, METHODS, WhichFlair, shipped_people


@pytest.fixture
def game():
    return WhichFlair(5, seed=0, people=people())


def test_each_round_shows_another_phantom_and_its_own_pictures(game):
    assert len(set(game.chosen)) == 5 and game.images.shape == (5, 5, 16, 16)
    for k, (person, order) in enumerate(zip(game.chosen, game.orders, strict=True)):
        pictures = game.people.pictures[person]
        np.testing.assert_array_equal(game.images[k, 0], pictures[0])  # T2
        for place in range(4):
            np.testing.assert_array_equal(game.images[k, 1 + place], pictures[1 + order[place]])
        assert METHODS[order[LETTERS.index(game.truth[k])]] == "real"


def test_a_seed_gives_a_game_and_every_place_is_as_likely(game):
    assert game.truth == WhichFlair(5, seed=0, people=people()).truth
    games = [WhichFlair(5, seed=k, people=people()) for k in range(200)]
    shares = np.bincount([LETTERS.index(letter) for each in games for letter in each.truth]) / 1000
    assert shares.min() > 0.2 and len(shares) == 4
    assert len({tuple(each.chosen) for each in games}) > 50


def test_what_was_right_and_what_was_taken_for_real(game):
    wrong = LETTERS[game.orders[2].tolist().index(METHODS.index("tumour"))]
    game.judge([*game.truth[:2], wrong])
    assert game.score()[:2] == (2, 3) and not game.over
    assert game.taken() == {"real": 2, "paired": 0, "healthy": 0, "tumour": 1}
    game.apply({"do": "new"})
    assert game.seed == 1 and game.answers == []


@pytest.mark.parametrize("value", ["A", ["E"], ["A"] * 6, [0], None])
def test_other_answers_are_refused_and_change_nothing(game, value):
    game.judge(["A"])
    with pytest.raises(InputError):
        game.apply({"do": "judge", "value": value})
    assert game.answers == ["A"]


def test_more_rounds_than_phantoms_are_refused():
    with pytest.raises(InputError, match="rounds 7: expected 1 to 6"):
        WhichFlair(7, people=people())


def test_the_page_is_told_what_belongs_to_each_picture(game):
    things = Widget(logic=game)._things
    json.dumps({name: value for name, value in things.items() if not isinstance(value, bytes)})
    assert len(things["pixels"]) == np.prod(things["shape"]) and len(things["tumour"]) == 5 * 16 * 16
    for k, person in enumerate(game.chosen):
        where = things["methods"][k].index("tumour")
        assert things["invented"][k][where] == 3.5
        assert things["found"][k][where] == (0.2 if person % 3 else None)
        assert things["truth"][k] == LETTERS[things["methods"][k].index("real")]


def test_its_picture_has_all_five(game):
    widget = Widget(logic=game)
    picture, said = widget._still()
    assert Image.open(io.BytesIO(picture)).size == (5 * 32, 32 + 20) and said.startswith("Round 1 of 5")
    game.judge(game.truth)
    assert widget._still()[1].startswith("The real FLAIR was found in 5 of 5 rounds")


def test_shipped_phantoms_are_as_the_game_says():
    shown = shipped_people()
    ill = shown.tumour.any((1, 2))
    height, width = shown.pictures.shape[2:]
    assert shown.pictures.shape[1] == 5 and 40 < width < height <= 64 and shown.pictures.dtype == np.uint8
    assert ill.sum() >= 10 and (~ill).sum() >= 4
    assert np.isnan(shown.found[~ill]).all() and ((shown.found[ill] >= 0) & (shown.found[ill] <= 1)).all()
    real = METHODS.index("real")
    assert np.mean(shown.found[ill, real]) > 0.6 and shown.invented[~ill, real].mean() < 1
    brain = np.stack([ndimage.binary_fill_holes(pictures[1]) for pictures in shown.pictures])
    assert (shown.tumour & ~brain).sum() < 0.02 * shown.tumour.sum()
    assert 0.4 < brain.mean() < 0.8
    assert len({picture.tobytes() for people in shown.pictures for picture in people}) == 5 * len(ill)


def test_no_rim_or_level_gives_a_translation_away():
    """All pictures of a phantom have one background, and take the same way to the screen."""
    shown = shipped_people()
    for pictures in shown.pictures:
        brain = ndimage.binary_dilation(ndimage.binary_fill_holes(pictures[:2].any(0)), iterations=2)
        assert not pictures[:, ~brain].any()
    assert shown.pictures.max() <= 240 and not ((shown.pictures > 0) & (shown.pictures <= 12)).any()
