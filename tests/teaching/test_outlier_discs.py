import numpy as np
import pytest

from gancourse.teaching.material.outlier_discs import put_discs


def test_a_disc_lies_inside_the_brain_and_nothing_else_changes():
    images = np.full((2, 40, 40), -1, np.float32)
    images[:, 5:35, 5:35] = 0.2
    found = put_discs(images, 1, 4.0, -0.8, np.random.default_rng(0))
    changed = found != images
    assert (found[changed] < 0.2).all() and found.min() == -1
    assert (images[changed] == np.float32(0.2)).all()
    area = (found == np.float32(-0.8)).sum((1, 2))
    assert (np.abs(area - np.pi * 4**2) < 16).all()
    rows = [np.argwhere(each).mean(0) for each in changed]
    assert not np.allclose(*rows)
    with pytest.raises(ValueError, match="radius=30"):
        put_discs(images, 1, 30, 0, np.random.default_rng(0))
