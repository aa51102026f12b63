"""Figures of lesson 45: label maps, delivery by distance, painted labels, and rare findings."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from scipy.stats import binomtest

from gancourse.gans import label_maps
from gancourse.images import LABEL_COLOURS
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, panels, show
from gancourse.teaching.figures.slice_figures import add_tumour_legend, draw_slice, mark_sides
from gancourse.teaching.widgets.order_form_game import BRAINS, MODALITIES, OrderForm

CHANNELS = MODALITIES
#: How bright fluid, grey and white matter are in a painted map, beside the tumour's colours.
TISSUE_GREYS = {1: 0.2, 2: 0.4, 3: 0.6}
#: Grey levels that all slices share.
_LIMITS = {"cmap": "gray", "vmin": -1, "vmax": 1}


def maps(sets: Mapping[str, np.ndarray], caption: str, each: int = 5) -> None:
    """Show label maps, a row for each set of them, under its name.

    Args:
        sets: classes of `label_maps.classes`, (N, S, S), by name.
        caption: of the figure.
        each: how many of them.
    """
    figure, grid = panels(each, (1.8 * each + 0.8, 1.8 * len(sets)), rows=len(sets))
    for row, (name, some) in zip(grid, sets.items(), strict=True):
        for axes, channel in zip(row, some, strict=False):
            axes.imshow(_coloured(channel), interpolation="nearest")
            mark_sides(axes)
        row[0].set_ylabel(name, fontsize=10)
    add_tumour_legend(figure)
    show(figure, f"{caption} {CONVENTION}")


def by_distance(curves: Mapping[str, pd.DataFrame], caption: str) -> None:
    """Show the share of delivered orders by how far from the training slices they lie.

    Args:
        curves: by name, a row for each group: `nearest` and `farthest`, the limits of its distances;
            `orders`, how many; `all`, the share that was delivered. Numbers below the axis are the first's.
        caption: of the figure.
    """
    figure, ((axes,),) = panels(1, (8.4, 3.6))
    groups = pd.concat(curves.values()).drop_duplicates("nearest").sort_values("nearest")
    place = {low: k for k, low in enumerate(groups["nearest"])}
    for k, (name, table) in enumerate(curves.items()):
        places = table["nearest"].map(place) + 0.08 * (k - 1)
        counts = table["orders"].astype(int)
        ends = [
            binomtest(round(share * count), count).proportion_ci(method="wilson")
            for share, count in zip(table["all"], counts, strict=True)
        ]
        colour = COLOURS[k]
        axes.vlines(
            places, [e.low for e in ends], [e.high for e in ends], color=colour, linewidth=3, alpha=0.4
        )
        axes.plot(places, table["all"], "os^"[k % 3] + "-", color=colour, markersize=7, label=name)
    words = [f"{low:g} to {high:g}" for low, high in zip(groups["nearest"], groups["farthest"], strict=True)]
    orders = dict(zip(*(next(iter(curves.values()))[name] for name in ("nearest", "orders")), strict=True))
    words = [f"{word}\n{orders.get(low, 0):g} orders" for word, low in zip(words, place, strict=True)]
    axes.set_xticks(range(len(words)), words, fontsize=9)
    axes.set(
        xlabel="distance to the five nearest training slices",
        ylabel="share delivered in every attribute",
        ylim=(0, 1.03),
        xlim=(-0.5, len(words) - 0.5),
    )
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def painted(
    seg: np.ndarray,
    tissue: np.ndarray,
    image: np.ndarray,
    found: np.ndarray,
    caption: str,
    path: Path | None = None,
) -> None:
    """Show a label map, what was painted from it, and what a network found in the painting.

    Args:
        seg, tissue: (S, S), labels of tumour and tissue.
        image: (S, S, 2) in [-1, 1], T1ce and FLAIR.
        found: (S, S), labels of the tumour that was found.
        caption: of the figure.
        path: where the picture is kept as PNG, if anywhere.
    """
    titles = ["you painted", *(f"{name}, generated" for name in CHANNELS), "the network found"]
    figure, grid = panels(titles, (9.8, 2.9))
    grid[0, 0].imshow(_coloured(label_maps.classes(label_maps.Labels(seg, tissue))), interpolation="nearest")
    mark_sides(grid[0, 0])
    for channel in range(2):
        axes = grid[0, 1 + channel]
        axes.imshow(image[..., channel], interpolation="bicubic", **_LIMITS)
        mark_sides(axes)
    draw_slice(grid[0, 3], image[..., 1], found, title=titles[3], limits=(-1, 1))
    add_tumour_legend(figure)
    if path:
        path.parent.mkdir(exist_ok=True)
        figure.savefig(path, dpi=110)
    show(figure, f"{caption} {CONVENTION}")


def _coloured(channel: np.ndarray) -> np.ndarray:
    """Colour the classes of `label_maps.classes` (H, W): greys for tissue, BraTS' colours for tumour."""
    colours = [(0.0, 0.0, 0.0), *((grey,) * 3 for grey in TISSUE_GREYS.values())]
    colours += [to_rgba(colour)[:3] for colour in LABEL_COLOURS.values()]
    return np.array(colours)[channel]


