"""The clock: FLAIR in the infarct against the tissue round it."""

import numpy as np
import pytest
from scipy import ndimage
from toy_stroke import truth_on

from gancourse.segmentation.mismatch import THRESHOLD, looks_early, read_mismatch

ZOOMS = 2.5, 2.5, 5.0


@pytest.fixture
def case():
    brain, lesion = truth_on()
    return np.where(brain, 400.0, 0.0), lesion, brain


@pytest.mark.parametrize(("factor", "early"), [(1.02, True), (1.5, False)])
def test_brighter_than_what_is_round_it_is_late(case, factor, early):
    flair, lesion, brain = case
    found = read_mismatch(np.where(lesion, flair * factor, flair), lesion, brain, ZOOMS)
    assert found.ratio == pytest.approx(factor) and found.early is early


def test_units_and_an_uneven_coil_do_not_matter(case):
    flair, lesion, brain = case
    uneven = flair * np.linspace(0.7, 1.4, flair.shape[0])[:, None, None]
    found = read_mismatch(7 * np.where(lesion, 1.3 * uneven, uneven), lesion, brain, ZOOMS)
    assert found.ratio == pytest.approx(1.3, abs=0.03)


def test_fluid_does_not_count(case):
    flair, lesion, brain = case
    wet = np.zeros_like(brain)
    wet[::3] = True
    seen = np.where(wet, 20.0, np.where(lesion, 1.3 * flair, flair))
    assert read_mismatch(seen, lesion, brain, ZOOMS).ratio == pytest.approx(1.3)


def test_neither_a_rim_nor_what_is_far_counts(case):
    flair, lesion, brain = case
    away = ndimage.distance_transform_edt(~lesion, ZOOMS)
    seen = np.where((away > 0) & (away < 2) | (away > 13), 0.75 * flair, np.where(lesion, 1.2 * flair, flair))
    assert read_mismatch(seen, lesion, brain, ZOOMS).ratio == pytest.approx(1.2)


def test_with_nothing_round_it_the_rest_counts(case):
    flair, lesion, brain = case
    ring = ~lesion & (ndimage.distance_transform_edt(~lesion, ZOOMS) < 13)
    seen = np.where(ring, 0.0, np.where(lesion, 1.4 * flair, flair))
    assert read_mismatch(seen, lesion, brain, ZOOMS).ratio == pytest.approx(1.4)


def test_no_tissue_no_answer(case):
    flair, lesion, brain = case
    assert read_mismatch(np.where(lesion, 0.0, flair), lesion, brain, ZOOMS) is None
    assert read_mismatch(flair, brain, brain, ZOOMS) is None


def test_the_threshold():
    assert looks_early(THRESHOLD - 0.01) and not looks_early(THRESHOLD)
