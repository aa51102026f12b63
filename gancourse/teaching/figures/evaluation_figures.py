"""Figures of lesson 44: clouds of features, what each metric sees, distances to copies, an attack's curve."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.patches import Circle

from gancourse.metrics.memorisation import Attack
from gancourse.teaching.figures.canvas import COLOURS, GREY, STYLES, panels, show

_MARKERS = "o^sDvP"


def clouds(
    groups: Mapping[str, Mapping[str, np.ndarray]],
    caption: str,
    *,
    reach: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Show sets of points in two dimensions, panel by panel.

    Args:
        groups: title -> name -> points (N, 2).
        reach: by name, radii (N,) of circles around a set's points.
    """
    figure, grid = panels(groups, (3 * len(groups), 3), sharex=True, sharey=True)
    for axes, sets in zip(grid[0], groups.values(), strict=True):
        for k, (name, points) in enumerate(sets.items()):
            axes.plot(*points.T, _MARKERS[k], color=COLOURS[k], markersize=4, alpha=0.6, label=name)
            for point, radius in zip(points, (reach or {}).get(name, ()), strict=False):
                axes.add_patch(Circle(point, radius, color=COLOURS[k], alpha=0.12, linewidth=0))
        axes.set(aspect="equal")
        axes.legend(fontsize=7, loc="best")
    show(figure, caption)


def eyes(table: pd.DataFrame, real: str, caption: str) -> None:
    """Show what each metric sees: a row for each set of images, a column for each metric.

    Args:
        table: values, sets by metrics.
        real: the row of real images. A cell is dark where its value is many times that row's spread away
            from it; `table.attrs["spread"]` holds the spreads.
    """
    away = (table - table.loc[real]).abs() / table.attrs["spread"]
    figure, ((axes,),) = panels(1, (0.85 * len(table.columns) + 1.6, 0.34 * len(table) + 0.5))
    axes.imshow(np.log10(away.clip(1, 100)), cmap="Blues", aspect="auto", vmin=0, vmax=2.6)
    for (row, column), value in np.ndenumerate(table.to_numpy()):
        seen = away.to_numpy()[row, column] > 3
        weight = "bold" if seen else None
        axes.text(column, row, f"{value:.3g}", ha="center", va="center", fontsize=8, weight=weight)
    axes.set_xticks(range(len(table.columns)), table.columns, fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(table)), table.index, fontsize=8)
    axes.tick_params(length=0)
    show(figure, caption)


def ratios(sets: Mapping[str, np.ndarray], threshold: float, caption: str) -> None:
    """Show a number for each image of several sets, a row per set, and the threshold to be below."""
    figure, ((axes,),) = panels(1, (6.5, 0.45 * len(sets) + 0.8))
    for k, values in enumerate(sets.values()):
        jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(values))
        below = np.asarray(values) < threshold
        for chosen, marker, colour in ((~below, "o", COLOURS[0]), (below, "X", COLOURS[3])):
            axes.plot(values[chosen], -k + jitter[chosen], marker, color=colour, markersize=4, alpha=0.6)
    axes.axvline(threshold, color=GREY, linestyle="--", linewidth=1)
    axes.set_yticks(-np.arange(len(sets)), list(sets))
    axes.set_xlabel("distance to the nearest training image / to the nearest held-out one")
    show(figure, caption)


def roc(attacks: Mapping[str, Attack], caption: str) -> None:
    """Show attacks' curves: members found against others wrongly accused."""
    figure, ((axes,),) = panels(1, (3.8, 3.4))
    for k, (name, attack) in enumerate(attacks.items()):
        axes.plot(attack.false_positives, attack.true_positives, STYLES[k % 4], color=COLOURS[k], label=name)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    axes.set(xlabel="others accused", ylabel="members found", aspect="equal")
    axes.legend(fontsize=7, loc="lower right")
    show(figure, caption)


def bias(table: pd.DataFrame, metrics: Sequence[str], caption: str) -> None:
    """Show each metric by the number of images, a curve for each set, with all draws as dots.

    Args:
        table: one row per draw: `set`, `images`, and the metrics.
    """
    figure, grid = panels(metrics, (3.6 * len(metrics), 2.7))
    for axes, metric in zip(grid[0], metrics, strict=True):
        for k, (name, rows) in enumerate(table.groupby("set", sort=False)):
            axes.plot(rows["images"], rows[metric], _MARKERS[k], color=COLOURS[k], markersize=3, alpha=0.4)
            means = rows.groupby("images")[metric].mean()
            axes.plot(means.index, means, STYLES[k % 2], color=COLOURS[k], label=name)
        axes.set(xscale="log", xlabel="images")
        axes.axhline(0, color=GREY, linewidth=0.8)
    grid[0, 0].legend(fontsize=8)
    show(figure, caption)
