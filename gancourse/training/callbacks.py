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
    """Keep images of the same latents during training, to show how they develop.

    Args:
        latents: (N, latent_dim), drawn once.
        folder: where to write a PNG after each epoch; None writes nothing.
        every_steps: also keep images each time this many steps are done; None: after each epoch only.
        in_memory: keep them all in `grids`, as (step, images) pairs: images (N, H, W, C) float16 in [-1, 1].
        to_sheet: makes the PNG's picture of images.
    """

    def __init__(
        self,
        latents: np.ndarray,
        folder: Path | None = None,
        every_steps: int | None = None,
        in_memory: bool = True,
        to_sheet: Callable[[np.ndarray], Image.Image] = lambda images: to_picture(image_grid(images)),
    ):
        super().__init__()
        self.latents, self.folder = latents, folder and Path(folder)
        self.every_steps, self.in_memory, self.to_sheet = every_steps, in_memory, to_sheet
        self.grids: list[tuple[int, np.ndarray]] = []

    def on_train_batch_end(self, batch, logs=None):
        if self.every_steps and int(self.model.g_optimizer.iterations) % self.every_steps == 0:
            self.keep()

    def on_epoch_end(self, epoch, logs=None):
        images = self.keep()
        if self.folder:
            picture = self.to_sheet(images)
            write_beside(self.folder / f"epoch_{epoch + 1:04d}.png", lambda file: picture.save(file, "png"))

    def keep(self) -> np.ndarray:
        """Generate images with the present weights, and return them."""
        step = int(self.model.g_optimizer.iterations)
        if self.grids and self.grids[-1][0] == step:
            return self.grids[-1][1]
        images = self.model.sample(self.latents, batches=2).astype(np.float16)
        if self.in_memory:
            self.grids.append((step, images))
        return images
