import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from toy import TINY, slices

from gancourse import export
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.training import checkpoint
from gancourse.training.diagnosis import TrainingDiverged
from gancourse.training.loop import images_of, rows_of, train

HERE = Path(__file__)

RUN = """
import os, signal, sys
from pathlib import Path
from gancourse.quiet import import_tensorflow
import_tensorflow().config.experimental.enable_op_determinism()
from toy import TINY
from gancourse.cohort.slices import SliceSet
from gancourse.training import checkpoint
from gancourse.training.loop import train
data, out, kill = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "kill"
saved, write = 0, checkpoint.write_beside
def write_half(path, writer):
    global saved
    saved += path.suffix == ".npz"
    if saved < 3:
        return write(path, writer)
    def half(file):
        file.write(b"half")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, half)
if kill:
    checkpoint.write_beside = write_half
train(TINY, SliceSet.open(data), out, epochs=4, verbose=0)
"""


def run(data, out, kill=""):
    path = os.pathsep.join([str(HERE.parents[1]), str(HERE.parents[2])])
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen([sys.executable, "-c", RUN, data, out, kill], env=environment)


def losses_in(log: Path):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(log.open())]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_resume_after_kill_is_bit_equal_to_an_unbroken_run(tmp_path):
    data, unbroken, killed = tmp_path / "data", tmp_path / "unbroken", tmp_path / "killed"
    slices(data)
    first, second = run(data, unbroken), run(data, killed, "kill")
    assert (first.wait(), second.wait()) == (0, -9)  # killed while it wrote its third checkpoint
    assert len(checkpoint.read(killed / "checkpoint.npz")[0]["history"]) == 2
    assert run(data, killed).wait() == 0
    whole, resumed = (checkpoint.read(out / "checkpoint.npz")[1] for out in (unbroken, killed))
    assert whole.keys() == resumed.keys() and len(whole) > 80
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)
    assert losses_in(unbroken / "log.csv") == losses_in(killed / "log.csv")
    assert len(losses_in(killed / "log.csv")) == 4
    pictures = [p.read_bytes() for out in (unbroken, killed) for p in [out / "samples" / "epoch_0004.png"]]
    assert pictures[0] == pictures[1]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return slices(tmp_path_factory.mktemp("slices") / "data")


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """One epoch, done."""
    out = tmp_path_factory.mktemp("trained") / "run"
    train(TINY, data, out, epochs=1, precision="float32", verbose=0, command="gancourse train dcgan")
    return out


def test_run_again_goes_on_and_stops_where_asked(data, tmp_path):
    out = tmp_path / "run"
    for epochs, steps in ((1, 4), (2, 8), (2, 8)):
        gan = train(TINY, data, out, epochs=epochs, precision="float32", verbose=0)
        assert gan.g_optimizer.iterations == steps
    assert [row["epoch"] for row in losses_in(out / "log.csv")] == ["1", "2"]
    assert train(TINY, data, out, minutes=1e-9, precision="float32").g_optimizer.iterations == 8


def test_stop_in_mid_epoch_saves_nothing(data, tmp_path):
    from gancourse.training.callbacks import StopAfter

    train(TINY, data, tmp_path, epochs=1, precision="float32", verbose=0, callbacks=(StopAfter(0),))
    assert not (tmp_path / "checkpoint.npz").exists()


