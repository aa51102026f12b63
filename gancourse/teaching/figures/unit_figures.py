"""Figures of lesson 47: units beside concepts, what a layer knows, and pictures before and after an edit."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb

from gancourse.cohort.scheme import MODALITIES
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, panels, show
from gancourse.teaching.figures.slice_figures import add_legend, add_tumour_legend, draw_slice, mark_sides

FLAIR, T1CE = MODALITIES.index("flair"), MODALITIES.index("t1ce")
#: Colours of what is marked in a picture.
MARKED = {"ventricles": COLOURS[5], "sulci": COLOURS[2], "oedema": COLOURS[1], "tumour core": COLOURS[3]}


def _grey(image: np.ndarray) -> np.ndarray:
    return np.repeat(np.clip((image + 1) / 2, 0, 1)[..., None], 3, axis=-1)


def _over(image: np.ndarray, marks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Lay coloured places over an image (S, S) in [-1, 1]: (S, S, 3)."""
    picture = _grey(image)
    for name, mask in marks.items():
        picture[mask] = 0.35 * picture[mask] + 0.65 * np.array(to_rgb(MARKED[name]))
    return picture


def concepts(images: np.ndarray, masks: Mapping[str, np.ndarray], caption: str) -> None:
    """Show patients' FLAIR, T1 and T2, and once more with the concepts in colour; a row for each patient.

    Args:
        images: (N, S, S, 4) in [-1, 1].
        masks: (N, S, S) bool by the names of `MARKED`.
        caption: of the figure.
    """
    titles = ["FLAIR", "T1", "T2", "concepts"]
    figure, grid = panels(titles, (9.6, 2.55 * len(images)), rows=len(images))
    for row, image in enumerate(images):
        for axes, name in zip(grid[row], ("flair", "t1", "t2"), strict=False):
            axes.imshow(image[..., MODALITIES.index(name)], cmap="gray", vmin=-1, vmax=1)
            mark_sides(axes)
        grid[row, 3].imshow(_over(image[..., 0], {name: mask[row] for name, mask in masks.items()}))
        mark_sides(grid[row, 3])
    add_legend(figure, {name: MARKED[name] for name in masks}, columns=4)
    show(figure, f"{caption} {CONVENTION}")


def guess(image: np.ndarray, units: np.ndarray, caption: str) -> None:
    """Show a patient's FLAIR and some units' maps: units (S, S, k), enlarged."""
    names = [chr(ord("A") + k) for k in range(units.shape[-1])]
    figure, grid = panels(["FLAIR", *names], (1.85 * (1 + len(names)), 2.3))
    draw_slice(grid[0, 0], image, limits=(-1, 1), title="FLAIR")
    for k, axes in enumerate(grid[0, 1:]):
        axes.imshow(units[..., k], cmap="magma", vmin=0)
        mark_sides(axes)
    show(figure, f"{caption} {CONVENTION}")


def units(
    images: np.ndarray, large: Mapping[str, np.ndarray], places: Mapping[str, np.ndarray], caption: str
) -> None:
    """Show patients' FLAIR, and with the outline of a concept the map of a unit for each concept.

    Args:
        images: (N, S, S) in [-1, 1].
        large: enlarged maps (N, S, S) by title.
        places: (N, S, S) bool by the same titles.
        caption: of the figure.
    """
    figure, grid = panels(["FLAIR", *large], (2.9 * (1 + len(large)), 3.0 * len(images)), rows=len(images))
    for row, image in enumerate(images):
        grid[row, 0].imshow(image, cmap="gray", vmin=-1, vmax=1)
        mark_sides(grid[row, 0])
        for axes, name in zip(grid[row, 1:], large, strict=True):
            axes.imshow(large[name][row], cmap="magma", vmin=0, vmax=float(large[name].max()))
            if places[name][row].any():
                axes.contour(places[name][row], [0.5], colors=[COLOURS[5]], linewidths=1)
            mark_sides(axes)
    show(figure, f"{caption} {CONVENTION}")


