"""Inversion on a small smooth generator."""

import keras
import numpy as np
import pytest
from keras import layers

from gancourse.errors import InputError
from gancourse.gans.inversion import invert
from gancourse.gans.latent import draw_latents


@pytest.fixture(scope="module")
def generator():
    """A small smooth generator: 8 numbers to 16 x 16 pixels."""
    keras.utils.set_random_seed(1)
    z = keras.Input((8,))
    x = layers.Dense(4 * 4 * 8, activation="relu")(z)
    x = layers.Conv2DTranspose(8, 4, 2, "same", activation="relu")(layers.Reshape((4, 4, 8))(x))
    return keras.Model(z, layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh")(x))


class TestInvert:
    def test_a_planted_latent_s_image_is_found_again(self, generator):
        z = draw_latents(3, 8, seed=9)
        images = generator(z, training=False).numpy()[..., 0]
        found = invert(generator, images, latent_dim=8, draws=64, steps=200, prior=0.0)
        assert found.latents.shape == (3, 8) and found.reconstructions.shape == (3, 16, 16)
        assert found.errors.max() < 0.15 * images.std()
        np.testing.assert_allclose(
            found.errors, np.sqrt(((found.reconstructions - images) ** 2).mean((1, 2))), atol=1e-6
        )
        again = invert(generator, images, latent_dim=8, draws=64, steps=200, prior=0.0)
        np.testing.assert_array_equal(found.latents, again.latents)

    def test_the_prior_keeps_latents_near_the_sphere(self, generator):
        images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16))
        sizes = [
            (invert(generator, images, latent_dim=8, prior=prior).latents ** 2).mean(1)
            for prior in (0.0, 10.0)
        ]
        assert np.abs(sizes[1] - 1).max() < 0.05 < np.abs(sizes[0] - 1).max()

    @pytest.mark.parametrize(
        ("images", "options", "said"),
        [
            (np.zeros((16, 16)), {}, r"\(16, 16\): expected \(N, H, W\)"),
            (np.zeros((1, 32, 32)), {}, "paints"),
            (np.full((1, 16, 16), 255.0), {}, r"not in \[-1, 1\]"),
            (np.full((1, 16, 16), np.nan), {}, r"not in \[-1, 1\]"),
            (np.zeros((1, 16, 16)), {"restarts": 9, "draws": 8}, "draws >= restarts"),
        ],
    )
    def test_impossible_images(self, generator, images, options, said):
        with pytest.raises(InputError, match=said):
            invert(generator, images, latent_dim=8, **options)
