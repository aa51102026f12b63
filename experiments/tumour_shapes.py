"""Compare the shapes of the phantoms' tumours with those of real ones.

    python experiments/tumour_shapes.py [--subjects 40] [--randomisation realistic] [--labels FILE ...]

Prints medians and 10th to 90th percentiles of eight measures of high-grade label maps at 1 mm, beside the
values of 15 patients of BraTS 2020, and, for each measure, the ratio of the medians and the overlap of the
two ranges: the length of their intersection over that of the shorter range. With `--labels`, measures label
volumes of patients (BraTS' scheme; 1, 2 and 3 are taken for the Decathlon's) instead of phantoms.
"""

import argparse
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import ndimage
from skimage.measure import perimeter
from skimage.morphology import convex_hull_image
from study import parser_of

from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.subject import make_labels
from gancourse.cohort.volumes import read_labels

#: Median, 10th and 90th percentile over the patients.
REAL = {
    "whole, mL": (55, 31, 166),
    "core / whole": (0.24, 0.13, 0.39),
    "enhancing / core": (0.64, 0.45, 0.85),
    "rim, mm": (2.8, 2.0, 2.8),
    "necrosis to rim, mm": (2.5, 1.5, 5.5),
    "necrosis outside": (0.18, 0.02, 0.61),
    "whole: perimeter": (2.8, 1.9, 5.9),
    "whole: convexity": (0.80, 0.72, 0.88),
    "core: perimeter": (1.4, 1.2, 2.8),
}


def shapes(seg: np.ndarray, spacing: float = 1.0) -> dict[str, float]:
    """Measure BraTS labels (X, Y, Z), `spacing` mm apart; NaN where there is nothing to measure.

    The rim's thickness is twice the radius of the balls inscribed in the enhancing part (the median of the
    distance's local maxima); the necrosis' depth is the 90th percentile of its distance to the enhancing
    part; it is outside if the enhancing part, closed by 3 voxels and filled slice by slice, does not hold it.
    "perimeter" is perimeter^2 / (4 pi area), "convexity" area / convex area, of the largest axial slice.
    """
    seg = np.pad(seg[ndimage.find_objects((seg > 0).astype(np.uint8))[0]], 5)
    whole, core, rim, necrosis = seg > 0, np.isin(seg, (1, 4)), seg == 4, seg == 1
    found = {"whole, mL": whole.sum() * spacing**3 / 1000, "core / whole": core.sum() / whole.sum()}
    depth = ndimage.distance_transform_edt(rim) * spacing
    ridge = rim & (depth == ndimage.maximum_filter(depth, 3))
    filled = fill_slices(ndimage.binary_closing(rim, iterations=3))
    away = ndimage.distance_transform_edt(~rim)[necrosis] * spacing
    if rim.any():
        found |= {"enhancing / core": rim.sum() / core.sum(), "rim, mm": 2 * np.median(depth[ridge])}
    if rim.any() and necrosis.any():
        found |= {
            "necrosis to rim, mm": np.quantile(away, 0.9),
            "necrosis outside": 1 - filled[necrosis].mean(),
        }
    for name, mask in (("whole", whole), ("core", core)):
        if mask.any():
            part = largest_part(mask[..., mask.sum((0, 1)).argmax()])
            found[f"{name}: perimeter"] = perimeter(part) ** 2 / (4 * np.pi * part.sum())
            found[f"{name}: convexity"] = part.sum() / convex_hull_image(part).sum()
    return {name: float(found.get(name, np.nan)) for name in REAL}


def fill_slices(mask: np.ndarray) -> np.ndarray:
    """Fill the holes of each axial slice of a mask (X, Y, Z)."""
    return np.stack([ndimage.binary_fill_holes(mask[..., k]) for k in range(mask.shape[2])], axis=-1)


def largest_part(mask: np.ndarray) -> np.ndarray:
    """Return the largest component of a mask (X, Y)."""
    parts, _ = ndimage.label(mask)
    return parts == 1 + np.bincount(parts.ravel())[1:].argmax()


def high_grade(subjects: int, randomisation: str = "realistic", seed: int = 0) -> list[int]:
    """Return the indices of the first high-grade subjects of a cohort."""
    found: list[int] = []
    while len(found) < subjects:
        index = found[-1] + 1 if found else 0
        while draw(index, seed, randomisation).grade != "HGG":
            index += 1
        found.append(index)
    return found


def shapes_of_phantom(index: int, randomisation: str = "realistic", seed: int = 0) -> dict[str, float]:
    """Measure one phantom at 1 mm."""
    return shapes(make_labels(draw(index, seed, randomisation), 1.0))


def shapes_of_patient(file: Path) -> dict[str, float]:
    """Measure one patient's label volume."""
    seg, affine = read_labels(file, {k: k for k in (1, 2, 3, 4)})
    if seg.max() == 3:
        seg = np.array([0, 2, 1, 4], np.uint8)[seg]
    return shapes(seg, float(np.linalg.norm(affine[:3, 0])))


def compare(table: pd.DataFrame) -> pd.DataFrame:
    """Return medians and percentiles, one row per measure, beside the real ones."""
    rows = {}
    for name, (median, low, high) in REAL.items():
        mid, bottom, top = table[name].quantile([0.5, 0.1, 0.9])
        common = max(min(high, top) - max(low, bottom), 0.0)
        shorter = min(high - low, top - bottom)
        overlap = common / shorter if shorter > 0 else float(low <= bottom <= high)
        rows[name] = dict(
            real=f"{median} ({low} to {high})",
            here=f"{mid:.2f} ({bottom:.2f} to {top:.2f})",
            ratio=round(mid / median, 2),
            overlap=round(overlap, 2),
        )
    return pd.DataFrame(rows).T


def main(arguments: argparse.Namespace) -> None:
    if arguments.labels:
        table = pd.DataFrame([shapes_of_patient(file) for file in arguments.labels])
    else:
        measure = partial(shapes_of_phantom, randomisation=arguments.randomisation, seed=arguments.seed)
        with get_context("spawn").Pool(arguments.workers) as pool:
            indices = high_grade(arguments.subjects, arguments.randomisation, arguments.seed)
            table = pd.DataFrame(pool.map(measure, indices, chunksize=1), index=indices)
    if arguments.each:
        print(table.round(2).to_string())
    print(compare(table).to_string())


if __name__ == "__main__":
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--subjects", type=int, default=40, help="high-grade phantoms")
    parser.add_argument("--randomisation", default="realistic")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="print every subject too")
    parser.add_argument("--labels", type=Path, nargs="+", help="label volumes of patients")
    main(parser.parse_args())
