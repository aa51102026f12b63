"""Exporting a training run: what is stored, what its card says, and what is refused."""

from functools import partial

import numpy as np
import pytest
from toy import TINY, slices

from gancourse import export, pretrained
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.training.loop import train


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return slices(tmp_path_factory.mktemp("slices") / "data", 96)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(TINY, data, out, epochs=1, verbose=0, command="gancourse train dcgan --out run")
    return out


def test_the_generator_is_stored_with_its_card(run, data, tmp_path):
    score = partial(export.score_generator, slices=data)
    card = export.export(run, "dcgan-toy", "dcgan", score, {"cohort": "discs"}, tmp_path)
    assert card == pretrained.card("dcgan-toy", "dcgan", tmp_path)
    assert card.command == "gancourse train dcgan --out run" and card.about["cohort"] == "discs"
    assert card.about["epochs"] == 1 and card.about["minutes"] >= 0 and card.data["images"] == 64
    assert card.scores["images_each"] == 32 and card.scores["patients_each"] == 8
    assert card.scores["ratio"] > 0.5
    trained, _ = export.load_run(run, "dcgan")
    loaded, z = pretrained.load("dcgan-toy", folder=tmp_path), draw_latents(5, 8)
    np.testing.assert_allclose(loaded(z, training=False), trained(z, training=False), atol=0.01)


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [("../toy", "dcgan", "name"), ("toy", "pix2pix", "damaged, or not of `gancourse train pix2pix`")],
)
def test_what_cannot_be_exported(run, tmp_path, name, kind, said):
    with pytest.raises(InputError, match=said):
        export.export(run, name, kind, lambda *_: {}, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_slices_than_trained_on(run, tmp_path):
    score = partial(export.score_generator, slices=slices(tmp_path / "other", 48))
    with pytest.raises(InputError, match="not the slices"):
        export.export(run, "dcgan-toy", "dcgan", score, folder=tmp_path / "weights")


def test_no_training_there(tmp_path):
    with pytest.raises(InputError, match="checkpoint.npz: no checkpoint"):
        export.load_run(tmp_path, "dcgan")
