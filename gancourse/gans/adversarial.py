"""The base of the course's adversarial models: networks, optimisers, averaged weights, reported means."""

from typing import Any

import keras
import tensorflow as tf

from gancourse.gans.averaging import copy_model, move_average


class AdversarialModel(keras.Model):
    """A generator and a discriminator; a subclass adds the `train_step`.

    Args:
        generator: a network that has its weights already.
        discriminator: likewise; None trains the generator alone.
        ema: momentum of a running average of the generator's weights, kept as `ema_generator`; 0 keeps none.
        reported: names of what a training step reports.
    """

    def __init__(self, generator, discriminator, ema: float, reported: tuple[str, ...], **kwargs):
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.ema = ema
        self.ema_generator: Any = copy_model(generator) if ema else None
        self.trackers = {name: keras.metrics.Mean(name=name) for name in reported}
        self.built = True

    def compile(self, d_optimizer, g_optimizer, *, jit_compile="auto", **options):
        """Give each network a Keras optimiser of its own.

        Args:
            d_optimizer: None where there is no discriminator.
            g_optimizer: the generator's.
            jit_compile: "auto" compiles with XLA on a GPU only; on a CPU it is slower (measured).
        """
        if jit_compile == "auto":
            jit_compile = bool(tf.config.list_physical_devices("GPU"))
        super().compile(optimizer=None, jit_compile=jit_compile, **options)
        self.d_optimizer: Any = d_optimizer if self.discriminator is not None else None
        self.g_optimizer = g_optimizer
        if self.discriminator is not None:
            d_optimizer.build(self.discriminator.trainable_variables)
        g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return list(self.trackers.values())

    @property
    def trained_generator(self):
        """Return the averaged generator if there is one, else the generator."""
        return self.ema_generator if self.ema else self.generator

    def update_discriminator(self, tape: tf.GradientTape, loss) -> None:
        """Take one optimiser step on the discriminator's loss."""
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, variables), variables)

    def update_generator(self, tape: tf.GradientTape, loss) -> None:
        """Take one optimiser step on the generator's loss, and update the average of its weights."""
        variables = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, variables), variables)
        if self.ema:
            move_average(self.ema_generator, self.generator, self.ema, self.g_optimizer.iterations)

    def report(self, **values) -> dict:
        """Add one step's values, and return the means since the epoch began."""
        for name, value in values.items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}


def share(answers):
    """Return the share of answers that are true, 0 to 1."""
    return tf.reduce_mean(tf.cast(answers, tf.float32))
