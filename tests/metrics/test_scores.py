import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors
from toy import discs

from gancourse.metrics.memorisation import distances, memorisation, nearest
from gancourse.metrics.scores import score
from gancourse.metrics.statistics import diversity, pixel_statistics, radial_spectrum, spectrum_distance

A, B = discs(40, seed=1), discs(30, seed=2)


def flat(images):
    return images.reshape(len(images), -1)


def test_distances_equal_scipys():
    np.testing.assert_allclose(distances(A, B), cdist(flat(A), flat(B)) / 16, atol=1e-6)
    np.testing.assert_allclose(np.diag(distances(A, A)), 0, atol=1e-6)


def test_nearest_equals_scikit_learns():
    expected, index = NearestNeighbors(n_neighbors=1).fit(flat(B)).kneighbors(flat(A))
    distance, found = nearest(A, B, block=7)
    np.testing.assert_allclose(distance, expected[:, 0] / 16, atol=1e-6)
    np.testing.assert_array_equal(found, index[:, 0])


def test_copies_are_found_and_fresh_images_are_not():
    train, held_out, fresh = discs(200, seed=3), discs(200, seed=4), discs(200, seed=5)
    honest = memorisation(fresh, train, held_out)
    assert honest["ratio"] == pytest.approx(1, abs=0.15) and honest["nearer_to_train"] == pytest.approx(
        0.5, abs=0.12
    )
    copies = memorisation(train[:50] + 0.01, train, held_out)
    assert copies["ratio"] < 0.2 and copies["nearer_to_train"] > 0.95
    half = memorisation(np.concatenate([train[:100], fresh[:100]]), train, held_out)
    assert half["nearer_to_train"] == pytest.approx(0.75, abs=0.1)


def test_memorisation_needs_equal_sets():
    with pytest.raises(ValueError, match="40 training, 30 held-out"):
        memorisation(A, A, B)


def test_pixel_statistics_by_hand():
    real = np.stack([np.zeros((2, 2)), np.ones((2, 2))])  # mean .5, deviation .5
    images = np.stack([np.full((2, 2), 0.25)] * 3)
    assert pixel_statistics(images, real) == {"mean_difference": 0.25, "std_difference": 0.5}
    assert pixel_statistics(real, real) == {"mean_difference": 0.0, "std_difference": 0.0}


def test_spectrum_of_a_wave_is_at_its_frequency():
    x = np.arange(32)
    wave = np.broadcast_to(np.cos(2 * np.pi * 5 * x / 32), (3, 32, 32))
    spectrum = radial_spectrum(wave)
    assert spectrum.shape == (24,) and spectrum.argmax() == 5  # the finest has 32 / sqrt(2) cycles
    ring = np.hypot(*np.meshgrid(np.fft.fftfreq(32, 1 / 32), np.fft.fftfreq(32, 1 / 32))).round() == 5
    assert spectrum[5] * ring.sum() == pytest.approx(0.5)  # Parseval: a cosine's mean square
    np.testing.assert_allclose(np.delete(spectrum, 5), 0, atol=1e-9)


def test_a_checkerboard_is_the_finest_wave_and_has_a_place_of_its_own():
    board = np.where(np.indices((1, 64, 64)).sum(0) % 2, -1.0, 1.0)
    spectrum = radial_spectrum(board)
    assert spectrum.shape == (46,) and spectrum.argmax() == 45
    np.testing.assert_allclose(spectrum[:-1], 0, atol=1e-12)
    assert spectrum[45] == pytest.approx(1 / 5)  # all of the mean square, over five waves of 45 cycles


def test_every_wave_is_counted_once():
    images = np.random.default_rng(0).normal(size=(3, 16, 16))
    cycles = np.fft.fftfreq(16, 1 / 16)
    waves = np.bincount(np.hypot(cycles[:, None], cycles).round().astype(int).ravel())
    assert radial_spectrum(images) @ waves == pytest.approx((images**2).mean())  # Parseval


def test_spectrum_distance_sees_blur_grids_and_gain():
    images = np.random.default_rng(0).normal(size=(50, 16, 16))
    assert spectrum_distance(images, images) == pytest.approx(0, abs=1e-9)
    assert spectrum_distance(images * 10, images) == pytest.approx(20, abs=1e-6)
    blurred = (A + np.roll(A, 1, 1) + np.roll(A, 1, 2)) / 3
    grid = A + 0.1 * (-1) ** np.indices((16, 16)).sum(0)
    floor = spectrum_distance(B, A)
    assert spectrum_distance(blurred, A) > 2 * floor
    assert spectrum_distance(grid, A) > 1.5 * floor
    assert radial_spectrum(grid)[-1] > 5 * radial_spectrum(A)[-1]


def test_diversity():
    pair = np.stack([np.zeros((2, 2)), np.full((2, 2), 3.0), np.full((2, 2), 3.0)])
    assert diversity(pair) == {
        "mean_pair": pytest.approx(2.0, abs=1e-6),
        "closest_pair": pytest.approx(0.0, abs=1e-6),
    }


def test_score_of_real_images_is_like_the_floor():
    train, held_out, fresh = discs(150, seed=6), discs(150, seed=7), discs(150, seed=8)
    found = score(fresh, train, held_out)
    for name in ("mean_difference", "std_difference", "spectrum_db", "mean_pair"):
        assert found[f"real_{name}"] / 3 < found[name] < 3 * found[f"real_{name}"], name
    noise = score(np.random.default_rng(0).uniform(-1, 1, fresh.shape), train, held_out)
    assert noise["spectrum_db"] > 5 * noise["real_spectrum_db"]
    assert noise["mean_difference"] > 5 * noise["real_mean_difference"]
