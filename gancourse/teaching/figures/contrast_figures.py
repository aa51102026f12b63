"""Figures of lesson 55: translations beside the truth, dots of patients, and a bet."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gancourse.metrics.intervals import bootstrap
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, panels, show
from gancourse.teaching.figures.slice_figures import draw_slice, surround

#: Of each method, its colour and marker.
MARKS = {
    "real": (GREY, "o"),
    "t1-flair": (COLOURS[1], "P"),
    "t2-flair": (COLOURS[2], "s"),
    "healthy": (COLOURS[0], "v"),
    "half": (COLOURS[4], "D"),
    "tumour": (COLOURS[3], "^"),
    "virtual-t1ce": (COLOURS[2], "s"),
    "t1-t1ce": (COLOURS[0], "v"),
    "missing": (COLOURS[3], "X"),
}
_OUTLINE = COLOURS[5]


def rows_of_scans(
    columns: Mapping[str, np.ndarray],
    caption: str,
    outlines: np.ndarray | None = None,
    outlined: Sequence[str] = (),
    names: Sequence[str] = (),
    width: float = 2.3,
) -> None:
    """Show scans of patients in rows, all in one window, with the tumour outlined in some columns.

    Args:
        columns: a title for each column, and its slices (N, H, W) in [-1, 1], one for each row.
        caption: of the figure.
        outlines: (N, H, W), where the tumour is.
        outlined: titles of the columns in which it is outlined.
        names: of the rows.
        width: of a slice, in inches.
    """
    inside = np.any([image > -1 for image in columns.values()], axis=(0, 1))
    box = surround(inside)
    count = len(next(iter(columns.values())))
    tall = inside[box].shape[0] / inside[box].shape[1]
    size = (width * len(columns) + 0.3 * bool(names), count * width * tall + 0.3)
    figure, grid = panels(list(columns), size, rows=count)
    for k, row in enumerate(grid):
        for axes, (title, images) in zip(row, columns.items(), strict=True):
            draw_slice(axes, images[k][box], title="" if k else title, limits=(-1, 1))
            if title in outlined and outlines is not None and outlines[k].any():
                _draw_outline(axes, outlines[k][box])
        if len(names):
            row[0].set_ylabel(names[k], fontsize=9)
    show(figure, f"{caption} {CONVENTION}")


def _draw_outline(axes: Axes, mask: np.ndarray) -> None:
    axes.contour(mask.astype(float), levels=[0.5], colors=[_OUTLINE], linewidths=1.3)


def by_patient(
    groups: Mapping[str, Mapping[str, np.ndarray]],
    words: Mapping[str, str],
    labels: Sequence[str],
    caption: str,
    limits: Sequence[tuple[float, float]],
) -> None:
    """Show every patient as a dot, a row for each method, with the mean and its interval over patients.

    Args:
        groups: a title for each panel; in it the patients' values by method. NaN is left out.
        words: what methods are called.
        labels: of the panels' axes.
        caption: of the figure.
        limits: of the panels' axes.
    """
    methods = list(next(iter(groups.values())))
    figure, grid = panels(list(groups), (9.8, 0.62 * len(methods) + 1.1), sharey=True)
    rng = np.random.default_rng(0)
    for axes, values, label, ends in zip(grid[0], groups.values(), labels, limits, strict=True):
        for k, method in enumerate(methods):
            some = values[method][~np.isnan(values[method])]
            colour, marker = MARKS[method]
            axes.plot(
                np.clip(some, *ends), -k + rng.uniform(-0.2, 0.2, len(some)), marker,
                color=colour, alpha=0.35, markersize=4, linewidth=0,
            )  # fmt: skip
            middle, low, high = bootstrap(some, seed=0)
            axes.plot([low, high], [-k - 0.33] * 2, color="black", linewidth=2)
            axes.plot(middle, -k - 0.33, "|", color="black", markersize=9, markeredgewidth=2)
        room = 0.03 * (ends[1] - ends[0])
        axes.set(xlabel=label, xlim=(ends[0] - room, ends[1] + room), ylim=(-len(methods) + 0.4, 0.4))
        axes.set_yticks([-k for k in range(len(methods))], [words[method] for method in methods])
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    show(figure, f"{caption} Each dot is a patient; the black line is the mean with its 95 % interval.")


def bet_card(
    bet: Mapping[str, tuple[float, float]],
    result: Mapping[str, tuple[float, float]],
    words: Mapping[str, str],
    path: Path,
    caption: str,
) -> float:
    """Show a bet beside the result, of tumours lost and invented, and keep the picture.

    Args:
        bet, result: by method, of how many in 100 patients the tumour was lost, and in how many of 100
            healthy people one was invented.
        words: what methods are called.
        path: of the PNG.
        caption: of the figure.

    Returns:
        By how many of 100 the bet was wrong, on average.
    """
    titles = ("tumour lost, of 100 patients", "tumour invented, of 100 healthy people")
    figure, grid = panels(titles, (9.8, 0.5 * len(result) + 1.5), sharey=True)
    methods = [method for method in result if method in bet]
    for part, axes in enumerate(grid[0]):
        for k, method in enumerate(methods):
            ends = bet[method][part], result[method][part]
            axes.plot(ends, [-k, -k], color="#bbbbbb", linewidth=2, zorder=1)
            axes.plot(ends[0], -k, "x", color="black", markersize=9, label="" if k else "the bet")
            colour, _ = MARKS[method]
            axes.plot(ends[1], -k, "o", color=colour, markersize=9, label="" if k else "the study")
        axes.set(xlim=(-3, 103), ylim=(-len(methods) + 0.5, 0.5))
        axes.set_yticks([-k for k in range(len(methods))], [words[method] for method in methods])
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].legend(frameon=False, fontsize=9, loc="lower right")
    error = float(np.mean([np.abs(np.subtract(bet[method], result[method])) for method in methods]))
    figure.suptitle(
        f"What becomes of the tumour? The bet was wrong by {error:.0f} of 100 on average.", fontsize=12
    )
    _keep(figure, path)
    show(figure, caption)
    return error


def _keep(figure: Figure, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
