"""What the small GANs of lesson 22 are scored by: findings in labels and in images, and added detail."""

import numpy as np
import pytest
from tour_findings import findings_of, read_report
from tour_scores import detail_scores

from gancourse.teaching.material.radiology_reports import FINDINGS


def slice_with(label_areas, row, column):
    """A brain of 40 x 40 pixels in 64 x 64, and squares of labels around a place: (tissue, seg)."""
    tissue, seg = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    tissue[12:52, 12:52] = 3
    for label, half in label_areas:
        seg[row - half : row + half, column - half : column + half] = label
    return tissue, seg


def found(*args):
    tissue, seg = slice_with(*args)
    return findings_of(tissue[None], seg[None]).iloc[0]


def test_findings_of_labels():
    # columns grow towards the patient's left, rows towards the back; a pixel is 10.56 mm2
    row = found([(2, 8), (4, 5), (1, 3)], 18, 42)
    assert row["wt_mm2"] == pytest.approx(256 * 10.5625) and row["dark_mm2"] == pytest.approx(36 * 10.5625)
    assert row[list(FINDINGS)].to_dict() == {
        "size": "large", "uptake": "enhancing", "side": "left", "place": "frontal", "centre": "dark",
    }  # fmt: skip
    row = found([(2, 4)], 46, 20)
    assert row[list(FINDINGS)].to_list() == ["small", "non-enhancing", "right", "posterior", "none"]
    row = found([(2, 6), (4, 4)], 32, 20)
    assert row[list(FINDINGS)].to_list() == ["medium", "enhancing", "right", "central", "solid"]


def test_a_brain_without_tumour():
    row = found([], 30, 30)
    assert row[list(FINDINGS)].to_list() == ["none"] * 5 and np.isnan(row["across"])


def test_no_tumour_is_seen_below_the_smallest():
    words = read_report(np.array([[400.0, 90, 0, 0.5, 0.5], [900.0, 0, 0, 0.5, 0.5]]))
    assert list(words["size"]) == ["none", "small"] and list(words["side"]) == ["none", "left"]


def test_detail_scores():
    rng = np.random.default_rng(0)
    plain, missing, invented = rng.normal(size=(3, 2, 32, 32))
    right = detail_scores(plain + missing, plain + missing, plain)
    np.testing.assert_allclose(right["amount"], 1, atol=1e-9)
    np.testing.assert_allclose(right["agreement"], 1, atol=1e-9)
    none = detail_scores(plain + missing, plain, plain)
    assert (none["amount"] == 0).all() and (none["agreement"] == 0).all()
    half = detail_scores(plain + missing, plain + missing + invented, plain)
    np.testing.assert_allclose(half["amount"], np.sqrt(2), atol=0.1)
    np.testing.assert_allclose(half["agreement"], np.sqrt(0.5), atol=0.07)
