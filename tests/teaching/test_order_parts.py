"""Lesson 45's parts agree with what the study uses, and its tables are read as they were written."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from toy_orders import toy_order_slices

from gancourse.errors import InputError
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import CONDITIONS, LIMITS, encode
from gancourse.metrics import delivery
from gancourse.metrics.repeats import repeats
from gancourse.networks import conditional
from gancourse.teaching.checks import lesson45 as checks
from gancourse.teaching.material import order_parts, order_study
from gancourse.training.conditional_training import ConditionalRecipe, examples_of

TOLERANCES = {"area_cm2": 4.0, "side": 0.3}

VERSIONS = [
    (checks.scale_maps, order_parts.scale_maps),
    (checks.scale_maps, conditional.scale_maps),  # of the shipped generator
    (checks.project, order_parts.project),
    (checks.delivered, order_parts.delivered),
    (checks.distance, order_parts.distance),
    (checks.distance, delivery.distance_to_training),
    (checks.nearer_to_examples, order_parts.nearer_to_examples),
]


@pytest.mark.parametrize(("check", "version"), VERSIONS)
def test_the_course_s_versions_pass_the_learners_checks(check, version):
    assert check(version).passed, check(version)


def test_deliveries_are_those_of_the_study():
    rng = np.random.default_rng(0)
    grades = np.array(["healthy", "LGG", "HGG"])[rng.integers(0, 3, 200)]
    asked = pd.DataFrame(
        {"grade": grades, "area_cm2": rng.uniform(2, 40, 200), "side": rng.uniform(-1, 1, 200)}
    )
    found = asked.assign(
        area_cm2=asked["area_cm2"] + rng.normal(0, 4, 200), side=asked["side"] + rng.normal(0, 0.3, 200)
    )
    asked.loc[grades == "healthy", list(TOLERANCES)] = np.nan
    found.loc[::7, list(TOLERANCES)] = np.nan
    found.loc[::5, "grade"] = "HGG"
    study = delivery.delivered(delivery.errors(asked, found), {"grade": 0.0, **TOLERANCES})
    pd.testing.assert_frame_equal(order_parts.delivered(asked, found, TOLERANCES), study)
    assert 0.1 < study["all"].mean() < 0.9


def test_distances_are_those_of_the_study():
    rng = np.random.default_rng(1)
    orders, training = rng.normal(size=(9, 7)), rng.normal(size=(50, 7))
    study = delivery.distance_to_training(orders, training)
    np.testing.assert_allclose(order_parts.distance(orders, training), study, atol=1e-6)


def test_repeated_examples_are_counted_as_in_the_study():
    rng = np.random.default_rng(2)
    examples, unseen = rng.normal(size=(8, 6, 6)), rng.normal(size=(40, 6, 6))
    copies = examples[rng.integers(0, 8, 30)][:, :, ::-1] + 0.1 * rng.normal(size=(30, 6, 6))
    honest = rng.normal(size=(300, 6, 6))
    assert order_parts.nearer_to_examples(copies, examples, unseen) == 1
    share = order_parts.nearer_to_examples(honest, examples, unseen)
    assert share == pytest.approx(repeats(honest, examples, unseen)["nearer"], abs=0.15)


def test_any_order_is_one_that_can_be_given():
    orders = order_parts.any_orders(200, np.random.default_rng(5))
    assert set(orders["grade"]) == {"LGG", "HGG"}
    for name, (low, high) in LIMITS.items():
        assert orders[name].between(low, high).all() and orders[name].std() > 0.2 * (high - low)


def test_the_greater_half_of_a_tumour_is_compared_with_the_order():
    orders = order_parts.any_orders(4, np.random.default_rng(6)).assign(side=[-1.0, 1.0] * 2)
    seg = np.zeros((4, 8, 8), np.uint8)
    seg[::2, 3:5, 0:5], seg[1::2, 3:5, 3:8] = 4, 2
    assert order_parts.on_ordered_side(seg, orders) == 1
    assert order_parts.on_ordered_side(seg[:, :, ::-1], orders) == 0
    assert order_parts.on_ordered_side(np.zeros_like(seg), orders) == 0  # no tumour is on no side


def test_the_parts_make_a_gan_that_learns_what_an_order_changes():
    gan = order_parts.build_gan(order_parts.scale_maps, order_parts.project, size=16, base=4)
    images = np.random.default_rng(7).uniform(-1, 1, (8, 16, 16, 7)).astype(np.float32)
    orders = np.random.default_rng(8).standard_normal((8, CONDITIONS)).astype(np.float32)
    before = gan.generator.get_weights()
    gan.train_step((tf.constant(images), tf.constant(orders)))
    pairs = list(zip(before, gan.generator.get_weights(), strict=True))
    assert np.mean([np.abs(a - b).max() > 0 for a, b in pairs]) > 0.8
    kernels = [b for a, b in pairs if a.ndim == 2 and not a.any()]  # of scales and shifts, which start at 0
    assert len(kernels) >= 2 and all(kernel.any() for kernel in kernels)
    assert gan.generator([np.zeros((2, 32)), orders[:2]]).shape == (2, 16, 16, 7)


def test_a_live_training_stops_by_the_clock(tmp_path):
    examples = examples_of(toy_order_slices(tmp_path / "slices"), ConditionalRecipe(size=16))
    gan = order_parts.build_gan(order_parts.scale_maps, order_parts.project, size=16, base=4)
    before = gan.ema_generator.get_weights()
    seen: list[int] = []
    steps = order_parts.train_live(gan, examples, seconds=0.5, batch_size=8, watch=seen.append, every=2)
    assert steps > 1 and seen[-1] == steps
    assert seen[:-1] == [step for step in range(2, steps, 2)]
    maps = paint(gan.ema_generator, encode(examples.orders[:3]))
    assert maps.shape == (3, 16, 16, 7) and np.isfinite(maps).all()
    pairs = zip(before, gan.ema_generator.get_weights(), strict=True)
    assert np.mean([np.abs(a - b).max() > 0 for a, b in pairs]) > 0.5


def test_what_the_study_wrote_is_read(tmp_path):
    conditions = np.random.default_rng(3).normal(size=(5, 7)).astype(np.float16)
    arrays = {"attributes": np.array(["grade", "side"]), "limits": np.array([0.0, 0.3])}
    np.savez_compressed(tmp_path / "learned_orders.npz", conditions=conditions, **arrays)
    learned = order_study.read_learned(tmp_path)
    assert learned.limits == {"grade": 0.0, "side": 0.3} and learned.conditions.dtype == np.float32
    np.testing.assert_array_equal(learned.conditions, conditions.astype(np.float32))


def test_maps_of_rare_findings_are_read(tmp_path):
    maps = np.random.default_rng(4).integers(0, 7, (8, 32, 32), np.uint8)
    np.savez_compressed(tmp_path / "rare_findings.npz", unseen=maps)
    np.testing.assert_array_equal(order_study.rare_maps(tmp_path)["unseen"], maps)


@pytest.mark.parametrize(
    ("read", "stage"),
    [
        (order_study.read_learned, "pathology.py export"),
        (order_study.rare_maps, "rare_findings.py score"),
        (lambda folder: order_study.read_table("orders", folder), "pathology.py export"),
        (lambda folder: order_study.read_table("rare_findings", folder), "rare_findings.py score"),
    ],
)
def test_what_is_not_there_is_made_by_a_command(tmp_path, read, stage):
    with pytest.raises(InputError, match=f"not there; `python experiments/{stage}` makes it"):
        read(tmp_path)
