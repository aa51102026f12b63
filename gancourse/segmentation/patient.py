"""Segment a patient's scans; the labels are on the patient's own grid.

The network sees axial slices at 1 mm, so images are resampled in the plane, and across it where slices are
thinner. Probabilities are resampled back to the patient's grid, and only there the most probable label is
taken: edges stay smooth, and no label appears between two others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import ndimage, sparse

from gancourse.cohort.brats import Subject, region
from gancourse.cohort.planes import resampling_matrix
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import LABELS, MODALITIES, REGIONS, TISSUES
from gancourse.segmentation.input_checks import check_axial

SPACING_MM = 1.0
BATCH = 32  # slices in a call of the network
MARGIN = 8  # pixels round the brain that it sees
#: If the enhancing tumour is a smaller share of the whole, it is labelled necrosis: networks find a few
#: enhancing voxels in tumours that do not enhance (Isensee et al., arXiv 2011.00848, winner of BraTS 2020).
LEAST_ENHANCING = 0.01
#: Components of tumour smaller than this share of the brain (about 0.4 mL) are removed: the network finds
#: such specks in healthy phantoms. A metastasis of 9 mm is lost with them.
LEAST_PIECE = 3e-4


class SliceSegmenter(Protocol):
    """What `segment` needs of `gancourse.segmentation.segmenter.Segmenter`."""

    def predict(
        self, images: np.ndarray, brain: np.ndarray, present: tuple[str, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Predict probabilities of tumour and tissue from slices (N, H, W, 4) and their brain (N, H, W)."""
        ...


@dataclass
class Segmentation:
    """One subject's labels. Arrays are (X, Y, Z), LPS, on the subject's grid.

    Attributes:
        seg: uint8, `scheme.LABELS`.
        tissue: uint8, `scheme.TISSUES`; 0 outside the brain and in the tumour, which is none of the three.
        volumes_ml: of WT, TC, ET, NCR, ED, CSF, GM and WM.
        present, missing: modalities that were used, and those that the subject lacks.
        gaps: number of slices that a modality lacks while others have them, for each such modality.
    """

    subject: Subject
    seg: np.ndarray
    tissue: np.ndarray
    volumes_ml: dict[str, float]
    present: tuple[str, ...]
    missing: tuple[str, ...]
    gaps: dict[str, int] = field(default_factory=dict)


def segment(subject: Subject, segmenter: SliceSegmenter, mask: np.ndarray | None = None) -> Segmentation:
    """Segment one subject, with whichever of the four modalities it has.

    Args:
        subject: who was scanned.
        segmenter: the network.
        mask: (X, Y, Z) bool, the brain of a head that was not stripped.

    Raises:
        InputError: as `read_scans`, or a single slice that is not axial.
    """
    check_axial(subject)
    scans = read_scans(subject, mask=mask)
    shape, zooms = subject.shape, subject.zooms
    # Voxels of the network's grid along each axis; the field of view stays the same.
    sizes = [max(1, round(n * zoom / SPACING_MM)) for n, zoom in zip(shape, zooms, strict=True)]
    if zooms[2] > 0.9 * SPACING_MM:
        sizes[2] = shape[2]
    there = [axis_matrix(n, size) for n, size in zip(shape, sizes, strict=True)]
    back = [axis_matrix(size, n) for n, size in zip(shape, sizes, strict=True)]

    brain = scans.brain
    images = {modality: resample(volume, there) for modality, volume in scans.volumes.items()}
    masks = {modality: resample(mask, there) for modality, mask in scans.masks.items()}
    del scans
    share = resample(brain, there)
    inside = share >= 0.5 * share.max()
    box = _box(inside)
    probabilities, gaps = _predict(
        {modality: image[box] for modality, image in images.items()},
        {modality: mask[box] for modality, mask in masks.items()},
        inside[box],
        segmenter,
    )
    del images, masks, inside, share

    tumour, tissue = (_most_probable(p, sizes, box, back) for p in probabilities)
    seg = np.where(brain, np.array([0, *LABELS], np.uint8)[tumour], 0)
    pieces, _ = ndimage.label(seg > 0, np.ones((3, 3, 3)))
    seg = np.where(np.bincount(pieces.ravel())[pieces] >= LEAST_PIECE * brain.sum(), seg, 0)
    if (seg == 4).sum() < LEAST_ENHANCING * (seg > 0).sum():
        seg[seg == 4] = 1
    tissue = np.where(brain & (seg == 0), np.array([*TISSUES], np.uint8)[tissue], 0)
    voxels = {name: region(seg, name).sum() for name in REGIONS}
    voxels |= {"NCR": (seg == 1).sum(), "ED": (seg == 2).sum()}
    voxels |= {name: (tissue == label).sum() for label, name in TISSUES.items()}
    return Segmentation(
        subject,
        seg,
        tissue,
        volumes_ml={name: float(count * subject.voxel_ml) for name, count in voxels.items()},
        present=subject.modalities,
        missing=tuple(modality for modality in MODALITIES if modality not in subject.modalities),
        gaps=gaps,
    )


