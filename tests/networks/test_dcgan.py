import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse.networks import dcgan
from gancourse.networks.dcgan import Discriminator, Generator, build_discriminator, build_generator

LATENTS = np.random.default_rng(0).standard_normal((3, 100), dtype=np.float32)


@pytest.fixture
def deck():
    """The deck's networks, and the images and logits of three latents; a call in training changes them."""
    generator, discriminator = Generator(), Discriminator()
    images = generator(LATENTS, training=False)
    return generator, discriminator, images, discriminator(images, training=False)


def test_deck_has_its_weights_and_shapes(deck):
    generator, discriminator, images, logits = deck
    assert (generator.count_params(), discriminator.count_params()) == (3_707_648, 2_766_275)
    assert images.shape == (3, 64, 64, 1) and logits.shape == (3, 1, 1, 1)
    assert np.abs(images).max() <= 1


LOAD = """
import sys
import numpy as np
from gancourse.networks import dcgan
import keras
generator, discriminator = (keras.models.load_model(path) for path in sys.argv[1:3])
images = generator(np.load(sys.argv[3]), training=False)
np.savez(sys.argv[4], images=images, logits=discriminator(images, training=False))
"""


def test_deck_is_saved_and_loaded_as_keras_does_in_another_process(deck, tmp_path):
    generator, discriminator, images, logits = deck
    names = [str(tmp_path / name) for name in ("g.keras", "d.keras", "latents.npy", "found.npz")]
    generator.save(names[0])
    discriminator.save(names[1])
    np.save(names[2], LATENTS)
    subprocess.run([sys.executable, "-c", LOAD, *names], check=True)
    with np.load(names[3]) as found:
        np.testing.assert_allclose(found["images"], images, atol=1e-6, rtol=0)
        np.testing.assert_allclose(found["logits"], logits, atol=1e-5, rtol=0)


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
@pytest.mark.parametrize("size", [16, 32, 128])
def test_builders_make_other_sizes(size, upsample):
    generator = build_generator(latent_dim=5, base=4, size=size, upsample=upsample)
    discriminator = build_discriminator(base=4, size=size)
    assert generator.output_shape == (None, size, size, 1)
    assert discriminator.output_shape == (None, 1, 1, 1)
    assert discriminator.input_shape == generator.output_shape


def test_half_width_costs_a_quarter():
    assert 3.5 < build_generator().count_params() / build_generator(base=32).count_params() < 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 48},
        {"size": 8},
        {"upsample": "bilinear"},
        {"norm": "layer"},
        {"activation": "elu"},
        {"output": "relu"},
    ],
)
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
    np.testing.assert_allclose(out[..., :1], x, atol=1e-6)


def test_no_norm_has_no_batch_statistics():
    discriminator = build_discriminator(base=4, size=16, norm="none")
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    alone = discriminator(images[:1], training=True)
    np.testing.assert_allclose(alone, discriminator(images, training=True)[:1], atol=1e-5)


def weights(**options):
    """Of generator and discriminator, base 4 and 16 pixels."""
    both = {"base": 4, "size": 16}
    for_both = {key: value for key, value in options.items() if key in ("norm", "activation", "dense")}
    generator = build_generator(latent_dim=5, **both, **for_both, **pick(options, "upsample", "output"))
    discriminator = build_discriminator(**both, **for_both, **pick(options, "downsample"))
    return generator.count_params(), discriminator.count_params()


def pick(options, *names):
    return {name: options[name] for name in names if name in options}


