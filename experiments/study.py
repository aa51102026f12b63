"""What experiments share: arguments, slices, further corruptions of images, tables."""

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.cohort.slices import SliceSet
from gancourse.errors import InputError
from gancourse.metrics import corruptions

RESULTS = Path("data/results")


def dimmed(images: np.ndarray, factor: float) -> np.ndarray:
    """Multiply the brightness above the background by `factor`."""
    return np.clip(factor * (np.asarray(images, np.float32) + 1) - 1, -1, 1)


def collapsed(images: np.ndarray, modes: int, seed: int = 0) -> np.ndarray:
    """Return as many images as were given, but only `modes` different ones."""
    rng = np.random.default_rng(seed)
    return np.asarray(images)[rng.choice(rng.choice(len(images), modes, replace=False), len(images))]


def in_halves(patients: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Split rows into two sets without a common patient: half of the patients each, drawn at random."""
    drawn = np.random.default_rng(seed).permutation(np.unique(patients))
    first = np.isin(patients, drawn[: len(drawn) // 2])
    return np.flatnonzero(first), np.flatnonzero(~first)


#: Name of a set -> what makes it of real images and a seed.
CORRUPTIONS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "real": lambda x, seed: x,
    "blur 0.5": lambda x, seed: corruptions.blurred(x, 0.5),
    "blur 1": lambda x, seed: corruptions.blurred(x, 1.0),
    "noise 0.05": lambda x, seed: corruptions.noisy(x, 0.05, seed),
    "noise 0.1": lambda x, seed: corruptions.noisy(x, 0.1, seed),
    "checkerboard 0.05": lambda x, seed: corruptions.checkered(x, 0.05),
    "checkerboard 0.1": lambda x, seed: corruptions.checkered(x, 0.1),
    "dimmed 0.85": lambda x, seed: dimmed(x, 0.85),
    "halves of two": corruptions.joined,
}


def parser_of(doc: str | None, data: str | None = "data/slices720") -> argparse.ArgumentParser:
    """Make a parser that shows a script's docstring for `--help`, with `--data`, a folder of slices."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if data:
        parser.add_argument("--data", type=Path, default=Path(data), help="folder of slices")
    return parser


def load_slices(folder: Path, size: int) -> SliceSet:
    """Open a folder of slices, T1 alone, at the size: at 32 each pixel is the mean of four."""
    slices = SliceSet.open(folder)
    images = slices.images[..., slices.modalities.index("t1")].astype(np.float32)
    while images.shape[1] > size:
        images = (images[:, ::2] + images[:, 1::2]) / 2
        images = (images[:, :, ::2] + images[:, :, 1::2]) / 2
    made_with = {**slices.made_with, "modalities": ["t1"], "size": size}
    return dataclasses.replace(slices, images=images.astype(np.float16)[..., None], made_with=made_with)


def held_out(slices: SliceSet, modality: str, step: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return every `step`-th slice (N, H, W) of validation and test patients, and whose they are."""
    from gancourse.training.loop import images_of

    rows = np.concatenate([slices.select("validation"), slices.select("test")])[::step]
    return images_of(slices, modality, rows), slices.table["patient"].to_numpy()[rows]


def write_table(table: pd.DataFrame | list[dict], path: Path, digits: int = 4) -> None:
    """Write rows as CSV with this many significant digits; make the folder if necessary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(table).to_csv(path, index=False, float_format=f"%.{digits}g")


def start(main: Callable[[], None]) -> None:
    """Run a script's `main`; end with the message, and no traceback, if the input is wrong."""
    try:
        main()
    except InputError as error:
        raise SystemExit(f"Error: {error}") from None
