"""Compare the phantoms' infarcts with those of 80 patients: volumes, pieces, sides, places, and a frequency
map.

    python experiments/stroke_maps.py [--subjects 110] [--picture FILE]

The patients' masks (Absher et al., Sci. Data 11:839, 2024) are `stroke_lesions_80.npz` in the folder of real
scans; the volumes of all 1,449 patients are printed beside them. No scan is made: one phantom costs about 2.5
seconds of one core, and template and tables 10 more, so that 110 of them take 5 minutes. They are kept in
`--run`, by tens, and a run that was stopped goes on there. Writes `data/results/stroke_maps.csv`: for every
measure the patients' value with its 95 % interval (1,000 draws of patients), the phantoms', and whether it
lies within. `--picture` draws both frequency maps and has to lie outside of the repository.

The maps are shares of patients with an infarct in a cell of 4 mm, smoothed by 6 mm. Since 80 patients are
few, their own halves agree only so far: "r, 40 patients" is the mean correlation of two halves of the
patients, the ceiling, and of one half with as many phantoms.

This is no independent test: the arteries' landmarks and the shares of the patterns were adjusted by hand
while looking at maps of the same 80 patients. Volumes come from the 1,449, of whom the 80 are a part.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from patients import real_folder, refuse_repository
from scipy import ndimage
from study import RESULTS, parser_of, start, write_table

from gancourse.cohort.phantom.template import load_template
from gancourse.cohort.stroke.stroke_parameters import STROKE_VERSION, draw_stroke
from gancourse.cohort.stroke.stroke_subject import make_stroke_place

LOW_MM, CELLS, CELL_MM = np.array([-84.0, -120.0, -80.0]), (42, 52, 44), 4.0
SMOOTH_MM = 6.0
CHUNK = 10
#: Quantiles of the volumes of all 1,449 patients, mL.
SOOP_ML = {0.05: 0.3, 0.25: 2.0, 0.5: 12.7, 0.75: 52.0, 0.95: 197.0}
MEASURES = {
    "volume, mL: 5 %": lambda t: t["ml"].quantile(0.05),
    "volume, mL: quartile": lambda t: t["ml"].quantile(0.25),
    "volume, mL: median": lambda t: t["ml"].median(),
    "volume, mL: upper quartile": lambda t: t["ml"].quantile(0.75),
    "volume, mL: 95 %": lambda t: t["ml"].quantile(0.95),
    "pieces: median": lambda t: t["pieces"].median(),
    "pieces: upper quartile": lambda t: t["pieces"].quantile(0.75),
    "share with 10 pieces or more": lambda t: (t["pieces"] >= 10).mean(),
    "share in one piece": lambda t: (t["pieces"] == 1).mean(),
    "largest piece / all": lambda t: t["largest"].mean(),
    "share mostly left": lambda t: (t["left"] > 0.5).mean(),
    "share on both sides (5 % or more)": lambda t: t["left"].between(0.05, 0.95).mean(),
    "centre |x|, mm: median": lambda t: t["x"].abs().median(),
    "centre y, mm: quartile": lambda t: t["y"].quantile(0.25),
    "centre y, mm: median": lambda t: t["y"].median(),
    "centre y, mm: upper quartile": lambda t: t["y"].quantile(0.75),
    "centre z, mm: quartile": lambda t: t["z"].quantile(0.25),
    "centre z, mm: median": lambda t: t["z"].median(),
    "centre z, mm: upper quartile": lambda t: t["z"].quantile(0.75),
    "share below z = -15 mm": lambda t: (t["z"] < -15).mean(),
}


def describe(mni: np.ndarray, voxel_ml: float, pieces: np.ndarray) -> dict[str, float]:
    """Describe an infarct by the MNI places (3, n) of its voxels and the sizes of its pieces in voxels."""
    x, y, z = mni.mean(1)
    return dict(
        ml=mni.shape[1] * voxel_ml,
        pieces=len(pieces),
        largest=float(pieces.max() / pieces.sum()),
        left=float((mni[0] < 0).mean()),
        x=float(x),
        y=float(y),
        z=float(z),
    )


def cells_of(mni: np.ndarray, voxel_ml: float) -> np.ndarray:
    """Return which cells an infarct fills by half or more, bool, and at least the one that it fills most."""
    index = np.floor((mni - LOW_MM[:, None]) / CELL_MM).astype(int)
    inside = ((index >= 0) & (index < np.array(CELLS)[:, None])).all(0)
    count = np.bincount(np.ravel_multi_index(tuple(index[:, inside]), CELLS), minlength=int(np.prod(CELLS)))
    share = count * voxel_ml * 1000 / CELL_MM**3
    return (share >= min(0.5, share.max())).reshape(CELLS)


def sizes(mask: np.ndarray) -> np.ndarray:
    """Return the sizes of a mask's pieces in voxels; what touches at a corner is one."""
    return np.bincount(ndimage.label(mask, np.ones((3, 3, 3)))[0].ravel())[1:]


