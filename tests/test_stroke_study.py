"""The study of the stroke segmenter on toys: every way to train, going on, thresholds, clock and tables."""

import numpy as np
import pandas as pd
import pytest
import stroke_segmenter as study
from toy_stroke import Bright, write_patient

from gancourse.errors import InputError
from gancourse.segmentation import stroke_scores


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Three patients to train on and three to test on, who need no training of half an hour."""
    for name in ("train", "heldout"):
        for k in range(3):
            write_patient(tmp_path / name, f"sub-strokecase{k + 1:04d}", radius=9.0 + 3 * k)
        names = [f"sub-strokecase{k + 1:04d}" for k in range(3)]
        table = pd.DataFrame({"subject": names, "hours": [2.0, 3.0, 20.0]})
        table.to_csv(tmp_path / name / "subjects.csv", index=False)
    for name, value in {"TRAINED_ON": 3, "TESTED_ON": 2, "STEPS": (1, 2), "BATCH": 2, "SIZE": 16}.items():
        monkeypatch.setattr(study, name, value)
    monkeypatch.setattr(study, "RUNS", tmp_path / "runs")
    return tmp_path


def ask(folders, seeds=(0,), methods=tuple(study.METHODS)):
    return type("Asked", (), {
        "seeds": seeds, "methods": methods, "data": folders / "train", "heldout": folders / "heldout",
        "results": folders / "results",
    })  # fmt: skip


def test_every_way_and_going_on(folders, monkeypatch):
    study.run_study(ask(folders, methods=("direct", "both")))
    table = pd.read_csv(folders / "results" / "stroke_study.csv")
    assert len(table) == 2 * 2 * 2 * 2 and set(table["method"]) == {"direct", "both"}
    assert (table.loc[table["rule"].astype(str) == "0.5", "threshold"] == 0.5).all()
    assert {"dice", "lesion_f1", "hit", "missed", "false", "true_ml", "found_ml"} <= set(table)
    monkeypatch.setattr(study, "train_small", None)  # nothing is trained twice
    study.run_study(ask(folders, methods=("both",)))
    assert len(pd.read_csv(folders / "results" / "stroke_study.csv")) == 16


def test_too_few_phantoms_are_refused(folders, monkeypatch):
    monkeypatch.setattr(study, "TRAINED_ON", 4)
    with pytest.raises(InputError, match="expected 4 and 2 phantoms"):
        study.run_study(ask(folders))


def test_thresholds_are_ranked(folders):
    found = study.choose(Bright(), study.find_stroke_patients(folders / "heldout"))
    assert found["sum"].is_monotonic_decreasing and found["sum"].iloc[0] > 1.8


def test_tables_of_the_shipped_one(folders, monkeypatch):
    monkeypatch.setattr(stroke_scores, "SUBSETS", (("dwi",), ("flair",)))
    study.score(Bright(), folders / "heldout", folders / "results")
    rows, lesions, clock = (
        pd.read_csv(folders / "results" / f"stroke_{name}.csv") for name in ("scores", "lesions", "clock")
    )
    assert rows.groupby("modalities").size().to_dict() == {"dwi": 3, "dwi+adc+flair": 3, "flair": 3}
    assert set(rows["hours"]) == {2, 3, 20} and len(lesions) == 9
    assert len(clock) == 3 and clock["early"].all()  # 1.1 times as bright
    np.testing.assert_allclose(clock["ratio_true"], clock["ratio_found"], atol=0.03)


def test_rates_by_hand():
    hours, ratio = pd.Series([1.0, 2, 4, 5, 20]), pd.Series([1.0, 1.2, 1.05, 1.08, 1.5])
    found = stroke_scores.clock_rates(hours, ratio, 1.1)
    assert found == {"sensitivity": 0.6667, "specificity": 0.5, "young": 3, "older": 2}
    missed = stroke_scores.clock_rates([1.0, 9.0], [np.nan, np.nan], 1.1)
    assert (missed["sensitivity"], missed["specificity"]) == (0, 1)
