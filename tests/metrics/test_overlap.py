"""Against the challenge's package, SimpleITK, all pairs of surface voxels, all signs, and by hand."""

import itertools

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import stats
from scipy.spatial.distance import cdist

from benchmarks.official_overlap import OFFICIAL, SHAPE, blob, cases, tumour
from gancourse.metrics import overlap
from gancourse.metrics.overlap import (
    bootstrap,
    compare_paired,
    dice,
    hd95,
    score_patient,
    score_tissue,
    sensitivity,
    specificity,
    volume_error_ml,
)

CASES = cases()
MM = (1.0, 1.0, 1.0)


def surface(mask: np.ndarray) -> np.ndarray:
    """Voxels of a mask with a neighbour across a face that is outside, one by one."""
    padded = np.pad(mask, 1)
    steps = [sign * step for step in np.eye(mask.ndim, dtype=int) for sign in (1, -1)]
    return np.array([v - 1 for v in np.argwhere(padded) if not all(padded[tuple(v + s)] for s in steps)])


def all_pairs_hd95(truth, prediction, zooms):
    distances = cdist(surface(truth) * zooms, surface(prediction) * zooms)
    return np.percentile(np.concatenate([distances.min(0), distances.min(1)]), 95)


def ragged(seed: int, shape=(14, 17, 11)) -> np.ndarray:
    """Scattered clumps, some at the edge."""
    return np.random.default_rng(seed).random(shape) < 0.08


@pytest.mark.parametrize("name", CASES)
def test_as_the_challenges_own_package(name):
    truth, prediction, zooms = CASES[name]
    scores = score_patient(truth, prediction, zooms)
    assert list(scores) == ["WT", "TC", "ET"]
    for region, (their_dice, their_hd95) in OFFICIAL[name].items():
        # Before 2023, no region in either was a Dice of 1, and one region of two was 373.13 mm.
        expected_dice = 1 if np.isnan(their_dice) else their_dice
        expected_mm = 0 if np.isnan(their_hd95) else 373.13 if np.isinf(their_hd95) else their_hd95
        assert scores[region]["dice"] == pytest.approx(expected_dice, abs=1e-6)
        assert scores[region]["hd95_mm"] == pytest.approx(expected_mm, abs=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_counts_as_simpleitk(name):
    truth, prediction, zooms = CASES[name]
    for region, labels in {"WT": (1, 2, 4), "TC": (1, 4), "ET": (4,)}.items():
        masks = [np.isin(a, labels) for a in (truth, prediction)]
        scores = score_patient(truth, prediction, zooms)[region]
        if not (masks[0].any() and masks[1].any()):
            continue
        images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
        measure = sitk.LabelOverlapMeasuresImageFilter()
        measure.Execute(*images[::-1])  # the target is the truth
        assert scores["dice"] == pytest.approx(measure.GetDiceCoefficient(1))
        assert scores["sensitivity"] == pytest.approx(1 - measure.GetFalseNegativeError(1))
        assert scores["specificity"] == pytest.approx(1 - measure.GetFalsePositiveError(1))
        # 2 (prediction - truth) / (prediction + truth)
        true, found = scores["true_ml"], scores["volume_ml"]
        assert 2 * (found - true) / (true + found) == pytest.approx(measure.GetVolumeSimilarity(1))
        shape = sitk.LabelShapeStatisticsImageFilter()
        images[0].SetSpacing(zooms[::-1])
        shape.Execute(images[0])
        assert true == pytest.approx(shape.GetPhysicalSize(1) / 1000)


@pytest.mark.parametrize("zooms", [(1, 1, 1), (2, 2, 2), (0.5, 0.7, 6), (5, 0.9, 1.1)])
@pytest.mark.parametrize("seed", range(3))
def test_hd95_as_all_pairs_of_surface_voxels(seed, zooms):
    truth, prediction = ragged(seed), ragged(seed + 10)
    assert hd95(truth, prediction, zooms) == pytest.approx(all_pairs_hd95(truth, prediction, zooms))
    truth, prediction = (
        blob((8, 9, 10), (7, 6, 8)),
        blob((18, 21, 13), (6, 9, 7)) | blob((3, 30, 2), (2, 3, 2)),
    )
    assert hd95(truth, prediction, zooms) == pytest.approx(all_pairs_hd95(truth, prediction, zooms))


def test_hd95_as_simpleitks_distance_maps():
    truth, prediction, zooms = (
        blob((14, 16, 12), (10, 11, 8)),
        blob((16, 14, 13), (9, 12, 7)),
        (0.8, 1.1, 3.0),
    )
    images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (truth, prediction)]
    for image in images:
        image.SetSpacing(zooms[::-1])
    edges = [sitk.LabelContour(image, False) for image in images]
    distances = []
    for edge, other in (edges, edges[::-1]):
        far = sitk.SignedMaurerDistanceMap(other, squaredDistance=False, useImageSpacing=True)
        distances.append(np.abs(sitk.GetArrayFromImage(far))[sitk.GetArrayFromImage(edge) == 1])
    expected = np.percentile(np.concatenate(distances), 95)
    assert hd95(truth, prediction, zooms) == pytest.approx(expected, abs=1e-4)