def patients() -> tuple[pd.DataFrame, np.ndarray]:
    """Measure the patients' masks -> a row each, and the cells (80, X, Y, Z)."""
    with np.load(real_folder() / "stroke_lesions_80.npz") as file:
        shape, affine = file["shape"], file["affine"]
        masks = np.unpackbits(file["lesions"])[: np.prod(shape)].reshape(shape).astype(bool)
    rows, cells = [], []
    for mask in masks:
        mni = affine[:3, :3] @ np.argwhere(mask).T + affine[:3, 3:]
        part = mask[ndimage.find_objects(mask.astype(np.uint8))[0]]
        rows.append(describe(mni, 0.001, sizes(part)))
        cells.append(cells_of(mni, 0.001))
    return pd.DataFrame(rows), np.stack(cells)


def phantom(index: int, seed: int) -> tuple[dict[str, float], np.ndarray] | None:
    """Measure one phantom; None if it has no infarct."""
    place = make_stroke_place(draw_stroke(index, seed))
    if place is None or not place.fluid.size:
        return None
    voxels = np.rint(place.points / place.voxel_mm).astype(int)
    mask = np.zeros(np.ptp(voxels, 1) + 1, bool)
    mask[tuple(voxels - voxels.min(1, keepdims=True))] = True
    return describe(place.mni, place.voxel_ml, sizes(mask)), cells_of(place.mni, place.voxel_ml)


