"""SPADE: labels scale and shift each pixel, and are not washed out."""

import keras
import numpy as np

from gancourse.networks.spade import build_spade_generator, spade


def test_labels_that_are_the_same_everywhere_still_count():
    """What the paper starts from: a plain normalisation makes all constant label maps the same."""
    keras.utils.set_random_seed(0)
    maps, labels = keras.Input((8, 8, 4)), keras.Input((8, 8, 2))
    model = keras.Model([maps, labels], spade(maps, labels))
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 4)).repeat(2, 0)
    constant = np.zeros((2, 8, 8, 2))
    constant[0, ..., 0] = constant[1, ..., 1] = 1
    grey, white = np.array(model([x, constant]))
    assert np.abs(grey - white)[2:-2, 2:-2].max() > 1e-3


def test_a_painter_has_one_image_for_each_label_map_and_looks_at_it():
    keras.utils.set_random_seed(0)
    painter = build_spade_generator(label_channels=3, latent_dim=4, base=4, size=16, channels=2, hidden=4)
    labels = np.zeros((2, 16, 16, 3), np.float32)
    labels[..., 0] = 1
    labels[1, 4:8, 4:8] = [0, 0, 1]
    images = np.array(painter([np.zeros((2, 4), np.float32), labels]))
    assert images.shape == (2, 16, 16, 2) and np.abs(images).max() <= 1
    assert np.abs(images[0] - images[1])[5, 5].max() > 0
    other = np.array(painter([np.ones((2, 4), np.float32), labels]))
    assert np.abs(images - other).max() > 0
