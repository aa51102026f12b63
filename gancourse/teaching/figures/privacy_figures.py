"""Figures of lesson 46: who was a member, attacks and controls, the growth of epsilon, and its price."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from gancourse.images import image_grid
from gancourse.metrics.accountant import greatest_auc
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, STYLES, panels, show
from gancourse.teaching.figures.slice_figures import mark_sides
from gancourse.teaching.widgets.attack_board_game import NEAREST, AttackBoard, roc

#: Where epsilon is infinite, on an axis of epsilon.
ENDLESS = 1000.0
_COLOUR_OF = {"attack": COLOURS[0], "control": GREY, "copies": COLOURS[3]}
_MARKER_OF = {"attack": "o", "control": "s", "copies": "D"}


def draw_rocs(axes: Axes, curves: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draw ROCs, (false positives, true positives) pairs by name, and the diagonal of guessing."""
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="guessing")
    for k, (name, curve) in enumerate(curves.items()):
        axes.plot(*np.transpose(curve), STYLES[k % len(STYLES)], color=COLOURS[k % len(COLOURS)], label=name)
    axes.set(xlabel="others accused", ylabel="members found", aspect="equal", xlim=(0, 1), ylim=(0, 1))


def rocs(scores: Mapping[str, tuple[np.ndarray, np.ndarray]], title: Mapping[str, str], caption: str) -> None:
    """Show for each attack how members' and others' scores are distributed, and all ROCs in a last panel.

    Args:
        scores: by attack: members' and others' scores.
        title: of each attack's panel.
        caption: of the figure.
    """
    figure, grid = panels([*title.values(), "the ROC of each"], (3.4 * (len(scores) + 1), 3.5))
    for axes, (members, others) in zip(grid[0], scores.values(), strict=False):
        low, high = np.percentile(np.concatenate([members, others]), [0.5, 99.5])
        edges = np.linspace(low, high, 25)
        for values, name, style, colour in (
            (members, "members", "-", COLOURS[0]),
            (others, "held out", "--", COLOURS[1]),
        ):
            counts, _ = np.histogram(values, edges)
            axes.stairs(
                100 * counts / len(values), edges, color=colour, linestyle=style, linewidth=1.8, label=name
            )
        axes.set(xlabel="score", ylim=(0, None))
        axes.locator_params(axis="x", nbins=5)
    grid[0, 0].set_ylabel("per cent of the people")
    names = grid[0, 0].get_legend_handles_labels()
    figure.legend(*names, fontsize=9, frameon=False, loc="outside lower center", ncols=2)
    draw_rocs(grid[0, -1], {name: roc(*pair) for name, pair in scores.items()})
    grid[0, -1].legend(fontsize=8, frameon=False, loc="lower right")
    show(figure, caption)


