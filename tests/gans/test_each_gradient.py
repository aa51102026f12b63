"""Gradients of single images: those of a tape for each, whatever the kernels; other networks are refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gancourse.gans.each_gradient import chain_of, gradients_of_each, patches_of


def network(kernel=4, stride=2, padding="same", channels=2, bias=True):
    images = x = keras.Input((9, 8, channels))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(3, kernel, stride, padding, use_bias=bias)(x))
    x = layers.Conv2D(4, (2, 3), (2, 1), "same")(x)
    return keras.Model(images, layers.Conv2D(1, x.shape[1:3], use_bias=bias)(x))


@pytest.mark.parametrize(
    "options",
    [{}, {"channels": 1}, {"kernel": 3, "stride": 1}, {"padding": "valid", "channels": 1}, {"bias": False}],
)
def test_each_gradient_is_that_of_a_tape_of_its_own(options):
    model = network(**options)
    shape = (5, 2, *model.input_shape[1:])
    images = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    found, outputs = gradients_of_each(
        chain_of(model), tf.constant(images), lambda y: y[:, 0] ** 2 - 3 * y[:, 1]
    )
    assert len(found) == len(model.trainable_variables)
    for k in range(5):
        with tf.GradientTape() as tape:
            logits = tf.reshape(model(images[k]), [2])
            loss = logits[0] ** 2 - 3 * logits[1]
        np.testing.assert_allclose(outputs[k], logits, atol=1e-5)
        for each, alone in zip(found, tape.gradient(loss, model.trainable_variables), strict=True):
            np.testing.assert_allclose(each[k], alone, atol=2e-4)


def test_patches_in_the_order_of_the_kernel():
    images = np.random.default_rng(1).standard_normal((2, 6, 6, 1)).astype(np.float32)
    layer = layers.Conv2D(5, 4, 2, "same")
    out = layer(images) - layer.bias
    by_hand = patches_of(layer, tf.constant(images)) @ tf.reshape(layer.kernel, [16, 5])
    np.testing.assert_allclose(by_hand, out, atol=1e-5)


def test_other_networks_are_refused():
    images = keras.Input((8, 8, 1))
    dense = keras.Model(images, layers.Dense(1)(layers.Flatten()(images)))
    with pytest.raises(ValueError, match="no plain Conv2D"):
        chain_of(dense)
    x = layers.Conv2D(1, 3, padding="same")(images)
    with pytest.raises(ValueError, match="chain"):
        chain_of(keras.Model(images, layers.Add()([x, images])))
    for options in ({"dilation_rate": 2}, {"activation": "relu"}):
        with pytest.raises(ValueError, match="no plain Conv2D"):
            chain_of(keras.Model(images, layers.Conv2D(1, 3, **options)(images)))
