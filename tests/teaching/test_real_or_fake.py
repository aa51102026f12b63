"""The visual Turing test: its logic, its score, and that nothing tells the kinds apart but the slices."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.stats import norm

from gancourse.errors import InputError
from gancourse.teaching.widgets.judging import score, to_bytes
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake


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
    return "phantom" if image[12, 12] > 127 else "generated"


def test_whoever_sees_the_difference_wins(game):
    answers = [truth(image) for image in game.images]
    assert answers == game.truth
    game.judge(answers[:7])
    assert not game.over and game.score()[:3] == (7, 7, 1.0)
    game.judge(answers)
    assert game.over and game.score()[:3] == (20, 20, 1.0)
    assert len({image.tobytes() for image in game.images}) == 20  # no slice twice


def test_each_slice_is_the_toss_of_a_coin():
    """Their number is not fixed, so that no answer says anything about the next one."""
    games = [RealOrFake(slices(0.25), slices(-0.25), count=20, seed=k) for k in range(60)]
    counts = [game.truth.count("generated") for game in games]
    assert np.mean(counts) == pytest.approx(10, abs=1) and np.std(counts) == pytest.approx(5**0.5, rel=0.3)
    same_as_next = [a == b for game in games for a, b in zip(game.truth, game.truth[1:], strict=False)]
    assert np.mean(same_as_next) == pytest.approx(0.5, abs=0.05)


def test_no_two_slices_of_a_patient_while_there_are_others():
    images, patients = slices(0.25, 60), np.repeat(np.arange(20), 3)
    whose = {image.tobytes(): patient for image, patient in zip(to_bytes(images), patients, strict=True)}
    for seed in range(10):
        game = RealOrFake(images, slices(-0.25, 20), 20, seed, patients=patients)
        shown = [whose[image.tobytes()] for image in game.images if image.tobytes() in whose]
        assert len(set(shown)) == len(shown) == game.truth.count("phantom") > 3
    game = RealOrFake(images, slices(-0.25, 20), 20, patients=np.zeros(60))  # a single patient
    assert len({image.tobytes() for image in game.images}) == 20


def test_a_seed_is_a_game(game):
    first = game.images
    game.judge(["phantom"])
    game.apply({"do": "new"})
    assert game.seed == 5 and not game.answers and (game.images != first).any()
    game.begin(4)
    np.testing.assert_array_equal(game.images, first)


def test_the_interval_is_wilsons():
    right, n, z = 14, 20, norm.ppf(0.975)
    middle = (right / n + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(right / n * (1 - right / n) / n + z**2 / (4 * n**2))
    assert score(right, n) == pytest.approx((14, 20, 0.7, middle - half, middle + half))
    assert score(0, 0).answers == 0 and np.isnan(score(0, 0).low)


def test_background_and_white_are_the_same_for_both():
    held_out = np.array([[[-1.0, -1.0, 0.0, 1.0]]])
    generated = np.array([[[-0.999, -0.93, 0.0, 0.97]]])
    np.testing.assert_array_equal(to_bytes(held_out), to_bytes(generated))


def test_the_rim_of_a_shipped_generators_slices_is_black():
    from gancourse import pretrained
    from gancourse.gans.latent import draw_latents

    images = pretrained.load("dcgan-t1")(draw_latents(64, seed=3), training=False).numpy()[..., 0]
    assert (images[:, 0] > -1).mean() > 0.5  # and it would be told by that
    shown = to_bytes(images)
    assert (shown[:, 0] == 0).mean() == 1 and shown.max() <= 240


def test_what_is_impossible_is_refused(game):
    with pytest.raises(InputError, match="expected 20 of each"):
        RealOrFake(slices(0), slices(0, 19))
    with pytest.raises(InputError, match="one size"):
        RealOrFake(slices(0), slices(0)[:, :16])
    for answers in (["perhaps"], ["real"], [1], "phantom", ["phantom"] * 21):
        with pytest.raises(InputError):
            game.judge(answers)
    assert not game.answers


def test_its_pictures(game):
    one = Image.open(io.BytesIO(game.png()))
    assert one.size == (256, 256)
    game.judge(["phantom"] * 20)
    assert Image.open(io.BytesIO(game.png())).width == 10 * 70


def test_the_page_has_all_and_python_hears_of_every_answer(game):
    from gancourse.teaching.widgets import RealOrFake as Widget

    widget = Widget(logic=game)
    assert widget._things["pixels"] == game.images.tobytes()
    assert widget._things["shape"] == [20, 32, 32] and widget._things["truth"] == game.truth
    assert widget._still()[1] == "Slice 1 of 20: phantom or generated?"

    def ask(number, **command):
        widget._answer(None, {"view": "v", "number": number, "commands": [command]}, None)

    ask(1, do="judge", value=game.truth[:3])
    assert widget._frame["given"] == game.truth[:3] and widget._frame["answers"] == ["v", 1]
    ask(2, do="judge", value=game.truth)
    assert widget.logic.score().right == 20 and "20 of 20" in widget._still()[1]
    before = widget._things["pixels"]
    ask(3, do="new")
    assert widget._frame["given"] == [] and widget._things["pixels"] == game.images.tobytes() != before