def growth(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], caption: str) -> None:
    """Show epsilon by training step: (steps, epsilons) by name, both on logarithmic axes."""
    figure, ((axes,),) = panels(1, (7.8, 3.2))
    for k, (name, (steps, values)) in enumerate(curves.items()):
        style, colour = STYLES[k % len(STYLES)], COLOURS[k % len(COLOURS)]
        axes.plot(steps, values, style, color=colour, linewidth=2)
        axes.text(steps[-1] * 1.05, values[-1], name, color=colour, va="center", fontsize=9)
    axes.set(xscale="log", yscale="log", xlabel="steps of the discriminator", ylabel="epsilon")
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def price(table: pd.DataFrame, attacks: pd.DataFrame, order: Mapping[str, str], caption: str) -> None:
    """Show KID and the attacks' areas of every run by its defence, each seed a mark.

    Where one of the runs has an epsilon, bars show the greatest area that each allows.

    Args:
        table: a row a run: `run`, `seed`, `epsilon`, `kid`.
        attacks: a row an attack on a run: `run`, `seed`, `attack`, `who`, `auc`.
        order: the runs from left to right, and their names below the axis.
        caption: of the figure.
    """
    figure, (upper, lower) = panels(1, (9.6, 5.6), rows=2, sharex=True)
    upper, lower = upper[0], lower[0]
    order = {run: words for run, words in order.items() if run in set(table["run"])}
    spent = table.groupby("run")["epsilon"].first().fillna(np.inf)
    bounded = any(spent[run] < ENDLESS for run in order)
    for k, run in enumerate(order):
        kids = table.loc[table["run"] == run, "kid"]
        upper.plot([k] * len(kids), kids, "o", color=COLOURS[0], alpha=0.7)
        if bounded:
            lower.plot([k - 0.4, k + 0.4], [greatest_auc(spent[run])] * 2, color="black", linewidth=2)
    who = attacks[(attacks["who"] == "members") & attacks["run"].isin(order)]
    for j, (name, rows) in enumerate(who.groupby("attack", sort=False)):
        places = [list(order).index(run) + 0.14 * (j - 1.5) for run in rows["run"]]
        lower.plot(places, rows["auc"], "ovsD"[j % 4], color=COLOURS[j % 4], alpha=0.8, label=name)
    lower.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    if bounded:
        lower.plot([], [], color="black", linewidth=2, label="the most that epsilon allows")
    upper.set(yscale="log", ylabel="KID (low is good)")
    for axis in (upper.yaxis.set_major_formatter, upper.yaxis.set_minor_formatter):
        axis(FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "125" else ""))
    lower.set(ylabel="AUC of attacks (0.5: none)", ylim=(0.4, 1.03))
    words = [f"{words}\n{epsilon_words(spent[run])}" if bounded else words for run, words in order.items()]
    lower.set_xticks(range(len(order)), words, fontsize=8.5)
    for axes in (upper, lower):
        axes.grid(axis="y", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=5, fontsize=8.5, frameon=False)
    show(figure, caption)


def epsilon_words(spent: float) -> str:
    """Say an epsilon in words."""
    return "no bound" if not spent < ENDLESS else f"epsilon {spent:.3g}"


