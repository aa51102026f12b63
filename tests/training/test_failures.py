import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from failures import GeneratorGradient
from toy import TINY, discs

from gancourse.gans.latent import draw_latents
from gancourse.training.failures import FAILURES

IMAGES = discs(8)[..., None]


def test_a_mend_is_one_change():
    for name, failure in FAILURES.items():
        broken, mended = dataclasses.asdict(failure.recipe), dataclasses.asdict(failure.mend)
        changed = {key: value for key, value in mended.items() if value != broken[key]}
        assert len(changed) == 1 and changed == failure.change, name


def test_its_values_are_the_norm_of_the_generators_gradient():
    gan = TINY.build(precision="float32")
    gan.g_optimizer.learning_rate = gan.d_optimizer.learning_rate = 0.0
    gradient = GeneratorGradient(2)
    gan.fit(tf.data.Dataset.from_tensors(IMAGES).repeat(4), verbose=0, shuffle=False, callbacks=[gradient])
    assert [step for step, _ in gradient.values] == [2, 4]
    latents = draw_latents(64, 8, seed=2)
    with tf.GradientTape() as tape:
        loss = gan.g_loss(gan.discriminator(gan.generator(latents, training=True), training=True))
    gradients = tape.gradient(loss, gan.generator.trainable_variables)
    norm = np.sqrt(sum(np.square(g).sum() for g in gradients))
    assert [value for _, value in gradient.values] == pytest.approx([norm, norm], rel=1e-4)
