import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse.networks.normalisation import BatchNormalization

IMAGES = np.random.default_rng(0).normal(1.5, 2, (6, 5, 4, 3)).astype(np.float32)
VECTORS = np.random.default_rng(0).normal(-1, 3, (6, 7)).astype(np.float32)


def pair(dtype="float32"):
    options = {
        "beta_initializer": keras.initializers.RandomNormal(seed=1),
        "gamma_initializer": keras.initializers.RandomNormal(1.0, seed=2),
        "dtype": dtype,
    }
    return BatchNormalization(**options), keras.layers.BatchNormalization(**options)


@pytest.mark.parametrize("x", [IMAGES, VECTORS])
def test_equals_keras_in_training_in_use_and_in_its_gradients(x):
    ours, keras_own = pair()
    for _ in range(3):
        found = []
        for layer in (ours, keras_own):
            with tf.GradientTape() as tape:
                inputs = tf.constant(x)
                tape.watch(inputs)
                outputs = layer(inputs, training=True)
                loss = tf.reduce_sum(outputs**3)
            gradients = tape.gradient(loss, [inputs, *[v.value for v in layer.trainable_variables]])
            found.append([outputs, *gradients, *layer.get_weights()])
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-4)
    np.testing.assert_allclose(ours(x, training=False), keras_own(x, training=False), atol=1e-5)


def test_bfloat16_in_and_out_with_float32_statistics():
    ours, keras_own = pair("mixed_bfloat16")
    a, b = ours(IMAGES, training=True), keras_own(IMAGES, training=True)
    assert a.dtype == tf.bfloat16 and {w.dtype for w in ours.get_weights()} == {np.dtype("float32")}
    np.testing.assert_allclose(tf.cast(a, tf.float32), tf.cast(b, tf.float32), atol=0.05)
    np.testing.assert_allclose(ours.moving_variance, keras_own.moving_variance, atol=1e-2)
