"""Contrast translation: who is in which set, what stands in a batch, and recipes that cannot be."""

from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from toy_patients import toy_patient_slices

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.training.contrast_translation import (
    SOURCES,
    TARGET_SETS,
    TUMOUR_PX,
    PairedContrast,
    UnpairedContrast,
    choose_sets,
)

TINY_PAIRED = PairedContrast(width=8, depth=2, patch_width=4, batch_size=4, rate=5e-3, ema=0.0)
TINY_UNPAIRED = UnpairedContrast(size=32, width=4, patch_width=4, batch_size=4)


# Who is in which set


@pytest.fixture(scope="module")
def cohort():
    """80 patients with a tumour in two of three slices and 20 healthy people; every fifth is for testing."""
    rows = []
    for k in range(100):
        grade = ("HGG", "LGG", "HGG", "LGG", "healthy")[k % 5]
        for index in range(3):
            tumour = 0 if grade == "healthy" else (0, TUMOUR_PX - 1, TUMOUR_PX + k)[index]
            rows.append((f"P{k}", grade, "test" if k // 5 % 5 == 0 else "train", tumour))
    return SimpleNamespace(table=pd.DataFrame(rows, columns=["patient", "grade", "split", "tumour_px"]))


@pytest.mark.parametrize("held", TARGET_SETS)
def test_sources_and_targets_share_no_patient_and_all_are_for_training(cohort, held):
    sources, targets = choose_sets(cohort, held)
    table = cohort.table
    assert not set(table["patient"][sources]) & set(table["patient"][targets])
    assert set(table["split"][sources | targets]) == {"train"}


def test_the_sets_differ_in_nothing_but_the_share_of_tumours(cohort):
    table, found = cohort.table, {held: choose_sets(cohort, held) for held in TARGET_SETS}
    healthy, half, tumour = (targets for _, targets in found.values())
    for sources, targets in found.values():
        np.testing.assert_array_equal(sources, found["half"][0])
        assert targets.sum() == half.sum() > 20
    well, ill = (table["grade"] == "healthy").to_numpy(), (table["tumour_px"] >= TUMOUR_PX).to_numpy()
    assert well[healthy].all() and ill[tumour].all()
    assert abs((well & half).sum() - (ill & half).sum()) <= 1 and (well | ill)[half].all()
    assert not (half & ~healthy & ~tumour & well).any()


def test_sources_are_all_slices_of_half_of_the_ill_and_a_quarter_of_the_well(cohort):
    table, (sources, _) = cohort.table, choose_sets(cohort, "half")
    chosen = table[sources].groupby("patient").size()
    assert (chosen == 3).all()
    grades = table.groupby("patient")["grade"].first()[chosen.index]
    train = table[table["split"] == "train"].groupby("patient")["grade"].first()
    for group in ("healthy", "ill"):
        drawn, all_of_them = (((g == "healthy") == (group == "healthy")).sum() for g in (grades, train))
        assert drawn == all_of_them // {"healthy": 4, "ill": 2}[group]


def test_the_choice_is_always_the_same(cohort):
    for first, second in zip(choose_sets(cohort, "half"), choose_sets(cohort, "half"), strict=True):
        np.testing.assert_array_equal(first, second)


def test_an_unknown_set_is_refused(cohort):
    with pytest.raises(InputError, match="'ill'.*healthy, half, tumour"):
        choose_sets(cohort, "ill")


# Batches


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    return toy_patient_slices(tmp_path_factory.mktemp("contrasts") / "slices")


def rows_of(slices, images, modality):
    """Which slice each image (B, H, W) is, mirrored or not."""
    known = np.asarray(slices.images[..., MODALITIES.index(modality)], np.float32)
    found = []
    for image in np.asarray(images):
        same = [np.abs(known - way).max((1, 2)) < 1e-3 for way in (image, image[:, ::-1])]
        (row,) = np.flatnonzero(same[0] | same[1])
        found.append((int(row), bool(same[1][row] and not same[0][row])))
    return found


def test_pairs_are_pairs(slices):
    recipe = TINY_PAIRED.change(["source=t1+t2"])
    train = set(slices.select("train"))
    mirrored = []
    for sources, target in recipe.batches(slices).take(6):
        assert sources.shape == (4, 32, 32, 2) and target.shape == (4, 32, 32, 1)
        seen = [rows_of(slices, sources[..., k], name) for k, name in enumerate(("t1", "t2"))]
        assert seen[0] == seen[1] == rows_of(slices, target[..., 0], "flair")
        assert {row for row, _ in seen[0]} <= train
        mirrored += [way for _, way in seen[0]]
    assert 0 < sum(mirrored) < len(mirrored)


def test_sets_without_pairs_are_kept_apart(slices):
    patients = slices.table["patient"].to_numpy()
    a, b = np.isin(patients, ["P0", "P2", "P6"]), np.isin(patients, ["P3", "P5", "P8"])
    batches = TINY_UNPAIRED.batches(slices, a, b)
    paired = 0
    for sources, targets in batches.take(6):
        assert sources.shape == targets.shape == (4, 32, 32, 1)
        from_a, from_b = rows_of(slices, sources[..., 0], "t2"), rows_of(slices, targets[..., 0], "flair")
        assert a[[row for row, _ in from_a]].all() and b[[row for row, _ in from_b]].all()
        paired += sum(x == y for x, y in zip(from_a, from_b, strict=True))
    assert paired == 0


@pytest.mark.parametrize("recipe", [TINY_PAIRED, TINY_UNPAIRED], ids=["paired", "unpaired"])
def test_batches_begin_where_a_training_stopped(slices, recipe):
    everyone = np.ones(len(slices), bool)
    sets = (everyone, everyone) if isinstance(recipe, UnpairedContrast) else ()
    first = list(recipe.batches(slices, *sets, seed=1).take(3))
    again = list(recipe.batches(slices, *sets, seed=1, first_step=2).take(1))
    other = list(recipe.batches(slices, *sets, seed=2).take(1))
    for x, y, z in zip(first[2], again[0], other[0], strict=True):
        np.testing.assert_array_equal(x, y)
        assert np.abs(x - z).max() > 0


# Recipes


def test_a_target_among_its_sources_is_refused():
    with pytest.raises(InputError, match="target must not be a source"):
        PairedContrast("t1+flair", "flair")
    with pytest.raises(InputError):
        PairedContrast("t1+t1", "flair")
    assert "t1+t2+flair" in SOURCES and len(SOURCES) == len(set(SOURCES)) == 14


def test_a_paired_translator_takes_its_sources_and_learns(slices):
    recipe = TINY_PAIRED.change(["source=t1+t2+flair", "target=t1ce"])
    model = recipe.build(0, "float32")
    sources, target = next(iter(recipe.batches(slices)))
    images = np.asarray(model(sources))
    assert images.shape == (4, 32, 32, 1) and np.abs(images).max() <= 1
    data = tf.data.Dataset.from_tensors((sources, target)).repeat()
    history = model.fit(data, epochs=3, steps_per_epoch=20, verbose=0, shuffle=False).history
    assert history["reconstruction"][-1] < 0.5 * history["reconstruction"][0]
    alone = np.concatenate([model(sources[k : k + 1]) for k in range(4)])
    np.testing.assert_allclose(alone, model(sources), atol=1e-4)  # instance norm: no other patient matters


def test_unpaired_translators_start_from_their_seed_and_take_a_step(slices):
    everyone = np.ones(len(slices), bool)
    model, same, other = (TINY_UNPAIRED.build(seed, "float32") for seed in (1, 1, 2))
    for net in ("generator", "discriminator"):
        start, twin, third = (getattr(m, net).get_weights()[0] for m in (model, same, other))
        np.testing.assert_array_equal(start, twin)
        assert (start != third).any()
    told = model.train_step(next(iter(TINY_UNPAIRED.batches(slices, everyone, everyone))))
    assert all(np.isfinite(float(value)) for value in told.values())
    assert np.asarray(model(np.zeros((1, 32, 32, 1), np.float32))).shape == (1, 32, 32, 1)


@pytest.mark.parametrize(
    ("kind", "recipe"), [("contrast", TINY_PAIRED), ("unpaired contrast", TINY_UNPAIRED)]
)
def test_weights_of_both_kinds_are_stored_and_found(kind, recipe, tmp_path):
    keras.utils.set_random_seed(0)
    network = recipe.build_generator()
    about = {"kind": kind, "recipe": vars(recipe), "command": "none", "data": {}, "scores": {}}
    pretrained.save("contrast/some", network, about, tmp_path)
    found = pretrained.load("contrast/some", kind, folder=tmp_path)
    image = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 1)).astype(np.float32)
    if kind == "contrast":
        np.testing.assert_allclose(found(image), network(image), atol=0.02)
    else:
        for name in ("to_a", "to_b"):
            np.testing.assert_allclose(
                found.get_layer(name)(image), network.get_layer(name)(image), atol=0.02
            )
