import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from toy import TINY, slices
from toy_patients import TINY_PATIENT, toy_patient_slices
from typer.testing import CliRunner

from gancourse import pretrained
from gancourse.cli import app
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.scheme import MODALITIES

SHIPPED = pretrained.WEIGHTS
SETTINGS = ["base=4", "d_base=4", "size=16", "latent_dim=8", "batch_size=8"]


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return slices(tmp_path_factory.mktemp("slices") / "data").folder


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """A training by the command line."""
    out = tmp_path_factory.mktemp("runs") / "run"
    changes = [a for setting in SETTINGS for a in ("--set", setting)]
    result = call(
        "train", "dcgan", "--recipe", "paper", *changes, "--data", data, "--out", out, "--epochs", 1
    )
    assert result.exit_code == 0, result.output
    return out


def test_train_leaves_checkpoint_log_and_samples(run):
    assert sorted(p.name for p in run.iterdir()) == ["checkpoint.npz", "log.csv", "samples", "settings.json"]


def test_sample_is_a_grid_and_the_seed_decides(run, tmp_path):
    for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        result = call("sample", "dcgan", "--run", run, "--n", 6, "-o", tmp_path / name, "--seed", seed)
        assert result.exit_code == 0, result.output
    assert Image.open(tmp_path / "a.png").size == (3 * 18 - 2, 2 * 18 - 2)
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert a == b != c


def test_export_then_sample_by_name(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path)
    shutil.copytree(SHIPPED / "features", tmp_path / "features")
    result = call("export", "dcgan", run, "--name", "dcgan-flair", "--data", data, "--note", "discs")
    assert result.exit_code == 0 and "nearer_to_train" in result.output
    result = call("sample", "dcgan", "--modality", "flair", "--n", 3, "-o", tmp_path / "images.npy")
    assert result.exit_code == 0, result.output
    images = np.load(tmp_path / "images.npy")
    assert images.shape == (3, 16, 16) and np.abs(images).max() <= 1
    result = call("sample", "dcgan", "--modality", "t1", "-o", tmp_path / "grid.png")
    assert result.exit_code == 2 and "'dcgan-t1': unknown; there are dcgan-flair" in result.stderr


@pytest.mark.parametrize("kind", ["vae", "ddpm"])
def test_a_relative_is_trained_goes_on_is_sampled_and_exported(kind, data, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "weights")
    shutil.copytree(SHIPPED / "features", tmp_path / "weights" / "features")
    out, changes = tmp_path / "run", [a for s in ("base=8", "size=16", "batch_size=8") for a in ("--set", s)]
    for epochs in (1, 2):
        result = call("train", kind, *changes, "--data", data, "--out", out, "--epochs", epochs)
        assert result.exit_code == 0, result.output
        assert len((out / "log.csv").read_text().splitlines()) == 1 + epochs
    assert sorted(p.name for p in out.iterdir()) == ["checkpoint.npz", "log.csv", "samples", "settings.json"]
    steps = ["--steps", 3] if kind == "ddpm" else []
    for name, seed, more in (("a.png", 1, steps), ("b.png", 1, steps), ("c.png", 2, steps), ("d.png", 1, [])):
        result = call("sample", kind, "--run", out, "--n", 6, "-o", tmp_path / name, "--seed", seed, *more)
        assert result.exit_code == 0, result.output
    assert Image.open(tmp_path / "a.png").size == (3 * 18 - 2, 2 * 18 - 2)
    a, b, c, usual = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png", "d.png"))
    assert a == b != c and (usual != a) == (kind == "ddpm")  # 50 steps in place of 3
    result = call("export", kind, out, "--name", f"families/{kind}", "--data", data, "--note", "discs")
    assert result.exit_code == 0 and "nearer_to_train" in result.output, result.output
    result = call("sample", kind, "--n", 3, "-o", tmp_path / "images.npy", *steps)
    assert result.exit_code == 0, result.output
    images = np.load(tmp_path / "images.npy")
    assert images.shape == (3, 16, 16) and images.dtype == np.float32 and np.abs(images).max() <= 1
    other = {"vae": "ddpm", "ddpm": "vae"}[kind]
    result = call("sample", other, "--weights", f"families/{kind}", "-o", tmp_path / "e.png")
    assert result.exit_code == 2 and f"'families/{kind}': no {other} but a {kind}" in result.stderr
    result = call("sample", other, "--run", out, "-o", tmp_path / "e.png")
    assert result.exit_code == 2 and f"not of `gancourse train {other}`" in result.stderr
    assert not (tmp_path / "e.png").exists()