def resample(volume: np.ndarray, matrices: Sequence[sparse.csr_array | None]) -> np.ndarray:
    """Resample a volume (X, Y, Z) along each axis that has a matrix; float32."""
    volume = volume.astype(np.float32, copy=False)
    for axis, matrix in enumerate(matrices):
        if matrix is not None:
            first = np.moveaxis(volume, axis, 0)
            along = matrix @ first.reshape(len(first), -1)
            volume = np.moveaxis(along.reshape(-1, *first.shape[1:]), 0, axis)
    return volume


def axis_matrix(voxels: int, size: int) -> sparse.csr_array | None:
    """Return the matrix (size, voxels) that resamples a whole axis; None where nothing changes."""
    if size == voxels:
        return None
    weights = resampling_matrix(voxels, 1.0, (voxels - 1) / 2, size, voxels / size)
    return sparse.csr_array(weights / weights.sum(1, keepdims=True))


def _box(inside: np.ndarray) -> tuple[slice, ...]:
    """Return the part of the network's grid that holds the brain, with a margin in the plane."""
    ends = [np.flatnonzero(inside.any(tuple({0, 1, 2} - {axis})))[[0, -1]] for axis in range(3)]
    margins = (MARGIN, MARGIN, 0)
    return tuple(slice(max(0, a - m), b + 1 + m) for (a, b), m in zip(ends, margins, strict=True))


def _predict(
    images: dict[str, np.ndarray], masks: dict[str, np.ndarray], inside: np.ndarray, segmenter: SliceSegmenter
) -> tuple[tuple[np.ndarray, np.ndarray], dict[str, int]]:
    """Predict tumour (none, NCR, ED, ET) and tissue (CSF, GM, WM); count the slices that modalities lack.

    A modality is present in a slice if its brain has half the area of the largest; a missing slab is treated
    as a missing modality. Probabilities are (classes, X, Y, Z) float16.
    """
    tumour, tissue = (np.zeros((n, *inside.shape), np.float16) for n in (4, 3))
    areas = np.array([mask.sum((0, 1)) for mask in masks.values()])
    has = areas >= 0.5 * areas.max(0)  # (modalities, slices)
    filled = inside.any((0, 1))
    for which in np.unique(has[:, filled], axis=1).T:
        present = tuple(modality for modality, there in zip(images, which, strict=True) if there)
        slices = np.flatnonzero(filled & (has == which[:, None]).all(0))
        for at in np.array_split(slices, -(-len(slices) // BATCH)):
            batch = np.zeros((len(at), *inside.shape[1::-1], len(MODALITIES)), np.float32)
            for modality in present:
                batch[..., MODALITIES.index(modality)] = images[modality][:, :, at].T
            answers = segmenter.predict(batch, inside[:, :, at].T, present)  # each (N, H, W, 4)
            tumour[..., at], tissue[..., at] = answers[0].T, answers[1].T[1:]
    gaps = {m: int((~row & filled).sum()) for m, row in zip(images, has, strict=True)}
    return (tumour, tissue), {modality: count for modality, count in gaps.items() if count}


def _most_probable(
    probabilities: np.ndarray,
    sizes: Sequence[int],
    box: tuple[slice, ...],
    back: Sequence[sparse.csr_array | None],
) -> np.ndarray:
    """Return the most probable class on the subject's grid: (X, Y, Z) uint8; the first of equals."""
    shape = [n if matrix is None else matrix.shape[0] for n, matrix in zip(sizes, back, strict=True)]
    best, chosen = np.full(shape, -1, np.float32), np.zeros(shape, np.uint8)
    for number, part in enumerate(probabilities):
        whole = np.zeros(sizes, np.float32)
        whole[box] = part
        whole = resample(whole, back)
        chosen[whole > best] = number
        np.maximum(best, whole, out=best)
    return chosen
