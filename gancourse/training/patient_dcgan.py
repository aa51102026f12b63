"""A small patient generator for few patients: lesson 41's DCGAN, with eight maps in place of one.

The discriminator was chosen by eye, from slices after 500 to 2,000 steps on ten patients (80 slices of 64
pixels). With batch normalisation, images turned into noise; with spectral normalisation alone, into woven
cloth. With both zero-centred penalties on top (R1 and R2), brains have ventricles, and lesions fit their
labels.
"""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np

from gancourse import losses
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.networks.dcgan import PAPER_INIT, build_discriminator, build_generator
from gancourse.networks.patient_networks import CHANNELS, PatientHead
from gancourse.options import Options, within
from gancourse.training.recipes import choose_precision, in_precision


@dataclass(frozen=True)
class PatientDCGAN(Options):
    """Every choice of a training: `paper-resize` with another discriminator."""

    size: int = within(64, 16, 256)  #: pixels a side, a power of two
    latent_dim: int = within(100, 1, 1024)
    base: int = within(24, 1, 256)  #: the generator's width
    d_base: int = within(24, 1, 256)  #: the discriminator's
    r1: float = within(1.0, 0)  #: weight of the penalty at real images
    r2: float = within(1.0, 0)  #: at generated ones
    every: int = within(4, 1, 64)  #: one in so many images of a batch is penalised
    smooth: float = within(0.1, 0, below=1)
    batch_size: int = within(16, 2, 1024)
    g_rate: float = within(4e-4, 1e-12, 1)
    d_rate: float = within(2e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.995, 0, below=1)

    def build_generator(self) -> keras.Model:
        """Build the generator: latents (B, latent_dim) -> a patient's maps (B, size, size, 8) in [-1, 1]."""
        plain = build_generator(
            self.latent_dim, self.base, self.size, "resize", PAPER_INIT,
            output="linear", channels=len(CHANNELS),
        )  # fmt: skip
        return keras.Model(plain.input, PatientHead()(plain.output), name="generator")

    def build(self, seed: int = 0, precision: str = "auto") -> RelativisticGAN:
        """Build and compile both networks. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            discriminator = build_discriminator(
                self.d_base, self.size, "spectral", init=PAPER_INIT, channels=len(CHANNELS)
            )
            gan = RelativisticGAN(
                self.build_generator(), discriminator, latent_dim=self.latent_dim, seed=seed, ema=self.ema
            )
        adams = [keras.optimizers.Adam(rate, self.beta1) for rate in (self.d_rate, self.g_rate)]
        gan.compile(
            *adams,
            d_loss=partial(losses.discriminator_loss, smooth=self.smooth),
            g_loss=lambda fake_logits, real_logits: losses.generator_loss(fake_logits),
            r1=self.r1, r2=self.r2, every=self.every,
        )  # fmt: skip
        return gan


def generate(generator: keras.Model, count: int, seed: int) -> np.ndarray:
    """Return a patient's maps (count, S, S, 8) of latents drawn with the seed."""
    from gancourse.gans.latent import draw_latents

    return generator.predict(draw_latents(count, generator.input_shape[-1], seed), batch_size=50, verbose=0)
