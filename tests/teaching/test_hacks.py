"""What lesson 42 builds on: the course's hacks, the study, the points of a brain, the sick GANs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from gancourse.losses import gradient_penalty
from gancourse.networks.dcgan import SpectralConv2D
from gancourse.teaching.material import brain_points, hack_study, hacks, sick_gans
from gancourse.training.variants import GUIDELINES, VARIANTS

rng = np.random.default_rng(0)


def test_the_penalty_is_that_of_the_losses():
    weights = tf.constant([[0.6], [-1.1]])
    real, fake = (tf.constant(rng.normal(size=(5, 2)), tf.float32) for _ in range(2))
    found = float(hacks.gradient_penalty(lambda points: points @ weights, real, fake))
    slopes = np.tile(np.reshape(weights, (1, 1, 1, 2)), (5, 1, 1, 1))
    assert found == pytest.approx(float(gradient_penalty(slopes)), abs=1e-5)


def test_a_normalised_kernel_stretches_by_one_and_equals_the_layers():
    layer = SpectralConv2D(3, 4)
    layer.build((None, 8, 8, 2))
    u = tf.reshape(layer.u, -1)
    normal, _ = hacks.spectral_normalise(layer.kernel, u)
    images = tf.constant(rng.normal(size=(1, 8, 8, 2)), tf.float32)
    np.testing.assert_allclose(layer(images), tf.nn.conv2d(images, normal, 1, "VALID"), atol=1e-5)
    for _ in range(100):
        normal, u = hacks.spectral_normalise(layer.kernel, u)
    assert np.linalg.svd(np.reshape(normal, (-1, 3)), compute_uv=False)[0] == pytest.approx(1, abs=1e-4)


def test_verdicts_follow_the_intervals():
    kids = {"baseline": [1, 2, 1.5, 1.2], "pooling": [100, 150, 120], "resize": [0.01, 0.02, 0.015],
            "r1": [1, 2, 1.4], "spectral": [np.nan, 1.0]}  # fmt: skip
    table = pd.DataFrame([{"variant": name, "kid": kid} for name, runs in kids.items() for kid in runs])
    found = hack_study.compare(table, hacks.kid_ratio)
    assert found["verdict"].to_dict() == {"resize": "better", "r1": "cannot be told", "pooling": "worse"}
    assert found["ratio"].is_monotonic_increasing
    geometric = (100 * 150 * 120) ** (1 / 3) / (1 * 2 * 1.5 * 1.2) ** (1 / 4)
    assert found["ratio"]["pooling"] == pytest.approx(geometric)
    assert found["low"]["pooling"] < geometric < found["high"]["pooling"]


def test_a_variant_that_failed_in_one_run_hides_no_other():
    kids = {
        "baseline": [1, 1.3, 0.8],
        "resize": [0.3, 0.35, 0.25],
        "r1": [1, 1.2, 0.9],
        "pooling": [5, 6, 5.5],
    }
    table = pd.DataFrame([{"variant": name, "kid": kid} for name, runs in kids.items() for kid in runs])
    failed = pd.DataFrame({"variant": "hidden-dense", "kid": [2, 3, 3000]})
    found = hack_study.compare(pd.concat([table, failed]), hacks.kid_ratio)
    alone = hack_study.compare(table, hacks.kid_ratio)
    pd.testing.assert_frame_equal(found.drop("hidden-dense"), alone, atol=0.02)
    assert alone["verdict"]["resize"] == "better" and found["high"]["hidden-dense"] > 1000


def test_the_shipped_study_can_be_read():
    table = hack_study.read_study()
    assert set(table["variant"]) <= set(VARIANTS) and (table["variant"] == "baseline").sum() >= 3
    assert set(hack_study.compare(table, hacks.kid_ratio)["verdict"]) <= set(hack_study.GUIDELINE_VERDICTS)
    assert set(hack_study.GUIDELINE_WORDS) == set(GUIDELINES)
    assert hack_study.read_pictures(["baseline"])["baseline"].shape == (4, 32, 32)


def test_points_lie_on_the_rim_and_in_the_dark():
    image = np.full((64, 64), -1.0)
    image[10:54, 12:52] = 0.5
    image[28:36, 30:34] = -0.5
    points = brain_points.draw_points(image, 2000, rng)
    x, y = np.rint(points * 24 + 31.5).astype(int).T
    inside = (np.abs(y - 31.5) < 5) & (np.abs(x - 31.5) < 3)
    assert points.shape == (2000, 2) and points.dtype == np.float32
    assert inside.mean() == pytest.approx(0.35, abs=0.05)
    edge = (np.abs(y - 31.5) > 18.5) | (np.abs(x - 31.5) > 16.5)
    assert (inside | edge).all()
    assert brain_points.most_dark_inside(np.stack([np.full((64, 64), -1.0), image])) == 1


def test_transport_is_the_shortest_way():
    a = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert brain_points.transport(a, a[::-1]) == 0
    assert brain_points.transport(a, a + [0, 2]) == pytest.approx(2)
    assert brain_points.transport(a, np.array([[2.0, 0.0], [0.0, 1.0]])) == pytest.approx(1)


def test_a_chart_has_what_a_cure_changes():
    gans = sick_gans.read_sick_gans()
    assert list(gans) == list("ABCD")
    chart = sick_gans.charts(gans)
    for letter, change in sick_gans.CURES.items():
        assert set(change) <= set(chart.index)
        assert dataclasses.replace(gans[letter].recipe, **change) != gans[letter].recipe
    assert {len(gan.images) for gan in gans.values()} == {len(gan.cured) for gan in gans.values()} == {16}
