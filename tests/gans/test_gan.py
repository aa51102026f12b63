import keras
import numpy as np
import pytest
import tensorflow as tf
from toy import TINY, discs

from gancourse.gans.averaging import recalibrate
from gancourse.gans.gan import GAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.regularised_gan import RegularisedGAN
from gancourse.losses import LOSSES
from gancourse.training.variants import VARIANTS, variant

IMAGES = discs(8)[..., None]
WASSERSTEIN = {"d_loss": LOSSES["wasserstein"][0], "g_loss": LOSSES["wasserstein"][1]}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def linear_gan(w, v, g_rate=0.1, d_rate=0.1, algorithm=RegularisedGAN, **options):
    """G(z) = w z and D(x) = v x on images of one pixel, so that a step can be done by hand."""

    def one_weight(value, shape):
        return keras.Sequential(
            [
                keras.Input((1,) if shape is None else shape),
                keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(value)),
            ]
        )

    generator = keras.Sequential([*one_weight(w, None).layers, keras.layers.Reshape((1, 1, 1))])
    gan = algorithm(generator, one_weight(v, (1, 1, 1)), latent_dim=1, seed=3)
    gan.compile(keras.optimizers.SGD(d_rate), keras.optimizers.SGD(g_rate), **options)
    return gan


@pytest.mark.parametrize("r1", [0.0, 0.5])
def test_one_step_equals_the_papers_by_hand(r1):
    w, v, x = 0.7, -0.4, np.array([1.0, 0.5, -0.2], np.float32)
    z = np.ravel(keras.random.normal((3, 1), seed=keras.random.SeedGenerator(3)))
    gan = linear_gan(w, v, r1=r1) if r1 else linear_gan(w, v, algorithm=GAN)
    logs = gan.train_step(tf.constant(x[:, None, None, None]))
    fake = w * z
    d_loss = np.mean(np.log1p(np.exp(-v * x))) + np.mean(np.log1p(np.exp(v * fake))) + r1 / 2 * v**2
    slope = np.mean(-(1 - sigmoid(v * x)) * x) + np.mean(sigmoid(v * fake) * fake) + r1 * v
    new_v = v - 0.1 * slope
    g_loss = np.mean(np.log1p(np.exp(-new_v * fake)))  # against the discriminator that has just learned
    new_w = w - 0.1 * np.mean(-(1 - sigmoid(new_v * fake)) * new_v * z)
    assert float(logs["d_loss"]) == pytest.approx(d_loss, abs=1e-6)
    assert float(logs["g_loss"]) == pytest.approx(g_loss, abs=1e-6)
    assert gan.discriminator.get_weights()[0].item() == pytest.approx(new_v, abs=1e-6)
    assert gan.generator.get_weights()[0].item() == pytest.approx(new_w, abs=1e-6)
    assert float(logs["d_accuracy_real"]) == pytest.approx(np.mean(v * x > 0), abs=1e-6)
    assert float(logs["d_accuracy_fake"]) == pytest.approx(np.mean(v * fake < 0), abs=1e-6)
    both = (np.mean(v * x > 0) + np.mean(v * fake < 0)) / 2
    assert float(logs["d_accuracy"]) == pytest.approx(both, abs=1e-6)


def test_gradient_penalty_of_a_line_by_hand():
    v, x = -0.4, np.array([1.0, 0.5, -0.2], np.float32)  # D(x) = v x has the slope v everywhere
    plain, punished = (linear_gan(0.7, v, gradient_penalty=p, **WASSERSTEIN) for p in (0.0, 10.0))
    losses = [float(g.train_step(tf.constant(x[:, None, None, None]))["d_loss"]) for g in (plain, punished)]
    assert losses[1] - losses[0] == pytest.approx(10 * (0.4 - 1) ** 2, abs=1e-4)
    found = [g.discriminator.get_weights()[0].item() for g in (plain, punished)]
    slope = 10 * 2 * (0.4 - 1) * -1  # d 10 (|v| - 1)^2 / d v
    assert found[1] - found[0] == pytest.approx(-0.1 * slope, abs=1e-4)


def test_penalty_is_taken_between_real_and_fake_images():
    gan = linear_gan(0.7, -0.4)
    real, fake = tf.fill((400, 1, 1, 1), 1.0), tf.fill((400, 1, 1, 1), tf.constant(-1.0, tf.bfloat16))
    between = np.ravel(gan.interpolate(real, fake))
    assert -1 <= between.min() < -0.9 and 0.9 < between.max() <= 1 and abs(between.mean()) < 0.1


