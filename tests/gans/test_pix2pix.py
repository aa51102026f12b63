import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse import losses
from gancourse.gans.pix2pix import Pix2Pix, as_maps, reconstruction_loss
from gancourse.networks.patchgan import build_patchgan
from gancourse.networks.unet import build_unet
from gancourse.training import checkpoint

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (4, 16, 16, 2)).astype(np.float32)
LABELS = (IMAGES[..., 0] > 0.3).astype(np.uint8) + (IMAGES[..., 0] > 0.7)
PICTURES = np.tanh(IMAGES[..., :1] - IMAGES[..., 1:])


def pix2pix(
    heads=None, discriminator=True, activation=None, rate=1e-2, lambda_=100.0, dropout=0.0, **options
):
    keras.utils.set_random_seed(0)
    heads = heads or {"labels": 3}
    generator = build_unet(2, heads, (8, 16), refine=1, activation=activation, dropout=dropout)
    judge = build_patchgan(2, sum(heads.values()), (8, 8)) if discriminator else None
    model = Pix2Pix(generator, judge, **options)
    d_optimizer = keras.optimizers.Adam(rate, 0.5) if discriminator else None
    model.compile(d_optimizer, keras.optimizers.Adam(rate, 0.5), lambda_reconstruction=lambda_)
    return model


def batches(targets, repeats=1):
    return tf.data.Dataset.from_tensors((IMAGES, targets)).repeat(repeats)


def fit(model, targets, repeats=1):
    model.fit(batches(targets, repeats), verbose=0, shuffle=False)
    return model


TARGETS = {
    "labels": (LABELS, {"labels": 3}, None),
    "image": (PICTURES, {"image": 1}, "tanh"),
    "both": ({"a": LABELS, "b": PICTURES}, {"a": 3, "b": 1}, None),
}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("discriminator", [True, False])
def test_trains_towards_each_kind_of_target(name, discriminator):
    targets, heads, activation = TARGETS[name]
    model = pix2pix(heads, discriminator, activation)
    before = float(model.reconstruct(targets, model(IMAGES, training=True)))
    fit(model, targets, 30)
    assert float(model.reconstruct(targets, model(IMAGES, training=True))) < 0.7 * before
    names = {"g_loss", "reconstruction"} | ({"d_loss", "d_accuracy"} if discriminator else set())
    assert set(model.history.history) == names


def test_overfits_one_batch():
    model = fit(pix2pix(), LABELS, 120)
    found = np.argmax(model.generator(IMAGES, training=True), -1)
    assert np.mean(found == LABELS) > 0.99


@pytest.mark.parametrize("still", ["generator", "discriminator"])
def test_learning_of_one_leaves_the_other(still):
    model = pix2pix()
    optimizers = {"generator": model.g_optimizer, "discriminator": model.d_optimizer}
    optimizers[still].learning_rate = 0.0
    before = {name: [v.numpy() for v in getattr(model, name).trainable_variables] for name in optimizers}
    model.train_step((tf.constant(IMAGES), tf.constant(LABELS)))
    for name in optimizers:
        after = [v.numpy() for v in getattr(model, name).trainable_variables]
        equal = [np.array_equal(a, b) for a, b in zip(before[name], after, strict=True)]
        assert all(equal) if name == still else not all(equal)


def test_the_losses_are_the_papers():
    """With learning rates of 0 all that a step reports can be computed beside it."""
    model = pix2pix({"image": 1}, activation="tanh", rate=0.0, lambda_=7.0)
    logs = {k: float(v) for k, v in model.train_step((tf.constant(IMAGES), tf.constant(PICTURES))).items()}
    fake = model.generator(IMAGES, training=True).numpy()
    real_logits = model.discriminator([IMAGES, PICTURES], training=True).numpy()
    fake_logits = model.discriminator([IMAGES, fake], training=True).numpy()
    d_loss = (np.log1p(np.exp(-real_logits)).mean() + np.log1p(np.exp(fake_logits)).mean()) / 2
    l1 = np.abs(fake - PICTURES).mean()
    assert logs["d_loss"] == pytest.approx(d_loss, abs=1e-5)
    assert logs["reconstruction"] == pytest.approx(l1, abs=1e-6)
    assert logs["g_loss"] == pytest.approx(7 * l1 + np.log1p(np.exp(-fake_logits)).mean(), abs=1e-5)
    right = ((real_logits > 0).mean() + (fake_logits < 0).mean()) / 2
    assert logs["d_accuracy"] == pytest.approx(right, abs=1e-6)


