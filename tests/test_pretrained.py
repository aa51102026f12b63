"""Weights by name: they come back as they were stored, and damage of any kind is one clear error."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from feature_training import whitened
from toy import discs

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.gans.each_gradient import chain_of
from gancourse.gans.latent import Attribute, Directions, draw_latents
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.networks.features import build_maps
from gancourse.networks.regressor import build_regressor
from gancourse.training.recipes import Recipe

LATENTS = draw_latents(5, 16)
RECIPE = {"latent_dim": 16, "base": 4, "size": 16, "local": False, "sparse": False}
NAMES = ("ventricles", "brain")
DEEP = "[" * 100_000


@pytest.fixture(scope="module")
def generator():
    return pretrained.CODECS["lagan"].build(RECIPE)


@pytest.fixture
def folder(generator, tmp_path):
    """Weights "toy" of one small generator."""
    about = {"kind": "lagan", "recipe": RECIPE, "command": "python toy.py", "cohort": "discs"}
    pretrained.save("toy", generator, about, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def space():
    """A tiny regressor, and a direction of one of its two attributes; the other one has none."""
    attributes = [Attribute(name, f"{name} area", "mm2", 1.0, 9.0) for name in NAMES]
    weights = np.random.default_rng(0).normal(size=(16, 1))
    regressor = AttributeRegressor(NAMES, build_regressor(2, 16), np.array([5.0, 7.0]), np.array([1.0, 2.0]))
    return pretrained.LatentSpace(
        Directions(attributes[1:], weights, np.array([4.0])), regressor, attributes[0]
    )


def test_a_network_comes_back_with_its_card(generator, folder):
    loaded = pretrained.load("toy", folder=folder)
    np.testing.assert_allclose(loaded(LATENTS), generator(LATENTS), atol=0.01)
    assert loaded(LATENTS).dtype == "float32"
    card = pretrained.card("toy", "lagan", folder)
    assert (card.name, card.command, card.about) == ("toy", "python toy.py", {"cohort": "discs"})
    assert card.sha256 == hashlib.sha256((folder / "toy.npz").read_bytes()).hexdigest()
    assert pretrained.names("lagan", folder) == ["toy"] and pretrained.names("dcgan", folder) == []


def test_a_latent_space_comes_back(space, generator, tmp_path):
    about = {"kind": "latent space", "recipe": {"values": 2, "size": 16, "epochs": 8}}
    pretrained.save("latent/toy", space, about, tmp_path)
    assert pretrained.names(folder=tmp_path) == ["latent/toy"]
    again = pretrained.load("latent/toy", folder=tmp_path)
    assert again.directions.attributes == space.directions.attributes and again.attribute == space.attribute
    np.testing.assert_allclose(
        again.directions.predict(LATENTS), space.directions.predict(LATENTS), atol=1e-4
    )
    images = np.random.default_rng(1).uniform(-1, 1, (3, 16, 16))
    assert again.regressor.names == NAMES
    np.testing.assert_allclose(again.regressor.measure(images), space.regressor.measure(images), atol=0.02)
    values = again.gradient(generator).value(LATENTS)
    painted = generator(LATENTS, training=False).numpy()
    np.testing.assert_allclose(values, again.regressor.measure(painted)[:, 0], atol=1e-3)
    pretrained.save("latent/other", replace(space, attribute=None), about, tmp_path)
    assert pretrained.load("latent/other", folder=tmp_path).gradient(generator) is None


def test_features_come_back(tmp_path):
    widths = (3, 4, 5, 6)
    network = whitened(build_maps(widths), discs(60, 32)[..., None], ("t1",))
    about = {"kind": "features", "recipe": {"widths": widths}}
    card = pretrained.save("features/small", network, about, tmp_path)
    assert (card.about["modalities"], card.about["sizes"]) == (["t1"], [16, 32])
    again = pretrained.load("features/small", folder=tmp_path)
    images = np.random.default_rng(1).uniform(-1, 1, (5, 32, 32))
    for x in (images, images[:, ::2, ::2]):
        np.testing.assert_allclose(again.embed(x), network.embed(x), atol=0.05)


def test_both_networks_of_a_gan_come_back(tmp_path):
    recipe = {"networks": "resize", "base": 2, "d_base": 2, "d_norm": "none", "size": 16, "latent_dim": 4}
    pair = pretrained.Pair(*Recipe(**recipe).build_networks())
    pretrained.save("privacy/toy", pair, {"kind": "pair", "recipe": recipe}, tmp_path)
    again = pretrained.load("privacy/toy", folder=tmp_path)
    latents, images = draw_latents(3, 4), np.random.default_rng(1).uniform(-1, 1, (3, 16, 16, 1))
    assert again.latent_dim == 4
    np.testing.assert_allclose(again.generator(latents), pair.generator(latents), atol=0.01)
    np.testing.assert_allclose(again.discriminator(images), pair.discriminator(images), atol=0.01)
    assert len(chain_of(again.discriminator)) == len(chain_of(pair.discriminator)) == 5  # can be trained on


def test_unknown_names_and_kinds_list_those_there_are(folder):
    for name in ("dcgan-t9", "../toy", "/toy", "", f"../{folder.name}/toy", "toy.json"):
        with pytest.raises(InputError, match="unknown; there are toy$"):
            pretrained.load(name, folder=folder)
    with pytest.raises(InputError, match="'toy': no dcgan but a lagan"):
        pretrained.load("toy", "dcgan", folder)


@pytest.mark.parametrize("name", ["", "Dcgan", "a/b/c", "..", "../a", "/a", "a--b", "a.b", "a\n"])
def test_impossible_names(generator, tmp_path, name):
    with pytest.raises(InputError, match="name"):
        pretrained.save(name, generator, {"kind": "lagan", "recipe": RECIPE}, tmp_path / "weights")
    assert list(tmp_path.iterdir()) == []


def refused(folder, file):
    """Whether loading "toy" is refused in one line that names the file and the next step."""
    with pytest.raises(InputError) as caught:
        pretrained.load("toy", folder=folder)
    message = str(caught.value)
    assert message.startswith(str(folder / file)) and "install the course again, or export" in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("damage", ["flip", "half", "gone", "a folder"])
def test_damaged_weights(folder, damage):
    path = folder / "toy.npz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes(data if damage == "flip" else data[:100])
    assert "missing, damaged" in refused(folder, "toy.npz")


@pytest.mark.parametrize("damage", ["half", "nothing", "text", "an array less", "another shape"])
def test_damaged_weights_whose_checksum_is_right(folder, damage):
    path, card = folder / "toy.npz", json.loads((folder / "toy.json").read_text())
    with np.load(path) as file:
        arrays = dict(file)
    if damage == "an array less":
        arrays.popitem()
    if damage == "another shape":
        arrays["network.0"] = arrays["network.0"][:, :5]
    np.savez(path, **arrays)
    cut = {"half": path.read_bytes()[:1000], "nothing": b"", "text": b"weights"}
    path.write_bytes(cut.get(damage, path.read_bytes()))
    card["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "toy.json").write_text(json.dumps(card))
    assert "does not fit its card" in refused(folder, "toy.npz")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "7", DEEP, "null", "\xff"], ids=lambda text: text[:3])
def test_no_card(folder, text):
    (folder / "toy.json").write_bytes(text.encode("latin-1"))
    refused(folder, "toy.json")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        *((f'"{part}":', '"x":', f"no {part}") for part in ("name", "kind", "recipe", "sha256")),
        ('"recipe": {', '"recipe": [1], "x": {', "recipe=[1]"),
        ('"sha256": "', '"sha256": 7, "x": "', "sha256=7"),
        ('"python toy.py"', "{}", "command={}"),
        ('"lagan"', '"oracle"', "kind='oracle': unknown"),
        ('"toy"', '"other"', "other"),
        ('"local"', '"local": true, "local"', "no model card"),
        *(('"size": 16', f'"size": {size}', "does not fit its card") for size in ("-16", "0", '"16"', "[]")),
        *(('"base": 4', f'"base": {base}', "does not fit its card") for base in ("4.5", "null", '4, "x": 1')),
    ],
)
def test_a_card_that_cannot_be(folder, was, now, said):
    text = (folder / "toy.json").read_text()
    assert was in text
    (folder / "toy.json").write_text(text.replace(was, now))
    assert said in refused(folder, "toy.npz" if "fit" in said else "toy.json")


def test_a_changed_byte_of_a_card_loads_the_same_network_or_is_refused(generator, folder):
    path, rng = folder / "toy.json", np.random.default_rng(0)
    whole, expected = path.read_bytes(), pretrained.load("toy", folder=folder)(LATENTS).numpy()
    counts = {"same": 0, "refused": 0}
    for _ in range(300):
        data = bytearray(whole)
        data[rng.integers(len(data))] ^= rng.integers(1, 256)
        path.write_bytes(data)
        try:
            found = pretrained.load("toy", folder=folder)(LATENTS).numpy()
        except InputError:
            counts["refused"] += 1
        else:
            np.testing.assert_array_equal(found, expected)
            counts["same"] += 1
    assert min(counts.values()) > 10
