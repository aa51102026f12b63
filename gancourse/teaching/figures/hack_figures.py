"""Figures of lesson 42: a study of many variants over seeds, and the symptoms of a sick training."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from gancourse.teaching.figures import COLOURS, show


def study(table: pd.DataFrame, groups: Mapping[str, Sequence[str]], control: str, caption: str) -> None:
    """Show each run's distance as a dot, on a scale of factors of ten: a row a variant, the best on top.

    Args:
        table: a row a run, with `variant` and `kid` > 0.
        groups: title -> variants of one colour and marker.
        control: the variant that the others are compared with; a band over all rows shows its runs.
    """
    logs = np.log10(table["kid"]).groupby(table["variant"]).mean().sort_values()
    place = {name: len(logs) - 1 - k for k, name in enumerate(logs.index)}
    figure, axes = plt.subplots(figsize=(7.5, 0.24 * len(logs) + 0.9), layout="constrained")
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
        runs: title -> a row a moment: `round`, `d_loss`, `g_loss`, `d_accuracy` (0 to 1), `variety` (1: as
            much as real images), and `slope`, how much the generator could learn.
    """
    figure, places = plt.subplots(
        3, len(runs), figsize=(2.4 * len(runs), 5), sharex=True, sharey="row", squeeze=False,
        layout="constrained", height_ratios=(1.2, 1.2, 1),
    )  # fmt: skip
    for column, (title, run) in zip(places.T, runs.items(), strict=True):
        column[0].set_title(title, fontsize=10)
        for k, (key, name) in enumerate({"d_loss": "discriminator", "g_loss": "generator"}.items()):
            column[0].plot(run["round"], run[key], "-" if k == 0 else "--", color=COLOURS[k], label=name)
        for k, (key, name) in enumerate({"d_accuracy": "right answers", "variety": "variety"}.items(), 2):
            column[1].plot(
                run["round"], 100 * run[key], "-" if k == 2 else "--", color=COLOURS[k], label=name
            )
        column[1].axhline(100, color="#777777", linestyle=":", linewidth=1)
        column[2].plot(run["round"], run["slope"], color=COLOURS[4])
        column[2].set(xlabel="round", yscale="log")
    for axes, label in zip(places[:, 0], ("loss", "per cent", "slope"), strict=True):
        axes.set_ylabel(label)
    places[0, 0].set_ylim(-0.5, 8)
    places[1, 0].set_ylim(0, 180)
    for axes in places[:2, 0]:
        axes.legend(fontsize=7, frameon=False)
    show(figure, caption)
