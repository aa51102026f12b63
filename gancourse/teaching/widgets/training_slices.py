"""The patient generator's training slices in brief, to find the one nearest to an image and to show it.

The folder `this_brain_training` is made by `experiments/nearest_training.py`. `about.json` says how many
slices there are, how they are summarised, and how far training slices lie from each other. `slices.bin` has
the arrays that `fields` lists. `00.webp`, `01.webp` and so on show a hundred slices each, T1 beside FLAIR.
The book's page reads the same files by `book/static/demos/training_slices.js`.

A slice's summary is its four modalities, averaged to 32 x 32 pixels. Slices are compared by the principal
components of their summaries, in grey levels from -1 to 1, and mirrored left to right as well.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gancourse.errors import InputError

FOLDER = Path(__file__).parent / "this_brain_training"


class Nearest(NamedTuple):
    """The training slice that is nearest to an image.

    Attributes:
        row: of the slice among the training slices.
        mirrored: whether the slice's mirror image is the nearest.
        patient: number of the phantom.
        distance: root-mean-square difference of the summaries, in grey levels from -1 to 1.
        nearer: of 100 training slices, how many are farther from their own nearest slice of another patient.
    """

    row: int
    mirrored: bool
    patient: int
    distance: float
    nearer: int


def fields(about: dict[str, Any]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """List the arrays of `slices.bin` in their order, each with its type and shape."""
    slices, components = about["slices"], about["components"]
    pixels = about["modalities"] * about["grid"] ** 2
    return {
        "mean": ("<f4", (pixels,)),
        "steps": ("<f4", (components, 1)),
        "scales": ("<f4", (components,)),
        "patients": ("<u2", (slices,)),
        "basis": ("i1", (components, pixels)),
        "codes": ("i1", (slices, components)),
    }


def summaries(images: np.ndarray, grid: int) -> np.ndarray:
    """Average images (N, S, S, M) in [-1, 1] to `grid` pixels: (N, M grid grid), modality by modality."""
    n, size, _, modalities = images.shape
    side = size // grid
    blocks = np.asarray(images, np.float32).reshape(n, grid, side, grid, side, modalities)
    return np.moveaxis(blocks.mean((2, 4)), -1, 1).reshape(n, -1)


def mirrored(found: np.ndarray, grid: int) -> np.ndarray:
    """Mirror summaries left to right."""
    return found.reshape(len(found), -1, grid)[:, :, ::-1].reshape(found.shape)


class TrainingSlices:
    """What is kept of the training slices.

    Args:
        folder: as `experiments/nearest_training.py` makes it.

    Raises:
        InputError: the folder is missing or damaged.

    Attributes:
        codes: (N, K), the principal components of their summaries.
    """

    def __init__(self, folder: Path = FOLDER):
        self.folder, arrays, start = folder, {}, 0
        try:
            self.about = json.loads((folder / "about.json").read_bytes())
            data = (folder / "slices.bin").read_bytes()
            for name, (kind, shape) in fields(self.about).items():
                count = int(np.prod(shape))
                arrays[name] = np.frombuffer(data, kind, count, start).reshape(shape)
                start += arrays[name].nbytes
            if start != len(data):
                raise ValueError(f"slices.bin has {len(data)} bytes, expected {start}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _missing(folder, error) from error
        self._mean, self._basis = arrays["mean"], arrays["basis"] * arrays["steps"]
        self.codes = arrays["codes"] * arrays["scales"]
        self._patients = arrays["patients"]

    def project(self, found: np.ndarray) -> np.ndarray:
        """Return the principal components (N, K) of summaries."""
        return (found - self._mean) @ self._basis.T

    def nearest(self, image: np.ndarray) -> Nearest:
        """Find the training slice nearest to an image (S, S, M) in [-1, 1], or to its mirror image."""
        grid = self.about["grid"]
        summary = summaries(image[None], grid)
        both = self.project(np.concatenate([summary, mirrored(summary, grid)]))
        squares = ((both[:, None] - self.codes) ** 2).sum(-1) / summary.shape[1]  # (2, N)
        turn, row = np.unravel_index(squares.argmin(), squares.shape)
        distance = float(np.sqrt(squares[turn, row]))
        return Nearest(int(row), bool(turn), self.patient(row), distance, self.nearer(distance))

    def patient(self, row: int) -> int:
        """Return the number of the phantom that a slice shows."""
        return int(self._patients[row])

    def nearer(self, distance: float) -> int:
        """Say how many of 100 training slices are farther from their nearest slice of another patient."""
        return sum(distance < other for other in self.about["distances"])

    def sheet(self, row: int) -> bytes:
        """Return the picture that shows a slice, as it lies on disk: a hundred slices, as `about` says.

        Raises:
            InputError: it is missing.
        """
        path = self.folder / f"{row // self.about['sheet']:02d}.webp"
        try:
            return path.read_bytes()
        except OSError as error:
            raise _missing(path, error) from error


@lru_cache(maxsize=1)
def shipped_slices() -> TrainingSlices:
    """Load the training slices of the generator that the course ships. Raises InputError if it cannot."""
    return TrainingSlices()


def _missing(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path.name}: the training slices are missing or damaged ({error}), so the nearest cannot be shown; "
        "install the course again"
    )