def phantoms(subjects: int, seed: int, run: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Measure phantoms, by tens, and keep them; as `patients`."""
    run.mkdir(parents=True, exist_ok=True)
    tables, cells = [], []
    for first in range(0, subjects, CHUNK):
        file = run / f"v{STROKE_VERSION}-{seed}-{first:05d}.npz"
        if not file.exists():
            made = [m for k in range(first, first + CHUNK) if (m := phantom(k, seed))]
            packed = np.packbits(np.stack([c for _, c in made]))
            columns = {name: [row[name] for row, _ in made] for name in made[0][0]}
            np.savez_compressed(file, cells=packed, **columns)
            print(f"{first + CHUNK} of {subjects}", flush=True)
        with np.load(file) as stored:
            tables.append(pd.DataFrame({name: stored[name] for name in stored if name != "cells"}))
            count = len(tables[-1]) * int(np.prod(CELLS))
            cells.append(np.unpackbits(stored["cells"])[:count].reshape(-1, *CELLS).astype(bool))
    return pd.concat(tables, ignore_index=True), np.concatenate(cells)


def frequency(cells: np.ndarray) -> np.ndarray:
    """Return the smoothed share of patients with an infarct in each cell."""
    return ndimage.gaussian_filter(cells.mean(0), SMOOTH_MM / CELL_MM)


def brain_cells() -> np.ndarray:
    """Return the cells in the template's brain, bool."""
    axes = [low + CELL_MM * (np.arange(n) + 0.5) for low, n in zip(LOW_MM, CELLS, strict=True)]
    return load_template().depth.at(np.stack(np.meshgrid(*axes, indexing="ij"))) > 0


def agreement(real: np.ndarray, made: np.ndarray, draws: int = 20) -> dict[str, float]:
    """Return correlations of frequency maps within the brain: of all, and of halves of the patients."""
    where, rng = brain_cells(), np.random.default_rng(0)

    def r(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(frequency(one)[where], frequency(other)[where])[0, 1])

    both = np.concatenate([made, made[:, ::-1]])  # the cells are symmetric about x = 0
    halves, mixed = [], []
    for _ in range(draws):
        order = rng.permutation(len(real))
        first, second = real[order[: len(real) // 2]], real[order[len(real) // 2 :]]
        halves.append(r(first, second))
        mixed.append(r(first, made[rng.choice(len(made), min(len(first), len(made)), replace=False)]))
    return {
        "r, all": r(real, made),
        "r, all, sides together": r(np.concatenate([real, real[:, ::-1]]), both),
        "r, 40 patients: halves": float(np.mean(halves)),
        "r, 40 patients: phantoms": float(np.mean(mixed)),
    }


def compare(real: pd.DataFrame, made: pd.DataFrame, draws: int = 1000) -> pd.DataFrame:
    """Return a row per measure: the patients' value and 95 % interval, the phantoms', and whether it fits."""
    rng = np.random.default_rng(0)
    samples = [real.iloc[rng.integers(len(real), size=len(real))] for _ in range(draws)]
    rows = []
    for name, measure in MEASURES.items():
        low, high = np.quantile([measure(sample) for sample in samples], [0.025, 0.975])
        value = measure(made)
        rows.append(
            dict(measure=name, patients=measure(real), low=low, high=high, phantoms=value)
            | dict(within="yes" if low <= value <= high else "NO")
        )
    return pd.DataFrame(rows)


def draw(real: np.ndarray, made: np.ndarray, path: Path) -> None:
    """Draw both frequency maps in axial slices, the patient's left on the right."""
    import matplotlib.pyplot as plt

    heights = (-40, -28, -16, -4, 8, 20, 32, 44, 56)
    figure, axes = plt.subplots(2, len(heights), figsize=(2 * len(heights), 5))
    brain, maps = brain_cells(), [frequency(real), frequency(made)]
    for row, share, name in zip(axes, maps, ("patients", "phantoms"), strict=True):
        for axis, z in zip(row, heights, strict=True):
            k = int((z - LOW_MM[2]) / CELL_MM)
            axis.imshow(share[::-1, :, k].T, origin="lower", vmin=0, vmax=0.2, cmap="magma")
            axis.contour(brain[::-1, :, k].T, [0.5], colors="white", linewidths=0.6)
            axis.set_title(f"{name}, z = {z}", fontsize=7)
            axis.axis("off")
    figure.tight_layout()
    figure.savefig(path, dpi=80)


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--subjects", type=int, default=110, help="phantoms")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, default=Path("runs/stroke_maps"), help="folder of what is made")
    parser.add_argument("--out", type=Path, default=RESULTS / "stroke_maps.csv")
    parser.add_argument("--picture", type=Path, help="a .png outside of the repository")
    arguments = parser.parse_args()
    if arguments.picture:
        refuse_repository(arguments.picture)
    real, real_cells = patients()
    made, made_cells = phantoms(arguments.subjects, arguments.seed, arguments.run)
    table = compare(real, made)
    rows = [dict(measure=name, phantoms=value) for name, value in agreement(real_cells, made_cells).items()]
    table = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
    print(f"{len(real)} patients, {len(made)} phantoms with an infarct; of 1,449 patients, mL: {SOOP_ML}")
    print(table.round(2).to_string(index=False, na_rep=""))
    write_table(table, arguments.out)
    if arguments.picture:
        draw(real_cells, made_cells, arguments.picture)


if __name__ == "__main__":
    start(main)
