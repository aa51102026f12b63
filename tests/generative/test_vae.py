"""The variational autoencoder: each part of its bound against SciPy, a step, and that it learns."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from toy import discs

from gancourse.generative import vae
from gancourse.training.family_training import VAERecipe

TINY = VAERecipe().change(["size=16", "base=8", "batch_size=8", "latent_dim=4", "ema=0.9", "rate=0.002"])
IMAGES = discs(64)[..., None]
MEAN, LOG_VARIANCE = np.float32([[0.0, 0.0], [1.5, -0.3]]), np.float32([[0.0, 0.0], [-1.2, 0.4]])


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def trained(steps=3, seed=0):
    model = TINY.build(seed, "float32")
    for k in range(steps):
        logs = model.train_step(tf.constant(IMAGES[8 * (k % 8) :][:8]))
    return model, logs


def test_latents_are_drawn_and_gradients_flow_through_the_draw():
    noise = tf.constant(normal(2, 2))
    mean, log_variance = tf.Variable(MEAN), tf.Variable(LOG_VARIANCE)
    with tf.GradientTape() as tape:
        latents = vae.draw(mean, log_variance, noise)
        total = tf.reduce_sum(latents)
    deviation = np.exp(LOG_VARIANCE / 2)
    np.testing.assert_allclose(latents, MEAN + deviation * noise, atol=1e-6, rtol=0)
    of_mean, of_log_variance = tape.gradient(total, [mean, log_variance])
    np.testing.assert_allclose(of_mean, np.ones((2, 2)), atol=1e-6, rtol=0)
    np.testing.assert_allclose(of_log_variance, deviation * noise / 2, atol=1e-6, rtol=0)


def test_divergence_equals_the_integral_and_chance_agrees():
    found = vae.kl_to_normal(tf.constant(MEAN), tf.constant(LOG_VARIANCE)).numpy()
    assert found.shape == (2,) and found[0] == 0
    deviation = np.exp(LOG_VARIANCE[1] / 2)
    x = np.linspace(-12, 12, 20_001)[:, None]
    posterior = stats.norm(MEAN[1], deviation)
    log_ratio = posterior.logpdf(x) - stats.norm.logpdf(x)
    assert found[1] == pytest.approx(np.trapezoid(posterior.pdf(x) * log_ratio, x, axis=0).sum(), abs=1e-4)
    z = MEAN[1] + deviation * normal(200_000, 2)
    drawn = posterior.logpdf(z) - stats.norm.logpdf(z)
    assert found[1] == pytest.approx(drawn.sum(1).mean(), abs=0.03)


def test_reconstruction_is_a_likelihood_at_the_variance_that_fits_best():
    images, painted = normal(3, 4, 5, 1), normal(3, 4, 5, 1, seed=1)
    found = float(vae.reconstruction_nats(tf.constant(images), tf.constant(painted)))

    def nats(deviation):
        return -stats.norm.logpdf(images, painted, deviation).sum() / len(images)

    best = np.sqrt(np.mean((images - painted) ** 2))
    assert found == pytest.approx(nats(best), abs=1e-3)
    assert found < min(nats(0.9 * best), nats(1.1 * best)) - 0.1


def test_copied_pixels_leave_the_bound_finite():
    images = tf.constant(normal(3, 4, 5, 1))
    deviation = np.sqrt(vae.LEAST_VARIANCE)
    wanted = -20 * stats.norm.logpdf(deviation, scale=deviation)  # of 20 pixels with an error of that size
    assert float(vae.reconstruction_nats(images, images)) == pytest.approx(wanted, abs=1e-3)


def test_before_training_nothing_is_known_of_an_image():
    """Mean and log variance start at 0, so the divergence is 0 and all of the loss is reconstruction."""
    _, logs = trained(1)
    assert float(logs["kl"]) == 0 and float(logs["loss"]) == float(logs["reconstruction"])
    assert 16 * 16 * 0.4 < float(logs["loss"]) < 16 * 16 * 3  # nats for an image


def test_a_step_goes_down_the_slope_of_the_bound():
    model = TINY.build(0, "float32")
    model.compile(keras.optimizers.SGD(1e-4))
    encoder, decoder = (model.generator.get_layer(name) for name in ("encoder", "decoder"))
    last = encoder.layers[-1]
    last.set_weights([normal(*last.kernel.shape) / 10, normal(8, seed=1) / 2])  # it starts at 0
    images, noise = IMAGES[:8], keras.random.normal((8, 4), seed=keras.random.SeedGenerator(0))
    learning = [last.bias, decoder.trainable_weights[0]]
    with tf.GradientTape() as tape:
        mean, log_variance = tf.split(encoder(images, training=True), 2, axis=-1)
        painted = decoder(mean + tf.exp(log_variance / 2) * noise, training=True)
        kl = tf.reduce_mean(vae.kl_to_normal(mean, log_variance))
        loss = kl + vae.reconstruction_nats(images, painted)
    before, slopes = [v.numpy() for v in learning], tape.gradient(loss, [v.value for v in learning])
    logs = model.train_step(tf.constant(images))
    assert float(kl) > 1
    assert [float(logs[name]) for name in ("kl", "loss")] == pytest.approx([float(kl), float(loss)], abs=1e-2)
    assert float(logs["loss"]) == pytest.approx(float(logs["kl"] + logs["reconstruction"]), abs=1e-2)
    for old, slope, new in zip(before, slopes, learning, strict=True):
        assert np.abs(slope).max() > 1
        np.testing.assert_allclose((old - new.numpy()) / 1e-4, slope, atol=0.02 * np.abs(slope).max(), rtol=0)


def test_the_seed_decides_a_training():
    weights = [trained(seed=seed)[0].generator.get_weights() for seed in (0, 0, 1)]
    assert all(np.array_equal(a, b) for a, b in zip(*weights[:2], strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(*weights[1:], strict=True))


def test_the_bound_rises_and_the_code_tells_images_apart():
    model = TINY.build(0, "float32")
    data = tf.data.Dataset.from_tensor_slices(IMAGES).batch(8).repeat()
    losses = model.fit(data, steps_per_epoch=40, epochs=4, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[1] < losses[0] and losses[-1] < losses[0] - 60
    encoder, decoder = (model.generator.get_layer(name) for name in ("encoder", "decoder"))
    mean, log_variance = np.split(encoder(IMAGES, training=False).numpy(), 2, axis=-1)
    painted = decoder(mean, training=True).numpy()
    error, spread = np.mean((painted - IMAGES) ** 2), np.var(IMAGES - IMAGES.mean(0))
    assert error < spread and mean.std() > np.exp(log_variance / 2).mean()


def test_samples_are_images_and_the_seed_decides():
    model, _ = trained()
    a, b, c = (model.sample(model.draw_latents(5, seed), batches=2) for seed in (1, 1, 2))
    assert a.shape == (5, 16, 16, 1) and a.dtype == np.float32 and np.abs(a).max() <= 1
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 1e-3


def test_a_sample_leaves_the_statistics_as_they_were():
    model, _ = trained()
    before = [v.numpy() for v in model.trained_generator.non_trainable_variables]
    images = model.sample(model.draw_latents(4, 1), batches=2)
    after = [v.numpy() for v in model.trained_generator.non_trainable_variables]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert np.abs(images - model(model.draw_latents(4, 1)).numpy()).max() > 1e-3  # measured for the sample


def test_without_an_average_the_trained_halves_paint():
    model = TINY.change(["ema=0"]).build(0, "float32")
    assert model.ema_generator is None and model.trained_generator is model.generator
    assert model(model.draw_latents(2, 0)).shape == (2, 16, 16, 1)
