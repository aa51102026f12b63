"""A patient's infarct over the scans, as a picture for a file."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import BinaryIO

import numpy as np
from matplotlib.figure import Figure

from gancourse.teaching.figures.canvas import CONVENTION
from gancourse.teaching.figures.slice_figures import draw_slice, surround
from gancourse.teaching.figures.tumour_overlay import slices_to_show

OUTLINE = "#E69F00"


def save_stroke_overlay(
    file: BinaryIO,
    volumes: Mapping[str, np.ndarray],
    seg: np.ndarray,
    brain: np.ndarray,
    zooms: Sequence[float],
    title: str,
) -> None:
    """Write a PNG: slices that quarter the infarct, a row for each scan, the infarct outlined; sides marked.

    Args:
        file: open for writing.
        volumes: (X, Y, Z), LPS, by the name of the scan.
        seg, brain: (X, Y, Z).
        zooms: mm.
        title: says whose brain it is.
    """
    where = slices_to_show(seg, brain)
    box = surround(np.any(brain, axis=2))
    figure = Figure(figsize=(2.6 * max(2, len(where)), 3.0 * len(volumes) + 0.8), layout="constrained")
    grid = figure.subplots(len(volumes), len(where), squeeze=False)
    for row, (name, volume) in zip(grid, volumes.items(), strict=True):
        low, high = np.percentile(volume[brain], (0.5, 99.5))
        for axes, k in zip(row, where, strict=True):
            draw_slice(
                axes,
                np.where(brain, volume, low)[box][..., k].T,
                title=f"{name}, slice {k}",
                limits=(float(low), float(high)),
                aspect=zooms[1] / zooms[0],
            )
            found = seg[box][..., k].T > 0
            if found.any():
                axes.contour(found, levels=[0.5], colors=OUTLINE, linewidths=1.2)
    outlined = "The acute infarct is outlined." if seg.any() else "No acute infarct was found."
    figure.suptitle("\n".join(wrap(title, 70) + wrap(f"{outlined} {CONVENTION}", 70)), fontsize=9)
    figure.savefig(file, format="png", dpi=110, metadata={"Title": title, "Description": CONVENTION})
