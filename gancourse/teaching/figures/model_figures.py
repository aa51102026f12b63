"""Figures of two measured features: the slices, what a model makes of the plane, and its bell curves."""

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from gancourse.teaching.figures import COLOURS, show

#: Sign and colour of each class, 0 and 1, so that nothing is told by colour alone.
CLASSES = {0: ("no tumour", "o", COLOURS[0]), 1: ("tumour", "^", COLOURS[3])}


def plane(
    points: np.ndarray,
    labels: np.ndarray,
    names: tuple[str, str],
    caption: str,
    *,
    chances: Mapping[str, np.ndarray] | None = None,
    grid: tuple[np.ndarray, np.ndarray] | None = None,
    bells: tuple[Mapping[int, np.ndarray], np.ndarray] | None = None,
    drawn: tuple[np.ndarray, np.ndarray] | None = None,
) -> None:
    """Show slices as points in the plane of two features.

    Args:
        points: (N, 2).
        labels: (N,), 0 or 1.
        names: of the two features, with their unit.
        chances: p(y = 1 given x) on the grid, by the model's name: a line each at 1/2, thin ones at 0.1, 0.9.
        grid: the coordinates (columns,) and (rows,) of `chances`, each (rows, columns).
        bells: mean (2,) of each class, and their covariance (2, 2): ellipses at one and two deviations.
        drawn: more points (M, 2) and their labels, shown in a second panel of the same size.
    """
    panels = 2 if drawn else 1
    figure, places = plt.subplots(
        1, panels, figsize=(5.6 * panels, 3.9), squeeze=False, sharex=True, sharey=True, layout="constrained"
    )
    for axes, (where, which) in zip(places[0], [(points, labels), *([drawn] if drawn else [])], strict=True):
        for label, (name, marker, colour) in CLASSES.items():
            chosen = where[np.asarray(which) == label]
            axes.plot(*chosen.T, marker, color=colour, alpha=0.45, markersize=4, label=name)
            if bells:
                _ellipses(axes, bells[0][label], bells[1], colour)
        axes.set(xlabel=names[0], ylabel=names[1])
    if drawn:
        places[0][0].set_title("measured", fontsize=10)
        places[0][1].set_title("drawn from the model", fontsize=10)
    lines = zip((chances or {}).items(), ("-", "--", ":"), ("black", COLOURS[2], COLOURS[4]), strict=False)
    for (name, chance), style, colour in lines:
        assert grid is not None
        look: dict = {"colors": colour, "linestyles": style}
        places[0][0].contour(*grid, chance, [0.5], linewidths=2, **look)
        places[0][0].contour(*grid, chance, [0.1, 0.9], linewidths=0.8, **look)
        places[0][0].plot([], [], style, color=colour, label=name)
    every = np.concatenate([points, drawn[0]]) if drawn else points
    low, high = every.min(0), every.max(0)
    margin = 0.06 * (high - low)
    places[0][0].set(xlim=(low[0] - margin[0], high[0] + margin[0]))
    places[0][0].set(ylim=(low[1] - margin[1], high[1] + margin[1]))
    places[0][0].legend(fontsize=8, loc="lower right")
    show(figure, caption)


def _ellipses(axes: Axes, mean: np.ndarray, covariance: np.ndarray, colour: str) -> None:
    """Where a bell is one and two standard deviations from its top."""
    turn = np.linspace(0, 2 * np.pi, 100)
    ring = np.linalg.cholesky(covariance) @ np.stack([np.cos(turn), np.sin(turn)])
    for deviations in (1, 2):
        axes.plot(*(mean[:, None] + deviations * ring), color=colour, linewidth=1.5)
