"""Translate one MR contrast into another: in pairs by pix2pix, and without pairs by CycleGAN."""

from dataclasses import dataclass
from itertools import combinations

import keras
import numpy as np
import tensorflow as tf

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.cyclegan import CycleGAN
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.cycle_networks import build_pair, build_patch_discriminator, build_translator
from gancourse.networks.patchgan import build_patchgan
from gancourse.networks.unet import build_unet
from gancourse.options import Options, one_of, within
from gancourse.training.recipes import choose_precision, in_precision

#: What a pix2pix may see: one modality, two or three, joined by "+".
SOURCES = tuple("+".join(some) for count in (1, 2, 3) for some in combinations(MODALITIES, count))


@dataclass(frozen=True)
class PairedContrast(Options):
    """Every choice of a pix2pix from one contrast, or from several, to another."""

    source: str = one_of("t1", *SOURCES)
    target: str = one_of("flair", *MODALITIES)
    width: int = within(16, 1, 512)  #: filters at half resolution; they double down to 8 times as many
    depth: int = within(4, 1, 10)  #: times the size is halved
    refine: int = within(1, 0, 8)  #: 3 x 3 convolutions after every change of scale
    patch_width: int = within(16, 1, 512)  #: the discriminator's first filters; its patches are 34 x 34
    lambda_reconstruction: float = within(100.0, 0)
    batch_size: int = within(16, 1, 4096)
    rate: float = within(5e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.999, 0, below=1)

    def __post_init__(self):
        super().__post_init__()
        if self.target in self.sources:
            raise InputError(f"source={self.source}, target={self.target}: the target must not be a source")

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self.source.split("+"))

    def build_generator(self) -> keras.Model:
        """Build the U-Net: sources (B, H, W, n) -> target (B, H, W, 1), in [-1, 1]."""
        filters = tuple(self.width * min(2**k, 8) for k in range(self.depth))
        return build_unet(
            len(self.sources), {"image": 1}, filters, self.refine, activation="tanh", norm="instance"
        )

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile both networks. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            widths = tuple(self.patch_width * 2**k for k in range(3))
            model = Pix2Pix(self.build_generator(), build_patchgan(len(self.sources), 1, widths), self.ema)
        adams = [keras.optimizers.Adam(self.rate, self.beta1) for _ in range(2)]
        model.compile(*adams, lambda_reconstruction=self.lambda_reconstruction)
        return model

    def batches(self, slices: SliceSet, seed: int = 0, first_step: int = 0):
        """Make endless training batches of sources and target, half of them mirrored."""
        count = len(self.sources)
        return slices.dataset(
            "train", (*self.sources, self.target), self.batch_size, seed,
            repeat=True, first_step=first_step, flip=True,
        ).map(lambda images: (images[..., :count], images[..., count:]))  # fmt: skip


@dataclass(frozen=True)
class UnpairedContrast(Options):
    """Every choice of a CycleGAN from one contrast to another."""

    source: str = one_of("t2", *MODALITIES)
    target: str = one_of("flair", *MODALITIES)
    size: int = within(64, 16, 256)
    width: int = within(16, 1, 512)  #: the translators' filters at half resolution; they double twice
    patch_width: int = within(32, 1, 512)  #: the discriminators' first filters; their patches are 70 x 70
    lambda_cycle: float = within(2.0, 0)
    batch_size: int = within(8, 1, 50)
    rate: float = within(5e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.995, 0, below=1)

    def build_generator(self) -> keras.Model:
        """Build both translators, as `CycleGAN` takes them."""
        filters = (self.width, 2 * self.width, 4 * self.width)
        to_b, to_a = (build_translator(1, filters, name) for name in ("to_b", "to_a"))
        return build_pair(to_b, to_a, self.size)

    def build(self, seed: int = 0, precision: str = "auto") -> CycleGAN:
        """Build and compile all four networks. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        widths = tuple(self.patch_width * k for k in (1, 2, 4, 4))
        with in_precision(choose_precision(precision)):
            of_a, of_b = (build_patch_discriminator(1, widths, name) for name in ("of_a", "of_b"))
            model = CycleGAN(self.build_generator(), build_pair(of_a, of_b, self.size), seed, self.ema)
        adams = [keras.optimizers.Adam(self.rate, self.beta1) for _ in range(2)]
        model.compile(*adams, lambda_cycle=self.lambda_cycle)
        return model

    def batches(self, slices: SliceSet, a: np.ndarray, b: np.ndarray, seed: int = 0, first_step: int = 0):
        """Make endless batches of source images of some slices and target images of others.

        Args:
            a, b: one boolean for each slice: which may be a source, which a target.
        """
        sets = [
            slices.dataset(
                "train", modality, self.batch_size, 2 * seed + k,
                where=rows, repeat=True, first_step=first_step, flip=True,
            )
            for k, (modality, rows) in enumerate(((self.source, a), (self.target, b)))
        ]  # fmt: skip
        return tf.data.Dataset.zip(tuple(sets))


#: What the target set of an unpaired training holds, by name: from no tumour to nothing else.
TARGET_SETS = ("healthy", "half", "tumour")
TUMOUR_PX = 20  #: pixels of tumour, of 64 x 64, from which a slice counts as one with a tumour


def choose_sets(slices: SliceSet, held: str) -> tuple[np.ndarray, np.ndarray]:
    """Choose sources and targets of an unpaired training: slices of different people, one boolean each.

    Sources are all slices of half of the training patients with a tumour, and of a quarter of the healthy
    ones. Targets are slices of the other people: of healthy ones, of patients with the tumour in the slice,
    or half of each, always equally many.

    Args:
        held: one of `TARGET_SETS`.
    """
    if held not in TARGET_SETS:
        raise InputError(f"target set {held!r}: expected one of {', '.join(TARGET_SETS)}")
    table, rng = slices.table, np.random.default_rng(0)
    train = (table["split"] == "train").to_numpy()
    well = (table["grade"] == "healthy").to_numpy()
    sources = np.zeros(len(table), bool)
    for group, part in ((well, 4), (~well, 2)):
        people = rng.permutation(np.unique(table["patient"][train & group]))
        sources |= np.isin(table["patient"], people[: len(people) // part])
    sources &= train
    left = [train & ~sources & well, train & ~sources & (table["tumour_px"] >= TUMOUR_PX).to_numpy()]
    count = min(map(np.sum, left))
    shares = {"healthy": (1.0, 0.0), "half": (0.5, 0.5), "tumour": (0.0, 1.0)}[held]
    targets = np.zeros(len(table), bool)
    for rows, share in zip(left, shares, strict=True):
        targets[rng.permutation(np.flatnonzero(rows))[: round(share * count)]] = True
    return sources, targets
