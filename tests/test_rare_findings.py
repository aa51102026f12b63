"""The study of rare findings: what counts as one, who is used for what, and how examples are mixed in."""

import numpy as np
import pandas as pd
import pathology_scores
import pytest
import rare_findings
from toy_orders import toy_order_slices

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


def pool(n):
    orders = pd.DataFrame([Order("HGG", 0.5, 20.0, "both", "frontal").row()] * n)
    return Examples(np.full((n, 16, 16, 2), 0.5, np.float16), orders, np.full(n, 1 / n), np.arange(n))


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


def test_mirror_images_of_two_channels_do_not_exchange_them():
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
