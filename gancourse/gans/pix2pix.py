"""pix2pix as a `keras.Model`: translate an image (Isola et al. 2017, arXiv 1611.07004).

Targets of float are images in [-1, 1]: L1, and the discriminator sees the images. Targets of integers are
labels, and the generator gives logits: cross-entropy and Dice in L1's place, and the discriminator sees
probabilities, or the truth as 0 and 1. What differs from the paper: nothing is random when the trained
network is used. The paper leaves dropout on, its only source of variety; a mask should not depend on chance.
"""

from typing import Any

import keras
import tensorflow as tf

from gancourse import losses
from gancourse.gans.gan import copy_model, move_average, xla


def are_labels(target) -> bool:
    """Whether a target is labels (integers) and no image (floats)."""
    return "int" in keras.backend.standardize_dtype(target.dtype)


def reconstruction_loss(target, output):
    """`losses.label_loss` if the target is labels, `losses.l1` if it is an image."""
    return losses.label_loss(target, output) if are_labels(target) else losses.l1(target, output)


class Pix2Pix(keras.Model):
    """A U-Net that translates images, and a PatchGAN that looks whether the translation could be real.

    Args:
        generator: inputs (B, H, W, C) -> a map (B, H, W, n), or a dict of maps, one for each head. Logits
            where the target is labels.
        discriminator: [inputs, maps] -> logits, the maps of all heads side by side in the targets' order.
            None trains the plain network, without any adversary.
        ema: momentum of a running average of the generator's weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(self, generator, discriminator=None, ema: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.ema = ema
        self.ema_generator: Any = copy_model(generator) if ema else None
        names = ["g_loss", "reconstruction"] + (["d_loss", "d_accuracy"] if discriminator else [])
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}
        self.built = True

    def compile(
        self,
        g_optimizer,
        d_optimizer=None,
        reconstruction=reconstruction_loss,
        lambda_reconstruction: float = 100.0,
        jit_compile="auto",
        **kwargs,
    ):
        """Choose how the two learn.

        Args:
            g_optimizer, d_optimizer: one Keras optimiser each; none for a discriminator that is not there.
            reconstruction: function of (target, output); heads are summed.
            lambda_reconstruction: its weight against the discriminator's opinion, the paper's lambda.
            jit_compile: "auto" compiles with XLA on a GPU only.
        """
        super().compile(optimizer=None, jit_compile=xla(jit_compile), **kwargs)
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self.reconstruction, self.lambda_reconstruction = reconstruction, lambda_reconstruction
        g_optimizer.build(self.generator.trainable_variables)
        if self.discriminator:
            d_optimizer.build(self.discriminator.trainable_variables)

    @property
    def metrics(self):
        return list(self.trackers.values())

    def train_step(self, batch):
        """One round.

        Args:
            batch: inputs (B, H, W, C), and targets: images (B, H, W, n), labels (B, H, W), or a dict of them
                by head. Labels may be `losses.IGNORE`.
        """
        inputs, targets = batch
        with tf.GradientTape() as g_tape:
            outputs = self.generator(inputs, training=True)
            real_maps, fake_maps = as_maps(targets, outputs)
        values: dict[str, Any] = {}

        # The discriminator's turn: it sees the input with the truth, and with the translation.
        if self.discriminator:
            with tf.GradientTape() as d_tape:
                real_logits = self.discriminator([inputs, real_maps], training=True)
                fake_logits = self.discriminator([inputs, fake_maps], training=True)
                d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2  # halved, as in the paper
            d_variables = self.discriminator.trainable_variables
            self.d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)
            values |= {"d_loss": d_loss, "d_accuracy": accuracy(real_logits, fake_logits)}

        # The generator's turn: be near the truth, and pass for real. Its tape goes on.
        with g_tape:
            reconstruction = self.reconstruct(targets, outputs)
            g_loss = self.lambda_reconstruction * reconstruction
            if self.discriminator:
                g_loss += losses.generator_loss(self.discriminator([inputs, fake_maps], training=True))
        g_variables = self.generator.trainable_variables
        self.g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)

        if self.ema:
            move_average(self.ema_generator, self.generator, self.ema, self.g_optimizer.iterations)
        for name, value in (values | {"g_loss": g_loss, "reconstruction": reconstruction}).items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def test_step(self, batch):
        """The reconstruction loss of the network as it is used, for `validation_data`."""
        inputs, targets = batch
        self.trackers["reconstruction"].update_state(self.reconstruct(targets, self(inputs)))
        return {"reconstruction": self.trackers["reconstruction"].result()}

    def reconstruct(self, targets, outputs):
        """The reconstruction loss, summed over heads."""
        return sum(self.reconstruction(target, output) for target, output in pairs(targets, outputs))

    def call(self, inputs, training=False):
        """The translation, by the averaged generator if there is one. The same inputs give the same maps."""
        return (self.ema_generator if self.ema else self.generator)(inputs, training=training)


def pairs(targets, outputs) -> list:
    """Targets and outputs of each head."""
    return [(targets[k], outputs[k]) for k in targets] if isinstance(targets, dict) else [(targets, outputs)]


def as_maps(targets, outputs):
    """What the discriminator sees beside the input, from the truth and from the generator, of all heads.

    Images as they are; labels as one map a class, 0 in both where the label is not known.
    """
    real_maps, fake_maps = [], []
    for target, output in pairs(targets, outputs):
        if are_labels(target):
            target = losses.one_hot(target, output.shape[-1])
            output = tf.nn.softmax(output) * tf.reduce_sum(target, axis=-1, keepdims=True)
        real_maps.append(target)
        fake_maps.append(output)
    return tf.concat(real_maps, -1), tf.concat(fake_maps, -1)


def accuracy(real_logits, fake_logits):
    """Share of patches that the discriminator tells right, over both kinds."""
    right = [tf.reduce_mean(tf.cast(x > 0, tf.float32)) for x in (real_logits, -fake_logits)]
    return (right[0] + right[1]) / 2
