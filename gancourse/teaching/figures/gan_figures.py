"""Figures of a GAN: grids of brains, curves, the same latents as training goes on, nearest neighbours.

Images are axial slices (N, H, W) or (N, H, W, 1) in [-1, 1], in radiological convention; grids carry the
marks R and L once, since all their images are turned alike.
"""

import io
import time
from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gancourse.images import image_grid
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, STYLES, as_output, panels, show
from gancourse.teaching.figures.slice_figures import draw_slice
from gancourse.training.callbacks import SampleGrid

#: Losses of a discriminator that cannot tell (every logit 0), and of its generator.
UNDECIDED = {"d_loss": 2 * np.log(2), "g_loss": np.log(2)}


def draw_grid(axes: Axes, images: np.ndarray, columns: int | None = None, title: str = "") -> None:
    """Draw images side by side as one picture, with R and L at its left and right edge."""
    axes.imshow(image_grid(images, columns), cmap="gray", vmin=-1, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.set_ylabel("R", rotation=0, ha="right", va="center", weight="bold")
    axes.text(1.01, 0.5, "L", transform=axes.transAxes, va="center", weight="bold")
    axes.set_title(title, fontsize=10)


def grids(images: Mapping[str, np.ndarray], caption: str, *, columns: int = 4, width: float = 3.6) -> None:
    """Show sets of images beside each other, each as a grid under its title, `width` inches wide."""
    rows = max(-(-len(each) // columns) for each in images.values())
    figure, grid = panels(len(images), (width * len(images), width * rows / columns + 0.3))
    for axes, (title, each) in zip(grid[0], images.items(), strict=True):
        draw_grid(axes, each, columns, title)
    show(figure, f"{caption} {CONVENTION}")


def training_curves(history: Mapping[str, Sequence[float]], caption: str, *, steps: int = 1) -> None:
    """Show both losses, and the shares of real and of generated images that the discriminator gets right.

    Args:
        history: `fit(...).history` of a `GAN`: d_loss, g_loss, d_accuracy_real, d_accuracy_fake.
        steps: training steps that each of its values stands for.
    """
    figure, ((left, right),) = panels(
        ["Losses (dotted: undecided)", "Discriminator (dotted: coin toss)"], (9, 2.7)
    )
    step = steps * (np.arange(len(history["d_loss"])) + 1)
    losses = {"d_loss": "discriminator", "g_loss": "generator"}
    for colour, style, (key, name) in zip(COLOURS, STYLES, losses.items(), strict=False):
        left.plot(step, history[key], style, color=colour, label=name)
        left.axhline(UNDECIDED[key], color=colour, linestyle=":", linewidth=1)
        end = {"color": colour, "ha": "right", "va": "bottom", "fontsize": 8}
        left.text(step[-1], UNDECIDED[key], f"{UNDECIDED[key]:.2f}", **end)
    left.set(ylabel="loss", ylim=(0, None))
    shares = {"d_accuracy_real": "real called real", "d_accuracy_fake": "generated called generated"}
    for colour, style, (key, name) in zip(COLOURS[2:], STYLES, shares.items(), strict=False):
        right.plot(step, np.multiply(history[key], 100), style, color=colour, label=name)
    right.axhline(50, color=GREY, linestyle=":", linewidth=1)
    right.set(ylabel="right answers, %", ylim=(0, 103))
    for axes in (left, right):
        axes.set(xlabel="training step")
        axes.legend(fontsize=8, frameon=False)
    show(figure, caption)


def progress(kept: Sequence[tuple[int, np.ndarray]], caption: str) -> None:
    """Show what becomes of four latents as training goes on: a row per latent, a column per step.

    Args:
        kept: `SampleGrid.grids`, (step, images) pairs; at most eight are shown, closer together early on.
    """
    spread = np.geomspace(1, len(kept), min(8, len(kept))).round().astype(int) - 1
    chosen = [kept[k] for k in np.unique(spread)]
    rows = np.stack([np.asarray(images[:4], np.float32) for _, images in chosen], 1)
    figure, ((axes,),) = panels(1, (0.8 * len(chosen) + 0.6, 0.8 * len(rows) + 0.4))
    draw_grid(axes, rows.reshape(-1, *rows.shape[2:]), len(chosen))
    label_columns(axes, rows.shape[3], [str(step) for step, _ in chosen])
    axes.xaxis.tick_top()
    axes.set_title("training step", fontsize=9)
    show(figure, f"{caption} {CONVENTION}")


def neighbours(
    images: np.ndarray,
    matches: Mapping[str, tuple[np.ndarray, np.ndarray]],
    caption: str,
    *,
    title: str = "generated",
) -> None:
    """Show images above their nearest neighbours, with the distances.

    Args:
        images: (N, H, W), one per column.
        matches: by name, the distances (N,) and the nearest images (N, H, W) of some set.
    """
    names = [title, *matches]
    figure, grid = panels(len(images), (1.1 * len(images) + 0.9, 1.25 * len(names)), rows=len(names))
    for row, name in zip(grid, names, strict=True):
        distances, pictures = matches.get(name, (None, images))
        for k, axes in enumerate(row):
            words = "" if distances is None else f"{distances[k]:.3f}"
            draw_slice(axes, np.asarray(pictures[k], np.float32).squeeze(), title=words, limits=(-1, 1))
            axes.title.set_fontsize(8)
    label_rows(grid, [name.replace(" ", "\n") for name in names])
    show(figure, f"{caption} {CONVENTION}")


def label_rows(grid: np.ndarray, names: Sequence[str]) -> None:
    """Name each row of axes (rows, columns) on its left."""
    for axes, name in zip(grid[:, 0], names, strict=True):
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)


def label_columns(axes: Axes, width: int, names: Sequence[str]) -> None:
    """Name each column of a grid that `draw_grid` drew of images `width` pixels wide."""
    axes.set_xticks((np.arange(len(names)) + 0.5) * (width + 2) - 1, names)
    axes.tick_params(length=0, labelsize=8)


def lines(
    curves: Mapping[str, np.ndarray | tuple[np.ndarray, np.ndarray, np.ndarray]],
    x: np.ndarray,
    labels: tuple[str, str],
    caption: str,
    *,
    log: bool = False,
) -> None:
    """Show curves over x, each (len(x),), or with its spread as (lower, middle, upper)."""
    figure, ((axes,),) = panels(1, (6, 2.8))
    for k, (name, curve) in enumerate(curves.items()):
        middle = curve[1] if isinstance(curve, tuple) else curve
        axes.plot(x, middle, STYLES[k % 4], color=COLOURS[k % len(COLOURS)], label=name)
        if isinstance(curve, tuple):
            axes.fill_between(x, curve[0], curve[2], color=COLOURS[k % len(COLOURS)], alpha=0.2, linewidth=0)
    axes.set(xlabel=labels[0], ylabel=labels[1], yscale="log" if log else "linear")
    axes.legend(fontsize=8, frameon=False)
    show(figure, caption)


class Watch(SampleGrid):
    """Keep images of the same latents, and show the newest while `fit` runs.

    Args:
        latents: (N, latent_dim), drawn once.
        every_steps: how often to keep them.
        every_seconds: how often to show them.
    """

    def __init__(self, latents: np.ndarray, every_steps: int, every_seconds: float = 3.0):
        super().__init__(latents, every_steps=every_steps)
        self.every_seconds = every_seconds

    def on_train_begin(self, logs=None):
        self.start = self.shown = time.monotonic()
        self.handle = display({"text/plain": "Training ..."}, raw=True, display_id=True)

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if time.monotonic() - self.shown >= self.every_seconds:
            self.draw(logs)

    def on_train_end(self, logs=None):
        self.keep()
        self.draw(logs)

    def draw(self, logs: Mapping[str, float] | None) -> None:
        """Replace the picture by one of this moment."""
        self.shown = time.monotonic()
        step, seconds = int(self.model.g_optimizer.iterations), self.shown - self.start
        words = f"step {step}, {seconds:.0f} s, discriminator right: {100 * (logs or {})['d_accuracy']:.0f} %"
        images = self.model.sample(self.latents, batches=2)
        figure = Figure(figsize=(0.9 * len(images), 1.3), layout="constrained")
        draw_grid(figure.subplots(), images, len(images), words)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80, bbox_inches="tight")
        output, options = as_output(file.getvalue(), f"{words}. {CONVENTION}")
        self.handle.update(output, **options)
