"""The gradient of every image's loss, not only of their sum, for a chain of convolutions.

A convolution multiplies the patches that its kernel sees with the kernel. An image's gradient is therefore
the sum over its patches of patch x gradient at the layer's output (Goodfellow 2015, arXiv 1510.01799, for
dense layers), and one ordinary backward pass gives the latter for all images of a batch at once. That takes
half as long as `tf.vectorized_map` over a tape per image.
"""

import tensorflow as tf
from keras import activations, layers


def chain_of(model) -> list:
    """Return the layers of a model (B, H, W, C) -> logits that can be walked one by one.

    Raises:
        ValueError: no plain chain, or a layer other than a convolution that has weights to be trained.
    """
    chain = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    for before, layer in zip(chain, chain[1:], strict=False):
        if layer.input is not before.output:
            raise ValueError(f"layer {layer.name}: expected a chain of layers, each fed by the one before it")
    for layer in chain:
        if layer.trainable_variables and not is_plain(layer):
            raise ValueError(f"layer {layer.name}: has weights, but is no plain Conv2D")
    return chain


def is_plain(layer) -> bool:
    """Tell whether a layer is a convolution without groups, gaps or an activation."""
    if type(layer) is not layers.Conv2D:
        return False
    return layer.activation is activations.linear and (layer.groups, *layer.dilation_rate) == (1, 1, 1)


def gradients_of_each(chain, images, loss_of):
    """Return every example's gradient of its loss, and the outputs.

    Args:
        chain: layers, from `chain_of`.
        images: (B, S, H, W, C), an example's S images.
        loss_of: outputs (B, S) -> the sum of the examples' losses, or each, of which none sees another's.

    Returns:
        A list of (B, *shape of the variable), as the model's trainable variables; outputs (B, S).
    """
    examples, several = tf.shape(images)[0], images.shape[1]
    x = tf.reshape(images, [-1, *images.shape[2:]])
    seen, made = [], []
    with tf.GradientTape() as tape:
        for layer in chain:
            before, x = x, layer(x, training=True)
            if layer.trainable_variables:
                tape.watch(x)
                seen.append((layer, before))
                made.append(x)
        outputs = tf.reshape(x, [-1, several])
        loss = tf.reduce_sum(loss_of(outputs))
    found = []
    for (layer, before), push in zip(seen, tape.gradient(loss, made), strict=True):
        patches = patches_of(layer, before)
        width, channels = patches.shape[-1], push.shape[-1]
        places = several * patches.shape[1] * patches.shape[2]
        patches = tf.reshape(patches, [examples, places, width])
        push = tf.reshape(push, [examples, places, channels])
        kernel = tf.matmul(patches, push, transpose_a=True)  # (B, width, channels)
        found.append(tf.reshape(kernel, [examples, *layer.kernel.shape]))
        if layer.use_bias:
            found.append(tf.reduce_sum(push, 1))
    return found, outputs


def patches_of(layer, x):
    """Return what the kernel sees at each place: (B, H, W, C) -> (B, h, w, kernel's height x width x C)."""
    rows, columns = layer.kernel_size
    if x.shape[-1] == 1:  # a convolution is five times as fast as extract_patches here
        each = tf.reshape(tf.eye(rows * columns), [rows, columns, 1, rows * columns])
        return tf.nn.conv2d(x, each, layer.strides, layer.padding.upper())
    return tf.image.extract_patches(
        x, [1, rows, columns, 1], [1, *layer.strides, 1], [1, 1, 1, 1], layer.padding.upper()
    )
