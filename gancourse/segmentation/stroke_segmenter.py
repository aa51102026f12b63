"""The trained stroke segmenter: DWI, ADC and FLAIR in, whichever there are, acute infarcts out.

The network sees an axial slice at 2 mm and its two neighbours. Probabilities are brought back to the
patient's own grid, and only there they become a mask: what is likely enough, in pieces that are large enough.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gancourse import pretrained
from gancourse.cohort.isles import STROKE_MODALITIES, StrokePatient
from gancourse.errors import InputError
from gancourse.metrics.lesion_counts import pieces
from gancourse.segmentation.mismatch import Mismatch, read_mismatch
from gancourse.segmentation.stroke_slices import StrokeSlices, slices_of

BATCH = 16  # slices in a call of the network
#: Chosen on 20 phantoms by `experiments/stroke_segmenter.py choose`, for Dice and lesion-wise F1 together.
THRESHOLD = 0.7  # probability from which on a voxel belongs to an infarct
LEAST_ML = 0.04  # of a piece


@dataclass
class StrokeSegmentation:
    """One patient's infarcts. Arrays are (X, Y, Z), LPS, on the patient's grid.

    Attributes:
        seg: uint8, 1 in acute infarcts.
        probability: float32.
        brain: bool.
        stripped: whether the scans came without the skull.
        pieces_ml: volumes of the infarct's pieces, the largest first.
        present, missing: modalities that were used, and those that were not.
        mismatch: what DWI and FLAIR say of the time, if both are there and an infarct was found.
        seconds: that it took, reading included.
    """

    patient: StrokePatient
    seg: np.ndarray
    probability: np.ndarray
    brain: np.ndarray
    stripped: bool
    pieces_ml: tuple[float, ...]
    present: tuple[str, ...]
    missing: tuple[str, ...]
    mismatch: Mismatch | None
    seconds: float

    @property
    def volume_ml(self) -> float:
        """Return the volume of all infarcts."""
        return float(sum(self.pieces_ml))


class StrokeSegmenter:
    """A network with one output, none or infarct.

    Args:
        network: slices with their neighbours (B, H, W, 9), H and W multiples of 16, to logits (B, H, W, 2).
        card: its model card, if it has one.
    """

    def __init__(self, network, card: pretrained.Card | None = None):
        import tensorflow as tf

        def probability(images):
            straight = network(images, training=False)
            mirrored = network(images[:, :, ::-1], training=False)[:, :, ::-1]
            return (tf.nn.softmax(straight)[..., 1] + tf.nn.softmax(mirrored)[..., 1]) / 2

        self.network, self.card = network, card or pretrained.Card("", "stroke", {}, "")
        self._probability = tf.function(probability, reduce_retracing=True)

    def predict(self, slices: StrokeSlices) -> np.ndarray:
        """Predict the probability of an infarct, (K, H, W) float32, 0 outside the brain.

        It is the mean over each slice and its mirror image.
        """
        images, count = slices.images, len(slices.images)
        around = np.clip(np.arange(count)[:, None] + [-1, 0, 1], 0, count - 1)  # (K, 3)
        found = np.zeros(slices.brain.shape, np.float32)
        for start in range(0, count, BATCH):
            some = np.moveaxis(images[around[start : start + BATCH]], 1, 3)  # (B, H, W, 3, modalities)
            found[start : start + BATCH] = self._probability(some.reshape(*some.shape[:3], -1)).numpy()
        return found * slices.brain


def load(name: str = "stroke", folder: Path | None = None) -> StrokeSegmenter:
    """Load the trained segmenter of that name; raise `InputError` as `pretrained.load` does."""
    return StrokeSegmenter(pretrained.load(name, "stroke", folder), pretrained.card(name, folder=folder))


def segment_stroke(
    patient: StrokePatient, segmenter: StrokeSegmenter, modalities: Sequence[str] | None = None
) -> StrokeSegmentation:
    """Segment one patient's acute infarcts.

    Args:
        patient: who was scanned.
        segmenter: the network.
        modalities: some of DWI, ADC and FLAIR, to leave the others out; None for all that there are.

    Raises:
        InputError: one slice that is not axial, none of the modalities, or a file that is damaged or empty.
    """
    began = time.perf_counter()
    check_axial(patient)
    brain, stripped = patient.brain()
    slices = slices_of(patient, modalities, brain)
    probability = slices.volume(segmenter.predict(slices)) * brain
    seg, pieces_ml = decide(probability, patient.voxel_ml)
    seen = [bool(column.any()) for column in slices.present.T]
    present = tuple(m for m, there in zip(STROKE_MODALITIES, seen, strict=True) if there)
    mismatch = None
    if {"dwi", "flair"} <= set(present) and seg.any():
        mismatch = read_mismatch(patient.load("flair"), seg > 0, brain, patient.zooms.tolist())
    return StrokeSegmentation(
        patient, seg, probability, brain, stripped, pieces_ml, present,
        tuple(m for m in STROKE_MODALITIES if m not in present), mismatch, time.perf_counter() - began,
    )  # fmt: skip


def decide(
    probability: np.ndarray, voxel_ml: float, threshold: float = THRESHOLD, least_ml: float = LEAST_ML
) -> tuple[np.ndarray, tuple[float, ...]]:
    """Make a mask of probabilities (X, Y, Z): what is likely, in pieces that are large enough.

    Returns:
        The mask, uint8, and its pieces' volumes in mL, the largest first.
    """
    numbers, count = pieces(probability >= threshold)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1) * voxel_ml
    kept = sizes >= least_ml
    kept[0] = False
    return kept[numbers].astype(np.uint8), tuple(sorted((float(v) for v in sizes[kept]), reverse=True))


def check_axial(patient: StrokePatient) -> None:
    """Raise `InputError` for a single slice in another plane, or slices that hardly show a brain."""
    shape = patient.grid[0]
    if min(shape[:2]) < 2:
        plane = "sagittal" if shape[0] < 2 else "coronal"
        raise InputError(
            f"{patient.id}: one {plane} slice, shape {shape}; expected axial slices, give the volume"
        )
