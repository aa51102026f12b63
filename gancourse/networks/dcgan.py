"""The deck's deep convolutional GAN, and the same networks with their choices as arguments.

`Generator` and `Discriminator` are the deck's own classes (the code of its NVIDIA lab, after Radford, Metz
and Chintala 2016, arXiv 1511.06434) in today's Keras. What differs from the deck's text:

- The deck's discriminator also defines `dropout` and `flatten` and never calls them; they have no weights and
  are left out, so that weights and behaviour are the deck's.
- Its `fc1` is called, on one number for each image: two weights that scale and shift the logit.

What differs from the paper: the generator starts at 8 x 8 with a stride-1 layer and ends with another, and
weights start as Keras has them (Glorot), not as N(0, 0.02).

`build_generator` and `build_discriminator` are functional models of any width and size, for the recipes that
try the hacks. With their defaults they have the deck's layers in the deck's order.
"""

from functools import partial

import keras
import tensorflow as tf
from keras import layers, ops

from gancourse.networks.normalisation import BatchNormalization

#: The paper's initialisation. It is a description, not an initialiser: a single initialiser has a single
#: seed, drawn before `set_random_seed`, and would draw the same numbers for every layer.
PAPER_INIT = {"class_name": "RandomNormal", "config": {"stddev": 0.02}}


@keras.saving.register_keras_serializable("gancourse")
class Generator(keras.Model):
    """The deck's generator: standard normal latents (B, 100) -> images (B, 64, 64, 1) in [-1, 1]."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fc1 = layers.Dense(8 * 8 * 64, use_bias=False)
        self.batchnorm1 = BatchNormalization()
        self.conv1 = layers.Conv2DTranspose(64 * 8, (4, 4), strides=(1, 1), padding="same", use_bias=False)
        self.batchnorm2 = BatchNormalization()
        self.conv2 = layers.Conv2DTranspose(64 * 4, (4, 4), strides=(2, 2), padding="same", use_bias=False)
        self.batchnorm3 = BatchNormalization()
        self.conv3 = layers.Conv2DTranspose(64 * 2, (4, 4), strides=(2, 2), padding="same", use_bias=False)
        self.batchnorm4 = BatchNormalization()
        self.conv4 = layers.Conv2DTranspose(64 * 1, (4, 4), strides=(2, 2), padding="same", use_bias=False)
        self.batchnorm5 = BatchNormalization()
        self.conv5 = layers.Conv2DTranspose(1, (4, 4), strides=(1, 1), padding="same", use_bias=False)

    def call(self, x, training=True):
        x = self.fc1(x)  # (B, 4096)
        x = self.batchnorm1(x, training=training)
        x = tf.nn.relu(x)
        x = tf.reshape(x, shape=(-1, 8, 8, 64))
        x = self.conv1(x)  # (B, 8, 8, 512)
        x = self.batchnorm2(x, training=training)
        x = tf.nn.relu(x)
        x = self.conv2(x)  # (B, 16, 16, 256)
        x = self.batchnorm3(x, training=training)
        x = tf.nn.relu(x)
        x = self.conv3(x)  # (B, 32, 32, 128)
        x = self.batchnorm4(x, training=training)
        x = tf.nn.relu(x)
        x = self.conv4(x)  # (B, 64, 64, 64)
        x = self.batchnorm5(x, training=training)
        x = tf.nn.relu(x)
        x = tf.nn.tanh(self.conv5(x))  # (B, 64, 64, 1)
        return x

    @property
    def input_shape(self):
        """Return (None, numbers in a latent vector), as a functional model does."""
        return (None, self.fc1.kernel.shape[0])


@keras.saving.register_keras_serializable("gancourse")
class Discriminator(keras.Model):
    """The deck's discriminator: images (B, 64, 64, 1) in [-1, 1] -> logits (B, 1, 1, 1), above 0 for real."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = layers.Conv2D(64, (4, 4), strides=(2, 2), padding="same")
        self.conv2 = layers.Conv2D(64 * 2, (4, 4), strides=(2, 2), padding="same")
        self.batchnorm2 = BatchNormalization()
        self.conv3 = layers.Conv2D(64 * 4, (4, 4), strides=(2, 2), padding="same")
        self.batchnorm3 = BatchNormalization()
        self.conv4 = layers.Conv2D(64 * 8, (4, 4), strides=(2, 2), padding="same")
        self.batchnorm4 = BatchNormalization()
        self.conv5 = layers.Conv2D(1, (4, 4), strides=(1, 1), padding="valid")
        self.fc1 = layers.Dense(1)

    def call(self, x, training=True):
        x = tf.nn.leaky_relu(self.conv1(x))  # (B, 32, 32, 64); the slope is 0.2
        x = self.conv2(x)  # (B, 16, 16, 128)
        x = self.batchnorm2(x, training=training)
        x = tf.nn.leaky_relu(x)
        x = self.conv3(x)  # (B, 8, 8, 256)
        x = self.batchnorm3(x, training=training)
        x = tf.nn.leaky_relu(x)
        x = self.conv4(x)  # (B, 4, 4, 512)
        x = self.batchnorm4(x, training=training)
        x = tf.nn.leaky_relu(x)
        x = self.conv5(x)  # (B, 1, 1, 1)
        x = self.fc1(x)
        return x


