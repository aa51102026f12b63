"""Score a segmenter by `gancourse.metrics.overlap`, subject by subject, then over patients."""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from gancourse.cohort.brats import Subject
from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.errors import InputError
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.overlap import TISSUE_REGIONS, score_regions
from gancourse.segmentation.patient import SliceSegmenter, segment

#: The challenge's regions, and the two labels that `gancourse segment` also reports.
TUMOUR_REGIONS = REGIONS | {"NCR": (1,), "ED": (2,)}

AVERAGED = ["dice", "hd95_mm", "sensitivity", "specificity", "true_ml", "error"]


def score_subjects(
    segmenter: SliceSegmenter, subjects: Iterable[Subject], modalities: Sequence[str] | None = None
) -> pd.DataFrame:
    """Segment subjects and compare the results with their labels, one row per subject and region.

    Tissue is compared in the whole brain. As in `Segmentation.tissue`, tumour is neither CSF, GM nor WM: the
    true tissue excludes the true tumour, the predicted tissue the predicted tumour.

    Args:
        segmenter: as for `gancourse.segmentation.patient.segment`.
        subjects: each with tumour labels, tissue labels, or both; a subject has rows for the labels it has.
        modalities: those that the segmenter may use; None for all of a subject's modalities.

    Returns:
        Columns `subject`, `patient`, `grade`, `modalities` (such as "t1ce+flair"), `region` (WT, TC, ET, NCR,
        ED, CSF, GM or WM), and the metrics of `gancourse.metrics.overlap.score_regions`.

    Raises:
        InputError: a subject has no labels, or lacks one of `modalities`; or raised by `segment`.
    """
    rows = []
    for subject in subjects:
        seen = subject if modalities is None else _restrict(subject, modalities)
        if subject.seg_path is None and subject.tissue_path is None:
            raise InputError(f"{subject.id}: no labels to compare with; choose a subject that has them")
        seg = None if subject.seg_path is None else subject.seg()
        tissue = subject.tissue()
        predicted = segment(seen, segmenter)
        scores: dict[str, dict[str, float]] = {}
        if seg is not None:
            scores |= score_regions(seg, predicted.seg, subject.zooms, TUMOUR_REGIONS)
        if tissue is not None:
            truth = tissue if seg is None else np.where(np.isin(seg, REGIONS["WT"]), 0, tissue)
            scores |= score_regions(truth, predicted.tissue, subject.zooms, TISSUE_REGIONS)
        about = {"subject": subject.id, "patient": subject.patient, "grade": subject.grade}
        about["modalities"] = "+".join(predicted.present)
        rows += [about | {"region": name} | metrics for name, metrics in scores.items()]
    if not rows:
        raise InputError("no subject to score; give at least one that has labels")
    return pd.DataFrame(rows)


def summarise(frame: pd.DataFrame) -> dict:
    """Summarise a frame of `score_subjects` over patients, for a model card.

    Subjects of one patient are averaged first.

    Returns:
        `patients`: how many. For each region, `dice` and `hd95_mm` as mean with 95 % interval [low, high],
        `hd95_median_mm`, mean `sensitivity` and `specificity`, and `without`, the number of patients without
        the region, whose Dice is 1 or 0 and HD95 0 or 373.13 mm. `volume_error`: for each region with a true
        volume, the absolute error in percent of it, median and 90th percentile over patients. Numbers have
        four decimals; None stands for undefined values.
    """
    frame = frame.assign(error=frame["volume_error_percent"].abs())
    regions, errors = {}, {}
    for region, rows in frame.groupby("region", sort=False):
        patients = rows.groupby("patient")[AVERAGED].mean()
        regions[region] = {
            "dice": _interval(patients["dice"]),
            "hd95_mm": _interval(patients["hd95_mm"]),
            "hd95_median_mm": _round(patients["hd95_mm"].median()),
            "sensitivity": _round(patients["sensitivity"].mean()),
            "specificity": _round(patients["specificity"].mean()),
            "without": int((patients["true_ml"] == 0).sum()),
        }
        if patients["error"].notna().any():
            errors[region] = {
                "median_percent": _round(patients["error"].median()),
                "p90_percent": _round(patients["error"].quantile(0.9)),
            }
    return {"patients": int(frame["patient"].nunique()), "regions": regions, "volume_error": errors}


def _interval(values: pd.Series) -> dict[str, float | None]:
    return {name: _round(value) for name, value in bootstrap(values.to_numpy(), 0)._asdict().items()}


def _round(value: float) -> float | None:
    """Round to four decimals; None for NaN, which JSON lacks."""
    return None if np.isnan(value) else round(float(value), 4)


def _restrict(subject: Subject, modalities: Sequence[str]) -> Subject:
    """Return the subject with these modalities only."""
    if unknown := set(modalities) - set(MODALITIES):
        raise InputError(f"unknown modality {min(unknown)!r}, expected some of {', '.join(MODALITIES)}")
    if lacking := [name for name in modalities if name not in subject.modalities]:
        raise InputError(f"{subject.id}: no modality {lacking[0]!r}; leave the subject or the modality out")
    return dataclasses.replace(subject, paths={name: subject.paths[name] for name in modalities})
