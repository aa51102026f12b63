"""Keep of the patient generator's training slices what the demo "This brain does not exist" needs.

    python experiments/nearest_training.py [--data data/slices128]

Writes `gancourse/teaching/widgets/this_brain_training/`, which `gancourse.teaching.widgets.training_slices`
reads: summaries of all training slices for the search, and T1 and FLAIR of each at 64 pixels to show it. With
them goes how far each training slice lies from its nearest of another patient, mirror images included.

A summary is the slice at 32 pixels in 192 principal components of 8 bits. To find out what that costs, 200
generated patients (seeds 0 to 199) are compared with the training slices at all 128 pixels, too, by the
distance of `gancourse.metrics.memorisation`. For 53 % of them both searches find the same slice, and for
96.5 % the summaries' slice is among the ten nearest. Half of the patients are nearer to their slice than 71
of 100 training slices are to one of another patient, and 11.5 % are nearer than 99. They are as near to
patients that the generator has not seen: 52 % are nearer to training patients than to as many held-out ones.
(8 minutes of a busy core.)
"""

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.sparse.linalg import eigsh
from study import parser_of, start

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.files import write_beside
from gancourse.images import halve, to_uint8
from gancourse.teaching.widgets.page_random import page_latents
from gancourse.teaching.widgets.training_slices import FOLDER, TrainingSlices, fields, mirrored, summaries

GRID, COMPONENTS = 32, 192
SHEET, COLUMNS = 100, 10  # slices of a picture, and how many of them in a row
SHOWN = ("t1", "flair")
QUALITY = 26  # of WebP, up to 100
GENERATED = 200
BLOCK = 256  # slices that are in memory at once


def blocks(slices: SliceSet, rows: np.ndarray):
    """Give the training slices, block by block: (N, S, S, 4) float32 in [-1, 1]."""
    order = [slices.modalities.index(modality) for modality in MODALITIES]
    for first in range(0, len(rows), BLOCK):
        yield np.asarray(slices.images[rows[first : first + BLOCK]], np.float32)[..., order]


def describe(found: np.ndarray) -> dict[str, np.ndarray]:
    """Find the principal components of summaries and their mirror images, and round all to few bits."""
    both = np.concatenate([found, mirrored(found, GRID)]).astype(np.float64)
    mean = both.mean(0)
    both -= mean
    _, vectors = eigsh(both.T @ both, COMPONENTS, v0=np.ones(both.shape[1]))
    basis = vectors.T[::-1]  # (COMPONENTS, pixels), the first varies most
    steps = np.abs(basis).max(1, keepdims=True) / np.iinfo(np.int8).max
    basis = np.rint(basis / steps)
    places = (found - mean) @ (basis * steps).T
    scales = np.abs(places).max(0) / np.iinfo(np.int8).max
    codes = np.rint(places / scales)
    return {"mean": mean, "steps": steps, "scales": scales, "basis": basis, "codes": codes}


