"""Whether images repeat the examples: copies are found, and honest images are not accused."""

import numpy as np
import pytest

from gancourse.metrics.repeats import repeats

RNG = np.random.default_rng(0)


def images(n, rng=RNG):
    return rng.normal(size=(n, 4, 4)).cumsum(1).cumsum(2)


@pytest.mark.parametrize("mirror", [False, True])
def test_copies_are_found_also_mirrored(mirror):
    examples, unseen = images(10), images(60)
    copied = examples[RNG.integers(0, 10, 40)] + 0.01 * RNG.normal(size=(40, 4, 4))
    found = repeats(copied[:, :, ::-1] if mirror else copied, examples, unseen)
    assert found["nearer"] == 1 and found["copies"] == 1 and 0.2 < found["nearer_floor"] < 0.8


def test_honest_images_are_as_near_to_unseen_ones():
    found = [
        repeats(images(100, rng), images(10, rng), images(60, rng))
        for rng in map(np.random.default_rng, range(8))
    ]
    assert np.mean([f["nearer"] for f in found]) == pytest.approx(0.5, abs=0.15)
    assert np.mean([f["copies"] for f in found]) < 0.2


def test_too_few_unseen_images_are_refused():
    with pytest.raises(ValueError, match="10 examples, 10 unseen"):
        repeats(images(5), images(10), images(10))
    with pytest.raises(ValueError, match="0 examples"):
        repeats(images(5), images(0), images(10))
