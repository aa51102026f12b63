"""Images made worse in known ways, and metrics that notice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter
from study import collapsed, dimmed, in_halves
from toy import discs

from gancourse.metrics import corruptions
from gancourse.metrics.fidelity import frechet_distance, kid, precision_recall

IMAGES = discs(60, 32, seed=1)
INSIDE = IMAGES > -1


def test_blur_is_a_gaussian_in_each_image():
    found = corruptions.blurred(IMAGES, 0.7)
    np.testing.assert_allclose(found[3], gaussian_filter(IMAGES[3], 0.7), atol=1e-6)


@settings(deadline=None, derandomize=True, database=None)
@given(arrays(np.float32, (2, 6, 8), elements=st.floats(-1, 1, width=16)), st.floats(0, 2), st.integers(0))
def test_range_and_background_are_kept(images, amount, seed):
    changed = {
        "noisy": corruptions.noisy(images, amount, seed),
        "checkered": corruptions.checkered(images, amount),
        "dimmed": dimmed(images, amount),
    }
    for name, result in changed.items():
        assert (result[images == -1] == -1).all(), name
    changed["joined"] = corruptions.joined(images, seed)
    changed["blurred"] = corruptions.blurred(images, amount)
    for name, result in changed.items():
        assert result.shape == images.shape and result.dtype == np.float32, name
        assert np.abs(result).max() <= 1 + 1e-6, name


def test_amounts_are_in_the_images_unit():
    dim = INSIDE & (IMAGES < 0.7)  # where nothing is clipped
    assert (corruptions.noisy(IMAGES, 0.05, seed=2) - IMAGES)[dim].std() == pytest.approx(0.05, rel=0.05)
    change = (corruptions.checkered(IMAGES, 0.1) - IMAGES)[dim]
    even = np.broadcast_to(np.indices((32, 32)).sum(0) % 2 == 0, IMAGES.shape)[dim]
    np.testing.assert_allclose(change, np.where(even, 0.1, -0.1), atol=1e-6)
    np.testing.assert_allclose(dimmed(IMAGES, 0.5), 0.5 * IMAGES - 0.5, atol=1e-6)


def test_halves_of_two_images():
    found = corruptions.joined(IMAGES, seed=3)
    np.testing.assert_array_equal(found[:, :, :16], IMAGES[:, :, :16])
    right = {image[:, 16:].tobytes() for image in IMAGES}
    assert all(image[:, 16:].tobytes() in right for image in found)
    assert (found[:, :, 16:] != IMAGES[:, :, 16:]).any((1, 2)).mean() > 0.8


def test_a_collapsed_set_has_few_images():
    found = collapsed(IMAGES, 5)
    assert len(found) == 60 and len(np.unique(found, axis=0)) == 5
    assert {image.tobytes() for image in found} <= {image.tobytes() for image in IMAGES}


def test_halves_share_no_patient():
    patients = np.array([f"P{k}" for k in np.random.default_rng(4).integers(0, 21, 200)])
    first, second = in_halves(patients, seed=5)
    assert sorted([*first, *second]) == list(range(200))
    assert not set(patients[first]) & set(patients[second])
    assert len(set(patients[first])) == 10
    assert first.tolist() != in_halves(patients, seed=6)[0].tolist()


def test_distances_notice_in_raw_pixels_and_recall_sees_a_collapse():
    real, other = (discs(300, 16, seed=k).reshape(300, -1) for k in (7, 8))
    same, error = kid(other, real)
    worse = corruptions.blurred(other.reshape(-1, 16, 16), 1.5).reshape(300, -1)
    assert abs(same) < 3 * error < kid(worse, real)[0]
    assert frechet_distance(worse, real) > 2 * frechet_distance(other, real)
    few = collapsed(other, 10)
    assert precision_recall(real, few)[1] < 0.2 < 0.8 * precision_recall(real, other)[1]
