import dataclasses
import functools

import numpy as np
import pytest
import tensorflow as tf
from toy import slices as make

from gancourse import export, pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.errors import InputError
from gancourse.training import translation
from gancourse.training.translation import Translation, blank_some, dice_of_patients, label_map, tumour_labels

TINY = Translation("mr-to-tumour", "flair", width=4, depth=3, patch_width=4, batch_size=8, rate=1e-2)


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    """Discs; in FLAIR the brightest pixels are tumour, in T1 what is inside is tissue."""
    folder = make(tmp_path_factory.mktemp("slices") / "data").folder
    images = np.load(folder / "images.npy")
    tumour = np.load(folder / "seg.npy")
    tumour[images[..., 1] > 0] = 4
    np.save(folder / "seg.npy", tumour)
    np.save(folder / "tissue.npy", np.where(images[..., 0] > -1, 2, 0).astype(np.uint8))
    return SliceSet.open(folder)


def test_label_map_by_hand():
    seg, tissue = np.array([[[0, 0, 1, 2, 4]]]), np.array([[[0, 3, 3, 1, 0]]])
    assert np.argmax(label_map(seg, tissue), -1).tolist() == [[[0, 3, 4, 5, 6]]]


def test_labels_are_those_of_brats():
    logits = np.eye(4, dtype=np.float32)[None, None]  # (1, 1, 4, 4): a pixel of each class
    assert tumour_labels(logits).tolist() == [[[0, 1, 2, 4]]]


def test_examples_of_each_direction(slices):
    images = slices.images[:2, ..., 1:].astype(np.float32)
    seg, tissue = slices.seg[:2, ..., None], slices.tissue[:2, ..., None]
    x, y = TINY.example(images, tf.constant(seg), tf.constant(tissue))
    assert x is images and set(np.unique(y)) == {0, 3} and y.shape == (2, 16, 16)
    x, y = dataclasses.replace(TINY, direction="mr-to-tissue").example(
        images, tf.constant(seg), tf.constant(tissue)
    )
    np.testing.assert_array_equal(np.asarray(y) == 255, seg[..., 0] > 0)
    x, y = dataclasses.replace(TINY, direction="labels-to-mr").example(
        images, tf.constant(seg), tf.constant(tissue)
    )
    assert x.shape == (2, 16, 16, 7) and y is images


def test_at_least_one_modality_stays():
    images = np.random.default_rng(0).uniform(0, 1, (200, 2, 2, 4)).astype(np.float32)
    found = blank_some(images, 0.5, (1, 2)).numpy()
    there = (found != -1).all((1, 2))
    assert ((found == images) | (found == -1)).all() and ((found != -1).any((1, 2)) == there).all()
    assert there.sum(1).min() == 1 and 0.4 < 1 - there.mean() < 0.52
    np.testing.assert_array_equal(found, blank_some(images, 0.5, (1, 2)))
    assert (blank_some(images, 0.5, (1, 3)).numpy() != found).any()


def test_dice_by_hand():
    truth, found = np.zeros((3, 2, 2), bool), np.zeros((3, 2, 2), bool)
    truth[0, 0], found[0, :, 0] = True, True  # two pixels each, one in common
    truth[1, 0, 0] = True  # a second slice of the same patient, missed
    patients = np.array(["A", "A", "B"])
    np.testing.assert_array_equal(dice_of_patients(truth, found, patients), [2 * 1 / (3 + 2), np.nan])


@pytest.mark.parametrize("direction", translation.DIRECTIONS)
@pytest.mark.parametrize("discriminator", [True, False])
def test_trains_stops_and_goes_on_bit_for_bit(direction, discriminator, slices, tmp_path):
    tiny = dataclasses.replace(TINY, direction=direction, discriminator=discriminator)

    def trained(out, epochs):
        return translation.train(
            tiny, slices, out, epochs, precision="float32", verbose=0
        ).generator.get_weights()

    whole = trained(tmp_path / "whole", 2)
    trained(tmp_path / "parts", 1)
    for a, b in zip(whole, trained(tmp_path / "parts", 2), strict=True):
        np.testing.assert_array_equal(a, b)


def test_drop_is_the_same_again(slices):
    dropping = dataclasses.replace(TINY, modality="all", drop=0.5)
    with pytest.raises(InputError, match="holds t1, flair"):
        dropping.batches(slices)
    batches = [next(iter(dataclasses.replace(TINY, drop=0.9).batches(slices, first_step=3)))[0] for _ in "ab"]
    np.testing.assert_array_equal(*batches)


def test_stored_and_loaded(slices, tmp_path):
    out, weights = tmp_path / "run", tmp_path / "weights"
    translation.train(TINY, slices, out, 12, precision="float32", verbose=0)
    score = functools.partial(export.score_pix2pix, slices=slices)
    card = export.export(out, "pix2pix-discs", "pix2pix", score, folder=weights)
    assert card.scores["dice_ET"] > 0.5 and card.scores["patients"] == 2
    generator = pretrained.load("pix2pix-discs", folder=weights)
    assert translation.score(generator, TINY, slices) == card.scores
    other = dataclasses.replace(TINY, direction="labels-to-mr", discriminator=False)
    translation.train(other, slices, tmp_path / "other", 12, precision="float32", verbose=0)
    card = export.export(tmp_path / "other", "pix2pix-flair", "pix2pix", score, folder=weights)
    assert card.scores["l1_brain"] < 0.4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"direction": "mr-to-mr"}, "expected one of mr-to-tumour"),
        ({"modality": "ct"}, "expected one of all, t1"),
        ({"direction": "labels-to-mr"}, "paints one modality"),
    ],
)
def test_refuses(wrong, said):
    with pytest.raises(InputError, match=said):
        Translation(**wrong)
