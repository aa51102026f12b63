"""The weights that come with the course: whole, made for each other, and as good as their cards say."""

import hashlib

import numpy as np
import pytest

from gancourse import export, pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.gans.latent import draw_latents
from gancourse.images import halve
from gancourse.metrics import corruptions, morphometry
from gancourse.metrics.fidelity import kid
from gancourse.project import COHORT, project_root
from gancourse.training.loop import images_of


def test_shipped_weights_are_whole():
    for name in pretrained.names():
        card, data = pretrained.card(name), (pretrained.WEIGHTS / f"{name}.npz").read_bytes()
        assert card.sha256 == hashlib.sha256(data).hexdigest()
        assert card.command.startswith(("gancourse train", "python tests/", "python experiments/"))
        if card.kind == "dcgan":
            network = pretrained.load(name)
            assert network.input_shape == (None, card.recipe["latent_dim"])
            images = network(draw_latents(4, card.recipe["latent_dim"]), training=False)
            assert images.shape == (4, card.recipe["size"], card.recipe["size"], 1)
        elif card.kind in ("vae", "ddpm"):
            images = export.generate(pretrained.load(name), card.kind, 2, seed=0)
            assert images.shape == (2, card.recipe["size"], card.recipe["size"])
            assert np.abs(images).max() <= 1 and images.std() > 0.2
        elif card.kind in ("pix2pix", "segmenter", "stroke"):
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
            "noise": corruptions.noisy(images, 0.2),
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