def layers(table: pd.DataFrame, names: Mapping[str, str], caption: str) -> None:
    """Show for each layer the best unit's IoU with every concept, and its IoU by chance in brackets.

    Args:
        table: a row for a layer and a concept: `layer`, `concept`, `iou`, `chance`.
        names: of the concepts, in order.
        caption: of the figure.
    """
    order = list(dict.fromkeys(table["layer"]))
    best = table.pivot(index="concept", columns="layer", values="iou").loc[list(names), order]
    chance = table.pivot(index="concept", columns="layer", values="chance").loc[list(names), order]
    figure, ((axes,),) = panels(1, (9.8, 0.42 * len(names) + 1.1))
    axes.imshow(best, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(best.to_numpy()):
        words = f"{value:.2f} ({chance.iloc[row, column]:.2f})".replace("0.", ".")
        axes.text(
            column, row, words, ha="center", va="center", fontsize=7.5, color="w" if value > 0.6 else "k"
        )
    axes.set_xticks(range(len(order)), order)
    axes.set_yticks(range(len(names)), list(names.values()))
    axes.set_xlabel("layer: pixels a side, and first (a) or second (b) of this size")
    show(figure, caption)


def switched(bars: Mapping[str, Mapping[str, float]], caption: str) -> None:
    """Show what is left of each concept, in per cent, for several sets of units: name -> concept -> share."""
    figure, ((axes,),) = panels(1, (9.0, 3.0))
    width = 0.8 / len(bars)
    for k, (name, left) in enumerate(bars.items()):
        places = np.arange(len(left)) + (k - (len(bars) - 1) / 2) * width
        colour = GREY if "random" in name else COLOURS[k]
        axes.bar(places, [100 * share for share in left.values()], width * 0.92, color=colour, label=name,
                 hatch="/" * (k % 2) * 3, edgecolor="white")  # fmt: skip
        axes.set_xticks(range(len(left)), list(left))
    axes.axhline(100, color="black", linewidth=1)
    axes.set(ylabel="area left, %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, ncols=len(bars), loc="lower center", bbox_to_anchor=(0.5, 1))
    show(figure, caption)


def before_after(
    rows: Mapping[str, tuple[np.ndarray, np.ndarray]], caption: str, where: np.ndarray | None = None
) -> None:
    """Show pictures of the same patients in rows: FLAIR with the tumour's labels.

    Args:
        rows: name -> images (N, S, S, 4) in [-1, 1] and labels (N, S, S).
        caption: of the figure.
        where: (S, S), what was painted; its outline is drawn.
    """
    count = len(next(iter(rows.values()))[0])
    figure, grid = panels(count, (max(2.4 * count, 8.4), 2.8 * len(rows)), rows=len(rows))
    for line, (name, (images, segs)) in zip(grid, rows.items(), strict=True):
        for k, axes in enumerate(line):
            draw_slice(axes, images[k][..., FLAIR], segs[k], limits=(-1, 1))
            if where is not None:
                axes.contour(where, [0.5], colors="white", linewidths=0.8, linestyles=":")
        line[0].set_ylabel(name, fontsize=9)
    add_tumour_legend(figure)
    show(figure, f"{caption} {CONVENTION}", dpi=72)


def painting(
    rows: Mapping[str, tuple[np.ndarray, np.ndarray]], where: np.ndarray, caption: str, path: Path
) -> None:
    """Show a patient before and after painting: FLAIR, T1ce, and FLAIR with the labels; kept as PNG.

    Args:
        rows: name -> image (S, S, 4) in [-1, 1] and labels (S, S).
        where: (S, S), what was painted; its outline is drawn.
        caption: of the figure.
        path: where the picture is kept.
    """
    figure, grid = panels(["FLAIR", "T1ce", "labels"], (8.4, 0.4 + 2.9 * len(rows)), rows=len(rows))
    for row, (line, (name, (image, seg))) in enumerate(zip(grid, rows.items(), strict=True)):
        titles = ("", "", "") if row else ("FLAIR", "T1ce", "labels")
        for axes, channel, labels, title in zip(
            line, (FLAIR, T1CE, FLAIR), (None, None, seg), titles, strict=True
        ):
            draw_slice(axes, image[..., channel], labels, limits=(-1, 1), title=title)
            axes.contour(where, [0.5], colors="white", linewidths=0.8, linestyles=":")
        line[0].set_ylabel(name, fontsize=10)
    add_tumour_legend(figure)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
    show(figure, f"{caption} {CONVENTION}", dpi=72)
