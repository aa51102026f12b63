"""Recipes: every choice of a training in one place, saved with its results."""

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

from gancourse import losses
from gancourse.errors import InputError
from gancourse.gans.gan import GAN
from gancourse.networks import dcgan

PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Recipe:
    """Networks, losses, optimisers. The defaults are the deck's."""

    networks: str = field(default="deck", metadata={"choices": ("deck", "transpose", "resize")})
    base: int = 64  #: the generator's width; not for the deck's own networks
    d_base: int = 64  #: the discriminator's width
    d_norm: str = field(default="batch", metadata={"choices": ("batch", "none")})
    minibatch_std: bool = False
    paper_init: bool = False  #: weights start as N(0, 0.02)
    size: int = 64
    latent_dim: int = 100
    batch_size: int = 32
    loss: str = field(default="bce", metadata={"choices": ("bce", "hinge")})
    smooth: float = 0.0  #: one-sided label smoothing
    r1: float = 0.0  #: weight of the R1 penalty
    noise: float = 0.0  #: noise on the discriminator's images
    g_rate: float = 1e-4  #: learning rates
    d_rate: float = 1e-4
    beta1: float = 0.9
    beta2: float = 0.999
    ema: float = 0.0  #: momentum of the averaged generator, 0 for none
    flip: bool = False  #: mirror half of the images, left and right

    def __post_init__(self):
        for item in dataclasses.fields(self):
            value, choices = getattr(self, item.name), item.metadata.get("choices")
            if choices and value not in choices:
                raise InputError(f"{item.name}={value!r}: expected one of {', '.join(choices)}")
            if not choices and not _LEAST.get(item.name, 0) <= value < _LIMIT.get(item.name, float("inf")):
                raise InputError(f"{item.name}={value}: out of range")
        if self.size < 16 or self.size & (self.size - 1):
            raise InputError(f"size={self.size}: expected a power of two from 16 up")
        if self.networks == "deck" and (self.base, self.d_base, self.size) != (64, 64, 64):
            raise InputError(
                "networks=deck: base, d_base and size are 64; use networks=transpose to change them"
            )

    def change(self, assignments: list[str]) -> "Recipe":
        """A recipe with some fields changed, each as "name=value". `InputError` for what it does not know."""
        return change(self, assignments)

    def build_networks(self, precision: str = "float32") -> tuple[keras.Model, keras.Model]:
        """Generator and discriminator, in the precision of `choose_precision`."""
        with in_precision(precision):
            if self.networks == "deck":
                return dcgan.Generator(), dcgan.Discriminator()
            init = dcgan.PAPER_INIT if self.paper_init else "glorot_uniform"
            generator = dcgan.build_generator(
                self.latent_dim, self.base, self.size, upsample=self.networks, init=init
            )
            init = "he_normal" if self.d_norm == "none" else init  # nothing else would keep the signal's size
            discriminator = dcgan.build_discriminator(
                self.d_base, self.size, norm=self.d_norm, minibatch_std=self.minibatch_std, init=init
            )
            return generator, discriminator

    def build(self, seed: int = 0, precision: str = "auto", **compile_options) -> GAN:
        """A compiled GAN, ready to `fit`. Sets Keras' seed, so that the same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        networks = self.build_networks(choose_precision(precision))
        gan = GAN(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
        d_loss, g_loss = {
            "bce": (partial(losses.discriminator_loss, smooth=self.smooth), losses.generator_loss),
            "hinge": (losses.hinge_discriminator_loss, losses.hinge_generator_loss),
        }[self.loss]
        gan.compile(
            keras.optimizers.Adam(self.d_rate, self.beta1, self.beta2),
            keras.optimizers.Adam(self.g_rate, self.beta1, self.beta2),
            d_loss=d_loss,
            g_loss=g_loss,
            r1=self.r1,
            noise=self.noise,
            **compile_options,
        )
        return gan


_LEAST = dict.fromkeys(("base", "d_base", "latent_dim", "batch_size"), 1) | {"g_rate": 1e-12, "d_rate": 1e-12}
_LIMIT = dict.fromkeys(("beta1", "beta2", "ema", "smooth"), 1.0)

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
    # A discriminator without batch normalisation, kept flat at real images instead.
    "r1": dataclasses.replace(
        _PAPER, base=32, d_base=32, d_norm="none", minibatch_std=True, r1=0.2, beta1=0.0, beta2=0.99
    ),
}


def choose_recipe(name: str) -> Recipe:
    """The recipe of that name. Raises `InputError` with the names there are."""
    if name not in RECIPES:
        raise InputError(f"recipe {name!r}: expected one of {', '.join(RECIPES)}")
    return RECIPES[name]


def change(recipe, assignments: list[str]):
    """A dataclass with some fields changed, each as "name=value". `InputError` for what it does not know."""
    types: dict = {name: type(value) for name, value in dataclasses.asdict(recipe).items()}
    changes: dict = {}
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        if name not in types:
            raise InputError(f"{assignment!r}: expected name=value with a name among {', '.join(types)}")
        convert = {"true": True, "false": False}.__getitem__ if types[name] is bool else types[name]
        try:
            changes[name] = convert(text)
        except (ValueError, KeyError):
            raise InputError(f"{assignment!r}: expected a value of type {types[name].__name__}") from None
    return dataclasses.replace(recipe, **changes)


@contextmanager
def in_precision(precision: str):
    """Networks built within compute in that precision, "float32" or "bfloat16"."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def choose_precision(precision: str = "auto") -> str:
    """Let "auto" be bfloat16 where the hardware multiplies it (1.3 to 1.5 times faster), else float32."""
    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r}: expected one of {', '.join(PRECISIONS)}")
    return ("bfloat16" if _has_bfloat16() else "float32") if precision == "auto" else precision


def _has_bfloat16() -> bool:
    """Whether the GPU (compute capability 8 and up) or, without one, the CPU multiplies bfloat16."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        return tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0)) >= (8, 0)
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and any(flag in cpuinfo.read_text() for flag in (" avx512_bf16", " amx_bf16"))
