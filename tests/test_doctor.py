"""The doctor: ten lines, each with what to do about a lack; status 1 only for what is essential."""

import compileall
import json
import shutil
import types

import pytest
from typer.testing import CliRunner

from gancourse import doctor, pretrained, project, quiet
from gancourse.cli import app
from gancourse.doctor import Finding


def test_ten_lines_on_this_machine():
    findings = doctor.examine()
    assert len(findings) == 10
    assert len({finding.subject for finding in findings}) == 10
    assert all("\n" not in str(finding) for finding in findings)
    by_name = {finding.subject: finding for finding in findings}
    assert by_name["Python"].ok
    assert "2.21" in by_name["TensorFlow"].text and "Keras 3" in by_name["TensorFlow"].text
    assert "bfloat16" in by_name["Device"].text


@pytest.mark.parametrize("essential", [True, False])
def test_status_is_1_only_for_what_is_essential(monkeypatch, essential):
    lack = Finding("Disk", False, "0.1 GB free: make room", essential)
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("Python", True, "3.13", True), lack])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == (1 if essential else 0)
    assert result.stdout.splitlines()[0].split() == ["ok", "Python", "3.13"]
    assert result.stdout.splitlines()[1].startswith("LACKS" if essential else "note")
    assert "make room" in result.stdout
    (line,) = CliRunner().invoke(app, ["doctor", "--json"]).stdout.splitlines()
    mark = "LACKS" if essential else "note"
    assert json.loads(line)[1] == {"subject": "Disk", "mark": mark, "text": "0.1 GB free: make room"}


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 2), True), ((3, 14, 0), False)]
)
def test_python(version, ok):
    finding = doctor.python(version)
    assert (finding.ok, finding.essential) == (ok, True)
    assert ("install Python" in finding.text) is not ok


def test_a_broken_tensorflow_says_what_to_do(monkeypatch):
    def broken():
        raise ImportError("libsomething.so:\n cannot open")

    monkeypatch.setattr(quiet, "import_tensorflow", broken)
    finding = doctor.tensorflow()
    assert finding.essential and not finding.ok
    assert "libsomething.so: cannot open" in finding.text and "pip install" in finding.text
    assert not doctor.device().ok


def test_tensorflow_without_bytecode_says_how_to_compile_it(monkeypatch, tmp_path):
    module = types.SimpleNamespace(__version__="2.21.0", __file__=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: module)
    slow = doctor.tensorflow()
    assert not slow.ok and not slow.essential and "compileall" in slow.text
    (tmp_path / "__init__.py").touch()
    compileall.compile_dir(tmp_path, quiet=1)
    assert doctor.tensorflow().ok


def test_memory_and_disk(tmp_path):
    assert doctor.memory(8e9).ok and not doctor.memory(1e9).ok
    assert "close" in doctor.memory(1e9).text
    assert doctor.disk(tmp_path, 50e9).ok
    full = doctor.disk(tmp_path, 1e9)
    assert full.essential and not full.ok and str(tmp_path) in full.text


def test_lessons_and_their_copies(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "work").mkdir()
    assert not doctor.lessons(tmp_path).ok
    for name in ("11_a.ipynb", "12_b.ipynb"):
        (tmp_path / "notebooks" / name).touch()
    (tmp_path / "work" / "11_a.ipynb").touch()
    assert doctor.lessons(tmp_path).ok
    assert "2 in notebooks/, 1 of them in work/" in doctor.lessons(tmp_path).text


def test_phantoms_of_an_older_course(tmp_path):
    folder = tmp_path / project.COHORT
    folder.mkdir(parents=True)
    (folder / "cohort.json").write_text('{"randomisation": "realistic", "version": 1}')
    found = doctor.cohort(tmp_path)
    assert not found.ok and "phantoms of version 1" in found.text and "remove that folder" in found.text


def test_cohort_absent_partial_and_complete(tmp_path):
    assert "gancourse cohort make" in doctor.cohort(tmp_path).text
    folder = tmp_path / project.COHORT
    folder.mkdir(parents=True)
    assert not doctor.cohort(tmp_path).ok
    for number in ("001", "002"):
        subject = folder / "HGG" / f"Brats18_PHANTOM_{number}_1"
        subject.mkdir(parents=True)
        for role in ("t1", "t1ce", "t2", "flair", "seg"):
            (subject / f"{subject.name}_{role}.nii.gz").touch()
    partial = doctor.cohort(tmp_path)
    assert not partial.ok and "2 subjects" in partial.text and "not complete" in partial.text
    (folder / "subjects.csv").touch()
    assert doctor.cohort(tmp_path).ok
    assert "none, and none needed" in doctor.real_data(tmp_path).text
    (folder / "HGG").rename(tmp_path / "HGG")
    real = tmp_path / "data" / "brats" / "HGG" / "Brats18_CBICA_AAB_1"
    real.mkdir(parents=True)
    (real / "Brats18_CBICA_AAB_1_t1.nii.gz").touch()
    assert "1 subjects at data/brats" in doctor.real_data(tmp_path).text


def test_weights_missing_and_damaged(tmp_path):
    assert not doctor.weights(tmp_path).ok
    (tmp_path / "latent").mkdir()
    for ending in ("json", "npz"):
        shutil.copy(pretrained.WEIGHTS / "latent" / f"dcgan-t1.{ending}", tmp_path / "latent")
    assert doctor.weights(tmp_path).text == "1 network, all whole"
    (tmp_path / "latent" / "dcgan-t1.npz").write_bytes(b"half")
    damaged = doctor.weights(tmp_path)
    assert not damaged.ok and "dcgan-t1.npz: missing, damaged" in damaged.text


def test_no_project_around_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "__file__", str(tmp_path / "site-packages" / "gancourse" / "project.py"))
    result = CliRunner().invoke(app, ["lab"])
    assert result.exit_code == 2
    assert "pip install -e ." in result.stderr
