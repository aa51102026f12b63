"""Figures of lesson 42: a study over seeds, critics with and without a penalty, and what ails a training."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, STYLES, panels, show
from gancourse.teaching.figures.slice_figures import draw_slice

#: Half of the side of the square that pictures of points show.
REACH = 1.5


def study(table: pd.DataFrame, groups: Mapping[str, Sequence[str]], control: str, caption: str) -> None:
    """Show each run's KID as a dot, on a scale of factors of ten: a row per variant, the best on top.

    Args:
        table: one row per run, with `variant` and `kid` > 0.
        groups: title -> variants of one colour and marker.
        control: the variant that the others are compared with; a band over all rows shows its runs.
    """
    logs = np.log10(table["kid"]).groupby(table["variant"]).mean().sort_values()
    place = {name: len(logs) - 1 - k for k, name in enumerate(logs.index)}
    figure, ((axes,),) = panels(1, (8.6, 0.27 * len(logs) + 1.0))
    of_control = table.loc[table["variant"] == control, "kid"]
    axes.axvspan(of_control.min(), of_control.max(), color="#dddddd", linewidth=0)
    styles = zip(("#000000", *COLOURS), "DosX", {control: [control], **groups}.items(), strict=False)
    for colour, marker, (title, names) in styles:
        runs = table[table["variant"].isin(names)]
        rows = [place[name] for name in runs["variant"]]
        axes.plot(runs["kid"], rows, marker, color=colour, markersize=6, alpha=0.7, label=title)
        known = [name for name in names if name in place]
        means = [10 ** logs[name] for name in known]
        axes.plot(means, [place[name] for name in known], "|", color=colour, markersize=14, markeredgewidth=2)
    axes.set(xscale="log", xlabel="KID against held-out slices, smaller is better (bars: geometric means)")
    axes.set_yticks(list(place.values()), list(place), fontsize=9)
    axes.set_ylim(-0.7, len(logs) - 0.3)
    axes.grid(axis="y", color="#eeeeee", linewidth=0.7)
    axes.set_axisbelow(True)
    figure.legend(fontsize=9, loc="outside upper center", ncols=1 + len(groups), frameon=False)
    show(figure, caption)


def slice_and_points(image: np.ndarray, points: np.ndarray, caption: str) -> None:
    """Show an axial slice (64, 64), and beside it points (N, 2) in its place."""
    figure, ((left, right),) = panels(["a T1 slice", "the same brain in points"], (7.6, 3.9))
    draw_slice(left, image, title="a T1 slice", limits=(-1, 1))
    right.plot(*np.asarray(points)[:2000].T, ".", color=COLOURS[0], markersize=2.5)
    _frame(right)
    show(figure, f"{caption} {CONVENTION}")


def _frame(axes: Axes) -> None:
    axes.set(xlim=(-REACH, REACH), ylim=(REACH, -REACH), aspect=1, xticks=[], yticks=[])


def critics(
    played: Mapping[str, tuple[Callable, np.ndarray, Sequence[tuple[int, float]]]],
    real: np.ndarray,
    caption: str,
) -> None:
    """Show, for each of several trainings on points, its landscape and its points; then all distances.

    Args:
        played: by title, the critic (points (N, 2) -> values (N, 1)), the generator's points (N, 2), and
            pairs of training step and distance to the real points.
        real: points (N, 2).
    """
    figure, (row,) = panels([*played, "distance to the points of the slice"], (3.3 * (len(played) + 1), 3.6))
    side = np.linspace(-REACH, REACH, 70, dtype=np.float32)
    grid = np.stack(np.meshgrid(side, side), axis=-1)  # (70, 70, 2)
    for k, (axes, (name, (critic, fake, history))) in enumerate(zip(row, played.items(), strict=False)):
        values = np.reshape(critic(grid.reshape(-1, 2)), (70, 70))
        axes.contourf(side, side, values, 20, cmap="Greys_r")
        axes.plot(*np.asarray(real)[:600].T, ".", color=COLOURS[0], markersize=2)
        axes.plot(*np.asarray(fake)[:800].T, ".", color=COLOURS[1], markersize=3)
        _frame(axes)
        axes.set_xlabel(f"values from {values.min():,.1f} to {values.max():,.1f}", fontsize=9)
        row[-1].plot(*np.transpose(history), STYLES[k % 4], color=COLOURS[2 + k], label=name)
    row[-1].set(xlabel="training step of the generator", ylim=(0, None))
    row[-1].legend(fontsize=8, frameon=False, loc="upper right")
    show(figure, caption)


def slopes(curves: Mapping[str, Sequence[tuple[int, float]]], ylabel: str, caption: str) -> None:
    """Show curves over training steps on a scale of factors of ten, each as pairs of step and value > 0."""
    figure, ((axes,),) = panels(1, (7.6, 3.2))
    for k, (name, pairs) in enumerate(curves.items()):
        looks = {"color": COLOURS[k], "marker": "os"[k % 2], "markersize": 3}
        axes.plot(*np.transpose(pairs), STYLES[k % 4], label=name, **looks)
    axes.set(xlabel="training step", ylabel=ylabel, yscale="log")
    figure.legend(fontsize=9, loc="outside upper center", ncols=len(curves), frameon=False)
    show(figure, caption)


def symptoms(runs: Mapping[str, pd.DataFrame], caption: str) -> None:
    """Show the curves of several trainings beside each other.

    Args:
        runs: title -> a row for each moment: `round` (the training step), `d_loss`, `g_loss`, `d_accuracy`
            (0 to 1), `variety` (1: as much as held-out slices), and `slope`, the length of the generator's
            gradient.
    """
    size = (2.4 * len(runs), 5.6)
    figure, grid = panels(runs, size, rows=3, sharex=True, sharey="row", height_ratios=(1.2, 1.2, 1))
    losses = {"d_loss": "d_loss", "g_loss": "g_loss"}
    shares = {"d_accuracy": "right answers of the discriminator", "variety": "variety of the images"}
    for (first, second, third), run in zip(grid.T, runs.values(), strict=True):
        for colour, style, (key, name) in zip(COLOURS, STYLES, losses.items(), strict=False):
            first.plot(run["round"], run[key], style, color=colour, label=name)
        for colour, style, (key, name) in zip(COLOURS[2:], STYLES, shares.items(), strict=False):
            second.plot(run["round"], 100 * run[key], style, color=colour, label=name)
        second.axhline(100, color=GREY, linestyle=":", linewidth=1)
        third.plot(run["round"], run["slope"], color=COLOURS[4], label="gradient of the generator")
        third.set(xlabel="training step", yscale="log")
    for axes, label in zip(grid[:, 0], ("loss", "per cent", "length of the gradient"), strict=True):
        axes.set_ylabel(label)
    grid[0, 0].set_ylim(-0.5, 10)
    grid[1, 0].set_ylim(0, 180)
    handles = [line for axes in grid[:, 0] for line in axes.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, fontsize=8, loc="outside upper center", ncols=3, frameon=False)
    show(figure, caption)
