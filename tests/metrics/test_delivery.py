"""Orders that were delivered, and how far off the others are."""

import numpy as np
import pandas as pd
import pytest

from gancourse.metrics.delivery import by_distance, delivered, distance_to_training, errors, tolerances


def table(grade, area, side, along, height):
    return pd.DataFrame(
        {"grade": grade, "area_cm2": area, "side": side, "along": along, "height": height},
        index=range(len(grade)),
    )


ASKED = table(
    ["HGG", "LGG", "healthy"], [10.0, 5, np.nan], [1.0, -1, np.nan], [0.0, 0, np.nan], [0.5, 0.6, 0.7]
)


def test_errors_by_hand():
    found = table(
        ["HGG", "healthy", "HGG"], [12.0, np.nan, 3], [0.5, np.nan, 1], [0.1, np.nan, 0], [0.5, 0.5, 0.8]
    )
    off = errors(ASKED, found)
    assert list(off["grade"]) == [0, 1, 1]
    np.testing.assert_allclose(off["area_cm2"], [2, np.inf, np.nan])  # of a healthy slice nothing was asked
    np.testing.assert_allclose(off["side"], [0.5, np.inf, np.nan], atol=1e-6)
    np.testing.assert_allclose(off["height"], [0, 0.1, 0.1], atol=1e-6)


def test_what_an_instrument_cannot_tell_is_not_judged():
    assert list(errors(ASKED, ASKED[["side", "area_cm2"]])) == ["area_cm2", "side"]


def test_delivered_means_within_the_tolerance_in_all():
    off = pd.DataFrame(
        {"grade": [0.0, 0, 1, 0], "side": [0.1, 0.3, 0.1, np.nan], "height": [0, 0, 0, np.inf]}
    )
    said = delivered(off, {"grade": 0.0, "side": 0.2, "height": 0.05})
    assert list(said["all"]) == [True, False, False, False]
    assert list(said["side"]) == [True, False, True, True]


def test_nine_real_slices_in_ten_keep_to_the_tolerance():
    off = pd.DataFrame({"grade": [0.0] * 100, "side": np.arange(100.0)})
    limits = tolerances(off)
    assert limits["grade"] == 0
    assert delivered(off, limits)["side"].mean() == pytest.approx(0.9, abs=0.011)


def test_what_was_missed_does_not_widen_the_tolerance():
    off = pd.DataFrame({"side": [0.5] * 5 + [np.inf] * 5})
    limits = tolerances(off)
    assert limits == {"side": 0.5} and delivered(off, limits)["all"].mean() == 0.5
    assert tolerances(pd.DataFrame({"side": [np.inf, np.nan], "height": [0.0, 0.001]})) == {
        "side": 0.2,
        "height": 0.02,
    }


def test_distance_to_the_nearest():
    training = np.array([[0.0, 0], [1, 0], [5, 0]])
    found = distance_to_training(np.array([[0.0, 0], [0, 3]]), training, k=2)
    np.testing.assert_allclose(found, [0.5, (3 + np.sqrt(10)) / 2], atol=1e-5)
    many = distance_to_training(np.tile([[0.0, 0]], (600, 1)), training, k=1)
    np.testing.assert_allclose(many, np.zeros(600), atol=1e-5)
    with pytest.raises(ValueError, match="3 training conditions, expected k=5"):
        distance_to_training(training, training)


def test_groups_by_distance():
    values = pd.DataFrame({"all": [True, False, False, True], "error": [1.0, 3, np.inf, 9]})
    found = by_distance(values, np.array([0.1, 0.2, 1.5, 9]), np.array([0, 1, 2, 3]))
    assert list(found["orders"]) == [2, 1] and list(found["all"]) == [0.5, 0]
    assert found["error"][0] == 2 and np.isnan(found["error"][1])
