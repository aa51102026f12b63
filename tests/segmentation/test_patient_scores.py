"""Scores of a patient generator, with a segmenter that knows the answer and one that finds nothing."""

import numpy as np
import pytest
from toy_patients import PIXEL_MM, toy_patient_slices, toy_patients

from gancourse.errors import InputError
from gancourse.gans.patient_maps import Patients
from gancourse.segmentation import patient_scores


class Reader:
    """Reads the tumour off the intensities that the toy patients have, or finds none."""

    def __init__(self, sees: bool):
        self.sees = sees

    def predict(self, images, brain, present):
        values = images[..., 0]
        middle = np.median(values[brain])
        whole = brain & (values > middle + 100) if self.sees else np.zeros_like(brain)
        tumour = np.stack([~whole, 0 * whole, whole, 0 * whole], -1).astype(np.float32)
        return tumour, np.zeros_like(tumour)


def patients(n, seed=0):
    images, seg = toy_patients(n, seed)
    return Patients(images, seg, (images > -1).any(-1))


def test_consistency_of_labels_that_belong_and_that_do_not():
    some = patients(8)
    right = patient_scores.consistency(some, Reader(True), PIXEL_MM)
    assert right["dice_WT"] > 0.9 and right["tumour"] == 0.75 and right["found_in_healthy"] == 0
    assert right["dice_ET"] == 0  # the reader knows no enhancing tumour
    blind = patient_scores.consistency(some, Reader(False), PIXEL_MM)
    assert blind["dice_WT"] == 0
    other = some._replace(seg=some.seg[:, ::-1, ::-1][[1, 2, 3, 0, 5, 6, 7, 4]])
    assert patient_scores.consistency(other, Reader(True), PIXEL_MM)["dice_WT"] < 0.7


def test_slices_that_readers_refuse_are_counted_and_left_out():
    some = patients(4)
    some.brain[2] = False
    some.brain[2, 10:16, 10:16] = True  # 6 cm2 are no brain
    found = patient_scores.consistency(some, Reader(True), PIXEL_MM)
    assert found["refused"] == 0.25 and found["dice_WT"] > 0.9
    some.brain[:] = some.brain[2]
    assert patient_scores.consistency(some, Reader(True), PIXEL_MM) == {"refused": 1.0}


@pytest.mark.parametrize("columns", [slice(None), slice(None, None, -1)], ids=["copies", "mirrored copies"])
def test_scores_have_every_modality_and_know_copies(tmp_path, columns):
    slices = toy_patient_slices(tmp_path / "slices", 96)
    train = slices.select("train")[:30]
    copied = Patients(
        np.float32(slices.images[train])[:, :, columns],
        np.array(slices.seg[train])[:, :, columns],
        np.array((slices.images[train] > -1).any(-1))[:, :, columns],
    )
    found = patient_scores.score(copied, slices, Reader(True))
    fresh = patient_scores.score(patients(30, 5), slices, Reader(True))
    names = {
        f"{prefix}{what}_{m}"
        for prefix in ("", "real_")
        for what in ("kid", "recall")
        for m in ("t1", "flair")
    }
    assert names | {"copies", "dice_WT", "real_dice_WT"} <= set(found)
    assert found["copies"] > 0.5 and fresh["copies"] < 0.2


def test_only_slices_of_the_training(tmp_path):
    slices = toy_patient_slices(tmp_path / "slices")
    with pytest.raises(InputError, match="not the slices that it was trained on"):
        patient_scores.score_generator(None, {"data": {"slices": {}}}, slices, Reader(True))