def influence(lengths: Mapping[str, Mapping[int, float]], clip: float, caption: str) -> None:
    """Show how far one patient moves the sum of gradients, by how many slices he or she has.

    Args:
        lengths: by way of clipping: slices -> how far the sum moves.
        clip: the clipping length.
        caption: of the figure.
    """
    figure, ((axes,),) = panels(1, (7.8, 2.9))
    for k, (name, found) in enumerate(lengths.items()):
        axes.plot(list(found), list(found.values()), "os^"[k] + STYLES[k], color=COLOURS[k], label=name)
    axes.axhline(clip, color=GREY, linewidth=1, linestyle=":")
    axes.text(60, clip * 1.1, "what the noise is meant to hide", fontsize=8, color="#555555", ha="right")
    axes.set(xlabel="slices of the patient", ylabel="moves the sum by", yscale="log", xscale="log")
    ticks = list(next(iter(lengths.values())))
    axes.set_xticks(ticks, map(str, ticks))
    axes.minorticks_off()
    axes.legend(fontsize=9, frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def release_card(
    images: np.ndarray,
    title: str,
    areas: Mapping[str, tuple[float, float, float]],
    claims: Mapping[str, bool],
    path: Path,
    caption: str,
) -> None:
    """Show a data sheet: eight images, what each attack reached, and what may be claimed; keep it as PNG.

    Args:
        images: (8 or more, H, W) in [-1, 1].
        title: of the sheet.
        areas: (area, low, high) of each attack and control.
        claims: each with whether it holds.
        path: of the PNG.
        caption: of the figure.
    """
    figure = plt.figure(figsize=(9.6, 5.6), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=[1.0, 0.55])
    above, below = parts
    left, upper = above.subplots(1, 2, width_ratios=[1.25, 1.0])
    left.imshow(image_grid(images[:8], 4), cmap="gray", vmin=-1, vmax=1)
    mark_sides(left)
    for k, (value, low, high) in enumerate(areas.values()):
        upper.plot([low, high], [-k, -k], color=COLOURS[0], linewidth=2)
        upper.plot(value, -k, "o", color=COLOURS[0])
        upper.text(1.02, -k, f"{value:.2f}", transform=upper.get_yaxis_transform(), va="center", fontsize=9)
    upper.axvline(0.5, color=GREY, linestyle="--", linewidth=1)
    upper.set_yticks(
        [-k for k in range(len(areas))], [name.replace(" against ", "\nagainst ") for name in areas]
    )
    upper.tick_params(labelsize=9)
    upper.set(xlim=(0.4, 1.0), ylim=(-len(areas) + 0.4, 0.6), xlabel="area under the ROC, 95 % interval")
    upper.spines[["top", "right"]].set_visible(False)
    lower = below.subplots()
    lower.set(xlim=(0, 1), ylim=(0, 1))
    lower.axis("off")
    for k, (claim, holds) in enumerate(claims.items()):
        x, y = 0.5 * (k % 2), 0.9 - 0.32 * (k // 2)
        colour = COLOURS[0] if holds else COLOURS[3]
        lower.text(x, y, "yes" if holds else "no", color=colour, weight="bold", fontsize=11, va="top")
        lower.text(x + 0.05, y, claim, fontsize=10.5, va="top")
    figure.suptitle(title, fontsize=12)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
    show(figure, f"{caption} {CONVENTION}")


# What the attack board shows where there is no kernel


def board_png(board: AttackBoard) -> bytes:
    """Return the board as PNG: the ROC, and each row's area with its interval."""
    rows = board.areas()
    figure, grid = panels(2, (9.6, 3.6), width_ratios=[1, 1.1])
    draw_rocs(grid[0, 0], board.curves())
    axes = grid[0, 1]
    for k, row in enumerate(rows):
        colour = _COLOUR_OF[row.kind]
        axes.plot([row.low, row.high], [-k, -k], color=colour, linewidth=2)
        axes.plot(row.auc, -k, _MARKER_OF[row.kind], color=colour)
        axes.text(1.02, -k, f"{row.auc:.2f}", transform=axes.get_yaxis_transform(), va="center", fontsize=9)
    axes.axvline(0.5, color=GREY, linestyle="--", linewidth=1)
    labels = [
        row.who.replace(", ", ",\n").replace(": ", ":\n").replace(" against ", "\nagainst ") for row in rows
    ]
    axes.set_yticks([-k for k in range(len(rows))], labels, fontsize=8)
    axes.set(xlim=(0, 1), ylim=(-len(rows) + 0.4, 0.6), xlabel="area under the ROC")
    axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{board.words.get(board.run, board.run)}: {board.attack}", fontsize=10)
    return _png(figure)


def board_words(board: AttackBoard) -> str:
    """Describe in words what the board shows."""
    rows = "; ".join(f"{row.who} {row.auc:.2f} ({row.low:.2f} to {row.high:.2f})" for row in board.areas())
    return f"{board.words.get(board.run, board.run)}, {board.attack}: {rows}. {board.verdict()}"


def game_png(board: AttackBoard) -> bytes:
    """Return the person to judge beside the nearest generated images, as PNG; at the end, everybody."""
    if not board.over:
        titles = ["this person", *["generated"] * NEAREST]
        figure, grid = panels(titles, (2.4 * len(titles), 2.7))
        shown = [board.images[len(board.answers)]]
    else:
        figure, grid = panels(5, (9.6, 2.2 * -(-board.count // 5)), rows=-(-board.count // 5))
        shown = [board.images[:, 0]]
        for k, axes in enumerate(grid.flat[: board.count]):
            right = board.answers[k] == board.truth[k]
            axes.set_title(f"{board.truth[k]}: {'right' if right else 'wrong'}", fontsize=9)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image in zip(grid.flat, shown[0], strict=False):
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="bicubic")
        mark_sides(axes)
    return _png(figure)


def game_words(board: AttackBoard) -> str:
    """Describe in words what the game shows."""
    if not board.over:
        return f"Person {len(board.answers) + 1} of {board.count}: member, or not a member?"
    mine, machine = board.score(), board.machine_score()
    return f"{mine.right} of {mine.answers} people judged correctly; the attack: {machine.right}"


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    plt.close(figure)
    return file.getvalue()