def test_weights_of_the_variants_by_hand():
    # Generator: 5 -> 8 x 8 x 4, conv to 8, up to 4, conv to 1. Discriminator: 4, 8 maps, then 4 x 4 to 1.
    norm = 4 * (256 + 8 + 4)
    kernels = 5 * 256 + 16 * (4 * 8 + 8 * 4 + 4 * 1)
    g = kernels + norm
    d = 16 * (1 * 4) + 4 + 16 * (4 * 8) + 8 + 4 * 8 + 16 * 8 + 1
    assert weights() == (g, d)
    assert weights(activation="leaky", output="linear") == (g, d)
    assert weights(norm="none") == (kernels + norm // 4, d - 4 * 8)  # biases in place of batch normalisation
    hidden = 16 * 4  # units
    dense = (
        5 * hidden + 4 * hidden + hidden * 256 - 5 * 256,
        16 * 8 * hidden + hidden + 4 * hidden + hidden - 16 * 8,
    )
    assert weights(dense=True) == (g + dense[0], d + dense[1])
    pooled = (9 - 16) * (1 * 4 + 4 * 8)
    assert weights(upsample="resize", downsample="pool") == (g + (9 - 16) * 8 * 4, d + pooled)


def test_linear_output_leaves_the_range():
    generator = build_generator(latent_dim=5, base=4, size=16, output="linear")
    generator.set_weights([w * 3 for w in generator.get_weights()])
    assert np.abs(generator(100 * LATENTS[:, :5], training=False)).max() > 1


def test_pooling_takes_the_largest_of_four():
    discriminator = build_discriminator(base=4, size=16, norm="none", downsample="pool")
    names = [type(layer).__name__ for layer in discriminator.layers]
    assert names.count("MaxPooling2D") == 2
    assert {layer.strides for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)} == {
        (1, 1)
    }
    discriminator = build_discriminator(base=4, size=16)
    assert not any(isinstance(layer, keras.layers.MaxPooling2D) for layer in discriminator.layers)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_spectral_convolution_has_the_largest_singular_value_one(precision):
    layer = dcgan.SpectralConv2D(6, 4, 2, "same", dtype=precision)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 2)).astype(np.float32)
    layer(images)
    kernel = layer.kernel.numpy()
    for _ in range(60):  # power iterations
        outputs = layer(images, training=True)
    largest = np.linalg.svd(kernel.reshape(-1, 6), compute_uv=False)[0]
    plain = keras.layers.Conv2D(6, 4, 2, "same")
    plain.build(images.shape)
    plain.set_weights([kernel / largest, layer.bias.numpy()])
    np.testing.assert_allclose(
        np.float32(outputs), plain(images), atol=1e-4 if precision == "float32" else 3e-2
    )
    np.testing.assert_array_equal(layer.kernel.numpy(), kernel)  # a call does not write the kernel
    before = layer.u.numpy()
    layer(images, training=False)
    np.testing.assert_array_equal(layer.u.numpy(), before)


def test_spectral_gradient_keeps_the_size_of_the_kernel():
    layer = dcgan.SpectralConv2D(6, 4, 2, "same", use_bias=False)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 2)).astype(np.float32)
    for _ in range(60):
        layer(images, training=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(images) ** 2)
    slope = tape.gradient(loss, layer.kernel.value)
    along = abs(float(tf.reduce_sum(slope * layer.kernel.value)))  # a longer kernel is the same function
    assert along < 1e-3 * float(tf.norm(slope) * tf.norm(layer.kernel.value))


@pytest.mark.parametrize("dense", [False, True])
def test_spectral_discriminator_is_all_spectral(dense):
    discriminator = build_discriminator(base=4, size=16, norm="spectral", dense=dense)
    convolutions = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == 3 + dense
    assert all(isinstance(layer, dcgan.SpectralConv2D) for layer in convolutions)


@pytest.mark.parametrize(
    "options", [{"norm": "none", "activation": "leaky", "dense": True}, {"output": "linear"}]
)
def test_generators_survive_their_config(options):
    generator = build_generator(latent_dim=5, base=4, size=16, **options)
    twin = type(generator).from_config(generator.get_config())
    twin.set_weights(generator.get_weights())
    np.testing.assert_array_equal(twin(LATENTS[:, :5]), generator(LATENTS[:, :5]))