def test_the_adversary_moves_the_generator():
    with_it, without = (fit(pix2pix(discriminator=d, lambda_=0.0), LABELS) for d in (True, False))
    start = pix2pix().generator.get_weights()
    moved = [
        max(np.abs(a - b).max() for a, b in zip(start, m.generator.get_weights(), strict=True) if a.ndim == 4)
        for m in (with_it, without)
    ]
    assert moved[0] > 1e-3 and moved[1] == 0


def test_unknown_labels_teach_nothing_and_are_hidden_from_the_discriminator():
    labels = LABELS.copy()
    labels[:, :8] = losses.IGNORE
    logits = tf.constant(RNG.standard_normal((4, 16, 16, 3)), tf.float32)
    other = tf.concat([-logits[:, :8], logits[:, 8:]], 1)
    assert float(reconstruction_loss(tf.constant(labels), logits)) == pytest.approx(
        float(reconstruction_loss(tf.constant(labels), other)), abs=1e-6
    )
    real, fake = as_maps(tf.constant(labels), logits)
    assert not np.any(real[:, :8]) and not np.any(fake[:, :8])
    np.testing.assert_allclose(np.sum(fake[:, 8:], -1), 1, atol=1e-5)
    np.testing.assert_array_equal(np.argmax(real[:, 8:], -1), LABELS[:, 8:])


def test_use_is_deterministic_and_dropout_is_not():
    model = pix2pix(dropout=0.5)
    np.testing.assert_array_equal(model(IMAGES), model(IMAGES))
    np.testing.assert_array_equal(model.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))
    model = fit(model, LABELS, 3)
    a, b = (model.generator(IMAGES, training=True) for _ in range(2))
    assert np.abs(a - b).max() > 1e-3


def test_averaged_generator_is_what_is_used():
    model = pix2pix(ema=0.9)
    before = model.generator.get_weights()
    model.train_step((tf.constant(IMAGES), tf.constant(LABELS)))
    keep = min(0.9, 2 / 11)
    after, average = model.generator.get_weights(), model.ema_generator.get_weights()
    for old, new, mean in zip(before, after, average, strict=True):
        np.testing.assert_allclose(mean, keep * old + (1 - keep) * new, atol=1e-6)
    np.testing.assert_array_equal(model(IMAGES), model.ema_generator(IMAGES, training=False))


@pytest.mark.parametrize("discriminator", [True, False])
def test_a_checkpoint_goes_on_bit_for_bit(discriminator, tmp_path):
    def model():
        return pix2pix(discriminator=discriminator, dropout=0.5, ema=0.9)

    first = fit(model(), LABELS, 2)
    checkpoint.save(first, tmp_path / "c.npz", {"settings": {}, "history": []})
    second = model()
    checkpoint.load(second, tmp_path / "c.npz")
    for each in (first, second):
        fit(each, LABELS, 2)
    np.testing.assert_array_equal(first(IMAGES), second(IMAGES))


def test_validation_is_of_the_network_in_use():
    model = fit(pix2pix(), LABELS, 2)
    found = model.evaluate(batches(LABELS), verbose=0, return_dict=True)
    expected = float(reconstruction_loss(tf.constant(LABELS), model(IMAGES)))
    assert found["reconstruction"] == pytest.approx(expected, abs=1e-5)
