"""`gancourse segment --pathology stroke`: mask, report and picture out; one clear line for bad input."""

import json
import shutil

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from toy_stroke import AFFINE, SHAPE, Bright, truth_on, write, write_patient
from typer.testing import CliRunner

from gancourse.cli import app
from gancourse.metrics.overlap import dice
from gancourse.segmentation import stroke_segmenter

ID = "sub-strokecase0001"
NOTICE = "For research and teaching; not a medical device."


@pytest.fixture(autouse=True)
def bright(monkeypatch):
    """A segmenter that needs no training, in place of the shipped one."""
    fake = Bright()
    fake.card.scores.update(
        volume_error={"median_percent": 9.6, "p90_percent": 41.2},
        clock={"sensitivity": 0.9, "specificity": 0.75},
        dice={"mean": 0.734},
        subsets={"adc": {"dice": 0.456}},
    )
    monkeypatch.setattr(stroke_segmenter, "load", lambda: fake)
    return fake


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """One patient's folder; the current folder is another one."""
    home = write_patient(tmp_path / "data")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return home


def call(*arguments):
    return CliRunner().invoke(app, ["segment", "--pathology", "stroke", *map(str, arguments)])


def refused(*arguments):
    """The one line of an error."""
    result = call(*arguments)
    assert result.exit_code != 0
    said = str(result.exception) if not result.output.strip() else result.output.strip()
    assert "Traceback" not in said and len(said.splitlines()) == 1, said
    return said


def test_a_folder_in_a_mask_and_lines_out(folder, tmp_path):
    result = call(folder)
    assert result.exit_code == 0, result.output
    (made,) = (tmp_path / "here").iterdir()
    assert made.name == f"{ID}-infarct.nii.gz"
    stored = nib.load(made)
    np.testing.assert_allclose(stored.affine, AFFINE, atol=1e-6)
    seg = np.asarray(stored.dataobj)
    assert seg.shape == SHAPE and dice(truth_on()[1], seg) > 0.9
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{ID}: segmented from dwi, adc, flair in ")
    ml = seg.sum() * 0.03125
    assert lines[1] == f"acute infarct: {ml:.2f} mL in 1 piece ({ml:.2f} mL)"
    assert lines[2].startswith(
        "error of the volume: half within 10 %, 9 of 10 within 41 %, on held-out phantoms"
    )
    assert (
        lines[3].startswith("DWI-FLAIR mismatch: on FLAIR the infarct is 1.1")
        and "probably under 4.5 hours" in lines[3]
    )
    assert lines[4].startswith("of infarcts under 4.5 hours 90% are called so, of older ones 25%")
    assert result.stdout.count(NOTICE) == 1


def test_every_output(folder, tmp_path):
    result = call(folder, "-o", "infarct.nii", "--json", "report.json", "--figure", "picture.png")
    assert result.exit_code == 0, result.output
    names = sorted(p.name for p in (tmp_path / "here").iterdir())
    assert names == ["infarct.nii", "picture.png", "report.json"]
    report = json.loads((tmp_path / "here" / "report.json").read_text())
    assert report["patient"] == ID and report["modalities"]["missing"] == [] and report["skull_stripped"]
    assert report["infarct_ml"] == pytest.approx(sum(report["pieces_ml"]), abs=1e-2)
    assert report["dwi_flair_mismatch"]["under_4.5_hours"] is True and report["seconds"] > 0
    assert report["notice"] == NOTICE and report["weights"]["name"] == "bright"
    with Image.open(tmp_path / "here" / "picture.png") as picture:
        assert picture.width > 400 and ID in picture.text["Title"]


@pytest.mark.parametrize("modality", ["adc", "flair"])
def test_files_without_dwi(folder, tmp_path, modality):
    file = next(folder.rglob(f"*_{'FLAIR' if modality == 'flair' else modality}.nii.gz"))
    result = call(f"--{modality}", file, "-o", "x.nii.gz", "--figure", "x.png")
    assert result.exit_code == 0, result.output
    assert f"segmented from {modality} in" in result.stdout and "missing: dwi" in result.stdout
    worse = "Dice 0.46 instead of 0.73" if modality == "adc" else "expect larger errors"
    assert worse in result.stdout and "error of the volume" not in result.stdout
    assert "mismatch" not in result.stdout and (tmp_path / "here" / "x.png").exists()


def test_one_volume_of_several_is_said(folder):
    dwi = next(folder.rglob("*_dwi.nii.gz"))
    one = np.asarray(nib.load(dwi).dataobj)
    write(dwi, np.stack([2 * one, one], -1), AFFINE)
    dwi.with_name(dwi.name.replace(".nii.gz", ".bval")).write_text("0 1000\n")
    assert "dwi: volume 2 of the file, b = 1000 s/mm2" in call(folder).stdout


def test_a_file_of_the_folder_stands_for_its_patient(folder):
    assert call(next(folder.rglob("*_adc.nii.gz"))).exit_code == 0


def test_nothing_found_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(write_patient(tmp_path, radius=0.5))
    assert result.exit_code == 0 and "no acute infarct found, which does not exclude one" in result.stdout


def test_a_head_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(write_patient(tmp_path, head=True))
    assert result.exit_code == 0, result.output
    assert "a skull is seen; " in result.stdout and "acute infarct: " in result.stdout


def test_a_folder_without_dwi_says_how_to_name_files(tmp_path):
    said = refused(write_patient(tmp_path, modalities=("adc", "flair")))
    assert "no DWI" in said and "--adc FILE --flair FILE" in said


def test_two_patients_are_one_too_many(tmp_path):
    write_patient(tmp_path)
    write_patient(tmp_path, "sub-strokecase0002")
    assert "2 patients, such as sub-strokecase0001" in refused(tmp_path)


def test_neither_or_both(folder):
    assert "expected one patient" in refused()
    assert "expected one patient" in refused(folder, "--dwi", next(folder.rglob("*_dwi.nii.gz")))


def test_options_of_the_other_pathology(folder):
    assert "--pathology stroke: has no --t1" in refused(folder, "--no-strip")
    result = CliRunner().invoke(app, ["segment", "--dwi", str(next(folder.rglob("*_dwi.nii.gz")))])
    assert result.exit_code != 0 and "--pathology stroke" in result.output


def test_the_patients_files_are_safe(folder):
    dwi = next(folder.rglob("*_dwi.nii.gz"))
    before = dwi.read_bytes()
    assert "is a file of the subject" in refused(folder, "-o", dwi)
    assert dwi.read_bytes() == before


def test_damaged_empty_and_absent_files(folder, tmp_path):
    dwi = next(folder.rglob("*_dwi.nii.gz"))
    assert "no such" in refused(tmp_path / "nowhere")
    assert "one file for two modalities" in refused("--dwi", dwi, "--adc", dwi)
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(dwi.read_bytes()[:2000])
    assert str(broken.name) in refused("--dwi", broken)
    write(tmp_path / "empty.nii.gz", np.zeros(SHAPE, np.float32), AFFINE)
    assert refused("--dwi", tmp_path / "empty.nii.gz")
    (tmp_path / "dicom").mkdir()
    shutil.copy(dwi, tmp_path / "dicom" / "a.dcm")
    assert "dcm2niix" in refused(tmp_path / "dicom")
