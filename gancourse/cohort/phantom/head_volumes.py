"""Make training data for `gancourse train stripper`: heads of phantoms before they are scanned.

A volume holds what is where, not how it looks: `gancourse.segmentation.stripping_synthesis` gives every class
another brightness each time that a network is trained on it.

    out/00000.npy  out/00001.npy  ...  (2, 108, 132, 120) uint8, one file per phantom
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import make_anatomy
from gancourse.cohort.phantom.head import brain_tissue, make_head
from gancourse.cohort.phantom.parameters import VERSIONS, Parameters, draw, generator
from gancourse.cohort.phantom.phantom_files import SETTINGS, claim, run
from gancourse.errors import InputError
from gancourse.files import write_beside

STEP_MM = 2.0
SHAPE = (108, 132, 120)  # voxels, LPS
LOW_MM = np.array([12.5, -12.5, -75.5])  # first voxel: the chin is inside, the vertex as well
UNITS, ZERO = 10, 128  # the stored distance is 128 + 10 times the mm, inside above 128


def make_volume(p: Parameters) -> np.ndarray:
    """Make the head of a phantom: what is where, and how deep in the brain.

    Returns:
        (2, 108, 132, 120) uint8: index into `head.HEAD_CLASSES`; and the depth below the brain's border, see
        `UNITS`, clipped.
    """
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    head = make_head(anatomy, stage(5))
    axes = [low + STEP_MM * np.arange(n) for low, n in zip(LOW_MM, SHAPE, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
    near = head.hull_at(points) < STEP_MM
    healthy, depth = (part[..., 0, 0] for part in brain_tissue(anatomy, points[:, near][..., None, None]))
    inside = near.copy()
    inside[near] = depth > 0
    fractions = head.fractions(points, inside, edge_mm=STEP_MM)
    fractions[: len(healthy), inside] = healthy[:, depth > 0]
    outside_mm, inside_mm = (
        STEP_MM * ndimage.distance_transform_edt(mask) - STEP_MM / 2 * mask for mask in (~inside, inside)
    )
    distance = np.clip(np.rint(ZERO + UNITS * (inside_mm - outside_mm)), 0, 255)
    return np.stack([fractions.argmax(0), distance]).astype(np.uint8)


def write_heads(
    out: Path | str, subjects: int, seed: int = 1, workers: int | None = None, progress: bool = True
) -> Path:
    """Make the missing heads of a set of wide phantoms, and return their folder.

    Arguments and errors as in `phantom_files.make_cohort`.
    """
    out = Path(out)
    if subjects < 1 or (workers is not None and workers < 1):
        raise InputError(f"subjects {subjects}, workers {workers}: expected 1 or more")
    draw(0, seed, "wide")  # refuses a bad seed
    claim(out, dict(heads=list(SHAPE), seed=seed, randomisation="wide", version=VERSIONS["wide"]))
    todo = [k for k in range(subjects) if not (out / f"{k:05d}.npy").exists()]
    run(partial(write_one, out, seed), todo, workers, "making heads", progress)
    return out


def write_one(out: Path, seed: int, index: int) -> None:
    """Make the head of one phantom and write it."""
    volume = make_volume(draw(index, seed, "wide"))
    write_beside(out / f"{index:05d}.npy", lambda file: np.save(file, volume))


def find_heads(folder: Path | str) -> tuple[list[Path], dict]:
    """Return the sorted files of a folder of heads and their settings.

    Raises:
        InputError: there are none, or one is damaged.
    """
    folder = Path(folder)
    files = sorted(folder.glob("[0-9]*.npy"))
    if not files or not (folder / SETTINGS).exists():
        raise InputError(f"{folder}: no heads here; make them with `gancourse cohort heads`")
    for file in files:
        try:
            stored = np.load(file, mmap_mode="r")
        except (OSError, ValueError, EOFError):
            stored = np.zeros(0)
        if stored.shape != (2, *SHAPE) or stored.dtype != np.uint8:
            raise InputError(f"{file}: not a head, or damaged; delete it and make heads again")
    return files, json.loads((folder / SETTINGS).read_text())
