"""Lesson 54's patients: who is there, one line for too many; synthetic slices; a live training."""

import dataclasses
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from toy_patients import toy_patient_slices

from gancourse import pretrained
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.teaching.material import (
    augmentation_parts,
    augmentation_study,
    small_segmenter,
    synthetic_scans,
    two_hospitals,
)
from gancourse.training.label_translation import LabelTranslation
from gancourse.training.patient_dcgan import PatientDCGAN


@pytest.fixture
def slices(tmp_path, monkeypatch) -> dict[str, SliceSet]:
    """Two hospitals of 16 patients, 11 of them for training; phantoms, so that their tissue is known."""
    made = {}
    for name in "AB":
        there = toy_patient_slices(tmp_path / name)
        brain = np.any(there.images > -1, -1)
        np.save(tmp_path / name / "tissue.npy", np.where(brain, 3, 0).astype(np.uint8))
        made[name] = SliceSet.open(tmp_path / name)
    monkeypatch.setattr(two_hospitals, "lesson_slices", lambda: made)
    return made


def test_patients_to_learn_from_and_the_same_held_out_ones_at_both_hospitals(slices):
    hospitals = two_hospitals.open_hospitals(4)
    assert hospitals.train is hospitals.ten and hospitals.held_out is hospitals.tested
    assert len(set(hospitals.ten.patients)) == 4 and len(hospitals.ten.images) == 12
    tested = hospitals.tested["A"].patients
    assert (tested == hospitals.tested["B"].patients).all() and not set(tested) & set(hospitals.ten.patients)
    assert hospitals.ten.images.dtype == np.float32
    best = hospitals.ten.seg[hospitals.ten.best_slice()]
    assert {1, 2, 4} <= set(np.unique(best))
    assert str(hospitals.ten).startswith("4 patients, 12 slices, ") and str(hospitals.ten).endswith("tumour")


def test_more_patients_than_there_are_is_one_line(slices):
    with pytest.raises(InputError, match="^N=40 patients: .*A has 11 for training; expected 1 to 11$"):
        two_hospitals.open_hospitals(40)


