"""Lesson 11's slices: who is held out, and what is left out."""

import numpy as np
import pandas as pd
import pytest

from gancourse.teaching.material import labelled_slices
from gancourse.teaching.material.labelled_slices import load_labelled_slices


class Slices:
    modalities = ("t1", "flair")
    images = np.arange(9 * 2 * 2 * 2).reshape(9, 2, 2, 2).astype(np.float16)
    table = pd.DataFrame(
        {
            "patient": list("aabbccddd"),
            "grade": ["HGG"] * 9,
            "tumour_px": [0, 30, 5, 21, np.nan, 0, 0, 40, 99],
            "missing": [""] * 8 + ["flair t2"],
        }
    )


@pytest.fixture
def found(monkeypatch, tmp_path):
    monkeypatch.setattr(labelled_slices, "lesson_data", lambda **needs: tmp_path)
    monkeypatch.setattr(labelled_slices, "find_subjects", lambda folder: [])
    monkeypatch.setattr(labelled_slices, "make_slices", lambda subjects, out: Slices)
    return load_labelled_slices()


def test_tiny_tumours_and_what_is_not_known_are_left_out(found):
    assert found.labels.tolist() == [0, 1, 1, 0, 0, 1]
    assert found.patients.tolist() == list("aabcdd")
    assert (found.images == Slices.images[[0, 1, 3, 5, 6, 7], ..., 1]).all()


def test_every_third_patient_is_held_out(found):
    assert set(found.patients[found.held_out]) == {"c"}
