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
from gancourse.gans.adversarial import AdversarialModel, share


def are_labels(target) -> bool:
    """Tell whether a target is labels (integers) and not an image (floats)."""
    return "int" in keras.backend.standardize_dtype(target.dtype)


def reconstruction_loss(target, output):
    """Return `losses.label_loss` if the target is labels, `losses.l1` if it is an image."""
    return losses.label_loss(target, output) if are_labels(target) else losses.l1(target, output)


class Pix2Pix(AdversarialModel):
    """A U-Net that translates images, and a PatchGAN that tells translations from the truth.

    Args:
        generator: inputs (B, H, W, C) -> a map (B, H, W, n), or a dict of maps, one for each head. Logits
            where the target is labels.
        discriminator: [inputs, maps] -> logits, the maps of all heads side by side in the targets' order.
            None trains the plain network, without any adversary.
        ema: momentum of a running average of the generator's weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(self, generator, discriminator=None, ema: float = 0.0, **kwargs):
        adversarial = ("d_loss", "d_accuracy") if discriminator else ()
        super().__init__(generator, discriminator, ema, ("g_loss", "reconstruction", *adversarial), **kwargs)

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        *,
        reconstruction=reconstruction_loss,
        lambda_reconstruction: float = 100.0,
        **options,
    ):
        """Choose optimisers, and the loss beside the discriminator's.

        Args:
            d_optimizer: a Keras optimiser; None where there is no discriminator.
            g_optimizer: another one.
            reconstruction: function of (target, output); heads are summed.
            lambda_reconstruction: its weight against the adversarial loss, the paper's lambda.
            options: as in `AdversarialModel.compile`.
        """
        super().compile(d_optimizer=d_optimizer, g_optimizer=g_optimizer, **options)
        self.reconstruction, self.lambda_reconstruction = reconstruction, lambda_reconstruction

    def train_step(self, batch):
        """Train both networks once.

        Args:
            batch: inputs (B, H, W, C), and targets: images (B, H, W, n), labels (B, H, W), or a dict of them
                by head. Labels may be `losses.IGNORE`.
        """
        inputs, targets = batch
        with tf.GradientTape() as g_tape:
            outputs = self.generator(inputs, training=True)
            real_maps, fake_maps = as_maps(targets, outputs)
        values: dict[str, Any] = {}

        if self.discriminator:  # it learns: it sees the input with the truth, and with the translation
            with tf.GradientTape() as d_tape:
                real_logits = self.discriminator([inputs, real_maps], training=True)
                fake_logits = self.discriminator([inputs, fake_maps], training=True)
                d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2  # halved, as in the paper
            self.update_discriminator(d_tape, d_loss)
            accuracy = (share(real_logits > 0) + share(fake_logits < 0)) / 2
            values |= {"d_loss": d_loss, "d_accuracy": accuracy}

        with g_tape:  # the generator learns: to be near the truth, and to pass for it
            reconstruction = self.reconstruct(targets, outputs)
            g_loss = self.lambda_reconstruction * reconstruction
            if self.discriminator:
                g_loss += losses.generator_loss(self.discriminator([inputs, fake_maps], training=True))
        self.update_generator(g_tape, g_loss)
        return self.report(g_loss=g_loss, reconstruction=reconstruction, **values)

    def test_step(self, batch):
        """Measure the reconstruction loss of the network as it is used, for `validation_data`."""
        inputs, targets = batch
        self.trackers["reconstruction"].update_state(self.reconstruct(targets, self(inputs)))
        return {"reconstruction": self.trackers["reconstruction"].result()}

    def reconstruct(self, targets, outputs):
        """Return the reconstruction loss, summed over heads."""
        return sum(self.reconstruction(target, output) for target, output in pairs(targets, outputs))

    def call(self, inputs, training=False):
        """Translate by the averaged generator if there is one. The same inputs give the same maps."""
        return self.trained_generator(inputs, training=training)


def pairs(targets, outputs) -> list:
    """Return the targets and outputs of each head."""
    return [(targets[k], outputs[k]) for k in targets] if isinstance(targets, dict) else [(targets, outputs)]


def as_maps(targets, outputs):
    """Return what the discriminator sees beside the input: the truth and the generator's output, all heads.

    Images stay as they are. Labels become one map per class, 0 in both where the label is not known.
    """
    real_maps, fake_maps = [], []
    for target, output in pairs(targets, outputs):
        if are_labels(target):
            target = losses.one_hot(target, output.shape[-1])
            output = tf.nn.softmax(output) * tf.reduce_sum(target, axis=-1, keepdims=True)
        real_maps.append(target)
        fake_maps.append(output)
    return tf.concat(real_maps, -1), tf.concat(fake_maps, -1)
