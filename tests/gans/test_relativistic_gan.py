"""The relativistic GAN: one step by hand, penalties, and who learns when."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_patients import toy_patients

from gancourse.gans.patient_maps import encode
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.training.patient_training import PatientRecipe


def linear_gan(w, v, rates=(0.1, 0.1), **options):
    """G(z) = w z and D(x) = v x on images of one pixel."""

    def dense(value):
        return keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(value))

    generator = keras.Sequential([keras.Input((1,)), dense(w), keras.layers.Reshape((1, 1, 1))])
    gan = RelativisticGAN(
        generator, keras.Sequential([keras.Input((1, 1, 1)), dense(v)]), latent_dim=1, seed=3
    )
    gan.compile(*(keras.optimizers.SGD(rate) for rate in rates), **options)
    return gan


@pytest.mark.parametrize(("r1", "r2"), [(0.0, 0.0), (0.5, 0.0), (0.5, 0.25)])
def test_one_step_equals_the_papers_by_hand(r1, r2):
    w, v, x = 0.7, -0.4, np.array([1.0, 0.5, -0.2, 0.1], np.float32)
    z = np.ravel(keras.random.normal((4, 1), seed=keras.random.SeedGenerator(3)))
    gan = linear_gan(w, v, r1=r1, r2=r2, every=2)
    logs = gan.train_step(tf.constant(x[:, None, None, None]))
    gap = w * z - x
    d_loss = np.mean(np.log1p(np.exp(v * gap))) + (r1 + r2) / 2 * v**2  # the slope is v everywhere
    new_v = v - 0.1 * (np.mean(gap / (1 + np.exp(-v * gap))) + (r1 + r2) * v)
    g_loss = np.mean(np.log1p(np.exp(-new_v * gap)))
    new_w = w - 0.1 * np.mean(-new_v * z / (1 + np.exp(new_v * gap)))
    assert float(logs["d_loss"]) == pytest.approx(d_loss, abs=1e-5)
    assert float(logs["g_loss"]) == pytest.approx(g_loss, abs=1e-5)
    assert gan.discriminator.get_weights()[0].item() == pytest.approx(new_v, abs=1e-5)
    assert gan.generator.get_weights()[0].item() == pytest.approx(new_w, abs=1e-5)
    assert float(logs["d_accuracy"]) == pytest.approx(np.mean(new_v * gap < 0), abs=1e-6)


def test_penalties_see_the_first_of_a_batch():
    gan = linear_gan(0.7, -0.4, every=4)
    assert gan.gradient(tf.zeros((9, 1, 1, 1))).shape == (2, 1, 1, 1)
    assert gan.gradient(tf.zeros((3, 1, 1, 1))).shape == (1, 1, 1, 1)  # never none: the mean would be NaN


def test_augmentation_changes_what_the_discriminator_sees():
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 2)).astype(np.float32))
    plain, augmented = (linear_gan(0.7, -0.4, augment=augment) for augment in (False, True))
    np.testing.assert_array_equal(plain.change(images), images)
    assert np.abs(augmented.change(images) - images).max() > 0.1
    tf.debugging.assert_all_finite(augmented.change(images), "")


@pytest.mark.parametrize("learns", ["discriminator", "generator"])
def test_the_other_network_is_left_alone(learns):
    images = tf.constant(np.linspace(-1, 1, 6, dtype=np.float32)[:, None, None, None])
    gan = linear_gan(0.7, -0.4, rates=(0.1, 0.0) if learns == "discriminator" else (0.0, 0.1))
    gan.train_step(images)
    changed = {
        "discriminator": gan.discriminator.get_weights()[0].item() != np.float32(-0.4),
        "generator": gan.generator.get_weights()[0].item() != np.float32(0.7),
    }
    assert changed == {name: name == learns for name in changed}


def test_it_learns_a_few_patients():
    """Regions come to lie where the patients have them: mean error well below that of the start."""
    maps = encode(*(tf.constant(x) for x in _with_channel(toy_patients(8))))
    recipe = PatientRecipe(
        size=32,
        latent_dim=8,
        base=8,
        d_base=8,
        most=16,
        batch_size=8,
        r1=1.0,
        r2=1.0,
        every=2,
        rate=2e-3,
        ema=0.9,
    )
    gan = recipe.build(0, "float32")
    step, latents = tf.function(gan.train_step), np.random.default_rng(0).standard_normal((16, 8))

    def error():
        made = gan.sample(latents.astype(np.float32))
        return float(np.abs(made.mean(0) - maps.numpy().mean(0)).mean())

    start = error()
    for _ in range(80):
        logs = step(maps)
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert error() < 0.5 * start


def _with_channel(patients):
    images, seg = patients
    return images, seg[..., None]