def test_rows_are_the_splits(data):
    rows = {split: rows_of(data, "t1", split) for split in ("train", "validation", "test")}
    assert {s: len(r) for s, r in rows.items()} == {"train": 32, "validation": 8, "test": 8}
    assert len(rows_of(data, "t1", "train", "tumour_px > 0")) == 16
    images = images_of(data, "flair", rows["test"])
    np.testing.assert_array_equal(images, np.asarray(data.images)[rows["test"], :, :, 1].astype(np.float32))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "above 0"),
        ({"epochs": 0}, "above 0"),
        ({"epochs": 1, "minutes": -1}, "above 0"),
        ({"minutes": float("nan")}, "minutes=nan: expected"),
        ({"minutes": float("inf")}, "minutes=inf: expected"),
        ({"epochs": 1, "seed": -1}, "seed=-1: expected"),
        ({"epochs": 1, "seed": 2**32}, "seed=4294967296: expected"),
        ({"epochs": 1, "where": "tumour_px >"}, "tumour_px >"),
        ({"epochs": 1, "where": "tumour_px + 1"}, "true or false"),
        ({"epochs": 1, "modality": "t9"}, "t9"),
        ({"epochs": 1, "where": "nothing > 0"}, "nothing"),
        ({"epochs": 1, "where": "tumour_px > 7"}, "tumour_px > 7"),
        ({"epochs": 1, "recipe": TINY.change(["size=32"])}, "size=32"),
        ({"epochs": 1, "recipe": TINY.change(["batch_size=33"])}, "33"),
    ],
)
def test_bad_input_leaves_nothing_behind(data, tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        train(options.pop("recipe", TINY), data, tmp_path / "run", verbose=0, **options)
    assert not (tmp_path / "run").exists()


def test_out_is_a_file(data, tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(InputError, match="run: a file"):
        train(TINY, data, tmp_path / "run", epochs=1)
    assert (tmp_path / "run").read_text() == "mine"


def test_folder_that_cannot_be_made(data, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="settings.json: cannot be written"):
        train(TINY, data, tmp_path / "file" / "run", epochs=1, verbose=0)


def test_another_training_in_the_folder(data, trained):
    before = (trained / "checkpoint.npz").read_bytes()
    with pytest.raises(InputError, match=r"checkpoint.npz.*base=4 \(now 8\).*seed=0 \(now 1\)"):
        train(TINY.change(["base=8"]), data, trained, epochs=2, seed=1, precision="float32")
    assert (trained / "checkpoint.npz").read_bytes() == before


@pytest.mark.parametrize("damage", ["half", "flip", "empty", "text", "npy"])
def test_damaged_checkpoint(data, trained, tmp_path, damage):
    whole = (trained / "checkpoint.npz").read_bytes()
    path = tmp_path / "checkpoint.npz"
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    path.write_bytes(
        {"half": whole[:middle], "flip": flipped, "empty": b"", "text": b"x", "npy": b""}[damage]
    )
    if damage == "npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    with pytest.raises(InputError, match=f"{path.name}: not a checkpoint.*damaged"):
        train(TINY, data, tmp_path, epochs=2, precision="float32", verbose=0)


def test_a_flipped_byte_anywhere_is_harmless_or_names_the_file(trained, tmp_path):
    whole = (trained / "checkpoint.npz").read_bytes()
    about, arrays = checkpoint.read(trained / "checkpoint.npz")
    rng = np.random.default_rng(0)
    central = whole.index(b"PK\x01\x02")  # from here on the archive's directory
    headers = [m for m in range(central) if whole[m : m + 4] == b"PK\x03\x04"]
    places = [*rng.integers(0, len(whole), 100), *rng.integers(central, len(whole), 100)]
    places += [int(rng.choice(headers)) + int(rng.integers(0, 180)) for _ in range(150)]
    path, refused = tmp_path / "checkpoint.npz", 0
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            found, again = checkpoint.read(path)
        except InputError as error:
            assert str(error).startswith(f"{path}: not a checkpoint") and "\n" not in str(error), place
            refused += 1
        else:
            assert found == about and again.keys() == arrays.keys(), place
            assert all(np.array_equal(again[name], arrays[name]) for name in arrays), place
    assert refused > len(places) / 2


@pytest.mark.parametrize(
    "about",
    [{}, {"settings": {}}, {"history": []}, {"settings": 3, "history": []}, {"settings": {}, "history": [{}]},
     {"settings": {}, "history": [{"epoch": 1, "seconds": None}]}, [], 3, None, "text"],
)  # fmt: skip
def test_a_checkpoint_without_what_all_have(data, trained, tmp_path, about):
    _, arrays = checkpoint.read(trained / "checkpoint.npz")
    np.savez(tmp_path / "checkpoint.npz", about=np.array(json.dumps(about)), **arrays)
    with pytest.raises(InputError, match="checkpoint.npz: not a checkpoint"):
        checkpoint.read(tmp_path / "checkpoint.npz")


def test_too_little_room_is_said_before_the_first_step(data, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    steps = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_: steps.append(1))
    with pytest.raises(InputError, match="checkpoint.npz: takes .* MB, 0 MB are free; make room"):
        train(TINY, data, tmp_path / "run", epochs=1, verbose=0, callbacks=(count,))
    assert steps == [] and [p.name for p in (tmp_path / "run").iterdir()] == ["settings.json"]


def test_the_same_image_from_the_model_and_from_its_folder(data, tmp_path):
    gan = train(TINY, data, tmp_path / "run", epochs=2, precision="float32", verbose=0)
    generator, _ = export.load_run(tmp_path / "run", "dcgan")
    latents = draw_latents(5, 8, seed=4)
    np.testing.assert_allclose(gan.sample(latents), generator(latents, training=False), atol=1e-5, rtol=0)
    assert np.abs(gan.sample(latents, batches=1) - gan.sample(latents)).max() > 1e-3  # they can differ


def test_checkpoint_of_other_networks_changes_nothing(trained):
    gan = TINY.change(["base=8"]).build()
    before = {name: v.numpy() for name, v in checkpoint.state_of(gan).items()}
    with pytest.raises(InputError, match="other networks"):
        checkpoint.load(gan, trained / "checkpoint.npz")
    for name, variable in checkpoint.state_of(gan).items():
        np.testing.assert_array_equal(variable.numpy(), before[name])


def test_round_trip_of_every_variable(trained, tmp_path):
    gan = TINY.build(7, "float32")
    about = checkpoint.load(gan, trained / "checkpoint.npz")
    checkpoint.save(gan, tmp_path / "again.npz", about)
    (old, arrays), (new, again) = (
        checkpoint.read(trained / "checkpoint.npz"),
        checkpoint.read(tmp_path / "again.npz"),
    )
    assert old == new and old["command"] == "gancourse train dcgan"
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)
    assert {name.split(".")[0] for name in arrays} == {
        "generator", "discriminator", "ema", "d_optimizer", "g_optimizer", "seed"
    }  # fmt: skip


def test_nan_weights_are_not_saved(tmp_path):
    gan = TINY.build()
    gan.generator.weights[0].assign(gan.generator.weights[0] * np.nan)
    with pytest.raises(TrainingDiverged, match="generator.0"):
        checkpoint.save(gan, tmp_path / "checkpoint.npz", {})
    assert list(tmp_path.iterdir()) == []


def test_write_beside_keeps_the_old_file_when_writing_fails(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def fail(file):
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(InputError, match="file: cannot be written .disk full"):
        checkpoint.write_beside(path, fail)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
