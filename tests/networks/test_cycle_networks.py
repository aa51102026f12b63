"""CycleGAN's networks: sizes, range, where they begin, patches, normalisation of each image by itself."""

import keras
import numpy as np
import pytest

from gancourse.networks.cycle_networks import build_pair, build_patch_discriminator, build_translator


def images(count=3, height=16, width=16, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, height, width, 1)).astype(np.float32)


def trainable(model) -> int:
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


@pytest.fixture(params=["translator", "discriminator"])
def network(request):
    keras.utils.set_random_seed(0)
    if request.param == "translator":
        return build_translator(1, (4, 8), "to_b")
    return build_patch_discriminator(1, (4, 8), "of_b")


def leaves(model) -> list:
    """List the layers, those of a network inside of the network too."""
    return [
        leaf
        for layer in model.layers
        for leaf in (leaves(layer) if isinstance(layer, keras.Model) else [layer])
    ]


@pytest.mark.parametrize(("height", "width"), [(16, 16), (8, 24), (64, 64)])
def test_a_translation_is_as_large_as_its_image_and_in_range(height, width):
    network = build_translator(2, (4, 8), "to_b")
    given = 50 * np.random.default_rng(0).standard_normal((2, height, width, 2)).astype(np.float32)
    translated = network(given, training=False)
    assert translated.shape == (2, height, width, 2) and translated.dtype == "float32"
    assert np.abs(translated).max() <= 1 and np.std(translated) > 0


def test_weights_counted_by_hand():
    down = [9 * 1 * 4, 16 * 4 * 4, 9 * 4 * 4, 16 * 4 * 8, 9 * 8 * 8]
    up = [16 * 8 * 4, 9 * 8 * 4, 16 * 4 * 4, 9 * 8 * 4]
    scales = [4, 4, 4, 8, 8, 4, 4, 4, 4]  # of the normalisation, each with an offset
    last = 4 * 1 + 1
    assert trainable(build_translator(1, (4, 8), "to_b")) == sum(down) + sum(up) + 2 * sum(scales) + last


def test_a_translation_begins_as_the_image_itself():
    network = build_translator(1, (4, 8), "to_b")
    (last,) = (layer for layer in leaves(network) if layer.name == "image_last")
    last.set_weights([np.zeros_like(w) for w in last.get_weights()])
    np.testing.assert_allclose(network(images()), np.tanh(2 * images()), atol=1e-6)


def test_an_image_s_output_does_not_depend_on_its_batch(network):
    batch = images()
    together = np.asarray(network(batch, training=True))
    dimmed = np.asarray(network(np.concatenate([batch[:1], 0.1 * batch[1:]]), training=True))
    alone = np.concatenate([network(batch[k : k + 1], training=False) for k in range(3)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(dimmed[0], together[0], atol=1e-5)


def test_every_convolution_but_the_last_is_normalised_image_by_image(network):
    norms = [layer for layer in leaves(network) if isinstance(layer, keras.layers.GroupNormalization)]
    kinds = keras.layers.Conv2D, keras.layers.Conv2DTranspose
    convolutions = [layer for layer in leaves(network) if isinstance(layer, kinds)]
    first = network.name == "of_b"  # a discriminator's first convolution sees the grey values as they are
    assert len(norms) == len(convolutions) - 1 - first
    assert all(layer.groups == layer.gamma.shape[0] for layer in norms)


@pytest.mark.parametrize(("filters", "size"), [((4, 4), 16), ((4, 4, 4), 34), ((4, 4, 4, 4), 70)])
def test_a_logit_sees_its_patch_and_no_more_but_for_the_mean(filters, size):
    keras.utils.set_random_seed(0)
    network = build_patch_discriminator(1, filters, "of_b")
    plain = keras.Model(network.input, network.layers[1].output)  # before anything is normalised
    given = images(1, 64, 64)
    given.fill(0)
    logits = np.asarray(network(given))
    assert logits.shape == (1, 64 // 2 ** (len(filters) - 1), 64 // 2 ** (len(filters) - 1), 1)
    assert plain(given).shape[1] == 32
    reach, jump = 1, 1
    for layer in (layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)):
        reach, jump = reach + (layer.kernel_size[0] - 1) * jump, jump * layer.strides[0]
    assert reach == size


def test_a_pair_is_two_networks_that_share_nothing():
    keras.utils.set_random_seed(0)
    there, back = (build_translator(1, (4, 8), name) for name in ("to_b", "to_a"))
    pair = build_pair(there, back, 16)
    a, b = images(seed=1), images(seed=2)
    to_b, to_a = pair([a, b], training=False)
    np.testing.assert_allclose(to_b, there(a), atol=1e-6)
    np.testing.assert_allclose(to_a, back(b), atol=1e-6)
    assert pair.get_layer("to_b") is there and pair.get_layer("to_a") is back
    assert len(pair.weights) == len(there.weights) + len(back.weights)
    assert np.abs(there.get_weights()[0] - back.get_weights()[0]).max() > 0
    again = type(pair).from_config(pair.get_config())
    again.set_weights(pair.get_weights())
    np.testing.assert_allclose(again([a, b])[0], to_b, atol=1e-6)
    np.testing.assert_allclose(again.get_layer("to_a")(b), to_a, atol=1e-6)


def test_mixed_precision_gives_float32():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        networks = build_translator(1, (4, 8), "to_b"), build_patch_discriminator(1, (4, 4), "of_b")
    finally:
        keras.config.set_dtype_policy(policy)
    assert all(network(images()).dtype == "float32" for network in networks)


def test_a_translator_overfits_one_batch():
    keras.utils.set_random_seed(0)
    given = images(2)
    wanted = np.where(given > 0.2, 0.8, -0.5).astype(np.float32)
    network = build_translator(1, (8, 16), "to_b")
    network.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=False)
    for _ in range(120):
        network.train_on_batch(given, wanted)
    assert np.mean((network(given) - wanted) ** 2) < 0.2 * np.var(wanted)
