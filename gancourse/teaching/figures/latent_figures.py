"""Figures of the latent space: paths through it, and what a generator cannot express."""

import itertools
from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from IPython.display import display

from gancourse.gans.latent import draw_latents
from gancourse.images import enlarge, to_picture, to_png
from gancourse.teaching.figures.canvas import CONVENTION, as_output, panels, show
from gancourse.teaching.figures.gan_figures import draw_grid, label_columns, label_rows
from gancourse.teaching.figures.slice_figures import draw_slice, mark_sides


def rows(
    images: Mapping[str, np.ndarray], columns: Sequence[str], caption: str, *, width: float = 0.95
) -> None:
    """Show rows of brains (N, H, W), each `width` inches wide, under their titles and N names of columns."""
    size = (width * len(columns) + 0.5, (width + 0.3) * len(images) + 0.2)
    figure, grid = panels(1, size, rows=len(images))
    for axes, (title, each) in zip(grid[:, 0], images.items(), strict=True):
        draw_grid(axes, each, len(each), title)
        label_columns(axes, each.shape[2], columns if axes is grid[-1, 0] else [""] * len(each))
    show(figure, f"{caption} {CONVENTION}")


def residuals(images: np.ndarray, found: np.ndarray, titles: Sequence[str], caption: str) -> None:
    """Show slices, the nearest that a generator can paint, and the difference (red: the slice is brighter).

    Args:
        images, found: (N, H, W) in [-1, 1].
    """
    count = len(images)
    figure, grid = panels(count, (1.45 * count + 0.9, 4.6), rows=3)
    for column, title, image, nearest in zip(grid.T, titles, images, found, strict=True):
        draw_slice(column[0], image, title=title, limits=(-1, 1))
        draw_slice(column[1], nearest, limits=(-1, 1))
        difference = column[2].imshow(image - nearest, cmap="RdBu_r", vmin=-1, vmax=1)
        mark_sides(column[2], colour="black")
    label_rows(grid, ("slice", "nearest\ngenerated", "difference"))
    figure.colorbar(difference, ax=grid[2, :], shrink=0.8)
    show(figure, f"{caption} {CONVENTION}")


def this_brain_does_not_exist(generator, latent_dim: int = 100) -> ipywidgets.Button:
    """Show one generated brain, and a button that paints another one in its place.

    Args:
        generator: latents (B, latent_dim) -> images (B, H, W, 1).
        latent_dim: numbers in a latent.

    Returns:
        The button.
    """
    numbers = itertools.count()

    def paint() -> tuple[dict, dict]:
        number = next(numbers)
        image = np.asarray(generator(draw_latents(1, latent_dim, number), training=False))[0, ..., 0]
        words = f"Brain number {number}. It does not exist. {CONVENTION}"
        return as_output(to_png(enlarge(to_picture(image), max(1, 256 // len(image)))), words)

    picture, options = paint()
    handle = display(picture, **options, display_id=True)
    button = ipywidgets.Button(description="Another brain", tooltip="Paint another brain that does not exist")

    def another(_) -> None:
        picture, options = paint()
        handle.update(picture, **options)

    button.on_click(another)
    display(button)
    return button
