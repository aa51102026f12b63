"""Draw equal shares of several sets of images, to be judged by held-out patients: lesson 44's report card."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

HELD_OUT, COLLAPSED = "held out", "collapsed to ten"


class ImageSet(NamedTuple):
    """Images (N, H, W), their features (N, d), and the patient of each (N,)."""

    images: np.ndarray
    features: np.ndarray
    patients: np.ndarray

    def take(self, rows: np.ndarray) -> "ImageSet":
        """Return these rows only."""
        return ImageSet(*(part[rows] for part in self))


def generated_set(images: np.ndarray, features: np.ndarray) -> ImageSet:
    """Give each image a patient of its own: what a generator makes belongs to nobody."""
    return ImageSet(images, features, np.arange(len(images)))


def draw(sets: Mapping[str, ImageSet], divisions: int, seed: int) -> Iterator[tuple[str, ImageSet, ImageSet]]:
    """Divide the held-out patients at random, again and again, and hand out what to judge by what.

    In a division one half of the patients is judged, by the other half. Of a set of the held-out patients the
    same rows are judged; of any other set, as many rows, chosen at random. The last set of each division is
    `COLLAPSED`: ten of the judged held-out images over and over, as if a generator had made them.

    Args:
        sets: `HELD_OUT`, and others by name; each with as many rows as half of the held-out images have.
        divisions: how often.
        seed: of all choices.

    Yields:
        Name, the images to judge, and the held-out images to compare them with.
    """
    rng = np.random.default_rng(seed)
    held_out = sets[HELD_OUT]
    for _ in range(divisions):
        names = rng.permutation(np.unique(held_out.patients))
        judged = np.isin(held_out.patients, names[: len(names) // 2])
        rows, compared = np.flatnonzero(judged), held_out.take(np.flatnonzero(~judged))
        for name, each in sets.items():
            same = np.array_equal(each.patients, held_out.patients)
            chosen = rows if same else rng.choice(len(each.patients), len(rows), replace=False)
            yield name, each.take(chosen), compared
        ten = held_out.take(np.resize(rng.choice(rows, min(10, len(rows)), replace=False), len(rows)))
        yield COLLAPSED, generated_set(ten.images, ten.features), compared


def outside(scores: pd.DataFrame, ignore: Mapping[str, float] | None = None) -> dict[str, list[str]]:
    """Name, for each set, the columns in which its mean lies above or below the range of `HELD_OUT`.

    Args:
        scores: a column `set`, and one for each metric; a row for each division of a set.
        ignore: by column, how far outside the range still counts as inside.
    """
    known = scores[scores["set"] == HELD_OUT].drop(columns="set")
    means = scores.groupby("set", sort=False).mean()
    found: dict[str, list[str]] = {str(name): [] for name in means.index if name != HELD_OUT}
    for name, columns in found.items():
        for column, mean in means.loc[name].items():
            slack = (ignore or {}).get(column, 0)
            if mean < known[column].min() - slack:
                columns.append(f"{column} (below)")
            elif mean > known[column].max() + slack:
                columns.append(f"{column} (above)")
    return found
