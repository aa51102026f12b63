"""Score a stroke segmenter, patient by patient and lesion by lesion."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.cohort.isles import STROKE_MODALITIES, StrokePatient
from gancourse.errors import InputError
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.lesion_counts import f1, lesion_counts, true_pieces
from gancourse.metrics.overlap import dice
from gancourse.segmentation.mismatch import HYPERACUTE_H, THRESHOLD
from gancourse.segmentation.stroke_segmenter import StrokeSegmenter, segment_stroke

#: Subsets of modalities that a model card reports, beside all three.
SUBSETS = (("dwi", "adc"), ("dwi", "flair"), ("dwi",), ("adc",), ("flair",))
LEAST_ML = 0.5  # of an infarct, for errors in percent of it


def score_patients(
    segmenter: StrokeSegmenter, patients: Iterable[StrokePatient], modalities: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Segment patients and compare the results with their masks.

    Args:
        segmenter: the network.
        patients: each with a mask.
        modalities: those that may be used; None for all of a patient's.

    Returns:
        A row per patient: `patient`, `modalities` (such as "dwi+adc"), `dice`, `lesion_f1`, `hit`, `missed`,
        `false` (pieces, see `metrics.lesions`), `true_ml`, `found_ml`, `seconds`, and `flair_ratio` of the
        mask that was found (see `mismatch`). A row per true piece: `patient`, `modalities`, `volume_ml`,
        `share` of it that was found.

    Raises:
        InputError: somebody has no mask, or what `segment_stroke` raises.
    """
    rows, lesions = [], []
    for patient in patients:
        truth = patient.seg() > 0
        found = segment_stroke(patient, segmenter, modalities)
        counts = lesion_counts(truth, found.seg)
        about = {"patient": patient.id, "modalities": "+".join(modalities or STROKE_MODALITIES)}
        rows.append(
            about
            | {"dice": dice(truth, found.seg), "lesion_f1": f1(counts), **counts._asdict()}
            | {"true_ml": float(truth.sum() * patient.voxel_ml), "found_ml": found.volume_ml}
            | {"seconds": found.seconds}
            | {"flair_ratio": found.mismatch.ratio if found.mismatch else np.nan}
        )
        lesions += [about | piece for piece in true_pieces(truth, found.seg > 0, patient.voxel_ml)]
    if not rows:
        raise InputError("nobody to score; give at least one patient with a mask")
    return pd.DataFrame(rows), pd.DataFrame(lesions, columns=["patient", "modalities", "volume_ml", "share"])


def summarise(rows: pd.DataFrame) -> dict:
    """Summarise the rows of `score_patients` over patients.

    Returns:
        `patients`; `dice` and `lesion_f1` as mean with 95 % interval [low, high]; `found`, the share of true
        pieces that were hit; `false_pieces` per patient; `volume_error`, absolute, in percent of infarcts of
        0.5 mL or more, median and 90th percentile.
    """
    large = rows[rows["true_ml"] >= LEAST_ML]
    error = 100 * (large["found_ml"] - large["true_ml"]).abs() / large["true_ml"]
    hit, missed = rows["hit"].sum(), rows["missed"].sum()
    scores: dict = {"patients": len(rows)}
    for name in ("dice", "lesion_f1"):
        interval = bootstrap(rows[name].to_numpy(), 0)._asdict()
        scores[name] = {part: round(float(value), 4) for part, value in interval.items()}
    scores["found"] = round(float(hit / max(hit + missed, 1)), 4)
    scores["false_pieces"] = round(float(rows["false"].mean()), 4)
    if len(large):
        scores["volume_error"] = {
            "median_percent": round(float(error.median()), 4),
            "p90_percent": round(float(error.quantile(0.9)), 4),
        }
    return scores


def hours_of(cohort: Path) -> dict[str, float]:
    """Return the hours since onset of each phantom of a cohort's folder; empty if that holds no table."""
    table = cohort / "subjects.csv"
    return pd.read_csv(table).set_index("subject")["hours"].to_dict() if table.is_file() else {}


def clock_rates(hours: Sequence[float], ratios: Sequence[float], threshold: float = THRESHOLD) -> dict:
    """Return how often infarcts under 4.5 hours are called so, and older ones are not.

    Args:
        hours: since onset, of each patient with an infarct.
        ratios: of FLAIR, see `mismatch`; NaN where nothing was found, which is not called early.
        threshold: of the ratio.

    Returns:
        `sensitivity` and `specificity` for under 4.5 hours, and numbers of patients, `young` and `older`.
    """
    young, early = np.asarray(hours) < HYPERACUTE_H, np.asarray(ratios) < threshold
    shares = {
        name: round(float(part.mean()), 4) if part.size else None
        for name, part in (("sensitivity", early[young]), ("specificity", ~early[~young]))
    }
    return {**shares, "young": int(young.sum()), "older": int((~young).sum())}


def score(network, patients: Sequence[StrokePatient], hours: Mapping[str, float] | None = None) -> dict:
    """Score a network for a model card.

    Args:
        network: to score.
        patients: each with a mask.
        hours: since onset, by patient, if known.

    Returns:
        `summarise` with all modalities; under `subsets` the means with fewer; under `clock`, `clock_rates`.
    """
    segmenter = StrokeSegmenter(network)
    rows, _ = score_patients(segmenter, patients)
    found = summarise(rows)
    if hours:
        struck = rows[rows["true_ml"] > 0]
        found["clock"] = clock_rates(struck["patient"].map(hours), struck["flair_ratio"])
    for some in SUBSETS:
        part = summarise(score_patients(segmenter, patients, some)[0])
        means = {name: part[name]["mean"] for name in ("dice", "lesion_f1")}
        found.setdefault("subsets", {})["+".join(some)] = means | {"false_pieces": part["false_pieces"]}
    return found