def test_pix2pix_trains_and_is_exported(data, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path)
    out, changes = tmp_path / "run", ["--set", "width=4", "--set", "depth=3", "--set", "batch_size=8"]
    result = call(
        "train", "pix2pix", "--direction", "mr-to-tissue", "--modality", "t1", "--no-discriminator",
        *changes, "--data", data, "--out", out, "--epochs", 1,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in out.iterdir()) == ["checkpoint.npz", "log.csv", "settings.json"]
    result = call("sample", "dcgan", "--run", out, "-o", tmp_path / "grid.png")
    assert result.exit_code == 2 and "not of `gancourse train dcgan`" in result.stderr
    assert len(result.stderr.splitlines()) == 1 and not (tmp_path / "grid.png").exists()
    result = call("export", "pix2pix", out, "--name", "pix2pix-t1", "--data", data)
    assert result.exit_code == 0 and "dice_GM" in result.output
    assert pretrained.card("pix2pix-t1").recipe["discriminator"] is False


def test_patients_are_trained_and_sampled_as_brats_folders(tmp_path):
    data, out = toy_patient_slices(tmp_path / "data").folder, tmp_path / "run"
    changes = [a for setting in TINY_PATIENT for a in ("--set", setting)]
    result = call("train", "patient", *changes, "--data", data, "--out", out, "--epochs", 1)
    assert result.exit_code == 0, result.output
    folders = [tmp_path / name for name in "abcd"]
    for folder, seed, psi in zip(folders, (1, 1, 2, 1), (1, 1, 1, 0.5), strict=True):
        result = call(
            "sample", "patient", "--run", out, "--n", 3, "-o", folder, "--seed", seed, "--truncation", psi
        )
        assert result.exit_code == 0, result.output
    name = "Brats18_GENERATED_0002_1"
    assert len(find_subjects(folders[0])) == 3
    assert [s.modalities for s in find_subjects(folders[0])] == [MODALITIES] * 3
    a, b, c, d = ((folder / name / f"{name}_t1.nii.gz").read_bytes() for folder in folders)
    assert a == b and len({a, c, d}) == 3
    assert Image.open(folders[0] / "patients.png").size == (5 * 128, 3 * 128)
    result = call("sample", "patient", "--run", out, "-o", folders[0])
    assert result.exit_code == 2 and "not an empty folder" in result.stderr
    result = call("sample", "patient", "--run", out, "-o", tmp_path / "data" / "table.csv")
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "patient", "-o", "p", "--n", "0"], "n=0: expected 1 to 10000"),
        (["sample", "patient", "-o", "p", "--truncation", "1.5"], "truncation=1.5: expected 0"),
        (["sample", "patient", "-o", "p", "--truncation", "nan"], "truncation=nan: expected 0"),
        (["sample", "patient", "-o", "p", "--weights", "dcgan-t1"], "'dcgan-t1': no patient but a dcgan"),
        (["sample", "patient", "-o", "p", "--run", "nowhere"], "nowhere/checkpoint.npz: no checkpoint"),
        (["train", "patient", "--out", "r", "--data", "nowhere", "--epochs", "1"], "nowhere"),
        (["train", "patient", "--out", "r", "--set", "size=100", "--epochs", "1"], "size=100: expected"),
        (["export", "patient", "nowhere", "--data", "nowhere"], "nowhere"),
        (["sample", "dcgan", "-o", "g.png", "--n", "0"], "n=0: expected 1 to 10000"),
        (["sample", "dcgan", "-o", "g.png", "--n", "many"], "'--n'"),
        (["sample", "dcgan", "-o", "g.gif"], "g.gif: expected a name that ends in .png"),
        (["sample", "dcgan", "-o", "nowhere/g.png"], "folder that exists"),
        (["sample", "dcgan", "-o", "g.png", "--run", "nowhere"], "nowhere/checkpoint.npz: no checkpoint"),
        (["sample", "dcgan", "-o", "g.png", "--weights", "x"], "weights 'x': unknown"),
        (
            ["sample", "dcgan", "-o", "g.png", "--weights", "../weights/dcgan-t1"],
            "unknown; there are dcgan-flair",
        ),
        (
            ["sample", "dcgan", "-o", "g.png", "--weights", "segmenter"],
            "'segmenter': no dcgan but a segmenter",
        ),
        (["sample", "dcgan", "-o", "g.png", "--modality", "t2"], "weights 'dcgan-t2': unknown"),
        (["sample", "dcgan", "-o", "g.png", "--run", "r", "--weights", "dcgan-t1"], "--run and --weights"),
        (["sample", "dcgan", "-o", "."], "expected"),
        (["sample", "ddpm", "-o", "g.png", "--steps", "0"], "steps=0: expected 1 to 1000"),
        (["sample", "ddpm", "-o", "g.png", "--steps", "1001"], "steps=1001: expected 1 to 1000"),
        (["sample", "ddpm", "-o", "g.png", "--n", "0"], "n=0: expected 1 to 10000"),
        (["sample", "ddpm", "-o", "g.png", "--run", "nowhere"], "nowhere/checkpoint.npz: no checkpoint"),
        (["sample", "vae", "-o", "g.png", "--steps", "50"], "--steps"),
        (["sample", "vae", "-o", "g.gif"], "g.gif: expected a name that ends in .png"),
        (["sample", "vae", "-o", "g.png", "--weights", "dcgan-t1"], "'dcgan-t1': no vae but a dcgan"),
        (["train", "vae", "--out", "r", "--data", "nowhere", "--epochs", "1"], "nowhere"),
        (["train", "ddpm", "--out", "r", "--set", "patch=3", "--epochs", "1"], "patch=3: expected"),
        (["train", "ddpm", "--out", "r", "--set", "d_rate=1", "--epochs", "1"], "'d_rate=1': expected name"),
        (["export", "ddpm", "nowhere", "--name", "x", "--data", "nowhere"], "nowhere"),
        (["train", "dcgan", "--out", "r", "--data", "nowhere", "--epochs", "1"], "nowhere"),
        (["train", "dcgan", "--out", "r", "--recipe", "best", "--epochs", "1"], "recipe 'best'"),
        (["train", "dcgan", "--out", "r", "--set", "width=3", "--epochs", "1"], "'width=3'"),
        (["train", "dcgan", "--epochs", "1"], "--out"),
        (["train", "pix2pix", "--out", "r", "--epochs", "1"], "--direction"),
        (
            ["train", "pix2pix", "--out", "r", "--direction", "ct-to-mr", "--epochs", "1"],
            "direction='ct-to-mr'",
        ),
        (["train", "pix2pix", "--out", "r", "--direction", "labels-to-mr", "--epochs", "1"], "--modality"),
        (["export", "pix2pix", "nowhere", "--name", "x", "--data", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2 and result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: ") and message in lines[0]
    assert list(tmp_path.iterdir()) == []


PIX2PIX = ["train", "pix2pix", "--direction", "mr-to-tissue", "--modality", "t1"]


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        (PIX2PIX, ["--set", "rate=-1"], "rate=-1.0: expected a number from 1e-12 to 1"),
        (PIX2PIX, ["--set", "rate=nan"], "rate=nan: expected"),
        (PIX2PIX, ["--set", "drop=nan"], "drop=nan: expected"),
        (PIX2PIX, ["--set", "ema=2"], "ema=2.0: expected"),
        (PIX2PIX, ["--set", "batch_size=0"], "batch_size=0: expected"),
        (PIX2PIX, ["--set", "depth=7"], "depth=7: for slices of 16 pixels, expected 1 to 4"),
        (PIX2PIX, ["--set", "depth=3", "--set", "depth=2"], "depth is set twice"),
        (PIX2PIX, ["--set", "batch_size=100"], "fewer than a batch of 100"),
        (PIX2PIX, ["--where", "tumour_px >"], "where='tumour_px >'"),
        (PIX2PIX, ["--modality", "dwi"], "modality='dwi': expected one of all, t1"),
        (PIX2PIX, ["--modality", "t2"], "holds t1, flair"),
        (PIX2PIX, ["--seed", "4294967296"], "seed=4294967296: expected"),
        (PIX2PIX, ["--minutes", "nan"], "minutes"),
        (PIX2PIX, ["--precision", "float16"], "precision 'float16': expected"),
        (["train", "dcgan"], ["--set", "g_rate=inf"], "g_rate=inf: expected"),
        (["train", "dcgan"], ["--where", "tumour_px.nothing > 0"], "where="),
        (["train", "dcgan"], ["--modality", "dwi"], "modality='dwi'"),
        (["train", "vae"], ["--set", "latent_dim=0"], "latent_dim=0: expected"),
        (["train", "vae"], ["--set", "size=32"], "slices of 16 pixels, but the recipe has size=32"),
        (["train", "ddpm"], ["--set", "batch_size=100"], "fewer than a batch of 100"),
        (["train", "ddpm"], ["--modality", "t2"], "holds t1, flair"),
        (["train", "ddpm"], ["--minutes", "nan"], "minutes"),
        (["train", "segmenter"], ["--set", "filters=64,"], "filters='64,': expected"),
        (["train", "segmenter"], ["--set", "rate=0"], "rate=0.0: expected"),
        (["train", "segmenter"], ["--minutes", "nan"], "minutes"),
        (["train", "segmenter"], ["--start", "nowhere"], "no sections here"),
    ],
)
def test_impossible_options_are_one_line_before_the_work(
    data, tmp_path, monkeypatch, command, options, message
):
    from gancourse.training import checkpoint

    monkeypatch.setattr(checkpoint.Checkpoint, "on_train_begin", lambda *_: pytest.fail("it trains"))
    of_relatives = ["base=8", "size=16"]
    small = {
        "dcgan": SETTINGS, "pix2pix": ["depth=3"], "segmenter": [], "vae": of_relatives, "ddpm": of_relatives
    }[command[1]]  # fmt: skip
    changed = {option.split("=")[0] for option in options}
    tiny = [a for setting in small if setting.split("=")[0] not in changed for a in ("--set", setting)]
    recipe = ["--recipe", "paper"] if command[1] == "dcgan" else []
    result = call(
        *command, *recipe, *tiny, *options, "--data", data, "--out", tmp_path / "run", "--epochs", 1
    )
    lines = result.stderr.strip().splitlines()
    assert result.exit_code == 2 and len(lines) == 1 and lines[0].startswith("error: "), result.output
    assert message in lines[0], lines
    assert list(tmp_path.iterdir()) == []


def test_help_does_not_load_tensorflow():
    code = "import sys, gancourse.cli; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_tiny_settings_are_the_tests_recipe():
    assert {f"{s.split('=')[0]}={getattr(TINY, s.split('=')[0])}" for s in SETTINGS} == set(SETTINGS)
