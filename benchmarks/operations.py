"""Floating-point operations: how many a network takes, and how many this machine can do in a second."""

import numpy as np


def of_network(network) -> float:
    """Count the operations of a forward pass for one image, two for a multiplication and its addition.

    Layers with a kernel count, and products with the zeros of a padding count as if they were carried out. A
    transposed convolution multiplies each of its inputs by the whole kernel, any other each of its outputs.
    """
    multiplications = 0
    for layer in network.layers:
        if hasattr(layer, "kernel"):
            side = layer.input if "Transpose" in type(layer).__name__ else layer.output
            multiplications += np.prod(layer.kernel.shape) * np.prod(side.shape[1:-1])
    return 2 * float(multiplications)


def of_gan_step(generator, discriminator) -> float:
    """Count the operations of a training step for each image.

    The generator goes forward once and backward to its weights and inputs; the discriminator does so twice,
    for real and generated images, and once more forward and to its inputs for the generator's turn.
    """
    return 3 * of_network(generator) + 8 * of_network(discriminator)


def matrix_product(precision: str, size: int = 2048):
    """Make a large matrix product: a run, and how many operations it takes."""
    import tensorflow as tf

    a = tf.cast(tf.random.normal((size, size)), precision)
    multiply = tf.function(lambda: tf.reduce_max(tf.cast(tf.matmul(a, a), tf.float32)), jit_compile=False)
    return lambda: float(multiply()), 2 * size**3
