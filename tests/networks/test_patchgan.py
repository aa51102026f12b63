import keras
import numpy as np
import pytest

from gancourse.networks.patchgan import build_patchgan


def test_the_papers_size():
    paper = build_patchgan(3, 3)
    assert sum(int(np.prod(v.shape)) for v in paper.trainable_variables) == 2_768_705  # 2.77 million


def test_a_logit_for_every_patch():
    images, maps = np.zeros((2, 32, 64, 4), np.float32), np.zeros((2, 32, 64, 3), np.float32)
    assert build_patchgan(4, 3, (8, 8, 8))([images, maps]).shape == (2, 8, 16, 1)


@pytest.mark.parametrize(("filters", "size"), [((4, 4), 16), ((4, 4, 4), 34)])
def test_a_logit_sees_its_patch_and_no_more(filters, size):
    keras.utils.set_random_seed(0)
    network = build_patchgan(1, 1, filters)
    rng = np.random.default_rng(0)
    images, maps = rng.standard_normal((2, 1, 64, 64, 1)).astype(np.float32)
    logits = network([images, maps], training=False)
    middle = logits.shape[1] // 2
    seen = []
    for column in range(64):
        changed = maps.copy()
        changed[:, :, column] += 100
        moved = network([images, changed], training=False) - logits
        seen.append(abs(moved.numpy()[0, middle, middle, 0]) > 1e-7)
    assert np.sum(seen) == size
    assert np.ptp(np.flatnonzero(seen)) == size - 1


def test_it_is_conditional():
    network = build_patchgan(1, 1, (4, 4))
    rng = np.random.default_rng(0)
    images, maps = rng.standard_normal((2, 2, 16, 16, 1)).astype(np.float32)
    logits = network([images, maps], training=False)
    assert np.abs(network([images[::-1], maps], training=False) - logits).max() > 1e-4
    assert np.abs(network([images, maps[::-1]], training=False) - logits).max() > 1e-4
