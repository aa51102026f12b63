"""Figures of lesson 54: Dice by the number of patients, gains, who was seen, and a bet beside the result."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gancourse.teaching.figures.canvas import COLOURS, GREY, STYLES, panels, show

#: Of each arm: what it is called, its colour, its marker.
ARMS = {
    "plain": ("plain", GREY, "o"),
    "augmented": ("augmented", COLOURS[0], "s"),
    "generated": ("generated", COLOURS[1], "^"),
    "painted": ("painted", COLOURS[2], "v"),
    "all": ("all together", COLOURS[3], "D"),
    "ceiling": ("10 times as many patients", COLOURS[4], "P"),
}
Intervals = Mapping[int, Sequence[float]]  # by N: mean, low, high


def curves(table: pd.DataFrame, caption: str) -> None:
    """Show Dice by the number of patients, a panel for each hospital, a curve for each arm.

    Args:
        table: rows with `hospital`, `arm`, `N`, `dice`, `low` and `high`.
        caption: of the figure.
    """
    hospitals = list(dict.fromkeys(table["hospital"]))
    titles = [f"tested at hospital {name}" for name in hospitals]
    figure, grid = panels(titles, (9.6, 4.0), sharey=True)
    for axes, name in zip(grid[0], hospitals, strict=True):
        rows = table[table["hospital"] == name]
        found = {
            arm: {int(n): (dice, low, high) for n, dice, low, high in each.itertuples(index=False)}
            for arm in ARMS
            if len(each := rows.loc[rows["arm"] == arm, ["N", "dice", "low", "high"]])
        }
        draw_arms(axes, found)
    finish(figure, grid[0], "Dice of the whole tumour", caption)


def gains(found: Mapping[str, Mapping[str, Intervals]], caption: str) -> None:
    """Show gains over plain training, in points of Dice: a panel for each hospital.

    Args:
        found: hospital -> arm -> N -> gain, low, high, as differences of Dice.
        caption: of the figure.
    """
    figure, grid = panels([f"tested at hospital {name}" for name in found], (9.6, 4.0), sharey=True)
    for axes, arms in zip(grid[0], found.values(), strict=True):
        points = {arm: {n: _points(values) for n, values in each.items()} for arm, each in arms.items()}
        axes.axhline(0, color=GREY, linewidth=1)
        draw_arms(axes, points)
    finish(figure, grid[0], "points of Dice gained over plain", caption)


def finish(figure: Figure, panels_of_hospitals: Sequence[Axes], what: str, caption: str) -> None:
    """Name the axes, add one legend below all panels, and show the figure."""
    for axes in panels_of_hospitals:
        axes.set_xlabel("patients to learn from, N")
    panels_of_hospitals[0].set_ylabel(what)
    handles = panels_of_hospitals[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=6, fontsize=9, frameon=False)
    show(figure, caption)


def draw_arms(axes: Axes, found: Mapping[str, Intervals]) -> None:
    """Draw a curve for each arm, with intervals, beside each other at every N."""
    counts = sorted({n for each in found.values() for n in each})
    for k, (arm, each) in enumerate(found.items()):
        name, colour, marker = ARMS[arm]
        style = STYLES[list(ARMS).index(arm) % len(STYLES)]
        places = np.array([counts.index(n) for n in each]) + 0.09 * (k - (len(found) - 1) / 2)
        mean, low, high = np.array(list(each.values())).T
        axes.vlines(places, low, high, color=colour, linewidth=2.5, alpha=0.35)
        axes.plot(
            places,
            mean,
            style + marker,
            color=colour,
            linewidth=1.2,
            markersize=5.5,
            label=name,
        )
    axes.set_xticks(range(len(counts)), map(str, counts))
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def suspects(suspicion: Mapping[str, float], seen: Collection[str], caption: str) -> None:
    """Show how suspicious each patient is, the most suspicious first, and who had been seen.

    Args:
        suspicion: by patient; below 1, the colleague's slices are nearer than ours.
        seen: the patients in the colleague's training set.
        caption: of the figure.
    """
    figure, ((axes,),) = panels(1, (9.6, 3.4))
    order = sorted(suspicion, key=lambda name: suspicion[name])
    for chosen, colour, marker, words in (
        (True, COLOURS[3], "X", "in the colleague's training set"),
        (False, COLOURS[0], "o", "not in it"),
    ):
        places = [k for k, name in enumerate(order) if (name in seen) == chosen]
        values = [suspicion[order[k]] for k in places]
        axes.plot(places, values, marker, color=colour, markersize=9, label=words)
    axes.axhline(1, color=GREY, linestyle="--", linewidth=1)
    axes.set(
        xlabel="test patients, the most suspicious first", ylabel="distance to theirs / to ours", xticks=[]
    )
    axes.legend(frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def bet_card(
    bet: Mapping[str, Sequence[float]], result: Mapping[str, Intervals], path: Path, caption: str
) -> float:
    """Show a bet beside the result, an arm in each panel, and keep the picture.

    Args:
        bet: by arm, gains in points of Dice, one for each N.
        result: arm -> N -> gain, low, high, as differences of Dice.
        path: of the PNG.
        caption: of the figure.

    Returns:
        By how many points the bet was wrong, on average.
    """
    arms = [arm for arm in result if arm in bet]
    figure, grid = panels([ARMS[arm][0] for arm in arms], (10.4, 3.6), sharey=True)
    errors = []
    for axes, arm in zip(grid[0], arms, strict=True):
        _, colour, marker = ARMS[arm]
        counts, guessed = sorted(result[arm]), np.asarray(bet[arm], float)
        mean, low, high = np.array([_points(result[arm][n]) for n in counts]).T
        errors.extend(np.abs(guessed - mean))
        axes.axhline(0, color=GREY, linewidth=1)
        axes.plot(range(len(counts)), guessed, "--x", color="black", markersize=8, label="the bet")
        axes.vlines(range(len(counts)), low, high, color=colour, linewidth=4, alpha=0.35)
        axes.plot(range(len(counts)), mean, marker, color=colour, markersize=8, label="the study")
        axes.set_xticks(range(len(counts)), map(str, counts))
        axes.set(xlabel="patients, N", xlim=(-0.5, len(counts) - 0.5))
        axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].set_ylabel("points of Dice gained over plain")
    grid[0, 0].legend(frameon=False, fontsize=8.5)
    error = float(np.mean(errors))
    figure.suptitle(
        f"Do synthetic scans help? The bet was wrong by {error:.1f} points on average.", fontsize=12
    )
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
    show(figure, caption)
    return error


def _points(values: Sequence[float]) -> list[float]:
    """Return differences of Dice in hundredths."""
    return [100 * value for value in values]
