"""What all figures share: their panels, colours and line styles, and how they are shown with a caption."""

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from IPython.display import Markdown, display
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

#: Okabe and Ito's colours, in the order that figures take them; lines and markers tell the same in print.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
STYLES = ("-", "--", ":", "-.")
#: The colour of what a figure compares with.
GREY = "#777777"

CONVENTION = (
    "Radiological convention: the patient's right (R) is on the left of the image, left (L) on the right."
)


def panels(
    columns: Iterable[str] | int, size: tuple[float, float], *, rows: int = 1, **options: Any
) -> tuple[Figure, np.ndarray]:
    """Make a figure and its axes (rows, columns).

    Args:
        columns: a title for each column, over its top panel; or only how many.
        size: of the figure, width and height in inches.
        options: of `matplotlib.pyplot.subplots`.
    """
    titles = [""] * columns if isinstance(columns, int) else list(columns)
    shape: dict = {"nrows": rows, "ncols": len(titles), "squeeze": False}
    figure, grid = plt.subplots(**shape, figsize=size, layout="constrained", **options)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, fontsize=10)
    return figure, grid


def show(figure: Figure, caption: str, dpi: int = 80) -> None:
    """Display a figure with its caption below, and the caption as its text for those who cannot see it."""
    large, small = io.BytesIO(), io.BytesIO()
    figure.savefig(large, format="png", dpi=dpi, bbox_inches="tight")
    plt.close(figure)
    Image.open(large).convert("RGB").quantize(256).save(small, format="png", optimize=True)
    output, options = as_output(small.getvalue(), caption)
    display(output, **options)
    display(Markdown(f"*{caption}*"))


def as_output(png: bytes, words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pair a picture with its words: what `display` shows, and the options that it takes."""
    return {"image/png": png, "text/plain": words}, {"metadata": {"image/png": {"alt": words}}, "raw": True}
