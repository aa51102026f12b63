"""Weights by name: they come back as they were stored, and damage of any kind is one clear error."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from toy import discs

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.errors import InputError
from gancourse.gans.gan import draw_latents
from gancourse.gans.latent import Attribute, Directions
from gancourse.metrics import corruptions, morphometry
from gancourse.metrics.fidelity import kid
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.metrics.learned.feature_network import FeatureNetwork, halve
from gancourse.networks.features import build_maps
from gancourse.networks.regressor import build_regressor
from gancourse.project import COHORT, project_root
from gancourse.training.loop import images_of

LATENTS = draw_latents(5, 16)
RECIPE = {"latent_dim": 16, "base": 4, "size": 16, "local": False, "sparse": False}
NAMES = ("ventricles", "brain")


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
    network = FeatureNetwork.fitted(build_maps(widths), discs(60, 32)[..., None], ("t1",))
    about = {"kind": "features", "recipe": {"widths": widths}}
    card = pretrained.save("features/small", network, about, tmp_path)
    assert (card.about["modalities"], card.about["sizes"]) == (["t1"], [16, 32])
    again = pretrained.load("features/small", folder=tmp_path)
    images = np.random.default_rng(1).uniform(-1, 1, (5, 32, 32))
    for x in (images, images[:, ::2, ::2]):
        np.testing.assert_allclose(again.embed(x), network.embed(x), atol=0.05)


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


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "7", '"toy"', "null", "[" * 100_000, "\xff"])
def test_no_card(folder, text):
    (folder / "toy.json").write_bytes(text.encode("latin-1"))
    refused(folder, "toy.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *(({part: None}, f"no {part}") for part in ("name", "kind", "recipe", "sha256")),
        ({"recipe": [1]}, "recipe="),
        ({"sha256": 7}, "sha256=7"),
        ({"scores": "good"}, "scores='good'"),
        ({"command": {}}, "command="),
        ({"kind": "vae"}, "kind='vae': unknown"),
        ({"name": "other"}, "other"),
    ],
)
def test_a_card_that_lacks_a_part_or_has_one_of_another_type(folder, change, said):
    card = json.loads((folder / "toy.json").read_text()) | change
    text = json.dumps({key: value for key, value in card.items() if value is not None})
    (folder / "toy.json").write_text(text)
    assert said in refused(folder, "toy.json")


@pytest.mark.parametrize(
    "change",
    [
        {"size": -16},
        {"size": 0},
        {"size": "16"},
        {"base": 4.5},
        {"base": None},
        {"more": 1},
        {"latent_dim": []},
    ],
)
def test_a_recipe_that_cannot_be(folder, change):
    card = json.loads((folder / "toy.json").read_text())
    (folder / "toy.json").write_text(json.dumps(card | {"recipe": RECIPE | change}))
    assert "does not fit its card" in refused(folder, "toy.npz")


def test_a_recipe_that_says_a_thing_twice(folder):
    text = (folder / "toy.json").read_text().replace('"local": false', '"local": false, "local": true')
    (folder / "toy.json").write_text(text)
    refused(folder, "toy.json")


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


def test_shipped_weights_are_whole():
    for name in pretrained.names():
        card, data = pretrained.card(name), (pretrained.WEIGHTS / f"{name}.npz").read_bytes()
        assert card.sha256 == hashlib.sha256(data).hexdigest()
        assert card.command.startswith(("gancourse train", "python tests/", "python experiments/"))
        if card.kind == "dcgan":
            images = pretrained.load(name)(draw_latents(4, card.recipe["latent_dim"]), training=False)
            assert images.shape == (4, card.recipe["size"], card.recipe["size"], 1)
        elif card.kind in ("pix2pix", "segmenter"):
            network = pretrained.load(name)
            found = network(np.zeros((2, 64, 64, network.input_shape[-1])), training=False)
            heads = found if isinstance(found, dict) else {"only": found}
            assert all(head.shape[:3] == (2, 64, 64) and np.isfinite(head).all() for head in heads.values())


def test_shipped_directions_fit_their_generators():
    for name in pretrained.names("latent space"):
        card, found = pretrained.card(name), pretrained.load(name).directions
        generator = pretrained.card(name.removeprefix("latent/"))
        assert card.about["generator"] == generator.sha256, f"{name}: make its directions again"
        assert len(found.weights) == generator.recipe["latent_dim"]
        assert all(a.low < a.high for a in found.attributes)
        for attribute in found.names:
            assert card.scores["directions"][attribute]["r2"] > 0.25
            assert card.scores["regressor"][attribute]["r2"] > 0.9


def test_the_shipped_gradient_changes_tumours():
    """In the eyes of the regressor, and of a threshold that took no part in the search."""
    assert pretrained.load("latent/dcgan-t1").attribute is None
    generator = pretrained.load("dcgan-flair")
    gradient = pretrained.load("latent/dcgan-flair").gradient(generator)
    z = draw_latents(40, seed=5)
    more, less = gradient.move(z, gradient.value(z) + 800), gradient.move(z, gradient.value(z) - 800)
    assert np.median(gradient.value(more) - gradient.value(less)) == pytest.approx(1600, abs=30)
    large, small = (
        morphometry.by_threshold(generator(latents, training=False).numpy()[..., 0], "flair")["tumour"]
        for latents in (more, less)
    )
    assert (large > small).mean() > 0.8 and (large - small).mean() > 500


def test_shipped_features_see_what_they_have_to():
    """On held-out patients, as `experiments/features.py` measured it for the card."""
    for name in pretrained.names("features"):
        about = pretrained.card(name).about
        assert about["failures"] == []
        for modality in about["modalities"]:
            for size in about["sizes"]:
                scores = {k: about["kid_se"][f"{modality} {size} {k}"] for k in SETS}
                for better, worse in zip(SETS, SETS[1:], strict=False):
                    better = "real" if worse.startswith(("checker", "noise")) else better
                    (a, a_se), (b, b_se) = scores[better], scores[worse]
                    assert b - a > 3 * np.hypot(a_se, b_se), (modality, size, better, worse)


SETS = ("real", "blur 0.5", "blur 1", "checkerboard 0.05", "checkerboard 0.1", "noise 0.1")


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    """T1 slices of the default cohort, and whose they are: of its held-out patients, and of the others."""
    folder = project_root() / COHORT
    if not (folder / "subjects.csv").exists():
        pytest.skip("no phantoms here; make cohort")
    out = tmp_path_factory.mktemp("phantoms") / "slices"
    slices = make_slices(find_subjects(folder), out, modalities=("t1",))
    patients, training = slices.table["patient"].to_numpy(), slices.select("train")
    rows = [np.setdiff1d(np.arange(len(slices)), training), training]
    return [(images_of(slices, "t1", r), patients[r]) for r in rows]


@pytest.mark.parametrize("size", [64, 32])
def test_shipped_features_rank_what_was_made_worse(phantoms, size):
    """Eleven held-out patients, changed, against the other 37: each worse by three standard errors."""
    (images, whose), (real, whose_real) = phantoms
    images, real = (x if size == 64 else halve(x) for x in (images, real))
    embed = pretrained.load("features/brain-mr").embed
    reference = embed(real)
    found = {
        name: kid(embed(spoiled), reference, whose, whose_real)
        for name, spoiled in {
            "real": images,
            "blur 0.5": corruptions.blurred(images, 0.5),
            "blur 1": corruptions.blurred(images, 1.0),
            "checkerboard": corruptions.checkered(images, 0.1),
            "noise": corruptions.noisy(images, 0.15),
        }.items()
    }
    print(size, found)
    for better, worse in (
        ("real", "blur 0.5"),
        ("blur 0.5", "blur 1"),
        ("real", "checkerboard"),
        ("real", "noise"),
    ):
        (a, a_se), (b, b_se) = found[better], found[worse]
        assert b - a > 3 * np.hypot(a_se, b_se), (better, worse)
