"""CycleGAN: losses by hand, what a step trains, the pools of older translations, going on bit for bit."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

from gancourse.gans import cyclegan
from gancourse.gans.cyclegan import CycleGAN, cycle_loss, swap
from gancourse.networks.cycle_networks import build_pair, build_patch_discriminator, build_translator
from gancourse.training import checkpoint

A, B = np.random.default_rng(0).uniform(-1, 1, (2, 4, 16, 16, 1)).astype(np.float32)
NETWORKS = ("to_b", "to_a", "of_a", "of_b")


def small(seed=0, rate=1e-2, ema=0.0, **options):
    keras.utils.set_random_seed(0)
    translators = build_pair(*(build_translator(1, (4, 8), name) for name in ("to_b", "to_a")), 16)
    judges = build_pair(*(build_patch_discriminator(1, (4, 4), name) for name in ("of_a", "of_b")), 16)
    model = CycleGAN(translators, judges, seed, ema)
    model.compile(keras.optimizers.Adam(rate, 0.5), keras.optimizers.Adam(rate, 0.5), **options)
    return model


def step(model, a=A, b=B):
    """Train once, and return what the step reports."""
    return {name: float(value) for name, value in model.train_step((tf.constant(a), tf.constant(b))).items()}


def weights(model):
    return {name: [v.numpy() for v in getattr(model, name).trainable_variables] for name in NETWORKS}


def changed(before, after):
    return {
        name
        for name in NETWORKS
        if any((x != y).any() for x, y in zip(before[name], after[name], strict=True))
    }


def test_the_cycle_loss_is_a_mean_absolute_difference():
    images = np.array([0.5, -1.0, 0.0, 1.0], np.float32).reshape(1, 2, 2, 1)
    assert float(cycle_loss(images, images)) == 0
    assert float(cycle_loss(images, images + [[[[0.1], [-0.3]], [[0.0], [0.0]]]])) == pytest.approx(
        0.1, abs=1e-6
    )


def test_the_losses_are_the_papers():
    """With learning rates of 0 all that a step reports can be computed beside it."""
    model = small(rate=0.0, lambda_cycle=7.0)
    found = step(model)
    as_b, as_a = (np.asarray(net(x)) for net, x in ((model.to_b, A), (model.to_a, B)))
    cycle = np.abs(model.to_a(as_b) - A).mean() + np.abs(model.to_b(as_a) - B).mean()
    real_a, real_b, fake_a, fake_b = (
        np.asarray(net(x)) for net, x in zip((model.of_a, model.of_b) * 2, (A, B, as_a, as_b), strict=True)
    )
    adversarial = ((fake_a - 1) ** 2).mean() / 2 + ((fake_b - 1) ** 2).mean() / 2
    judged = [((x - 1) ** 2).mean() / 2 for x in (real_a, real_b)] + [
        ((x + 1) ** 2).mean() / 2 for x in (fake_a, fake_b)
    ]
    right = [(x > 0).mean() for x in (real_a, real_b)] + [(x < 0).mean() for x in (fake_a, fake_b)]
    assert found["cycle"] == pytest.approx(cycle, abs=1e-5)
    assert found["g_loss"] == pytest.approx(adversarial + 7 * cycle, abs=1e-4)
    assert found["d_loss"] == pytest.approx(sum(judged), abs=1e-5)
    assert found["d_accuracy"] == pytest.approx(np.mean(right), abs=1e-6)


def test_a_step_trains_all_four_networks():
    model = small()
    before = weights(model)
    step(model)
    assert changed(before, weights(model)) == set(NETWORKS)


@pytest.mark.parametrize(("still", "trained"), [("g", {"of_a", "of_b"}), ("d", {"to_a", "to_b"})])
def test_learning_of_one_side_leaves_the_other(still, trained):
    model = small()
    getattr(model, f"{still}_optimizer").learning_rate = 0.0
    before = weights(model)
    step(model)
    assert changed(before, weights(model)) == trained


def test_each_half_learns_from_the_other_set():
    """Without the cycle loss, a translator is taught by the discriminator of the set it translates to."""
    for one, judge in (("to_b", "of_b"), ("to_a", "of_a")):
        model = small(lambda_cycle=0.0)
        for weight in getattr(model, judge).weights:
            weight.assign(tf.zeros_like(weight))  # this discriminator has nothing to say
        model.d_optimizer.learning_rate = 0.0
        before = weights(model)
        step(model)
        assert one not in changed(before, weights(model)) != set()


def test_it_learns_to_undo_what_it_did():
    model = small(lambda_cycle=10.0)
    discs = toy.discs(4)[..., None]
    data = tf.data.Dataset.from_tensors((discs, -discs[:, ::-1])).repeat(40)
    history = model.fit(data, epochs=2, steps_per_epoch=20, verbose=0, shuffle=False).history
    assert set(history) == {"g_loss", "cycle", "d_loss", "d_accuracy"}
    assert history["cycle"][-1] < 0.7 * history["cycle"][0]


def test_the_learner_s_functions_are_used():
    seen = []

    def my_cycle(images, returned):
        seen.append("cycle")
        return tf.reduce_mean(tf.square(images - returned))

    def my_swap(pool, images, places, chosen):
        seen.append("swap")
        return pool, images

    step(small(cycle=my_cycle, swap=my_swap))
    assert seen.count("cycle") == 2 and seen.count("swap") == 2


# The pool of older translations


def flat(*values):
    """Images of 2 x 2 pixels, each of one value."""
    return np.broadcast_to(np.array(values, np.float32)[:, None, None, None], (len(values), 2, 2, 1)).copy()


def values(images):
    return np.asarray(images)[:, 0, 0, 0].tolist()


def test_chosen_images_change_places_with_older_ones():
    pool, images = flat(10, 11, 12, 13, 14), flat(1, 2, 3)
    kept, shown = swap(
        tf.constant(pool), tf.constant(images), tf.constant([4, 0, 2]), tf.constant([True, False, True])
    )
    assert values(shown) == [14, 2, 12] and values(kept) == [10, 11, 3, 13, 1]
    for all_or_none in (True, False):
        kept, shown = swap(
            tf.constant(pool), tf.constant(images), tf.constant([1, 2, 3]), tf.fill((3,), all_or_none)
        )
        assert sorted(values(kept) + values(shown)) == sorted(
            values(pool) + values(images)
        )  # nothing is lost
        assert (values(shown) == values(images)) == (not all_or_none)


@pytest.fixture
def pool_of_eight(monkeypatch):
    monkeypatch.setattr(cyclegan, "POOL", 8)


def pass_through(model, steps, count=4):
    """Give a pool translations of values 0, 1, 2, ...: what it holds and what is shown after each step."""
    pool = keras.Variable(tf.zeros((cyclegan.POOL, 2, 2, 1)), trainable=False)
    told = []
    for k in range(steps):
        model.g_optimizer.iterations.assign(k)
        shown = model.from_pool(pool, tf.constant(flat(*range(k * count, (k + 1) * count))))
        told.append((values(pool), values(shown)))
    return told


def test_a_pool_fills_first_and_then_gives_half_back(pool_of_eight):
    told = pass_through(small(), 300)
    assert told[0] == ([0, 1, 2, 3, 0, 0, 0, 0], [0, 1, 2, 3])
    assert told[1] == (list(range(8)), [4, 5, 6, 7])  # full
    old, known = [], set(range(8))
    for k, (pool, shown) in enumerate(told[2:], start=2):
        new = set(range(4 * k, 4 * k + 4))
        assert len(set(pool)) == 8 and len(set(shown)) == 4
        assert set(pool) | set(shown) == known | new  # nothing is lost, nothing appears twice
        known = set(pool)
        old.extend(value not in new for value in shown)
    assert 0.45 < np.mean(old) < 0.55
    ages = [k - value // 4 for k, (_, shown) in enumerate(told) for value in shown]
    assert 8 < max(ages) < 100


def test_the_discriminators_are_shown_what_comes_from_the_pools(pool_of_eight):
    """Only `swap` may change what they see: with another one, they learn something else."""
    other = small(swap=lambda pool, images, places, chosen: (pool, -images))
    plain = small()
    for k in range(4):
        for model in (plain, other):
            step(model)
        same = np.array_equal(plain.of_b.get_weights()[0], other.of_b.get_weights()[0])
        assert same == (k < 2)  # the pool fills in the first two steps


def test_the_seed_decides_what_the_pools_give(pool_of_eight):
    one, same, other = (pass_through(small(seed), 12) for seed in (1, 1, 2))
    assert one == same and one[:2] == other[:2] and one != other


def test_both_pools_hold_their_own_translations():
    model = small(rate=0.0)
    step(model)
    for pool, network, images in zip(model.pools, (model.to_b, model.to_a), (A, B), strict=True):
        np.testing.assert_allclose(pool.numpy()[: len(images)], network(images), atol=1e-5)
        assert not pool.numpy()[len(images) :].any()


# What remains


def test_averaged_translators_are_what_is_used():
    model = small(ema=0.9)
    before = model.generator.get_weights()
    step(model)
    keep = min(0.9, 2 / 11)
    for old, new, mean in zip(
        before, model.generator.get_weights(), model.ema_generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(mean, keep * old + (1 - keep) * new, atol=1e-6)
    average, _ = model.ema_generator([A, B], training=False)
    np.testing.assert_allclose(model(A), average, atol=1e-6)
    assert np.abs(model(A) - model.to_b(A)).max() > 1e-4


def test_a_checkpoint_goes_on_bit_for_bit(tmp_path, pool_of_eight):
    batches = np.random.default_rng(1).uniform(-1, 1, (6, 2, *A.shape)).astype(np.float32)
    first, second = (small(ema=0.9) for _ in range(2))
    for a, b in batches[:3]:  # the pools are full, and have been drawn from
        step(first, a, b)
    checkpoint.save(first, tmp_path / "c.npz", {"settings": {}, "history": []})
    checkpoint.load(second, tmp_path / "c.npz")
    for a, b in batches[3:]:
        for model in (first, second):
            step(model, a, b)
    states = [checkpoint.state_of(model) for model in (first, second)]
    assert {name.split(".")[0] for name in states[0]} >= {"pool", "seed", "ema"}
    for name, variable in states[0].items():
        np.testing.assert_array_equal(variable.numpy(), states[1][name].numpy(), err_msg=name)
