"""Where lesson 53's patients come from: its phantoms, or a folder of the learner's; and its riddle."""

from types import SimpleNamespace

import numpy as np
import pytest
from toy_stroke import scan, truth_on, write

from gancourse.cohort.stroke import make_stroke_cohort
from gancourse.errors import InputError
from gancourse.segmentation.stroke_slices import slices_of
from gancourse.teaching import data
from gancourse.teaching.material import stroke_riddle


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return make_stroke_cohort(tmp_path_factory.mktemp("stroke") / "c", 2, 4.0, workers=1, progress=False)


@pytest.fixture
def phantoms(monkeypatch):
    monkeypatch.delenv(data.DATA, raising=False)
    monkeypatch.delenv(data.STROKE, raising=False)
    monkeypatch.setattr(data, "stroke_phantoms", lambda: ["phantoms"])


def test_phantoms_without_a_word(phantoms, capsys):
    assert data.stroke_data() == ["phantoms"] and not capsys.readouterr().out


def test_tumours_are_not_used(phantoms, monkeypatch, capsys):
    monkeypatch.setenv(data.DATA, "data/BraTS")
    assert data.stroke_data() == ["phantoms"]
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "needs patients with stroke" in said and data.STROKE in said


def test_a_folder_with_enough_patients_is_used(phantoms, monkeypatch, cohort, capsys):
    monkeypatch.setenv(data.STROKE, str(cohort))
    assert [patient.id for patient in data.stroke_data(2)] == ["sub-strokecase0001", "sub-strokecase0002"]
    assert data.stroke_data(3) == ["phantoms"]
    assert "of which this folder has 2" in capsys.readouterr().out


def test_a_folder_that_is_not_there(phantoms, monkeypatch, tmp_path):
    monkeypatch.setenv(data.STROKE, str(tmp_path / "none"))
    with pytest.raises(InputError, match="no such folder"):
        data.stroke_data()


def test_a_cohort_is_made_once(monkeypatch, tmp_path, capsys):
    made = []
    monkeypatch.setattr("gancourse.cohort.stroke.make_stroke_cohort", lambda *a, **k: made.append((a, k)))
    monkeypatch.setattr(data, "find_stroke_patients", lambda folder: ["a", "b", "c"])
    folder = tmp_path / "new"
    assert data.stroke_cohort(folder, 2, seed=4, said="Making.") == ["a", "b"]
    assert made == [((folder, 2), {"seed": 4, "progress": False})] and capsys.readouterr().out == "Making.\n"
    for name in ("sub-strokecase0001", "sub-strokecase0002"):
        (folder / name).mkdir(parents=True)
        (folder / name / "parameters.json").write_text("{}")
    data.stroke_cohort(folder, 2, said="Making.")
    assert len(made) == 1 and not capsys.readouterr().out


def test_an_old_cohort_is_refused(cohort, monkeypatch):
    monkeypatch.setattr("gancourse.cohort.stroke.stroke_parameters.STROKE_VERSION", 99)
    with pytest.raises(InputError, match="now makes version 99; remove that folder"):
        data.stroke_cohort(cohort, 2)


def test_the_riddle_has_one_answer():
    lesion = np.zeros((50, 20, 20), np.uint8)
    lesion[30, 8:10, 3:5] = 1
    seen = SimpleNamespace(lesion=lesion, brain=np.ones_like(lesion, bool))
    letters = stroke_riddle.six_slices(seen)
    assert letters == {"A": 6, "B": 14, "C": 22, "D": 30, "E": 37, "F": 44}
    assert stroke_riddle.answer(seen, letters) == ("D", "right")
    assert stroke_riddle.verdict(seen, letters, ("D", "right")) == "right!"
    assert "the right slice" in stroke_riddle.verdict(seen, letters, ("D", "left"))
    assert stroke_riddle.verdict(seen, letters, ("A", "right")) == "not there. Look again."


def test_a_mask_is_cut_like_the_scans(tmp_path):
    affine, shape = np.diag([-2.0, -2, 2, 1]), (90, 104, 60)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    name = "sub-strokecase0001_ses-0001"
    write(tmp_path / f"{name}_dwi.nii.gz", scan("dwi", shape, affine), affine)
    write(tmp_path / f"{name}_msk.nii.gz", truth_on(shape, affine)[1].astype(np.uint8), affine)
    patient = data.find_stroke_patients(tmp_path)[0]
    seen = slices_of(patient)
    assert seen.lesion.any()
    assert (stroke_riddle.marked(seen, patient.seg() > 0) == (seen.lesion > 0)).all()
