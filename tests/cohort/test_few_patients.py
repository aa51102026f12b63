"""A few patients of a folder: nested draws, no patient of the test, and one clear line for too many."""

import dataclasses

import numpy as np
import pytest
from toy import slices as toy_slices

from gancourse.cohort.few_patients import choose_patients, only, patients_of, with_validation
from gancourse.errors import InputError


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    return toy_slices(tmp_path_factory.mktemp("few") / "slices")  # 12 patients, 8 for training


def test_fewer_are_some_of_the_more_and_seeds_draw_others(slices):
    two, five = choose_patients(slices, 2, 3), choose_patients(slices, 5, 3)
    assert set(two) < set(five) and len(set(five)) == 5
    assert len({tuple(sorted(choose_patients(slices, 4, seed))) for seed in range(6)}) > 1


def test_nobody_is_of_another_split(slices):
    assert set(choose_patients(slices, 8)) == set(patients_of(slices, "train"))
    assert not set(choose_patients(slices, 8)) & set(patients_of(slices, "test"))


def test_only_their_slices_stay(slices):
    few = only(slices, ["P1", "P5"])
    assert set(few.table["patient"]) == {"P1", "P5"} and len(few) == 8
    assert len(few.select("train")) == 8 and few.modalities == slices.modalities
    rows = np.flatnonzero(slices.table["patient"].isin(["P1", "P5"]))
    np.testing.assert_array_equal(few.images, slices.images[rows])
    assert next(iter(few.dataset("train", "t1", 4))).shape == (4, 16, 16, 1)


@pytest.mark.parametrize("count", [0, 9])
def test_more_than_there_are(slices, count):
    with pytest.raises(InputError, match=f"N={count} patients: .* has 8 for training; expected 1 to 8$"):
        choose_patients(slices, count)


def test_the_last_patients_are_for_validation(slices):
    has_none = dataclasses.replace(
        slices, table=slices.table.assign(split=slices.table["split"].replace("validation", "train"))
    )
    before, tested = patients_of(has_none, "train"), patients_of(has_none, "test")
    moved = with_validation(has_none, 2)
    assert list(patients_of(moved, "validation")) == list(before[-2:])
    assert list(patients_of(moved, "train")) == list(before[:-2])
    assert list(patients_of(moved, "test")) == list(tested) and moved.made_with["validation"] == 2
    assert with_validation(slices, 2) is slices  # has some
    with pytest.raises(InputError, match=f"has {len(before)} patients for training; {len(before)} of them"):
        with_validation(has_none, len(before))
