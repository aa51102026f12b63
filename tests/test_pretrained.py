import json

import numpy as np
import pytest
from toy import TINY, slices

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.images import halve
from gancourse.metrics import corruptions
from gancourse.metrics.fidelity import kid
from gancourse.project import COHORT, project_root
from gancourse.training.loop import images_of, train

LATENTS = draw_latents(5, 8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return slices(tmp_path_factory.mktemp("slices") / "data", 96)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(TINY, data, out, epochs=1, verbose=0, command="gancourse train dcgan --out run")
    return out


@pytest.fixture
def folder(run, data, tmp_path):
    """Weights `dcgan-toy`, exported."""
    pretrained.export(run, "dcgan-toy", data, {"cohort": "discs"}, folder=tmp_path)
    return tmp_path


def test_load_gives_the_exported_generator(run, folder):
    generator, _ = pretrained.load_run(run)
    loaded = pretrained.load("dcgan-toy", folder)
    np.testing.assert_allclose(loaded(LATENTS, training=False), generator(LATENTS, training=False), atol=0.01)
    assert loaded(LATENTS, training=False).dtype == "float32"


def test_card_says_what_it_is(folder):
    card = pretrained.card("dcgan-toy", folder)
    assert card["command"] == "gancourse train dcgan --out run" and card["cohort"] == "discs"
    assert card["epochs"] == 1 and card["minutes"] >= 0 and card["data"]["images"] == 64
    assert card["scores"]["images_each"] == 32 and card["scores"]["patients_each"] == 8
    assert card["scores"]["ratio"] > 0.5
    assert pretrained.names(folder) == ["dcgan-toy"]


def test_unknown_name_lists_those_there_are(folder):
    with pytest.raises(InputError, match="'dcgan-t9'.*dcgan-toy"):
        pretrained.load("dcgan-t9", folder)


@pytest.mark.parametrize("damage", ["flip", "half", "gone"])
def test_damaged_weights(folder, damage):
    path = folder / "dcgan-toy.npz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data if damage == "flip" else data[:100])
    with pytest.raises(InputError, match="dcgan-toy.npz: missing, damaged"):
        pretrained.load("dcgan-toy", folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{"])
def test_damaged_card(folder, text):
    (folder / "dcgan-toy.json").write_text(text)
    with pytest.raises(InputError, match="dcgan-toy.json"):
        pretrained.load("dcgan-toy", folder)


@pytest.mark.parametrize("name", ["", "Dcgan", "a/b", "..", "a--b", "a.b"])
def test_impossible_names(run, data, tmp_path, name):
    with pytest.raises(InputError, match="name"):
        pretrained.export(run, name, data, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_slices_than_trained_on(run, tmp_path):
    with pytest.raises(InputError, match="not the slices"):
        pretrained.export(run, "dcgan-toy", slices(tmp_path / "other", 48), folder=tmp_path)


def test_no_training_there(data, tmp_path):
    with pytest.raises(InputError, match="checkpoint.npz: no checkpoint"):
        pretrained.export(tmp_path, "dcgan-toy", data, folder=tmp_path)


def test_shipped_weights_are_whole():
    for name in pretrained.names():
        generator, card = pretrained.load(name), pretrained.card(name)
        if "latent_dim" in card["recipe"]:
            images = generator(draw_latents(4, card["recipe"]["latent_dim"]), training=False)
            assert images.shape == (4, card["recipe"]["size"], card["recipe"]["size"], 1)
        else:
            found = generator(np.zeros((2, 64, 64, generator.input_shape[-1])), training=False)
            heads = found if isinstance(found, dict) else {"only": found}
            assert all(head.shape[:3] == (2, 64, 64) and np.isfinite(head).all() for head in heads.values())
        assert json.dumps(card["scores"]) and card["command"].startswith(("gancourse train", "python tests/"))


@pytest.fixture(scope="module")
def measured():
    """A tiny regressor and directions of the same two attributes."""
    from gancourse.gans.latent import Attribute, Directions
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
    from gancourse.networks.regressor import build_regressor

    names = ("ventricles", "brain")
    weights = np.random.default_rng(0).normal(size=(8, 1))
    found = Directions([Attribute("brain", "brain area", "mm2", 1.0, 9.0)], weights, np.array([4.0]))
    return found, AttributeRegressor(
        names, build_regressor(2, 16), np.array([5.0, 7.0]), np.array([1.0, 2.0])
    )


ABOUT = {"recipe": {"size": 16}, "command": "python experiments/directions.py"}


def test_directions_and_their_ruler_come_back(measured, tmp_path):
    found, regressor = measured
    card = pretrained.store_directions("dcgan-toy", found, regressor, ABOUT, tmp_path)
    assert card["command"].startswith("python tests/") and card["attributes"][0]["unit"] == "mm2"
    again = pretrained.directions("dcgan-toy", tmp_path)
    assert again.attributes == found.attributes
    np.testing.assert_allclose(again.predict(LATENTS), found.predict(LATENTS), atol=1e-4)
    images = np.random.default_rng(1).uniform(-1, 1, (3, 16, 16))
    back = pretrained.regressor("dcgan-toy", tmp_path)
    assert back.names == ("ventricles", "brain")
    np.testing.assert_allclose(back.measure(images), regressor.measure(images), atol=0.02)
    assert back.measure(images[..., None]).shape == (3, 2)
    with pytest.raises(InputError, match=r"expected \(N, 16, 16, 1\)"):
        back.measure(images[:, :8])


def test_no_directions_or_damaged_ones(measured, tmp_path):
    with pytest.raises(InputError, match="directions of 'dcgan-toy': unknown"):
        pretrained.directions("dcgan-toy", tmp_path)
    pretrained.store_directions("dcgan-toy", *measured, ABOUT, tmp_path)
    with pytest.raises(InputError, match="'dcgan-t9': unknown; there are dcgan-toy"):
        pretrained.regressor("dcgan-t9", tmp_path)
    (tmp_path / "dcgan-toy.npz").write_bytes(b"half")
    with pytest.raises(InputError, match="damaged"):
        pretrained.directions("dcgan-toy", tmp_path)


def test_shipped_directions_fit_their_generators():
    for name in pretrained.names(pretrained.LATENT):
        card, found = pretrained.card(name, pretrained.LATENT), pretrained.directions(name)
        assert card["generator"] == pretrained.card(name)["sha256"], f"{name}: make its directions again"
        assert len(found.weights) == pretrained.card(name)["recipe"]["latent_dim"]
        assert all(a.low < a.high for a in found.attributes)
        for attribute in found.names:
            assert card["scores"]["directions"][attribute]["r2"] > 0.25
            assert card["scores"]["regressor"][attribute]["r2"] > 0.9


def test_the_shipped_slope_changes_tumours():
    """In the eyes of the regressor, and of a threshold that took no part in the search."""
    from gancourse.gans.latent import draw_latents
    from gancourse.metrics import morphometry

    assert pretrained.slope("dcgan-t1") is None
    slope, generator = pretrained.slope("dcgan-flair"), pretrained.load("dcgan-flair")
    z = draw_latents(40, seed=5)
    more, less = slope.move(z, slope.value(z) + 800), slope.move(z, slope.value(z) - 800)
    assert np.median(slope.value(more) - slope.value(less)) == pytest.approx(1600, abs=30)
    large, small = (
        morphometry.by_threshold(generator(latents, training=False).numpy()[..., 0], "flair")["tumour"]
        for latents in (more, less)
    )
    assert (large > small).mean() > 0.8 and (large - small).mean() > 500


def test_a_ruler_learns_to_read(tmp_path):
    from toy import discs

    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor

    images = discs(400)
    areas = (images > -1).sum((1, 2))[:, None].astype(float)
    regressor = AttributeRegressor.train(("area",), images[:320], areas[:320], epochs=60, verbose=0)
    error = regressor.measure(images[320:]) - areas[320:]
    assert error.std() < 0.5 * areas[320:].std()
    with pytest.raises(InputError, match="values"):
        AttributeRegressor.train(("area", "more"), images, areas, verbose=0)


@pytest.fixture(scope="module")
def described():
    """A tiny network of features, whitened on discs."""
    from toy import discs

    from gancourse.metrics.learned.feature_network import FeatureNetwork
    from gancourse.networks.features import build_maps

    return FeatureNetwork.fitted(build_maps((3, 4, 5, 6)), discs(60, 32)[..., None], ("t1",))


def test_features_come_back(described, tmp_path):
    about = {"recipe": {"widths": [3, 4, 5, 6]}, "command": "python experiments/features.py"}
    card = pretrained.store_features(described, about, "small", tmp_path)
    assert (card["modalities"], card["sizes"]) == (["t1"], [16, 32])
    again = pretrained.features("small", tmp_path)
    images = np.random.default_rng(1).uniform(-1, 1, (5, 32, 32))
    for x in (images, images[:, ::2, ::2]):
        np.testing.assert_allclose(again.embed(x), described.embed(x), atol=0.05)
    with pytest.raises(InputError, match="'large': unknown; there are small"):
        pretrained.features("large", tmp_path)
    (tmp_path / "small.npz").write_bytes(b"half")
    with pytest.raises(InputError, match="damaged"):
        pretrained.features("small", tmp_path)


def test_shipped_features_see_what_they_have_to():
    """On held-out patients, as `experiments/features.py` measured it for the card."""
    for name in pretrained.names(pretrained.FEATURES):
        card = pretrained.card(name, pretrained.FEATURES)
        assert card["failures"] == []
        for modality in card["modalities"]:
            for size in card["sizes"]:
                scores = {k: card["kid_se"][f"{modality} {size} {k}"] for k in SETS}
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
    embed = pretrained.features().embed
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
