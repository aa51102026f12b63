import numpy as np
import pytest
from regressor_training import train_regressor
from toy import discs

from gancourse.errors import InputError
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.networks.regressor import build_regressor


def test_it_learns_to_read():
    images = discs(400)
    areas = (images > -1).sum((1, 2))[:, None].astype(float)
    regressor = train_regressor(("area",), images[:320], areas[:320], 60, verbose=0)
    error = regressor.measure(images[320:]) - areas[320:]
    assert error.std() < 0.5 * areas[320:].std()
    with pytest.raises(InputError, match="values"):
        train_regressor(("area", "more"), images, areas, 1, verbose=0)


def test_images_of_the_wrong_size():
    regressor = AttributeRegressor(("a", "b"), build_regressor(2, 16), np.zeros(2), np.ones(2))
    assert regressor.measure(np.zeros((3, 16, 16, 1))).shape == (3, 2)
    with pytest.raises(InputError, match=r"expected \(N, 16, 16, 1\)"):
        regressor.measure(np.zeros((3, 8, 16)))
