"""Recipes of the GANs' relatives, a VAE and a diffusion model; `training.loop.train` trains them."""

from dataclasses import dataclass

import keras

from gancourse.errors import InputError
from gancourse.generative.diffusion import Diffusion
from gancourse.generative.vae import VAE
from gancourse.networks.autoencoder import build_autoencoder
from gancourse.networks.denoiser import build_denoiser
from gancourse.options import Options, within
from gancourse.training.recipes import choose_precision, in_precision


@dataclass(frozen=True)
class _Recipe(Options):
    size: int = within(64, 16, 256)
    base: int = within(32, 8, 512)  #: the network's width at full size
    batch_size: int = within(32, 1, 4096)
    rate: float = within(1e-3, 1e-12, 1)  #: learning rate
    ema: float = within(0.999, 0, below=1)  #: momentum of the averaged weights, 0 for none
    flip: bool = True  #: mirror half of the images, left and right

    d_steps = 1  # batches of a training step, as `Recipe` has it; no option

    def __post_init__(self):
        super().__post_init__()
        if self.size & (self.size - 1) or self.base % 8:
            raise InputError(
                f"size={self.size}, base={self.base}: expected a power of two and a multiple of 8"
            )


@dataclass(frozen=True)
class VAERecipe(_Recipe):
    """Every choice of a variational autoencoder's training."""

    latent_dim: int = within(100, 1, 10_000)

    def build_network(self) -> keras.Model:
        """Build the untrained autoencoder."""
        return build_autoencoder(self.size, self.base, self.latent_dim)

    def build(self, seed: int = 0, precision: str = "auto") -> VAE:
        """Build and compile. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            model = VAE(self.build_network(), self.latent_dim, seed, self.ema)
        model.compile(keras.optimizers.Adam(self.rate))
        return model


@dataclass(frozen=True)
class DiffusionRecipe(_Recipe):
    """Every choice of a diffusion model's training."""

    batch_size: int = within(16, 1, 4096)
    patch: int = within(2, 1, 8)  #: pixels of a side that are folded into channels

    def __post_init__(self):
        super().__post_init__()
        if self.patch & (self.patch - 1) or self.size < 4 * self.patch:
            raise InputError(
                f"patch={self.patch}: expected 1, 2, 4 or 8, and at most a quarter of size={self.size}"
            )

    def build_network(self) -> keras.Model:
        """Build the untrained denoiser. Its maps have up to four sizes, the smallest 4 x 4 or more."""
        scales = min(4, (self.size // self.patch // 4).bit_length())
        widths = tuple(self.base * (k + 1) for k in range(scales))
        return build_denoiser(self.size, widths, self.patch)

    def build(self, seed: int = 0, precision: str = "auto") -> Diffusion:
        """Build and compile. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            model = Diffusion(self.build_network(), seed, self.ema)
        model.compile(keras.optimizers.Adam(self.rate, global_clipnorm=1.0))
        return model


RECIPES: dict[str, type[VAERecipe] | type[DiffusionRecipe]] = {"vae": VAERecipe, "ddpm": DiffusionRecipe}
