"""Recipes of a VAE and a diffusion model: what they refuse, and that a training stops, goes on, is stored."""

import dataclasses
import json
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy import discs, slices

from gancourse import export, pretrained
from gancourse.errors import InputError
from gancourse.training import checkpoint
from gancourse.training.family_training import RECIPES
from gancourse.training.loop import train

SMALL = {
    "vae": ["size=16", "base=8", "batch_size=8", "latent_dim=4", "ema=0.9"],
    "ddpm": ["size=16", "base=8", "batch_size=8", "ema=0.9"],
}
TINY = {kind: RECIPES[kind]().change(changes) for kind, changes in SMALL.items()}
IMAGES = discs(32)[..., None]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return slices(tmp_path_factory.mktemp("slices") / "data")


@pytest.fixture(scope="module", params=["vae", "ddpm"])
def run(request, data, tmp_path_factory):
    """Two epochs of four steps, without a stop."""
    out = tmp_path_factory.mktemp("run") / request.param
    keras.backend.clear_session()
    train(TINY[request.param], data, out, epochs=2, precision="float32", verbose=0, command="gancourse")
    return request.param, out


@pytest.mark.parametrize("kind", TINY)
def test_a_recipe_comes_back_from_json(kind):
    stored = json.loads(json.dumps(dataclasses.asdict(TINY[kind])))
    assert RECIPES[kind](**stored) == TINY[kind] != RECIPES[kind]()
    assert "d_steps" not in stored


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("vae", "size=48", "size=48, base=8: expected a power of two"),
        ("ddpm", "base=12", "base=12: expected a power of two and a multiple of 8"),
        ("vae", "latent_dim=0", "latent_dim=0: expected a whole number from 1"),
        ("ddpm", "patch=3", "patch=3: expected 1, 2, 4 or 8"),
        ("ddpm", "patch=8", "patch=8: expected 1, 2, 4 or 8, and at most a quarter of size=16"),
        ("ddpm", "latent_dim=8", "'latent_dim=8': expected name=value with a name among"),
        ("vae", "rate=nan", "rate=nan: expected"),
        ("vae", "ema=1", "ema=1.0: expected"),
    ],
)
def test_refuses(kind, change, said):
    with pytest.raises(InputError, match=said) as refused:
        TINY[kind].change([change])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("size", "patch", "widths"), [(16, 4, 1), (32, 2, 3), (64, 2, 4), (256, 1, 4)])
def test_the_denoisers_depth_fits_the_image(size, patch, widths):
    recipe = RECIPES["ddpm"]().change([f"size={size}", "base=8", f"patch={patch}"])
    network = recipe.build_network()
    assert network.output_shape == (None, size, size, 1)
    assert sum("pooling" in layer.name for layer in network.layers) == widths - 1


@pytest.mark.parametrize("kind", TINY)
def test_saved_after_two_steps_and_loaded_it_goes_on_as_if_unbroken(kind, tmp_path):
    def steps(model, first, last):
        for k in range(first, last):
            model.train_step(tf.constant(IMAGES[8 * k :][:8]))

    unbroken, first, second = (TINY[kind].build(seed, "float32") for seed in (0, 0, 5))
    steps(unbroken, 0, 4)
    steps(first, 0, 2)
    about = {"settings": {"kind": kind}, "history": []}
    checkpoint.save(first, tmp_path / "checkpoint.npz", about)
    assert checkpoint.load(second, tmp_path / "checkpoint.npz") == about
    steps(second, 2, 4)
    wanted, found = checkpoint.state_of(unbroken), checkpoint.state_of(second)
    assert {name.split(".")[0] for name in wanted} == {"generator", "ema", "g_optimizer", "seed"}
    for name, variable in wanted.items():
        np.testing.assert_array_equal(variable.numpy(), found[name].numpy(), err_msg=name)


