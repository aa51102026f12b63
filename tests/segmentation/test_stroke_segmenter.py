"""The stroke segmenter: on any grid, with any subset, and what becomes a piece."""

import numpy as np
import pytest
from toy_stroke import AFFINE, Bright, truth_on, write_patient

from gancourse import pretrained
from gancourse.cohort.isles import StrokePatient, find_stroke_patients
from gancourse.errors import InputError
from gancourse.metrics.overlap import dice
from gancourse.networks.unet import build_unet
from gancourse.segmentation import stroke_segmenter
from gancourse.segmentation.stroke_scores import score_patients, summarise
from gancourse.segmentation.stroke_segmenter import StrokeSegmenter, decide, segment_stroke
from gancourse.segmentation.stroke_slices import slices_of


@pytest.fixture
def patient(tmp_path):
    write_patient(tmp_path)
    return find_stroke_patients(tmp_path)[0]


def small(seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    return StrokeSegmenter(build_unet(9, {"lesion": 2}, (4, 8), 1, 4))


@pytest.mark.parametrize("modalities", [None, ("dwi", "flair"), ("dwi",), ("adc",), ("flair",)])
def test_the_infarct_is_where_it_is(patient, modalities):
    found = segment_stroke(patient, Bright(), modalities)
    truth = truth_on()[1]
    assert dice(truth, found.seg) > 0.85
    assert found.volume_ml == pytest.approx(found.seg.sum() * patient.voxel_ml) and len(found.pieces_ml) == 1
    assert found.present == (modalities or ("dwi", "adc", "flair"))
    assert set(found.present) | set(found.missing) == {"dwi", "adc", "flair"}
    assert found.stripped and found.seconds > 0
    both = modalities in (None, ("dwi", "flair"))
    assert (found.mismatch is not None) == both
    if both:
        assert found.mismatch.ratio == pytest.approx(1.1, abs=0.02) and found.mismatch.early


def test_without_dwi_the_grid_is_that_of_adc(tmp_path):
    folder = write_patient(tmp_path)
    adc = next(folder.rglob("*_adc.nii.gz"))
    found = segment_stroke(StrokePatient.from_files(adc=adc), Bright())
    assert dice(truth_on()[1], found.seg) > 0.9 and found.mismatch is None


def test_a_head_is_searched_for_its_brain(tmp_path):
    write_patient(tmp_path, head=True)
    found = segment_stroke(find_stroke_patients(tmp_path)[0], Bright())
    assert not found.stripped and dice(truth_on()[1], found.seg) > 0.9
    assert dice(truth_on()[0], found.brain) > 0.9


def test_predict_is_the_mean_of_a_slice_and_its_mirror(patient):
    segmenter, s = small(), slices_of(patient)
    found = segmenter.predict(s)
    assert found.shape == s.brain.shape and (found[~s.brain] == 0).all() and 0 < found.max() <= 1
    s.images, s.brain = s.images[:, :, ::-1], s.brain[:, :, ::-1]
    np.testing.assert_allclose(segmenter.predict(s)[:, :, ::-1], found, atol=1e-5)


def test_a_slice_depends_on_its_neighbours_and_no_others(patient):
    segmenter, s = small(), slices_of(patient)
    before = segmenter.predict(s)
    s.images[10] += 1
    moved = np.abs(segmenter.predict(s) - before).max((1, 2)) > 1e-6
    assert np.flatnonzero(moved).tolist() == [9, 10, 11]


def test_decide():
    p = np.zeros((20, 20, 20), np.float32)
    p[2:5, 2:5, 2:5] = 0.6  # 27 voxels
    p[10:13, 10:13, 10:13] = 0.4  # not likely enough
    p[17, 17, 17] = 0.99  # one voxel
    p[6:8, 15:18, 15:18] = 0.9  # 18 voxels
    seg, ml = decide(p, 0.01, threshold=0.5, least_ml=0.05)
    assert ml == pytest.approx((0.27, 0.18)) and seg.sum() == 45 and seg.dtype == np.uint8
    assert decide(p, 0.01, 0.3, 0)[0].sum() == 27 + 27 + 1 + 18
    assert decide(0 * p, 0.01)[1] == ()


def test_one_slice_of_another_plane_is_refused(tmp_path):
    import nibabel as nib

    nib.save(
        nib.Nifti1Image(np.ones((1, 60, 60), np.float32), np.diag([-2.0, -2, 2, 1])),
        tmp_path / "d.nii",
    )
    with pytest.raises(InputError, match="one sagittal slice"):
        segment_stroke(StrokePatient.from_files(dwi=tmp_path / "d.nii"), Bright())


def test_stored_and_loaded(tmp_path, patient):
    network = small().network
    recipe = {"channels": 9, "heads": {"lesion": 2}, "filters": [4, 8], "refine": 1, "full": 4}
    pretrained.save("stroke", network, {"kind": "stroke", "recipe": recipe}, tmp_path)
    loaded = stroke_segmenter.load(folder=tmp_path)
    assert loaded.card.kind == "stroke"
    s = slices_of(patient)
    np.testing.assert_allclose(loaded.predict(s), StrokeSegmenter(network).predict(s), atol=2e-3)


def test_scores_by_hand(tmp_path):
    write_patient(tmp_path)
    write_patient(tmp_path, "sub-strokecase0002", radius=0.5)  # too small for any voxel
    patients = find_stroke_patients(tmp_path)
    rows, lesions = score_patients(Bright(), patients)
    assert rows["hit"].tolist() == [1, 0] and rows["missed"].sum() == rows["false"].sum() == 0
    assert rows["dice"].min() > 0.9 and rows["lesion_f1"].tolist() == [1, 1]
    assert lesions["patient"].tolist() == ["sub-strokecase0001"] and lesions["share"][0] > 0.9
    assert rows["flair_ratio"].isna().tolist() == [False, True]
    summary = summarise(rows)
    assert summary["patients"] == 2 and summary["found"] == 1 and summary["false_pieces"] == 0
    assert summary["lesion_f1"]["mean"] == 1 and summary["volume_error"]["median_percent"] < 10
    with pytest.raises(InputError, match="nobody to score"):
        score_patients(Bright(), [])
    assert AFFINE.shape == (4, 4)
