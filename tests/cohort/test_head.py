"""Heads round the brains: shells in their order, the same brain, signals, and what is stored of them."""

import json

import numpy as np
import pytest
from scipy import ndimage
from typer.testing import CliRunner

from gancourse.cli import app
from gancourse.cohort.phantom.anatomy import grid_points, make_anatomy
from gancourse.cohort.phantom.head import HEAD_CLASSES, NUMBER, brain_tissue, make_head, to_mni
from gancourse.cohort.phantom.head_volumes import UNITS, ZERO, find_heads, make_volume, write_heads
from gancourse.cohort.phantom.parameters import draw, generator
from gancourse.cohort.phantom.phantom_files import make_cohort
from gancourse.cohort.phantom.subject import make_subject
from gancourse.errors import InputError

P = draw(1, 5, "wide")


@pytest.fixture(scope="module")
def placed():
    """Points, brain, fractions and MNI coordinates of one head, at 3 mm."""
    anatomy = make_anatomy(P, generator(1, 5, "wide", 1))
    head = make_head(anatomy, generator(1, 5, "wide", 5))
    points = grid_points(3.0)
    brain = brain_tissue(anatomy, points)[1] > 0
    mni = to_mni(anatomy, points.reshape(3, -1)).reshape(points.shape)
    return points, brain, head.fractions(points, brain, edge_mm=3.0), mni


def test_fractions_sum_to_one_round_the_brain(placed):
    _, brain, fractions, _ = placed
    assert fractions.shape == (len(HEAD_CLASSES), *brain.shape) and fractions.min() >= 0
    np.testing.assert_allclose(fractions.sum(0)[~brain], 1, atol=1e-5)
    assert not fractions[:, brain].any()


def test_shells_follow_each_other_outwards(placed):
    points, brain, fractions, _ = placed
    labels = fractions.argmax(0)
    k = int(np.argwhere(brain)[:, 2].max() - 40 / 3)  # through the upper part of the brain
    away = ndimage.distance_transform_edt(~brain)[:, :, k]  # from the brain, in voxels of 3 mm
    bone = np.isin(labels, [NUMBER["BONE"], NUMBER["MARROW"]])[:, :, k]
    shells = [bone, *(labels[:, :, k] == NUMBER[name] for name in ("FAT", "AIR"))]
    middles = [np.median(away[shell]) for shell in shells]
    assert middles == sorted(middles)
    j = brain.shape[1] // 2
    thick = bone[:, j][int(np.flatnonzero(brain[:, j, k]).max()) + 1 :].sum() * 3
    assert 3 <= thick <= 21


def test_eyes_air_and_cord_are_where_they_belong(placed):
    _, _, fractions, mni = placed
    labels = fractions.argmax(0)

    def middle(name, part=None):
        there = (labels == NUMBER[name]) & (True if part is None else part)
        assert there.sum() > 2, name
        return mni[:, there].mean(1)

    left, right = (middle("VITREOUS", mni[0] * side > 0) for side in (-1, 1))
    for eye in (left, right):
        np.testing.assert_allclose(np.abs(eye), [32, 57, 40], atol=8)
    assert not np.allclose(left * [-1, 1, 1], right, atol=0.05)  # no face is symmetric
    nose = middle(
        "AIR", (np.abs(mni[0]) < 20) & (mni[1] < 60) & (mni[1] > 20) & (mni[2] < -25) & (mni[2] > -60)
    )
    assert abs(nose[0]) < 8


def test_the_brain_is_the_same_in_its_head():
    alone, headed = make_subject(2, 4, 4.0), make_subject(2, 4, 4.0, head=True)
    np.testing.assert_array_equal(alone.seg, headed.seg)
    np.testing.assert_array_equal(alone.tissue, headed.tissue)
    assert alone.volumes_ml == headed.volumes_ml
    for modality, image in headed.images.items():
        assert (image[alone.images[modality] == 0] > 0).mean() > 0.2, modality
    again = make_subject(2, 4, 4.0, head=True)
    np.testing.assert_array_equal(again.images["t1"], headed.images["t1"])
    assert headed.head["head_skull_mm"] > 0 and not alone.head


def test_fat_is_bright_on_t1_and_bone_is_dark_everywhere():
    from gancourse.cohort.phantom.head_signal import signal
    from gancourse.cohort.phantom.signal import SEQUENCES, TISSUE, equation

    ones = np.ones(3)
    for modality, sequence in SEQUENCES.items():
        white = equation(sequence, *TISSUE["WM"])
        assert signal("BONE", sequence, False, ones) < 0.25 * white, modality
        assert signal("AIR", sequence, False, ones) == 0
        assert signal("FAT", sequence, False, ones) > 1.3 * white, modality
        assert signal("VITREOUS", sequence, False, ones) / white == pytest.approx(
            equation(sequence, *TISSUE["CSF"]) / white, abs=0.3 if modality != "t2" else 0.8
        )
    t1ce = SEQUENCES["t1ce"]
    assert signal("MUCOSA", t1ce, True, ones) > 1.5 * signal("MUCOSA", t1ce, False, ones)
    assert signal("MARROW", SEQUENCES["t1"], False, ones, 1.0) > signal(
        "MARROW", SEQUENCES["t1"], False, ones, 0.0
    )


def test_a_cohort_says_that_it_has_heads(tmp_path):
    def run(*more):
        what = ["cohort", "make", "--out", str(tmp_path / "heads"), "--subjects", "1", "--spacing", "4"]
        return CliRunner().invoke(app, [*what, "--workers", "1", *more])

    assert run("--head").exit_code == 0
    assert json.loads((tmp_path / "heads" / "cohort.json").read_text())["head"] is True
    assert "head_fat_mm" in (tmp_path / "heads" / "subjects.csv").read_text()
    with pytest.raises(InputError, match="head True instead of False; give another --out"):
        make_cohort(tmp_path / "heads", 1, 4.0, progress=False)


def test_volumes_hold_labels_and_depth(tmp_path):
    write_heads(tmp_path / "heads", 1, seed=5, workers=1, progress=False)
    (file,), settings = find_heads(tmp_path / "heads")
    labels, depth = np.load(file)
    np.testing.assert_array_equal(np.load(file), make_volume(draw(0, 5, "wide")))
    inside = depth > ZERO
    assert 900 < inside.sum() * 0.008 < 2000  # mL
    assert (labels[inside] < 6).all() and settings["randomisation"] == "wide"
    edge = inside & ~np.roll(inside, 1, 0)
    assert (depth[edge] == ZERO + UNITS).all()  # half a voxel of 2 mm
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(InputError, match="not a head, or damaged"):
        find_heads(tmp_path / "heads")
    with pytest.raises(InputError, match="no heads here; make them with"):
        find_heads(tmp_path)
