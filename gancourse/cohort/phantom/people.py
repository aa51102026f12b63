"""Make many people of one slice each, for questions that need thousands: how private is a generator?

A phantom takes one to two seconds. Here only a slab of the anatomy is drawn, only T1 is scanned, and the
tumour is a simple one: a lobed blob that neither grows along tracts nor pushes, with a dark core, a rim and
oedema in white matter. Every person has an anatomy, a tumour and a scan of his or her own.

    out/00000.npy  out/00001.npy  ...  (100, 64, 64, 2) uint8, a hundred people a file: T1, tumour labels
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from gancourse.cohort.phantom.anatomy import CENTRE_MM, below, make_anatomy, smooth_noise
from gancourse.cohort.phantom.maps import Maps, tissue_maps
from gancourse.cohort.phantom.parameters import CLASSES, HEALTHY, VERSIONS, Parameters, draw, generator
from gancourse.cohort.phantom.phantom_files import claim, run
from gancourse.cohort.phantom.signal import render
from gancourse.cohort.planes import normalise
from gancourse.errors import InputError
from gancourse.files import write_beside

SIZE = 64  #: pixels a side
FOV_MM = 208.0  #: as of the cohort's slices
HEIGHTS_MM = (0.0, 20.0)  #: above the middle of the brain: through the lateral ventricles
BLOCK = 100  #: people a file
WM = CLASSES.index("WM")


def make_person(index: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make one person: a T1 slice (64, 64) float32 in [-1, 1], and its tumour labels (64, 64) uint8.

    The slice is axial, of 208 mm a side, in radiological convention, at a random height through the
    ventricles. The labels are BraTS': 1 core, 2 oedema, 4 enhancing.

    Args:
        index: of the person, 0, 1, ...
        seed: of the cohort.

    Raises:
        InputError: a negative index or seed.
    """
    p = draw(index, seed)
    stage = partial(generator, p.index, p.seed, p.randomisation)
    rng = stage(6)
    spacing = FOV_MM / SIZE
    height = float(CENTRE_MM[2] + rng.uniform(*HEIGHTS_MM))
    anatomy = make_anatomy(p, stage(1), height)
    across = (np.arange(SIZE) - (SIZE - 1) / 2) * spacing
    axes = CENTRE_MM[0] + across, CENTRE_MM[1] + across, height + np.array([-1, 0, 1]) * spacing
    points = np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
    maps = with_blob(p, tissue_maps(p, anatomy, None, points, spacing, rng), points, rng)
    scan = replace(p.scans["t1"], missing_low=0.0, missing_high=0.0)
    signal = render("t1", replace(p, scans={"t1": scan}), maps, points, rng, spacing)[..., 1]
    brain = maps.brain[..., 1]
    return normalise(signal, brain).T, (maps.seg[..., 1] * brain).T


def with_blob(p: Parameters, maps: Maps, points: np.ndarray, rng: np.random.Generator) -> Maps:
    """Put a simple tumour into the maps at `points` (3, x, y, z), in mm, if the subject has one in reach."""
    radius = np.cbrt(0.75 * 1000 * p.tumour_ml / np.pi)
    white = np.argwhere((maps.fractions[WM] > 0.6) & maps.brain & (np.abs(points[0] - CENTRE_MM[0]) > 12))
    if not radius or not len(white):
        return maps
    centre = points[:, *white[rng.integers(len(white))]] + [0, 0, rng.uniform(-1.3, 1.3) * radius]
    distance = np.sqrt(((points - centre[:, None, None, None]) ** 2).sum(0))
    lobes = smooth_noise(rng, distance.shape, 9.0 / np.array([3.25, 3.25, 3.25]))
    depth = radius * (1 + 0.2 * lobes) - distance  # mm within the whole tumour
    core = depth - radius * (1 - np.cbrt(p.core_fraction))
    rim = p.rim_mm * p.enhancing
    share = dict.fromkeys(CLASSES[len(HEALTHY) :], np.zeros_like(depth))
    share["ED"] = below(-depth, 1.5) * below(core, 1.0) * maps.fractions[WM] * p.oedema
    share["ET"] = below(-core, 1.0) * below(core - rim, 1.0) * (rim > 0)
    share["NEC" if p.enhancing else "NET"] = below(rim - core, 1.0) * p.fullness
    lesion = np.stack(list(share.values())) * maps.brain
    healthy = maps.fractions[: len(HEALTHY)] * (1 - lesion.sum(0))
    seg = np.select([share["ET"] > 0.5, core > rim, share["ED"] > 0.4], [4, 1, 2], 0) * maps.brain
    return replace(maps, fractions=np.concatenate([healthy, lesion]), seg=seg.astype(np.uint8))


def write_people(
    out: Path | str, subjects: int, seed: int = 0, workers: int | None = None, progress: bool = True
) -> Path:
    """Make the missing ones of so many people, in whole files of a hundred, and return their folder.

    Other arguments, and errors, as in `phantom_files.make_cohort`.
    """
    out = Path(out)
    if subjects < 1 or (workers is not None and workers < 1):
        raise InputError(f"subjects {subjects}, workers {workers}: expected 1 or more")
    draw(0, seed)  # refuses a bad seed
    claim(out, dict(people=BLOCK, seed=seed, randomisation="realistic", version=VERSIONS["realistic"]))
    todo = [k for k in range(-(-subjects // BLOCK)) if not (out / f"{k:05d}.npy").exists()]
    run(partial(write_block, out, seed), todo, workers, "making people", progress)
    return out


def write_block(out: Path, seed: int, block: int) -> None:
    """Make a hundred people and write them."""
    made = [make_person(index, seed) for index in range(block * BLOCK, (block + 1) * BLOCK)]
    people = [np.stack([np.rint((image + 1) * 127.5), seg], -1).astype(np.uint8) for image, seg in made]
    write_beside(out / f"{block:05d}.npy", lambda file: np.save(file, np.stack(people)))


def read_people(folder: Path | str, size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Read all people of a folder: slices (N, size, size) float32 in [-1, 1], and tumour pixels (N,) of 64^2.

    Args:
        folder: made by `gancourse cohort people`.
        size: 64, or 32, 16 ...: each pixel is then the mean of several.

    Raises:
        InputError: a folder without people, or a size that does not divide 64.
    """
    files = sorted(Path(folder).glob("[0-9]*.npy"))
    if not files:
        raise InputError(f"{folder}: no people here; make them with `gancourse cohort people`")
    if size < 1 or SIZE % size:
        raise InputError(f"size={size}: expected 64, 32, 16 or another divisor of 64")
    people = np.concatenate([np.load(file) for file in files])
    factor = SIZE // size
    images = people[..., 0].reshape(-1, size, factor, size, factor).astype(np.float32).mean((2, 4))
    return images / 127.5 - 1, (people[..., 1] > 0).sum((1, 2))
