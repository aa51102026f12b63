"""Recipes: every choice of a training in one place, saved with its results."""

import dataclasses
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

from gancourse.errors import InputError
from gancourse.gans.gan import GAN
from gancourse.gans.regularised_gan import RegularisedGAN
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.losses import LOSSES
from gancourse.networks import dcgan, modulated
from gancourse.options import Options, one_of, within

PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Recipe(Options):
    """Networks, losses, optimisers. The defaults are the deck's."""

    networks: str = one_of("deck", "deck", "transpose", "resize", "modulated")
    base: int = within(64, 1, 512)  #: the generator's width; not for the deck's own networks
    d_base: int = within(64, 1, 512)  #: the discriminator's width
    g_norm: str = one_of("batch", "batch", "none")
    d_norm: str = one_of("batch", "batch", "spectral", "none")
    g_activation: str = one_of("relu", "relu", "leaky")
    d_activation: str = one_of("leaky", "relu", "leaky")
    g_output: str = one_of("tanh", "tanh", "linear")
    downsample: str = one_of("stride", "stride", "pool")
    dense: bool = False  #: a hidden dense layer in each network
    minibatch_std: bool = False
    paper_init: bool = False  #: weights start as N(0, 0.02)
    size: int = within(64, 16, 1024)
    latent_dim: int = within(100, 1, 10_000)
    batch_size: int = within(32, 1, 4096)
    loss: str = one_of("bce", *LOSSES, "relativistic")
    smooth: float = within(0.0, 0, below=1)  #: one-sided label smoothing
    r1: float = within(0.0, 0)  #: weight of the R1 penalty
    r2: float = within(0.0, 0)  #: of the same at generated images; for the relativistic loss
    every: int = within(1, 1, 64)  #: one in so many images of a batch is penalised; for the same loss
    gradient_penalty: float = within(0.0, 0)  #: weight of WGAN-GP's penalty
    d_steps: int = within(1, 1, 100)  #: updates of the discriminator for each one of the generator
    noise: float = within(0.0, 0)  #: noise on the discriminator's images
    noise_steps: int = within(0, 0, 1e9)  #: training steps in which it falls to 0; 0 keeps it
    augment: bool = False  #: change the discriminator's images at random
    g_rate: float = within(1e-4, 1e-12, 1)  #: learning rates
    d_rate: float = within(1e-4, 1e-12, 1)
    beta1: float = within(0.9, 0, below=1)
    beta2: float = within(0.999, 0, below=1)
    ema: float = within(0.0, 0, below=1)  #: momentum of the averaged generator, 0 for none
    flip: bool = False  #: mirror half of the images, left and right

    def __post_init__(self):
        super().__post_init__()
        if self.size & (self.size - 1):
            raise InputError(f"size={self.size}: expected a power of two from 16 to 1024")
        changed = [n for n in _NETWORK if getattr(self, n) != getattr(Recipe, n)]
        if self.networks == "deck" and changed:
            name = changed[0]
            raise InputError(
                f"networks=deck: {name} is {getattr(Recipe, name)}; use networks=transpose to change it"
            )
        useless = [n for n in self._useless() if getattr(self, n) != getattr(Recipe, n)]
        if useless:
            why = "networks=modulated" if useless[0] in _DCGAN else f"loss={self.loss}"
            raise InputError(f"{useless[0]}={getattr(self, useless[0])}: not with {why}; leave it out")
        if self.smooth and self.loss not in ("bce", "minimax"):
            raise InputError(f"smooth={self.smooth}: for loss=bce or minimax; set one of them, or smooth=0")
        if self.gradient_penalty and self.d_norm == "batch":
            raise InputError(
                f"gradient_penalty={self.gradient_penalty}: not with batch normalisation, which makes one"
                " image's gradient depend on the others; set d_norm=none"
            )

    def _useless(self) -> tuple[str, ...]:
        """Name the options that networks and loss cannot use."""
        of_networks = _DCGAN if self.networks == "modulated" else ()
        relativistic = self.loss == "relativistic"
        return of_networks + (_NOT_RELATIVISTIC if relativistic else ("r2", "every"))

    def build_networks(self, precision: str = "float32") -> tuple[keras.Model, keras.Model]:
        """Build generator and discriminator, in the precision of `choose_precision`."""
        with in_precision(precision):
            if self.networks == "deck":
                return dcgan.Generator(), dcgan.Discriminator()
            if self.networks == "modulated":
                return (
                    modulated.build_generator(modulated.widths_of(self.base, self.size), self.latent_dim),
                    modulated.build_discriminator(
                        modulated.widths_of(self.d_base, self.size // 2), self.size, self.minibatch_std
                    ),
                )
            init = dcgan.PAPER_INIT if self.paper_init else "glorot_uniform"
            # Without a norm, nothing else would keep the signal's size.
            g_init, d_init = ("he_normal" if norm == "none" else init for norm in (self.g_norm, self.d_norm))
            generator = dcgan.build_generator(
                self.latent_dim,
                self.base,
                self.size,
                upsample=self.networks,
                init=g_init,
                norm=self.g_norm,
                activation=self.g_activation,
                output=self.g_output,
                dense=self.dense,
            )
            discriminator = dcgan.build_discriminator(
                self.d_base,
                self.size,
                norm=self.d_norm,
                minibatch_std=self.minibatch_std,
                init=d_init,
                downsample=self.downsample,
                activation=self.d_activation,
                dense=self.dense,
            )
            return generator, discriminator

    def build(self, seed: int = 0, precision: str = "auto", **compile_options) -> GAN:
        """Build and compile a `GAN`, or the subclass that has the recipe's hacks or its relativistic loss.

        Keras' seed is set, so that the same seed gives the same weights.
        """
        keras.utils.set_random_seed(seed)
        networks = self.build_networks(choose_precision(precision))
        hacks = {name: getattr(self, name) for name in _HACKS if getattr(self, name) != getattr(Recipe, name)}
        algorithm: type[GAN] = RegularisedGAN if hacks else GAN
        if self.loss == "relativistic":
            algorithm = RelativisticGAN
            hacks = {name: getattr(self, name) for name in ("r1", "r2", "every", "augment")}
        else:
            d_loss, g_loss = LOSSES[self.loss]
            hacks["d_loss"] = partial(d_loss, smooth=self.smooth) if self.smooth else d_loss
            hacks["g_loss"] = g_loss
        gan = algorithm(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
        gan.compile(
            keras.optimizers.Adam(self.d_rate, self.beta1, self.beta2),
            keras.optimizers.Adam(self.g_rate, self.beta1, self.beta2),
            **hacks,
            **compile_options,
        )
        return gan


#: What describes the networks, and is fixed in the deck's own.
_NETWORK = (
    "base", "d_base", "size", "g_norm", "d_norm", "g_activation", "d_activation", "g_output",
    "downsample", "dense", "minibatch_std", "paper_init",
)  # fmt: skip
#: What only the DCGAN's networks have.
_DCGAN = (
    "g_norm", "d_norm", "g_activation", "d_activation", "g_output", "downsample", "dense", "paper_init",
)  # fmt: skip
_NOT_RELATIVISTIC = ("gradient_penalty", "d_steps", "noise", "noise_steps")
#: What `RegularisedGAN` and `RelativisticGAN` add to the plain training step.
_HACKS = ("r1", "r2", "every", "augment", *_NOT_RELATIVISTIC)

_PAPER = Recipe(
    networks="transpose",
    paper_init=True,
    batch_size=64,
    g_rate=2e-4,
    d_rate=2e-4,
    beta1=0.5,
    ema=0.999,
    flip=True,
)

RECIPES = {
    # The deck's networks and losses, with Adam as in the lab it comes from.
    "deck": Recipe(),
    # The DCGAN paper's own training, half as wide, with smoothed labels and averaged weights.
    "paper": dataclasses.replace(_PAPER, base=32, d_base=32, smooth=0.1),
    # The same, resizing in place of transposed convolutions: the shipped generators'.
    "paper-resize": dataclasses.replace(_PAPER, base=32, d_base=32, smooth=0.1, networks="resize"),
    # A discriminator without batch normalisation, kept flat at real images instead.
    "r1": dataclasses.replace(
        _PAPER, base=32, d_base=32, d_norm="none", minibatch_std=True, r1=0.2, beta1=0.0, beta2=0.99
    ),
    # Later networks and a later loss, see `networks.modulated` and `gans.relativistic_gan`.
    "modulated": Recipe(
        networks="modulated",
        base=16,
        d_base=24,
        minibatch_std=True,
        batch_size=16,
        loss="relativistic",
        r1=10.0,
        r2=10.0,
        every=4,
        g_rate=5e-4,
        d_rate=5e-4,
        beta1=0.0,
        beta2=0.99,
        ema=0.999,
        flip=True,
    ),
    # The same loss for the DCGAN's networks.
    "relativistic": dataclasses.replace(
        _PAPER, base=32, d_base=32, networks="resize", d_norm="none", minibatch_std=True,
        loss="relativistic", r1=10.0, r2=10.0, every=4, beta1=0.0, beta2=0.99,
    ),
}  # fmt: skip


def choose_recipe(name: str) -> Recipe:
    """Return the recipe of that name. Raises `InputError` with the known names."""
    if name not in RECIPES:
        raise InputError(f"recipe {name!r}: expected one of {', '.join(RECIPES)}")
    return RECIPES[name]


@contextmanager
def in_precision(precision: str):
    """Build the networks of a `with` block in "float32" or "bfloat16"."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def choose_precision(precision: str = "auto") -> str:
    """Return for "auto" bfloat16 where the hardware multiplies it (1.3 to 1.5 times faster), else float32."""
    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r}: expected one of {', '.join(PRECISIONS)}")
    return ("bfloat16" if _has_bfloat16() else "float32") if precision == "auto" else precision


def _has_bfloat16() -> bool:
    """Tell whether the GPU (compute capability 8 and up) or, without one, the CPU multiplies bfloat16."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        return tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0)) >= (8, 0)
    allowed = os.environ.get("ONEDNN_MAX_CPU_ISA", "DEFAULT").upper()
    if not re.search("BF16|FP16|AMX|AVX10|ALL|DEFAULT", allowed):
        return False  # oneDNN is told to do without; TensorFlow's product of matrices would crash
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and any(flag in cpuinfo.read_text() for flag in (" avx512_bf16", " amx_bf16"))
