import json

import numpy as np
import pytest
from toy import TINY, slices

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.gans.gan import draw_latents
from gancourse.gans.training import train

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
