"""The diffusion model: its schedule, DDIM against what can be solved by hand, a training step, samples."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy import discs

from gancourse.generative import diffusion
from gancourse.generative.diffusion import CLEANEST, NOISIEST, Diffusion, denoise, paint, shares
from gancourse.training.family_training import DiffusionRecipe

TINY = DiffusionRecipe().change(["size=16", "base=8", "batch_size=8", "ema=0.9"])
IMAGES = discs(64)[..., None]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    """Weights as a training might leave them: none is 0."""
    model = TINY.build(0, "float32")
    rng = np.random.default_rng(0)
    for network in (model.generator, model.ema_generator):
        network.set_weights([w + 0.05 * rng.standard_normal(w.shape) for w in network.get_weights()])
    return model


def test_shares_go_from_image_to_noise_and_keep_the_variance():
    levels = np.linspace(0, 1, 21, dtype=np.float32)
    of_image, of_noise = (np.asarray(share) for share in shares(tf.constant(levels)))
    np.testing.assert_allclose(of_image**2 + of_noise**2, 1, atol=1e-6, rtol=0)
    assert (np.diff(of_image) < 0).all() and (np.diff(of_noise) > 0).all()
    np.testing.assert_allclose([of_image[0], of_image[-1], of_image[10]], [1, 0, 0.5**0.5], atol=1e-6, rtol=0)


def test_the_true_noise_takes_an_image_to_the_next_level_exactly():
    clean, noise = tf.constant(IMAGES[:4]), tf.constant(normal(4, 16, 16, 1))
    level, next_level = tf.constant([0.9, 0.6, 0.5, 0.2])[:, None, None, None], 0.1
    (a, b), (c, d) = shares(level), shares(next_level)
    found, expected = denoise(a * clean + b * noise, noise, level, next_level)
    np.testing.assert_allclose(expected, clean, atol=1e-5, rtol=0)
    np.testing.assert_allclose(found, c * clean + d * noise, atol=1e-5, rtol=0)


def test_impossible_brightness_is_clipped_and_the_noise_made_to_fit():
    images = tf.constant([[[[5.0]]], [[[-5.0]]], [[[0.1]]]])
    found, clean = denoise(images, tf.zeros((3, 1, 1, 1)), 0.5, 0.25)
    (a, b), (c, d) = shares(0.5), shares(0.25)
    wanted = np.clip(np.ravel(images) / a, -1, 1)
    np.testing.assert_allclose(np.ravel(clean), wanted, atol=1e-6, rtol=0)
    left = (np.ravel(images) - a * wanted) / b
    np.testing.assert_allclose(np.ravel(found), c * wanted + d * left, atol=1e-5, rtol=0)


def knows(clean):
    """A denoiser that knows the clean images, and notes the levels that it is told."""
    levels = []

    def denoiser(inputs, training):
        images, told = inputs
        levels.append(np.ravel(told))
        of_image, of_noise = shares(told[:, :, None, None])
        return (images - of_image * clean) / of_noise

    return denoiser, levels


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_denoiser_that_knows_the_image_finds_it_in_any_number_of_steps(steps):
    denoiser, levels = knows(IMAGES[:3])
    found = paint(denoiser, normal(3, 16, 16, 1), steps)
    np.testing.assert_allclose(found, IMAGES[:3], atol=1e-4, rtol=0)
    told = np.array(levels)
    assert told.shape == (steps, 3) and (told == told[:, :1]).all()
    wanted = NOISIEST - (NOISIEST - CLEANEST) * np.arange(steps) / steps
    np.testing.assert_allclose(told[:, 0], wanted, atol=1e-6, rtol=0)


def test_many_steps_solve_what_can_be_solved_by_hand():
    """Of pixels N(0, s^2) the best denoiser is known, and so is where DDIM takes each noise to."""
    s, steps = 0.2, 400

    def best(inputs, training):
        images, told = inputs
        of_image, of_noise = shares(told[:, :, None, None])
        return of_noise * images / (of_image**2 * s**2 + of_noise**2)

    noise = normal(50, 4, 4, 1)
    last = NOISIEST - (NOISIEST - CLEANEST) * (steps - 1) / steps
    (a, b), (a_last, b_last) = ([float(share) for share in shares(level)] for level in (NOISIEST, last))
    first_variance, last_variance = a**2 * s**2 + b**2, a_last**2 * s**2 + b_last**2
    wanted = noise * a_last * s**2 / np.sqrt(first_variance * last_variance)
    found = np.asarray(tf.function(paint)(best, noise, steps))
    np.testing.assert_allclose(found, wanted, atol=0.01, rtol=0)
    assert found.std() == pytest.approx(s, abs=0.02)


def test_one_step_is_the_clean_image_that_the_network_expects(model):
    noise = tf.constant(normal(3, 16, 16, 1))
    told = tf.fill((3, 1), NOISIEST)
    seen = model.trained_generator([noise, told], training=False)
    _, clean = denoise(noise, seen, NOISIEST, CLEANEST)
    np.testing.assert_allclose(model(noise, steps=1), clean, atol=1e-5, rtol=0)


def test_images_are_within_their_range_and_depend_on_the_number_of_steps(model):
    noise = normal(3, 16, 16, 1)
    few, more = (model(noise, steps=steps).numpy() for steps in (2, 5))
    assert np.abs(few).max() <= 1 and np.abs(more).max() <= 1 and np.abs(few - more).max() > 0.01


def test_the_seed_decides_and_images_do_not_depend_on_their_batch(model, monkeypatch):
    a, b, c = (model.draw_latents(7, seed) for seed in (1, 1, 2))
    assert a.shape == (7, 16, 16, 1) and a.dtype == np.float32
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.1 and a.std() == pytest.approx(1, abs=0.1)
    whole = diffusion.sample(model.trained_generator, a, 3)
    monkeypatch.setattr(diffusion, "AT_ONCE", 3)
    parts = diffusion.sample(model.trained_generator, a, 3)
    assert whole.shape == (7, 16, 16, 1) and whole.dtype == np.float32
    np.testing.assert_allclose(parts, whole, atol=1e-4, rtol=0)
    np.testing.assert_allclose(whole, paint(model.trained_generator, a, 3), atol=1e-4, rtol=0)


def test_samples_are_those_of_the_averaged_weights(model):
    noise = model.draw_latents(2, 0)
    wanted = diffusion.sample(model.ema_generator, noise)
    np.testing.assert_array_equal(model.sample(noise, batches=2), wanted)
    assert np.abs(diffusion.sample(model.generator, noise) - wanted).max() > 1e-3


def scaled(weight):
    """A denoiser that says: so much of what I see is noise."""
    images, level = keras.Input((1, 1, 1)), keras.Input((1,))
    constant = keras.initializers.Constant(weight)
    noise = keras.layers.Dense(1, use_bias=False, kernel_initializer=constant)(images)
    return keras.Model([images, level], noise)


def test_a_step_equals_the_papers_by_hand():
    w, images = 0.3, np.float32([1.0, 0.5, -0.2])
    model = Diffusion(scaled(w), seed=3, ema=0.0)
    model.compile(keras.optimizers.SGD(0.1))
    seed = keras.random.SeedGenerator(3)
    levels = np.ravel(keras.random.uniform((3, 1), CLEANEST, NOISIEST, seed=seed))
    noise = np.ravel(keras.random.normal((3, 1, 1, 1), seed=seed))
    mixed = np.cos(levels * np.pi / 2) * images + np.sin(levels * np.pi / 2) * noise
    logs = model.train_step(tf.constant(images[:, None, None, None]))
    assert float(logs["loss"]) == pytest.approx(np.mean((noise - w * mixed) ** 2), abs=1e-5)
    slope = np.mean(-2 * (noise - w * mixed) * mixed)
    assert model.generator.get_weights()[0].item() == pytest.approx(w - 0.1 * slope, abs=1e-5)


def test_a_fresh_denoiser_takes_what_it_sees_for_noise():
    """Its velocity is 0, so that the noise is sin * image; the loss of that can be computed."""
    logs = TINY.build(3, "float32").train_step(tf.constant(IMAGES[:32]))
    seed = keras.random.SeedGenerator(3)
    levels = np.asarray(keras.random.uniform((32, 1), CLEANEST, NOISIEST, seed=seed))
    angles = np.pi / 2 * levels[..., None, None]
    noise = np.asarray(keras.random.normal((32, 16, 16, 1), seed=seed))
    mixed = np.cos(angles) * IMAGES[:32] + np.sin(angles) * noise
    loss = float(logs["loss"])
    assert loss == pytest.approx(np.mean((noise - np.sin(angles) * mixed) ** 2), abs=1e-5)
    assert loss == pytest.approx(0.5, abs=0.2)  # about the mean of cos^2


def test_it_learns_to_tell_noise_from_discs():
    model = TINY.change(["rate=0.005"]).build(0, "float32")
    data = tf.data.Dataset.from_tensor_slices(IMAGES).batch(16).repeat()
    losses = model.fit(data, steps_per_epoch=40, epochs=2, shuffle=False, verbose=0).history["loss"]
    assert losses[1] < 0.35 and losses[0] < 0.5


def test_the_seed_decides_a_training():
    def weights(seed):
        model = TINY.build(seed, "float32")
        for k in range(2):
            model.train_step(tf.constant(IMAGES[8 * k :][:8]))
        return model.generator.get_weights()

    a, b, c = (weights(seed) for seed in (0, 0, 1))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not all(np.array_equal(x, y) for x, y in zip(a, c, strict=True))
