"""The segmenter: any size, any subset, trained and taken up again, stored and loaded."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gancourse import export
from gancourse.cohort.phantom.sections import write_sections
from gancourse.errors import InputError
from gancourse.segmentation import segmenter, segmenter_training

SMALL = segmenter_training.SegmenterRecipe(filters=(4, 8), full=4, batch_size=2)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    write_sections(folder / "sections", 2, seed=3, slices=3, workers=1, progress=False)
    patch = pytest.MonkeyPatch()
    patch.setattr(segmenter_training, "STEPS", 2)
    arguments = (SMALL, folder / "sections")
    segmenter_training.train(*arguments, folder / "run", epochs=2, precision="float32", verbose=0)
    segmenter_training.train(
        *arguments, folder / "parts", epochs=2, minutes=1e-6, precision="float32", verbose=0
    )
    patch.undo()
    return folder


@pytest.fixture(scope="module")
def small(run):
    return segmenter.Segmenter(export.load_run(run / "run", "segmenter")[0])


def test_predict_any_size(small):
    rng = np.random.default_rng(0)
    images, brain = rng.uniform(0, 100, (3, 37, 50, 4)), np.ones((3, 37, 50), bool)
    tumour, tissue = small.predict(images, brain)
    assert tumour.shape == tissue.shape == (3, 37, 50, 4)
    np.testing.assert_allclose(tumour.sum(-1), 1, atol=1e-5)
    alone = small.predict(images[1:2], brain[1:2])[0]
    np.testing.assert_allclose(alone, tumour[1:2], atol=1e-5)  # a slice does not depend on the others
    assert small.predict(images[:0], brain[:0])[0].shape == (0, 37, 50, 4)


def test_what_is_not_present_is_not_looked_at(small):
    rng = np.random.default_rng(0)
    images, brain = rng.uniform(0, 100, (1, 32, 32, 4)), np.ones((1, 32, 32), bool)
    found = small.predict(images, brain, ("flair", "t1"))[0]
    images[..., 1:3] = np.nan
    np.testing.assert_array_equal(small.predict(images, brain, ("t1", "flair"))[0], found)


def test_flips_make_mirrored_input_mirrored_output(small):
    rng = np.random.default_rng(0)
    images, brain = rng.uniform(0, 100, (1, 32, 32, 4)), rng.random((1, 32, 32)) < 0.7
    straight, mirrored = (
        small.predict(images, brain)[1],
        small.predict(images[:, :, ::-1], brain[:, :, ::-1])[1],
    )
    np.testing.assert_allclose(mirrored[:, :, ::-1], straight, atol=1e-5)


def test_predict_errors(small):
    images, brain = np.zeros((1, 32, 32, 4)), np.ones((1, 32, 32), bool)
    with pytest.raises(InputError, match="expected \\(N, H, W, 4\\)"):
        small.predict(images[..., :3], brain)
    with pytest.raises(InputError, match="one or more of t1"):
        small.predict(images, brain, ())
    with pytest.raises(InputError, match="dwi"):
        small.predict(images, brain, ("dwi",))


def test_goes_on_where_it_stopped(run):
    """Both parts together give the weights of the training in one go."""
    patch = pytest.MonkeyPatch()
    patch.setattr(segmenter_training, "STEPS", 2)
    segmenter_training.train(SMALL, run / "sections", run / "parts", epochs=2, precision="float32", verbose=0)
    patch.undo()
    whole, parts = (export.load_run(run / name, "segmenter")[0].get_weights() for name in ("run", "parts"))
    assert all(np.array_equal(a, b) for a, b in zip(whole, parts, strict=True))


def test_a_generator_is_no_segmenter():
    with pytest.raises(InputError, match="no segmenter"):
        segmenter.load("dcgan-t1")


def test_fine_grid_starts_from_the_coarse_one(run):
    """A training on every second pixel, then one that starts with its weights; sizes stay multiples of 32."""
    patch = pytest.MonkeyPatch()
    patch.setattr(segmenter_training, "STEPS", 1)
    coarse = replace(SMALL, grid_mm=2)
    files, _ = segmenter_training.find_sections(run / "sections")
    images, labels = next(iter(segmenter_training.batches(files, coarse)))
    assert images.shape == (2, 96, 96, 4) and labels["tumour"].shape == (2, 96, 96)
    segmenter_training.train(
        coarse, run / "sections", run / "coarse", epochs=1, precision="float32", verbose=0
    )
    still = replace(SMALL, rate=1e-12)
    arguments = (still, run / "sections", run / "fine", 1)
    fine = segmenter_training.train(*arguments, precision="float32", verbose=0, start=run / "coarse")
    patch.undo()
    wanted = export.load_run(run / "coarse", "segmenter")[0].trainable_weights
    for a, b in zip(fine.generator.trainable_weights, wanted, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-9)


def test_bad_input_leaves_nothing_behind(run, tmp_path):
    (tmp_path / "sections").mkdir()
    for file in (run / "sections").iterdir():
        (tmp_path / "sections" / file.name).write_bytes(file.read_bytes())
    damaged = tmp_path / "sections" / "00001.npy"
    damaged.write_bytes(damaged.read_bytes()[:1000])
    arguments = {"epochs": 1, "precision": "float32", "verbose": 0}
    with pytest.raises(InputError, match="00001.npy: not a file of sections"):
        segmenter_training.train(SMALL, tmp_path / "sections", tmp_path / "run", **arguments)
    wider = replace(SMALL, filters=(8, 8))
    with pytest.raises(InputError, match="run: a training of another network"):
        segmenter_training.train(wider, run / "sections", tmp_path / "run", start=run / "run", **arguments)
    for wrong, said in (({"minutes": float("nan")}, "minutes=nan"), ({"seed": 2**32}, "seed=4294967296")):
        with pytest.raises(InputError, match=said):
            segmenter_training.train(SMALL, run / "sections", tmp_path / "run", **(arguments | wrong))
    assert not (tmp_path / "run").exists()


def test_a_training_without_an_average_starts_from_another(run, tmp_path, monkeypatch):
    monkeypatch.setattr(segmenter_training, "STEPS", 1)
    plain = replace(SMALL, ema=0.0, rate=1e-12)
    arguments = (plain, run / "sections", tmp_path / "run", 1)
    model = segmenter_training.train(*arguments, precision="float32", verbose=0, start=run / "run")
    wanted = export.load_run(run / "run", "segmenter")[0].trainable_weights
    for a, b in zip(model.generator.trainable_weights, wanted, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-9, rtol=0)


def test_the_rate_falls():
    cosine, seen = segmenter_training.Cosine(1.0, 10), []
    model = SimpleNamespace(g_optimizer=SimpleNamespace())
    cosine.set_model(model)
    for epoch in range(11):
        cosine.on_epoch_begin(epoch)
        seen.append(model.g_optimizer.learning_rate)
    assert seen[0] == 1.0 and seen[10] == pytest.approx(0.01, abs=1e-6) and (np.diff(seen) < 0).all()


def test_store_and_load(run, tmp_path, small):
    export.export(run / "run", "small", "segmenter", lambda *_: {"regions": {}}, folder=tmp_path)
    loaded = segmenter.load("small", tmp_path)
    rng = np.random.default_rng(0)
    images, brain = rng.uniform(0, 100, (1, 32, 32, 4)), np.ones((1, 32, 32), bool)
    np.testing.assert_allclose(loaded.predict(images, brain)[0], small.predict(images, brain)[0], atol=0.02)
    assert loaded.card.sha256 and loaded.card.recipe["filters"] == [4, 8]
