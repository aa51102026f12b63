import matplotlib

matplotlib.use("Agg")

import nibabel as nib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gancourse.errors import InputError
from gancourse.teaching import data, figures
from gancourse.teaching.figures import canvas, distribution_figures, slice_figures


@pytest.fixture
def shown(monkeypatch):
    """What figures displayed: figures still open, and captions."""
    found = []
    for module in (slice_figures, distribution_figures):
        monkeypatch.setattr(module, "show", lambda figure, caption, dpi=80: found.append((figure, caption)))
    yield found
    plt.close("all")


@pytest.fixture
def head():
    """An LPS volume with a bright voxel at the patient's right, front and top: (1, 1, 6) of (9, 8, 8)."""
    volume = np.zeros((9, 8, 8))
    volume[1:8, 1:7, 1:7] = 1
    volume[1, 1, 6] = 9
    return volume


@pytest.mark.parametrize(
    ("plane", "index", "row", "column"), [("axial", 6, 1, 1), ("coronal", 1, 1, 1), ("sagittal", 1, 1, 1)]
)
def test_view_puts_right_front_and_top_where_the_letters_say(head, plane, index, row, column):
    shown = figures.view(head, plane, index)
    assert np.argwhere(shown == 9).tolist() == [[row, column]]  # above, and left


def test_view_takes_the_middle_slice_by_default(head):
    assert np.array_equal(figures.view(head), head[:, :, 4].T)


def test_every_slice_has_its_sides_marked(shown, head):
    planes = {"axial": 6, "coronal": 1, "sagittal": 1}
    slices = [figures.view(head, plane, at) for plane, at in planes.items()]
    labels = [(image == 9).astype(np.uint8) for image in slices]
    figures.montage(slices, "A head.", segs=labels, planes=list(planes))
    ((figure, caption),) = shown
    marks = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert marks == [["R", "L"], ["R", "L"], ["A", "P"]]
    assert "Radiological convention" in caption and "Sagittal" in caption
    assert [text.get_text() for text in figure.legends[0].texts] == ["1 NCR/NET", "2 ED", "4 ET"]


def test_the_letters_as_stored_are_those_of_the_array(shown, head):
    figures.montage({"as stored": head[:, :, 6]}, "Stored.", planes="as stored")
    axes = shown[0][0].axes[0]
    right = next(text for text in axes.texts if text.get_text() == "R")
    image = axes.images[0].get_array()
    assert right.get_position()[1] > 0.5  # R stands above, and the bright voxel of the right lies there
    assert np.argwhere(image == 9)[0][0] < image.shape[0] / 2


def test_montage_cuts_away_what_is_empty_everywhere_and_nothing_else(shown):
    images = np.zeros((3, 64, 64))
    images[0, 20:30, 25:40] = 1
    images[1, 22:41, 25:30] = 1
    segs = (images > 0).astype(np.uint8)
    figures.montage(list(images), "Three.", segs=[*segs[:2], None], columns=2, titles="abc")
    axes = shown[0][0].axes
    assert [a.get_title() for a in axes[:3]] == ["a", "b", "c"] and not axes[3].axison
    assert axes[0].images[0].get_array().shape == (21 + 8, 15 + 8)
    assert [len(a.images) for a in axes[:3]] == [2, 2, 1]


def test_labels_have_their_own_colours_and_background_none(shown, head):
    seg = np.zeros((8, 9), np.uint8)
    seg[3, 2:5] = 1, 2, 4
    figures.draw_slice(plt.figure().add_subplot(), head[:, :, 3].T, seg)
    overlay = plt.gcf().axes[0].images[1].get_array()
    assert len(np.unique(overlay[3, 2:5, :3], axis=0)) == 3
    assert (overlay[..., 3] > 0).sum() == 3


def test_dots_and_histograms(shown):
    figures.dots({"a": [1, 2, 9], "b": [4]}, "mL", "Sizes.", reference=(3, "chance"))
    figures.histograms({"a": np.arange(99), "b": np.arange(50)}, "intensity", "Two.")
    (dots, caption), (lines, _) = shown
    assert {"2", "4", "chance"} <= {text.get_text() for text in dots.axes[0].texts} and "median" in caption
    assert len(lines.axes[0].lines) == 2


