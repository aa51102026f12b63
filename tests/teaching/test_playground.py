"""The playground's logic, without a notebook or a browser; and its widget, without a page."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from gancourse import losses
from gancourse.errors import InputError
from gancourse.gans import plane_gan
from gancourse.gans.plane_gan import OwnParts
from gancourse.teaching.checks import check
from gancourse.teaching.figures import gan_diagram, playground_figures
from gancourse.teaching.widgets import playground_game, playground_points
from gancourse.teaching.widgets.playground import whose
from gancourse.teaching.widgets.playground_game import PLACES, STEPS, Playground, belief
from gancourse.teaching.widgets.playground_presets import PRESETS


@pytest.fixture(scope="module")
def shared():
    return Playground()


@pytest.fixture
def game(shared):
    shared.use_preset("convergence")
    shared.dots = playground_points.HOOK
    return shared


def weights(game):
    return [w.numpy() for w in game._gan.generator.weights + game._gan.discriminator.weights]


def test_a_seed_is_a_game_at_any_speed(game):
    game.play_rounds(6)
    first = weights(game), game.scene()
    game.reset()
    assert game.rounds == 0 and len(game.history) == 1
    game.play_rounds(1)
    game.play_rounds(5)
    for one, other in zip(first[0], weights(game), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(first[1]["real"], game.scene()["real"])
    game.reset(1)
    game.play_rounds(6)
    assert np.abs(weights(game)[0] - first[0][0]).max() > 0.01


def test_steps_teach_one_player_only(game):
    g, d = game._gan.generator, game._gan.discriminator
    for who, learns, rests in (("D", d, g), ("G", g, d)):
        before = [learns.get_weights(), rests.get_weights()]
        game.step(who)
        assert any((a != b).any() for a, b in zip(before[0], learns.get_weights(), strict=True))
        assert all((a == b).all() for a, b in zip(before[1], rests.get_weights(), strict=True))
    assert game.rounds == 0


def test_rates_and_steps_act_at_once_and_networks_begin_anew(game):
    game.play_rounds(2)
    before = weights(game)
    game.set("g_rate", 0.01)
    game.set("d_steps", 3)
    game.set("loss", "minimax")
    assert game.rounds == 2 and game.preset is None
    for one, other in zip(before, weights(game), strict=True):
        np.testing.assert_array_equal(one, other)
    game.play_rounds(1)
    assert game.rounds == 3
    game.set("g_neurons", 8)
    assert game.rounds == 0 and len(weights(game)[1]) == 8


@pytest.fixture(scope="module")
def own():
    return OwnParts(losses.discriminator_loss, losses.generator_loss, plane_gan.train_step)


def test_own_parts_play_the_same_game(game, own):
    mine = Playground(own=own)
    assert mine.settings["loss"] == "own" and game.settings["loss"] == "bce"
    for each in (mine, game):
        each.play_rounds(5)
    for one, other in zip(weights(game), weights(mine), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    mine.reset()
    test_steps_teach_one_player_only(mine)  # also where one training step holds both updates
    mine.set("d_steps", 3)
    mine.play_rounds(1)
    mine.set("loss", "minimax")
    mine.play_rounds(1)
    mine.use_preset("winning discriminator")
    assert mine.settings["loss"] == "minimax"
    mine.mend()
    assert mine.settings["loss"] == "own"


def test_what_was_written_is_what_plays(own):
    from gancourse.teaching.widgets import Playground as Widget

    asleep = Playground(own=dataclasses.replace(own, train_step=lambda gan: (0.0, 0.0)))
    before = weights(asleep)
    asleep.play_rounds(3)
    assert all((a == b).all() for a, b in zip(before, weights(asleep), strict=True))
    said = "It plays with the course's d_loss, g_loss and train_step."
    assert Widget(logic=asleep)._own == whose(asleep) == said
    assert whose(Playground()) == ""


def test_the_page_says_which_parts_are_a_learners(own):
    def g_loss(fake_logits):
        return losses.generator_loss(fake_logits)

    check(lambda answer: None)(g_loss)  # it has passed
    mine = Playground(own=dataclasses.replace(own, g_loss=g_loss))
    assert whose(mine) == "It plays with your own g_loss and the course's d_loss and train_step."


def test_a_game_without_own_parts_has_no_own_loss(game):
    with pytest.raises(InputError, match="expected one of bce"):
        game.set("loss", "own")
    assert game.settings["loss"] == "bce"


def test_a_film(own, tmp_path):
    game = Playground(own=own)
    frames = [playground_figures.frame(game, "Mine")]
    game.play_rounds(20)
    frames.append(playground_figures.frame(game, "Mine"))
    playground_figures.film(frames, tmp_path / "kept" / "film.gif", "A film.")
    film = Image.open(tmp_path / "kept" / "film.gif")
    assert film.n_frames == 2 and film.size[0] >= 600


def test_games_side_by_side_and_the_two_networks(game, capsys):
    game.play()
    playground_figures.games({"One": game, "Another": game}, "Two games.")
    gan_diagram.two_networks("Two networks.")
    assert "Two games." in (said := capsys.readouterr().out) and "Two networks." in said


def test_speed_is_in_steps(game):
    game.play("normal")
    assert game.rounds == STEPS["normal"] // 2
    game.set("d_steps", 10)
    game.play("slow")
    assert game.rounds == STEPS["normal"] // 2 + 1


@pytest.mark.parametrize("name", [*playground_points.DISTRIBUTIONS, "drawn"])
def test_points_are_within_sight(name):
    drawn = playground_points.draw_points(name, 2000, np.random.default_rng(0), playground_points.HOOK)
    assert drawn.shape == (2000, 2) and drawn.dtype == np.float32
    assert np.abs(drawn).max() < playground_points.REACH
    if name in playground_points.BLOBS:
        assert playground_points.found_blobs(drawn, playground_points.BLOBS[name]) == len(
            playground_points.BLOBS[name]
        )
        assert playground_points.found_blobs(drawn[drawn[:, 0] > 0.4], playground_points.BLOBS[name]) < len(
            playground_points.BLOBS[name]
        )


def test_divergence_by_hand(game):
    game.set("data", "two blobs")
    assert game.now["floor"] < 0.02
    both = playground_points.draw_points("two blobs", 20_000, np.random.default_rng(1))
    assert game._divergence(both[both[:, 0] > 0]) == pytest.approx(
        0.75 * np.log(4 / 3), abs=0.01
    )  # half is missing
    assert game._divergence(np.full((50, 2), 1.3)) == pytest.approx(np.log(2), abs=1e-6)


def test_arrows_are_minus_the_slope_of_gs_loss(game):
    scene, gan = game.scene(), game._gan
    assert game.rules.loss == "bce"

    def loss(xy):
        return np.log1p(np.exp(-gan.discriminator(xy.astype(np.float32)).numpy()[:, 0].astype(float)))

    at, small = scene["fake"], 1e-3
    slope = np.stack([(loss(at + e) - loss(at - e)) / (2 * small) for e in small * np.eye(2)], 1)
    assert np.median(np.abs(scene["pull"] + slope)) < 1e-3  # a few points lie on a kink of the ReLU
    assert np.abs(slope).max() > 0.05


def test_the_map_has_its_first_row_at_the_top(game):
    assert PLACES[0].tolist() == pytest.approx([-1.365, 1.365]) and PLACES[1][0] > PLACES[0][0]
    logits = game._gan.discriminator(PLACES[:1]).numpy()[0, 0]
    assert game.scene()["belief"][0, 0] == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)


def test_belief_of_each_loss():
    seen = {"logits": np.array([-1.0, 0.0, 1.0]), "real_logit": 3.0, "fake_logit": 1.0}
    assert belief("least-squares", seen).tolist() == [0, 0.5, 1]
    assert belief("wasserstein", seen | {"logits": np.array([-4.0, 2.0, 9.0])})[1] == 0.5
    assert (np.diff(belief("bce", seen)) > 0).all()


def test_grid_of_one_dimension_is_a_curve(game):
    game.set("noise_dim", 1)
    assert game.scene()["grid"].shape == (1, 200, 2)
    game.play_rounds(1)


def test_a_drawing_is_learned_from(game):
    game.set("data", "drawn")
    game.clear()
    for act in (lambda: game.play(), lambda: game.step("D")):
        with pytest.raises(InputError, match="empty"):
            act()
    game.draw([[0.5, 0.5], [0.5, -0.5]])
    real = game.scene()["real"]
    assert np.abs(real[:, 0] - 0.5).max() < 0.3 and {-1.0, 1.0} == set(np.sign(real[:, 1]).tolist())
    game.play()
    with pytest.raises(InputError, match="expected numbers"):
        game.draw([[9, 0]])


@pytest.mark.parametrize(
    "name, value",
    [("loss", "l1"), ("g_steps", 0), ("g_steps", 1.5), ("d_rate", "fast"), ("data", "cat"), ("x", 1)],
)
def test_impossible_settings_change_nothing(game, name, value):
    before = game.settings
    with pytest.raises(InputError):
        game.set(name, value)
    assert game.settings == before and game.preset == "convergence"


@pytest.mark.parametrize(
    "command", [{}, {"do": "fly"}, {"do": "seed", "value": -1}, {"do": "preset", "value": "x"}]
)
def test_unknown_commands(game, command):
    with pytest.raises(InputError):
        game.apply(command)


def test_history_is_thinned(game, monkeypatch):
    monkeypatch.setattr(playground_game, "MOMENTS", 10)
    for _ in range(12):
        game.step("D")
    game.play("slow")
    assert 5 <= len(game.history) <= 10 and game.history[[0, -1], 0].tolist() == [0, 1]


def test_its_picture(game):
    game.play()
    picture = Image.open(io.BytesIO(playground_figures.png(game)))
    assert picture.size == (720, 400)
    assert "ring" in playground_figures.words(game)


def test_the_widget_answers_with_one_frame(game):
    from gancourse.teaching.widgets import Playground as Widget

    widget = Widget(logic=game)
    commands = [{"do": "step", "who": "D"}, {"do": "set", "name": "loss", "value": "none"}]
    widget._answer(None, {"view": "v", "number": 3, "commands": commands}, None)
    frame = widget._frame
    assert frame["answers"] == ["v", 3] and "none" in frame["said"]
    assert len(frame["belief"]) == 1600 and len(frame["fake"]) == 8 * 200


# What each preset shows within 20 seconds of play (150 of its 300 frames), and that its mend works. From
# eight seeds: experiments/playground.py.
def last(game, frames=150):
    from playground import play

    return play(game, frames)


def test_convergence(game):
    shown = last(game)
    assert shown["divergence"] < 0.2 and 0.4 < shown["accuracy"] < 0.65


def test_mode_collapse_and_its_mend(game):
    game.use_preset("mode collapse")
    shown = last(game, 300)
    assert shown["found"] == 1 and shown["swing"] < 0.1 and shown["accuracy"] > 0.7
    game.mend()
    assert last(game)["found"] == 2


def test_a_winning_discriminator_and_its_mend(game):
    game.use_preset("winning discriminator")
    shown = last(game)
    assert shown["accuracy"] > 0.99 and shown["divergence"] > 0.68 and shown["pull"] < 0.01
    game.mend()
    mended = last(game)
    assert mended["divergence"] < 0.5


def test_oscillation_and_its_mend(game):
    game.use_preset("oscillation")
    shown = last(game)
    assert shown["found"] < 4 and shown["swing"] > 0.3
    game.mend()
    mended = last(game)
    assert mended["found"] >= 7 and mended["swing"] < 0.15


def test_every_preset_asks_and_explains():
    for preset in PRESETS.values():
        assert preset.question.count("?") >= 1 and preset.moral and preset.title
