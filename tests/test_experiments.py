"""The experiments: each can be started, and parts that no lesson uses do what they say."""

import ast
import runpy
import sys

import numpy as np
import pytest
import tour
import tour_batches
import tour_discriminators
import tour_readers
import tour_scores
from toy import slices

from gancourse import pretrained
from gancourse.project import project_root
from gancourse.teaching.material import radiology_reports
from gancourse.teaching.material.radiology_reports import FINDINGS

SCRIPTS = sorted(
    path
    for path in (project_root() / "experiments").glob("*.py")
    if '__name__ == "__main__"' in path.read_text()
)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_says_what_it_does(script, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert ast.get_docstring(ast.parse(script.read_text())).splitlines()[0] in said and "usage: " in said


def test_a_conditional_discriminator_reads_the_request():
    discriminator = tour_discriminators.build_conditional_discriminator(4, base=4, size=16, channels=2)
    images = normal(3, 16, 16, 2)
    one, other = (discriminator([images, normal(3, 4, seed=s)]).numpy() for s in (0, 1))
    assert one.shape == (3, 1, 1, 1) and np.abs(one - other).max() > 0


@pytest.mark.parametrize("local", [True, False])
def test_discriminators_shapes(local):
    lagan = tour_discriminators.build_lagan_discriminator(base=4, size=16, local=local)
    assert lagan(normal(8, 16, 16, 1)).shape == (8, 1)
    patches = tour_discriminators.build_super_resolution_discriminator((4, 8))
    assert patches([normal(1, 8, 12, 1), normal(1, 32, 48, 1)]).shape == (1, 8, 12, 1)


@pytest.mark.parametrize("name", tour.RECIPES)
def test_the_cards_recipes_are_the_scripts(name):
    card = pretrained.card(f"tour/{name}")
    assert (card.kind, card.recipe) == tour.RECIPES[name]
    assert card.about["rounds"] == tour.EPOCH * tour.EPOCHS[name]


def test_the_text_encoder_learns_from_few_reports():
    assert pretrained.card("tour/text-encoder").recipe == tour_readers.ENCODER
    one, other = (
        {"size": "large", "uptake": "enhancing", "side": side, "place": "frontal", "centre": "dark"}
        for side in ("left", "right")
    )
    findings = [one, other, dict.fromkeys(FINDINGS, "none")] * 500
    encoder = tour_readers.train_encoder(findings, epochs=20, verbose=0)
    rng = np.random.default_rng(5)
    texts = [radiology_reports.write(finding, rng) for finding in findings[:60]]
    assert tour_scores.share(encoder.answers(texts)["side"], [f["side"] for f in findings[:60]]) > 0.9
    assert encoder.embed(texts).shape == (60, 32)


def test_a_small_gan_trains_goes_on_and_is_stored(tmp_path, monkeypatch):
    """Super-resolution on discs, as `tour.py train srresnet` and `export` do it."""
    data = {"128": slices(tmp_path / "data", size=32)}
    monkeypatch.setattr(tour, "EPOCH", 1)
    monkeypatch.setitem(tour.RECIPES, "srresnet", ("super-resolution", {"width": 4, "blocks": 1}))
    for epochs in (1, 2):
        tour.train("srresnet", data, tmp_path, epochs=epochs)
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "weights")
    tour.export(["srresnet"], data, tmp_path)
    card = pretrained.card("tour/srresnet", "super-resolution")
    assert card.about["rounds"] == 2 and card.scores["patients"] == 4 and card.scores["psnr"] > 5
    network, _ = tour.trained("srresnet", tmp_path)
    small = normal(1, 8, 8, 1)
    np.testing.assert_allclose(pretrained.load("tour/srresnet")(small), network(small), atol=0.02)


def test_batches_depend_on_the_step_alone(tmp_path):
    data = slices(tmp_path / "data", size=32)
    make = tour_batches.super_batches(data, seed=3)
    third = list(make(0).take(3))[2]
    for a, b in zip(third, next(iter(make(2))), strict=True):
        np.testing.assert_array_equal(a, b)


def test_share():
    assert tour_scores.share(["a", "b", "c"], ["a", "b", "d"]) == 0.6667
