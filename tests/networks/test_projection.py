"""The projection discriminator: the formula, and that it listens; conditional scaling."""

import keras
import numpy as np

from gancourse.networks.conditional import ConditionalScaling, build_conditional_generator
from gancourse.networks.projection import build_projection_discriminator, project


def test_projection_is_the_papers_inner_product():
    keras.utils.set_random_seed(0)
    features, wanted, plain = keras.Input((2, 2, 3)), keras.Input((4,)), keras.Input((1,))
    model = keras.Model([features, wanted, plain], project(features, wanted, plain))
    rng = np.random.default_rng(0)
    phi, c, psi = rng.normal(size=(5, 2, 2, 3)), rng.normal(size=(5, 4)), rng.normal(size=(5, 1))
    hidden, bias, matrix = model.get_weights()
    direction = np.maximum(c @ hidden + bias, 0) @ matrix
    expected = psi[:, 0] + (phi.reshape(5, -1) * direction).sum(1)
    np.testing.assert_allclose(np.ravel(model([phi, c, psi])), expected, atol=1e-5)


def test_the_same_image_gets_other_logits_for_other_orders():
    keras.utils.set_random_seed(0)
    judge = build_projection_discriminator(3, base=4, size=16, channels=2)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 16, 16, 2)).repeat(4, 0)
    logits = np.array(judge([image, np.random.default_rng(1).normal(size=(4, 3))]))
    assert logits.shape == (4, 1) and len(np.unique(logits)) == 4


def test_scaling_starts_as_the_identity_and_then_follows_the_condition():
    layer = ConditionalScaling()
    maps, told = np.ones((2, 3, 3, 2), np.float32), np.array([[1.0], [2.0]], np.float32)
    np.testing.assert_array_equal(layer(maps, told), maps)
    layer.set_weights([np.array([[1.0, 0, 0, 5]])])  # scales of both channels, then shifts
    np.testing.assert_allclose(np.array(layer(maps, told))[:, 0, 0], [[2, 6], [3, 11]], atol=1e-5)


def test_a_scaled_generator_survives_its_config_and_listens():
    generator = build_conditional_generator(3, 8, 4, 16, 2, scaled=True)
    twin = keras.Model.from_config(generator.get_config())
    twin.set_weights(generator.get_weights())
    latents, wanted = np.zeros((2, 8), np.float32), np.eye(3, dtype=np.float32)[:2]
    images = np.array(twin([latents, wanted]))
    np.testing.assert_allclose(images, generator([latents, wanted]), atol=1e-6)
    assert images.shape == (2, 16, 16, 2) and np.abs(images[0] - images[1]).max() > 0


def test_without_scaling_the_shipped_generator_is_unchanged():
    names = [type(layer).__name__ for layer in build_conditional_generator(4).layers]
    assert "ConditionalScaling" not in names