def test_hd95_by_hand():
    truth, prediction = np.zeros((2, 40, 30, 20), bool)
    truth[5, 5, 5] = prediction[5, 5, 15] = True
    assert hd95(truth, prediction, (1, 1, 2.5)) == 25
    assert hd95(truth, prediction, (1, 1, 0.5)) == 5
    prediction[:] = False
    prediction[8, 9, 5] = True
    assert hd95(truth, prediction, MM) == 5  # 3 and 4 voxels away
    slab = np.zeros((40, 30, 20), bool)
    slab[10:20] = True
    assert hd95(slab, np.roll(slab, 3, 0), (2, 1, 1)) == 6


def test_hd95_is_symmetric_and_does_not_depend_on_the_field_of_view():
    truth, prediction = blob((8, 9, 10), (6, 5, 7)), blob((12, 12, 13), (6, 9, 7))
    found = hd95(truth, prediction, (1, 1, 3))
    assert hd95(prediction, truth, (1, 1, 3)) == found > 0
    assert hd95(np.pad(truth, 50), np.pad(prediction, 50), (1, 1, 3)) == found


def test_one_slice_is_measured_in_its_plane():
    truth, prediction = blob((14, 16, 12), (10, 11, 8))[..., 12], blob((16, 17, 12), (8, 12, 8))[..., 12]
    expected = all_pairs_hd95(truth, prediction, (0.9, 1.2))
    assert hd95(truth, prediction, (0.9, 1.2)) == pytest.approx(expected)
    assert hd95(truth[..., None], prediction[..., None], (0.9, 1.2, 5)) == pytest.approx(expected)
    assert hd95(truth[None], prediction[None], (5, 0.9, 1.2)) == pytest.approx(expected)
    one = np.ones((1, 1, 1), bool)
    assert hd95(one, one, MM) == 0 and hd95(one, ~one, MM) == 373.13


def test_empty_regions():
    some, none = blob((14, 16, 12), (5, 5, 5)), np.zeros(SHAPE, bool)
    assert (dice(none, none), hd95(none, none, MM)) == (1, 0)
    for pair in ((some, none), (none, some)):
        assert (dice(*pair), hd95(*pair, MM)) == (0, overlap.ABSENT_MM)
    assert overlap.ABSENT_MM == pytest.approx(np.sqrt(240**2 + 240**2 + 155**2), abs=0.005)
    assert np.isnan(sensitivity(none, some)) and sensitivity(some, none) == 0
    assert specificity(none, none) == 1 and specificity(none, ~none) == 0
    assert np.isnan(specificity(~none, some))
    scores = score_patient(none.astype(np.uint8), 4 * some.astype(np.uint8), (2, 2, 2))["ET"]
    assert scores["volume_error_ml"] == pytest.approx(some.sum() * 0.008) and scores["true_ml"] == 0
    assert np.isnan(scores["volume_error_percent"])


def test_the_rest_by_hand():
    truth, prediction = np.zeros((2, 4, 5, 5), bool)  # 100 voxels
    truth[0, 0, :4] = True
    prediction[0, 0, 1:] = prediction[1, 0, :2] = True  # 3 shared, 3 too many, 1 missed
    assert dice(truth, prediction) == pytest.approx(2 * 3 / (4 + 6))
    assert sensitivity(truth, prediction) == pytest.approx(3 / 4)
    assert specificity(truth, prediction) == pytest.approx(93 / 96)
    assert volume_error_ml(truth, prediction, (1, 2, 5)) == pytest.approx(0.02)
    assert volume_error_ml(prediction, truth, (1, 2, 5)) == pytest.approx(-0.02)
    scores = score_patient(2 * truth, 2 * prediction, (1, 2, 5))
    assert scores["WT"]["volume_error_percent"] == pytest.approx(50)
    assert scores["WT"]["volume_ml"] == pytest.approx(0.06) and scores["TC"]["dice"] == 1


