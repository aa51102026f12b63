"""Areas in slices of known shapes."""

import numpy as np
import pandas as pd
import pytest

from gancourse.metrics import morphometry

Y, X = np.mgrid[:64, :64] - 31.5
BRAIN = (X / 22) ** 2 + (Y / 27) ** 2 < 1
VENTRICLES = (np.abs(X) < 4) & (np.abs(Y) < 6)  # 8 x 12 pixels
PX = morphometry.PIXEL_MM**2


def slice_of(ventricles=VENTRICLES, tumour=(Y > 99)):
    """Tissue and tumour labels, and an image of them."""
    tissue = np.where(BRAIN, 3, 0)
    tissue[ventricles] = 1
    image = np.where(BRAIN, 0.2 + 0.1 * np.sin(X), -1.0)
    image[ventricles], image[tumour] = -0.9 + 0.05, 0.9
    return tissue[None], tumour[None].astype(int), image[None].astype(np.float32)


def test_of_labels_counts_square_millimetres():
    tumour = (X - 10) ** 2 + Y**2 < 16
    tissue, seg, _ = slice_of(tumour=tumour)
    found = morphometry.of_labels(tissue, seg)
    assert found["ventricles"][0] == pytest.approx(96 * PX)
    assert found["brain"][0] == pytest.approx(BRAIN.sum() * PX)
    assert found["tumour"][0] == pytest.approx(tumour.sum() * PX)
    assert morphometry.of_labels(tissue, seg, pixel_mm=6.5)["tumour"][0] == pytest.approx(
        4 * tumour.sum() * PX
    )


@pytest.mark.parametrize("where", ["rim", "side", "back"])
def test_fluid_elsewhere_is_no_ventricle(where):
    place = {"rim": Y < -22, "side": np.abs(X) > 11, "back": np.abs(Y) > 13}[where]
    tissue, seg, _ = slice_of(ventricles=VENTRICLES | (place & BRAIN))
    assert morphometry.of_labels(tissue, seg)["ventricles"][0] == pytest.approx(96 * PX)


def test_thresholds_agree_with_the_labels_where_the_image_is_clear():
    tumour = (X - 13) ** 2 + Y**2 < 20
    tissue, seg, image = slice_of(tumour=tumour)
    truth, found = morphometry.of_labels(tissue, seg), morphometry.by_threshold(image, "flair")
    assert found["ventricles"][0] == truth["ventricles"][0]
    assert found["brain"][0] == truth["brain"][0]
    assert found["tumour"][0] == pytest.approx(truth["tumour"][0], rel=0.5)  # blurred
    assert set(morphometry.by_threshold(image, "t1")) == {"ventricles", "brain"}
    assert set(morphometry.by_threshold(image, "t2")) == {"brain"}


def test_a_tumour_s_threshold_does_not_depend_on_contrast():
    tumour = (X - 13) ** 2 + Y**2 < 20
    *_, image = slice_of(tumour=tumour)
    paler = np.where(image > -1, 0.5 * image - 0.2, -1)
    areas = [morphometry.by_threshold(i, "flair")["tumour"][0] for i in (image, paler)]
    assert areas[0] == areas[1] > 0


def test_the_brain_is_the_largest_piece_without_holes():
    image = np.full((1, 64, 64), -1.0)
    image[0, BRAIN] = 0.1
    image[0, VENTRICLES] = -1.0
    image[0, :3, :3] = 0.5
    np.testing.assert_array_equal(morphometry.brain_of(image)[0], BRAIN)


def test_an_empty_image_has_nothing():
    found = morphometry.by_threshold(np.full((2, 64, 64), -1.0), "flair")
    assert all(values.tolist() == [0, 0] for values in found.values())


def test_symmetry_is_one_for_mirrored_halves_and_falls_with_a_tumour():
    *_, even = slice_of()
    even = (even + even[:, :, ::-1]) / 2
    *_, with_tumour = slice_of(tumour=(X - 13) ** 2 + Y**2 < 20)
    found = morphometry.symmetry(np.concatenate([even, even[:, :, ::-1], with_tumour]))
    assert found[0] == found[1] == pytest.approx(1)
    assert found[2] < 0.9
    noise = np.random.default_rng(0).normal(size=(64, 64))
    unlike = np.where(BRAIN, 0.4 * np.sign(X) * np.sin(Y / 3) + 0.01 * noise, -1.0)
    assert morphometry.symmetry(unlike[None])[0] == pytest.approx(-1, abs=0.01)
    assert morphometry.symmetry(np.full((1, 64, 64), -1.0)).tolist() == [0]


def test_distribution_distance_is_in_real_standard_deviations():
    rng = np.random.default_rng(1)
    real = {"brain": rng.normal(5, 2, 4000), "tumour": np.array([0.0, 0.0, 6.0, 6.0])}
    moved = {"brain": real["brain"] + 1, "tumour": np.array([0.0, 0.0, 0.0, 6.0])}
    found = morphometry.distribution_distance(moved, real)
    assert found["brain"] == pytest.approx(0.5, rel=0.05)
    assert found["tumour"] == pytest.approx(6 / 4 / 3, abs=1e-9)
    assert morphometry.distribution_distance(real, real) == {"brain": 0, "tumour": 0}
    table = pd.DataFrame({"total": real["brain"][:5]})  # few values: n and n - 1 differ
    moved = table + 2 * table["total"].std(ddof=0)
    assert morphometry.distribution_distance(moved, table)["total"] == pytest.approx(2, abs=1e-9)
