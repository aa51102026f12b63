"""Specks, left-right differences and lesions in generated images, beside slices of held-out phantoms.

    python experiments/specks.py dcgan-t1 --data data/slices720
    python experiments/specks.py runs/dcgan-flair --data data/slices720
    python experiments/specks.py images.npy --modality flair

Specks are pixels brighter than black outside the brain's largest piece. Left-right difference is 1 minus the
correlation of the brain with its mirror image. Lesions are bright pieces of FLAIR (`metrics.morphometry`).
The distance of two distributions is Wasserstein's, in standard deviations of the phantoms' values; the floor
is the distance of one half of the phantoms to the other.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from generated import generate, held_out_phantoms
from scipy import ndimage
from study import in_halves, parser_of, start

from gancourse.metrics import morphometry

BLACK = -0.9  # brightness up to which a pixel is background
FOV_MM = 208.0
LEAST_LESION_MM2 = 30.0


def speck_share(images: np.ndarray, threshold: float = BLACK) -> np.ndarray:
    """Return the share of each image's pixels that are brighter than the threshold outside the brain, (N,).

    Args:
        images: (N, H, W) in [-1, 1].
        threshold: of the brain as well as of specks.
    """
    outside = (images > threshold) & ~morphometry.brain_of(images, threshold)
    return outside.mean((1, 2))


def lesions(images: np.ndarray, modality: str) -> np.ndarray:
    """Count bright pieces of `LEAST_LESION_MM2` or more in each image, (N,)."""
    images = np.asarray(images, np.float32)
    found = morphometry.bright(images, morphometry.brain_of(images), morphometry.TUMOUR[modality])
    least = LEAST_LESION_MM2 / (FOV_MM / images.shape[1]) ** 2
    counts = []
    for mask in found:
        pieces, _ = ndimage.label(mask)
        counts.append((np.bincount(pieces.ravel())[1:] >= least).sum())
    return np.array(counts)


def measures(images: np.ndarray, modality: str) -> dict[str, np.ndarray]:
    """Measure images (N, H, W): `specks` in percent of the pixels, `left-right`, areas in mm2, `lesions`."""
    pixel_mm = FOV_MM / images.shape[1]
    found = {"specks": 100 * speck_share(images), "left-right": 1 - morphometry.symmetry(images)}
    found |= morphometry.by_threshold(images, modality, pixel_mm)
    if modality in morphometry.TUMOUR:
        found["lesions"] = lesions(images, modality)
    return found


def compare(generated: np.ndarray, phantoms: np.ndarray, people: np.ndarray, modality: str) -> pd.DataFrame:
    """Compare generated images with phantoms' slices: a row per measure.

    Args:
        generated, phantoms: (N, H, W) and (M, H, W) in [-1, 1].
        people: (M,), whose slice each is.
        modality: of all.

    Returns:
        `measure`; mean of both; the `distance` of their distributions; and its `floor`. Both are NaN if all
        phantoms have the same value.
    """
    of_generated, of_phantoms = measures(generated, modality), measures(phantoms, modality)
    one, other = in_halves(people)
    rows = []
    for name, values in of_phantoms.items():
        distance = floor = np.nan
        if np.std(values) > 0:
            distance = morphometry.distribution_distance({name: of_generated[name]}, {name: values})[name]
            halves = {name: values[one]}, {name: values[other]}
            floor = morphometry.distribution_distance(*halves)[name] if np.std(values[other]) > 0 else np.nan
        rows.append({"measure": name, "phantoms": values.mean(), "generated": of_generated[name].mean()})
        rows[-1] |= {"distance": distance, "floor": floor}
    return pd.DataFrame(rows)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("source", help="a generator's name, its training's folder, or a .npy of images")
    parser.add_argument("--n", type=int, default=1000, help="generated images (1000)")
    parser.add_argument("--modality", default="t1", help="of the images in a .npy")
    o = parser.parse_args()
    found = generate(o.source, o.n, o.modality)
    phantoms, people = held_out_phantoms(Path(o.data), found.modality, found.where)
    print(compare(found.images, phantoms, people, found.modality).round(3).to_string(index=False))
    for name, images in (("phantoms", phantoms), ("generated", found.images)):
        share = speck_share(images)
        print(f"{name}: {len(images)} images, {np.mean(share > 0):.1%} of them with specks")


if __name__ == "__main__":
    start(main)
