"""A film of brains that a GAN paints as it learns: the newest is shown meanwhile, and all can be kept."""

import io
import time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from IPython.display import Markdown, display
from PIL import Image, ImageDraw

from gancourse.files import write_beside
from gancourse.images import image_grid, to_picture, to_png
from gancourse.teaching.figures.canvas import CONVENTION, as_output

#: Frames of the file and of the notebook's film, which has to be small; how long one of them is shown, in ms.
FRAMES, FEW_FRAMES, PACE, LAST = 40, 16, 150, 2000


class Film:
    """Frames of the same latents' images, each with its words; shown live in the place where it is made.

    Args:
        every_seconds: how often to show the newest.
    """

    def __init__(self, every_seconds: float = 1.0):
        self.every_seconds = every_seconds
        self.frames: list[tuple[np.ndarray, str]] = []
        self.shown = -np.inf
        self.handle = display({"text/plain": "The film begins in a moment."}, raw=True, display_id=True)

    def add(self, images, words: str) -> None:
        """Keep images (N, H, W, 1) in [-1, 1] as the next frame; show it if it is time."""
        self.frames.append((np.asarray(images, np.float16), words))
        if time.monotonic() - self.shown >= self.every_seconds:
            self.show()

    def show(self) -> None:
        """Replace the picture by the newest frame."""
        self.shown = time.monotonic()
        images, words = self.frames[-1]
        output, options = as_output(to_png(_picture(images, words)), f"{words}. {CONVENTION}")
        self.handle.update(output, **options)

    def save(self, path: str | Path, caption: str) -> None:
        """Write the film as a GIF, and play it three times in place of the live picture, with its caption."""
        path, words, file = Path(path), f"{caption} {CONVENTION}", io.BytesIO()
        write_beside(path, lambda out: self._write(out, "gif", FRAMES, 32, 1, loop=0))
        self._write(file, "png", FEW_FRAMES, 16, 3, loop=3, optimize=True)
        output, options = as_output(file.getvalue(), words)
        self.handle.update(output, **options)
        display(Markdown(f"*{words}*"))

    def _write(self, file: BinaryIO, kind: str, frames: int, greys: int, coarse: int, **options: Any) -> None:
        """Write at most so many frames, the first and the last among them."""
        chosen = np.unique(np.linspace(0, len(self.frames) - 1, frames).round().astype(int))
        shown = [self.frames[k] for k in chosen]
        first, *others = (_picture(images, words, coarse).quantize(greys) for images, words in shown)
        pace = [PACE] * len(others) + [LAST]
        first.save(file, kind, save_all=True, append_images=others, duration=pace, **options)


def _picture(images: np.ndarray, words: str, coarse: int = 1) -> Image.Image:
    """A row of images, 32 pixels becoming 192, with R and L at its ends, and a line of words below.

    Args:
        coarse: pixels of the picture that look alike, in each direction: such pictures make small files.
    """
    row = to_picture(image_grid(images, len(images)))
    scale = 192 // images.shape[1] // coarse
    row = row.resize((scale * row.width, scale * row.height), Image.Resampling.BICUBIC)
    row = row.resize((coarse * row.width, coarse * row.height), Image.Resampling.NEAREST)
    picture = Image.new("L", (row.width, row.height + 26), 255)
    picture.paste(row, (0, 0))
    draw = ImageDraw.Draw(picture)
    draw.text((4, row.height + 4), words, 0, font_size=16)
    draw.text((6, row.height // 2), "R", 255, font_size=20, anchor="lm")
    draw.text((row.width - 6, row.height // 2), "L", 255, font_size=20, anchor="rm")
    return picture