def test_agreement_has_the_line_of_equality_on_one_scale_or_on_its_own(shown):
    groups = {"a": (np.arange(3.0), np.ones(3)), "b": (np.arange(5.0), 2 * np.arange(5.0))}
    figures.agreement(groups, ("true", "measured"), "All.")
    figures.agreement(groups, ("asked for", "measured"), "Each.", one_scale=False)
    ends = [[axes.lines[0].get_ydata().tolist() for axes in figure.axes] for figure, _ in shown]
    assert ends == [[[0, 8], [0, 8]], [[0, 2], [0, 8]]]
    assert [axes.get_xlabel() for axes in shown[1][0].axes] == ["asked for"] * 2


def test_show_gives_the_caption_as_text_and_leaves_no_figure_open(monkeypatch):
    displayed = []
    monkeypatch.setattr(canvas, "display", lambda *a, **k: displayed.append((a, k)))
    figures.show(plt.figure(), "What is seen.")
    (picture, options), (text, _) = displayed
    assert picture[0]["image/png"].startswith(b"\x89PNG") and picture[0]["text/plain"] == "What is seen."
    assert options["metadata"]["image/png"]["alt"] == "What is seen." and text[0].data == "*What is seen.*"
    assert plt.get_fignums() == []


def volume(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(np.ones((4, 4, 4), np.int16), np.diag([-1.0, -1, 1, 1])), path)
    return path


def test_lessons_read_the_folder_that_the_learner_names(tmp_path, monkeypatch):
    monkeypatch.setenv(data.DATA, str(tmp_path))
    assert data.lesson_data() == tmp_path
    assert data.slices_folder(tmp_path).name == f"slices-{tmp_path.name}"
    monkeypatch.setenv(data.DATA, str(tmp_path / "none"))
    with pytest.raises(InputError, match="GANCOURSE_DATA.*none: no such folder"):
        data.lesson_data()


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({"subjects": 2, "modalities": ("t1",)}, ""),
        ({"subjects": 3}, "needs 3 subjects with tumour labels, of which this folder has 2, so it goes on"),
        (
            {"subjects": 1, "modalities": ("t1", "flair")},
            "with tumour labels, t1, flair, of which this folder has 0",
        ),
        ({"subjects": 1, "tissue": True}, "with tumour labels, tissue labels, of which"),
        ({"grades": True}, "needs tumours of both grades"),
    ],
)
def test_a_lesson_that_needs_more_than_a_folder_has_goes_on_with_the_phantoms(
    needs, said, tmp_path, monkeypatch, capsys
):
    own = tmp_path / "own"
    for subject in ("BraTS2021_00001", "BraTS2021_00002"):
        for role in ("t1", "seg"):
            volume(own / subject / f"{subject}_{role}.nii.gz")
    phantoms = tmp_path / "data" / "phantoms" / "subjects.csv"
    phantoms.parent.mkdir(parents=True)
    phantoms.touch()
    monkeypatch.setattr(data, "project_root", lambda: tmp_path)
    monkeypatch.setattr("gancourse.cohort.phantom.phantom_files.refuse_outdated", lambda folder: None)
    monkeypatch.setenv(data.DATA, str(own))
    assert data.lesson_data(**needs) == (phantoms.parent if said else own)
    assert said in capsys.readouterr().out


def test_phantoms_are_made_where_there_are_none(tmp_path, monkeypatch, capsys):
    made = []
    monkeypatch.delenv(data.DATA, raising=False)
    monkeypatch.setattr(data, "project_root", lambda: tmp_path)
    monkeypatch.setattr("gancourse.cohort.phantom.make_cohort", made.append)
    assert data.lesson_data() == tmp_path / "data" / "phantoms" == made[0]
    assert "making 48" in capsys.readouterr().out
    (tmp_path / "data" / "phantoms").mkdir(parents=True)
    (tmp_path / "data" / "phantoms" / "subjects.csv").touch()
    data.lesson_data()
    assert len(made) == 1


def test_a_real_subject(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(data, "project_root", lambda: tmp_path)
    monkeypatch.delenv(data.PATIENT, raising=False)
    assert data.real_subject() is None
    assert capsys.readouterr().out.count("\n") == 1
    path = volume(tmp_path / "HGG" / "Brats18_A_B_1" / "Brats18_A_B_1_t1.nii.gz")
    monkeypatch.setenv(data.PATIENT, str(path))
    assert data.real_subject().paths == {"t1": path}
    monkeypatch.setenv(data.PATIENT, str(tmp_path))
    assert data.real_subject().id == "Brats18_A_B_1"
    path.rename(path.with_name("Brats18_A_B_1_seg.nii.gz"))
    with pytest.raises(InputError, match="labels only"):
        data.real_subject()
