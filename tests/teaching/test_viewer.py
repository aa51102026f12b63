"""The brain viewer's logic: whole scans as bytes, where they are cut, and the picture that stays."""

import base64
import io
import json

import ball
import numpy as np
import pytest
import toy_scans
from PIL import Image

from gancourse.cohort.brats import Subject
from gancourse.errors import InputError
from gancourse.teaching.widgets import BrainViewer
from gancourse.teaching.widgets.viewer_scans import Viewer, read_scan

SHAPE = (40, 48, 36)
AFFINE = ball.centred(SHAPE, np.diag([4.0, -4.0, 4.0]))  # stored as RPS, to be turned


@pytest.fixture
def subject(tmp_path):
    """A ball with a tumour, bright in T1, in two modalities."""
    image, (seg, _) = ball.scan(SHAPE, AFFINE), ball.truth_on(SHAPE, AFFINE)
    files = {"t1": image, "flair": image / 7, "seg": seg}
    return Subject.from_files(
        **{role: ball.write(tmp_path / f"toy_{role}.nii.gz", a, AFFINE) for role, a in files.items()}
    )


def test_a_scan_is_cropped_and_as_bright_as_the_brain_without_the_tumour(subject):
    scan = read_scan(subject)
    assert list(scan.volumes) == ["t1", "flair"] and scan.zooms == (4, 4, 4)
    assert np.all(np.array(scan.seg.shape) < SHAPE)
    assert set(np.unique(scan.seg)) == {0, 1, 2, 4}
    for volume in scan.volumes.values():
        assert volume.dtype == np.uint8 and volume.shape == scan.seg.shape
        healthy = volume[(scan.seg == 0) & (volume > 0)]
        assert (
            180 < np.percentile(healthy, 99) < 210
        )  # the tumour, three times as bright, takes few grey levels
        assert (volume[scan.seg > 0] == 255).all()


def test_a_fine_scan_is_thinned_out(subject, monkeypatch):
    monkeypatch.setattr("gancourse.teaching.widgets.viewer_scans.MOST", 5000)
    scan = read_scan(subject)
    assert scan.seg.size <= 5000 and scan.zooms == (8, 8, 8)


def test_without_labels_without_images_and_with_a_skull(subject, tmp_path):
    assert not read_scan(Subject.from_files(t1=subject.paths["t1"])).seg.any()
    with pytest.raises(InputError, match="labels only"):
        read_scan(Subject.from_files(seg=subject.seg_path))
    head = np.random.default_rng(0).normal(100, 10, SHAPE).astype(np.float32)
    whole = read_scan(Subject.from_files(t1=ball.write(tmp_path / "head_t1.nii.gz", head, AFFINE)))
    assert whole.seg.shape == SHAPE


def test_it_starts_where_the_tumour_is_largest():
    viewer = toy_scans.viewer()
    assert (viewer.plane, viewer.index, viewer.labels) == ("axial", 9, False)
    healthy = toy_scans.scan()
    healthy.seg[:] = 0
    assert Viewer([healthy]).index == 8


def test_impossible_cuts_change_nothing():
    viewer = toy_scans.viewer()
    for wrong in [("axial", 16, True), ("axial", -1, True), ("top", 3, True), ("axial", 3, 1)]:
        with pytest.raises(InputError):
            viewer.show(*wrong)
    assert (viewer.plane, viewer.index, viewer.labels) == ("axial", 9, False)
    with pytest.raises(InputError, match="one subject or more"):
        Viewer([])


def test_others_follow_at_the_same_share_of_the_way():
    tall = toy_scans.scan("Tall_1", shape=(20, 24, 31))
    viewer = toy_scans.viewer(toy_scans.scan(), tall)
    for index, other in [(0, 0), (15, 30), (5, 10)]:
        viewer.show("axial", index, False)
        assert viewer.index_of(tall) == other


def test_what_the_page_gets_is_json_without_python():
    data = json.loads(json.dumps(toy_scans.viewer().json()))
    (scan,) = data["scans"]
    assert [modality for modality, _ in scan["volumes"]] == ["T1", "T1ce", "T2", "FLAIR"]
    volume = np.frombuffer(base64.b64decode(scan["volumes"][0][1]), np.uint8).reshape(scan["shape"])
    np.testing.assert_array_equal(volume, toy_scans.scan().volumes["t1"])
    assert {label for label, *_ in data["labels"]} == {1, 2, 4}


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_its_picture_marks_labels_only_if_asked(plane):
    viewer = toy_scans.viewer()
    colours = []
    for labels in (False, True):
        viewer.show(plane, 12, labels)
        picture = np.asarray(Image.open(io.BytesIO(viewer.png())).convert("RGB")).astype(int)
        colours.append((np.ptp(picture, axis=-1) > 60).sum())
        assert picture.shape[0] == 260 and plane in viewer.words()
    assert colours[0] == 0 and colours[1] > 100


def test_the_widget_notes_where_its_page_rests():
    widget = toy_scans.widget()
    widget._answer(None, {"commands": [{"do": "show", "plane": "coronal", "index": 3, "labels": True}]}, None)
    assert widget._frame["plane"] == "coronal" and widget._frame["index"] == 3 and widget._frame["labels"]
    assert "with the tumour's labels" in widget._still()[1]


def test_a_missing_subject_is_left_out(subject):
    assert len(BrainViewer(subject, None).logic.scans) == 1
