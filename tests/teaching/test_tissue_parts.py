"""The course's answers of lesson 52 against the package's own losses and networks, and by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancourse import losses
from gancourse.networks.patchgan import build_patchgan
from gancourse.teaching.material import pix2pix_parts, tissue_parts

rng = np.random.default_rng(0)


def batch(size=32):
    labels = rng.integers(0, 4, (2, size, size)).astype(np.uint8)
    labels[:, :8] = losses.IGNORE
    return tf.constant(rng.standard_normal((2, size, size, 4)), tf.float32), tf.constant(labels)


def test_volumes_by_hand():
    labels = np.zeros((2, 3, 3), int)
    labels[0, 0] = 1, 2, 3
    labels[1, 0, 0] = 3
    assert tissue_parts.volumes_ml(labels, 5.0, 3.0, 1.0) == {"CSF": 0.1, "GM": 0.1, "WM": 0.2}


def test_the_loss_is_the_cross_entropy_of_known_pixels():
    logits, labels = batch()
    value = tissue_parts.label_loss(labels, tf.nn.softmax(logits))
    assert float(value) == pytest.approx(float(losses.label_cross_entropy(labels, logits)), rel=1e-4)


def test_a_step_moves_both_networks_and_blanks_what_is_not_known():
    keras.utils.set_random_seed(0)
    scans, labels = batch(64)
    generator, discriminator, seen = pix2pix_parts.build_unet(4, 4), build_patchgan(4, 4, (4, 8)), []

    class Watched:
        trainable_variables = discriminator.trainable_variables

        def __call__(self, inputs, training):
            seen.append(inputs[1].numpy())
            return discriminator(inputs, training=training)

    before = [[v.numpy() for v in network.trainable_variables] for network in (generator, discriminator)]
    optimizers = keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0)
    d_loss, g_loss = tissue_parts.train_step(scans, labels, generator, Watched(), *optimizers)
    assert float(g_loss) > 50 * float(d_loss) > 0
    assert len(seen) == 2 and not any(maps[:, :8].any() for maps in seen) and seen[1][:, 8:].all()
    for network, start in zip((generator, discriminator), before, strict=True):
        moved = [np.any(v.numpy() != b) for v, b in zip(network.trainable_variables, start, strict=True)]
        assert sum(moved) > len(moved) / 2


def test_names_and_the_smallest_change():
    assert tissue_parts.name_tissues(np.array([0, 1, 2]), np.array([9.0, 1.0, 5.0])).tolist() == [3, 1, 2]
    assert tissue_parts.smallest_change(np.zeros(3), np.array([-1.0, 0, 1])) == pytest.approx(1.96)
