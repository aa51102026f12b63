"""From orders to patients: one network draws the labels that were ordered, and another paints them.

A single network that painted images of orders gave high-grade gliomas that did not enhance: what a label map
says in one pixel is, in an image, a faint pattern among many.
"""

from typing import NamedTuple

import keras
import numpy as np

from gancourse.gans import label_maps
from gancourse.gans.conditional_gan import paint
from gancourse.training.label_translation import paint_labels


class Ordered(NamedTuple):
    """Slices of N ordered patients.

    Attributes:
        seg, tissue: as in `label_maps.Labels`.
        images: (N, S, S, 4) float32 in [-1, 1], `scheme.MODALITIES`.
    """

    seg: np.ndarray
    tissue: np.ndarray
    images: np.ndarray


def fill_orders(
    generator: keras.Model, painter: keras.Model, conditions: np.ndarray, seed: int = 0
) -> Ordered:
    """Make a patient for each condition, (N, n).

    Args:
        generator: [latents, conditions] -> label maps; smaller ones than 64 pixels are enlarged.
        painter: label maps -> four modalities.
        conditions: from `gans.orders.encode`; none raise `InputError`.
        seed: of the latents.

    Returns:
        N slices of 64 pixels, or of as many as the generator draws, if these are more.
    """
    maps = paint(generator, conditions, seed)
    labels = label_maps.decode(label_maps.enlarge(maps, max(1, 64 // maps.shape[1])))
    return Ordered(*labels, paint_labels(painter, *labels))
