"""The game "real or fake": its logic, its score, and that nothing tells the kinds apart but the slices."""

import io
import pickle

import numpy as np
import pytest
from PIL import Image
from scipy.stats import norm

from gancourse.errors import InputError
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake, score, to_bytes


def slices(level, n=30):
    """Squares of one level on a background; each with a number of its own in its corner of the square."""
    images = np.full((n, 32, 32), -1.0)
    images[:, 8:24, 8:24] = level
    images[:, 8, 8] = np.linspace(-0.5, 0.5, n)
    return images


@pytest.fixture
def game():
    return RealOrFake(slices(0.25), slices(-0.25), count=20, seed=4)


def truth(image):
    """Of the slices above."""
    return "real" if image[12, 12] > 127 else "generated"


def test_whoever_sees_the_difference_wins(game):
    kinds = []
    while not game.over:
        kinds.append(truth(game.image()))
        assert game.answer(kinds[-1])
    assert game.score()[:3] == (20, 20, 1.0)
    assert 4 <= kinds.count("real") <= 16  # a coin's
    assert game.image() is None
    with pytest.raises(InputError, match="all 20"):
        game.answer("real")
    assert len({one["image"].tobytes() for one in game.answered()}) == 20  # no slice twice


def test_who_fooled_comes_first(game):
    while not game.over:
        game.answer("real")
    verdicts = [one["verdict"] for one in game.answered()]
    fakes = verdicts.count("fooled you")
    assert verdicts == ["fooled you"] * fakes + ["right"] * (20 - fakes) and 0 < fakes < 20
    assert all(one["truth"] == truth(one["image"]) for one in game.answered())
    game.begin(game.seed)
    while not game.over:
        game.answer("generated")
    assert [one["verdict"] for one in game.answered()].count("wrongly accused") == 20 - fakes


def test_a_seed_is_a_game(game):
    first = game.image()
    game.apply({"do": "new"})
    assert game.seed == 5 and (game.image() != first).any()
    game.begin(4)
    np.testing.assert_array_equal(game.image(), first)


def test_the_interval_is_wilsons():
    right, n, z = 14, 20, norm.ppf(0.975)
    middle = (right / n + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(right / n * (1 - right / n) / n + z**2 / (4 * n**2))
    assert score(right, n) == pytest.approx((14, 20, 0.7, middle - half, middle + half))
    assert score(0, 0).answers == 0 and np.isnan(score(0, 0).low)


def test_background_and_white_are_the_same_for_both():
    real = np.array([[[-1.0, -1.0, 0.0, 1.0]]])
    generated = np.array([[[-0.999, -0.93, 0.0, 0.97]]])
    np.testing.assert_array_equal(to_bytes(real), to_bytes(generated))


def test_the_rim_of_a_shipped_generators_slices_is_black():
    from gancourse import pretrained
    from gancourse.gans.latent import draw_latents

    images = pretrained.load("dcgan-t1")(draw_latents(64, seed=3), training=False).numpy()[..., 0]
    assert (images[:, 0] > -1).mean() > 0.5  # and it would be told by that
    shown = to_bytes(images)
    assert (shown[:, 0] == 0).mean() == 1 and shown.max() <= 240


def test_too_few_and_unlike_slices():
    with pytest.raises(InputError, match="expected 20 of each"):
        RealOrFake(slices(0), slices(0, 19))
    with pytest.raises(InputError, match="one size"):
        RealOrFake(slices(0), slices(0)[:, :16])
    with pytest.raises(InputError, match="real, generated"):
        RealOrFake(slices(0), slices(0)).answer("perhaps")


def test_its_pictures(game):
    one = Image.open(io.BytesIO(game.png()))
    assert one.size == (256, 256)
    while not game.over:
        game.answer("real")
    assert Image.open(io.BytesIO(game.png())).width == 10 * 70


def test_the_widget_does_not_tell(game):
    """Be it real or generated, a slice comes in the same words and bytes, but for its pixels."""
    from gancourse.teaching.widgets import RealOrFake as Widget

    widget, states = Widget(logic=game), {}
    for k in range(19):
        frame = {name: value for name, value in widget._frame.items() if name != "answers"}
        kind = truth(game.image())
        assert frame.pop("pixels") == game.image().tobytes()
        assert not frame.pop("gallery")
        states.setdefault(kind, []).append(pickle.dumps({**frame, "done": 0, "score": None, "verdict": ""}))
        widget._answer(None, {"view": "v", "number": k, "commands": [{"do": "answer", "kind": "real"}]}, None)
        assert widget._frame["verdict"] == ("Right" if kind == "real" else "Wrong")
    assert len(states) == 2 and len({len(state) for each in states.values() for state in each[1:]}) == 1
    widget._answer(None, {"view": "v", "number": 20, "commands": [{"do": "answer", "kind": "real"}]}, None)
    assert len(widget._frame["gallery"]) == 20 and "pixels" not in widget._frame
