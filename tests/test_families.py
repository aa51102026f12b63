"""The study of generative families: equal recipes at both sizes, and which weights it stores."""

import dataclasses

import families
import pytest
from toy import slices

from gancourse import export, pretrained
from gancourse.errors import InputError
from gancourse.training import checkpoint
from gancourse.training.family_training import RECIPES

TINY = {kind: RECIPES[kind]().change(["size=16", "base=8", "ema=0.9"]) for kind in RECIPES}


@pytest.mark.parametrize("family", families.FAMILIES)
def test_small_images_are_trained_by_the_same_recipe(family):
    large, small = (dataclasses.asdict(families.recipe_of(family, size)) for size in (64, 32))
    changed = {name for name in large if large[name] != small[name]}
    assert changed - {"size", "networks", "r1", "r2"} == set()
    assert small.get("r1", 0) == large.get("r1", 0) / 4  # a quarter of the pixels


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder of toy trainings that are done."""
    monkeypatch.setattr(families, "recipe_of", lambda kind, size: TINY[kind])
    monkeypatch.setattr(export, "SCORED_IMAGES", 8)
    slices(tmp_path / "data")
    for kind, recipe in TINY.items():
        about = {"settings": {"family": kind}, "history": [{"epoch": 75, "seconds": 3601.0, "loss": 1.0}]}
        checkpoint.save(recipe.build(0, "float32"), tmp_path / "runs" / f"{kind}-64-s0/checkpoint.npz", about)
    return tmp_path / "runs"


def test_the_relatives_are_stored_with_cards(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(export, "score_images", lambda made, *_, **__: {"shape": list(made.shape)})
    families.store(runs, tmp_path / "data")
    assert pretrained.names() == ["families/ddpm", "families/vae"]
    for kind in TINY:
        card = pretrained.card(f"families/{kind}", kind)
        assert card.recipe == dataclasses.asdict(TINY[kind]) and card.scores == {"shape": [8, 16, 16]}
        assert (card.about["steps"], card.about["minutes"], card.data["images"]) == (75, 60.0, 32)
        assert pretrained.load(f"families/{kind}").name == {"vae": "autoencoder", "ddpm": "denoiser"}[kind]


def test_half_a_training_is_not_stored(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(families, "BUDGETS", {64: (61,)})
    with pytest.raises(InputError, match="vae is not done"):
        families.store(runs, tmp_path / "data")
    assert not (tmp_path / "weights").exists()
