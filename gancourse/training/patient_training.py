"""Train the patient generator: four modalities and the labels of a slice, made together."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import keras

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.gan import GAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.patient_maps import encode
from gancourse.gans.regularised_gan import RegularisedGAN
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.networks.patient import build_patient_discriminator, build_patient_generator
from gancourse.options import Options, one_of, within
from gancourse.training.loop import check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision

SMALLEST = 4  # pixels a side of the maps where the generator begins and the discriminator ends


@dataclass(frozen=True)
class PatientRecipe(Options):
    """Every choice of a training."""

    size: int = within(128, 16, 256)  #: pixels a side, a power of two
    latent_dim: int = within(128, 1, 1024)
    generator: str = one_of("modulated", "modulated", "residual")
    base: int = within(24, 1, 256)  #: the generator's channels at full size; they double to `most`
    d_base: int = within(32, 1, 256)  #: the discriminator's at half the size
    most: int = within(128, 1, 1024)
    minibatch_std: bool = True
    loss: str = one_of("relativistic", "relativistic", "bce")
    r1: float = within(1.0, 0)  #: weight of the penalty at real images
    r2: float = within(1.0, 0)  #: at generated ones
    every: int = within(4, 1, 64)  #: one in so many images of a batch is penalised
    batch_size: int = within(32, 1, 1024)
    rate: float = within(5e-4, 1e-12, 1)
    beta1: float = within(0.0, 0, below=1)
    beta2: float = within(0.99, 0, below=1)
    ema: float = within(0.999, 0, below=1)
    augment: bool = False

    @property
    def g_widths(self) -> tuple[int, ...]:
        return self._widths(self.base, self.size)

    @property
    def d_widths(self) -> tuple[int, ...]:
        return self._widths(self.d_base, self.size // 2)

    def _widths(self, base: int, size: int) -> tuple[int, ...]:
        scales = (size // SMALLEST).bit_length()
        return tuple(min(base * 2**k, self.most) for k in reversed(range(scales)))

    def build_generator(self) -> keras.Model:
        return build_patient_generator(self.g_widths, self.latent_dim, self.generator == "modulated")

    def build(self, seed: int = 0, precision: str = "auto") -> GAN:
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            networks = (
                self.build_generator(),
                build_patient_discriminator(self.d_widths, self.size, self.minibatch_std),
            )
        optimizers = [keras.optimizers.Adam(self.rate, self.beta1, self.beta2) for _ in range(2)]
        gan: GAN
        if self.loss == "relativistic":
            gan = RelativisticGAN(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
            gan.compile(*optimizers, r1=self.r1, r2=self.r2, every=self.every)
        else:
            gan = RegularisedGAN(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
            gan.compile(*optimizers, r1=self.r1)
        return gan


def patient_batches(slices: SliceSet, batch_size: int, seed: int = 0, first_step: int = 0):
    """Make endless training batches of maps (B, S, S, 8), half of them mirrored."""
    return slices.dataset(
        "train", MODALITIES, batch_size, seed, seg=True, repeat=True, first_step=first_step, flip=True
    ).map(encode)