def rare(table: pd.DataFrame, caption: str) -> None:
    """Show by the number of rare examples what is delivered, and whether the examples are repeated.

    Args:
        table: rows of `rare_findings.csv`: `examples` ("real" or a number), `seed`, `delivered_map`,
            `delivered_segmenter`, `invented_map`, `nearer`, `nearer_floor`.
        caption: of the figure.
    """
    runs = table[table["examples"] != "real"].astype({"examples": int})
    counts = sorted(set(runs["examples"]))
    places = np.array([counts.index(n) for n in runs["examples"]]) + 0.07 * (runs["seed"].to_numpy() - 1)
    figure, grid = panels(["Is it delivered?", "Are examples repeated?"], (9.6, 3.8))
    left, right = grid[0]
    left.plot(places, runs["delivered_map"], "o", color=COLOURS[0], markersize=8, label="ordered: in the map")
    found = {"color": COLOURS[2], "markersize": 8, "label": "ordered: found in its painting"}
    left.plot(places, runs["delivered_segmenter"], "D", markerfacecolor="none", **found)
    left.plot(places, runs["invented_map"], "^", color=COLOURS[3], markersize=7, label="not ordered")
    for value in table.loc[table["examples"] == "real", "delivered_segmenter"]:
        left.axhline(value, color=GREY, linestyle="--", linewidth=1)
        left.text(-0.4, value + 0.02, "found in real butterflies", color="#555555", fontsize=9)
    left.set_ylabel("share with a butterfly")
    right.plot(places, runs["nearer"], "o", color=COLOURS[0], markersize=8, label="generated")
    right.plot(
        places, runs["nearer_floor"], "s", color=GREY, markersize=6, label="other real butterflies: chance"
    )
    right.set_ylabel("share nearer to an example")
    for axes, place in ((left, (0.32, 0.2)), (right, "upper right")):
        axes.set_xticks(range(len(counts)), map(str, counts))
        axes.set(xlabel="examples to learn from", ylim=(-0.03, 1.08), xlim=(-0.5, len(counts) - 0.5))
        axes.legend(frameon=False, fontsize=9, loc=place)
        axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


# What the order form shows where there is no kernel


def form_png(form: OrderForm) -> bytes:
    """Return the four brains of the last order, and what was read in each, as PNG."""
    titles = [
        f"Brain {k + 1}: {'delivered' if right else 'not delivered'}"
        for k, right in enumerate(form.right["all"])
    ]
    figure = plt.figure(figsize=(9.6, 7.0), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[4.6, 2.4])  # type: ignore[misc]
    grid = above.subplots(2, BRAINS)
    for k, image in enumerate(form.images):
        grid[0, k].set_title(titles[k], fontsize=10)
        for channel in range(2):
            grid[channel, k].imshow(image[..., channel], interpolation="bicubic", **_LIMITS)
            mark_sides(grid[channel, k])
            grid[channel, k].set_ylabel(CHANNELS[channel] if not k else "", fontsize=10)
    axes = below.subplots()
    axes.axis("off")
    rows = form.rows()
    signs = ["✓" if right else "✗" for row in rows for right in row["right"]]
    cells = [
        [
            row["asked"],
            *(f"{signs[BRAINS * i + k]} {row['read'][k]}" for k in range(BRAINS)),
            row["tolerance"],
        ]
        for i, row in enumerate(rows)
    ]
    table = axes.table(
        cells,
        rowLabels=[row["label"] for row in rows],
        colLabels=["asked", *(f"brain {k + 1}" for k in range(BRAINS)), "tolerance"],
        loc="center",
        cellLoc="left",
        edges="horizontal",
        colWidths=[0.11] * (BRAINS + 2),
    )
    table.auto_set_font_size(False)
    table.set_fontsize(9.5)
    table.scale(1, 1.3)
    for i, row in enumerate(rows):
        for k, right in enumerate(row["right"]):
            table[i + 1, k + 1].get_text().set_color(COLOURS[2] if right else COLOURS[3])
    below.text(0.5, 0.01, form.rarity(), ha="center", fontsize=10)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    plt.close(figure)
    return file.getvalue()


def form_words(form: OrderForm) -> str:
    """Describe in words what the order form shows."""
    asked = "; ".join(f"{row['label']} {row['asked']}" for row in form.rows())
    return f"Four brains generated for an order: {asked}. {form.verdict()} {form.rarity()}"