def upsample_block(x, filters, how, init):
    """Double the size, by "transpose" (the deck's 4 x 4, stride 2) or "resize" (nearest, then 3 x 3)."""
    if how == "transpose":
        return layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False, kernel_initializer=init)(x)
    x = layers.UpSampling2D(2)(x)
    return layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=init)(x)


def build_generator(
    latent_dim: int = 100,
    base: int = 64,
    size: int = 64,
    upsample: str = "transpose",
    init="glorot_uniform",
    norm: str = "batch",
    activation: str = "relu",
    output: str = "tanh",
    dense: bool = False,
    channels: int = 1,
) -> keras.Model:
    """Build the deck's generator with its choices as arguments.

    Args:
        latent_dim: numbers in a latent vector.
        base: channels of the largest map; deeper ones have 2, 4, 8 times as many. 64 is the deck's.
        size: height and width of the image, a power of two from 16 up.
        upsample: "transpose" or "resize", see `upsample_block`.
        init: initialiser of every kernel.
        norm: "batch" (the deck's) or "none"; then layers have biases.
        activation: "relu" (the deck's) or "leaky" with a slope of 0.2.
        output: "tanh" (the deck's) or "linear".
        dense: put a hidden dense layer of 16 * base units before the first.
        channels: of the image.

    Returns:
        A model (B, latent_dim) -> (B, size, size, channels), in [-1, 1] unless the output is linear.
    """
    _expect("upsample", upsample, "transpose", "resize")
    _expect("norm", norm, "batch", "none")
    _expect("output", output, "tanh", "linear")
    ups = _halvings(size, 8)

    def normalised(x):
        return _activation(activation)(BatchNormalization()(x) if norm == "batch" else Bias()(x))

    latents = x = keras.Input((latent_dim,))
    if dense:
        x = normalised(layers.Dense(16 * base, use_bias=False, kernel_initializer=init)(x))
    x = layers.Dense(8 * 8 * base, use_bias=False, kernel_initializer=init)(x)
    x = layers.Reshape((8, 8, base))(normalised(x))
    x = layers.Conv2DTranspose(base * 2**ups, 4, 1, "same", use_bias=False, kernel_initializer=init)(x)
    x = normalised(x)  # (B, 8, 8, 8 base) when size is 64
    for up in reversed(range(ups)):
        x = normalised(upsample_block(x, base * 2**up, upsample, init))
    x = layers.Conv2DTranspose(channels, 4, 1, "same", use_bias=False, kernel_initializer=init)(x)
    return keras.Model(latents, layers.Activation(output)(x), name="generator")


def _activation(name: str) -> layers.Layer:
    _expect("activation", name, "relu", "leaky")
    return layers.ReLU() if name == "relu" else layers.LeakyReLU(negative_slope=0.2)


@keras.saving.register_keras_serializable("gancourse")
class Bias(layers.Layer):
    """Add one number to each channel; it replaces batch normalisation where there is none."""

    def build(self, input_shape):
        self.bias = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="bias")

    def call(self, x):
        return x + self.bias


