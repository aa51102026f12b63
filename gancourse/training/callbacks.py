"""Callbacks for `fit`: keep sample grids, stop by the clock."""

import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from gancourse.files import write_beside
from gancourse.images import image_grid, to_picture


class StopAfter(keras.callbacks.Callback):
    """Stop by the clock.

    Args:
        seconds: from the beginning of `fit`.
        whole_epochs: finish the current epoch, so that a checkpoint can be saved.
    """

    def __init__(self, seconds: float, whole_epochs: bool = False):
        super().__init__()
        self.seconds, self.whole_epochs = seconds, whole_epochs

    def on_train_begin(self, logs=None):
        self.end = time.monotonic() + self.seconds

    def on_train_batch_end(self, batch, logs=None):
        if not self.whole_epochs:
            self.on_epoch_end(0)

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() >= self.end:
            self.model.stop_training = True


class SampleGrid(keras.callbacks.Callback):
    """Draw images of the same latents after each epoch, to show how they develop.

    Args:
        latents: (N, latent_dim), drawn once.
        folder: where to write a PNG after each epoch.
        to_sheet: makes the PNG's picture of images (N, H, W, C) in [-1, 1].
    """

    def __init__(
        self,
        latents: np.ndarray,
        folder: Path,
        to_sheet: Callable[[np.ndarray], Image.Image] = lambda images: to_picture(image_grid(images)),
    ):
        super().__init__()
        self.latents, self.folder, self.to_sheet = latents, Path(folder), to_sheet

    def on_epoch_end(self, epoch, logs=None):
        picture = self.to_sheet(self.model.sample(self.latents, batches=2))
        write_beside(self.folder / f"epoch_{epoch + 1:04d}.png", lambda file: picture.save(file, "png"))
