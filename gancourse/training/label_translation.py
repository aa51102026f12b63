"""A painter: pix2pix from labels to all four modalities of a slice, trained on a few patients.

`training.translation` paints one modality; here the four come out together, so that they fit each other.
"""

from dataclasses import dataclass

import keras
import numpy as np

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.patchgan import build_patchgan
from gancourse.networks.unet import build_unet
from gancourse.options import Options, within
from gancourse.training.recipes import choose_precision, in_precision
from gancourse.training.translation import LABEL_CHANNELS, label_map


@dataclass(frozen=True)
class LabelTranslation(Options):
    """Every choice of a training. As in `training.translation`, smaller than the paper's.

    Without convolutions at full resolution (`refine=0`), 500 steps on ten patients left a chequered pattern.
    """

    width: int = within(16, 1, 512)  #: filters at half resolution; they double down to 8 times as many
    depth: int = within(4, 1, 10)  #: times the size is halved
    refine: int = within(1, 0, 8)  #: 3 x 3 convolutions after every change of scale
    patch_width: int = within(16, 1, 512)  #: the discriminator's first filters; its patches are 34 x 34
    dropout: float = within(0.5, 0, below=1)
    ema: float = within(0.0, 0, below=1)  #: momentum of the averaged generator, 0 for none
    lambda_reconstruction: float = within(100.0, 0)
    batch_size: int = within(16, 1, 4096)
    rate: float = within(2e-4, 1e-12, 1)
    beta1: float = within(0.5, 0, below=1)

    def build_generator(self) -> keras.Model:
        """Build the U-Net: labels (B, H, W, 7) -> four modalities (B, H, W, 4) in [-1, 1]."""
        filters = tuple(self.width * min(2**k, 8) for k in range(self.depth))
        heads = {"image": len(MODALITIES)}
        return build_unet(
            LABEL_CHANNELS, heads, filters, self.refine, dropout=self.dropout, activation="tanh"
        )

    def build(self, seed: int = 0, precision: str = "auto") -> Pix2Pix:
        """Build and compile both networks. The same seed gives the same weights."""
        keras.utils.set_random_seed(seed)
        with in_precision(choose_precision(precision)):
            widths = tuple(self.patch_width * 2**k for k in range(3))
            judge = build_patchgan(LABEL_CHANNELS, len(MODALITIES), widths)
            model = Pix2Pix(self.build_generator(), judge, self.ema)
        adams = [keras.optimizers.Adam(self.rate, self.beta1) for _ in range(2)]
        model.compile(*adams, lambda_reconstruction=self.lambda_reconstruction)
        return model


def label_batches(slices: SliceSet, batch_size: int, seed: int = 0, first_step: int = 0):
    """Make endless training batches of label maps and images, half of them mirrored.

    Raises:
        InputError: slices that lack a modality or labels, or too few of them.
    """
    return slices.dataset(
        "train", MODALITIES, batch_size, seed,
        seg=True, tissue=True, repeat=True, first_step=first_step, flip=True,
    ).map(lambda images, seg, tissue: (label_map(seg[..., 0], tissue[..., 0]), images))  # fmt: skip


def paint_labels(generator: keras.Model, seg: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Paint labels (N, H, W): images (N, H, W, 4) float32 in [-1, 1], -1 where there is no brain."""
    if not len(seg):
        raise InputError("paint_labels: no label maps; give one or more")
    blocks = [slice(k, k + 64) for k in range(0, len(seg), 64)]
    images = np.concatenate([np.asarray(generator(label_map(seg[b], tissue[b])), np.float32) for b in blocks])
    return np.where(((seg > 0) | (tissue > 0))[..., None], images, -1.0).astype(np.float32)
