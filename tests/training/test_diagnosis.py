"""Trainings made sick on purpose are told from a healthy one, early and once."""

from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from toy import TINY, discs

from gancourse.project import project_root
from gancourse.training.diagnosis import EVERY, Diagnosis, StopOnNaN, TrainingDiverged

REAL = discs(64)


def fit(gan, steps=8 * EVERY, epochs=1, **options):
    """Train on random batches of discs, and return what was said."""
    diagnosis = Diagnosis(REAL, **options)
    batches = tf.data.Dataset.from_tensor_slices(REAL[..., None]).repeat().shuffle(64, seed=0).batch(8)
    gan.fit(
        batches,
        steps_per_epoch=steps // epochs,
        epochs=epochs,
        verbose=0,
        shuffle=False,
        callbacks=[diagnosis],
    )
    return diagnosis.warnings


def healthy(*changes):
    return TINY.change(["g_rate=2e-3", "d_rate=2e-3", "beta1=0.5", *changes]).build(0, "float32")


class IgnoreLatents(keras.layers.Layer):
    def call(self, latents):
        return tf.ones_like(latents)


@pytest.mark.parametrize("epochs", [1, 16])
def test_a_generator_that_ignores_its_latents(capfd, epochs):
    gan = healthy()
    latents = keras.Input((8,))
    deaf = keras.Model(latents, gan.generator(IgnoreLatents()(latents)))
    sick = type(gan)(deaf, gan.discriminator, latent_dim=8)
    sick.compile(keras.optimizers.Adam(2e-3, 0.5), keras.optimizers.Adam(2e-3, 0.5))
    warnings = fit(sick, 6 * EVERY, epochs)
    assert [text[:8] for text in warnings] == ["collapse"]
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert (
        len(lines) == 1
        and "step 200: collapse" in lines[0]
        and "g_rate" in lines[0]
        and "lesson 42" in lines[0]
    )


def test_a_discriminator_that_has_won(capfd):
    gan = healthy()
    gan.g_optimizer.learning_rate = 0.0
    warnings = fit(gan)
    assert len(warnings) == 1 and "the discriminator has won" in warnings[0] and "d_rate" in warnings[0]
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 1


def test_a_wasserstein_critic_has_no_accuracy():
    gan = healthy()
    gan.g_optimizer.learning_rate = 0.0
    assert fit(gan, has_accuracy=False) == []


@pytest.mark.parametrize("changes", [(), ("networks=resize", "loss=hinge"), ("r1=1", "d_norm=none")])
def test_nothing_is_said_of_a_healthy_training(changes):
    assert fit(healthy(*changes)) == []


def test_lesson_42s_failures_are_told_apart_by_their_recorded_curves():
    curves = pd.read_csv(project_root() / "data" / "results" / "failures.csv")
    said = {}
    for (failure, mended), run in curves.groupby(["failure", "mended"]):
        diagnosis = Diagnosis(REAL)
        diagnosis.looks = []
        for step, two in run.groupby((run["round"] - 1) // EVERY):  # two rows of 25 steps each
            means = two[["d_loss", "g_loss", "d_accuracy"]].mean().to_dict()
            diagnosis.looks.append(means | {"variety": two["variety"].iloc[-1]})
            diagnosis.set_model(SimpleNamespace(g_optimizer=SimpleNamespace(iterations=EVERY * (step + 1))))
            diagnosis.diagnose()
            for text in diagnosis.warnings:
                said.setdefault((failure, mended, text[:12]), EVERY * (step + 1))
    assert said == {
        ("collapse", 0, "collapse: it"): 300,
        ("checkerboard", 0, "the discrimi"): 250,  # it is sure of itself there, for a while
        ("winning discriminator", 0, "the discrimi"): 250,
        ("vanishing gradients", 0, "the discrimi"): 250,
    }


def test_looking_changes_nothing():
    def trained(callbacks):
        gan = healthy()
        batches = tf.data.Dataset.from_tensors(REAL[:8, ..., None]).repeat(2 * EVERY)
        gan.fit(batches, verbose=0, shuffle=False, callbacks=callbacks)
        return [v.numpy() for v in gan.variables]

    for watched, alone in zip(trained([Diagnosis(REAL)]), trained([]), strict=True):
        np.testing.assert_array_equal(watched, alone)


def test_a_huge_learning_rate_ends_in_one_line():
    gan = healthy()
    gan.g_optimizer.learning_rate = gan.d_optimizer.learning_rate = 1e30
    batches = tf.data.Dataset.from_tensors(REAL[:8, ..., None]).repeat(20)
    with pytest.raises(
        TrainingDiverged, match="loss is (nan|inf) at epoch 1, step .*lesson 42.*g_rate"
    ) as error:
        gan.fit(batches, verbose=0, shuffle=False, callbacks=[StopOnNaN()])
    assert "\n" not in str(error.value)
