"""The small pix2pix that lesson 51's checks compare with agrees with the course's own losses."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse import losses
from gancourse.teaching.material import pix2pix_parts


def test_the_unet_gives_probabilities_and_its_skips_are_of_the_right_scale():
    network = pix2pix_parts.build_unet(4, 3)
    assert network.output_shape == (None, 64, 64, 3)
    result = network(np.random.default_rng(0).normal(size=(2, 64, 64, 4))).numpy()
    np.testing.assert_allclose(result.sum(-1), 1, atol=1e-5)
    skips = [
        layer.output.shape[1:] for layer in network.layers if isinstance(layer, keras.layers.Concatenate)
    ]
    assert skips == [(4, 4, 256), (8, 8, 128), (16, 16, 64), (32, 32, 32)]


def test_the_losses_are_those_of_the_course():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, (2, 8, 8))
    logits = tf.constant(rng.normal(size=(2, 8, 8, 4)), tf.float32)
    truth, fake_logits = losses.one_hot(labels, 4), tf.constant(rng.normal(size=(2, 4, 4, 1)), tf.float32)
    got = pix2pix_parts.pix2pix_g_loss(fake_logits, truth, tf.nn.softmax(logits), 10.0)
    want = losses.generator_loss(fake_logits) + 10 * losses.label_loss(labels, logits)
    assert float(got) == pytest.approx(float(want), rel=1e-4)

    def discriminator(pair):
        return tf.reduce_sum(pair * np.arange(5.0, dtype="float32"), -1, keepdims=True)

    scans = tf.constant(rng.normal(size=(2, 8, 8, 1)), tf.float32)
    output = tf.nn.softmax(logits)
    logits_of = [discriminator(tf.concat([scans, each], -1)) for each in (truth, output)]
    got = pix2pix_parts.patch_d_loss(discriminator, scans, truth, output)
    assert float(got) == pytest.approx(float(losses.discriminator_loss(*logits_of)) / 2, rel=1e-4)