def test_discriminator_takes_its_turns_on_new_images_each():
    v, x = -0.4, np.array([1.0, 0.5, -0.2, 0.3], np.float32)
    gan = linear_gan(0.7, v, g_rate=0.0, d_steps=2, **WASSERSTEIN)
    seed = keras.random.SeedGenerator(3)
    fakes = [0.7 * np.ravel(keras.random.normal((2, 1), seed=seed)) for _ in range(2)]
    gan.train_step(tf.constant(x[:, None, None, None]))
    assert (gan.d_optimizer.iterations, gan.g_optimizer.iterations) == (2, 1)
    moved = sum(0.1 * (half.mean() - fake.mean()) for half, fake in zip((x[:2], x[2:]), fakes, strict=True))
    assert gan.discriminator.get_weights()[0].item() == pytest.approx(v + moved, abs=1e-6)


def test_noise_falls_to_nothing():
    gan = linear_gan(0.7, -0.4, noise=0.4, noise_steps=4)
    sizes = []
    for _ in range(6):
        sizes.append(float(gan.present_noise()))
        gan.train_step(tf.zeros((2, 1, 1, 1)))
    assert sizes == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.0, 0.0], abs=1e-6)
    images = tf.ones((3, 1, 1, 1))
    np.testing.assert_allclose(gan.discriminate(images), gan.discriminator(images), atol=1e-6)
    assert np.std(linear_gan(0.7, -0.4, noise=0.4).discriminate(tf.ones((50, 1, 1, 1)))) > 0.05


def test_augmentation_is_on_what_the_discriminator_sees_only():
    gan = TINY.change(["augment=true"]).build(precision="float32")
    images, seen = tf.constant(IMAGES), []
    discriminator = gan.discriminator
    gan.discriminator = lambda images, training: (
        seen.append(images) or discriminator(images, training=training)
    )
    for _ in range(2):
        gan.discriminate(images)
    gan.gradient(images)  # penalties are of images as they are
    assert np.abs(seen[0] - seen[1]).max() > 0.1 and np.abs(seen[0] - IMAGES).max() > 0.1
    np.testing.assert_array_equal(seen[2], IMAGES)


@pytest.mark.parametrize("name", list(VARIANTS))
@pytest.mark.parametrize("still", ["generator", "discriminator"])
def test_learning_of_one_leaves_the_other(still, name):
    recipe = variant(name, TINY)
    gan = recipe.build(precision="float32")
    optimizers = {"generator": gan.g_optimizer, "discriminator": gan.d_optimizer}
    optimizers[still].learning_rate = 0.0
    before = {name: [v.numpy() for v in getattr(gan, name).trainable_variables] for name in optimizers}
    gan.train_step(tf.constant(np.repeat(IMAGES, recipe.d_steps, axis=0)))
    for name in optimizers:
        after = [v.numpy() for v in getattr(gan, name).trainable_variables]
        equal = [np.array_equal(a, b) for a, b in zip(before[name], after, strict=True)]
        assert all(equal) if name == still else sum(equal) <= 1  # the slope at the last bias may be 0


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", list(VARIANTS))
def test_every_variant_trains(name, precision):
    recipe = variant(name, TINY)
    gan = recipe.build(0, precision)
    before = gan.generator.get_weights()
    batches = tf.data.Dataset.from_tensors(np.repeat(IMAGES, recipe.d_steps, axis=0)).repeat(3)
    history = gan.fit(batches, epochs=1, verbose=0, shuffle=False).history
    assert np.isfinite(history["d_loss"]).all() and np.isfinite(history["g_loss"]).all()
    after = gan.generator.get_weights()
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    assert all(np.isfinite(a).all() for a in after)
    assert {w.dtype for w in gan.weights if "seed" not in w.path} == {"float32"}
    assert np.isfinite(gan.sample(draw_latents(4, 8))).all()


def fitted(seed=0, epochs=2, recipe=TINY, **options):
    gan = recipe.build(seed, "float32")
    gan.fit(
        tf.data.Dataset.from_tensors(IMAGES).repeat(3), epochs=epochs, verbose=0, shuffle=False, **options
    )
    return gan


