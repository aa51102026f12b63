"""Make training data for segmenters: axial sections of phantoms before they are scanned.

A section holds the anatomy, not its appearance: `gancourse.segmentation.synthesis` scans it anew, with other
sequences, coils and noise, each time a network is trained on it. Sections are computed at 1 mm for the
requested slices only, at a fraction of the cost of a volume.

    out/00000.npy  out/00001.npy  ...  (slices, 192, 160, 13) uint8, one file per phantom
"""

import json
from functools import partial
from pathlib import Path

import numpy as np

from gancourse.cohort.phantom.anatomy import CENTRE_MM, grid_points, make_anatomy
from gancourse.cohort.phantom.maps import tissue_maps
from gancourse.cohort.phantom.parameters import CLASSES, VERSIONS, Parameters, draw, generator
from gancourse.cohort.phantom.phantom_files import SETTINGS, claim, run
from gancourse.cohort.phantom.tumour import grow
from gancourse.errors import InputError
from gancourse.files import write_beside

SHAPE = (192, 160)  # rows towards posterior, columns towards the left, at 1 mm
CHANNELS = (*CLASSES, "vessel", "seg", "tissue")  # the first eleven in 0..255, then labels


def make_sections(p: Parameters, slices: int = 16, span: tuple[float, float] | None = None) -> np.ndarray:
    """Make axial sections of a phantom at random heights, 60 % of them through its tumour.

    Args:
        p: the phantom.
        slices: how many.
        span: part of the brain's extent, from below, that is cut in even steps instead.

    Returns:
        (slices, 192, 160, 13) uint8, channels as `CHANNELS`.
    """
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    tumour = grow(p, anatomy, stage(2))
    rng = stage(4)
    rough = grid_points(5.0)
    z = rough[2][anatomy.tissue(rough).brain]
    low, high = np.quantile(z, [0.01, 0.995])
    if span:
        heights = low + (high - low) * np.linspace(*span, slices)
    else:
        heights = rng.uniform(low, high, slices)
    if tumour and not span:
        (*_, bottom), (*_, top) = tumour.bounds()
        heights[: round(0.6 * slices)] = rng.uniform(bottom - 2, top + 2, round(0.6 * slices))
    centre = CENTRE_MM + rng.uniform(-6, 6, 3)
    axes = [centre[a] + np.arange(n) - (n - 1) / 2 for a, n in ((0, SHAPE[1]), (1, SHAPE[0]))]
    points = np.stack(np.meshgrid(*axes, heights, indexing="ij")).astype(np.float32)
    maps = tissue_maps(p, anatomy, tumour, points, np.array([1, 1, np.inf]), rng)
    shares = np.clip(np.rint(np.stack([*maps.fractions, maps.vessel]) * 255), 0, 255)
    return np.stack([*shares.astype(np.uint8), maps.seg, maps.tissue]).transpose(3, 2, 1, 0)


def write_sections(
    out: Path | str,
    subjects: int,
    seed: int = 1,
    slices: int = 16,
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Make the missing sections, `slices` per phantom, of a set of wide phantoms, and return their folder.

    Other arguments, and errors, as in `phantom_files.make_cohort`.
    """
    out = Path(out)
    if subjects < 1 or slices < 1 or (workers is not None and workers < 1):
        raise InputError(f"subjects {subjects}, slices {slices}, workers {workers}: expected 1 or more")
    draw(0, seed, "wide")  # refuses a bad seed
    claim(out, dict(sections=slices, seed=seed, randomisation="wide", version=VERSIONS["wide"]))
    todo = [k for k in range(subjects) if not (out / f"{k:05d}.npy").exists()]
    run(partial(write_one, out, seed, slices), todo, workers, "making sections", progress)
    return out


def write_one(out: Path, seed: int, slices: int, index: int) -> None:
    """Make the sections of one phantom and write them."""
    sections = make_sections(draw(index, seed, "wide"), slices)
    write_beside(out / f"{index:05d}.npy", lambda file: np.save(file, sections))


def find_sections(folder: Path | str) -> tuple[list[Path], dict]:
    """Return the sorted files of a folder of sections and their settings; `InputError` if there are none."""
    folder = Path(folder)
    files = sorted(folder.glob("[0-9]*.npy"))
    if not files or not (folder / SETTINGS).exists():
        raise InputError(f"{folder}: no sections here; make them with `gancourse cohort sections`")
    return files, json.loads((folder / SETTINGS).read_text())
