"""Modulated convolutions and residual blocks: a generator and a discriminator later than the DCGAN's.

The discriminator follows R3GAN (Huang et al. 2024, arXiv 2501.05441): residual blocks without normalisation,
whose last convolution starts at 0. The generator has StyleGAN2's modulation (Karras et al. 2020, arXiv
1912.04958) or R3GAN's plain residual blocks. What differs: 3 x 3 convolutions in place of grouped ones, which
are slow on a CPU, and nearest-neighbour resizing.
"""

from collections.abc import Callable

import keras
from keras import layers, ops

from gancourse.networks.dcgan import MinibatchStd

SMALLEST = 4  # pixels a side of the maps where the generator begins and the discriminator ends


@keras.saving.register_keras_serializable("gancourse")
class ModulatedConv2D(layers.Layer):
    """A 3 x 3 convolution whose input channels are scaled by a style, and its outputs back to unit variance.

    Inputs are maps (B, H, W, C) and styles (B, k). Scaling the maps is the same as scaling the kernel for
    every image, as the paper writes it, and needs no kernel of its own for each.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, maps_shape, style_shape):
        channels = maps_shape[-1]
        self.kernel = self.add_weight(
            shape=(3, 3, channels, self.filters), initializer="he_normal", name="kernel"
        )
        self.affine = self.add_weight(
            shape=(style_shape[-1], channels), initializer="lecun_normal", name="affine"
        )
        self.shift = self.add_weight(shape=(channels,), initializer="ones", name="shift")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, maps, style):
        scales = ops.matmul(style, self.affine) + self.shift  # (B, C)
        squares = ops.sum(ops.square(ops.cast(self.kernel, "float32")), axis=(0, 1))  # (C, filters)
        norms = ops.rsqrt(ops.matmul(ops.square(ops.cast(scales, "float32")), squares) + 1e-8)
        maps = ops.conv(maps * scales[:, None, None], self.kernel, padding="same")
        return maps * ops.cast(norms, maps.dtype)[:, None, None] + self.bias

    def compute_output_shape(self, maps_shape, style_shape):
        return (*maps_shape[:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


def widths_of(base: int, size: int, most: int = 128) -> tuple[int, ...]:
    """Return channels at 4 x 4, 8 x 8 and so on: `base` at `size` pixels, doubled from there to `most`."""
    return tuple(min(base * 2**k, most) for k in reversed(range((size // SMALLEST).bit_length())))


def activated(x):
    return layers.LeakyReLU(0.2)(x)


def tanh(logits):
    """Make an image in [-1, 1], float32."""
    return layers.Activation("tanh", dtype="float32")(logits)


def residual_block(x, scale: float = 1.0):
    """Add to the maps what two 3 x 3 convolutions make of them; nothing at the start of a training."""
    y = layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="he_normal")(activated(x))
    y = layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="zeros")(activated(y))
    return layers.Add()([x, y])


def build_generator(
    widths: tuple[int, ...],
    latent_dim: int = 128,
    modulated: bool = True,
    resize: str = "nearest",
    channels: int = 1,
    head: Callable = tanh,
) -> keras.Model:
    """Build a generator: latents (B, latent_dim) -> images (B, S, S, channels), S = 4 * 2 ** (scales - 1).

    Args:
        widths: channels at 4 x 4, 8 x 8 and so on, up to the image's size.
        latent_dim: numbers in a latent vector.
        modulated: whether styles modulate every convolution (StyleGAN2), or the latents only start the first
            map (R3GAN).
        resize: "nearest" or "bilinear".
        channels: of the image.
        head: makes the image of its logits.
    """
    latents = keras.Input((latent_dim,), name="latents")
    if modulated:
        style = ops.rsqrt(ops.mean(ops.square(latents), axis=-1, keepdims=True) + 1e-8) * latents
        for _ in range(2):
            style = activated(layers.Dense(latent_dim, kernel_initializer="he_normal")(style))
    x = layers.Dense(16 * widths[0], kernel_initializer="lecun_normal")(latents)
    x = layers.Reshape((4, 4, widths[0]))(x)
    for scale, width in enumerate(widths):
        if scale:
            x = layers.UpSampling2D(2, interpolation=resize)(x)
        if modulated:
            for _ in range(2 if scale < len(widths) - 1 else 1):
                x = activated(ModulatedConv2D(width)(x, style))
        else:
            if width != x.shape[-1]:
                x = layers.Conv2D(width, 1, use_bias=False, kernel_initializer="lecun_normal")(x)
            x = residual_block(x)
    logits = layers.Conv2D(channels, 3, padding="same", kernel_initializer="lecun_normal")(x)
    return keras.Model(latents, head(logits), name="generator")


def build_discriminator(
    widths: tuple[int, ...], size: int, minibatch_std: bool = True, channels: int = 1
) -> keras.Model:
    """Build a discriminator: images (B, size, size, channels) -> logits (B, 1).

    Args:
        widths: channels at 4 x 4, 8 x 8 and so on, up to half the image's size.
        size: of the image.
        minibatch_std: show the last layers how much the images of a batch differ.
        channels: of the images.
    """
    images = keras.Input((size, size, channels), name="images")
    x = layers.Conv2D(widths[-1], 4, 2, "same", kernel_initializer="lecun_normal")(images)
    for scale in reversed(range(len(widths))):
        x = residual_block(x)
        if scale:
            if widths[scale - 1] != x.shape[-1]:
                x = layers.Conv2D(widths[scale - 1], 1, use_bias=False, kernel_initializer="lecun_normal")(x)
            x = layers.AveragePooling2D(2)(x)
    if minibatch_std:
        x = MinibatchStd()(x)
    x = layers.Conv2D(widths[0], 4, kernel_initializer="he_normal")(activated(x))  # (B, 1, 1, C)
    logits = layers.Dense(1, dtype="float32")(layers.Flatten()(activated(x)))
    return keras.Model(images, logits, name="discriminator")
