"""Figures of lesson 44: clouds of features, bias, distances to copies, and the report card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.patches import Circle

from gancourse.images import image_grid
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, STYLES, panels, show
from gancourse.teaching.figures.slice_figures import mark_sides, surround

_MARKERS = "o^sDvP"


def clouds(
    groups: Mapping[str, Mapping[str, np.ndarray]],
    caption: str,
    *,
    reach: int | None = None,
) -> None:
    """Show sets of points in two dimensions, panel by panel.

    Args:
        groups: title -> name -> points (N, 2).
        reach: draw around each point a circle out to this neighbour of its own set (1: the nearest).
    """
    figure, grid = panels(groups, (max(8.4, 3 * len(groups)), 3.8), sharex=True, sharey=True)
    everything = np.concatenate([points for sets in groups.values() for points in sets.values()])
    low, high = everything.min(axis=0) - 0.5, everything.max(axis=0) + 0.5
    for axes, sets in zip(grid[0], groups.values(), strict=True):
        for k, (name, points) in enumerate(sets.items()):
            axes.plot(*points.T, _MARKERS[k], color=COLOURS[k], markersize=4, alpha=0.6, label=name)
            apart = np.linalg.norm(points[:, None] - points, axis=2)
            for point, row in zip(points, np.sort(apart, axis=1), strict=True) if reach else ():
                axes.add_patch(Circle(point, row[reach], color=COLOURS[k], alpha=0.1, linewidth=0))
        axes.set(aspect="equal", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    names = dict.fromkeys(name for sets in groups.values() for name in sets)
    handles = [line for axes in grid[0] for line in axes.lines]
    labelled = {line.get_label(): line for line in reversed(handles)}
    figure.legend(
        [labelled[name] for name in names], names, loc="outside lower center", ncols=len(names), frameon=False
    )
    show(figure, caption)


def ratios(sets: Mapping[str, np.ndarray], threshold: float, caption: str) -> None:
    """Show a number for each image of several sets, a row per set, and the threshold to be below."""
    figure, ((axes,),) = panels(1, (8, 0.5 * len(sets) + 0.9))
    for k, values in enumerate(sets.values()):
        jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(values))
        below = np.asarray(values) < threshold
        for chosen, marker, colour in ((~below, "o", COLOURS[0]), (below, "X", COLOURS[3])):
            axes.plot(values[chosen], -k + jitter[chosen], marker, color=colour, markersize=4, alpha=0.6)
    axes.axvline(threshold, color=GREY, linestyle="--", linewidth=1)
    axes.set_yticks(-np.arange(len(sets)), list(sets), fontsize=11)
    axes.set_xlabel("distance to the nearest training image / to the nearest held-out one")
    show(figure, caption)


def bias(table: pd.DataFrame, metrics: Sequence[str], caption: str) -> None:
    """Show each metric by the number of images, a curve for each set, with all draws as dots.

    Args:
        table: one row per draw: `set`, `images`, and the metrics.
    """
    figure, grid = panels(metrics, (4.2 * len(metrics), 2.9))
    for axes, metric in zip(grid[0], metrics, strict=True):
        for k, (name, rows) in enumerate(table.groupby("set", sort=False)):
            axes.plot(rows["images"], rows[metric], _MARKERS[k], color=COLOURS[k], markersize=3, alpha=0.4)
            means = rows.groupby("images")[metric].mean()
            axes.plot(means.index, means, STYLES[k % 2], color=COLOURS[k], label=name)
        axes.set(xscale="log", xlabel="images in each set")
        counts = sorted(set(table["images"]))
        axes.set_xticks(counts, map(str, counts))
        axes.minorticks_off()
        axes.axhline(0, color=GREY, linewidth=0.8)
    if table["set"].nunique() > 1:
        grid[0, 0].legend(fontsize=8, frameon=False)
    show(figure, caption)


def report_card(
    scores: pd.DataFrame, examples: Mapping[str, np.ndarray], reference: str, caption: str, path: Path
) -> None:
    """Show two images of each set and, metric by metric, its scores; keep the picture.

    Args:
        scores: a column `set`, and one for each metric; a row for each draw of a set.
        examples: two images (2, H, W) in [-1, 1] by set, in the order from top to bottom.
        reference: the set that the others are compared with: the range of its scores is a grey band.
        path: of the PNG.
    """
    metrics = [column for column in scores.columns if column != "set"]
    box = surround(np.any([each > -0.9 for images in examples.values() for each in images], axis=0))
    size = (5.2 + 1.6 * len(metrics), 2.1 * len(examples) + 0.4)
    figure, grid = panels(
        ["", *metrics], size, rows=len(examples), width_ratios=[3.8] + [1.6] * len(metrics), sharex="col"
    )
    for row, (name, images) in zip(grid, examples.items(), strict=True):
        row[0].imshow(image_grid(images[:, *box], 2), cmap="gray", vmin=-1, vmax=1)
        mark_sides(row[0])
        row[0].set_ylabel(name.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=10)
        for axes, metric in zip(row[1:], metrics, strict=True):
            known = scores.loc[scores["set"] == reference, metric]
            axes.axvspan(known.min(), known.max(), color=GREY, alpha=0.3, linewidth=0)
            draws = scores.loc[scores["set"] == name, metric]
            axes.plot([draws.min(), draws.max()], [0, 0], color=COLOURS[0], linewidth=3, alpha=0.5)
            axes.plot(draws.mean(), 0, "o", color=COLOURS[0], markersize=7)
            axes.text(draws.mean(), 0.25, f"{draws.mean():.2f}", ha="center", va="bottom", fontsize=9)
            axes.set(yticks=[], ylim=(-1, 1))
            axes.tick_params(labelbottom=True, labelsize=8)
            axes.margins(x=0.25)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=100, bbox_inches="tight")
    show(figure, f"{caption} {CONVENTION}")
