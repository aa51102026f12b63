"""pix2pix on brain slices: its three directions, with their inputs and targets, and its training.

mr-to-tumour   MR -> tumour labels
mr-to-tissue   MR -> CSF, grey and white matter (inside a tumour the tissue is not known)
labels-to-mr   tissue and tumour labels -> MR of one modality
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gancourse.cohort.scheme import LABELS, MODALITIES, REGIONS, TISSUES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.losses import IGNORE
from gancourse.metrics.overlap import dice
from gancourse.networks.patchgan import build_patchgan
from gancourse.networks.unet import build_unet
from gancourse.options import Options, one_of, within
from gancourse.training.loop import check_run, go_on
from gancourse.training.recipes import choose_precision, in_precision

DIRECTIONS = ("mr-to-tumour", "mr-to-tissue", "labels-to-mr")

#: Tumour labels in the order of the network's classes: class 3 is BraTS' 4.
TUMOUR_CLASSES = (0, *LABELS)

#: Channels of a label map: outside, the tissues, the tumour labels.
LABEL_CHANNELS = 1 + len(TISSUES) + len(LABELS)


@dataclass(frozen=True)
class Translation(Options):
    """Every choice of a training. The defaults are the paper's, but for smaller networks."""

    direction: str = one_of("mr-to-tumour", *DIRECTIONS)
    modality: str = one_of("all", "all", *MODALITIES)  #: into, or out of
    discriminator: bool = True
    width: int = within(16, 1, 512)  #: filters at half resolution; they double down to 8 times as many
    depth: int = within(5, 1, 10)  #: times the size is halved
    patch_width: int = within(16, 1, 512)  #: the discriminator's first filters; its patches are 34 x 34
    dropout: float = within(0.5, 0, below=1)
    lambda_reconstruction: float = within(100.0, 0)
    batch_size: int = within(16, 1, 4096)
    rate: float = within(2e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)
    ema: float = within(0.0, 0, below=1)  #: momentum of the averaged generator, 0 for none
    drop: float = within(0.0, 0, 1)  #: chance that a modality of an MR input is blanked; one always stays

    def __post_init__(self):
        super().__post_init__()
        if self.direction == "labels-to-mr" and self.modality == "all":
            raise InputError("direction=labels-to-mr: paints one modality; name it, as in --modality flair")

    @property
    def modalities(self) -> tuple[str, ...]:
        return MODALITIES if self.modality == "all" else (self.modality,)

    def build_generator(self) -> keras.Model:
        """Build the U-Net: logits (B, H, W, 4) for labels, an image (B, H, W, 1) in [-1, 1] for MR."""
        paints = self.direction == "labels-to-mr"
        return build_unet(
            LABEL_CHANNELS if paints else len(self.modalities),
            {"image": 1} if paints else {"labels": 4},
            tuple(self.width * min(2**k, 8) for k in range(self.depth)),
            dropout=self.dropout,
            activation="tanh" if paints else None,
        )

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile both networks, or the U-Net alone. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            generator, discriminator = self.build_generator(), None
            if self.discriminator:
                widths = tuple(self.patch_width * 2**k for k in range(3))
                discriminator = build_patchgan(generator.input_shape[-1], generator.output_shape[-1], widths)
        model = Pix2Pix(generator, discriminator, self.ema)
        g_optimizer = keras.optimizers.Adam(self.rate, self.beta1)
        d_optimizer = keras.optimizers.Adam(self.rate, self.beta1) if discriminator else None
        model.compile(d_optimizer, g_optimizer, lambda_reconstruction=self.lambda_reconstruction)
        return model

    def example(self, images, seg, tissue):
        """Return inputs and targets, of images (B, H, W, C), seg and tissue (B, H, W, 1)."""
        if self.direction == "labels-to-mr":
            return label_map(seg[..., 0], tissue[..., 0]), images
        if self.direction == "mr-to-tumour":
            return images, tf.where(seg == 4, tf.constant(3, seg.dtype), seg)[..., 0]
        return images, tf.where(seg > 0, tf.constant(IGNORE, seg.dtype), tissue)[..., 0]

    def batches(self, slices: SliceSet, seed: int = 0, first_step: int = 0, where: str = ""):
        """Make endless training batches of inputs and targets, half of them mirrored."""
        batches = slices.dataset(
            "train", self.modalities, self.batch_size, seed,
            where=where or None, seg=True, tissue=True, repeat=True, first_step=first_step, flip=True,
        ).map(self.example)  # fmt: skip
        if not self.drop:
            return batches
        return batches.enumerate(first_step).map(
            lambda step, batch: (blank_some(batch[0], self.drop, (seed, step)), batch[1])
        )


