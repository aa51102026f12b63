"""Figures of the latent space: paths, what was asked for and what came, what a generator cannot express."""

import io
from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from IPython.display import display
from matplotlib import pyplot as plt
from PIL import ImageDraw

from gancourse.gans.latent import draw_latents
from gancourse.teaching.figures import COLOURS, CONVENTION, show
from gancourse.teaching.figures.gan_figures import draw_grid
from gancourse.training.callbacks import to_picture


def rows(
    images: Mapping[str, np.ndarray], columns: Sequence[str], caption: str, *, width: float = 0.95
) -> None:
    """Show rows of equally many brains, each row under its title, with a name over each column.

    Args:
        images: (N, H, W) by title.
        columns: N names.
        width: of a brain, in inches.
    """
    size = (width * len(columns) + 0.5, (width + 0.3) * len(images) + 0.2)
    figure, places = plt.subplots(len(images), 1, figsize=size, squeeze=False, layout="constrained")
    for place, (title, each) in zip(places[:, 0], images.items(), strict=True):
        draw_grid(place, each, len(each), title)
        step = each.shape[2] + 2
        place.set_xticks((np.arange(len(each)) + 0.5) * step - 1, columns if place is places[-1, 0] else [])
        place.tick_params(length=0, labelsize=8)
    show(figure, f"{caption} {CONVENTION}")


def requests(panels: Mapping[str, tuple[np.ndarray, np.ndarray]], caption: str) -> None:
    """Show what was measured against what was asked for, a panel each, and where both are equal.

    Args:
        panels: (asked, got) by title, such as "ventricle area, mm2".
    """
    figure, places = plt.subplots(
        1, len(panels), figsize=(3.0 * len(panels), 3.0), squeeze=False, layout="constrained"
    )
    for k, (axes, (title, (asked, got))) in enumerate(zip(places[0], panels.items(), strict=True)):
        ends = [min(asked.min(), got.min()), max(asked.max(), got.max())]
        axes.plot(ends, ends, "--", color="#777777", linewidth=1)
        axes.plot(asked, got, "o", color=COLOURS[k % len(COLOURS)], alpha=0.6, markersize=4)
        axes.set(xlabel="asked for")
        axes.set_title(title, fontsize=10)
    places[0][0].set_ylabel("measured")
    show(figure, f"{caption} The dashed line is measured = asked for.")


def residuals(images: np.ndarray, found: np.ndarray, titles: Sequence[str], caption: str) -> None:
    """Show slices, the nearest that a generator can paint, and the difference (red: the slice is brighter).

    Args:
        images, found: (N, H, W) in [-1, 1].
        titles: one a slice.
    """
    count = len(images)
    figure, places = plt.subplots(
        3, count, figsize=(1.45 * count + 0.9, 4.6), squeeze=False, layout="constrained"
    )
    for k, title in enumerate(titles):
        for axes, image in zip(places[:2, k], (images[k], found[k]), strict=True):
            axes.imshow(image, cmap="gray", vmin=-1, vmax=1)
        difference = places[2, k].imshow(images[k] - found[k], cmap="RdBu_r", vmin=-1, vmax=1)
        places[0, k].set_title(title, fontsize=9)
        for axes in places[:, k]:
            axes.set(xticks=[], yticks=[])
        for axes, colour in ((places[0, k], "white"), (places[1, k], "white"), (places[2, k], "black")):
            for side, x in (("R", 0.06), ("L", 0.94)):
                place = {"transform": axes.transAxes, "ha": "center", "va": "center", "fontsize": 7}
                axes.text(x, 0.5, side, color=colour, **place)
    for axes, name in zip(places[:, 0], ("slice", "nearest\ngenerated", "difference"), strict=True):
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    figure.colorbar(difference, ax=places[2, :], shrink=0.8)
    show(figure, f"{caption} {CONVENTION}")


def this_brain_does_not_exist(generator, latent_dim: int = 100, seed: int = 0) -> ipywidgets.Button:
    """Show one generated brain, and a button that paints another one in its place.

    Args:
        generator: latents (B, latent_dim) -> images (B, H, W, 1).
        latent_dim: numbers in a latent.
        seed: of the first brain; the next one has the next number, and is told by it.

    Returns:
        The button.
    """
    numbers = iter(range(seed, 2**31))

    def paint() -> tuple[dict, dict]:
        number = next(numbers)
        image = np.asarray(generator(draw_latents(1, latent_dim, number), training=False))[0, ..., 0]
        picture = to_picture(image).resize((256, 256))
        for side, x in (("R", 10), ("L", 240)):
            ImageDraw.Draw(picture).text((x, 236), side, fill=255)
        file = io.BytesIO()
        picture.save(file, "png")
        words = f"Brain number {number}. It does not exist. {CONVENTION}"
        return {"image/png": file.getvalue(), "text/plain": words}, {"image/png": {"alt": words}}

    picture, about = paint()
    handle = display(picture, metadata=about, raw=True, display_id=True)
    button = ipywidgets.Button(description="Another brain", tooltip="Paint another brain that does not exist")

    def another(_) -> None:
        picture, about = paint()
        handle.update(picture, metadata=about, raw=True)

    button.on_click(another)
    display(button)
    return button
