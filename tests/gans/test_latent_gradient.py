"""Latent gradient ascent, on a measure that no straight direction changes."""

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.gans.latent import Attribute, Directions, draw_latents
from gancourse.gans.latent_gradient import LatentGradientAscent, value_and_gradient

DIM = 20
SIZE = Attribute("size", "size of the thing", "mm2", 0.0, 4000.0)
HELD = Directions([Attribute("width", "width", "mm", 0, 1)], np.eye(DIM, 1) + np.eye(DIM, 1, -4), np.zeros(1))


def read(z):
    """The product of two numbers of the latent, in hundreds: its linear regression is 0 everywhere."""
    gradient = np.zeros_like(z)
    gradient[:, 1], gradient[:, 2] = 400 * z[:, 2], 400 * z[:, 1]
    return 400 * z[:, 1] * z[:, 2], gradient


@pytest.fixture
def ascent():
    return LatentGradientAscent(SIZE, read, HELD)


def test_it_reaches_its_target_and_holds_the_rest(ascent):
    z = draw_latents(50, DIM, seed=3)
    target = ascent.value(z) + np.linspace(-600, 600, 50)
    moved = ascent.move(z, target, steps=40)
    assert np.abs(ascent.value(moved) - target).max() < ascent.tolerance
    assert np.abs(ascent.value(z) - target).mean() > 20 * ascent.tolerance
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), np.linalg.norm(z, axis=1), atol=1e-4)
    np.testing.assert_allclose(HELD.predict(moved), HELD.predict(z), atol=1e-4)
    assert np.linalg.norm(moved - z, axis=1).max() < 2  # two brains are 6 apart
    np.testing.assert_array_equal(ascent.move(moved, ascent.value(moved)), moved)


def test_what_is_too_far_is_approached(ascent):
    z = draw_latents(5, DIM, seed=3)
    moved = ascent.move(z, 10**6)
    assert np.isfinite(moved).all() and (ascent.value(moved) > ascent.value(z)).all()


@pytest.mark.parametrize("target", [float("nan"), [1.0, 2.0, 3.0]])
def test_impossible_targets(ascent, target):
    with pytest.raises(InputError, match="size: .*expected a number for each"):
        ascent.move(draw_latents(2, DIM), target)


def test_the_gradient_is_the_derivative():
    import keras

    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
    from gancourse.networks.regressor import build_regressor

    keras.utils.set_random_seed(0)
    latents = keras.Input((8,))
    x = keras.layers.Dense(256, activation="tanh")(latents)
    generator = keras.Model(latents, keras.layers.Reshape((16, 16, 1))(x))
    regressor = AttributeRegressor(
        ("a", "b"), build_regressor(2, 16, 4), np.array([5.0, 7.0]), np.array([1.0, 200.0])
    )
    compiled = value_and_gradient(generator, regressor, "b")
    z = draw_latents(3, 8, seed=1)
    value, gradient = compiled(z)
    images = generator(z, training=False).numpy()
    np.testing.assert_allclose(value, regressor.measure(images)[:, 1], atol=0.02)
    step = 1e-2 * gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    change = compiled(z + step)[0] - compiled(z - step)[0]
    np.testing.assert_allclose(change, 2 * (gradient * step).sum(1), rtol=0.1)
