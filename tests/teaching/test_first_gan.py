"""What lesson 41 builds: the deck's weights, and one step that moves each network by its own loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gancourse.networks.dcgan import Discriminator
from gancourse.teaching.material import first_gan


@pytest.mark.parametrize("strides", [1, 2])
def test_a_block_enlarges_and_has_no_negative_numbers(strides):
    block = keras.Sequential([keras.Input((8, 8, 3)), *first_gan.up(5, strides)])
    out = block(np.random.default_rng(0).normal(size=(2, 8, 8, 3)), training=True).numpy()
    assert out.shape == (2, 8 * strides, 8 * strides, 5) and out.min() == 0


def test_the_discriminator_has_the_deck_s_weights():
    deck, mine = Discriminator(), first_gan.build_discriminator(64, (64, 128, 256, 512))
    images = np.random.default_rng(0).uniform(-1, 1, (2, 64, 64, 1)).astype("float32")
    logits = deck(images, training=False)
    assert [w.shape for w in mine.get_weights()] == [w.shape for w in deck_in_order(deck)]
    mine.set_weights(deck_in_order(deck))
    np.testing.assert_allclose(mine(images, training=False), logits, atol=1e-5)


def deck_in_order(deck):
    parts = [deck.conv1, deck.conv2, deck.batchnorm2, deck.conv3, deck.batchnorm3, deck.conv4]
    return [w for part in (*parts, deck.batchnorm4, deck.conv5, deck.fc1) for w in part.get_weights()]


def test_a_step_moves_both_networks_and_returns_both_losses():
    keras.utils.set_random_seed(0)
    dense = [layers.Dense(64), layers.Reshape((8, 8, 1))]
    generator = keras.Sequential([keras.Input((100,)), *dense, layers.Activation("tanh")])
    discriminator = first_gan.build_discriminator(8, (3,))
    before = [network.get_weights() for network in (generator, discriminator)]
    optimizers = [keras.optimizers.SGD(0.1) for _ in range(2)]
    losses = first_gan.train_step(tf.ones((4, 8, 8, 1)), generator, discriminator, *optimizers)
    assert len(losses) == 2 and all(loss.shape == () and np.isfinite(loss) for loss in losses)
    for old, network in zip(before, (generator, discriminator), strict=True):
        assert any((a != b).any() for a, b in zip(old, network.get_weights(), strict=True))
