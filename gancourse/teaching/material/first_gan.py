"""The course's version of what learners build in lesson 41: a block, a discriminator, a training step."""

from gancourse import losses
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402


def up(filters: int, strides: int) -> list[layers.Layer]:
    """Make one block of the generator: (B, H, W, C) -> (B, strides * H, strides * W, filters)."""
    return [
        layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def build_discriminator(size: int, widths: tuple[int, ...]) -> keras.Sequential:
    """Build the deck's discriminator: images (B, size, size, 1) -> logits (B, 1, 1, 1).

    Args:
        size: 4 * 2 ** len(widths), so that 4 x 4 pixels are left for the last convolution.
        widths: channels of each strided convolution; the deck's are (64, 128, 256, 512).
    """
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network


def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    """Update each network once (Goodfellow et al. 2014): real images (B, H, W, 1) -> d_loss, g_loss."""
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits = discriminator(real_images, training=True)
        fake_logits = discriminator(fake_images, training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits)
        g_loss = losses.generator_loss(fake_logits)
    d_variables = discriminator.trainable_variables
    g_variables = generator.trainable_variables
    d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)
    return d_loss, g_loss
