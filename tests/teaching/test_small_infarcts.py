"""Which patients lesson 53 trains on, and which it holds out."""

from types import SimpleNamespace

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.teaching.material import small_infarcts


def slices(k, high, wide, lesion=0):
    mask = np.zeros((k, high, wide), np.uint8)
    mask[0].flat[:lesion] = 1
    return SimpleNamespace(
        images=np.ones((k, high, wide, 3), np.float32), brain=np.ones((k, high, wide), bool), lesion=mask
    )


def test_slices_of_several_sizes_are_joined():
    joined = small_infarcts.Slices.join([slices(2, 16, 12), slices(3, 20, 12, lesion=5)])
    assert joined.scans.shape == (5, 20, 12, 3) and joined.lesions.shape == joined.brain.shape == (5, 20, 12)
    assert joined.patient.tolist() == [0, 0, 1, 1, 1]
    assert joined.scans[0, 0, 0, 0] == -3 and not joined.brain[0, 0].any() and joined.brain[0, 2].all()
    assert joined.lesions.sum() == 5


def test_the_largest_slice_of_each_patient_is_chosen():
    parts = [slices(2, 8, 8, lesion=n) for n in (3, 9, 6)]
    parts[1].lesion = parts[1].lesion[::-1]
    joined = small_infarcts.Slices.join(parts)
    assert small_infarcts.largest_slices(joined, 2).tolist() == [3, 4]


def test_only_small_infarcts_count_and_nobody_is_on_both_sides(monkeypatch):
    monkeypatch.setattr(small_infarcts, "slices_of", lambda patient: slices(1, 8, 8, lesion=patient.name))
    patients = [
        SimpleNamespace(name=n, voxel_ml=1.0, seg=lambda n=n: np.ones(n))
        for n in (0, 3, 30, 4, 5, 14, 15, 6, 7)
    ]
    train, held_out, who = small_infarcts.split_small(patients)
    assert [patient.name for patient in who] == [3, 14]
    assert held_out.lesions.sum((1, 2)).tolist() == [3, 14]
    assert train.lesions.sum((1, 2)).tolist() == [4, 5, 6, 7]
    with pytest.raises(InputError, match="4 of 5 patients .* expected 6"):
        small_infarcts.split_small(patients[1:6])