def test_the_seed_decides():
    first, again, other = (fitted(seed, 1).sample(draw_latents(4, 8)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


@pytest.fixture(scope="module")
def gan():
    """One after six steps."""
    return fitted()


def test_history_has_the_curves(gan):
    assert set(gan.history.history) == {
        "d_loss",
        "g_loss",
        "d_accuracy",
        "d_accuracy_real",
        "d_accuracy_fake",
    }
    assert len(gan.history.history["d_loss"]) == 2


@pytest.mark.parametrize(
    ("precision", "changes"),
    [
        ("float32", ["networks=resize", "loss=hinge", "noise=0.1"]),
        ("bfloat16", ["d_norm=none", "minibatch_std=true", "r1=1", "paper_init=true", "smooth=0.1"]),
    ],
)
def test_hacks_train(precision, changes):
    gan = TINY.change(changes).build(0, precision)
    before = gan.generator.get_weights()
    history = gan.fit(tf.data.Dataset.from_tensors(IMAGES), epochs=2, verbose=0, shuffle=False).history
    assert np.isfinite(history["d_loss"]).all() and np.isfinite(history["g_loss"]).all()
    assert any((a != b).any() for a, b in zip(before, gan.generator.get_weights(), strict=True))
    assert {w.dtype for w in gan.weights if "seed" not in w.path} == {"float32"}


def test_averaged_generator_by_hand():
    gan = TINY.build(precision="float32")
    before = gan.generator.get_weights()
    gan.train_step(tf.constant(IMAGES))
    keep = min(0.9, 2 / 11)
    for old, new, average in zip(
        before, gan.generator.get_weights(), gan.ema_generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(average, keep * old + (1 - keep) * new, atol=1e-6)
    latents = draw_latents(2, 8)
    np.testing.assert_array_equal(gan(latents), gan.ema_generator(latents, training=False))


def test_samples_of_a_young_gan_vary_and_leave_no_trace():
    gan = TINY.build(precision="float32")
    before = [w.numpy() for w in gan.weights]
    latents = draw_latents(128, 8, seed=1)
    images = gan.sample(latents)
    np.testing.assert_allclose(gan.sample(latents[:3]), images[:3], atol=1e-5)
    for old, new in zip(before, gan.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    assert images.std(0).mean() > 5 * np.std(gan(latents), 0).mean()
    assert np.abs(images - gan.ema_generator(latents, training=True)).mean() < 0.12


def test_recalibration_gives_the_statistics_of_the_present_weights(gan):
    generator, latents = gan.ema_generator, draw_latents(512, 8, seed=9)
    weights = [v.numpy() for v in generator.trainable_variables]
    as_batch = np.array(generator(latents, training=True))
    before = np.abs(generator(latents, training=False) - as_batch).mean()
    recalibrate(generator, 8)
    after = np.abs(generator(latents, training=False) - as_batch).mean()
    assert after < 0.05 and after < before / 3
    norms = [n for n in generator.layers if isinstance(n, keras.layers.BatchNormalization)]
    assert norms and all(n.momentum == 0.99 for n in norms)
    for old, new in zip(weights, generator.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_discriminator_overfits_one_batch():
    _, discriminator = TINY.build_networks()
    images = np.concatenate([IMAGES, np.random.default_rng(0).permuted(IMAGES, axis=1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=False)
    labels = np.repeat([1.0, 0.0], 8).reshape(-1, 1, 1, 1)
    discriminator.fit(tf.data.Dataset.from_tensors((images, labels)).repeat(40), verbose=0, shuffle=False)
    assert loss(labels, discriminator(images, training=True)) < 0.02


def test_generator_overfits_one_batch():
    keras.utils.set_random_seed(0)
    generator, _ = TINY.change(["base=8"]).build_networks()
    generator.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=False)
    latents = draw_latents(8, 8)
    generator.fit(tf.data.Dataset.from_tensors((latents, IMAGES)).repeat(120), verbose=0, shuffle=False)
    assert np.mean((generator(latents, training=True) - IMAGES) ** 2) < 0.02 * np.mean(IMAGES**2)


def test_saves_and_loads_as_keras_does(gan, tmp_path):
    gan.save_weights(tmp_path / "gan.weights.h5")
    other = TINY.build(1, "float32")
    latents = draw_latents(3, 8)
    assert np.abs(other.sample(latents) - gan.sample(latents)).max() > 1e-3
    other.load_weights(tmp_path / "gan.weights.h5")
    np.testing.assert_array_equal(other.sample(latents), gan.sample(latents))
