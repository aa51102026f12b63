"""Figures of two measured features: the slices as points, models' decisions, and Gaussians."""

from collections.abc import Mapping, Sequence

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
    bells: tuple[Sequence[np.ndarray], Sequence[np.ndarray]] | None = None,
) -> None:
    """Show slices as points, two features across and up.

    Args:
        points: (N, 2).
        labels: (N,), 0 or 1.
        names: of the two features.
        chances: p(y = 1 given x) on the grid, by the model's name: a line each where it is 1/2.
        grid: the coordinates (columns,) and (rows,) of `chances`, each (rows, columns), and of its frame.
        bells: mean (2,) and covariance (2, 2) of each class: ellipses at one and two deviations.
    """
    figure, ((axes,),) = panels(1, (8.2, 4.6))
    for label, (name, marker, colour) in CLASSES.items():
        chosen = points[np.asarray(labels) == label]
        axes.plot(*chosen.T, marker, color=colour, alpha=0.45, markersize=5, label=name)
        if bells:
            _ellipses(axes, np.asarray(bells[0][label]), np.asarray(bells[1][label]), colour)
    for (name, chance), style in zip((chances or {}).items(), STYLES, strict=False):
        assert grid is not None
        axes.contour(*grid, chance, [0.5], linewidths=2, colors="black", linestyles=style)
        axes.plot([], [], style, color="black", linewidth=2, label=f"{name}: 50 %")
    axes.set(xlabel=names[0], ylabel=names[1])
    if grid:
        axes.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]])
    figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    show(figure, caption)


def _ellipses(axes: Axes, mean: np.ndarray, covariance: np.ndarray, colour: str) -> None:
    """Draw where a Gaussian is one and two standard deviations from its top."""
    turn = np.linspace(0, 2 * np.pi, 100)
    ring = np.linalg.cholesky(covariance) @ np.stack([np.cos(turn), np.sin(turn)])
    for deviations in (1, 2):
        axes.plot(*(mean[:, None] + deviations * ring), color=colour, linewidth=1.5)
