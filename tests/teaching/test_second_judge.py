"""What a request changed, on discs whose changes are known."""

import numpy as np
import pytest

from gancourse.metrics.morphometry import PIXEL_MM
from gancourse.teaching.material import second_judge


class Regressor:
    names = ("brain", "tumour")

    def measure(self, images):
        return np.stack([(images > -0.9).sum((1, 2)), 10 * (images > 0.5).sum((1, 2))], 1)


def disc(side, grey):
    y, x = np.mgrid[:64, :64] - 31.5
    image = np.where(x**2 + y**2 < 25**2, grey + 0.1 * np.sin(x), -1)
    image[20 : 20 + side, 20 : 20 + side] = 0.9
    return image.astype(np.float32)


def test_compare():
    before, after = np.stack([disc(4, -0.3)] * 2), np.stack([disc(10, -0.1)] * 2)
    found = second_judge.compare(before, after, Regressor())
    assert found["tumour, by the regressor (mm²)"] == pytest.approx(10 * (100 - 16))
    assert found["tumour, by the threshold (mm²)"] == pytest.approx((100 - 16) * PIXEL_MM**2, rel=0.3)
    assert found["brain (mm²)"] == 0
    assert found["grey far from the tumour"] == pytest.approx(0.2, abs=0.01)
    assert second_judge.compare(after, before, Regressor()) == pytest.approx(found)  # sizes, without a sign
    unchanged = second_judge.compare(before, before, Regressor())
    assert set(unchanged.values()) == {0.0}


def test_threshold_slope():
    images = np.stack([disc(side, -0.3) for side in (6, 8, 10, 12)])
    assert second_judge.threshold_slope(images, images > 0.5) == pytest.approx(1, abs=0.3)
