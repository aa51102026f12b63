"""Figures of how well labels agree with the truth."""

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt

from gancourse.teaching.figures import COLOURS, show


def sizes(groups: Mapping[str, tuple[np.ndarray, np.ndarray]], xlabel: str, caption: str) -> None:
    """Show Dice against the size of what was to be found, a panel a group; what has no size is left out.

    Args:
        groups: sizes and Dice, (N,) each; sizes are drawn on a logarithmic axis.
    """
    size = (3.2 * len(groups), 2.7)
    figure, places = plt.subplots(
        1, len(groups), figsize=size, squeeze=False, sharey=True, layout="constrained"
    )
    for axes, colour, (name, (sizes_, dice)) in zip(places[0], COLOURS, groups.items(), strict=False):
        there = sizes_ > 0
        axes.plot(sizes_[there], dice[there], "o", color=colour, alpha=0.6, markersize=4)
        axes.set(xscale="log", xlabel=xlabel, ylim=(-0.03, 1.03))
        axes.set_title(name, fontsize=10)
    places[0, 0].set_ylabel("Dice")
    show(figure, caption)
