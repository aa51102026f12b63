"""The course's versions of lesson 47's exercises, against the dissection, and the study's tables."""

import numpy as np
import pandas as pd
import pytest
from toy_units import toy_generator, toy_latents

from gancourse.errors import InputError
from gancourse.metrics import dissection
from gancourse.metrics.dissection import Edit
from gancourse.teaching.material import unit_parts as course
from gancourse.teaching.material import unit_study


@pytest.fixture
def maps():
    return np.random.default_rng(0).normal(size=(6, 8, 8, 5)).astype(np.float32)


@pytest.fixture
def mask():
    return (np.random.default_rng(1).random((6, 8, 8)) > 0.9).repeat(2, 1).repeat(2, 2)


def test_dissection_and_chance_are_those_of_the_package(maps, mask):
    found = dissection.dissect(maps, {"spots": mask})
    scores, ranking = course.dissect(maps, mask)
    # The package takes its thresholds from one pixel in seven.
    np.testing.assert_allclose(scores, found.iou[:, 0], atol=0.03)
    np.testing.assert_allclose(course.by_chance(maps, mask), found.chance[:, 0], atol=0.03)
    assert scores[ranking].tolist() == sorted(scores, reverse=True)


def test_edits_are_those_of_the_package(maps, mask):
    units, values = np.array([4, 1]), np.array([2.0, -1.0])
    everywhere, there = Edit("8a", units, values), Edit("8a", units, values, mask[0])
    np.testing.assert_allclose(
        course.switch(maps, units, values), dissection.apply(everywhere, maps), atol=1e-6
    )
    np.testing.assert_allclose(
        course.paint(maps, units, values, mask[0].astype(float)), dissection.apply(there, maps), atol=1e-5
    )


def test_an_effect_by_hand():
    before = np.full((1, 2, 2, 4), -1.0)
    before[0, 0] = 0.0  # the brain
    after = before.copy()
    after[0, 0, 0], after[0, 0, 1] = 0.5, -0.1
    concept, left = np.zeros((2, 1, 2, 2), bool)
    concept[0, 0, 0] = left[0, 1, 1] = True
    np.testing.assert_allclose(course.effect(before, after, concept, left), (1.0, 25.0, 5.0), atol=1e-4)


def test_the_tables_of_the_study():
    layers, units, study = unit_study.read_layers(), unit_study.read_units(), unit_study.read_interventions()
    assert len(units) == 976 and len(layers) == 11 * len(dissection.CONCEPTS)
    doubts = unit_study.doubts(units, layers, "32b")
    assert doubts.iloc[0] == 64 and 0 < doubts.iloc[2] <= doubts.iloc[1] < 64
    off, on = unit_study.switched_off(study, "32b"), unit_study.switched_on(study, "32b", 16)
    assert set(off["concept"]) == {"tumour core", "ventricles", "whole tumour"} and len(on) == 3
    assert isinstance(on, pd.DataFrame) and not off.isna().any(axis=None)


def test_a_missing_table_names_the_command(tmp_path):
    with pytest.raises(InputError, match=r"dissection.py units"):
        unit_study.read_layers(tmp_path)


def test_who_has_a_tumour_where():
    masks = {name: np.zeros((4, 32, 32), bool) for name in ("WT", "brain")}
    masks["brain"][:, 4:28, 4:28] = True
    masks["WT"][0, 8:20, 18:27] = masks["WT"][1, 8:20, 5:14] = True
    spot = np.zeros((32, 32), bool)
    spot[12:16, 8:11] = True
    ill, well = unit_study.who_is_free(masks, spot)
    assert ill.tolist() == [0] and well.tolist() == [2, 3]
    sides = unit_study.sides(masks, least=50)
    assert sides["right"].tolist() == [1] and sides["left"].tolist() == [0]


def test_a_style_decides_what_an_edit_does():
    """The same maps give another image: this holds for any generator with styles."""
    parts = dissection.take_apart(toy_generator())
    z = toy_latents(4)
    changed = course.switch(dissection.activations(parts, z[:2], "8a"), np.array([0]), np.array([3.0]))
    own, lent = (dissection.finish(parts, "8a", changed, who) for who in (z[:2], z[2:]))
    assert np.abs(own - lent).max() > 1e-4
