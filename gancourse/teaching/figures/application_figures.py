"""Figures of lesson 22: a family tree, pairs of modalities, enlargements, maps of uptake."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, panels, show
from gancourse.teaching.figures.distribution_figures import draw_densities
from gancourse.teaching.figures.slice_figures import draw_slice

_MARKERS = "osD^vPX"


def family_tree(table: pd.DataFrame, caption: str, *, highlight: Sequence[str] = ()) -> None:
    """Show GANs as a tree that grows to the right; colour and marker say what each is about.

    Args:
        table: `gancourse.teaching.material.tour_tables.family()`, or some of its rows with all their parents.
        highlight: names in bold, such as the result of a search.
    """
    children = {name: list(rows["name"]) for name, rows in table.groupby("parent", sort=False)}
    places: dict[str, tuple[float, float]] = {}
    lines = iter(range(len(table)))

    def put(name: str, depth: int) -> float:
        """Put a leaf on the next line, and a parent in the middle of its children."""
        heights = [put(child, depth + 1) for child in children.get(name, [])]
        places[name] = (depth, float(np.mean(heights)) if heights else float(next(lines)))
        return places[name][1]

    for root in children[""]:
        put(root, 0)
    rows = max(y for _, y in places.values()) + 1
    deep = max(x for x, _ in places.values())
    figure, ((axes,),) = panels(1, (1.55 * (deep + 1), 0.245 * rows))
    kinds = {kind: k for k, kind in enumerate(dict.fromkeys(table["about"]))}
    colours = (*COLOURS, "#555555")
    for name, (x, y) in places.items():
        row = table.loc[name]
        if row["parent"]:
            x0, y0 = places[row["parent"]]
            axes.plot([x0, x0 + 0.12, x - 0.12, x], [y0, y0, y, y], color="#bbbbbb", linewidth=1, zorder=0)
        k = kinds[row["about"]]
        axes.plot(x, y, _MARKERS[k], color=colours[k], markersize=6)
        axes.text(
            x + 0.08, y - 0.08, f"{name} ({row['year']})", fontsize=7, va="bottom",
            weight="bold" if name in highlight else None,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2, "alpha": 0.8},
        )  # fmt: skip
    handles = [
        Line2D([], [], marker=_MARKERS[k], color=colours[k], linestyle="", label=kind)
        for kind, k in kinds.items()
    ]
    axes.legend(handles=handles, fontsize=8, loc="lower right", frameon=False)
    axes.set(xlim=(-0.2, deep + 0.9), ylim=(rows, -1))
    axes.axis("off")
    show(figure, caption)


def pairs(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str],
    caption: str,
    *,
    width: float = 1.35,
) -> None:
    """Show images (H, W, 2) in [-1, 1], T1ce and FLAIR: a column for each image, a row for each modality."""
    figure, grid = panels(len(images), (width * len(images), 2 * width + 0.3), rows=2)
    for column, (image, title) in enumerate(zip(images, titles, strict=True)):
        for row, name in enumerate(("T1ce", "FLAIR")):
            axes = grid[row, column]
            draw_slice(axes, image[..., row], title="" if row else title, limits=(-1, 1))
            axes.title.set_fontsize(8)
            if not column:
                axes.set_ylabel(name, fontsize=9)
    show(figure, f"{caption} {CONVENTION}")


def maps(sets: Mapping[str, np.ndarray], caption: str) -> None:
    """Show eight maps of uptake of each set (N, H, W), a row for each; what is not above 0 is white."""
    figure, grid = panels(8, (8.4, 1.15 * len(sets)), rows=len(sets))
    colours = plt.get_cmap("viridis_r").with_extremes(under="white")
    for row, (name, images) in zip(grid, sets.items(), strict=True):
        for axes, image in zip(row, images[:8], strict=True):
            axes.imshow(image, cmap=colours, vmin=1e-6, vmax=1.2, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel(name, fontsize=9)
    show(figure, f"{caption} {CONVENTION}")


def spreads(sets: Mapping[str, pd.DataFrame], labels: Mapping[str, str], caption: str) -> None:
    """Show how each observable is distributed: a panel for each, with a curve for each set.

    Args:
        sets: name -> one row per map, one column per observable.
        labels: column -> title with its unit.
    """
    figure, grid = panels(-(-len(labels) // 2), (8.5, 3.6), rows=2)
    for axes, (column, label) in zip(grid.flat, labels.items(), strict=True):
        ends = np.percentile(np.concatenate([t[column] for t in sets.values()]), (1, 99))
        numbers = {name: table[column].clip(*ends) for name, table in sets.items()}
        draw_densities(axes, numbers, np.linspace(ends[0], ends[1], 25))
        axes.set_title(label, fontsize=9)
    grid.flat[0].legend(fontsize=7, frameon=False)
    show(figure, caption)
