"""Mixed batches: shares, equal sizes, no source that runs out, labels that stay with their images."""

from itertools import islice

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.segmentation.mixing import Labelled, changed, mix


def labelled(value: float, n: int, label: int = 0) -> Labelled:
    """Slices of one value, of which the k-th has the label in k + 1 pixels."""
    images = np.full((n, 16, 16, 4), value, np.float32)
    seg = np.zeros((n, 16, 16), np.uint8)
    for k in range(n):
        seg[k].flat[: k + 1] = label
        images[k].reshape(-1, 4)[: k + 1] = value + 0.25
    return Labelled(images, seg)


def values(batches, count):
    return np.concatenate([images.numpy()[:, -1, -1, 0] for images, _ in islice(batches, count)])


def test_shares_and_sizes():
    batches = mix([labelled(-0.5, 4), labelled(0.5, 50)], [0.25, 0.75], 8, seed=2)
    images, classes = next(iter(batches))
    assert images.shape == (8, 16, 16, 4) and classes.shape == (8, 16, 16)
    assert images.dtype == "float32" and classes.dtype == "int32"
    drawn = values(batches, 60)
    assert (drawn < 0).mean() == pytest.approx(0.25, abs=0.06)
    early, late = (drawn[:240] < 0).mean(), (drawn[240:] < 0).mean()
    assert min(early, late) > 0.15  # a source of four slices does not run out


def test_a_batch_holds_both():
    batches = mix([labelled(-0.5, 4), labelled(0.5, 50)], [0.5, 0.5], 16)
    for images, _ in islice(batches, 5):
        assert len(np.unique(images.numpy()[:, -1, -1, 0])) == 2


def test_every_slice_of_a_pass_comes_once():
    source = labelled(0.0, 10, label=2)
    (_, first), (_, second) = islice(mix([source], [1.0], 10, seed=1), 2)
    sizes = [(c.numpy() > 0).sum((1, 2)) for c in (first, second)]
    assert sorted(sizes[0]) == sorted(sizes[1]) == list(range(1, 11)) and (sizes[0] != sizes[1]).any()


def test_labels_stay_with_their_images_and_four_is_class_three():
    for images, classes in islice(mix([labelled(0.0, 9, label=4)], [1.0], 6), 3):
        np.testing.assert_array_equal(classes.numpy() == 3, images.numpy()[..., 0] > 0.1)


def test_same_seed_same_batches_and_another_start():
    sources = [labelled(-0.5, 6, 1), labelled(0.5, 9, 2)]
    one, same, other = (mix(sources, [0.5, 0.5], 4, seed) for seed in (3, 3, 4))
    fourth = next(iter(same.skip(3)))[1].numpy()
    assert (list(islice(one, 4))[3][1].numpy() == fourth).all()
    assert (values(one, 6) != values(other, 6)).any()


def test_classic_changes_are_added_and_resumable():
    def mixed():
        return mix([labelled(0.0, 6, label=4)], [1.0], 4)

    plain, other = next(iter(mixed())), next(iter(changed(mixed(), 1)))
    assert other[0].shape == plain[0].shape and other[1].shape == plain[1].shape
    assert np.abs(other[0].numpy() - plain[0].numpy()).max() > 0.05
    third = list(islice(changed(mixed(), 1), 3))[2][0].numpy()
    np.testing.assert_array_equal(next(iter(changed(mixed(), 1).skip(2)))[0], third)


@pytest.mark.parametrize("shares", [[0.5], [0.5, 0.6], [1.5, -0.5], []])
def test_impossible_shares(shares):
    with pytest.raises(InputError, match="shares=.*expected 2, none below 0, with a sum of 1"):
        mix([labelled(0.0, 2), labelled(0.0, 2)], shares, 4)


def test_an_empty_source():
    with pytest.raises(InputError, match="source 1 is empty"):
        mix([labelled(0.0, 2), labelled(0.0, 0)], [0.5, 0.5], 4)