@keras.saving.register_keras_serializable("gancourse")
class SpectralConv2D(layers.Conv2D):
    """A convolution, its kernel divided by its largest singular value (Miyato et al. 2018, arXiv 1802.05957).

    The value is estimated by one power iteration a call in training. `keras.layers.SpectralNormalization` is
    not the paper's: it overwrites the kernel at every call, and no gradient flows through the value.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.u = self.add_weight(
            shape=(1, self.filters), initializer="random_normal", trainable=False, name="u"
        )

    def call(self, inputs, training=False):
        kernel = ops.cast(self.kernel, "float32")
        matrix, u = ops.reshape(kernel, (-1, self.filters)), ops.cast(self.u, "float32")
        v = ops.normalize(ops.matmul(ops.stop_gradient(u), ops.transpose(matrix)), axis=-1)
        u = ops.normalize(ops.matmul(v, matrix), axis=-1)
        if training:
            self.u.assign(u)
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))[0, 0]
        outputs = self.convolution_op(inputs, ops.cast(kernel / sigma, inputs.dtype))
        return outputs + self.bias if self.use_bias else outputs


@keras.saving.register_keras_serializable("gancourse")
class MinibatchStd(layers.Layer):
    """Append a map of how much the batch varies, so that a collapse shows (Karras et al. 2018)."""

    def call(self, x):
        deviation = ops.mean(ops.sqrt(ops.var(ops.cast(x, "float32"), axis=0) + 1e-8))
        extra = ops.full_like(x[..., :1], 1.0) * ops.cast(deviation, x.dtype)
        return ops.concatenate([x, extra], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)


def build_discriminator(
    base: int = 64,
    size: int = 64,
    norm: str = "batch",
    minibatch_std: bool = False,
    init="glorot_uniform",
    downsample: str = "stride",
    activation: str = "leaky",
    dense: bool = False,
    channels: int = 1,
) -> keras.Model:
    """Build the deck's discriminator with its choices as arguments, without its last two weights (`fc1`).

    Args:
        base: channels of the first map; each next one doubles them. 64 is the deck's.
        size: height and width of the image, a power of two from 16 up.
        norm: "batch" (the deck's), "spectral" (see `SpectralConv2D`), or "none" (as goes with an R1 penalty).
        minibatch_std: let the last layers see how much the images of a batch differ.
        init: initialiser of every kernel.
        downsample: "stride" (the deck's 4 x 4, stride 2) or "pool" (3 x 3, then the largest of 2 x 2).
        activation: "leaky" (the deck's, with a slope of 0.2) or "relu".
        dense: put a hidden dense layer of 16 * base units before the last.
        channels: of the images.

    Returns:
        A model (B, size, size, channels) -> logits (B, 1, 1, 1).
    """
    _expect("norm", norm, "batch", "spectral", "none")
    _expect("downsample", downsample, "stride", "pool")
    conv = partial(SpectralConv2D if norm == "spectral" else layers.Conv2D, kernel_initializer=init)

    def normalised(x):
        return _activation(activation)(BatchNormalization()(x) if norm == "batch" else x)

    images = x = keras.Input((size, size, channels))
    for down in range(_halvings(size, 4)):
        if downsample == "stride":
            x = conv(base * 2**down, 4, 2, "same")(x)
        else:
            x = layers.MaxPooling2D(2)(conv(base * 2**down, 3, 1, "same")(x))
        x = normalised(x) if down else _activation(activation)(x)
    if minibatch_std:
        x = MinibatchStd()(x)
    if dense:
        x = normalised(conv(16 * base, 4, 1, "valid")(x))  # 4 x 4 weights on 4 x 4 pixels: a dense layer
    logits = conv(1, x.shape[1], 1, "valid")(x)  # (B, 4, 4, 8 base) -> (B, 1, 1, 1)
    return keras.Model(images, logits, name="discriminator")


def _expect(name: str, value: str, *known: str) -> None:
    if value not in known:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, known))}, received {value!r}")


def _halvings(size: int, smallest: int) -> int:
    """Count how many times `size` halves down to `smallest`."""
    if size < 16 or size & (size - 1):
        raise ValueError(f"size: expected a power of two from 16 up, received {size}")
    return (size // smallest).bit_length() - 1
