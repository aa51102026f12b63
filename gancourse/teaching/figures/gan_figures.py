"""Figures of a GAN: grids of brains, and curves of losses.

Images are axial slices (N, H, W) or (N, H, W, 1) in [-1, 1], in radiological convention; grids carry the
marks R and L once, since all their images are turned alike.
"""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes

from gancourse.images import image_grid
from gancourse.teaching.figures.canvas import COLOURS, STYLES, panels, show

#: Losses of a discriminator that cannot tell (every logit 0), and of its generator.
UNDECIDED = {"d_loss": 2 * np.log(2), "g_loss": np.log(2)}


def draw_grid(axes: Axes, images: np.ndarray, columns: int | None = None, title: str = "") -> None:
    """Draw images side by side as one picture, with R and L at its left and right edge."""
    axes.imshow(image_grid(images, columns), cmap="gray", vmin=-1, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.set_ylabel("R", rotation=0, ha="right", va="center", weight="bold")
    axes.text(1.01, 0.5, "L", transform=axes.transAxes, va="center", weight="bold")
    axes.set_title(title, fontsize=10)


def loss_curves(d_losses: np.ndarray, g_losses: np.ndarray, caption: str, *, window: int = 25) -> None:
    """Show both losses at every step, their running means, and what both are if D cannot tell (dotted).

    Args:
        d_losses, g_losses: (steps,).
        window: steps of a mean; fewer where there are not so many.
    """
    figure, ((axes,),) = panels(1, (8, 3.2))
    for colour, style, name, values, level in zip(
        COLOURS,
        STYLES,
        ("discriminator", "generator"),
        (d_losses, g_losses),
        UNDECIDED.values(),
        strict=False,
    ):
        width = min(window, len(values))
        means = np.convolve(values, np.full(width, 1 / width), "valid")
        axes.plot(np.arange(len(values)), values, color=colour, alpha=0.2, linewidth=0.7)
        axes.plot(np.arange(len(means)) + width - 1, means, style, color=colour, label=name)
        axes.axhline(level, color=colour, linestyle=":", linewidth=1)
        place = {"xy": (1, level), "xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8}
        axes.annotate(f" {level:.2f}", color=colour, **place)
    axes.set(
        xlabel="training step", ylabel="loss", ylim=(0, max(2.0, *np.percentile([d_losses, g_losses], 99, 1)))
    )
    figure.legend(loc="outside upper right", ncols=2, fontsize=9, frameon=False)
    show(figure, caption)


def label_rows(grid: np.ndarray, names: Sequence[str]) -> None:
    """Name each row of axes (rows, columns) on its left."""
    for axes, name in zip(grid[:, 0], names, strict=True):
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)


def label_columns(axes: Axes, width: int, names: Sequence[str]) -> None:
    """Name each column of a grid that `draw_grid` drew of images `width` pixels wide."""
    axes.set_xticks((np.arange(len(names)) + 0.5) * (width + 2) - 1, names)
    axes.tick_params(length=0, labelsize=8)


def lines(
    curves: Mapping[str, np.ndarray],
    x: np.ndarray,
    labels: tuple[str, str],
    caption: str,
    looks: Sequence[str] = STYLES,
    colours: Sequence[str] = COLOURS,
) -> None:
    """Show curves (len(x),) over x, each with its look, such as "--" or "o"; looks and colours repeat."""
    figure, ((axes,),) = panels(1, (7.8, 3.0))
    for (name, curve), look, colour in zip(curves.items(), cycle(looks), cycle(colours), strict=False):
        axes.plot(x, curve, look, color=colour, label=name, markersize=5, markerfacecolor="none")
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.legend(fontsize=8, frameon=False)
    show(figure, caption)
