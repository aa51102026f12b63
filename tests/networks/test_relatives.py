"""The networks of the GANs' relatives: autoencoder and denoiser."""

import keras
import numpy as np
import pytest

from gancourse.gans.averaging import copy_model
from gancourse.networks.autoencoder import build_autoencoder
from gancourse.networks.denoiser import FREQUENCIES, build_denoiser, described


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def shaken(network):
    """Give a network weights of which none is 0."""
    rng = np.random.default_rng(0)
    network.set_weights([w + 0.05 * rng.standard_normal(w.shape) for w in network.get_weights()])
    return network


def test_both_halves_have_their_shapes_and_share_no_weight():
    network = build_autoencoder(16, base=8, latent_dim=5)
    encoder, decoder = network.get_layer("encoder"), network.get_layer("decoder")
    assert encoder.input_shape == (None, 16, 16, 1) and encoder.output_shape == (None, 10)
    assert decoder.input_shape == (None, 5) and decoder.output_shape == (None, 16, 16, 1)
    assert len(network.weights) == len(encoder.weights) + len(decoder.weights)
    code, images = network([normal(3, 16, 16, 1), normal(3, 5)])
    assert code.shape == (3, 10) and not np.asarray(code).any()  # it starts at N(0, 1)
    assert images.shape == (3, 16, 16, 1) and np.abs(images).max() <= 1


@pytest.mark.parametrize("size", [16, 32, 64])
def test_the_encoder_halves_down_to_four_pixels(size):
    encoder = build_autoencoder(size, base=8, latent_dim=2).get_layer("encoder")
    (flat,) = [layer for layer in encoder.layers if "flatten" in layer.name]
    assert flat.input.shape[1:3] == (4, 4) and flat.input.shape[-1] == 8 * size // 8


@pytest.mark.parametrize("patch", [1, 2, 4])
def test_folding_pixels_keeps_the_size(patch):
    network = build_denoiser(16, (8, 16), patch, channels=2)
    inputs = [normal(3, 16, 16, 2), np.full((3, 1), 1 / 3, np.float32)]
    noise = network(inputs)
    assert noise.shape == (3, 16, 16, 2) and noise.dtype == "float32"
    np.testing.assert_allclose(noise, inputs[0] / 2, atol=1e-5, rtol=0)  # the velocity starts at 0
    velocity = (np.asarray(shaken(network)(inputs)) - inputs[0] / 2) / 0.75**0.5
    assert velocity.std() > 0.01 and all(np.abs(part).max() > 0.01 for part in velocity)


def test_levels_of_noise_are_described_apart():
    levels = np.linspace(0, 1, 101, dtype=np.float32)[:, None]
    found = np.asarray(described(levels))
    assert found.shape == (101, 2 * FREQUENCIES) and np.abs(found).max() <= 1
    distance = np.sqrt(((found[:, None] - found[None]) ** 2).sum(-1)) + 9 * np.eye(101)
    assert distance.min() > 0.5
    coarse = found[:, :6]  # slow sines alone change gradually
    assert np.abs(np.diff(coarse, axis=0)).max() < 0.05


def test_the_denoiser_listens_to_the_level():
    network, images = shaken(build_denoiser(16, (8, 16))), normal(2, 16, 16, 1)
    low, high, again = (np.asarray(network([images, np.full((2, 1), x)])) for x in (0.1, 0.9, 0.1))
    np.testing.assert_array_equal(low, again)
    assert np.abs(low - high).max() > 0.01


@pytest.mark.parametrize("build", [build_autoencoder, build_denoiser])
def test_a_network_is_rebuilt_from_its_configuration(build):
    network = shaken(build(16, 8) if build is build_autoencoder else build(16, (8, 16)))
    twin = copy_model(network)  # get_config and from_config
    inputs = [normal(3, *tensor.shape[1:]) for tensor in network.inputs]
    for one, other in zip(*(keras.tree.flatten(it(inputs)) for it in (network, twin)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not {id(w) for w in network.weights} & {id(w) for w in twin.weights}
