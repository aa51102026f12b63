"""The three-dimensional U-Net: sizes, weights in bytes, and that it can learn one volume by heart."""

import keras
import numpy as np
import tensorflow as tf

from gancourse.networks.unet3d import build_unet3d
from gancourse.pretrained import CODECS


def test_any_size_and_under_two_megabytes():
    network = CODECS["stripper"].build({"filters": [16, 32, 64, 64], "rate": 1})
    assert 2 * network.count_params() < 2e6  # float16
    for shape in ((1, 16, 32, 48, 1), (2, 32, 16, 16, 1)):
        assert network(np.zeros(shape, np.float32)).shape == shape


def test_it_overfits_one_volume():
    keras.utils.set_random_seed(0)
    network = build_unet3d((8, 8))
    volume = np.random.default_rng(0).random((1, 8, 8, 8, 1), np.float32)
    target = np.where(np.indices((8, 8, 8))[0] < 4, 1.0, -1.0).astype(np.float32)[None, ..., None]
    adam = keras.optimizers.Adam(1e-2)
    adam.build(network.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(network(volume, training=True) - target))
        adam.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        return loss

    first = float(step())
    last = [float(step()) for _ in range(150)][-1]
    assert last < 0.35 * first


def test_contrast_of_the_input_hardly_matters():
    keras.utils.set_random_seed(0)
    network = build_unet3d((4, 4))
    volume = np.random.default_rng(0).random((1, 16, 16, 16, 1), np.float32)
    np.testing.assert_allclose(network(volume), network(3 * volume), atol=2e-2)
