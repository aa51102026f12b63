import numpy as np
import pytest

from gancourse.networks import dcgan
from gancourse.networks.dcgan import Discriminator, Generator, build_discriminator, build_generator

LATENTS = np.random.default_rng(0).standard_normal((3, 100), dtype=np.float32)


@pytest.fixture(scope="module")
def deck():
    """The deck's two networks, and the images and logits of three latents."""
    generator, discriminator = Generator(), Discriminator()
    images = generator(LATENTS, training=False)
    return generator, discriminator, images, discriminator(images, training=False)


def test_deck_has_its_weights_and_shapes(deck):
    generator, discriminator, images, logits = deck
    assert (generator.count_params(), discriminator.count_params()) == (3_707_648, 2_766_275)
    assert images.shape == (3, 64, 64, 1) and logits.shape == (3, 1, 1, 1)
    assert np.abs(images).max() <= 1


def test_deck_uses_batch_statistics_unless_told_otherwise(deck):
    generator, discriminator, images, logits = deck
    assert np.abs(generator(LATENTS) - images).max() > 1e-3
    assert np.abs(discriminator(images) - logits).max() > 1e-3


def test_builders_with_defaults_are_the_deck_networks(deck):
    generator, discriminator, images, _ = deck
    twin = build_generator()
    twin.set_weights(generator.get_weights())
    np.testing.assert_allclose(twin(LATENTS, training=False), generator(LATENTS, training=False), atol=1e-6)
    np.testing.assert_allclose(twin(LATENTS, training=True), generator(LATENTS, training=True), atol=1e-5)
    twin = build_discriminator()
    weights = discriminator.get_weights()
    scale, shift = discriminator.fc1.get_weights()
    kept = [w for w in weights if w.shape not in (scale.shape, shift.shape) or w.size > 1]
    twin_shapes = [w.shape for w in twin.get_weights()]
    conv5_bias = discriminator.conv5.get_weights()[1]
    kept.insert(twin_shapes.index((1,)) if (1,) in twin_shapes else len(kept), conv5_bias)
    twin.set_weights(kept)
    logits = twin(images, training=False) * scale[0, 0] + shift[0]
    np.testing.assert_allclose(logits, discriminator(images, training=False), atol=1e-5)


@pytest.mark.parametrize("upsample", ["transpose", "resize"])
@pytest.mark.parametrize(("size", "channels"), [(16, 1), (32, 2), (128, 1)])
def test_builders_make_other_sizes(size, channels, upsample):
    generator = build_generator(latent_dim=5, base=4, size=size, channels=channels, upsample=upsample)
    discriminator = build_discriminator(base=4, size=size, channels=channels)
    assert generator.output_shape == (None, size, size, channels)
    assert discriminator.output_shape == (None, 1, 1, 1)
    assert discriminator.input_shape == generator.output_shape


def test_half_width_costs_a_quarter():
    assert 3.5 < build_generator().count_params() / build_generator(base=32).count_params() < 4


@pytest.mark.parametrize("wrong", [{"size": 48}, {"size": 8}, {"upsample": "bilinear"}])
def test_generator_refuses(wrong):
    with pytest.raises(ValueError, match=str(*wrong.values())):
        build_generator(**wrong)


def test_discriminator_refuses_an_unknown_norm():
    with pytest.raises(ValueError, match="'layer'"):
        build_discriminator(norm="layer")


def test_minibatch_std_appends_the_mean_deviation():
    x = np.zeros((2, 1, 2, 1), np.float32)
    x[0, 0, 0] = 4.0  # deviations over the batch: 2 and 0
    out = dcgan.MinibatchStd()(x)
    assert out.shape == (2, 1, 2, 2)
    np.testing.assert_allclose(out[..., 1], 1.0, atol=1e-3)
    np.testing.assert_allclose(out[..., :1], x)


def test_no_norm_has_no_batch_statistics():
    discriminator = build_discriminator(base=4, size=16, norm="none")
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    alone = discriminator(images[:1], training=True)
    np.testing.assert_allclose(alone, discriminator(images, training=True)[:1], atol=1e-5)
