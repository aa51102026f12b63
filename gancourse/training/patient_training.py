"""Train the patient generator: four modalities and the labels of a slice, made together."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from gancourse import losses
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.gan import GAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.patient_maps import decode, encode
from gancourse.gans.relativistic_gan import RelativisticGAN
from gancourse.images import patient_sheet
from gancourse.networks.modulated import widths_of
from gancourse.networks.patient_networks import build_patient_discriminator, build_patient_generator
from gancourse.options import Options, one_of, within
from gancourse.training.callbacks import SampleGrid
from gancourse.training.loop import FIXED_LATENTS_SEED, check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision

LOSSES = {
    "relativistic": (losses.relativistic_discriminator_loss, losses.relativistic_generator_loss),
    "bce": (losses.discriminator_loss, lambda fake_logits, real_logits: losses.generator_loss(fake_logits)),
}


@dataclass(frozen=True)
class PatientRecipe(Options):
    """Every choice of a training. The defaults are for 128 pixels.

    The penalties' weights are for sums over pixels, so that an image of half the size needs a quarter of
    them: with 1 instead of 10 at 64 pixels, the discriminator won at once and the images stayed black.
    """

    size: int = within(128, 16, 256)  #: pixels a side, a power of two
    latent_dim: int = within(128, 1, 1024)
    generator: str = one_of("modulated", "modulated", "residual")
    base: int = within(16, 1, 256)  #: the generator's channels at full size; they double to `most`
    d_base: int = within(24, 1, 256)  #: the discriminator's at half the size
    most: int = within(128, 1, 1024)
    resize: str = one_of("nearest", "nearest", "bilinear")
    minibatch_std: bool = True
    loss: str = one_of("relativistic", "relativistic", "bce")
    r1: float = within(40.0, 0)  #: weight of the penalty at real images; it grows with their area
    r2: float = within(40.0, 0)  #: at generated ones
    every: int = within(4, 1, 64)  #: one in so many images of a batch is penalised
    batch_size: int = within(16, 1, 1024)
    rate: float = within(5e-4, 1e-12, 1)
    beta1: float = within(0.0, 0, below=1)
    beta2: float = within(0.99, 0, below=1)
    ema: float = within(0.999, 0, below=1)
    augment: bool = False

    def __post_init__(self):
        super().__post_init__()
        if self.size & (self.size - 1):
            raise InputError(f"size={self.size}: expected a power of two from 16 to 256")

    @property
    def g_widths(self) -> tuple[int, ...]:
        return widths_of(self.base, self.size, self.most)

    @property
    def d_widths(self) -> tuple[int, ...]:
        return widths_of(self.d_base, self.size // 2, self.most)

    def build_generator(self) -> keras.Model:
        return build_patient_generator(
            self.g_widths, self.latent_dim, modulated=self.generator == "modulated", resize=self.resize
        )

    def build(self, seed: int = 0, precision: str = "auto") -> GAN:
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            networks = (
                self.build_generator(),
                build_patient_discriminator(self.d_widths, self.size, self.minibatch_std),
            )
        optimizers = [
            keras.optimizers.Adam(self.rate, self.beta1, self.beta2, epsilon=1e-8) for _ in range(2)
        ]
        gan = RelativisticGAN(*networks, latent_dim=self.latent_dim, seed=seed, ema=self.ema)
        d_loss, g_loss = LOSSES[self.loss]
        penalties = {name: getattr(self, name) for name in ("r1", "r2", "every", "augment")}
        gan.compile(*optimizers, d_loss=d_loss, g_loss=g_loss, **penalties)
        return gan


def patient_batches(slices: SliceSet, batch_size: int, seed: int = 0, first_step: int = 0, where: str = ""):
    """Make endless training batches of maps (B, S, S, 8), half of them mirrored.

    Raises:
        InputError: slices that lack a modality or labels, or too few of them.
    """
    return slices.dataset(
        "train", MODALITIES, batch_size, seed,
        where=where or None, seg=True, repeat=True, first_step=first_step, flip=True,
    ).map(encode)  # fmt: skip


def train(
    recipe: PatientRecipe,
    slices: SliceSet,
    out: Path,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    precision: str = "auto",
    where: str = "",
    verbose: int = 2,
    command: str = "",
) -> GAN:
    """Train, or continue a training, in the folder `out`, on the patients of the training split.

    After each epoch, `samples/epoch_0001.png` shows eight patients, always of the same latents. Args and
    errors otherwise as in `gancourse.training.loop.train`.
    """
    check_run(out, epochs, minutes, seed)
    size = slices.images.shape[1]
    if size != recipe.size:
        raise InputError(
            f"{slices.folder}: slices of {size} pixels, but the recipe has size={recipe.size}; change one"
        )
    patient_batches(slices, recipe.batch_size, seed, where=where)  # raises errors in the data
    images = len(slices.select("train", where or None))
    precision = choose_precision(precision)
    settings = {
        "recipe": dataclasses.asdict(recipe),
        "data": {"modality": "all", "where": where, "images": images, "slices": slices.made_with},
        "seed": seed,
        "precision": precision,
    }
    latents = draw_latents(8, recipe.latent_dim, FIXED_LATENTS_SEED)
    grid = SampleGrid(latents, Path(out) / "samples", to_sheet=draw_maps)
    return go_on(
        recipe.build(seed, precision),
        lambda first_step: patient_batches(slices, recipe.batch_size, seed, first_step, where),
        images // recipe.batch_size,
        out, settings, epochs, minutes, verbose, (grid,), command,
    )  # fmt: skip


def draw_maps(maps: np.ndarray) -> Image.Image:
    """Draw a row for each patient's maps (N, S, S, 8): four modalities, and FLAIR with the labels."""
    patients = decode(maps)
    return patient_sheet(patients.images, patients.seg)
