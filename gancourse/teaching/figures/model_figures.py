"""Figures of two measured features: the slices as points, a model's decision, and its bell curves."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from gancourse.teaching.figures.canvas import COLOURS, STYLES, panels, show

#: Sign and colour of each class, 0 and 1, so that nothing is told by colour alone.
CLASSES = {0: ("no tumour", "o", COLOURS[0]), 1: ("tumour", "^", COLOURS[3])}


def scatter(
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
    """Show slices as points, two features across and up.

    Args:
        points: (N, 2).
        labels: (N,), 0 or 1.
        names: of the two features, with their unit.
        chances: p(y = 1 given x) on the grid, by the model's name: a line each at 1/2, thin ones at 0.1, 0.9.
        grid: the coordinates (columns,) and (rows,) of `chances`, each (rows, columns).
        bells: mean (2,) of each class, and their covariance (2, 2): ellipses at one and two deviations.
        drawn: more points (M, 2) and their labels, shown in a second panel of the same size.
    """
    titles = ["measured", "drawn from the model"] if drawn else [""]
    figure, (places,) = panels(titles, (5.6 * len(titles), 3.9), sharex=True, sharey=True)
    for axes, (where, which) in zip(places, [(points, labels), *([drawn] if drawn else [])], strict=True):
        for label, (name, marker, colour) in CLASSES.items():
            chosen = where[np.asarray(which) == label]
            axes.plot(*chosen.T, marker, color=colour, alpha=0.45, markersize=4, label=name)
            if bells:
                _ellipses(axes, bells[0][label], bells[1], colour)
        axes.set(xlabel=names[0], ylabel=names[1])
    first = places[0]
    lines = zip((chances or {}).items(), STYLES, ("black", COLOURS[2], COLOURS[4]), strict=False)
    for (name, chance), style, colour in lines:
        assert grid is not None
        look: dict = {"colors": colour, "linestyles": style}
        first.contour(*grid, chance, [0.5], linewidths=2, **look)
        first.contour(*grid, chance, [0.1, 0.9], linewidths=0.8, **look)
        first.plot([], [], style, color=colour, label=name)
    every = np.concatenate([points, drawn[0]]) if drawn else points
    low, high = every.min(0), every.max(0)
    margin = 0.06 * (high - low)
    first.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
    first.legend(fontsize=8, loc="lower right")
    show(figure, caption)


def _ellipses(axes: Axes, mean: np.ndarray, covariance: np.ndarray, colour: str) -> None:
    """Draw where a bell is one and two standard deviations from its top."""
    turn = np.linspace(0, 2 * np.pi, 100)
    ring = np.linalg.cholesky(covariance) @ np.stack([np.cos(turn), np.sin(turn)])
    for deviations in (1, 2):
        axes.plot(*(mean[:, None] + deviations * ring), color=colour, linewidth=1.5)