def test_a_learner_s_own_patients_take_hospital_a(slices, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GANCOURSE_DATA", str(tmp_path / "mine"))
    monkeypatch.setattr(two_hospitals, "lesson_data", lambda **_: tmp_path / "mine")
    monkeypatch.setattr(two_hospitals, "find_subjects", lambda folder: [folder] * 60)
    monkeypatch.setattr(two_hospitals, "make_slices", lambda subjects, _: (len(subjects), slices["A"])[1])
    hospitals = two_hospitals.open_hospitals(4)
    assert list(hospitals.held_out) == ["A"] and hospitals.train is hospitals.own[0]
    learned, tested = (set(scans.patients) for scans in (hospitals.train, hospitals.held_out["A"]))
    assert len(learned) == 4 and len(tested) == 12 and not learned & tested
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Hospital A is your mine.") and "hospital B" in line
    with pytest.raises(InputError, match="^N=16 patients: .*mine has 16; expected 1 to 15$"):
        two_hospitals.own_patients(16)


def test_a_folder_that_lacks_something_leaves_the_phantoms(slices, tmp_path, monkeypatch):
    monkeypatch.setenv("GANCOURSE_DATA", str(tmp_path))
    root = two_hospitals.project_root() / two_hospitals.COHORT
    monkeypatch.setattr(two_hospitals, "lesson_data", lambda **_: root)
    assert two_hospitals.open_hospitals(4).own is None


def test_the_lesson_s_patients_are_those_of_the_shipped_generators():
    from gancourse.segmentation.hospital_slices import some_patients

    args = two_hospitals.STUDY, two_hospitals.STUDY_TESTED, two_hospitals.TESTED, two_hospitals.FEW
    numbers = some_patients(*args)
    assert numbers[:24] == list(range(24)) and len(numbers) == 34 and min(numbers[24:]) >= 80


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """Untrained networks under the names of the shipped ones."""
    folder = tmp_path / "weights"
    (folder / "augment").mkdir(parents=True)
    recipe = PatientDCGAN().change(["size=32", "latent_dim=8", "base=4", "d_base=4"])
    painter = LabelTranslation().change(["width=4", "depth=2"])
    for name, kind, options in (
        ("generator-10", "patient dcgan", recipe),
        ("leaky-10", "patient dcgan", recipe),
        ("painter-10", "label translation", painter),
    ):
        about = {"kind": kind, "recipe": dataclasses.asdict(options)}
        pretrained.save(f"augment/{name}", options.build_generator(), about, folder)
    monkeypatch.setattr(pretrained, "WEIGHTS", folder)
    synthetic_scans.generate.cache_clear()
    yield
    synthetic_scans.generate.cache_clear()


def test_synthetic_slices_have_labels_and_are_always_the_same(slices, weights):
    made, again = synthetic_scans.generate("generator", 60), synthetic_scans.generate("generator", 10)
    assert made.images.shape == (60, 32, 32, 4) and made.seg.dtype == np.uint8
    np.testing.assert_allclose(made.images[:10], again.images, atol=1e-5)
    ten = two_hospitals.open_hospitals(4).ten
    seg, tissue = synthetic_scans.new_labels(ten, 7, augmentation_parts.transplant, np.random.default_rng(0))
    assert seg.shape == tissue.shape == (7, 32, 32) and set(np.unique(seg)) <= {0, 1, 2, 4}
    assert ((seg > 0).sum((1, 2)) >= 8).all() and not (seg[tissue == 0] > 0).any()
    painted = synthetic_scans.paint(seg, tissue)
    assert painted.images.shape == (7, 32, 32, 4) and (painted.images[tissue == 0] == -1).all()


def test_the_riddle_shows_three_slices(slices, weights):
    three = synthetic_scans.riddle(two_hospitals.open_hospitals(4).ten)
    assert list(three) == ["1", "2", "3"] and all(image.shape == (32, 32) for image in three.values())


def test_a_live_training_stops_after_its_steps_or_its_seconds(slices, monkeypatch, capsys):
    monkeypatch.setattr(
        small_segmenter, "SEGMENTER", small_segmenter.SEGMENTER.change(["width=4", "depth=2"])
    )
    hospitals = two_hospitals.open_hospitals(4)
    source = hospitals.ten.images, hospitals.ten.seg

    def batches():
        return augmentation_parts.mix([source], [1.0], 4, np.random.default_rng(0))

    network, steps = small_segmenter.train(batches(), steps=3, seconds=1e6)
    assert isinstance(network, keras.Model) and steps == 3
    assert capsys.readouterr().out.startswith("3 steps: loss ")
    dice = small_segmenter.dice_by_patient(network, hospitals.tested["A"])
    assert dice.shape == (2,) and np.nanmax(dice) <= 1
    monkeypatch.setenv("GANCOURSE_LIVE_SECONDS", "1e-9")
    assert small_segmenter.train(batches(), steps=9)[1] == 2


def test_the_study_s_tables_are_read_by_arm_and_hospital(tmp_path, monkeypatch):
    arrays = {
        "dice": np.arange(4 * 2 * 5 * 3).reshape(4, 2, 5, 3).astype(np.float16),
        "count": np.array([5, 5, 10, 10]),
        "arm": np.array(["plain", "plain", "plain", "all"]),
        "patients": np.array(list("abcde")),
        "seen": np.array([True, False, True, False, False]),
    }
    np.savez(tmp_path / "augmentation.npz", **arrays)
    (tmp_path / "augmentation.csv").write_text("N,region,dice\n5,WT,0.5\n5,TC,0.4\n")
    monkeypatch.setattr(augmentation_study, "_RESULTS", tmp_path)
    dice = augmentation_study.read_dice()
    assert set(dice) == {(n, arm, h) for n, arm in ((5, "plain"), (10, "plain"), (10, "all")) for h in "AB"}
    np.testing.assert_array_equal(dice[5, "plain", "B"], arrays["dice"][:2, 1, :, 0])
    assert augmentation_study.read_seen() == {"a", "c"}
    assert augmentation_study.read_table()["dice"].tolist() == [0.5]


def test_whole_tumours_are_scored_by_patient(monkeypatch):
    seg = np.zeros((3, 4, 4), np.uint8)
    seg[:2, :2] = 4
    scans = two_hospitals.Scans(np.zeros((3, 4, 4, 4), np.float32), seg, seg, np.array(["a", "a", "b"]))
    half = np.zeros_like(seg)
    half[0, :2] = 2
    monkeypatch.setattr(small_segmenter, "segment", lambda *_: half)
    dice = small_segmenter.dice_by_patient(SimpleNamespace(), scans)
    assert dice[0] == pytest.approx(2 / 3, abs=1e-6) and np.isnan(dice[1])