def test_a_training_leaves_its_files_and_goes_on_bit_for_bit(run, data, tmp_path):
    kind, whole = run
    assert sorted(p.name for p in whole.iterdir()) == [
        "checkpoint.npz",
        "log.csv",
        "samples",
        "settings.json",
    ]
    assert [p.name for p in sorted((whole / "samples").iterdir())] == ["epoch_0001.png", "epoch_0002.png"]
    for epochs in (1, 2):
        keras.backend.clear_session()  # as in a process of its own: sums are taken in the order of names
        train(TINY[kind], data, tmp_path / "parts", epochs=epochs, precision="float32", verbose=0)
    (_, arrays), (_, again) = (checkpoint.read(out / "checkpoint.npz") for out in (whole, tmp_path / "parts"))
    assert arrays.keys() == again.keys() and len(arrays) > 40
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)
    pictures = [(out / "samples" / "epoch_0002.png").read_bytes() for out in (whole, tmp_path / "parts")]
    assert pictures[0] == pictures[1]


def test_another_recipe_does_not_go_on(run, data):
    kind, out = run
    with pytest.raises(InputError, match=r"rate=0.001 \(now 0.002\)"):
        train(TINY[kind].change(["rate=0.002"]), data, out, epochs=3, precision="float32", verbose=0)


@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "above 0"),
        ({"epochs": 1, "modality": "t9"}, "t9"),
        ({"epochs": 1, "where": "tumour_px > 7"}, "tumour_px > 7"),
        ({"epochs": 1, "seed": -1}, "seed=-1"),
    ],
)
def test_bad_input_leaves_nothing_behind(kind, options, said, data, tmp_path):
    with pytest.raises(InputError, match=said):
        train(TINY[kind], data, tmp_path / "run", verbose=0, **options)
    with pytest.raises(InputError, match="slices of 16 pixels, but the recipe has size=32"):
        train(TINY[kind].change(["size=32"]), data, tmp_path / "run", epochs=1)
    assert list(tmp_path.iterdir()) == []


def test_stored_scored_and_loaded(run, data, tmp_path):
    kind, out = run
    score = partial(export.score_generator, slices=data, kind=kind)
    card = export.export(out, f"families/{kind}", kind, score, {"note": "discs"}, tmp_path)
    assert card.kind == kind and card.about["epochs"] == 2 and card.about["note"] == "discs"
    assert card.recipe == dataclasses.asdict(TINY[kind]) and card.scores["images_each"] == 16
    network, (trained, _) = pretrained.load(f"families/{kind}", kind, tmp_path), export.load_run(out, kind)
    images = [export.generate(it, kind, 5, seed=1) for it in (network, trained)]
    assert images[0].shape == (5, 16, 16) and np.abs(images[0]).max() <= 1
    np.testing.assert_allclose(*images, atol=0.03, rtol=0)  # float16
    np.testing.assert_array_equal(images[0], export.generate(network, kind, 5, seed=1))
    assert np.abs(images[0] - export.generate(network, kind, 5, seed=2)).max() > 1e-3


def test_a_folder_paints_as_the_model_that_was_trained(run, data):
    kind, out = run
    model = train(TINY[kind], data, out, epochs=2, precision="float32", verbose=0)
    network, _ = export.load_run(out, kind)
    painted = model.sample(model.draw_latents(3, 4))[..., 0]
    np.testing.assert_allclose(export.generate(network, kind, 3, seed=4), painted, atol=1e-4, rtol=0)


def test_steps_are_for_diffusion(run):
    kind, out = run
    network, _ = export.load_run(out, kind)
    usual, few = (export.generate(network, kind, 2, seed=1, steps=steps) for steps in (None, 2))
    assert (np.abs(usual - few).max() > 1e-3) == (kind == "ddpm")


def test_a_run_of_another_kind(run):
    kind, out = run
    other = {"vae": "ddpm", "ddpm": "vae"}[kind]
    with pytest.raises(InputError, match=f"damaged, or not of `gancourse train {other}`"):
        export.load_run(out, other)
