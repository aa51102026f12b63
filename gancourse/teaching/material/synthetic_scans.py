"""Lesson 54's synthetic scans: from generators and a painter that were trained on ten patients.

`experiments/augmentation.py` trained them (N = 10, seed 0). `generator` and `painter` saw the ten patients of
`two_hospitals`; `leaky` saw them and half of those on whom segmenters are tested.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from gancourse import pretrained
from gancourse.cohort.lesion_moves import LEAST_PX, WHITE, healed
from gancourse.cohort.scheme import MODALITIES
from gancourse.gans.latent import draw_latents
from gancourse.gans.patient_maps import decode
from gancourse.segmentation.mixing import Labelled
from gancourse.teaching.material.augmentation_parts import transplant
from gancourse.teaching.material.two_hospitals import Scans
from gancourse.training.label_translation import paint_labels


@cache
def generate(name: str = "generator", count: int = 1000) -> Labelled:
    """Return slices with labels by "generator" or "leaky"; the first ones are always the same."""
    network = pretrained.load(f"augment/{name}-10")
    latents = draw_latents(count, network.input_shape[-1], seed=1)
    maps = [np.asarray(network(latents[k : k + 50], training=False)) for k in range(0, count, 50)]
    made = decode(np.concatenate(maps))
    return Labelled(made.images, made.seg)


def paint(seg: np.ndarray, tissue: np.ndarray) -> Labelled:
    """Return what the painter makes of label maps (N, 64, 64), with their labels."""
    painter = pretrained.load("augment/painter-10")
    return Labelled(paint_labels(painter, seg, tissue), seg)


def new_labels(
    scans: Scans, count: int, move: Callable, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Make label maps of brains with the lesions of other slices, mirrored at random.

    Args:
        scans: of patients whose tissue is known.
        count: how many.
        move: puts labels (H, W) into tissue (H, W), with their mean at a row and a column.
        rng: of all that is random.

    Returns:
        Tumour and tissue, (count, H, W) uint8 each.
    """
    donors = np.flatnonzero((scans.seg > 0).sum((1, 2)) >= LEAST_PX)
    hosts = np.flatnonzero((scans.tissue == WHITE).any((1, 2)))
    made: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(50 * count):  # some lesions lie outside of their new brain
        host, lesion = rng.choice(hosts), scans.seg[rng.choice(donors)]
        brain = healed(scans.seg[host], scans.tissue[host])
        lesion = lesion[:, ::-1] if rng.random() < 0.5 else lesion
        seg = np.asarray(move(lesion, brain, *rng.choice(np.argwhere(brain == WHITE))))
        if (seg > 0).sum() >= LEAST_PX:
            made.append((seg.astype(np.uint8), brain))
        if len(made) == count:
            break
    lesions, brains = zip(*made, strict=True)
    return np.stack(lesions), np.stack(brains)


#: About the area of the tumours in the riddle, in pixels.
RIDDLE_PX = 120


def riddle(scans: Scans) -> dict[str, np.ndarray]:
    """Return FLAIR of three slices with a tumour, (64, 64) each: painted, a patient's, generated."""
    rng = np.random.default_rng(54)
    labels = new_labels(scans, 24, transplant, rng)
    three = paint(*labels), Labelled(scans.images, scans.seg), generate()
    areas = [np.abs((slices.seg > 0).sum((1, 2)) - RIDDLE_PX).argmin() for slices in three]
    flair = MODALITIES.index("flair")
    return {
        str(k + 1): slices.images[row, ..., flair]
        for k, (slices, row) in enumerate(zip(three, areas, strict=True))
    }
