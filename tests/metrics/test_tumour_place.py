"""The tumour in a slice as numbers, on brains drawn by hand."""

import numpy as np
import pytest

from gancourse.metrics.tumour_place import describe_tumours, place_of


def slice_with(*boxes):
    """A brain of 40 rows and 20 columns, and boxes (label, rows, columns) of tumour."""
    brain, seg = np.zeros((1, 64, 64), bool), np.zeros((1, 64, 64), np.uint8)
    brain[0, 10:50, 20:40] = True
    for label, rows, columns in boxes:
        seg[0, slice(*rows), slice(*columns)] = label
    return brain, seg


def test_by_hand():
    # right of the middle (29.5) are columns 20 to 29: the patient's right
    found = describe_tumours(*slice_with((2, (10, 20), (26, 34)), (4, (10, 20), (26, 30))), pixel_mm=10.0)
    row = found.iloc[0]
    assert row["area_cm2"] == pytest.approx(80) and row["core_cm2"] == pytest.approx(40)
    assert row["enhancing_cm2"] == pytest.approx(40)
    assert row["side"] == pytest.approx(0) and row["core_side"] == pytest.approx(-1)
    assert row["along"] == pytest.approx((14.5 - 29.5) / 19.5)


def test_a_larger_brain_has_its_tumour_at_the_same_place():
    brain, seg = slice_with((1, (40, 48), (30, 38)))
    small, large = (
        describe_tumours(b, s) for b, s in ((brain, seg), (np.kron(brain, ONE), np.kron(seg, ONE)))
    )
    for name in ("side", "core_side"):
        assert large[name][0] == pytest.approx(small[name][0])
    assert large["along"][0] == pytest.approx(small["along"][0], abs=0.02)
    assert large["area_cm2"][0] == pytest.approx(4 * small["area_cm2"][0])


ONE = np.ones((1, 2, 2), np.uint8)


def test_no_tumour_lies_nowhere():
    row = describe_tumours(*slice_with()).iloc[0]
    assert row["area_cm2"] == 0 and row[["side", "core_side", "along"]].isna().all()
    row = describe_tumours(*slice_with((2, (10, 12), (20, 22)))).iloc[0]
    assert row["side"] == -1 and np.isnan(row["core_side"])  # oedema alone has no core


def test_an_empty_image_is_no_error():
    assert describe_tumours(np.zeros((1, 8, 8)), np.zeros((1, 8, 8), np.uint8))["area_cm2"][0] == 0


def test_places_from_front_to_back():
    names = place_of(np.array([-1, -0.34, -0.33, 0.33, 0.34, 1, np.nan]))
    assert list(names) == ["frontal", "frontal", "central", "central", "posterior", "posterior", ""]
