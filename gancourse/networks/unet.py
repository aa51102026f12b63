"""The U-Net generator of pix2pix (Isola et al. 2017, arXiv 1611.07004, appendix 6.1), of any size.

Down by 4 x 4 convolutions of stride 2 (the paper's C64-C128-...), up by transposed ones, and at every scale a
skip connection carries the fine detail across (Ronneberger et al. 2015, arXiv 1505.04597). What differs:

- `filters` says how wide and how deep; the paper's is (64, 128, 256, 512, 512, 512, 512, 512).
- `refine` adds 3 x 3 convolutions at every scale, full resolution included, as Ronneberger's U-Net has them:
  edges of labels come out sharper. 0 is the paper's.
- Several heads may share the network: one output each, as logits or after tanh.
- The paper trains on one image at a time, so that its batch normalisation is instance normalisation. Here
  either can be chosen.
"""

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from gancourse.networks.dcgan import PAPER_INIT
from gancourse.networks.normalisation import BatchNormalization

#: Name -> a new layer that normalises over a batch, or each image's channels by themselves.
NORMS: dict[str, Callable] = {
    "batch": BatchNormalization,
    "instance": partial(layers.GroupNormalization, groups=-1),
}


def down(x, filters: int, norm: str = "batch"):
    """Halve the size: (B, H, W, C) -> (B, H/2, W/2, filters)."""
    x = layers.Conv2D(filters, 4, 2, "same", use_bias=not norm, kernel_initializer=PAPER_INIT)(x)
    x = NORMS[norm]()(x) if norm else x
    return layers.LeakyReLU(0.2)(x)


def up(x, filters: int, dropout: float = 0.0, norm: str = "batch"):
    """Double the size: (B, H, W, C) -> (B, 2H, 2W, filters)."""
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False, kernel_initializer=PAPER_INIT)(x)
    x = NORMS[norm]()(x)
    x = layers.Dropout(dropout)(x) if dropout else x
    return layers.ReLU()(x)


def refined(x, filters: int, times: int, norm: str = "batch"):
    """Apply 3 x 3 convolutions: (B, H, W, C) -> (B, H, W, filters)."""
    for _ in range(times):
        x = layers.Conv2D(filters, 3, 1, "same", use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.ReLU()(NORMS[norm]()(x))
    return x


def build_unet(
    channels: int = 4,
    heads: dict[str, int] | None = None,
    filters: tuple[int, ...] = (32, 64, 128, 256, 256),
    refine: int = 0,
    full: int = 16,
    dropout: float = 0.0,
    activation: str | None = None,
    norm: str = "batch",
) -> keras.Model:
    """Build a U-Net: images (B, H, W, channels) -> a map (B, H, W, n), or a dict of one for each head.

    Maps are float32. Height and width may be any multiples of 2 ** len(filters).

    Args:
        heads: channels of each output by its name.
        filters: of the scales from half resolution down.
        refine: 3 x 3 convolutions after every change of scale.
        full: filters at full resolution; only with `refine`.
        dropout: in the three coarsest steps up, as the paper's 0.5.
        activation: "tanh" for images in [-1, 1]; None gives logits.
        norm: "batch" or "instance".
    """
    heads = heads or {"labels": 4}
    images = x = keras.Input((None, None, channels), name="images")
    skips = []
    if refine:
        x = refined(x, full, 1, norm)
        skips.append(x)
    for scale, width in enumerate(filters):
        x = refined(down(x, width, norm if scale or refine else ""), width, refine, norm)
        skips.append(x)
    skips.pop()
    for scale, width in enumerate(reversed(filters[:-1])):
        x = layers.Concatenate()([up(x, width, dropout if scale < 3 else 0.0, norm), skips.pop()])
        x = refined(x, width, refine, norm)
    if refine:
        x = layers.Concatenate()([up(x, full, norm=norm), skips.pop()])
        x = refined(x, full, 1, norm)
        head = partial(layers.Conv2D, kernel_size=1)
    else:
        head = partial(layers.Conv2DTranspose, kernel_size=4, strides=2, padding="same")
    last = {n: head(c, kernel_initializer=PAPER_INIT, name=f"{n}_last")(x) for n, c in heads.items()}
    outputs = {n: layers.Activation(activation, dtype="float32", name=n)(y) for n, y in last.items()}
    return keras.Model(images, outputs if len(heads) > 1 else next(iter(outputs.values())), name="unet")
