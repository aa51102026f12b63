"""Figures of the latent space: paths through it, and what differs between two images."""

from collections.abc import Mapping, Sequence

import numpy as np

from gancourse.teaching.figures.canvas import CONVENTION, panels, show
from gancourse.teaching.figures.gan_figures import draw_grid, label_columns, label_rows
from gancourse.teaching.figures.slice_figures import draw_slice, mark_sides, surround


def rows(
    images: Mapping[str, np.ndarray], columns: Sequence[str], caption: str, *, width: float = 0.95
) -> None:
    """Show rows of brains (N, H, W) without the dark round all of them, each picture `width` inches wide.

    Each row stands under its title, and N names of columns under the last one.
    """
    box = surround(np.concatenate(list(images.values())).max(axis=0) > -0.9)
    images = {title: each[:, *box] for title, each in images.items()}
    tall, wide = next(iter(images.values())).shape[1:]
    size = (width * len(columns) + 0.5, (width * tall / wide + 0.3) * len(images) + 0.2)
    figure, grid = panels(1, size, rows=len(images))
    for axes, (title, each) in zip(grid[:, 0], images.items(), strict=True):
        draw_grid(axes, each, len(each), title)
        label_columns(axes, each.shape[2], columns if axes is grid[-1, 0] else [""] * len(each))
    show(figure, f"{caption} {CONVENTION}")


def differences(
    first: np.ndarray, second: np.ndarray, names: tuple[str, str], columns: Sequence[str], caption: str
) -> None:
    """Show two sets of slices, and below them the second minus the first: red is brighter, blue is darker.

    Args:
        first, second: (N, H, W) in [-1, 1].
        names: of the two rows.
        columns: N titles.
    """
    count = len(first)
    figure, grid = panels(count, (2.1 * count + 1.5, 6.4), rows=3)
    for column, title, before, after in zip(grid.T, columns, first, second, strict=True):
        draw_slice(column[0], before, title=title, limits=(-1, 1))
        draw_slice(column[1], after, limits=(-1, 1))
        difference = column[2].imshow(after - before, cmap="RdBu_r", vmin=-1, vmax=1)
        mark_sides(column[2], colour="black")
    label_rows(grid, (*names, "difference"))
    figure.colorbar(difference, ax=grid[2, :], shrink=0.8)
    show(figure, f"{caption} {CONVENTION}")
