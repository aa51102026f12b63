"""The trained segmenter: axial slices in, probabilities of tumour and tissue out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gancourse import pretrained
from gancourse.cohort.brats import Subject
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.segmentation.mixture import refine_tissue
from gancourse.segmentation.scoring import score_subjects, summarise

#: Subsets of modalities that a model card reports.
SUBSETS = (("t1ce", "flair"), ("t1",))


class Segmenter:
    """A network with a tumour head and a tissue head.

    Args:
        network: normalised slices (B, H, W, 4), H and W multiples of 32, to a dict of logits (B, H, W, 4).
        card: its model card, if it has one.
    """

    def __init__(self, network, card: pretrained.Card | None = None):
        import tensorflow as tf

        from gancourse.segmentation.synthesis import normalise

        def probabilities(images, brain, present):
            logits = network(normalise(images, brain, present), training=False)
            return tf.nn.softmax(logits["tumour"]), tf.nn.softmax(logits["tissue"])

        self.network, self.card = network, card or pretrained.Card("", "segmenter", {}, "")
        self._probabilities = tf.function(probabilities, reduce_retracing=True)

    def predict(
        self,
        images: np.ndarray,
        brain: np.ndarray,
        present: Sequence[str] = MODALITIES,
        batch_size: int = 8,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Predict probabilities for axial slices, as the mean over each slice and its mirror image.

        Tissue is then fitted to each slice, see `mixture.refine_tissue`.

        Args:
            images: (N, H, W, 4) at 1 mm, any unit, rows to posterior and columns to the patient's left
                (`volume[:, :, k].T` of an LPS volume), channels in the order of `scheme.MODALITIES`.
            brain: (N, H, W) bool.
            present: the modalities that are there; other channels are ignored.
            batch_size: slices at a time.

        Returns:
            Tumour (N, H, W, 4) float32: none, NCR, ED, ET. Tissue (N, H, W, 4): outside, CSF, GM, WM.

        Raises:
            InputError: shapes that do not fit, or none of the modalities.
        """
        images, brain = np.asarray(images, np.float32), np.asarray(brain, bool)
        if images.ndim != 4 or images.shape != (*brain.shape, len(MODALITIES)):
            raise InputError(
                f"images {images.shape}, brain {brain.shape}: expected (N, H, W, 4) and (N, H, W)"
            )
        if not present or not set(present) <= set(MODALITIES):
            raise InputError(f"present {tuple(present)}: expected one or more of {', '.join(MODALITIES)}")
        raw, shown = images, brain
        there = np.array([[float(m in present) for m in MODALITIES]], np.float32)
        images = np.where(there > 0, images, 0)
        height, width = brain.shape[1:]
        pad = ((0, 0), (0, -height % 32), (0, -width % 32))
        images, brain = np.pad(images, (*pad, (0, 0))), np.pad(brain, pad)
        parts: list = []
        for k in range(0, len(images), batch_size):
            some, inside = images[k : k + batch_size], brain[k : k + batch_size]
            present_of = np.repeat(there, len(some), 0)
            straight = self._probabilities(some, inside, present_of)
            mirrored = self._probabilities(some[:, :, ::-1], inside[:, :, ::-1], present_of)
            heads = [(a.numpy() + b.numpy()[:, :, ::-1]) / 2 for a, b in zip(straight, mirrored, strict=True)]
            parts.append([x[:, :height, :width] for x in heads])
        if not parts:
            return (np.zeros((0, height, width, 4), np.float32),) * 2
        tumour, tissue = (np.concatenate(x) for x in zip(*parts, strict=True))
        first = min(MODALITIES.index(m) for m in present)  # T1, which tells tissues best, if it is there
        return tumour, refine_tissue(raw[..., [first]], shown, tumour[..., 0] < 0.5, tissue)


def load(name: str = "segmenter", folder: Path | None = None) -> Segmenter:
    """Load the trained segmenter of that name; raise `InputError` as `pretrained.load` does."""
    network = pretrained.load(name, "segmenter", folder)
    if set(network.output) != {"tumour", "tissue"}:
        raise InputError(f"weights {name!r}: heads {', '.join(network.output)}, expected tumour and tissue")
    return Segmenter(network, pretrained.card(name, folder=folder))


def score(network, subjects: Sequence[Subject]) -> dict:
    """Score a network on subjects with tumour and tissue labels.

    Returns:
        `scoring.summarise` with all modalities, and under `subsets` the mean Dice of every region with fewer.
    """
    segmenter = Segmenter(network)
    found = summarise(score_subjects(segmenter, subjects))
    for some in SUBSETS:
        regions = summarise(score_subjects(segmenter, subjects, some))["regions"]
        dice = {region: of["dice"]["mean"] for region, of in regions.items()}
        found.setdefault("subsets", {})["+".join(some)] = dice
    return found
