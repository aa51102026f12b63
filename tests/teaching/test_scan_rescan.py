"""Visits: what is asked for changes, the rest of the person stays."""

from dataclasses import replace

import numpy as np
import pytest
from tissue_study import other_scanner

from gancourse.teaching.material.scan_rescan import visit, volunteer

SPACING = 4.0


@pytest.fixture(scope="module")
def person():
    return volunteer(3)


@pytest.fixture(scope="module")
def first(person):
    return visit(person, SPACING, modalities=("t1", "flair"))


def test_the_truth_is_whole(first):
    assert set(np.unique(first.tissue)) == {0, 1, 2, 3}
    assert first.volumes_ml["ICV"] == pytest.approx(sum(first.volumes_ml[t] for t in ("CSF", "GM", "WM")))
    assert first.volumes_ml["GM"] == pytest.approx((first.tissue == 2).sum() * SPACING**3 / 1000)
    assert 900 < first.volumes_ml["ICV"] < 2200
    assert np.array_equal(first.images["t1"] > 0, first.brain)


def test_the_same_visit_is_the_same(person, first):
    again = visit(person, SPACING, modalities=("t1",))
    assert np.array_equal(again.images["t1"], first.images["t1"])


def test_another_scan_changes_the_image_only(person, first):
    again = visit(person, SPACING, scan=1)
    assert np.array_equal(again.tissue, first.tissue)
    assert not np.array_equal(again.images["t1"], first.images["t1"])


def test_another_scanner_changes_the_image_only(person, first):
    moved = other_scanner(person)
    assert replace(moved, scans=person.scans) == person and moved.scans != person.scans
    assert np.array_equal(visit(moved, SPACING).tissue, first.tissue)


@pytest.mark.parametrize("change", [{"ventricle_mm": 1.5}, {"sulcus_gain": 1.0}])
def test_atrophy_takes_brain_and_gives_fluid(person, first, change):
    name, more = next(iter(change.items()))
    after = visit(replace(person, **{name: getattr(person, name) + more}), SPACING)
    assert after.volumes_ml["ICV"] == pytest.approx(first.volumes_ml["ICV"], rel=0.01)
    assert after.volumes_ml["CSF"] > first.volumes_ml["CSF"] + 5
    shrunk = "WM" if name == "ventricle_mm" else "GM"
    assert after.volumes_ml[shrunk] < first.volumes_ml[shrunk] - 5


def test_a_saved_visit_is_a_subject_without_the_truth(first, tmp_path):
    subject = first.save(tmp_path, ("t1",))
    assert subject.modalities == ("t1",) and subject.tissue() is None
    assert subject.zooms == first.zooms
    assert np.array_equal(subject.load("t1"), first.images["t1"])


def test_the_middle_slice_shows_the_whole_brain(first):
    shown = first.middle(first.tissue)
    z = np.flatnonzero(first.brain.any((0, 1)))
    whole = first.tissue[:, :, z[len(z) // 2]].T
    assert (shown > 0).sum() == (whole > 0).sum() and not shown[[0, -1]].any() and not shown[:, [0, -1]].any()


def test_slices_for_a_network_hold_the_whole_brain(first):
    images, labels = first.network_slices(step_mm=8.0)
    assert images.shape == (len(labels), 64, 64, 4) and labels.shape[1:] == (64, 64)
    assert (images[..., 1:3] == -1).all() and images[..., [0, 3]].max() > 0.5  # t1ce and t2 were not scanned
    ml = (labels > 0).sum() * 3.25**2 * 8 / 1000
    assert ml == pytest.approx(first.volumes_ml["ICV"], rel=0.05)


def test_thicker_voxels_are_means(first):
    thick = first.thicker(1, 1, 3)
    assert thick.zooms == (4, 4, 12) and thick.tissue.shape == (60, 60, 13)
    x, y, z = np.argwhere(thick.tissue == 3)[0]
    assert abs(thick.images["t1"][x, y, z] - first.images["t1"][x, y, 3 * z : 3 * z + 3].mean()) <= 0.5
    assert (first.tissue[x, y, 3 * z : 3 * z + 3] == 3).sum() >= 1
    assert thick.volumes_ml == first.volumes_ml and not thick.images["t1"][~thick.brain].any()
