"""Training data for segmenters: axial sections of phantoms before they are scanned.

A section holds what is where, not how it looks: `gancourse.segmentation.synthesis` scans it anew, with other
sequences, coils and noise, every time that it is trained on. It is computed at 1 mm for the slices that are
wanted alone, and costs a fraction of a volume.

    out/00000.npy  out/00001.npy  ...  (slices, 192, 160, 10) uint8, one file a phantom
"""

import json
import os
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path

import numpy as np

from gancourse.cohort.phantom.anatomy import CENTRE_MM, grid_points, make_anatomy
from gancourse.cohort.phantom.files import SETTINGS, claim, is_running, pool_of
from gancourse.cohort.phantom.maps import Maps, tissue_maps
from gancourse.cohort.phantom.parameters import CLASSES, VERSIONS, Parameters, draw, generator
from gancourse.cohort.phantom.tumour import STEP_MM, grow
from gancourse.errors import InputError

SHAPE = (192, 160)  # rows to posterior, columns to the left, at 1 mm
CHANNELS = (*CLASSES, "vessel", "seg", "tissue")  # the first eight in 0..255, then labels


def make_sections(p: Parameters, slices: int = 16) -> np.ndarray:
    """Axial sections of a phantom, (slices, 192, 160, 10) uint8, six in ten of them where its tumour is.

    Args:
        p: the subject's parameters.
        slices: how many, at heights drawn at random.
    """
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    tumour = grow(p, anatomy, stage(2))
    rng = stage(4)
    rough = grid_points(5.0)
    z = rough[2][anatomy.tissue(rough)[3] > 0]
    low, high = np.quantile(z, [0.01, 0.995])
    heights = rng.uniform(low, high, slices)
    if tumour:
        tall = np.flatnonzero((tumour.whole < 0).any((0, 1))) * STEP_MM + tumour.origin[2]
        heights[: round(0.6 * slices)] = rng.uniform(tall.min() - 2, tall.max() + 2, round(0.6 * slices))
    centre = CENTRE_MM + rng.uniform(-6, 6, 3)
    axes = [centre[a] + np.arange(n) - (n - 1) / 2 for a, n in ((0, SHAPE[1]), (1, SHAPE[0]))]
    points = np.stack(np.meshgrid(*axes, heights, indexing="ij")).astype(np.float32)
    return packed(tissue_maps(p, anatomy, tumour, points, np.array([1, 1, np.inf]), rng))


def packed(maps: Maps) -> np.ndarray:
    """Maps of points (3, x, y, slices) as (slices, y, x, 10) uint8 in the order of `CHANNELS`."""
    shares = np.clip(np.rint(np.stack([*maps.fractions, maps.vessel]) * 255), 0, 255)
    return np.stack([*shares.astype(np.uint8), maps.seg, maps.tissue]).transpose(3, 2, 1, 0)


def write_sections(
    out: Path | str,
    subjects: int,
    seed: int = 1,
    slices: int = 16,
    randomisation: str = "wide",
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Makes what is missing of the sections of so many phantoms, and returns their folder.

    Args:
        out: folder; made if absent.
        subjects: how many phantoms, at least 1. More of them later adds to the folder.
        seed: of the cohort.
        slices: sections of each phantom.
        randomisation: "realistic" or "wide".
        workers: processes; all cores by default. The files do not depend on it.
        progress: draws a progress bar on the terminal.

    Raises:
        InputError: for a bad value, or where `out` holds something else or sections made with other settings.
    """
    from rich.progress import track

    out = Path(out)
    if subjects < 1 or slices < 1 or (workers is not None and workers < 1):
        raise InputError(f"subjects {subjects}, slices {slices}, workers {workers}: expected 1 or more")
    draw(0, seed, randomisation)
    version = VERSIONS[randomisation]
    claim(out, dict(sections=slices, seed=seed, randomisation=randomisation, version=version))
    for leftover in out.glob(".making_*"):
        if not is_running(int(leftover.name.split("_")[1])):
            leftover.unlink()
    todo = [k for k in range(subjects) if not (out / f"{k:05d}.npy").exists()]
    with pool_of(min(workers or os.cpu_count() or 1, len(todo) or 1)) as pool:
        jobs = [pool.submit(write_one, out, k, seed, slices, randomisation) for k in todo]
        for job in track(as_completed(jobs), "making sections", len(jobs), disable=not progress):
            job.result()
    return out


def write_one(out: Path, index: int, seed: int, slices: int, randomisation: str) -> None:
    """Makes the sections of one phantom; writes beside and renames."""
    sections = make_sections(draw(index, seed, randomisation), slices)
    making = out / f".making_{os.getpid()}_{index:05d}.npy"
    np.save(making, sections)
    making.replace(out / f"{index:05d}.npy")


def find_sections(folder: Path | str) -> tuple[list[Path], dict]:
    """The files of a folder of sections, sorted, and the settings they were made with.

    Raises:
        InputError: where there are none.
    """
    folder = Path(folder)
    files = sorted(folder.glob("[0-9]*.npy"))
    if not files or not (folder / SETTINGS).exists():
        raise InputError(f"{folder}: no sections here; make them with `gancourse cohort sections`")
    return files, json.loads((folder / SETTINGS).read_text())
