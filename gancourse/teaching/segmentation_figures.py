"""Figures of how well labels agree with the truth."""

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt

from gancourse.teaching.figures import COLOURS, show


def sizes(volumes: np.ndarray, dice: Mapping[str, np.ndarray], xlabel: str, caption: str) -> None:
    """Show Dice against the size of what was to be found, a panel a method, a dot a patient.

    Args:
        volumes: (N,), above 0; drawn on a logarithmic axis.
        dice: for each method, (N,).
    """
    figure, places = plt.subplots(
        1, len(dice), figsize=(3.2 * len(dice), 2.7), squeeze=False, sharey=True, layout="constrained"
    )
    for axes, colour, (name, values) in zip(places[0], COLOURS, dice.items(), strict=False):
        axes.plot(volumes, values, "o", color=colour, alpha=0.6, markersize=4)
        axes.set(xscale="log", xlabel=xlabel, ylim=(-0.03, 1.03))
        axes.set_title(name, fontsize=10)
    places[0, 0].set_ylabel("Dice")
    show(figure, caption)
