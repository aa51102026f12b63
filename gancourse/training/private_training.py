"""The recipe of a private GAN: a small `PrivateGAN`, and the epsilon of its training."""

from dataclasses import dataclass

import keras

from gancourse.gans.private_gan import PrivateGAN
from gancourse.metrics.accountant import epsilon
from gancourse.options import Options, within
from gancourse.training.recipes import Recipe


@dataclass(frozen=True)
class PrivateRecipe(Options):
    """Networks, optimisers and privacy. The discriminator is narrow: noise falls on each of its weights."""

    noise: float = within(1.0, 0, 1000)  #: standard deviation over `clip`; 0 clips only
    clip: float = within(1.0, 1e-6)  #: the greatest length of a patient's gradient
    batch: int = within(128, 1, 100_000)  #: patients in a batch, on average
    fakes: int = within(32, 1, 4096)  #: generated images in a step
    d_steps: int = within(2, 1, 1000)  #: steps of the discriminator for each one of the generator
    base: int = within(8, 1, 512)  #: the generator's width
    d_base: int = within(8, 1, 512)  #: the discriminator's width
    size: int = within(32, 16, 128)
    latent_dim: int = within(64, 1, 10_000)
    g_rate: float = within(1e-3, 1e-12, 1)  #: learning rates
    d_rate: float = within(1e-3, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.995, 0, below=1)  #: momentum of the averaged generator

    def networks(self) -> Recipe:
        """Return the recipe of the same networks without privacy."""
        return Recipe(
            networks="resize", base=self.base, d_base=self.d_base, d_norm="none", paper_init=True,
            size=self.size, latent_dim=self.latent_dim, batch_size=self.fakes,
            g_rate=self.g_rate, d_rate=self.d_rate, beta1=self.beta1, ema=self.ema,
        )  # fmt: skip

    def build(self, seed: int = 0) -> PrivateGAN:
        """Build and compile the GAN; the same seed gives the same weights and latents."""
        keras.utils.set_random_seed(seed)
        networks = self.networks().build_networks()
        gan = PrivateGAN(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
        gan.compile(
            keras.optimizers.Adam(self.d_rate, self.beta1),
            keras.optimizers.Adam(self.g_rate, self.beta1),
            expected=self.batch,
            clip=self.clip,
            noise=self.noise,
            d_steps=self.d_steps,
            fakes=self.fakes,
        )
        return gan

    def rate(self, patients: int) -> float:
        """Return the probability with which each of so many patients is drawn for a step.

        Raises:
            ValueError: fewer patients than a batch.
        """
        if patients < self.batch:
            raise ValueError(f"{patients} patients: expected {self.batch} or more, as many as a batch has")
        return self.batch / patients

    def epsilon(self, patients: int, steps: int, delta: float = 1e-5) -> float:
        """Return epsilon after so many steps of the discriminator, on so many patients; see `accountant`."""
        return epsilon(self.rate(patients), self.noise, steps, delta)
