"""The course's version of what learners write in lesson 52: volumes, a loss, a training step, an error."""

import numpy as np

from gancourse.cohort.scheme import TISSUES
from gancourse.losses import IGNORE, discriminator_loss, generator_loss
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()


def volumes_ml(labels: np.ndarray, pixel_mm: float, thickness_mm: float, gap_mm: float) -> dict[str, float]:
    """Return the volume of each tissue in mL, by the method of discs.

    Args:
        labels: (slices, rows, columns) of `scheme.TISSUES`, 0 outside the brain.
        pixel_mm: side of a pixel.
        thickness_mm, gap_mm: of a slice, and from its end to the next slice.
    """
    voxel_ml = pixel_mm**2 * (thickness_mm + gap_mm) / 1000
    return {tissue: float((labels == label).sum() * voxel_ml) for label, tissue in TISSUES.items()}


def label_loss(labels, output):
    """Return the cross-entropy over the pixels with a known label.

    Args:
        labels: (B, H, W) of 0 to 3, or `losses.IGNORE`.
        output: probabilities (B, H, W, 4).
    """
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    p_truth = tf.reduce_sum(truth * output, axis=-1)
    known = tf.cast(labels != IGNORE, tf.float32)
    surprise = -tf.math.log(p_truth + 1e-7) * known
    return tf.reduce_sum(surprise) / tf.reduce_sum(known)


def train_step(
    scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss=label_loss, lam=100.0
):
    """Update both networks of a pix2pix for labels once, and return d_loss and g_loss.

    Args:
        scans: (B, H, W, C).
        labels: (B, H, W) of 0 to 3, or `losses.IGNORE`.
        generator: scans -> probabilities (B, H, W, 4).
        discriminator: [scans, maps (B, H, W, 4)] -> logits.
        label_loss: function of labels and output.
        lam: its weight against the adversarial loss.
    """
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = discriminator_loss(real_logits, fake_logits) / 2
        g_loss = generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_variables, g_variables = discriminator.trainable_variables, generator.trainable_variables
    d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)
    return d_loss, g_loss


def name_tissues(components: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Turn the components (n,) of a mixture, in any order, into labels (n,): 1 CSF, 2 GM, 3 WM on T1."""
    rank = np.argsort(np.argsort(means))
    return rank[components] + 1


def smallest_change(first: np.ndarray, second: np.ndarray) -> float:
    """Return the repeatability coefficient (Bland and Altman 1986) of two scans of unchanged people, (n,)."""
    return float(1.96 * np.std(second - first, ddof=1))
