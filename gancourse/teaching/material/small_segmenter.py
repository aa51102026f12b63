"""The small segmenter of lesson 54's live trainings: the study's U-Net, for some seconds."""

import time
from collections.abc import Iterator

import numpy as np

from gancourse.cohort.scheme import REGIONS
from gancourse.quiet import import_tensorflow
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.material.two_hospitals import Scans

tf = import_tensorflow()
import keras  # noqa: E402

from gancourse.training.translation import Translation, dice_of_patients, tumour_labels  # noqa: E402

BATCH = 16
#: As `experiments/augmentation.py` has it, but for a constant rate and a shorter average of the weights.
SEGMENTER = Translation(
    discriminator=False, width=16, depth=4, dropout=0.0, lambda_reconstruction=1.0, rate=1e-3, beta1=0.9,
    ema=0.95,
)  # fmt: skip


def train(
    batches: Iterator[tuple[np.ndarray, np.ndarray]], steps: int = 300, seconds: float = 12, seed: int = 54
) -> tuple[keras.Model, int]:
    """Train the U-Net on batches of images (B, H, W, 4) and labels (B, H, W), and print its loss.

    Args:
        batches: endless.
        steps: at most.
        seconds: after the first step, after which it stops on a slow machine.
        seed: of the first weights.

    Returns:
        The network, and how many steps were made.
    """
    model, end = SEGMENTER.build(seed), float("inf")
    losses: list[float] = []

    @tf.function
    def update(images, classes):
        return model.train_step((images, classes))["reconstruction"]

    for _ in range(steps):
        images, seg = next(batches)
        classes = np.where(np.asarray(seg) == 4, 3, seg).astype(np.int32)
        model.reset_metrics()
        losses.append(float(update(tf.constant(images, tf.float32), tf.constant(classes))))
        if len(losses) == 1:  # from here on: the first step compiles
            end = time.monotonic() + live_seconds(seconds)
        elif time.monotonic() > end:
            break
    print(f"{len(losses)} steps: loss {losses[0]:.2f} at first, {np.mean(losses[-20:]):.2f} at last")
    return model.trained_generator, len(losses)


def segment(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return the labels (N, H, W) that a network finds in images (N, H, W, 4)."""
    return tumour_labels(network.predict(images, batch_size=64, verbose=0))


def dice_by_patient(network: keras.Model, scans: Scans) -> np.ndarray:
    """Return Dice of each patient's whole tumour; NaN for a patient without one."""
    found, truth = segment(network, scans.images), scans.seg
    whole = REGIONS["WT"]
    return dice_of_patients(np.isin(truth, whole), np.isin(found, whole), scans.patients)
