"""A generator in parts is the generator, edits reach what they should, and dissection finds what is there."""

import keras
import numpy as np
import pytest
from toy_patients import toy_patients
from toy_units import DIM, toy_generator, toy_latents

from gancourse.errors import InputError
from gancourse.gans.patient_maps import Patients
from gancourse.metrics import dissection
from gancourse.metrics.dissection import CONCEPTS, Edit


@pytest.fixture(scope="module")
def generator():
    return toy_generator()


@pytest.fixture(scope="module")
def parts(generator):
    return dissection.take_apart(generator)


def test_the_parts_make_the_generators_image(generator, parts):
    z = toy_latents()
    assert [(s.name, s.units) for s in parts.stages[:-1]] == [
        ("4a", 8),
        ("4b", 8),
        ("8a", 6),
        ("8b", 6),
        ("16a", 4),
    ]
    expected = generator(z, training=False)
    np.testing.assert_allclose(dissection.generate(parts, z, batch=2), expected, atol=1e-6)


def test_another_network_is_refused():
    with pytest.raises(InputError, match="modulated"):
        dissection.take_apart(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))


def test_an_edit_with_what_is_there_changes_nothing(parts):
    z = toy_latents()
    there = dissection.activations(parts, z[:1], "8b")[0]
    where = np.zeros((8, 8))
    where[2, 3] = 1
    edit = Edit("8b", range(6), there[2, 3], where)
    np.testing.assert_allclose(
        dissection.generate(parts, z[:1], [edit]), dissection.generate(parts, z[:1]), atol=1e-6
    )


def test_an_edit_reaches_its_units_and_places_only(parts):
    z = toy_latents(3)
    maps = dissection.activations(parts, z, "8a")
    where = np.zeros((3, 16, 16), bool)
    where[1, 4:8, 8:12] = True
    edited = np.asarray(dissection.apply(Edit("8a", [1, 4], [7.0, -2.0], where), maps))
    expected = maps.copy()
    expected[1, 2:4, 4:6, 1], expected[1, 2:4, 4:6, 4] = 7, -2
    np.testing.assert_allclose(edited, expected, atol=1e-6)
    one = dissection.generate(parts, z, [Edit("8a", [1, 4], 7.0, where)], batch=2)
    before = dissection.generate(parts, z)
    assert np.abs(one[1] - before[1]).max() > 1e-4
    np.testing.assert_allclose(one[[0, 2]], before[[0, 2]], atol=1e-6)
    far = np.ones((16, 16), bool)
    far[:13, 3:] = False  # a convolution of the same size, then one of twice the size, and the last
    np.testing.assert_allclose(one[1][far], before[1][far], atol=1e-6)


def test_edits_of_two_layers_and_everywhere(parts):
    z = toy_latents(2)
    off = [Edit("4b", range(8)), Edit("16a", range(4))]
    both = dissection.generate(parts, z, off)
    np.testing.assert_allclose(both[0], both[1], atol=1e-6)  # nothing of the latents is left
    np.testing.assert_allclose(both, dissection.generate(parts, z, off[1:]), atol=1e-6)


def test_a_borrowed_style_is_used_behind_the_edit(parts):
    z, other = toy_latents(2), toy_latents(4)[2:]
    own = dissection.generate(parts, z, [Edit("8a", [])])
    borrowed = dissection.generate(parts, z, [Edit("8a", [])], styled_by=other)
    assert np.abs(own - borrowed).max() > 1e-4
    np.testing.assert_allclose(dissection.generate(parts, z, [Edit("8a", [])], styled_by=z), own, atol=1e-6)
    last = dissection.generate(parts, z, [Edit("16a", [])], styled_by=other)
    np.testing.assert_allclose(last, own, atol=1e-6)  # no layer behind it has a style


@pytest.mark.parametrize("layer", ["4a", "8b", "16a"])
def test_the_layers_behind_finish_what_a_layer_began(parts, layer):
    z, other = toy_latents(3), toy_latents(6)[3:]
    maps = dissection.activations(parts, z, layer)
    finished = dissection.finish(parts, layer, maps, z, batch=2)
    np.testing.assert_allclose(finished, dissection.generate(parts, z), atol=1e-6)
    maps[..., 1] = 2.0
    edited = dissection.generate(parts, z, [Edit(layer, [1], 2.0)], styled_by=other)
    np.testing.assert_allclose(dissection.finish(parts, layer, maps, other), edited, atol=1e-6)


