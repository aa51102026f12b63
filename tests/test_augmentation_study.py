"""The augmentation study on a toy: who sees whom, every arm, going on, and the table."""

import augmentation
import augmentation_scores
import numpy as np
import pandas as pd
import pytest
from toy_patients import toy_patient_slices

from gancourse import pretrained
from gancourse.cohort.few_patients import patients_of
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Two hospitals of 16 patients (11 for training), and steps that take no time."""
    for name in "AB":
        folder = tmp_path / "hospitals" / name
        slices = toy_patient_slices(folder)
        np.save(folder / "tissue.npy", np.where(np.any(slices.images > -1, -1), 3, 0).astype(np.uint8))
        slices.table.assign(gm_mm2=1.0).to_csv(folder / "table.csv", index=False)
    monkeypatch.setattr(augmentation, "STEPS", dict.fromkeys(augmentation.STEPS, 4))
    monkeypatch.setattr(augmentation, "CHUNK", 2)
    monkeypatch.setattr(augmentation, "SYNTHETIC", 12)
    monkeypatch.setattr(augmentation, "MORE", 2)
    tiny = ["size=32", "base=4", "d_base=4", "batch_size=4", "latent_dim=8"]
    monkeypatch.setattr(augmentation, "GENERATOR", tiny)
    monkeypatch.setattr(augmentation, "PAINTER", ["width=4", "depth=2", "patch_width=4", "batch_size=4"])
    small = [*augmentation.SEGMENTER, "width=4", "depth=2", "batch_size=4"]
    small = [s for s in small if s not in ("width=16", "depth=4")]
    monkeypatch.setattr(augmentation, "SEGMENTER", small)
    arms = {n: a._replace(counts=a.counts and (4,)) for n, a in augmentation.ARMS.items()}
    monkeypatch.setitem(augmentation.__dict__, "ARMS", arms)
    monkeypatch.setattr(augmentation_scores, "ARMS", arms)
    return augmentation.Study(tmp_path / "hospitals", tmp_path / "runs")


def run(study, *stages, counts=(4,), seeds=(0,)):
    options = type("Options", (), {"counts": counts, "seeds": seeds, "results": study.runs / "table.csv"})
    for stage in stages:
        augmentation.run_stage(stage, study, options)


def test_arms_of_some_counts_only(study):
    assert augmentation.arms_of(4) == list(augmentation.ARMS)
    assert set(augmentation.arms_of(2)) == set(augmentation.ARMS) - {"leak", "native"}


def test_who_sees_whom(study):
    slices = study.slices["A"]
    few, more = (set(augmentation.patients_for(k, 4, 0, slices)) for k in ("true", "more"))
    assert len(few) == 4 and len(more) == 8 and few < more
    tested = set(patients_of(slices, "test"))
    for kind in ("true", "more", "native", "generator", "painter"):
        assert not set(augmentation.patients_for(kind, 4, 0, slices)) & tested
    leaky = set(augmentation.patients_for("leaky-generator", 4, 0, slices))
    assert leaky - few == set(augmentation.leaked_patients(slices)) < tested


def test_too_many_patients_is_one_line_before_any_training(study):
    with pytest.raises(
        InputError, match="^N=6: the ceiling needs 12 patients and 11 are there; make more"
    ) as error:
        run(study, "generators", counts=(2, 6))
    assert "\n" not in str(error.value) and not study.runs.exists()


def test_the_whole_study(study, monkeypatch):
    with pytest.raises(InputError, match="run the stages generators and painters first"):
        run(study, "segmenters")
    run(study, "generators", "painters", "segmenters", "score")
    table = pd.read_csv(study.runs / "table.csv")
    assert not (table[["N", "arm", "hospital", "tested", "region"]].duplicated()).any()
    assert set(table["arm"]) == set(augmentation.ARMS)
    assert (table[table["arm"] == "plain"]["gain"] == 0).all()
    assert set(table[table["arm"] == "leak"]["tested"]) == {"all", "seen", "unseen"}
    seconds = table.groupby("arm")["core_seconds"].max()
    assert seconds["all"] > seconds["plain"] > 0
    with np.load(study.runs / "table.npz") as file:
        assert file["dice"].shape == (9, 2, 2, 3) and file["seen"].sum() == 1
        np.testing.assert_array_equal(np.unique(file["arm"]), sorted(augmentation.ARMS))
        assert file["near_leaky"].shape == file["near_generator"].shape == (1, 2)

    stamps = {f: f.stat().st_mtime_ns for f in study.runs.rglob("*.npz") if f.name != "table.npz"}
    run(study, "generators", "painters", "segmenters")
    assert all(f.stat().st_mtime_ns == stamp for f, stamp in stamps.items())  # nothing again


def test_a_segmenter_goes_on_where_it_was_stopped(study, monkeypatch):
    from gancourse.training.checkpoint import Checkpoint

    whole = augmentation.Study(study.hospitals, study.runs / "whole")
    augmentation.train_segmenter(whole, 2, 0, "augmented")
    save = Checkpoint.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Checkpoint, "on_epoch_end", save_and_stop)
        augmentation.train_segmenter(study, 2, 0, "augmented")
    augmentation.train_segmenter(study, 2, 0, "augmented")
    a, b = (np.load(s.folder(2, 0, "augmented") / "checkpoint.npz") for s in (whole, study))
    for name in a.files:
        if name != "about":
            np.testing.assert_allclose(a[name], b[name], atol=1e-6, err_msg=name)


def test_weights_are_exported_with_their_scores(study, tmp_path, monkeypatch):
    monkeypatch.setattr(augmentation, "scores_of", lambda network, kind, slices: {kind: 1.0})
    run(study, "generators", "painters")
    augmentation.export(study, 4, 0, tmp_path / "weights")
    names = pretrained.names(folder=tmp_path / "weights")
    assert names == ["augment/generator-4", "augment/leaky-4", "augment/painter-4"]
    for name in names:
        network, card = (f(name, folder=tmp_path / "weights") for f in (pretrained.load, pretrained.card))
        assert card.about["steps"] == 4 and card.data["N"] == 4 and card.scores == {card.kind: 1.0}
        assert network.output_shape[-1] == (4 if "painter" in name else 8)


def test_dice_is_perfect_for_the_truth(study):
    slices = study.slices["A"]

    class Oracle:
        def predict(self, images, **_):
            seg = slices.seg[slices.select("test")]
            return np.eye(4)[np.where(seg == 4, 3, seg)]

    dice = augmentation.dice_at(Oracle(), slices)
    assert dice.shape == (2, 3) and (dice == 1).all()


def test_gains_are_paired_and_the_leak_shows_in_the_seen_half():
    rng = np.random.default_rng(0)
    seen = np.arange(40) % 2 == 0
    patients = rng.uniform(0.2, 0.9, (1, 40, 1)) * np.ones((2, 40, 3))  # differ far more than arms do
    dice = {}
    for seed in range(3):
        for arm in augmentation.ARMS:
            dice[10, seed, arm] = patients + rng.normal(0, 0.01, patients.shape) + 0.05 * (arm == "augmented")
        dice[10, seed, "leak"] = patients + 0.04 * seen[:, None]
    table = pd.DataFrame(augmentation_scores.summarise(dice, dict.fromkeys(dice, 7.0), seen))
    at = table[(table["hospital"] == "A") & (table["region"] == "WT")].set_index(["arm", "tested"])
    gained = at.loc[("augmented", "all")]
    assert gained["gain"] == pytest.approx(0.05, abs=0.01) and gained["gain_low"] > 0.03
    assert gained["gain_high"] - gained["gain_low"] < 0.02 < gained["high"] - gained["low"]
    assert gained["gain_least"] <= gained["gain"] <= gained["gain_most"]
    assert at.loc[("all", "all"), "over_augmented"] == pytest.approx(-0.05, abs=0.01)
    assert at.loc[("leak", "seen"), "gain"] == pytest.approx(0.04, abs=0.01)
    assert at.loc[("leak", "unseen"), "gain"] == pytest.approx(0.0, abs=0.01)
    assert at.loc[("leak", "seen"), "patients"] == 20


def test_nearness_tells_who_was_copied_even_if_mirrored(study):
    slices = study.slices["A"]
    patient, other = patients_of(slices, "test")
    rows = np.flatnonzero(slices.table["patient"] == patient)
    images = np.concatenate([slices.images[rows][:, :, ::-1]] * 2)
    augmentation.save_slices(
        study.folder(4, 0, "leaky-generator"), images, np.zeros(images.shape[:3], np.uint8)
    )
    near, far = augmentation_scores.nearness(study, "leaky-generator", 4, 0)
    assert near < 0.01 < 0.05 < far, other


def test_a_run_that_is_missing(study):
    with pytest.raises(InputError, match="dice.npz: not there; run the stage segmenters first"):
        run(study, "score")


def test_toy_folders_open(study):
    assert all(isinstance(s, SliceSet) for s in study.slices.values())
