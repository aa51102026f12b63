"""What lesson 22's conditional GAN learns from and consists of."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gancourse.teaching.material import told_gan


def sliced():
    """No tumour; one in the right half; one in the left; one in both; a small one; one without labels."""
    seg = np.zeros((6, 64, 64), np.uint8)
    seg[1, 20:30, 10:20] = 2
    seg[2, 20:30, 40:50] = 4
    seg[3, 20:30, 27:37] = 1
    seg[4, 20:23, 10:13] = 2
    table = pd.DataFrame(
        {
            "tumour_px": [0, 100, 100, 100, 9, np.nan],
            "split": ["train", "test", "train", "train", "train", "test"],
        }
    )
    images = np.zeros((6, 64, 64, 2), np.float16)
    images[..., 1] = np.arange(6)[:, None, None] / 10
    return SimpleNamespace(images=images, seg=seg, table=table, modalities=("t1", "flair"))


def test_labels_are_the_patients_sides_and_what_is_unclear_is_left_out():
    images, labels, training = told_gan.sided_slices(sliced())
    assert images.shape == (3, 32, 32, 1) and images[:, 0, 0, 0] == pytest.approx([0, 0.1, 0.2], abs=1e-3)
    assert list(labels) == [0, 1, 2] and list(training) == [True, False, True]


def test_a_mirrored_slice_has_the_other_label():
    images = np.zeros((2, 32, 32, 1), np.float32)
    images[1, 10, 3] = 1.0
    both, labels = told_gan.mirrored(images, np.array([0, 1], "int32"))
    assert list(labels) == [0, 1, 0, 2] and both[3, 10, 28, 0] == 1.0 and both[3].sum() == 1.0


def test_batches_have_as_many_of_each_label():
    labels = np.array([0] * 50 + [1] * 3 + [2], "int32")
    images = np.zeros((54, 4, 4, 1), np.float32)
    ((batch, told),) = told_gan.batches(images, labels, each=5).take(1)
    assert batch.shape == (15, 4, 4, 1) and list(np.bincount(told)) == [5, 5, 5]


def test_the_label_matters_to_both_networks():
    generator, discriminator = told_gan.build_generator(3), told_gan.build_discriminator(3)
    latents = np.zeros((2, 64), np.float32)
    images = generator([latents, np.array([0, 1], "int32")]).numpy()
    assert images.shape == (2, 32, 32, 1) and np.abs(images[0] - images[1]).max() > 0
    logits = discriminator([np.stack([images[0]] * 2), np.array([0, 1], "int32")]).numpy()
    assert logits.shape == (2, 1) and logits[0] != logits[1]


def test_reading():
    image = np.full((32, 32), -1.0)
    image[4:28, 4:28] = -0.2
    right, none = image.copy(), image.copy()
    right[10:13, 6:9] = 0.6
    none[10, 6:11] = 0.6  # five pixels
    dark = np.full((32, 32), -1.0)
    read = told_gan.read_all(np.stack([right, right[:, ::-1], none, dark])[..., None], told_gan.read_label)
    assert read == ["tumour right", "tumour left", "no tumour", "no tumour"]