@pytest.mark.parametrize("layer", ["4a", "8b"])
def test_an_edit_between_the_halves(parts, layer):
    z = toy_latents(3)
    front, back = dissection.halves(parts, layer)
    maps, style = front(z, training=False)
    np.testing.assert_allclose(back([maps, style], training=False), dissection.generate(parts, z), atol=1e-6)
    edit = Edit(layer, [2], 1.5)
    edited = back([dissection.apply(edit, maps), style], training=False)
    np.testing.assert_allclose(edited, dissection.generate(parts, z, [edit]), atol=1e-6)
    with pytest.raises(InputError, match="unknown"):
        dissection.halves(parts, "image")


@pytest.mark.parametrize("edit", [Edit("9z", [0]), Edit("8a", [6]), Edit("8a", [-1])])
def test_unknown_layers_and_units_are_refused(parts, edit):
    with pytest.raises(InputError, match="layer"):
        dissection.generate(parts, toy_latents(1), [edit])
    with pytest.raises(InputError, match="unknown"):
        dissection.activations(parts, toy_latents(1), "9z")
    assert DIM == toy_latents(1).shape[1]


def test_dissection_finds_the_unit_that_draws_a_concept():
    rng = np.random.default_rng(0)
    small = rng.random((6, 8, 8)) > 0.9
    small[0] = False
    mask = small.repeat(4, 1).repeat(4, 2)
    maps = rng.normal(size=(6, 8, 8, 3))
    maps[..., 1] = 4 * small + 0.1 * maps[..., 1]
    found = dissection.dissect(maps, {"spots": mask, "none": np.zeros_like(mask)})
    assert found.best("spots", 1) == [1] and found.iou[1, 0] > 0.6
    assert found.chance[1, 0] < 0.2 and found.without[1, 0] < 0.1
    assert (found.iou[:, 1] == 0).all() and np.isnan(found.without[:, 1]).all()
    few = dissection.dissect(maps, {"spots": mask}, share=0.01)
    np.testing.assert_allclose(few.iou[1, 0], 0.01 / mask.mean(), rtol=0.3)


def test_measures_by_hand():
    large = np.arange(100.0).reshape(1, 10, 10)
    active = large > dissection.threshold(large, 0.1)
    assert active.sum() == 10
    concept = (large >= 80) & (large < 95)
    assert dissection.iou(active, concept) == 5 / 20
    assert dissection.iou(active & False, concept & False) == 0
    maps = np.stack([np.arange(16.0).reshape(1, 4, 4), np.ones((1, 4, 4))], -1)
    places = np.zeros((1, 8, 8), bool)
    places[0, :2, :4] = True
    np.testing.assert_allclose(dissection.values_in(maps, places), [0.5, 1], atol=1e-6)
    np.testing.assert_allclose(dissection.values_in(maps, places, 1.0), [1, 1], atol=1e-6)
    with pytest.raises(InputError, match="no pixel"):
        dissection.values_in(maps, places & False)
    with pytest.raises(InputError, match="as many patients"):
        dissection.dissect(maps, {"places": places.repeat(2, 0)})


def test_concepts_of_a_drawn_brain():
    images, seg = toy_patients(4)
    brain = images[..., 0] > -1
    images[brain] = 0.0
    images[:, 14:18, 14:18, 0] = images[:, 3:5, 15:17, 0] = -0.8  # dark in T1
    images[:, 14:18, 14:18, 2] = images[:, 3:5, 15:17, 2] = 0.9  # bright in T2
    seg[:] = 0
    seg[1, 20:24, 8:12], seg[1, 21:23, 9:11], seg[1, 21, 9] = 2, 4, 1
    masks = dissection.concepts_of(Patients(images, seg, brain), pixel_mm=4.0)
    assert list(masks) == list(CONCEPTS)
    assert masks["ventricles"].sum((1, 2)).tolist() == [16] * 4
    assert masks["sulci"].sum((1, 2)).tolist() == [4] * 4
    sums = {name: int(mask[1].sum()) for name, mask in masks.items()}
    assert (sums["WT"], sums["oedema"], sums["TC"], sums["ET"], sums["necrosis"]) == (16, 12, 4, 3, 1)
    np.testing.assert_array_equal(masks["background"], ~brain)
    np.testing.assert_array_equal(masks["brain"], brain & (seg == 0))
