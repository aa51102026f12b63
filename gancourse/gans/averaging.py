"""A running average of a generator's weights, and the statistics of batch normalisation that belong to it.

Averaged weights give better images than those of any single step (Yazıcı et al. 2019, arXiv 1806.04498).
"""

from contextlib import contextmanager

import keras
import tensorflow as tf

from gancourse.gans.latent import draw_latents


def copy_model(model: keras.Model) -> keras.Model:
    """Make a second model, with weights of its own that start equal."""
    twin = type(model).from_config(model.get_config())
    twin.build_from_config(model.get_build_config())
    twin.set_weights(model.get_weights())
    return twin


def move_average(average: keras.Model, model: keras.Model, momentum: float, step) -> None:
    """Move averaged weights towards those of the trained model; further in the first steps.

    Args:
        average: the model of averaged weights.
        model: the model that is trained.
        momentum: the share of the average that stays, 0 to 1.
        step: how many training steps are done.
    """
    step = tf.cast(step, tf.float32)
    keep = tf.minimum(momentum, (1.0 + step) / (10.0 + step))
    for mean, weight in zip(average.weights, model.weights, strict=True):
        mean.assign(keep * mean + (1.0 - keep) * weight)


def recalibrate(
    generator, latent_dim: int = 100, batches: int = 40, batch_size: int = 64, seed: int = 1, inputs=None
) -> None:
    """Set the statistics of batch normalisation to those of the generator's present weights.

    Averaged weights need it: an average of statistics is not the statistic of an average.

    Args:
        generator: its weights stay as they are.
        latent_dim: numbers in a latent vector.
        batches, batch_size: of latents, over which the statistics are averaged.
        seed: of the latents.
        inputs: function of a batch's number, for a generator that takes more than latents.
    """
    inputs = inputs or (lambda batch: draw_latents(batch_size, latent_dim, seed + batch))
    norms = [n for n in generator._flatten_layers() if isinstance(n, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    for batch in range(batches if norms else 0):
        for layer in norms:
            layer.momentum = batch / (batch + 1)  # the plain mean over batches
        generator(inputs(batch), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum


@contextmanager
def recalibrated(generator, latent_dim: int, batches: int):
    """Use a generator with statistics that fit its weights in a `with` block; arguments as `recalibrate`."""
    running = [v.numpy() for v in generator.non_trainable_variables]
    recalibrate(generator, latent_dim, batches)
    try:
        yield
    finally:
        for variable, value in zip(generator.non_trainable_variables, running, strict=True):
            variable.assign(value)
