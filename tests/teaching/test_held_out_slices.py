"""Lesson 43's slices: whose they are, what is left out, and which two are chosen."""

import numpy as np
import pandas as pd

from gancourse.teaching.material import held_out_slices


class Slices:
    modalities = ("t1", "flair")
    images = np.arange(7 * 2 * 2 * 2).reshape(7, 2, 2, 2).astype(np.float16)
    seg = np.array([[[k > 2, k > 3], [k > 4, k == 1]] for k in range(7)]).astype(np.uint8)
    table = pd.DataFrame(
        {
            "tumour_px": [0, 1, 0, np.nan, 2, 3, 3],
            "missing": [""] * 6 + ["flair"],
            "position": [0.5, 0.55, 0.55, 0.6, 0.6, 0.9, 0.6],
        }
    )

    @classmethod
    def select(cls, split):
        return np.array({"validation": [1, 2, 3], "test": [4, 5, 6]}[split])


def test_held_out_slices_with_flair_and_labels(monkeypatch, tmp_path):
    monkeypatch.setattr(held_out_slices, "lesson_data", lambda **needs: tmp_path)
    monkeypatch.setattr(held_out_slices, "find_subjects", lambda folder: [])
    monkeypatch.setattr(held_out_slices, "make_slices", lambda subjects, out: Slices)
    found = held_out_slices.load_held_out_slices()
    assert (found.images == Slices.images[[1, 2, 4, 5], ..., 1]).all()
    assert (found.seg == Slices.seg[[1, 2, 4, 5]]).all()
    assert found.two() == (2, 1)  # the larger tumour of entry 3 is far from the middle