def test_regions_and_tissues_are_taken_from_their_labels():
    labels = tumour((14, 16, 12), (10, 11, 8))
    found = np.where(labels == 1, 4, labels)  # core called enhancing: TC and WT do not change
    scores = score_patient(labels, found, MM)
    assert scores["WT"]["dice"] == scores["TC"]["dice"] == 1 > scores["ET"]["dice"]
    assert scores["ET"]["sensitivity"] == 1
    tissue = np.random.default_rng(0).integers(0, 4, SHAPE)
    wrong = np.where(tissue == 3, 2, tissue)  # white called grey
    scores = score_tissue(tissue, wrong, MM)
    assert list(scores) == ["CSF", "GM", "WM"]
    assert scores["CSF"]["dice"] == 1 and scores["WM"]["dice"] == 0 and scores["GM"]["sensitivity"] == 1


def test_bad_input_is_named():
    a, b = np.zeros((3, 4, 5), bool), np.zeros((5, 4, 3), bool)
    for metric in (dice, sensitivity, specificity):
        with pytest.raises(ValueError, match=r"\(3, 4, 5\) and \(5, 4, 3\)"):
            metric(a, b)
    for zooms in ((1, 1), (1, 1, 0), (1, 1, np.nan)):
        with pytest.raises(ValueError, match="3 voxel sizes"):
            hd95(a, a, zooms)


def test_bootstrap_of_a_mean_is_near_students_and_covers():
    rng = np.random.default_rng(0)
    values = rng.normal(0.8, 0.1, 60)
    mean, low, high = bootstrap(values, seed=1)
    student = stats.t.interval(0.95, 59, values.mean(), stats.sem(values))
    assert mean == values.mean() and (low, high) == pytest.approx(student, abs=0.004)
    assert bootstrap(values, seed=1) == (mean, low, high) != bootstrap(values, seed=2)
    narrow = bootstrap(values, seed=1, confidence=0.5)
    assert low < narrow.low < mean < narrow.high < high
    inside = [low <= 0.5 <= high for _, low, high in (bootstrap(rng.random(20), seed=0) for _ in range(100))]
    assert 0.88 <= np.mean(inside) <= 0.99


def test_bootstrap_leaves_out_what_is_undefined():
    assert bootstrap([0.5, np.nan, 0.7], seed=0) == bootstrap([0.5, 0.7], seed=0)
    assert bootstrap([0.4, 0.4, 0.4], seed=0) == pytest.approx((0.4, 0.4, 0.4))
    np.testing.assert_equal(bootstrap([0.5, np.nan], seed=0), (0.5, np.nan, np.nan))
    np.testing.assert_equal(bootstrap([], seed=0), (np.nan, np.nan, np.nan))


def test_comparison_tries_all_changes_of_sign():
    a = np.array([0.81, 0.92, 0.65, 0.88, 0.71, 0.93, 0.60])
    b = np.array([0.79, 0.85, 0.66, 0.80, 0.60, 0.90, 0.61])
    found = compare_paired(a, b, seed=0)
    means = [np.mean(np.multiply(signs, a - b)) for signs in itertools.product((1, -1), repeat=7)]
    expected = np.mean(np.abs(means) >= abs(np.mean(a - b)) - 1e-12)
    assert found.p == pytest.approx(expected) and found.difference == pytest.approx(np.mean(a - b))
    assert (found.low, found.high) == bootstrap(a - b, seed=0)[1:]
    back = compare_paired(b, a, seed=0)
    assert back.p == pytest.approx(found.p) and back.difference == pytest.approx(-found.difference)


def test_comparison_of_ranks_is_wilcoxons():
    signed_ranks = np.array([1, -2, 3, 4, 5, -6, 7, 8, 9, 10]) / 100
    expected = stats.wilcoxon(signed_ranks, method="exact").pvalue
    assert compare_paired(0.5 + signed_ranks, np.full(10, 0.5), seed=0).p == pytest.approx(expected)


def test_comparison_of_many_patients_sees_pairs():
    rng = np.random.default_rng(3)
    patients, noise = rng.normal(0.7, 0.15, (2, 100)) * [[1], [0.1]]
    better = compare_paired(patients + 0.02 + noise / 10, patients, seed=0)
    assert better.p < 0.001 and better.low > 0  # though patients differ by far more than the methods
    assert compare_paired(patients, rng.permutation(patients), seed=0).p > 0.05
    assert compare_paired(patients, patients, seed=0).p == 1


def test_comparison_of_pairs_only():
    a, b = [0.9, np.nan, 0.8, 0.7], [0.8, 0.5, np.nan, 0.5]
    assert compare_paired(a, b, seed=0).difference == pytest.approx(0.15)
    assert np.isnan(compare_paired([0.9], [0.8], seed=0).p)
    with pytest.raises(ValueError, match=r"\(3,\), \(2,\)"):
        compare_paired([1, 2, 3], [1, 2], seed=0)
