import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from toy import TINY, discs

from gancourse.gans.gan import draw_latents
from gancourse.training.failures import FAILURES, GeneratorSlope

IMAGES = discs(8)[..., None]


def test_a_mend_is_one_change():
    for name, failure in FAILURES.items():
        broken, mended = dataclasses.asdict(failure.recipe), dataclasses.asdict(failure.mend)
        changed = {key: value for key, value in mended.items() if value != broken[key]}
        assert len(changed) == 1 and changed == failure.change, name


def test_slope_is_the_length_of_the_generators_gradient():
    gan = TINY.build(precision="float32")
    gan.g_optimizer.learning_rate = gan.d_optimizer.learning_rate = 0.0
    slope = GeneratorSlope(2)
    gan.fit(tf.data.Dataset.from_tensors(IMAGES).repeat(4), verbose=0, shuffle=False, callbacks=[slope])
    assert [step for step, _ in slope.values] == [2, 4]
    latents = draw_latents(64, 8, seed=2)
    with tf.GradientTape() as tape:
        loss = gan.g_loss(gan.discriminator(gan.generator(latents, training=True), training=True))
    gradients = tape.gradient(loss, gan.generator.trainable_variables)
    length = np.sqrt(sum(np.square(g).sum() for g in gradients))
    assert [value for _, value in slope.values] == pytest.approx([length, length], rel=1e-4)
