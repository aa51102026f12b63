"""Lesson 55's parts by hand, its people, its live training, and what is read of its study."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from toy_patients import SIZE, toy_patient_slices

from gancourse.networks.cycle_networks import build_pair, build_translator
from gancourse.segmentation.slice_reader import FOV_MM
from gancourse.teaching.clock import LIVE_SECONDS
from gancourse.teaching.material import contrast_parts, contrast_people, contrast_study, unpaired_loop

# What learners write


def test_a_round_trip_by_hand():
    images = tf.constant([[[[0.2], [-0.4]]]])
    translated, loss = contrast_parts.round_trip(images, lambda x: 2 * x, lambda x: x / 2 + 0.1)
    np.testing.assert_allclose(translated, [[[[0.4], [-0.8]]]])
    assert float(loss) == pytest.approx(0.1, abs=1e-6)


def test_the_loss_of_two_translators_by_hand():
    a, b = tf.fill((1, 2, 2, 1), 0.5), tf.fill((1, 2, 2, 1), -0.25)
    to_b, to_a, of_a, of_b = (lambda x, k=k: k * x for k in (2.0, 0.4, 3.0, -1.0))
    loss, as_b, as_a = contrast_parts.translators_loss(a, b, to_b, to_a, of_a, of_b, 10.0)
    assert float(tf.reduce_mean(as_b)) == 1.0 and float(tf.reduce_mean(as_a)) == pytest.approx(-0.1)
    adversarial = (-1 * 1.0 - 1) ** 2 + (3 * -0.1 - 1) ** 2
    assert float(loss) == pytest.approx(adversarial + 10 * (0.1 + 0.05), abs=1e-5)


def test_a_pool_fills_and_then_swaps_half():
    pool, rng, told = [], np.random.default_rng(0), []
    for k in range(200):
        images = np.arange(4 * k, 4 * k + 4, dtype=float)[:, None, None, None] * np.ones((1, 2, 2, 1))
        before = {float(image[0, 0, 0]) for image in pool}
        shown = set(contrast_parts.through_pool(pool, images, 6, rng)[:, 0, 0, 0])
        after = {float(image[0, 0, 0]) for image in pool}
        new = set(images[:, 0, 0, 0])
        assert len(pool) == min(6, 4 * k + 4)
        assert (before | new) == (after | shown) and len(shown) == 4
        told.append(len(shown - new))
    assert told[0] == 0 and 0.4 < np.sum(told) / (4 * 198) < 0.6


def test_erased_and_invented_by_hand():
    truth, found = np.zeros((2, 3, 2, 2), bool)
    truth[0, 0], truth[1, 0, 0] = True, True  # A: 6 pixels in two slices
    found[0, 0, 0], found[2] = True, True  # A: 2 of them; B is healthy: 4 pixels
    found[1, 1, 1] = True
    told = contrast_parts.erased_and_invented(truth, found, np.array(["A", "A", "B"]), 0.5)
    assert told["A"] == (pytest.approx(4 / 6), 0.5)
    assert np.isnan(told["B"][0]) and told["B"][1] == 2.0


def test_enhancement_is_0_for_t1_and_1_for_the_real_one_whatever_their_scale():
    rng = np.random.default_rng(0)
    inside = rng.random((2, 4, 4)) < 0.4
    t1, gain = rng.uniform(-1, 0, (2, 4, 4)), 0.4 * inside
    made = [t1 + share * gain - darker for share, darker in ((0, 0), (0.25, 0.3), (1, 0.6))]
    shares = [contrast_parts.enhancement(t1, t1 + gain - 0.5, image, inside, ~inside) for image in made]
    np.testing.assert_allclose(shares, [0, 0.25, 1], atol=1e-9)


# People


@pytest.fixture
def slices(tmp_path, monkeypatch):
    """16 patients of three slices; four of six are for training, and every fourth slice has no tumour."""
    made = toy_patient_slices(tmp_path / "slices")
    monkeypatch.setattr(contrast_people, "find_subjects", lambda folder: [folder] * 60)
    monkeypatch.setattr(contrast_people, "make_slices", lambda subjects, _: (len(subjects), made)[1])
    monkeypatch.setattr(contrast_people, "TARGETS", 2)
    return made


def test_whom_phantoms_are_read_in_and_trained_on(slices, monkeypatch):
    phantoms = contrast_people.project_root() / contrast_people.COHORT
    monkeypatch.setattr(contrast_people, "lesson_data", lambda **_: phantoms)
    people = contrast_people.open_people()
    held = set(slices.table["patient"][slices.table["split"] != "train"])
    assert set(people.patients) == held
    area = (people.seg > 0).sum((1, 2))
    for patient in held:
        own = area[people.patients == patient]
        assert len(own) <= 2 and own[0] == own.max() and (own[1:] == 0).all()
    assert people.images.dtype == np.float32 and people.brain.shape == people.seg.shape
    t2 = np.asarray(slices.images[..., 2], np.float32)
    flair = np.asarray(slices.images[..., 3], np.float32)

    def rows(images, known):
        return [int(np.flatnonzero((known == image[..., 0]).all((1, 2)))[0]) for image in images]

    sources, targets = rows(people.sources, t2), rows(people.targets, flair)
    patient = slices.table["patient"]
    assert not set(patient[sources]) & set(patient[targets])
    assert not (set(patient[sources]) | set(patient[targets])) & held
    assert (slices.table["tumour_px"][targets] == 0).all() and (slices.table["tumour_px"][sources] > 0).any()
    np.testing.assert_array_equal(people.modality("flair"), people.images[..., 3])
    assert str(people).startswith(f"{len(held)} patients are held out: ")


def test_of_a_learner_s_own_folder_at_least_six_are_held_out(slices, monkeypatch, tmp_path):
    monkeypatch.setattr(contrast_people, "lesson_data", lambda **_: tmp_path / "mine")
    people = contrast_people.open_people()
    assert len(set(people.patients)) == 6 and len(people.targets) >= 2


def test_too_few_slices_without_a_tumour_are_said(slices, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(contrast_people, "lesson_data", lambda **_: tmp_path / "mine")
    monkeypatch.setattr(contrast_people, "TARGETS", 40)
    contrast_people.open_people()
    assert "mine: " in (said := capsys.readouterr().out) and said.strip().endswith("so phantoms are used.")


def test_the_largest_tumours_are_of_different_patients(slices, monkeypatch, tmp_path):
    monkeypatch.setattr(contrast_people, "lesson_data", lambda **_: tmp_path / "mine")
    people = contrast_people.open_people()
    chosen = people.largest(3)
    area = (people.seg > 0).sum((1, 2))
    assert len(set(people.patients[chosen])) == 3 and (np.diff(area[chosen]) <= 0).all()
    assert area[chosen[0]] == area.max()


def test_three_slices_show_how_much_was_found_at_most_and_at_least(slices, monkeypatch, tmp_path):
    monkeypatch.setattr(contrast_people, "lesson_data", lambda **_: tmp_path / "mine")
    people = contrast_people.open_people()
    ill = np.flatnonzero((people.seg > 0).any((1, 2)))
    found = np.zeros(people.seg.shape, bool)
    found[ill[2]] = people.seg[ill[2]] > 0
    found[ill[:2]] = people.seg[ill[:2]] == 2
    rows, shares = people.spread(found)
    assert rows[0] == ill[2] and shares[0] == 1 and shares[2] == 0
    assert set(rows) <= set(ill) and len(set(rows)) == 3


def test_a_pixel_stands_for_a_box_of_four_millimetres():
    assert contrast_people.PIXEL_ML == pytest.approx((FOV_MM / 64) ** 2 * 4 / 1000, abs=1e-9)


def test_a_reader_leaves_specks_out(monkeypatch):
    seg = np.zeros((2, 64, 64), np.uint8)
    seg[0, 10:20, 10:20], seg[0, 12, 12:14], seg[1, 5, 5] = 2, 4, 4
    seen = []
    monkeypatch.setattr(contrast_people.segmenter, "load", lambda: None)
    monkeypatch.setattr(
        contrast_people,
        "segment_slices",
        lambda images, which, _: (seen.append((images.shape, which)), seg.copy())[1],
    )
    reader = contrast_people.Reader()
    found = reader.find(np.zeros((2, 64, 64)))
    assert found.dtype == bool and found[0].sum() == 100 and not found[1].any()
    assert reader.find(np.zeros((2, 64, 64, 2)), ("t1", "flair"), part=4).sum() == 2
    assert seen == [((2, 64, 64, 1), ("flair",)), ((2, 64, 64, 2), ("t1", "flair"))]


# The live training


@pytest.fixture
def translators():
    keras.utils.set_random_seed(0)
    return build_pair(*(build_translator(1, (4, 8), name) for name in ("to_b", "to_a")), SIZE)


def test_translators_go_on_learning_and_the_shipped_ones_stay(translators, monkeypatch, capsys):
    monkeypatch.setenv(LIVE_SECONDS, "0.5")
    before = translators.get_weights()
    sources, targets = np.random.default_rng(0).uniform(-1, 1, (2, 12, SIZE, SIZE, 1)).astype(np.float32)
    shown = []

    def pool(pool, images, size, rng):
        shown.append((len(images), size))
        return contrast_parts.through_pool(pool, images, size, rng)

    trained, steps = unpaired_loop.go_on(translators, sources, targets, contrast_parts.translators_loss, pool)
    assert steps >= 1 and shown == [(unpaired_loop.BATCH, unpaired_loop.POOL)] * (2 * steps)
    assert all((x == y).all() for x, y in zip(before, translators.get_weights(), strict=True))
    assert any((x != y).any() for x, y in zip(before, trained.get_weights(), strict=True))
    assert trained.get_layer("to_b")(sources[:1]).shape == (1, SIZE, SIZE, 1)
    assert capsys.readouterr().out.startswith(f"{steps} steps: loss ")


# The study


@pytest.fixture
def results(tmp_path, monkeypatch):
    rows = [
        ("flair", "real", 0, "A", "HGG", 10.0, 9.0, 8.0, 1.0),
        ("flair", "real", 0, "B", "healthy", 0.0, 0.0, 0.0, 0.0),
        ("flair", "real", 0, "C", "LGG", 1.0, 0.0, 0.0, 0.0),
        ("flair", "half", 0, "A", "HGG", 10.0, 2.0, 2.0, 0.0),
        ("flair", "half", 1, "A", "HGG", 10.0, 6.0, 4.0, 2.0),
        ("t1ce", "real", 0, "A", "HGG", 4.0, 4.0, 3.0, 1.0),
    ]
    names = "task method seed patient grade tumour_ml found_ml hit_ml invented_ml".split()
    pd.DataFrame(rows, columns=names).assign(l1_brain=0.1, enhancement=np.nan).to_csv(
        tmp_path / "contrasts.csv"
    )
    means = [
        {"task": task, "method": method, "measure": what, "patients": 3, "mean": k, "low": 0.0, "high": 1.0}
        for task, method in (("flair", "half"), ("flair", "real"), ("t1ce", "real"))
        for k, what in enumerate(("found", "lost", "invented_ml"))
    ]
    pd.DataFrame(means).to_csv(tmp_path / "contrast_means.csv", index=False)
    pd.DataFrame(means).assign(set="lgg").to_csv(tmp_path / "contrast_patients.csv", index=False)
    monkeypatch.setattr(contrast_study, "_RESULTS", tmp_path)


def test_what_was_erased_is_a_mean_over_seeds_and_unknown_in_tiny_lesions(results):
    table = contrast_study.read_table("flair")
    assert len(table) == 4
    assert contrast_study.of_method(table, "half", "erased").tolist() == pytest.approx([0.7])
    np.testing.assert_allclose(contrast_study.of_method(table, "real", "erased"), [0.2, np.nan])
    assert contrast_study.of_method(table, "real", "found_ml", lesion=False).tolist() == [0.0]


def test_means_and_real_patients(results):
    means = contrast_study.read_means("flair")
    assert means["half", "lost"] == (1, 0, 1) and ("half", "invented") not in means
    found = contrast_study.read_patients()
    assert found["image"].tolist() == ["real FLAIR", "unpaired, half and half", "real T1ce"]
    assert (found["patients"] == 3).all() and (found["lost"] == 1).all()
