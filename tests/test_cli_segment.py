"""`gancourse segment`: labels, volumes, JSON and a picture out; nothing of the subject is overwritten."""

import json
import shutil
import sys
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest
from ball import Thresholds, centred, scan, truth_on, write
from PIL import Image
from typer.testing import CliRunner

import gancourse
from gancourse.cli import app
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.bytestream import MAX_GB
from gancourse.teaching.figures.tumour_overlay import slices_to_show

SHAPE = (70, 80, 56)
AFFINE = centred(SHAPE, np.diag([-2.0, 2, 2]))
ID = "Brats18_BALL_1_1"
NOTICE = "For research and teaching; not a medical device."


@pytest.fixture(autouse=True)
def thresholds(monkeypatch):
    """A segmenter that needs no training, in place of the shipped one."""
    fake = Thresholds()
    fake.card.scores["volume_error"] = {"WT": {"median_percent": 3.6, "p90_percent": 12.4}}
    module = SimpleNamespace(load=lambda: fake)
    monkeypatch.setitem(sys.modules, "gancourse.segmentation.segmenter", module)
    return fake


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A subject with T1 and FLAIR, and its truth; the current folder is another one."""
    home = tmp_path / "data" / ID
    home.mkdir(parents=True)
    for modality in ("t1", "flair"):
        write(home / f"{ID}_{modality}.nii.gz", scan(SHAPE, AFFINE), AFFINE)
    write(home / f"{ID}_seg.nii.gz", truth_on(SHAPE, AFFINE)[0], AFFINE)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return home


def call(*arguments):
    return CliRunner().invoke(app, ["segment", *map(str, arguments)])


def test_a_folder_in_labels_and_volumes_out(folder, tmp_path):
    result = call(folder)
    assert result.exit_code == 0, result.output
    (made,) = (tmp_path / "here").iterdir()
    assert made.name == f"{ID}-seg.nii.gz"
    stored = nib.load(made)
    np.testing.assert_array_equal(stored.affine, AFFINE)
    lines = result.stdout.splitlines()
    assert lines[0] == f"{ID}: segmented from t1, flair"
    assert lines[1].startswith("missing: t1ce, t2; ")
    assert "on held-out phantoms; larger on patients" in lines[2]
    volume = (np.asarray(stored.dataobj) > 0).sum() * 0.008
    said = "half within 4 %, 9 of 10 within 12 %".split()
    assert lines[3].split() == ["WT", "whole", "tumour", f"{volume:.1f}", *said]
    assert [line.split()[0] for line in lines[3:11]] == "WT TC ET NCR ED CSF GM WM".split()
    assert lines[4].endswith("not measured")
    assert result.stdout.count(NOTICE) == 1


def test_every_output(folder, tmp_path, thresholds):
    result = call(
        *("--flair", folder / f"{ID}_flair.nii.gz", "-o", "tumour.nii", "--tissue", "tissue.nii.gz"),
        *("--json", "volumes.json", "--figure", "overlay.png"),
    )
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in (tmp_path / "here").iterdir()) == [
        "overlay.png", "tissue.nii.gz", "tumour.nii", "volumes.json",
    ]  # fmt: skip
    report = json.loads((tmp_path / "here" / "volumes.json").read_text())
    seg, tissue = (np.asarray(nib.load(name).dataobj) for name in ("tumour.nii", "tissue.nii.gz"))
    assert report["volumes_ml"]["ET"] == pytest.approx((seg == 4).sum() * 0.008)
    assert report["volumes_ml"]["GM"] == pytest.approx((tissue == 2).sum() * 0.008)
    assert not (tissue[seg > 0]).any()
    assert report["modalities"] == {
        "present": ["flair"], "missing": ["t1", "t1ce", "t2"], "slices_lacking": {},
    }  # fmt: skip
    assert report["weights"] == {"name": "thresholds", "sha256": thresholds.card.sha256}
    assert report["gancourse"] == gancourse.__version__ and report["notice"] == NOTICE
    assert report["volume_error"]["percent"]["WT"] == {"median_percent": 3.6, "p90_percent": 12.4}
    assert "larger on patients" in report["volume_error"]["measured_on"]
    picture = np.asarray(Image.open("overlay.png").convert("RGB")).astype(int)
    coloured = np.ptp(picture, axis=-1) > 40
    half = len(coloured) // 2
    assert coloured[half:].sum() > 100 > coloured[:half].sum()  # labels in the lower row only
    # The patient's right is on the left: in each of the three columns, as the ball's tumour lies.
    brain, edges = coloured[half : int(0.9 * len(coloured))], np.linspace(0, coloured.shape[1], 4).astype(int)
    for left, right in zip(edges[:-1], edges[1:], strict=True):
        assert np.argwhere(brain[:, left:right])[:, 1].mean() < (right - left) / 2


def test_slices_to_show():
    seg, brain = np.zeros((4, 4, 20), np.uint8), np.ones((4, 4, 20), bool)
    assert slices_to_show(seg, brain) == [4, 9, 14]
    seg[1, 1, 5:9] = 2
    assert slices_to_show(seg, brain) == [5, 6, 7]
    assert slices_to_show(seg[..., :6], brain[..., :6]) == [5]


def test_a_healthy_brain_and_one_slice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    affine = centred((130, 150, 1), np.diag([-1.0, -1, 1]))
    affine[2, 3] = -30  # below the tumour
    scanned = write(tmp_path / "t2.nii.gz", scan((130, 150, 1), affine), affine)
    result = call("--t2", scanned, "--figure", "one.png", "-o", "one.nii.gz")
    assert result.exit_code == 0, result.output
    assert not np.asarray(nib.load("one.nii.gz").dataobj).any()
    assert Image.open("one.png").size[0] > 200


def test_a_second_run_replaces_and_a_failed_one_leaves_the_first(folder, tmp_path, monkeypatch):
    assert call(folder, "-o", "a.nii.gz").exit_code == 0
    first = (tmp_path / "here" / "a.nii.gz").read_bytes()
    assert call(folder, "-o", "a.nii.gz").exit_code == 0
    assert (tmp_path / "here" / "a.nii.gz").read_bytes() == first

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gancourse.files._put", fail)
    assert call(folder, "-o", "a.nii.gz").exit_code != 0
    assert [p.name for p in (tmp_path / "here").iterdir()] == ["a.nii.gz"]
    assert (tmp_path / "here" / "a.nii.gz").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "expected one subject: give its folder"),
        (["{data}", "--t1", "{data}/{id}_t1.nii.gz"], "expected one subject"),
        (["{data}", "-o", "{data}/{id}_flair.nii.gz"], "is a file of the subject"),
        (["{data}", "-o", "{data}/../{id}/{id}_seg.nii.gz"], "is a file of the subject"),
        (["{data}", "--tissue", "{data}/{id}_t1.nii.gz"], "is a file of the subject"),
        (["{data}", "--figure", "{data}/{id}_t1.nii.gz"], "is a file of the subject"),
        (["{data}", "-o", "a.nii.gz", "--tissue", "./a.nii.gz"], "named twice"),
        (["{data}", "-o", "a.mha"], "a.mha: expected a name that ends in .nii.gz or .nii"),
        (["{data}", "--json", "a.txt"], "a.txt: expected a name that ends in .json"),
        (["{data}", "--figure", "a.jpg"], "a.jpg: expected a name that ends in .png"),
        (["{data}", "-o", "nowhere/a.nii.gz"], "a file in a folder that exists"),
        (["nowhere"], "nowhere: no such folder"),
        (["{data}", "--t3", "x"], "--t3"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(folder, tmp_path, arguments, said, thresholds):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.nii.gz")}
    result = call(*(a.format(data=folder, id=ID) for a in arguments))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ") and said in line
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.nii.gz")} == before and not thresholds.calls


def test_its_result_is_found_as_the_truth_of_the_subject(folder, tmp_path):
    """Named as BraTS names it, so that it may lie beside the scans of a subject without one."""
    (folder / f"{ID}_seg.nii.gz").unlink()
    assert call(folder, "-o", folder / f"{ID}_seg.nii.gz").exit_code == 0
    (subject,) = find_subjects(tmp_path / "data")
    assert set(np.unique(subject.seg())) == {0, 1, 2, 4}


def test_the_limit_of_memory_is_an_option(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(MAX_GB, "1e-9")  # put back what the option sets
    slices = ["cohort", "slice", folder, "--out", tmp_path / "slices"]
    for arguments, told in ((["cohort", "check", folder], 1), (slices, 0), (["segment", folder], 0)):
        result = CliRunner().invoke(app, [*map(str, arguments), "--max-gb", "1e-6"])
        assert result.exit_code == 2 - told
        assert "1e-06 GB are allowed" in result.output and "allow more by --max-gb" in result.output
        result = CliRunner().invoke(app, [*map(str, arguments), "--max-gb", "1"])
        assert "are allowed" not in result.output and result.exit_code == told


def test_an_orientation_that_is_not_stated_has_to_be_told(folder, tmp_path):
    for path in folder.glob("*.nii.gz"):
        image = nib.load(path)
        image.header.set_sform(None, code=0)
        image.header.set_qform(None, code=0)
        nib.Nifti1Image(image.dataobj, None, image.header).to_filename(path)
    slices = ["cohort", "slice", folder, "--out", tmp_path / "slices"]
    for arguments, told in ((["cohort", "check", folder], 1), (slices, 0), (["segment", folder], 0)):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 2 - told
        assert "--assume-orientation LPS" in (result.stdout if told else result.stderr)
        assert not list((tmp_path / "here").iterdir())
        result = CliRunner().invoke(app, [*map(str, arguments), "--assume-orientation", "LXS"])
        assert result.exit_code == 2 - told and "expected three letters" in result.output
        result = CliRunner().invoke(app, [*map(str, arguments), "--assume-orientation", "LAS"])
        assert "assume" not in result.output, result.output
        assert result.exit_code == told  # `check` says that two modalities are missing
    assert nib.aff2axcodes(nib.load(f"{ID}-seg.nii.gz").affine) == tuple("LAS")


@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_a_folder_that_takes_no_file_is_said_before_the_work(
    folder, tmp_path, monkeypatch, thresholds, trouble
):
    if trouble == "full":
        usage = shutil.disk_usage(tmp_path)._replace(free=1000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    else:

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("gancourse.files.open", refuse, raising=False)
    monkeypatch.setattr("gancourse.cohort.slices._write", lambda *_: pytest.fail("went to work"))
    for arguments in (["segment", folder], ["cohort", "slice", folder, "--out", tmp_path / "slices"]):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1, result.output
        reason = "it needs" if trouble == "full" else "Permission denied"
        assert f"cannot be written ({reason}" in result.stderr
    assert not thresholds.calls and not list((tmp_path / "here").iterdir())
    assert not list(tmp_path.glob("*slices*"))


def test_a_disk_that_fills_while_writing_is_one_line(folder, tmp_path, monkeypatch):
    def fill(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gancourse.files._put", fill)
    monkeypatch.setattr("gancourse.cohort.slices._write", fill)
    for arguments in (["segment", folder], ["cohort", "slice", folder, "--out", tmp_path / "slices"]):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 2
        assert result.stderr.count("cannot be written (No space left on device)") == 1
    assert not list((tmp_path / "here").iterdir()) and not list(tmp_path.glob("*slices*"))
