"""The networks of the tour: shapes, ranges, and what makes each of them special."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse.networks import conditional, lagan, superresolution


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_a_conditional_generator_paints_what_it_is_asked_in_range():
    generator = conditional.build_conditional_generator(4, 16, base=4, size=32, channels=2)
    one, other = (generator([normal(3, 16), c]).numpy() for c in (normal(3, 4), normal(3, 4, seed=1)))
    assert one.shape == (3, 32, 32, 2) and np.abs(one).max() <= 1
    assert np.abs(one - other).max() > 0  # same latents, another request


def test_conditioning_augmentation_draws_from_the_normal_and_knows_its_distance():
    layer = conditional.ConditioningAugmentation(3, weight=2.0)
    embedding, drawn = normal(5, 7), normal(5, 3, seed=1)
    conditions = layer(embedding, drawn).numpy()
    mean = layer.mean(embedding).numpy()
    np.testing.assert_allclose(conditions, mean + drawn, atol=1e-5)  # untrained, its deviation is 1
    np.testing.assert_allclose(layer.losses[0], 2 * (mean**2).mean() / 2, atol=1e-5)
    layer.log_deviation.bias.assign([0.5, 0.5, 0.5])
    np.testing.assert_allclose(layer(embedding, drawn), mean + np.exp(0.5) * drawn, atol=1e-5)


def test_the_second_stage_leaves_the_first_as_it_is_and_doubles_the_size():
    one = conditional.build_conditional_generator(8, 16, base=4, size=16, channels=2, blur=4)
    two = conditional.build_second_stage(one, base=4, blocks=1, blur=4)
    inputs = [normal(2, 16), normal(2, 8)]
    assert two(inputs).shape == (2, 32, 32, 2)
    np.testing.assert_allclose(two.get_layer("stage_one")(inputs), one(inputs), atol=1e-6)
    statistics = [w.numpy() for w in one.weights]
    two(inputs, training=True)
    assert all((a == b.numpy()).all() for a, b in zip(statistics, one.weights, strict=True))
    trained = {id(w) for w in two.trainable_variables}
    assert trained and not trained & {id(w) for w in one.weights}


def test_the_text_encoder_looks_at_the_order_of_words():
    encoder = conditional.build_text_encoder(words=9, length=4, answers=5)
    embedding, answers = encoder(np.array([[1, 2, 0, 0], [2, 1, 0, 0]]))
    assert embedding.shape == (2, 32) and answers.shape == (2, 5)
    assert np.abs(embedding[0] - embedding[1]).max() > 1e-4


def test_pixel_shuffle_is_tensorflows():
    x = normal(2, 3, 4, 8)
    np.testing.assert_array_equal(superresolution.PixelShuffle()(x), tf.nn.depth_to_space(x, 2))


def test_untrained_super_resolution_is_bicubic():
    small = tf.constant(normal(1, 8, 12, 1))
    network = superresolution.build_super_resolution(width=8, blocks=1)
    np.testing.assert_allclose(network(small), superresolution.enlarge("bicubic")(small), atol=1e-6)
    assert network(small).shape == (1, 32, 48, 1)


def test_a_locally_connected_layer_with_equal_weights_is_a_convolution():
    layer, x = lagan.LocallyConnected2D(5), normal(2, 6, 7, 3)
    layer(x)
    convolution = keras.layers.Conv2D(5, 3, padding="same")
    convolution.build(x.shape)
    kernel = convolution.kernel.numpy()
    layer.kernel.assign(np.broadcast_to(kernel.reshape(1, 1, 27, 5), (6, 7, 27, 5)))
    np.testing.assert_allclose(layer(x), convolution(x), atol=1e-5)
    kernels = layer.kernel.numpy()
    kernels[2, 3] = 0  # one place alone
    layer.kernel.assign(kernels)
    changed = np.abs(layer(x) - convolution(x)).max((0, 3)) > 1e-4
    assert changed[2, 3] and changed.sum() == 1


@pytest.mark.parametrize(("local", "sparse"), [(True, True), (False, True), (False, False)])
def test_a_map_ends_at_zero_where_it_is_sparse(local, sparse):
    maps = lagan.build_lagan_generator(16, 4, 16, local, sparse)(normal(8, 16)).numpy()
    assert maps.shape == (8, 16, 16, 1)
    assert (maps.min() == 0) == sparse  # as soon as it is made; many zeros are learned