def label_map(seg, tissue):
    """Encode tumour labels and tissue (B, H, W) as 0 and 1 (B, H, W, 7); tumour replaces tissue."""
    seg, tissue = (tf.cast(x, tf.int32) for x in (seg, tissue))
    tumour = len(TISSUES) + tf.where(seg == 4, 3, seg)
    return tf.one_hot(tf.where(seg > 0, tumour, tissue), LABEL_CHANNELS)


def blank_some(images, chance: float, seed):
    """Set random modalities of each image (B, H, W, C) to -1, as if they were missing; one stays."""
    draws = tf.random.stateless_uniform([tf.shape(images)[0], 1, 1, images.shape[-1]], seed, alg="philox")
    keep = (draws >= chance) | (draws == tf.reduce_max(draws, -1, keepdims=True))
    return tf.where(keep, images, -1.0)


def tumour_labels(logits) -> np.ndarray:
    """Return BraTS' labels 0, 1, 2, 4 (B, H, W) uint8 of the logits of mr-to-tumour."""
    return np.array(TUMOUR_CLASSES, np.uint8)[np.argmax(logits, -1)]


def score(generator: keras.Model, translation: Translation, slices: SliceSet, split: str = "test") -> dict:
    """Compare a trained generator's output with the truth, as a mean over the patients of a split.

    Returns:
        For tumours, `dice_WT`, `dice_TC`, `dice_ET`, over patients that have the region in their slices; for
        tissue, `dice_CSF`, ..., outside tumours; for MR, `l1_brain`, of images in [-1, 1]; and `patients`.
    """
    rows = slices.select(split)
    images, seg, tissue = (np.asarray(a[rows]) for a in (slices.images, slices.seg, slices.tissue))
    images = images[..., [slices.modalities.index(m) for m in translation.modalities]].astype(np.float32)
    patients = slices.table["patient"].to_numpy()[rows]
    inputs = label_map(seg, tissue) if translation.direction == "labels-to-mr" else images
    output = generator.predict(inputs, batch_size=64, verbose=0)
    found: dict = {}
    if translation.direction == "labels-to-mr":
        inside = (seg > 0) | (tissue > 0)
        errors = np.abs(output - images)[..., 0]
        found = {
            "l1_brain": [errors[(patients == p)[:, None, None] & inside].mean() for p in np.unique(patients)]
        }
    elif translation.direction == "mr-to-tumour":
        labels = tumour_labels(output)
        found = {
            f"dice_{name}": dice_of_patients(np.isin(seg, values), np.isin(labels, values), patients)
            for name, values in REGIONS.items()
        }
    else:
        labels, known = np.argmax(output, -1), seg == 0
        found = {
            f"dice_{name}": dice_of_patients(known & (tissue == value), known & (labels == value), patients)
            for value, name in TISSUES.items()
        }
    there = {name: values for name, values in found.items() if np.isfinite(values).any()}
    means = {name: round(float(np.nanmean(values)), 4) for name, values in there.items()}
    return {**means, "patients": len(set(patients))}


def dice_of_patients(truth: np.ndarray, found: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """Return each patient's Dice over slices (N, H, W), in the order of `np.unique`; NaN without truth."""
    masks = ((truth[patients == p], found[patients == p]) for p in np.unique(patients))
    return np.array([dice(*pair) if pair[0].any() else np.nan for pair in masks])


def train(
    translation: Translation,
    slices: SliceSet,
    out: Path,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    precision: str = "auto",
    where: str = "",
    verbose: int = 2,
    command: str = "",
) -> Pix2Pix:
    """Train, or continue a training, in the folder `out`, on the patients of the training split.

    Args and errors as in `gancourse.training.loop.train`.
    """
    check_run(out, epochs, minutes, seed)
    size = slices.images.shape[1]
    if size % 2**translation.depth:
        most = (size & -size).bit_length() - 1  # times that two divides it
        raise InputError(f"depth={translation.depth}: for slices of {size} pixels, expected 1 to {most}")
    translation.batches(slices, seed, where=where)  # raises errors in the data
    images = len(slices.select("train", where or None))
    precision = choose_precision(precision)
    settings = {
        "recipe": dataclasses.asdict(translation),
        "data": {"modality": translation.modality, "where": where, "slices": slices.made_with},
        "seed": seed,
        "precision": precision,
    }
    return go_on(
        translation.build(seed, precision),
        lambda first_step: translation.batches(slices, seed, first_step, where),
        images // translation.batch_size,
        out, settings, epochs, minutes, verbose, command=command,
    )  # fmt: skip
