"""A patient's tumour over the scan, as a picture for a file."""

from collections.abc import Sequence
from textwrap import wrap
from typing import BinaryIO

import numpy as np
from matplotlib.figure import Figure

from gancourse.teaching.figures.canvas import CONVENTION
from gancourse.teaching.figures.slice_figures import add_tumour_legend, draw_slice, surround


def slices_to_show(seg: np.ndarray, brain: np.ndarray) -> list[int]:
    """Choose axial slices that halve and quarter the tumour, or the brain without one; fewer if they agree.

    Args:
        seg: labels, (X, Y, Z), LPS.
        brain: mask of the same shape, not empty.
    """
    areas = (seg if seg.any() else brain).astype(bool).sum((0, 1)).cumsum()
    return np.unique(np.searchsorted(areas, np.array([0.25, 0.5, 0.75]) * areas[-1])).tolist()


def save_overlay(
    file: BinaryIO, volume: np.ndarray, seg: np.ndarray, brain: np.ndarray, zooms: Sequence[float], title: str
) -> None:
    """Write a PNG: each slice alone, and below it with the tumour's labels; sides marked.

    Args:
        file: open for writing.
        volume, seg, brain: (X, Y, Z), LPS.
        zooms: mm.
        title: says whose brain it is, and from which scan.
    """
    where = slices_to_show(seg, brain)
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    box = surround(np.any(brain, axis=2))
    figure = Figure(figsize=(2.6 * max(2, len(where)), 6.6), layout="constrained")
    grid = figure.subplots(2, len(where), squeeze=False)
    for column, k in zip(grid.T, where, strict=True):
        for axes, labels in zip(column, (None, seg), strict=True):
            draw_slice(
                axes,
                np.where(brain, volume, low)[box][..., k].T,
                None if labels is None else labels[box][..., k].T,
                title=f"slice {k}" if labels is None else "",
                limits=(float(low), float(high)),
                aspect=zooms[1] / zooms[0],
            )
    add_tumour_legend(figure)
    figure.suptitle("\n".join(wrap(title, 70) + wrap(CONVENTION, 70)), fontsize=9)
    figure.savefig(file, format="png", dpi=110, metadata={"Title": title, "Description": CONVENTION})
