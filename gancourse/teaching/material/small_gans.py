"""The four small GANs of lesson 22: what each is asked for and given, and how its images are measured.

cgan        grade and height of a slice -> T1ce and FLAIR
stackgan    a report in words -> T1ce and FLAIR, in two stages
srgan       a slice of a quarter of the resolution -> the slice
lagan       nothing -> a sparse map of contrast uptake
"""

import numpy as np
import pandas as pd

from gancourse.errors import InputError
from gancourse.images import halve

#: What the first can be asked for.
GRADES = ("healthy", "LGG", "HGG")

#: Heights are told as distances from the first, in units of the second.
HEIGHT = (0.625, 0.1)

#: Side of a pixel of a map of uptake.
PIXEL_MM = 2 * 208 / 64


def request(grades, positions) -> np.ndarray:
    """Encode conditions (N, 4) for the cgan.

    Args:
        grades: (N,) of `GRADES`.
        positions: (N,), fractions of the brain's height; the generator learned .45 to .8.

    Raises:
        InputError: an unknown grade, or a height outside the generator's training.
    """
    grades, positions = np.atleast_1d(grades), np.atleast_1d(np.asarray(positions, np.float32))
    for grade in grades:
        if grade not in GRADES:
            raise InputError(f"grade {str(grade)!r}: expected one of {', '.join(GRADES)}")
    if not ((positions >= 0.44) & (positions <= 0.81)).all():
        raise InputError(f"height {positions.min()} to {positions.max()}: expected .45 to .8 of the brain's")
    which = (grades[:, None] == np.array(GRADES)).astype(np.float32)
    return np.concatenate([which, (positions[:, None] - HEIGHT[0]) / HEIGHT[1]], 1)


def read_request(measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn what the cgan's regressor measured, (N, 4) as in `request`, into grades (N,) and heights (N,)."""
    return np.array(GRADES)[measured[:, :3].argmax(1)], measured[:, 3] * HEIGHT[1] + HEIGHT[0]


def shrink(images: np.ndarray) -> np.ndarray:
    """Reduce slices to a quarter of the resolution: (N, H, W) -> (N, H/4, W/4), means of 4 x 4 pixels."""
    return halve(halve(images))


def uptake_maps(t1ce: np.ndarray, tissue: np.ndarray, seg: np.ndarray) -> np.ndarray:
    """Map where contrast agent went: (N, H, W) each -> maps (N, H/2, W/2), 0 or more and mostly 0.

    In the enhancing tumour, the signal above the slice's median white matter; scaled so that about 1 is
    bright. A pixel of the map holds the mean of four.
    """
    maps = np.zeros(t1ce.shape, np.float32)
    for found, image, tissues, labels in zip(maps, t1ce, tissue, seg, strict=True):
        white = image[(tissues == 3) & (labels == 0)]
        if len(white):
            found[labels == 4] = np.clip(image[labels == 4] - np.median(white), 0, None)
    return halve(maps)


def observables(maps: np.ndarray) -> pd.DataFrame:
    """Compute a physicist's observables of maps of uptake (N, H, W), one row per map.

    Negative values count as 0, and pixels above 0.02 as active.

    Returns:
        `active` (pixels), `total` (uptake times mm2), `across` and `along` (mm of its centre from the
        image's), `spread` (mm, root mean square distance from that centre), `peak` (the brightest pixel).
    """
    maps = np.clip(maps, 0, None).astype(np.float64)
    total = maps.sum((1, 2))
    safe = np.maximum(total, 1e-9)
    along, across = np.indices(maps.shape[1:]) - (maps.shape[1] - 1) / 2
    centre = [(maps * x).sum((1, 2)) / safe for x in (across, along)]
    square = (maps * (across**2 + along**2)).sum((1, 2)) / safe - centre[0] ** 2 - centre[1] ** 2
    return pd.DataFrame(
        {
            "active": (maps > 0.02).sum((1, 2)),
            "total": total * PIXEL_MM**2,
            "across": centre[0] * PIXEL_MM,
            "along": centre[1] * PIXEL_MM,
            "spread": np.sqrt(np.maximum(square, 0)) * PIXEL_MM,
            "peak": maps.max((1, 2)),
        }
    )
