"""Figures of lesson 42: a study of many variants over seeds, and the symptoms of a sick training."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gancourse.teaching.figures.canvas import COLOURS, GREY, STYLES, panels, show


def study(table: pd.DataFrame, groups: Mapping[str, Sequence[str]], control: str, caption: str) -> None:
    """Show each run's distance as a dot, on a scale of factors of ten: a row per variant, the best on top.

    Args:
        table: one row per run, with `variant` and `kid` > 0.
        groups: title -> variants of one colour and marker.
        control: the variant that the others are compared with; a band over all rows shows its runs.
    """
    logs = np.log10(table["kid"]).groupby(table["variant"]).mean().sort_values()
    place = {name: len(logs) - 1 - k for k, name in enumerate(logs.index)}
    figure, ((axes,),) = panels(1, (7.5, 0.24 * len(logs) + 0.9))
    of_control = table.loc[table["variant"] == control, "kid"]
    axes.axvspan(of_control.min(), of_control.max(), color="#dddddd", linewidth=0)
    styles = zip(("#000000", *COLOURS), "DosX", {control: [control], **groups}.items(), strict=False)
    for colour, marker, (title, names) in styles:
        runs = table[table["variant"].isin(names)]
        rows = [place[name] for name in runs["variant"]]
        axes.plot(runs["kid"], rows, marker, color=colour, markersize=5, alpha=0.7, label=title)
        known = [name for name in names if name in place]
        means = [10 ** logs[name] for name in known]
        axes.plot(means, [place[name] for name in known], "|", color=colour, markersize=13, markeredgewidth=2)
    axes.set(xscale="log", xlabel="KID, kernel distance to held-out slices (bars: geometric means)")
    axes.set_yticks(list(place.values()), list(place), fontsize=9)
    axes.set_ylim(-0.7, len(logs) - 0.3)
    axes.grid(axis="y", color="#eeeeee", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(fontsize=8, loc="lower left")
    show(figure, caption)


def symptoms(runs: Mapping[str, pd.DataFrame], caption: str) -> None:
    """Show the curves of several trainings beside each other.

    Args:
        runs: title -> a row for each moment: `round` (the training step), `d_loss`, `g_loss`, `d_accuracy`
            (0 to 1), `variety` (1: as much as real images), and `slope`, the length of the gradient that the
            generator gets.
    """
    size = (2.4 * len(runs), 5)
    figure, grid = panels(runs, size, rows=3, sharex=True, sharey="row", height_ratios=(1.2, 1.2, 1))
    losses = {"d_loss": "discriminator", "g_loss": "generator"}
    shares = {"d_accuracy": "right answers", "variety": "variety"}
    for (first, second, third), run in zip(grid.T, runs.values(), strict=True):
        for colour, style, (key, name) in zip(COLOURS, STYLES, losses.items(), strict=False):
            first.plot(run["round"], run[key], style, color=colour, label=name)
        for colour, style, (key, name) in zip(COLOURS[2:], STYLES, shares.items(), strict=False):
            second.plot(run["round"], 100 * run[key], style, color=colour, label=name)
        second.axhline(100, color=GREY, linestyle=":", linewidth=1)
        third.plot(run["round"], run["slope"], color=COLOURS[4])
        third.set(xlabel="training step", yscale="log")
    for axes, label in zip(grid[:, 0], ("loss", "per cent", "gradient"), strict=True):
        axes.set_ylabel(label)
    grid[0, 0].set_ylim(-0.5, 8)
    grid[1, 0].set_ylim(0, 180)
    for axes in grid[:2, 0]:
        axes.legend(fontsize=7, frameon=False)
    show(figure, caption)
