"""Generator and discriminator of a patient: four modalities and the labels that belong to them, in one image.

A patient is one axial slice as maps (B, H, W, 8) in [-1, 1], see `CHANNELS`: what is probably brain, whole
tumour, core and enhancing tumour, then T1, T1ce, T2 and FLAIR. Both networks see all maps at once, so that
images and labels have to fit together.

The discriminator follows R3GAN (Huang et al. 2024, arXiv 2501.05441): residual blocks without normalisation,
whose last convolution starts at 0. The generator has StyleGAN2's modulation (Karras et al. 2020, arXiv
1912.04958) or R3GAN's plain residual blocks. What differs: 3 x 3 convolutions in place of grouped ones, which
are slow on a CPU; nearest-neighbour resizing; and the last layer (`PatientHead`).
"""

import keras
from keras import layers, ops

from gancourse.networks.dcgan import MinibatchStd

#: Channels of a patient's maps, in order.
REGION_CHANNELS = ("brain", "WT", "TC", "ET")
CHANNELS = (*REGION_CHANNELS, "t1", "t1ce", "t2", "flair")


@keras.saving.register_keras_serializable("gancourse")
class PatientHead(layers.Layer):
    """Turn logits (B, H, W, 8) into a patient's maps in [-1, 1], float32, by products of probabilities.

    A part of the slice is brain, a part of the brain is tumour, of that core, and of that enhancing: regions
    are nested, as in every patient. Intensities are shares of the brain map, so that the background is black.
    """

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, logits):
        shares = ops.sigmoid(logits)
        brain, *nested = ops.split(shares[..., :4], 4, axis=-1)
        regions = [brain]
        for share in nested:
            regions.append(regions[-1] * share)
        return 2 * ops.concatenate([*regions, brain * shares[..., 4:]], axis=-1) - 1

    def compute_output_shape(self, input_shape):
        return input_shape


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


def activated(x):
    return layers.LeakyReLU(0.2)(x)


def residual_block(x, scale: float = 1.0):
    """Add to the maps what two 3 x 3 convolutions make of them; nothing at the start of a training."""
    y = layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="he_normal")(activated(x))
    y = layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="zeros")(activated(y))
    return layers.Add()([x, y])


def build_patient_generator(
    widths: tuple[int, ...], latent_dim: int = 128, modulated: bool = True, resize: str = "nearest"
) -> keras.Model:
    """Build a generator: latents (B, latent_dim) -> a patient's maps (B, S, S, 8), S = 4 * 2 ** (scales - 1).

    Args:
        widths: channels at 4 x 4, 8 x 8 and so on, up to the image's size.
        latent_dim: numbers in a latent vector.
        modulated: whether styles modulate every convolution (StyleGAN2), or the latents only start the first
            map (R3GAN).
        resize: "nearest" or "bilinear".
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
    logits = layers.Conv2D(len(CHANNELS), 3, padding="same", kernel_initializer="lecun_normal")(x)
    return keras.Model(latents, PatientHead()(logits), name="generator")


def build_patient_discriminator(
    widths: tuple[int, ...], size: int, minibatch_std: bool = True
) -> keras.Model:
    """Build a discriminator: a patient's maps (B, size, size, 8) -> logits (B, 1).

    Args:
        widths: channels at 4 x 4, 8 x 8 and so on, up to half the image's size.
        size: of the image.
        minibatch_std: show the last layers how much the patients of a batch differ.
    """
    maps = keras.Input((size, size, len(CHANNELS)), name="maps")
    x = layers.Conv2D(widths[-1], 4, 2, "same", kernel_initializer="lecun_normal")(maps)
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
    return keras.Model(maps, logits, name="discriminator")
