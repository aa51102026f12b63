"""The readings of translated contrasts: millilitres and shares by hand, what a reader gets, the means."""

import contrast_scores as scores
import numpy as np
import pandas as pd
import pytest
from toy_patients import toy_patient_slices

from gancourse.cohort.scheme import MODALITIES

FLAIR, T1CE, T1 = (MODALITIES.index(name) for name in ("flair", "t1ce", "t1"))


@pytest.fixture
def people():
    """Two patients of two slices, 0.5 mL a pixel; A has 12 pixels of tumour, 4 of which enhance."""
    images = np.full((4, 8, 8, 4), -1, np.float32)
    images[:, 1:7, 1:7] = -0.5
    seg = np.zeros((4, 8, 8), np.uint8)
    seg[0, 2:4, 2:6], seg[1, 2:4, 2:4], seg[0, 2, 2:6] = 2, 1, 4
    images[..., T1CE][seg == 4] = 0.7
    images[..., T1][seg == 4] = -0.7
    table = pd.DataFrame({"patient": ["A", "A", "B", "B"], "grade": ["HGG", "HGG", "healthy", "healthy"]})
    return scores.People(images, seg, table, 0.5)


def test_millilitres_of_each_patient(people):
    found = np.zeros((4, 8, 8), bool)
    found[0, 2:4, 2:4], found[1, 5, 5], found[3, 1, 1:4] = True, True, True
    a, b = scores.rows_of(people, "flair", people.of("flair")[..., 0] + 0.1, found).to_dict("records")
    assert (a["tumour_ml"], a["found_ml"], a["hit_ml"], a["invented_ml"]) == (6.0, 2.5, 2.0, 0.5)
    assert (b["tumour_ml"], b["found_ml"], b["invented_ml"], b["grade"]) == (0.0, 1.5, 1.5, "healthy")
    assert a["l1_brain"] == pytest.approx(0.1, abs=1e-6) and np.isnan(a["enhancement"])


def test_enhancement_is_0_for_t1_and_1_for_the_true_t1ce_at_any_brightness(people):
    found = np.zeros((4, 8, 8), bool)
    t1, t1ce = (people.of(name)[..., 0] for name in ("t1", "t1ce"))
    for image, share in ((t1 + 0.2, 0), (t1ce - 0.3, 1), ((t1 + t1ce) / 2, 0.5)):
        a, b = scores.rows_of(people, "t1ce", image, found)["enhancement"]
        assert a == pytest.approx(share, abs=1e-5) and np.isnan(b)
    missing = scores.rows_of(people, "t1ce", None, found)
    assert missing[["l1_brain", "enhancement"]].isna().all(axis=None)


def test_what_the_reader_gets_and_looks_for(people, monkeypatch):
    given = []

    def segment(images, modalities, _):
        given.append((images, modalities))
        return people.seg

    monkeypatch.setattr(scores, "segment_slices", segment)
    image = np.full((4, 8, 8), 0.25, np.float32)
    np.testing.assert_array_equal(scores.read(people, "flair", image, None), people.seg > 0)
    np.testing.assert_array_equal(scores.read(people, "t1ce", image, None), people.seg == 4)
    scores.read(people, "t1ce", None, None)
    (flair, alone), (four, every), (three, rest) = given
    assert alone == ("flair",) and (flair[..., 0] == 0.25).all()
    assert every == MODALITIES and (four[..., T1CE] == 0.25).all()
    np.testing.assert_array_equal(four[..., FLAIR], people.images[..., FLAIR])
    assert rest == tuple(m for m in MODALITIES if m != "t1ce") and three.shape[-1] == 3
    assert (people.images[..., T1CE] != 0.25).all()  # the people themselves stay as they are


def test_means_are_over_patients_and_what_is_tiny_has_no_share():
    rows = [
        ("A", 0, 10.0, 8.0, 8.0, 0.0), ("A", 1, 10.0, 0.4, 0.4, 0.0),  # a patient counts once
        ("B", 0, 20.0, 1.0, 1.0, 0.0), ("B", 1, 20.0, 1.0, 1.0, 0.0),
        ("C", 0, 1.0, 0.0, 0.0, 0.0), ("C", 1, 1.0, 0.0, 0.0, 0.0),
        ("D", 0, 0.0, 0.5, 0.0, 0.5), ("D", 1, 0.0, 0.0, 0.0, 0.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns="patient seed tumour_ml found_ml hit_ml invented_ml".split())
    table = table.assign(task="flair", method="half", l1_brain=0.1, enhancement=np.nan)
    means = scores.summarise(table).set_index("measure")
    assert means.loc["found", "patients"] == 2
    assert means.loc["found", "mean"] == pytest.approx(((0.8 + 0.04) / 2 + 0.05) / 2)
    assert means.loc["lost", "mean"] == pytest.approx((0.5 + 1) / 2)
    assert means.loc["invented", "patients"] == 1 and means.loc["invented", "mean"] == 0.5
    assert "enhancement" not in means.index


def test_every_other_slice_stands_for_twice_the_depth(tmp_path):
    slices = toy_patient_slices(tmp_path / "slices")
    slices.made_with["step_mm"] = 4.0
    rows = slices.select("test")
    all_of_them, half = scores.People.among(slices, rows), scores.People.among(slices, rows, every=2)
    assert len(half.images) == -(-len(rows) // 2) and half.voxel_ml == 2 * all_of_them.voxel_ml
    assert half.table["patient"].tolist() == slices.table["patient"].iloc[rows[::2]].tolist()
