"""The game of lesson 44: copies are planted where it says, and can be found."""

import numpy as np
import pytest
from scipy import ndimage

from gancourse.errors import InputError
from gancourse.metrics.memorisation import nearest, with_mirrors
from gancourse.teaching.material import memory_game


def blobs(n, seed):
    """Smooth images that differ everywhere."""
    noise = np.random.default_rng(seed).normal(size=(n, 32, 32))
    return np.clip(8 * ndimage.gaussian_filter(noise, (0, 4, 4)), -0.9, 1).astype(np.float32)


TRAIN = blobs(60, 1)
PATIENTS = np.repeat(["a", "b", "c", "d"], 15)
SETS = {letter: blobs(40, k) for k, letter in enumerate("PQRS", 10)}


def test_copies_lie_in_one_set_and_are_one_patients():
    game = memory_game.plant(SETS, TRAIN, PATIENTS, seed=3)
    changed = {letter: (game.sets[letter] != SETS[letter]).any((1, 2)).sum() for letter in SETS}
    assert changed == {letter: memory_game.COPIES * (letter == game.guilty) for letter in SETS}
    copies = game.sets[game.guilty][(game.sets[game.guilty] != SETS[game.guilty]).any((1, 2))]
    distance, source = nearest(copies, with_mirrors(TRAIN))
    assert 0 < np.median(distance) < np.median(nearest(SETS["P"], with_mirrors(TRAIN))[0])
    assert (PATIENTS[source % len(TRAIN)] == game.patient).mean() > 0.5


def test_the_seed_decides():
    one, same = (memory_game.plant(SETS, TRAIN, PATIENTS, seed=5) for _ in range(2))
    assert (one.guilty, one.patient) == (same.guilty, same.patient)
    found = {memory_game.plant(SETS, TRAIN, PATIENTS, seed=k).guilty for k in range(20)}
    assert found == set(SETS)


def test_too_few_slices():
    with pytest.raises(InputError, match="expected 12 of each; use a cohort"):
        memory_game.plant(SETS, TRAIN[:10], PATIENTS[:10], seed=0)
