"""The parts of a small pix2pix that lesson 51 has learners write: what its checks compare with.

Isola et al. 2017, arXiv 1611.07004. The generator gives probabilities, so that the discriminator can see them
as they are; `gancourse.gans.pix2pix` is the same with logits, other sizes, and other directions.
"""

from collections.abc import Callable

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

#: Filters of each scale on the way down; the last is the narrow middle.
FILTERS = (16, 32, 64, 128, 128)


def down(x, filters: int):
    """Halve the size: (B, H, W, C) -> (B, H/2, W/2, filters)."""
    x = layers.Conv2D(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.LeakyReLU(0.2)(x)


def up_block(x, skips: dict, filters: int):
    """Double the size and add the skip of that size: (B, H, W, C) -> (B, 2H, 2W, filters + the skip's)."""
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
    return layers.Concatenate()([x, skips[x.shape[1]]])


def build_unet(channels: int, classes: int, block: Callable = up_block) -> keras.Model:
    """Build a U-Net: images (B, 64, 64, channels) -> probabilities (B, 64, 64, classes)."""
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in FILTERS:
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in FILTERS[-2::-1]:
        x = block(x, skips, filters)
    probabilities = layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x)
    return keras.Model(images, probabilities)


def patch_d_loss(discriminator: Callable, scans, truth, output):
    """Return the discriminator's loss over all patches, halved as in the paper.

    Args:
        discriminator: scans and maps side by side (B, H, W, C + n) -> logits (B, h, w, 1).
        scans: (B, H, W, C).
        truth, output: maps (B, H, W, n).
    """
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    real_loss = tf.reduce_mean(tf.nn.softplus(-real_logits))
    fake_loss = tf.reduce_mean(tf.nn.softplus(fake_logits))
    return (real_loss + fake_loss) / 2


def pix2pix_g_loss(fake_logits, truth, output, lam: float):
    """Return the generator's loss: adversarial + lam * (cross-entropy + 1 - Dice of the tumour's classes).

    Args:
        fake_logits: the discriminator's, of any shape.
        truth: (B, H, W, n), 0 or 1; class 0 is background.
        output: probabilities (B, H, W, n).
        lam: the paper's lambda.
    """
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
