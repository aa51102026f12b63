"""Scores of a segmenter on subjects: the right volumes are compared, and summed up over patients."""

import json

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from ball import Thresholds, centred, scan, truth_on, write

from gancourse.cohort.brats import Subject
from gancourse.cohort.scheme import REGIONS
from gancourse.errors import InputError
from gancourse.metrics.overlap import TISSUE_REGIONS, score_regions
from gancourse.segmentation.patient import segment
from gancourse.segmentation.scoring import score_subjects, summarise

SHAPE, MATRIX = (70, 80, 22), np.diag([2.0, 2, 5])  # RAS: not the order in memory
TUMOUR, TISSUE = ["WT", "TC", "ET", "NCR", "ED"], ["CSF", "GM", "WM"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """T1 and FLAIR of the ball; its tumour; its tissue, as it was before the tumour."""
    folder, affine = tmp_path_factory.mktemp("ball"), centred(SHAPE, MATRIX)
    seg, tissue = truth_on(SHAPE, affine)
    arrays = {"t1": scan(SHAPE, affine), "flair": scan(SHAPE, affine), "seg": seg, "tissue": tissue}
    return {name: write(folder / f"{name}.nii.gz", array, affine) for name, array in arrays.items()}


def test_every_region_is_compared_with_the_subjects_own_labels(files):
    subject = Subject.from_files(**files, id="BraTS19_CBICA_ALU_1")
    frame = score_subjects(Thresholds(), [subject])
    assert list(frame["region"]) == TUMOUR + TISSUE
    assert set(frame["subject"]) == {subject.id} and set(frame["patient"]) == {subject.patient}
    assert set(frame["modalities"]) == {"t1+flair"}
    rows, found = frame.set_index("region"), segment(subject, Thresholds())
    assert (rows["dice"] > 0.7).all() and (rows["hd95_mm"] < 6).all()
    for name, volume in found.volumes_ml.items():
        assert rows.loc[name, "volume_ml"] == pytest.approx(volume, abs=1e-6)
    seg, tissue = truth_on(SHAPE, centred(SHAPE, MATRIX))
    for name, mask in {
        "WT": seg > 0,
        "ED": seg == 2,
        "NCR": seg == 1,
        "WM": (tissue == 3) & (seg == 0),
    }.items():
        assert rows.loc[name, "true_ml"] == pytest.approx(mask.sum() * 0.02)
    expected = score_regions(subject.seg(), found.seg, (2, 2, 5), REGIONS)["TC"]
    assert rows.loc["TC", list(expected)].to_dict() == pytest.approx(expected, abs=1e-6)
    before = np.where(subject.seg() > 0, 0, subject.tissue())
    expected = score_regions(before, found.tissue, (2, 2, 5), TISSUE_REGIONS)["GM"]
    assert rows.loc["GM", list(expected)].to_dict() == pytest.approx(expected, abs=1e-6)


def test_only_the_modalities_asked_for_are_seen(files):
    subject, fake = Subject.from_files(**files), Thresholds()
    frame = score_subjects(fake, [subject], modalities=["flair"])
    assert {present for _, present in fake.calls} == {("flair",)}
    assert set(frame["modalities"]) == {"flair"}
    with pytest.raises(InputError, match="no modality 't2'"):
        score_subjects(fake, [subject], modalities=["t2", "flair"])
    with pytest.raises(InputError, match="unknown modality 'pd'"):
        score_subjects(fake, [subject], modalities=["pd"])


def test_what_a_subject_has_decides_its_rows(files):
    without = {kind: Subject.from_files(**{k: v for k, v in files.items() if k != kind}) for kind in files}
    frame = score_subjects(Thresholds(), [without["tissue"], without["seg"]])
    assert list(frame["region"]) == TUMOUR + TISSUE
    with pytest.raises(InputError, match="no labels"):
        score_subjects(Thresholds(), [Subject.from_files(t1=files["t1"])])
    with pytest.raises(InputError, match="no subject"):
        score_subjects(Thresholds(), [])


def test_a_healthy_patient_with_a_tumour_found_costs_dice(files, tmp_path):
    none = nib.Nifti1Image(np.zeros(SHAPE, np.uint8), centred(SHAPE, MATRIX))
    nib.save(none, tmp_path / "seg.nii.gz")
    subject = Subject.from_files(**files | {"seg": tmp_path / "seg.nii.gz"})
    summary = summarise(score_subjects(Thresholds(), [subject]))
    assert summary["regions"]["WT"]["dice"] == {"mean": 0, "low": None, "high": None}
    assert summary["regions"]["WT"]["hd95_median_mm"] == 373.13
    assert summary["regions"]["WT"]["sensitivity"] is None and summary["regions"]["WT"]["without"] == 1
    assert list(summary["volume_error"]) == TISSUE


def rows_of(patient, dice, percent, hd95=2.0, true=10.0, region="WT"):
    about = {"patient": patient, "subject": patient, "region": region, "dice": dice, "hd95_mm": hd95}
    return about | {
        "sensitivity": 0.5,
        "specificity": 1.0,
        "true_ml": true,
        "volume_error_percent": percent,
    }


def test_summary_by_hand():
    frame = pd.DataFrame(
        [
            rows_of("a", 0.9, -10.0),
            rows_of("b", 0.8, 20.0),
            rows_of("c", 0.5, -50.0),
            rows_of("c", 0.7, 10.0),  # the same patient later: counts once, as 0.6 and 30 %
            rows_of("d", 0.0, np.nan, 373.13, true=0.0),
        ]
    )
    summary = summarise(frame)
    assert summary["patients"] == 4
    found = summary["regions"]["WT"]
    assert found["dice"]["mean"] == pytest.approx((0.9 + 0.8 + 0.6 + 0) / 4)
    assert 0 <= found["dice"]["low"] < found["dice"]["mean"] < found["dice"]["high"] <= 0.9
    assert found["hd95_mm"]["mean"] == pytest.approx((6 + 373.13) / 4, abs=1e-4)
    assert found["hd95_median_mm"] == 2 and found["without"] == 1
    # 10, 20 and 30 %
    assert summary["volume_error"] == {"WT": {"median_percent": 20.0, "p90_percent": 28.0}}
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summarise(frame) == summary
