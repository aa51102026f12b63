"""Training the patient generator: it resumes, leaves pictures, and refuses what cannot work."""

import dataclasses

import numpy as np
import pytest
from PIL import Image
from toy_patients import TINY_PATIENT, toy_patient_slices

from gancourse import export, pretrained
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.training import checkpoint
from gancourse.training.patient_training import PatientRecipe, patient_batches, train

TINY = PatientRecipe().change(TINY_PATIENT)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return toy_patient_slices(tmp_path_factory.mktemp("slices") / "data")


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(TINY, data, out, epochs=2, verbose=0, precision="float32", command="gancourse train patient")
    return out


def test_widths_double_from_full_size_down():
    recipe = PatientRecipe(size=64, base=8, d_base=12, most=40)
    assert recipe.g_widths == (40, 40, 32, 16, 8) and recipe.d_widths == (40, 40, 24, 12)
    assert recipe.build_generator().output_shape == (None, 64, 64, 8)


def test_recipe_survives_json():
    assert PatientRecipe(**dataclasses.asdict(TINY)) == TINY


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("size=48", "size=48: expected a power of two"),
        ("size=512", "size=512: expected"),
        ("every=0", "every=0: expected"),
        ("r1=-1", "r1=-1.0: expected"),
        ("rate=nan", "rate=nan: expected"),
        ("base=0", "base=0: expected"),
    ],
)
def test_impossible_recipes(change, said):
    with pytest.raises(InputError, match=said):
        PatientRecipe().change([change])


def test_a_run_goes_on_where_it_stopped(data, run, tmp_path):
    for epochs in (1, 2):
        train(TINY, data, tmp_path, epochs=epochs, verbose=0, precision="float32")
    whole, resumed = (checkpoint.read(out / "checkpoint.npz")[1] for out in (run, tmp_path))
    assert whole.keys() == resumed.keys()
    for name, array in whole.items():
        np.testing.assert_allclose(array, resumed[name], atol=1e-4, err_msg=name)


def test_it_leaves_a_picture_of_eight_patients(run):
    picture = Image.open(run / "samples" / "epoch_0002.png")
    assert picture.size == (5 * 128, 8 * 128) and picture.mode == "RGB"


def test_batches_hold_maps_of_training_patients(data):
    maps = next(iter(patient_batches(data, 8))).numpy()
    assert maps.shape == (8, 32, 32, 8) and (maps[..., 0] >= maps[..., 1]).all()
    assert (maps[..., 4:][maps[..., 0] < -0.9] == -1).all()


def test_slices_of_another_size_and_without_all_modalities(data, tmp_path):
    with pytest.raises(InputError, match="slices of 32 pixels, but the recipe has size=128"):
        train(PatientRecipe(), data, tmp_path, epochs=1)
    lacking = dataclasses.replace(data, made_with={**data.made_with, "modalities": ["t1", "flair"]})
    with pytest.raises(InputError, match="holds t1, flair"):
        train(TINY, lacking, tmp_path, epochs=1)
    assert list(tmp_path.iterdir()) == []


def test_stored_weights_make_the_same_patients(run, tmp_path):
    export.export(run, "patient-toy", "patient", lambda *_: {"kid": 0.5}, folder=tmp_path)
    card = pretrained.card("patient-toy", "patient", tmp_path)
    assert card.recipe == dataclasses.asdict(TINY) and card.command == "gancourse train patient"
    trained, _ = export.load_run(run, "patient")
    loaded, latents = pretrained.load("patient-toy", folder=tmp_path), draw_latents(4, 8)
    np.testing.assert_allclose(loaded(latents), trained(latents), atol=0.02)
