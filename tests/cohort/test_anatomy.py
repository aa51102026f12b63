"""The phantoms' anatomy: volumes, cortex, nuclei, partitions, and what differs between people."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from gancourse.cohort.phantom import anatomy
from gancourse.cohort.phantom.parameters import HEALTHY, draw, generator
from gancourse.cohort.phantom.template import load_template

SPACING = 3.0


def make(index, seed=5, **changes):
    p = dataclasses.replace(draw(index, seed), **changes)
    return anatomy.make_anatomy(p, generator(index, seed, "realistic", 1))


@pytest.fixture(scope="module")
def people():
    """The anatomy of 24 subjects at 3 mm."""
    points = anatomy.grid_points(SPACING)
    return [make(k).tissue(points) for k in range(24)]


def volumes_ml(tissue):
    ml = dict(zip(HEALTHY, tissue.fractions.sum((1, 2, 3)) * SPACING**3 / 1000, strict=True))
    return ml | {"grey": sum(ml[name] for name in ("GM", "STR", "THA", "PAL"))}


def test_tissue_volumes_are_those_of_adults(people):
    each = [volumes_ml(t) for t in people]
    csf, gm, wm = (np.array([v[name] for v in each]) for name in ("CSF", "grey", "WM"))
    for volumes, median, everyone in (
        (csf, (200, 330), (100, 500)),
        (gm, (600, 760), (480, 900)),
        (wm, (430, 560), (350, 700)),
        (csf + gm + wm, (1050, 1800), (1050, 1800)),
        (gm / wm, (1.1, 1.6), (0.9, 1.8)),
    ):
        assert median[0] <= np.median(volumes) <= median[1]
        assert everyone[0] <= volumes.min() and volumes.max() <= everyone[1]


def test_people_differ(people):
    ventricles = np.array([((t.wall_mm < 0) & t.brain).sum() * SPACING**3 / 1000 for t in people])
    assert np.quantile(ventricles, 0.9) > 2.5 * np.quantile(ventricles, 0.1)  # slender to wide
    sulci = np.array([t.fractions[0][t.wall_mm > 6].sum() / t.brain.sum() for t in people])
    ages = np.array([draw(k, 5).age_years for k in range(len(people))])
    assert np.corrcoef(ages, ventricles)[0, 1] > 0.2 and np.corrcoef(ages, sulci)[0, 1] > 0.2


def test_fractions_fill_the_brain(people):
    for t in people[:4]:
        np.testing.assert_allclose(t.fractions.sum(0), t.brain, rtol=0, atol=0.01)
        assert t.fractions.min() >= 0


def test_the_cortex_is_a_ribbon_of_2_to_4_mm():
    points = anatomy.grid_points(1.0)[:, 30:210, 20:220, 70:120]
    t = make(0).tissue(points)
    label = np.where(t.brain, np.concatenate([t.fractions[:3], t.fractions[3:].sum(0)[None]]).argmax(0), -1)
    outwards = ndimage.distance_transform_edt((label != 0) & (label != -1))
    inwards = ndimage.distance_transform_edt(label != 2)
    cortex = (label == 1) & (t.wall_mm > 12) & (t.below < 0.3)
    cortex[:, :, [0, -1]] = False
    thickness = np.median((outwards + inwards - 1)[cortex])
    assert 2 <= thickness <= 4


def test_deep_nuclei_have_their_size_and_place():
    template = load_template()
    x, y, z = np.mgrid[-60:61:2, -70:51:2, -50:41:2].astype(np.float32)
    mni = np.stack([x, y, z])
    for field, (low, high), middle in zip(
        template.deep, ((12, 30), (10, 26), (1, 6)), ((16, 4, 3), (12, -17, 8), (15, -20, -5)), strict=True
    ):
        share = field.at(mni) / 255
        assert low < share.sum() * 8 / 1000 < high  # mL, both sides
        centre = [(np.abs(v) * share).sum() / share.sum() for v in (x,)]
        centre += [(v * share).sum() / share.sum() for v in (y, z)]
        assert np.linalg.norm(np.array(centre) - middle) < 12


def test_falx_and_tentorium_part_the_brain():
    template = load_template()
    column = np.array([[0, 40, 30], [0, -70, 30], [0, -40, 55]], np.float32).T  # in the fissure
    assert template.barrier.at(column).max() < 3
    callosum = np.array([[0, 26, 6], [0, -36, 16]], np.float32).T
    assert template.barrier.at(callosum).min() > 3
    assert template.below.at(np.array([[20, -65, -40], [0, -25, -35]], np.float32).T).min() > 0.9
    assert template.below.at(np.array([[25, -80, 5], [20, 0, 30]], np.float32).T).max() < 0.1


def test_anatomy_varies_one_thing_at_a_time():
    points = anatomy.grid_points(SPACING)

    def measure(**changes):
        t = make(4, 0, **({"ventricle_mm": 0.0} | changes)).tissue(points)
        ventricle, sulci = ((t.wall_mm < 0) & t.brain).sum(), t.fractions[0][(t.wall_mm > 6) & t.brain].sum()
        return ventricle, sulci, t.brain.sum()

    gain = draw(4, 0).sulcus_gain
    ventricle, sulci, brain = measure()
    wider = measure(ventricle_mm=3.0)
    assert wider[0] > 1.4 * ventricle and wider[2] == brain
    deeper = measure(sulcus_gain=3 * gain)
    assert deeper[1] > 1.25 * sulci and deeper[0] == ventricle
    larger = measure(brain_scale=draw(4, 0).brain_scale * 1.05)
    assert larger[2] == pytest.approx(brain * 1.05**3, rel=0.04)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_deformation_is_invertible_and_asymmetric(index):
    made = make(index, 7)

    def smallest_determinant(displacement):
        gradient = np.stack([np.stack(np.gradient(c, anatomy.COARSE_MM)) for c in displacement])
        jacobian = gradient + np.eye(3)[:, :, None, None, None]
        return np.linalg.det(np.moveaxis(jacobian, (0, 1), (-2, -1))).min()

    assert smallest_determinant(made.displacement) > 0 and smallest_determinant(made.gyri) > 0
    d = made.displacement
    assert np.abs(d[0] + d[0, ::-1]).mean() > 0.5  # mm: left is not the mirror of right