def apart(kept: TrainingSlices, found: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """Return each training slice's distance to its nearest of another patient, mirrored or not."""
    nearest = np.full(len(found), np.inf)
    codes = kept.codes
    for turned in (found, mirrored(found, GRID)):
        places = kept.project(turned) if turned is not found else codes
        squares = (places**2).sum(1)[:, None] + (codes**2).sum(1) - 2 * places @ codes.T
        squares[patients[:, None] == patients] = np.inf
        nearest = np.minimum(nearest, np.sqrt(np.maximum(squares.min(1), 0) / found.shape[1]))
    return nearest


def draw_sheets(small: np.ndarray, folder: Path) -> None:
    """Write the pictures: in each place T1 beside FLAIR. `small` is (N, 64, 64, 2) uint8."""
    side = small.shape[1]
    for number, first in enumerate(range(0, len(small), SHEET)):
        sheet = np.zeros((SHEET // COLUMNS * side, COLUMNS * 2 * side), np.uint8)
        for k, pair in enumerate(small[first : first + SHEET]):
            row, column = divmod(k, COLUMNS)
            both = np.concatenate([pair[..., 0], pair[..., 1]], axis=1)
            sheet[row * side : (row + 1) * side, column * 2 * side : (column + 1) * 2 * side] = both
        picture = Image.fromarray(sheet)
        write_beside(
            folder / f"{number:02d}.webp",
            lambda file, picture=picture: picture.save(file, format="webp", quality=QUALITY, method=6),
        )


def compare(kept: TrainingSlices, slices: SliceSet, rows: np.ndarray, images: np.ndarray) -> dict[str, float]:
    """Compare the search in summaries with that at all pixels, for generated images (N, S, S, 4)."""
    queries = np.concatenate([images, images[:, :, ::-1]]).reshape(2 * len(images), -1)
    full = np.empty((len(images), len(rows)), np.float32)
    first = 0
    for block in blocks(slices, rows):
        flat = block.reshape(len(block), -1)
        squares = (queries**2).mean(1)[:, None] + (flat**2).mean(1) - 2 / flat.shape[1] * (queries @ flat.T)
        full[:, first : first + len(block)] = squares.reshape(2, len(images), -1).min(0)
        first += len(block)
    full = np.sqrt(np.maximum(full, 0))
    found = [kept.nearest(image) for image in images]
    chosen = np.array([nearest.row for nearest in found])
    best = full.argmin(1)
    rank = (full < full[np.arange(len(full)), chosen][:, None]).sum(1)
    patients = np.array([kept.patient(row) for row in best])
    return {
        "same slice": float(np.mean(chosen == best)),
        "same patient": float(np.mean(patients == [nearest.patient for nearest in found])),
        "among the 10 nearest": float(np.mean(rank < 10)),
        "distance over the nearest's": float(np.median(full[np.arange(len(full)), chosen] / full.min(1))),
        "nearer than N of 100, median": float(np.median([nearest.nearer for nearest in found])),
        "nearer than N of 100, highest": float(max(nearest.nearer for nearest in found)),
    }


def against_held_out(kept: TrainingSlices, slices: SliceSet, images: np.ndarray) -> dict[str, float]:
    """Say whether generated images are nearer to training patients than to as many held-out patients."""
    rows = np.flatnonzero(slices.table["split"] != "train")
    held_out = np.concatenate([kept.project(summaries(block, GRID)) for block in blocks(slices, rows)])
    patients = np.array([kept.patient(row) for row in range(kept.about["slices"])])
    count = slices.table["patient"].iloc[rows].nunique()
    found = summaries(images, GRID)
    places = [kept.project(turned) for turned in (found, mirrored(found, GRID))]

    def apart_from(codes: np.ndarray) -> np.ndarray:
        squares = [(p**2).sum(1)[:, None] + (codes**2).sum(1) - 2 * p @ codes.T for p in places]
        return np.sqrt(np.minimum(*squares).min(1))

    others, rng, nearer = apart_from(held_out), np.random.default_rng(0), []
    for _ in range(20):
        some = rng.choice(np.unique(patients), count, replace=False)
        nearer.append(np.mean(apart_from(kept.codes[np.isin(patients, some)]) < others))
    seen = np.array([kept.nearer(float(np.sqrt(d**2 / found.shape[1]))) for d in apart_from(kept.codes)])
    return {
        "nearer to training than to as many held-out patients": float(np.mean(nearer)),
        "nearer than 99 of 100": float(np.mean(seen >= 99)),
    }


def main() -> None:
    """Write the folder, and print how well it stands for the slices."""
    options = parser_of(__doc__, "data/slices128").parse_args()
    slices = SliceSet.open(options.data)
    rows = slices.select("train")
    found, small = [], []
    for block in blocks(slices, rows):
        found.append(summaries(block, GRID))
        shown = block[..., [MODALITIES.index(modality) for modality in SHOWN]]
        small.append(to_uint8(halve(shown)))
    summary = np.concatenate(found)
    names = slices.table["patient"].iloc[rows]
    patients = names.str.extract(r"(\d+)$", expand=False).astype(int).to_numpy()
    about = {
        "slices": len(rows),
        "modalities": len(MODALITIES),
        "grid": GRID,
        "components": COMPONENTS,
        "sheet": SHEET,
        "columns": COLUMNS,
        "side": small[0].shape[1],
        "distances": [],
    }
    arrays = describe(summary) | {"patients": patients}
    shutil.rmtree(FOLDER, ignore_errors=True)
    content = b"".join(np.asarray(arrays[n], kind).tobytes() for n, (kind, _) in fields(about).items())
    write_beside(FOLDER / "slices.bin", lambda file: file.write(content))
    write_about(about)
    kept = TrainingSlices()
    distances = np.quantile(apart(kept, summary, patients), (np.arange(100) + 0.5) / 100)
    write_about(about | {"distances": [round(float(d), 5) for d in distances]})
    draw_sheets(np.concatenate(small), FOLDER)
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{FOLDER.name}: {len(rows):,} slices, {size / 1e6:.2f} MB")
    print(
        f"distances, 1st, 50th and 99th of 100: {distances[0]:.4f}, {distances[49]:.4f}, {distances[98]:.4f}"
    )
    kept, images = TrainingSlices(), generated()
    for name, value in (compare(kept, slices, rows, images) | against_held_out(kept, slices, images)).items():
        print(f"{name}: {value:.3f}")


def generated() -> np.ndarray:
    """Return patients as the demo makes them, (N, S, S, 4)."""
    from gancourse import pretrained
    from gancourse.gans.patient_maps import decode

    generator = pretrained.load("patient")
    latents = page_latents(GENERATED, generator.input_shape[-1], 0)
    return decode(generator.predict(latents, batch_size=8, verbose=0)).images


def write_about(about: dict) -> None:
    """Write `about.json`."""
    write_beside(FOLDER / "about.json", lambda file: file.write(json.dumps(about).encode() + b"\n"))


if __name__ == "__main__":
    start(main)
