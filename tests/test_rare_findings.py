"""The study of rare findings: what counts as one, who is used for what, and how examples are mixed in."""

import dataclasses

import numpy as np
import pandas as pd
import pathology
import pathology_scores
import pytest
import rare_findings
import tensorflow as tf
from toy_orders import toy_order_slices

from gancourse.errors import InputError
from gancourse.gans.orders import Order
from gancourse.metrics.memorisation import with_mirrors
from gancourse.training.conditional_training import ConditionalRecipe, Examples, examples_of


def test_a_butterfly_has_core_and_tumour_on_both_sides():
    orders = pd.DataFrame(
        {
            "side": [0.2, 0.2, 1.0, 0.2, 0.1],
            "core_side": [-0.5, 1.0, 0.1, np.nan, 0.0],
            "core_cm2": [5.0, 5, 5, 0, 1],
        }
    )
    assert list(rare_findings.is_butterfly(orders)) == [True, False, False, False, False]


def test_common_slices_are_of_patients_without_a_butterfly(tmp_path):
    slices = toy_order_slices(tmp_path / "slices")
    seg = np.array(slices.seg)
    seg[3] = np.where(slices.tissue[3] > 0, 4, 0)  # the first of three slices of P1
    seg[6] = np.where(slices.tissue[6] > 0, 2, 0)  # of P2, without a core
    common = rare_findings.is_common(dataclasses.replace(slices, seg=seg))
    assert not common[3:7].any() and common[0]
    healthy = (slices.table["grade"] == "healthy").to_numpy() & (slices.table["patient"] != "P2").to_numpy()
    assert healthy.any() and common[healthy].all()


def test_every_patient_with_a_butterfly_has_one_use(tmp_path, monkeypatch):
    slices = toy_order_slices(tmp_path / "slices")
    seg = np.where(slices.tissue > 0, 4, 0).astype(np.uint8)
    seg[:3] = 0  # of P0 no slice shows one
    slices = dataclasses.replace(slices, seg=seg)
    monkeypatch.setattr(rare_findings, "RECIPE", dataclasses.replace(rare_findings.RECIPE, size=16))
    monkeypatch.setattr(rare_findings, "POOL", 4)
    parts = rare_findings.rare_slices(slices)
    assert [len(parts[name].images) for name in ("pool", "unseen")] == [4, 23 - 4]
    patients = [set(slices.table["patient"].iloc[part.rows]) for part in parts.values()]
    assert sum(map(len, patients)) == len(set().union(*patients)) == 23
    monkeypatch.setattr(rare_findings, "POOL", 12)
    with pytest.raises(InputError, match="23 patients with a butterfly, expected over 24"):
        rare_findings.rare_slices(slices)


def pool(n):
    orders = pd.DataFrame([Order("HGG", 0.5, 20.0, "both", "frontal").row()] * n)
    return Examples(np.full((n, 16, 16, 7), 0.5, np.float16), orders, np.full(n, 1 / n), np.arange(n))


def test_one_in_eight_images_is_an_example_however_many_there_are(tmp_path):
    slices = toy_order_slices(tmp_path / "slices")
    common = examples_of(slices, ConditionalRecipe(size=16, base=4, d_base=4, latent_dim=8))
    for number in (1, 5, 20):
        chosen = rare_findings.chosen_examples(pool(20), number, seed=0)
        assert len(set(chosen)) == number
        mixed = rare_findings.mixed(common, pool(20), chosen)
        assert mixed.chance.sum() == pytest.approx(1) and len(mixed.images) == len(common.images) + number
        rare = (mixed.images == 0.5).all((1, 2, 3))
        assert rare.sum() == number and mixed.chance[rare].sum() == pytest.approx(1 / 8)
        assert (mixed.orders["side"].to_numpy()[rare] == 0).all()
    assert rare_findings.mixed(common, pool(20), np.arange(0)) is common


def test_more_examples_contain_the_fewer_and_seeds_differ():
    few, many = (rare_findings.chosen_examples(pool(100), n, seed=1) for n in (5, 20))
    np.testing.assert_array_equal(few, many[:5])
    assert set(few) != set(rare_findings.chosen_examples(pool(100), 5, seed=2))


def test_mirror_images_of_channels_do_not_exchange_them():
    images = np.random.default_rng(0).random((1, 4, 4, 2), np.float32)
    np.testing.assert_array_equal(
        with_mirrors(rare_findings.stacked(images))[1], rare_findings.stacked(images[:, :, ::-1])[0]
    )


def test_unusual_orders_leave_what_was_learned():
    orders = pd.DataFrame([Order("HGG", 0.6).row(), Order("healthy", 0.6).row()] * 50)
    strange = pathology_scores.unusual(orders, np.random.default_rng(0))
    assert (strange["grade"] != "healthy").all() and strange.notna().all(axis=None)
    assert strange["area_cm2"].between(1, 63).all() and strange["side"].between(-1, 1).all()
    assert strange["along"].between(-1, 1).all() and (strange["area_cm2"] > 42).any()
    assert (strange["height"] > 0.8).any()
    assert (strange["enhancing_cm2"] <= strange["area_cm2"]).all() and (strange["enhancing_cm2"] > 10).any()


def test_half_of_the_painter_s_maps_become_coarser():
    rng = np.random.default_rng(3)
    channel = np.zeros((4, 16, 16), int)
    channel[:, 2:14, 2:14] = 2
    channel[:, 4:12, 4:8] = 3
    channel[:, 9, 9] = 5  # smaller than a coarse pixel
    labels = np.eye(7, dtype=np.float32)[channel]
    images = rng.normal(size=(4, 16, 16, 4)).astype(np.float32)
    coarse, same = pathology.coarser(tf.constant(labels), tf.constant(images))
    np.testing.assert_array_equal(same, images)
    np.testing.assert_array_equal(coarse[2:], labels[2:])
    first = np.asarray(coarse[:2])
    assert (first.sum(-1) == 1).all() and first[..., 5].sum() == 0
    assert (first.argmax(-1) == channel[:2]).mean() > 0.9
