"""A small patient generator for few patients: lesson 41's DCGAN, with eight maps in place of one.

With 10 patients (80 slices of 64 pixels) and a minute of one core, its brains had ventricles and lesions that
fit their labels; the shipped patient generator's networks (`training.patient_training`) drew stripes.
"""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np

from gancourse import losses
from gancourse.gans.gan import GAN
from gancourse.networks.dcgan import PAPER_INIT, build_discriminator, build_generator
from gancourse.networks.patient_networks import CHANNELS, PatientHead
from gancourse.options import Options, within
from gancourse.training.recipes import choose_precision, in_precision


@dataclass(frozen=True)
class PatientDCGAN(Options):
    """Every choice of a training: `paper-resize`, but for spectral normalisation in the discriminator.

    With batch normalisation in it, images became noise after a thousand steps on ten patients.
    """

    size: int = within(64, 16, 256)  #: pixels a side, a power of two
    latent_dim: int = within(100, 1, 1024)
    base: int = within(24, 1, 256)  #: the generator's width
    d_base: int = within(24, 1, 256)  #: the discriminator's
    smooth: float = within(0.1, 0, below=1)
    batch_size: int = within(16, 2, 1024)
    g_rate: float = within(4e-4, 1e-12, 1)
    d_rate: float = within(2e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.995, 0, below=1)

    def build_generator(self) -> keras.Model:
        """Build the generator: latents (B, latent_dim) -> a patient's maps (B, size, size, 8) in [-1, 1]."""
        plain = build_generator(
            self.latent_dim,
            self.base,
            self.size,
            "resize",
            PAPER_INIT,
            output="linear",
            channels=len(CHANNELS),
        )
        return keras.Model(plain.input, PatientHead()(plain.output), name="generator")

    def build(self, seed: int = 0, precision: str = "auto") -> GAN:
        """Build and compile both networks. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            discriminator = build_discriminator(
                self.d_base, self.size, "spectral", init=PAPER_INIT, channels=len(CHANNELS)
            )
            gan = GAN(self.build_generator(), discriminator, self.latent_dim, seed, self.ema)
        adams = [keras.optimizers.Adam(rate, self.beta1) for rate in (self.d_rate, self.g_rate)]
        gan.compile(*adams, d_loss=partial(losses.discriminator_loss, smooth=self.smooth))
        return gan


def generate(generator: keras.Model, count: int, seed: int) -> np.ndarray:
    """Return a patient's maps (count, S, S, 8) of latents drawn with the seed."""
    from gancourse.gans.latent import draw_latents

    return generator.predict(draw_latents(count, generator.input_shape[-1], seed), batch_size=50, verbose=0)
