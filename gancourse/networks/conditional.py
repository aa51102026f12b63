"""Conditional generators: one of numbers, and StackGAN's two stages; and a text encoder.

The first takes numbers as well as latents (Mirza and Osindero 2014, arXiv 1411.1784), and may scale its maps
by them (conditional batch normalisation: de Vries et al. 2017, arXiv 1707.00683). The two stages follow Zhang
et al. 2017 (StackGAN, arXiv 1612.03242). What differs: nearest-neighbour resizing everywhere, as in the
authors' code but narrower, and two channels (modalities) in place of three colours.
"""

from collections.abc import Callable

import keras
from keras import layers, ops

from gancourse.networks.dcgan import PAPER_INIT, upsample_block
from gancourse.networks.normalisation import BatchNormalization


@keras.saving.register_keras_serializable("gancourse")
class ConditioningAugmentation(layers.Layer):
    """Draw a condition from a normal distribution whose mean and spread depend on a text's embedding.

    So the generator meets many neighbours of every text (StackGAN, section 3.2). The loss is the
    Kullback-Leibler divergence of that distribution from a standard normal one, per number.
    """

    def __init__(self, units: int, weight: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.weight = units, weight
        self.mean = layers.Dense(units)
        self.log_deviation = layers.Dense(units, kernel_initializer="zeros")

    def build(self, embedding_shape, normal_shape):
        for layer in (self.mean, self.log_deviation):
            layer.build(embedding_shape)

    def call(self, embedding, normal):
        """Draw conditions (B, units) from embeddings (B, k) and standard normal numbers (B, units)."""
        mean, log_deviation = self.mean(embedding), self.log_deviation(embedding)
        mean, log_deviation = (ops.cast(x, "float32") for x in (mean, log_deviation))
        distance = ops.square(mean) + ops.exp(2 * log_deviation) - 1 - 2 * log_deviation
        self.add_loss(self.weight * ops.mean(distance) / 2)
        return mean + ops.exp(log_deviation) * ops.cast(normal, "float32")

    def get_config(self):
        return {**super().get_config(), "units": self.units, "weight": self.weight}


@keras.saving.register_keras_serializable("gancourse")
class ConditionalScaling(layers.Layer):
    """Scale and shift each channel of maps (B, H, W, C) as conditions (B, n) say; at first not at all."""

    def build(self, maps_shape, conditions_shape):
        self.channels = maps_shape[-1]
        self.kernel = self.add_weight(
            shape=(conditions_shape[-1], 2 * self.channels), initializer="zeros", name="kernel"
        )

    def call(self, maps, conditions):
        scale, shift = ops.split(ops.matmul(conditions, self.kernel)[:, None, None], 2, axis=-1)
        return maps * (1 + scale) + shift

    def compute_output_shape(self, maps_shape, conditions_shape):
        return maps_shape


def scale_maps(maps, told):
    """Scale and shift maps (B, H, W, C) as `told` (B, n) says."""
    return ConditionalScaling()(maps, told)


def normalised(x, told=None, scale: Callable = scale_maps):
    """Normalise and cut off below 0; in between scale by what was told (B, n), if anything was."""
    x = BatchNormalization()(x)
    return layers.ReLU()(x if told is None else scale(x, told))


def build_conditional_generator(
    conditions: int,
    latent_dim: int = 100,
    base: int = 32,
    size: int = 64,
    channels: int = 1,
    blur: int = 0,
    scaled: bool = False,
    scale: Callable = scale_maps,
) -> keras.Model:
    """Build a generator: [latents (B, latent_dim), conditions (B, n)] -> images in [-1, 1].

    Args:
        conditions: how many numbers describe what to paint.
        latent_dim: numbers in a latent vector.
        size, channels: of the images (B, size, size, channels).
        base: channels of the largest map; deeper ones have 2, 4, 8 times as many.
        blur: units of `ConditioningAugmentation`, which uses the first latents; 0 is none.
        scaled: whether the conditions also scale every map, and do not only join the latents.
        scale: what does that, see `scale_maps`.
    """
    latents, wanted = keras.Input((latent_dim,)), keras.Input((conditions,))
    told = ConditioningAugmentation(blur, name="blur")(wanted, latents[:, :blur]) if blur else wanted
    told = layers.Dense(base, activation="relu")(told)
    scales = told if scaled else None
    x = layers.Concatenate()([latents, told])
    ups = (size // 8).bit_length() - 1
    x = layers.Dense(64 * 2 * base, use_bias=False, kernel_initializer=PAPER_INIT)(x)
    x = layers.Reshape((8, 8, 2 * base))(normalised(x))
    x = layers.Conv2D(base * 2**ups, 3, 1, "same", use_bias=False, kernel_initializer=PAPER_INIT)(x)
    x = normalised(x, scales, scale)
    for up in reversed(range(ups)):
        x = normalised(upsample_block(x, base * 2**up, "resize", PAPER_INIT), scales, scale)
    x = layers.Conv2D(channels, 3, 1, "same", kernel_initializer=PAPER_INIT)(x)
    return keras.Model([latents, wanted], layers.Activation("tanh", dtype="float32")(x))


def build_second_stage(
    stage_one: keras.Model, base: int = 32, blocks: int = 2, blur: int = 16
) -> keras.Model:
    """Build StackGAN's second stage around the first: the inputs of the first -> images twice as large.

    Args:
        stage_one: a conditional generator of images (B, S, S, C); it becomes the frozen layer "stage_one".
        base: channels of the largest map.
        blocks: residual ones, at half of S.
        blur: units of `ConditioningAugmentation`.
    """
    latents, wanted = (keras.Input(tensor.shape[1:]) for tensor in stage_one.inputs)
    first = keras.Model(stage_one.inputs, stage_one.outputs[0], name="stage_one")
    first.trainable = False
    sketch = first([latents, wanted], training=False)
    side = sketch.shape[1] // 2
    x = layers.LeakyReLU(0.2)(layers.Conv2D(base, 3, 1, "same", kernel_initializer=PAPER_INIT)(sketch))
    skip = x
    x = layers.Conv2D(2 * base, 4, 2, "same", use_bias=False, kernel_initializer=PAPER_INIT)(x)
    told = ConditioningAugmentation(blur, name="blur")(wanted, latents[:, -blur:])
    told = layers.UpSampling2D(side)(layers.Reshape((1, 1, blur))(told))
    x = layers.Concatenate()([normalised(x), told])
    x = normalised(layers.Conv2D(4 * base, 3, 1, "same", use_bias=False, kernel_initializer=PAPER_INIT)(x))
    for _ in range(blocks):
        y = layers.Conv2D(4 * base, 3, 1, "same", use_bias=False, kernel_initializer=PAPER_INIT)(x)
        y = layers.Conv2D(4 * base, 3, 1, "same", use_bias=False, kernel_initializer=PAPER_INIT)(
            normalised(y)
        )
        x = layers.ReLU()(layers.Add()([x, BatchNormalization()(y)]))
    x = layers.Concatenate()([normalised(upsample_block(x, 2 * base, "resize", PAPER_INIT)), skip])
    x = normalised(upsample_block(x, base, "resize", PAPER_INIT))
    x = layers.Conv2D(sketch.shape[-1], 3, 1, "same", kernel_initializer=PAPER_INIT)(x)
    return keras.Model([latents, wanted], layers.Activation("tanh", dtype="float32")(x), name="stage_two")


def build_stackgan(one: dict, two: dict) -> keras.Model:
    """Build both stages, from the arguments of `build_conditional_generator` and of `build_second_stage`."""
    return build_second_stage(build_conditional_generator(**one), **two)


def build_text_encoder(words: int, length: int, answers: int, units: int = 32) -> keras.Model:
    """Build an encoder: word numbers (B, length) -> [embedding (B, units), answers (B, answers) as logits].

    It is a gated recurrent network that learns to answer questions about a text from its embedding.
    """
    tokens = keras.Input((length,), dtype="int32")
    x = layers.Embedding(words, 16, mask_zero=True)(tokens)
    embedding = layers.Dense(units, activation="tanh")(layers.GRU(48)(x))
    return keras.Model(tokens, [embedding, layers.Dense(answers)(embedding)], name="text_encoder")
