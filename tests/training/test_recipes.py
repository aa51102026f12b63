import dataclasses
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.networks.dcgan import Discriminator, Generator
from gancourse.training import recipes, variants
from gancourse.training.recipes import RECIPES, Recipe, choose_precision, choose_recipe


def test_plain_recipe_is_the_decks():
    deck = choose_recipe("deck")
    generator, discriminator = deck.build_networks()
    assert isinstance(generator, Generator) and isinstance(discriminator, Discriminator)
    assert (deck.loss, deck.g_rate, deck.d_rate, deck.beta1, deck.smooth) == ("bce", 1e-4, 1e-4, 0.9, 0.0)


def test_recipes_survive_json_and_differ():
    assert all(Recipe(**dataclasses.asdict(recipe)) == recipe for recipe in RECIPES.values())
    assert len(set(RECIPES.values())) == len(RECIPES)


def test_change():
    changed = choose_recipe("paper").change(["base=16", "g_rate=3e-4", "flip=false", "networks=resize"])
    assert (changed.base, changed.g_rate, changed.flip, changed.networks) == (16, 3e-4, False, "resize")
    assert changed.d_base == choose_recipe("paper").d_base


@pytest.mark.parametrize("name", RECIPES)
def test_the_seed_decides_where_the_weights_start(name):
    def kernels(seed):
        networks = choose_recipe(name).build(seed, "float32")
        weights = networks.generator.trainable_weights + networks.discriminator.trainable_weights
        return [w.numpy() for w in weights if w.numpy().std() > 0]  # biases start at 0, scales at 1

    first, again, other = (kernels(seed) for seed in (5, 5, 6))
    assert len(first) >= 10
    for one, same, different in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, same)
        assert np.abs(one - different).max() > 0
    drawn = [k.ravel()[:16] / k.std() for k in first]  # no two layers draw alike
    assert all(np.abs(a - b).max() > 1e-3 for a, b in itertools.combinations(drawn, 2) if a.shape == b.shape)


@pytest.mark.parametrize(
    "wrong",
    ["base=x", "base=1.5", "nothing=1", "flip=perhaps", "base=0", "g_rate=-1", "g_rate=nan", "loss=mse",
     "size=48", "networks=unet", "base", "d_norm=layer", "beta1=1", "ema=1", "gradient_penalty=10",
     "d_steps=0", "g_output=sigmoid"],
)  # fmt: skip
def test_change_refuses(wrong):
    with pytest.raises(InputError, match=wrong.partition("=")[0]):
        choose_recipe("paper").change([wrong])


@pytest.mark.parametrize("change", ["base=32", "d_norm=none", "dense=true"])
def test_decks_networks_stay_as_they_are(change):
    with pytest.raises(InputError, match="networks=transpose"):
        choose_recipe("deck").change([change])


@pytest.mark.parametrize("name", ["modulated", "relativistic"])
def test_later_recipes_train_both_networks(name):
    gan = choose_recipe(name).change(["size=16", "base=4", "d_base=4", "latent_dim=5"]).build(0, "float32")
    assert isinstance(gan, RelativisticGAN) and (gan.r1, gan.r2, gan.every) == (10.0, 10.0, 4)
    networks = (gan.generator, gan.discriminator)
    before = [network.get_weights() for network in networks]
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    for _ in range(2):  # the last convolution of a residual block starts at 0
        logs = gan.train_step(tf.constant(images))
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert gan.generator(np.zeros((2, 5), np.float32)).shape == (2, 16, 16, 1)
    for network, old in zip(networks, before, strict=True):
        assert max(np.abs(a - b).max() for a, b in zip(network.get_weights(), old, strict=True)) > 0


def test_no_penalty_where_the_recipe_has_none():
    gan = choose_recipe("modulated").change(["r1=0", "r2=0", "size=16"]).build(0, "float32")
    assert (gan.r1, gan.r2) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("modulated", "d_norm=none", "networks=modulated"),
        ("modulated", "noise=0.1", "loss=relativistic"),
        ("paper", "r2=1", "loss=bce"),
        ("r1", "every=2", "loss=bce"),
    ],
)
def test_options_that_would_do_nothing_are_refused(name, change, why):
    with pytest.raises(InputError, match=f"{change}.*: not with {why}; leave it out"):
        choose_recipe(name).change([change])


def test_smoothing_goes_with_probabilities():
    with pytest.raises(InputError, match="smooth=0.1"):
        choose_recipe("deck").change(["smooth=0.1", "loss=hinge"])


def test_shipped_cards_load_and_say_what_they_said():
    for name in ("dcgan-t1", "dcgan-flair", "dcgan-t1-deck"):
        said = pretrained.card(name).recipe
        recipe = dataclasses.asdict(Recipe(**said))
        assert {key: recipe[key] for key in said} == said
        added = {key: value for key, value in recipe.items() if key not in said}
        assert all(value == getattr(Recipe, key) for key, value in added.items())


def test_variants_change_what_they_say_and_nothing_else():
    for name, changes in variants.VARIANTS.items():
        found, plain = dataclasses.asdict(variants.variant(name)), dataclasses.asdict(variants.BASELINE)
        assert {key: value for key, value in found.items() if value != plain[key]} == changes, name
    with pytest.raises(InputError, match="baseline, pooling"):
        variants.variant("dropout")


def test_unknown_names_are_listed():
    with pytest.raises(InputError, match="deck, paper"):
        choose_recipe("dcgan")
    with pytest.raises(InputError, match="auto, float32"):
        choose_precision("float16")


@pytest.mark.parametrize(("has", "chosen"), [(True, "bfloat16"), (False, "float32")])
def test_precision_follows_the_hardware(monkeypatch, has, chosen):
    monkeypatch.setattr(recipes, "_has_bfloat16", lambda: has)
    assert choose_precision("auto") == chosen
    assert choose_precision("float32") == "float32"


def test_precision_follows_what_onednn_may_use(monkeypatch):
    monkeypatch.setattr("tensorflow.config.list_physical_devices", lambda kind: [])
    monkeypatch.setattr("pathlib.Path.exists", lambda path: True)
    monkeypatch.setattr("pathlib.Path.read_text", lambda path: "flags: avx2 avx512_bf16")
    for allowed, chosen in (("ALL", "bfloat16"), ("AVX512_CORE_BF16", "bfloat16"), ("AVX2", "float32")):
        monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", allowed)
        assert choose_precision("auto") == chosen


def test_building_leaves_keras_policy_alone():
    before = keras.config.dtype_policy().name
    generator, _ = choose_recipe("paper").build_networks("bfloat16")
    assert generator.layers[1].compute_dtype == "bfloat16" and keras.config.dtype_policy().name == before
