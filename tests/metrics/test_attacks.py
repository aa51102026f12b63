"""Attacks: planted copies are found, controls lie around one half, and patients are the unit."""

import keras
import numpy as np
import pytest

from gancourse.metrics.attacks import (
    attack_patients,
    calibrated,
    control,
    discriminator_score,
    distance_score,
    found_at,
    inversion_score,
    per_patient,
    plant,
)
from gancourse.metrics.memorisation import membership

RNG = np.random.default_rng(0)


def faces(count, bias=0.0):
    """Smooth random images (count, 8, 8): no brain, but as unlike each other."""
    return np.clip(bias + 0.4 * RNG.standard_normal((count, 8, 8)), -0.99, 1).astype(np.float32)


def area(members, others):
    return membership(members, others, np.arange(len(members)), np.arange(len(others)))


def test_planted_copies_are_found_and_nobody_else():
    members, others, generated = faces(60), faces(60), faces(300)
    copied = plant(generated, members[:20])
    assert copied.shape == generated.shape and np.array_equal(copied[20:], generated[20:])
    found = area(distance_score(members[:20], copied), distance_score(others, copied))
    assert found.auc == 1.0 and found_at(found) == 1.0
    rest = area(distance_score(members[20:], copied), distance_score(others, copied))
    assert rest.low < 0.5 < rest.high and found_at(rest) < 0.3


def test_a_mirrored_copy_needs_the_mirror():
    members, others, generated = faces(20), faces(20), faces(100)
    copied = plant(generated, members[:, :, ::-1])
    aucs = [
        area(*(distance_score(some, copied, mirrored=m) for some in (members, others))).auc
        for m in (False, True)
    ]
    assert aucs[0] < 0.8 and aucs[1] == 1.0


def test_another_space_can_be_compared():
    members, generated = faces(5), faces(9)
    found = distance_score(members, generated, lambda x: np.reshape(x, (len(x), -1))[:, :3])
    gaps = members[:, None, 0, :3] - generated[None, :, 0, :3]
    np.testing.assert_allclose(found, -np.sqrt((gaps**2).mean(-1)).min(1), atol=1e-5)


def test_too_many_to_plant():
    with pytest.raises(ValueError, match="expected 3 at most"):
        plant(faces(3), faces(4))


def test_the_controls_lie_around_one_half():
    scores, patients = RNG.standard_normal(300), np.repeat(np.arange(100), 3)
    found = control(scores, patients)
    assert found.auc == pytest.approx(0.5, abs=0.02)
    assert 0.35 < found.low < 0.5 < found.high < 0.65
    fewer = control(scores[:60], patients[:60])
    assert fewer.high - fewer.low > 1.5 * (found.high - found.low)  # chance goes farther with fewer patients
    with pytest.raises(ValueError, match="four patients"):
        control(scores[:9], patients[:9])


def test_split_bias_looks_like_membership_and_calibration_removes_it():
    members, others, generated, elsewhere = (
        faces(150, 0.1),
        faces(150, -0.1),
        faces(200, 0.1),
        faces(200, 0.1),
    )
    scores = [distance_score(some, generated) for some in (members, others)]
    unseen = [distance_score(some, elsewhere) for some in (members, others)]
    assert area(*scores).low > 0.6  # and yet nobody was a member
    assert area(*unseen).low > 0.6  # which a generator that saw neither shows
    chance = control(scores[0], np.arange(150))
    assert chance.high < 0.6 < area(*scores).auc
    fair = area(*(calibrated(s, u) for s, u in zip(scores, unseen, strict=True)))
    assert fair.low < 0.55 and fair.auc < area(*scores).auc - 0.1


def test_scores_of_a_patients_slices_are_averaged():
    means, patients = per_patient(np.array([1.0, 4.0, 3.0, -2.0]), np.array([7, 3, 7, 3]))
    np.testing.assert_array_equal(patients, [3, 7])
    np.testing.assert_allclose(means, [1.0, 2.0], atol=1e-5)


def test_patients_are_told_apart_better_than_slices():
    patients = np.repeat(np.arange(60), 8)
    members, others = RNG.standard_normal(480) + 0.4, RNG.standard_normal(480)
    by_slice = membership(members, others, patients, patients + 60)
    by_patient = attack_patients(members, others, patients, patients + 60)
    assert by_patient.auc > by_slice.auc + 0.05
    assert by_patient.low < by_patient.auc < by_patient.high


def test_a_discriminator_is_surest_of_what_it_learned():
    members, others = faces(30), faces(30)
    images = keras.Input((8, 8, 1))
    logits = keras.layers.Dense(1)(keras.layers.Dense(64, "relu")(keras.layers.Flatten()(images)))
    discriminator = keras.Model(images, logits)
    before = area(*(discriminator_score(some, discriminator) for some in (members, others)))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=False)
    shown = np.concatenate([members, faces(30)])[..., None]
    discriminator.fit(shown, np.repeat([1.0, 0.0], 30)[:, None], epochs=30, batch_size=60, verbose=0)
    after = area(*(discriminator_score(some, discriminator) for some in (members, others)))
    assert after.auc > 0.9 > before.auc


def test_what_a_generator_can_paint_exactly_is_found():
    keras.utils.set_random_seed(0)
    latents = keras.Input((4,))
    wide = keras.layers.Dense(64, kernel_initializer="orthogonal")(latents)
    generator = keras.Model(latents, keras.layers.Reshape((8, 8, 1))(keras.layers.Activation("tanh")(wide)))
    painted = np.array(generator(RNG.standard_normal((6, 4)).astype(np.float32)))[..., 0]
    how = dict(draws=64, restarts=2, steps=60, prior=0.0)
    members, others = (inversion_score(some, generator, 4, **how) for some in (painted, faces(6)))
    assert members.min() > others.max() and area(members, others).auc == 1.0
