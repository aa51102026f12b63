"""New label maps of a few patients: one's lesion, moved, scaled and turned, in the brain of another.

After Shin et al. 2018 (arXiv 1807.10225), who change a tumour's size and place, or put it into a healthy
brain, for a network to paint. What differs: all brains and lesions are those of the same N patients.

Labels are tumour (`scheme.LABELS`) and tissue (`scheme.TISSUES`) of axial slices centred on the brain.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from gancourse.errors import InputError

WHITE = 3  # tissue of what nothing else tells
LEAST_PX = 8  # of a lesion worth moving, and worth keeping after it was moved
TRIES = 20


class Move(NamedTuple):
    """How a lesion is moved; drawn apart from the moving."""

    mirror: bool
    angle: float  # degrees, counter-clockwise
    scale: float
    row: int  # where its centre goes
    column: int


def draw_move(rng: np.random.Generator, tissue: np.ndarray) -> Move:
    """Draw a move to some place in the white matter of a brain (H, W), or in its brain if it has none."""
    places = np.argwhere(tissue == WHITE)
    places = places if len(places) else np.argwhere(tissue > 0)
    row, column = places[rng.integers(len(places))]
    scale = float(np.exp(rng.normal(0, 0.25)))
    return Move(bool(rng.random() < 0.5), float(rng.uniform(-40, 40)), scale, int(row), int(column))


def moved(seg: np.ndarray, move: Move) -> np.ndarray:
    """Move the lesion of labels (H, W) as drawn; what leaves the image is lost."""
    seg = seg[:, ::-1] if move.mirror else seg
    centre = np.array(ndimage.center_of_mass(seg > 0))
    turn = np.deg2rad(move.angle)
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / move.scale
    offset = centre - back @ np.array([move.row, move.column])
    return ndimage.affine_transform(seg, back, offset, order=0, output=np.uint8)


def healed(seg: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Return tissue (H, W) without the lesion: in its place what lies on the other side, else white matter.

    Phantoms know what lay there before. Patients' slices do not, so it is not used.
    """
    lesion = seg > 0
    other = np.where(lesion[:, ::-1], 0, tissue[:, ::-1])
    return np.where(lesion, np.where(other > 0, other, WHITE), tissue).astype(np.uint8)


def new_labels(
    seg: np.ndarray, tissue: np.ndarray, count: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Make label maps: hosts' brains, mirrored at random, with lesions of other slices.

    As many of them show no lesion as of the slices given.

    Args:
        seg, tissue: (N, H, W) uint8, of the patients that there are.
        count: how many to make.
        seed: of all that is random.

    Returns:
        Tumour and tissue, (count, H, W) uint8 each.

    Raises:
        InputError: no tissue is known, or no slice shows a lesion.
    """
    rng = np.random.default_rng(seed)
    donors = np.flatnonzero((seg > 0).sum((1, 2)) >= LEAST_PX)
    if not len(donors):
        raise InputError("new labels: no slice shows a tumour; give patients with tumours")
    if not (tissue > 0).any():
        raise InputError("new labels: the slices have no tissue labels; use slices of phantoms")
    hosts = np.flatnonzero((tissue > 0).any((1, 2)))
    share = len(donors) / len(seg)
    made = []
    for _ in range(count):
        host = rng.choice(hosts)
        brain = healed(seg[host], tissue[host])
        brain = brain[:, ::-1] if rng.random() < 0.5 else brain
        lesion = np.zeros_like(brain)
        if rng.random() < share:
            for _ in range(TRIES):  # until enough of it lies inside the brain
                tried = moved(seg[rng.choice(donors)], draw_move(rng, brain)) * (brain > 0)
                if (tried > 0).sum() >= LEAST_PX:
                    lesion = tried
                    break
        made.append((lesion, brain))
    lesions, brains = (np.stack(each).astype(np.uint8) for each in zip(*made, strict=True))
    return lesions, brains
