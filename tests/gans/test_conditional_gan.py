"""A conditional GAN on a toy: a number is asked for, a pixel should have it."""

import keras
import numpy as np
import tensorflow as tf
from tour_conditional_gan import ConditionalGAN

from gancourse.gans.conditional_gan import paint


def toy(seed=0):
    keras.utils.set_random_seed(seed)
    latents, wanted = keras.Input((2,)), keras.Input((1,))
    x = keras.layers.Dense(16, activation="relu")(keras.layers.Concatenate()([latents, wanted]))
    generator = keras.Model([latents, wanted], keras.layers.Reshape((1, 1, 1))(keras.layers.Dense(1)(x)))
    images, wanted = keras.Input((1, 1, 1)), keras.Input((1,))
    x = keras.layers.Concatenate()([keras.layers.Flatten()(images), wanted])
    x = keras.layers.Dense(32, activation="relu")(x)
    judge = keras.Model([images, wanted], keras.layers.Dense(1)(x))
    gan = ConditionalGAN(generator, judge, seed, ema=0.9)
    gan.compile(keras.optimizers.Adam(5e-3, 0.5), keras.optimizers.Adam(5e-3, 0.5))
    return gan


def batches(steps, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        wanted = rng.choice([-1.0, 1.0], (32, 1)).astype(np.float32)
        noise = 0.1 * rng.standard_normal((32, 1, 1, 1))
        yield (0.5 * wanted[:, :, None, None] + noise).astype(np.float32), wanted


def trained(steps=250, seed=0):
    gan = toy(seed)
    step = tf.function(gan.train_step)
    for images, wanted in batches(steps):
        step((tf.constant(images), tf.constant(wanted)))
    return gan


def test_it_learns_to_listen():
    gan = trained()
    low, high = (paint(gan.ema_generator, np.full((200, 1), c)).mean() for c in (-1, 1))
    assert high - low > 0.5, (low, high)
    assert float(gan.trackers["d_accuracy_wrong"].result()) > 0.6


def test_a_real_image_with_anothers_request_counts_as_wrong():
    gan = toy()
    gan.discriminator = Recorder(gan.discriminator)
    images = tf.reshape(tf.range(4.0), (4, 1, 1, 1))
    wanted = tf.reshape(tf.range(4.0), (4, 1))
    gan.train_step((images, wanted))
    real, fake, wrong, _ = gan.discriminator.seen
    np.testing.assert_array_equal(np.ravel(real[0]), np.ravel(real[1]))
    np.testing.assert_array_equal(np.ravel(fake[1]), np.ravel(wanted))
    np.testing.assert_array_equal(np.ravel(wrong[0]), np.ravel(images))
    assert (np.ravel(wrong[0]) != np.ravel(wrong[1])).all()


class Recorder:
    def __init__(self, network):
        self.network, self.seen = network, []

    def __call__(self, inputs, training):
        self.seen.append([np.array(x) for x in inputs])
        return self.network(inputs, training=training)

    @property
    def trainable_variables(self):
        return self.network.trainable_variables


def test_the_same_seed_paints_the_same():
    gan, wanted = toy(), np.ones((5, 1))
    np.testing.assert_array_equal(paint(gan.generator, wanted, 3), paint(gan.generator, wanted, 3))
    assert (paint(gan.generator, wanted, 3) != paint(gan.generator, wanted, 4)).any()
