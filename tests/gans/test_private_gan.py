"""The private GAN: what one patient can do at most, the noise, and how patients are drawn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse.gans.private_gan import (
    PrivateGAN,
    clipped_sum,
    draw_patients,
    of_patients,
    poisson_batches,
)
from gancourse.training.private_training import PrivateRecipe

SMALL = PrivateRecipe(size=16, base=2, d_base=2, latent_dim=4, batch=8, fakes=4, d_steps=1, ema=0.0)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)


def length(gradients) -> float:
    return float(np.sqrt(sum(np.sum(np.square(g)) for g in gradients)))


def gradients(patients=8, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return [tf.constant(scale * rng.standard_normal((patients, *s)), tf.float32) for s in ((3, 2), (4,))]


@pytest.mark.parametrize("scale", [0.01, 1.0, 1e6])
def test_a_patient_moves_the_sum_by_the_clipping_length_at_most(scale):
    several, clip = gradients(scale=scale), 0.5
    whole = clipped_sum(several, clip)
    for k in range(8):
        without = clipped_sum([tf.concat([g[:k], g[k + 1 :]], 0) for g in several], clip)
        moved = length([a - b for a, b in zip(whole, without, strict=True)])
        own = length([g[k] for g in several])
        assert moved == pytest.approx(min(clip, own), rel=1e-3, abs=1e-5)


def test_a_short_gradient_is_left_alone():
    several = gradients(scale=1e-3)
    for clipped, plain in zip(clipped_sum(several, 1.0), several, strict=True):
        np.testing.assert_allclose(clipped, tf.reduce_sum(plain, 0), atol=1e-7)


def test_slices_of_a_patient_are_averaged_before():
    several = gradients(5)
    found = of_patients(several, tf.constant([7, 3, 7, 7, 3]))
    for by_patient, each in zip(found, several, strict=True):
        first, second = tf.reduce_mean(tf.gather(each, [0, 2, 3]), 0), tf.reduce_mean(each[1::3], 0)
        np.testing.assert_allclose(by_patient, tf.stack([first, second]), atol=1e-6)


def test_gradients_of_pairs_are_those_of_one_pair_alone():
    gan = SMALL.build()
    real, fake = IMAGES[:5], IMAGES[3:]
    found, real_logits, fake_logits = gan.pair_gradients(tf.constant(real), tf.constant(fake))
    for k in range(5):
        with tf.GradientTape() as tape:
            logits = [tf.reshape(gan.discriminator(some[k : k + 1]), []) for some in (real, fake)]
            loss = tf.nn.softplus(-logits[0]) + tf.nn.softplus(logits[1])  # two cross-entropies
        alone = tape.gradient(loss, gan.discriminator.trainable_variables)
        assert float(real_logits[k]) == pytest.approx(float(logits[0]), abs=1e-5)
        assert float(fake_logits[k]) == pytest.approx(float(logits[1]), abs=1e-5)
        for a, b in zip(found, alone, strict=True):
            np.testing.assert_allclose(a[k], b, atol=1e-5)


def step_of(images, patients, seed=0, **changes):
    """Take one step of plain gradient descent, and return by how much the discriminator moved."""
    gan = SMALL.build(0)
    gan.seed_generator = keras.random.SeedGenerator(seed)
    options = dict(expected=8, clip=0.1, noise=0.0, fakes=4) | changes
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(0.0), **options)
    before = [v.numpy() for v in gan.discriminator.trainable_variables]
    gan.train_step((tf.constant(images), tf.constant(patients)))
    return [b - v.numpy() for b, v in zip(before, gan.discriminator.trainable_variables, strict=True)]


def test_a_patient_with_many_slices_counts_as_one():
    once = step_of(IMAGES, np.arange(8))
    often = step_of(np.concatenate([IMAGES, *[IMAGES[:1]] * 9]), np.append(np.arange(8), [0] * 9))
    as_slices = step_of(np.concatenate([IMAGES, *[IMAGES[:1]] * 9]), np.arange(17))
    assert length([a - b for a, b in zip(once, often, strict=True)]) < 1e-5
    assert length([a - b for a, b in zip(once, as_slices, strict=True)]) > 0.05


def test_one_step_moves_by_one_patient_over_the_expected_number_at_most():
    with_all, without = step_of(IMAGES, np.arange(8)), step_of(IMAGES[1:], np.arange(1, 8))
    moved = length([a - b for a, b in zip(with_all, without, strict=True)])
    assert 0 < moved <= 0.1 / 8 + 1e-6  # divided by 8, not by the 7 who are there


def test_noise_has_the_announced_scale():
    plain = step_of(IMAGES, np.arange(8))
    noisy = step_of(IMAGES, np.arange(8), noise=20.0)
    added = np.concatenate([np.ravel(a - b) for a, b in zip(noisy, plain, strict=True)])
    assert added.std() == pytest.approx(20.0 * 0.1 / 8, rel=4 / np.sqrt(2 * added.size))
    assert abs(added.mean()) < 4 * added.std() / np.sqrt(added.size)
    again = step_of(IMAGES, np.arange(8), seed=1, noise=20.0)
    assert length([a - b for a, b in zip(again, noisy, strict=True)]) > 1


def test_noise_differs_between_variables_and_steps():
    gan = SMALL.build()
    drawn = [np.concatenate([np.ravel(n) for n in gan.draw_noise()]) for _ in range(2)]
    assert (drawn[0] != drawn[1]).all() and len(np.unique(drawn[0])) == len(drawn[0])


def test_generator_learns_at_every_so_manieth_step():
    gan = SMALL.change(["d_steps=3"]).build()
    batches = tf.data.Dataset.from_tensors((IMAGES, np.arange(8))).repeat(7)
    history = gan.fit(batches, epochs=1, verbose=0, shuffle=False).history
    assert (int(gan.d_optimizer.iterations), int(gan.g_optimizer.iterations)) == (7, 2)
    assert np.isfinite(history["d_loss"]).all() and np.isfinite(history["g_loss"]).all()


def test_nobody_drawn_is_a_step_of_noise():
    moved = step_of(IMAGES[:0], np.zeros(0, np.int64), noise=20.0)
    added = np.concatenate([np.ravel(m) for m in moved])
    assert added.std() == pytest.approx(20.0 * 0.1 / 8, rel=4 / np.sqrt(2 * added.size))


def test_a_patients_share_hangs_on_nobody_else():
    one = step_of(IMAGES[5:6], np.array([5]))
    for k in (2, 7):
        beside, alone = step_of(IMAGES[[k, 5]], np.array([k, 5])), step_of(IMAGES[k : k + 1], np.array([k]))
        for b, a, o in zip(beside, alone, one, strict=True):
            np.testing.assert_allclose(b, a + o, atol=1e-6)


def test_batch_normalisation_is_refused():
    generator, discriminator = SMALL.networks().change(["d_norm=batch"]).build_networks()
    with pytest.raises(ValueError, match="see each other"):
        PrivateGAN(generator, discriminator, latent_dim=4).compile(
            keras.optimizers.SGD(), keras.optimizers.SGD(), expected=8
        )


def test_every_patient_is_drawn_alone_with_all_slices():
    patients = np.repeat(np.arange(400), 3)
    draws = [draw_patients(patients, 0.25, 0, step) for step in range(50)]
    numbers = [len(rows) // 3 for rows in draws]
    assert all((np.unique(patients[rows], return_counts=True)[1] == 3).all() for rows in draws)
    assert np.mean(numbers) == pytest.approx(100, abs=4 * np.sqrt(75 / 50))
    assert np.var(numbers) == pytest.approx(75, rel=0.8)  # that of a binomial: not of one size
    np.testing.assert_array_equal(draws[3], draw_patients(patients, 0.25, 0, 3))
    assert len(draw_patients(patients, 0.0, 0, 0)) == 0


def test_so_many_slices_of_a_patient_at_most():
    patients = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 5))
    rows = draw_patients(patients, 1.0, 0, 0, most=2)
    assert (np.bincount(patients[rows]) == 2).all() and len(set(rows)) == 20
    assert not np.array_equal(rows, draw_patients(patients, 1.0, 0, 1, most=2))


def test_batches_go_on_where_they_were_stopped():
    images, patients = IMAGES[..., 0], np.arange(8) + 100
    from_start = list(poisson_batches(images, patients, 0.5, 3).take(5))
    later = list(poisson_batches(images, patients, 0.5, 3, first_step=3).take(2))
    for (a, p), (b, q) in zip(from_start[3:], later, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(p, q)
    assert len({len(a) for a, _ in from_start}) > 1


def test_epsilon_of_the_recipe():
    recipe = PrivateRecipe(batch=64, noise=1.0)
    assert recipe.epsilon(4096, 1000) == pytest.approx(3.31877, rel=1e-3)  # dp-accounting
    with pytest.raises(ValueError, match="expected 64 or more"):
        recipe.epsilon(63, 10)
