"""The patient's networks: what the head promises, modulation against its definition, and shapes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse.gans.averaging import copy_model
from gancourse.networks.modulated import ModulatedConv2D, residual_block
from gancourse.networks.patient_networks import (
    CHANNELS,
    PatientHead,
    build_patient_discriminator,
    build_patient_generator,
)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_head_nests_regions_and_blackens_the_background():
    logits = 3 * normal(2, 4, 4, 8)
    logits[:, 0] = [-40, 9, 9, 9, 9, 9, 9, 9]  # no brain, whatever else is said
    maps = PatientHead()(logits).numpy()
    brain, *regions = np.moveaxis(maps[..., :4], -1, 0)
    assert all((inner <= outer).all() for outer, inner in zip([brain, *regions], regions, strict=False))
    assert np.abs(maps[:, 0] + 1).max() < 1e-6 and np.abs(maps).max() <= 1


def test_head_by_hand():
    shares = np.array([0.8, 0.5, 0.25, 1.0, 0.5, 0.1, 0.9, 0.4])
    logits = np.log(shares / (1 - shares + 1e-12)).astype(np.float32)[None, None, None]
    expected = np.array([0.8, 0.4, 0.1, 0.1, 0.4, 0.08, 0.72, 0.32]) * 2 - 1
    np.testing.assert_allclose(PatientHead()(logits).numpy()[0, 0, 0], expected, atol=1e-5)
    assert CHANNELS == ("brain", "WT", "TC", "ET", "t1", "t1ce", "t2", "flair")


def test_modulation_is_that_of_the_paper():
    """Each image has a kernel of its own, scaled by its style and then to unit length."""
    layer, maps, styles = ModulatedConv2D(5), normal(3, 6, 6, 4), normal(3, 2, seed=1)
    found = layer(maps, styles).numpy()
    for k in range(3):
        scales = styles[k] @ layer.affine.numpy() + layer.shift.numpy()
        kernel = layer.kernel.numpy() * scales[:, None]
        kernel /= np.sqrt((kernel**2).sum((0, 1, 2)) + 1e-8)
        expected = tf.nn.conv2d(maps[k : k + 1], kernel.astype(np.float32), 1, "SAME")
        np.testing.assert_allclose(found[k], expected[0], atol=1e-4)


def test_residual_block_starts_as_the_identity():
    x = keras.Input((8, 8, 3))
    block, maps = keras.Model(x, residual_block(x)), normal(2, 8, 8, 3)
    np.testing.assert_array_equal(block(maps), maps)


@pytest.mark.parametrize("modulated", [True, False])
def test_shapes_and_copies(modulated):
    generator = build_patient_generator((6, 4, 2), 5, modulated=modulated)
    discriminator = build_patient_discriminator((6, 4), 16)
    latents = normal(3, 5)
    maps = generator(latents).numpy()
    assert maps.shape == (3, 16, 16, 8) and maps.dtype == np.float32 and maps.std(0).max() > 0
    assert discriminator(maps).shape == (3, 1)
    np.testing.assert_array_equal(copy_model(generator)(latents), maps)
