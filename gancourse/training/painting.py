"""Train a painter: a generator whose condition is a map of labels, so that painting a lesion makes a patient.

It is lesson 45's first GAN once more. Only the condition has grown, from seven numbers to a label for each
pixel: the generator is SPADE's, and the discriminator looks at patches of image and labels together.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.averaging import recalibrate
from gancourse.gans.conditional_gan import ConditionalGAN, paint
from gancourse.gans.latent import draw_latents
from gancourse.networks.patchgan import build_patchgan
from gancourse.networks.spade import build_spade_generator
from gancourse.options import Options, one_of, within
from gancourse.training.conditional_training import EPOCH
from gancourse.training.loop import check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision
from gancourse.training.translation import LABEL_CHANNELS, label_map


@dataclass(frozen=True)
class PainterRecipe(Options):
    """Every choice of a training."""

    modality: str = one_of("t1ce+flair", "t1ce+flair", "flair")  #: one channel each
    latent_dim: int = within(32, 1, 1024)
    base: int = within(16, 1, 256)  #: the generator's width
    hidden: int = within(16, 1, 256)  #: channels between labels and scales
    patch_width: int = within(16, 1, 512)  #: the discriminator's first filters; its patches are 34 x 34
    wrong: bool = False  #: the discriminator also sees real images with another's labels
    smooth: float = within(0.1, 0, below=1)
    batch_size: int = within(32, 2, 1024)
    g_rate: float = within(5e-4, 1e-12, 1)
    d_rate: float = within(5e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.99, 0, below=1)

    @property
    def modalities(self) -> tuple[str, ...]:
        return tuple(self.modality.split("+"))

    def generator_options(self, size: int) -> dict:
        """Return what `build_spade_generator` takes, and a card of such weights keeps as its recipe."""
        options = {name: getattr(self, name) for name in ("latent_dim", "base", "hidden")}
        return {
            "label_channels": LABEL_CHANNELS,
            "channels": len(self.modalities),
            "size": size,
            **options,
        }

    def build(self, size: int = 64, seed: int = 0, precision: str = "auto") -> ConditionalGAN:
        """Build and compile a `ConditionalGAN` for slices of that size; a seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        widths = tuple(self.patch_width * 2**k for k in range(3))
        with in_precision(choose_precision(precision)):
            generator = build_spade_generator(**self.generator_options(size))
            discriminator = build_patchgan(len(self.modalities), LABEL_CHANNELS, widths)
        gan = ConditionalGAN(generator, discriminator, seed, self.ema)
        d_optimizer, g_optimizer = (keras.optimizers.Adam(r, self.beta1) for r in (self.d_rate, self.g_rate))
        gan.compile(d_optimizer, g_optimizer, smooth=self.smooth, wrong=self.wrong)
        return gan

    def batches(self, slices: SliceSet, seed: int = 0, first_step: int = 0) -> tf.data.Dataset:
        """Make endless batches of images and their label maps, half of them mirrored."""
        pairs = slices.dataset(
            "train", self.modalities, self.batch_size, seed,
            seg=True, tissue=True, repeat=True, first_step=first_step, flip=True,
        )  # fmt: skip
        return pairs.map(lambda images, seg, tissue: (images, label_map(seg[..., 0], tissue[..., 0])))


def train(
    recipe: PainterRecipe,
    slices: SliceSet,
    out: Path,
    steps: int,
    seed: int = 0,
    precision: str = "auto",
    verbose: int = 2,
    command: str = "",
) -> ConditionalGAN:
    """Train for so many steps, or go on, in the folder `out`; arguments as in `loop.train`."""
    epochs = max(1, round(steps / EPOCH))
    check_run(out, epochs, None, seed)
    recipe.batches(slices)  # raises errors in the data
    settings = {
        "recipe": dataclasses.asdict(recipe),
        "data": {"slices": slices.made_with},
        "seed": seed,
        "precision": choose_precision(precision),
    }
    return go_on(
        recipe.build(slices.images.shape[1], seed, precision),
        lambda first_step: recipe.batches(slices, seed, first_step), EPOCH, out, settings, epochs, None,
        verbose, command=command,
    )  # fmt: skip


def calibrate(generator: keras.Model, recipe: PainterRecipe, slices: SliceSet, batches: int = 40) -> None:
    """Give a painter the batch statistics of its present weights, over the training slices' labels."""
    latent_dim, some = generator.inputs[0].shape[-1], recipe.batches(slices, seed=100).as_numpy_iterator()
    size = recipe.batch_size
    recalibrate(
        generator,
        batches=batches,
        inputs=lambda k: [tf.constant(draw_latents(size, latent_dim, 50 + k)), tf.constant(next(some)[1])],
    )


def paint_labels(generator: keras.Model, seg: np.ndarray, tissue: np.ndarray, seed: int = 0) -> np.ndarray:
    """Paint patients: labels in, images out.

    Args:
        generator: a trained painter.
        seg, tissue: (N, S, S), `scheme.LABELS` and `scheme.TISSUES`; tumour replaces tissue.
        seed: of all that labels do not say, such as brightness and texture.

    Returns:
        (N, S, S, C) float32 in [-1, 1].

    Raises:
        InputError: labels of another size than the painter's, or values that are no labels.
    """
    seg, tissue = np.asarray(seg), np.asarray(tissue)
    size = generator.inputs[1].shape[1]
    if seg.shape != tissue.shape or seg.shape[1:] != (size, size):
        raise InputError(f"labels {seg.shape}, tissue {tissue.shape}: expected (N, {size}, {size}) of both")
    strange = set(np.unique(seg)) - {0, 1, 2, 4} or set(np.unique(tissue)) - {0, 1, 2, 3}
    if strange:
        raise InputError(f"labels hold {min(strange)}: expected tumour 1, 2, 4, and tissue 1 to 3; 0 is none")
    return paint(generator, label_map(seg, tissue).numpy(), seed)
