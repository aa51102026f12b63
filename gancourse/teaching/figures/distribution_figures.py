"""Figures of numbers: distributions, estimates with their intervals, and agreement with the truth."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from scipy import ndimage

from gancourse.teaching.figures.canvas import COLOURS, GREY, STYLES, panels, show


def histograms(values: Mapping[str, np.ndarray], xlabel: str, caption: str) -> None:
    """Show how several sets of numbers are distributed, from the 0.5 to the 99.5 percentile."""
    figure, ((axes,),) = panels(1, (7.6, 3.0))
    ends = np.array([np.percentile(numbers, (0.5, 99.5)) for numbers in values.values()])
    draw_densities(axes, values, np.linspace(ends[:, 0].min(), ends[:, 1].max(), 201), smooth=3)
    axes.set(xlabel=xlabel, ylabel="density")
    axes.legend(fontsize=8, frameon=False)
    show(figure, caption)


def draw_densities(
    axes: Axes, values: Mapping[str, np.ndarray], edges: np.ndarray, smooth: float = 0
) -> None:
    """Draw a curve for each set of numbers, through the heights of its histogram.

    Args:
        smooth: width in bins of a Gaussian to smooth the heights by, as for numbers stored as integers.
    """
    for k, (name, numbers) in enumerate(values.items()):
        style, colour = STYLES[k % len(STYLES)], COLOURS[k % len(COLOURS)]
        density, _ = np.histogram(numbers, edges, density=True)
        density = ndimage.gaussian_filter1d(density, smooth) if smooth else density
        axes.plot((edges[1:] + edges[:-1]) / 2, density, style, color=colour, label=name)
    axes.set(yticks=[])


def dots(
    groups: Mapping[str, Sequence[float] | np.ndarray],
    ylabel: str,
    caption: str,
    *,
    reference: tuple[float, str] | None = None,
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Show every number of several groups as a dot, with each group's median as a bar and written beside it.

    Args:
        reference: a height to mark with a dashed line, and its name.
        low, high: ends of the axis.
    """
    figure, ((axes,),) = panels(1, (max(7.6, 1.2 + 1.5 * len(groups)), 3.0))
    rng = np.random.default_rng(0)
    for k, numbers in enumerate(groups.values()):
        middle = float(np.median(numbers))
        x = k + rng.uniform(-0.13, 0.13, len(numbers))
        axes.plot(x, numbers, "o", color=COLOURS[k % len(COLOURS)], alpha=0.5, markersize=5)
        axes.plot([k - 0.22, k + 0.22], [middle, middle], color="black", linewidth=2)
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # over the dashed line
        axes.text(k + 0.26, middle, f"{middle:.3g}", va="center", fontsize=9, bbox=paper)
    if reference:
        axes.axhline(reference[0], color=GREY, linestyle="--", linewidth=1)
        axes.text(-0.48, reference[0], reference[1], va="bottom", fontsize=8, color="#555555")
    axes.set(xlim=(-0.5, len(groups) - 0.5), ylabel=ylabel, ylim=(low, high))
    axes.set_xticks(range(len(groups)), [f"{name}\n(n = {len(numbers)})" for name, numbers in groups.items()])
    show(figure, f"{caption} The bar is the median.")


def intervals(
    rows: Mapping[str, tuple[float, float, float]],
    xlabel: str,
    caption: str,
    *,
    reference: float | None = None,
    digits: int = 2,
) -> None:
    """Show one estimate per row as a dot with its interval, (middle, low, high), and a reference line."""
    figure, ((axes,),) = panels(1, (7.6, 0.34 * len(rows) + 0.8))
    for k, (middle, low, high) in enumerate(rows.values()):
        axes.plot([low, high], [-k, -k], color=COLOURS[0], linewidth=2)
        axes.plot(middle, -k, "o", color=COLOURS[0])
        words = f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
        axes.text(1.02, -k, words, transform=axes.get_yaxis_transform(), va="center", fontsize=8)
    if reference is not None:
        axes.axvline(reference, color=GREY, linestyle="--", linewidth=1)
    axes.set_yticks([-k for k in range(len(rows))], list(rows))
    axes.set(xlabel=xlabel, ylim=(-len(rows) + 0.4, 0.6))
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def agreement(
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]],
    labels: tuple[str, str],
    caption: str,
    *,
    one_scale: bool = True,
) -> None:
    """Show measured against true or requested values, with the line of equality, a panel for each group.

    Args:
        groups: by title, the values to reach and the measured ones.
        labels: of the axes.
        one_scale: whether all panels have the same axes.
    """
    figure, grid = panels(groups, (3.0 * len(groups), 3.0), sharex=one_scale, sharey=one_scale)
    for axes, colour, (true, measured) in zip(grid[0], COLOURS * len(groups), groups.values(), strict=False):
        shown = groups.values() if one_scale else [(true, measured)]
        every = np.concatenate([array for pair in shown for array in pair])
        ends = [every.min(), every.max()]
        axes.plot(ends, ends, "--", color=GREY, linewidth=1)
        axes.plot(true, measured, "o", color=colour, alpha=0.6, markersize=4)
        axes.set(xlabel=labels[0])
    grid[0, 0].set_ylabel(labels[1])
    show(figure, f"{caption} On the dashed line both are equal.")
