"""Figures of the playground's game: its points, the bent grid, what D believes, curves, and a film."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from IPython.display import Markdown, display
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

from gancourse.files import write_beside
from gancourse.teaching.figures.canvas import COLOURS, GREY, as_output, panels, show
from gancourse.teaching.widgets.playground_game import CELLS, Playground
from gancourse.teaching.widgets.playground_points import REACH

#: Real points, generated points, and D's map from "generated" to "real", as in the widget.
REAL, FAKE, D_LOSS, BEST = COLOURS[0], COLOURS[3], COLOURS[2], "#333333"
BELIEF = LinearSegmentedColormap.from_list("belief", ["#f7c7a6", "#ffffff", "#a9d2ee"])
#: Length of an arrow for a pull of 1, the longest, and how many generated points have one, as in the widget.
#: Arrows grow with the root of the pull, and colours with the root of the distance to one half: both show
#: what is small.
ARROW, LONGEST, ARROWS = 0.2, 0.3, 100
#: A film's milliseconds a frame, and of its last one; its number of colours.
PACE, LAST, COLOURS_OF_FILM = 250, 2000, 32


def words(game: Playground) -> str:
    """Describe what a game shows in one sentence."""
    now = game.now
    blobs = f", {now['found']} of {now['blobs']} blobs found" if now["blobs"] else ""
    return (
        f"A GAN of points after {now['rounds']:,} rounds on {game.data} points: divergence"
        f" {now['divergence']:.2f}, D right {now['accuracy']:.0%}{blobs}"
    )


def draw_scene(axes: Axes, game: Playground, title: str = "") -> None:
    """Draw a game as the widget does: belief, grid, real circles, generated diamonds, and their arrows."""
    scene = game.scene()
    side = (-REACH, REACH)
    middles = (np.arange(CELLS) + 0.5) / CELLS * 2 * REACH - REACH
    sure = 2 * scene["belief"] - 1
    tint = np.sign(sure) * np.sqrt(np.abs(sure))
    levels = np.linspace(-1, 1, 12)  # few colours make small pictures
    axes.contourf(middles, -middles, tint, levels, cmap=BELIEF, vmin=-1, vmax=1)
    grid = scene["grid"]
    lines = [*grid, *(np.swapaxes(grid, 0, 1) if len(grid) > 1 else [])]
    axes.add_collection(LineCollection(lines, colors=FAKE, linewidths=0.7, alpha=0.5))
    axes.plot(*scene["real"].T, "o", color=REAL, markersize=3.5, label="real")
    axes.plot(*scene["fake"].T, "D", color=FAKE, markersize=3, label="generated")
    pull = scene["pull"][:ARROWS]
    length = np.maximum(np.linalg.norm(pull, axis=1, keepdims=True), 1e-9)
    arrows = pull / length * np.minimum(ARROW * np.sqrt(length), LONGEST)
    at = scene["fake"][:ARROWS]
    axes.quiver(*at.T, *arrows.T, angles="xy", scale_units="xy", scale=1, width=0.004, alpha=0.6)
    axes.set(xlim=side, ylim=side, xticks=[], yticks=[], aspect="equal")
    axes.set_title(title, fontsize=10)


def draw_curves(losses: Axes, divergence: Axes, game: Playground) -> None:
    """Draw both losses over the rounds, and the divergence with its ends."""
    rounds, d_loss, g_loss, js = game.history.T
    losses.plot(rounds, d_loss, "--", color=D_LOSS, label="discriminator")
    losses.plot(rounds, g_loss, color=FAKE, label="generator")
    losses.set(title="Losses")
    losses.legend(fontsize=8)
    divergence.plot(rounds, js, color="#333333")
    for level in (game.now["floor"], np.log(2)):
        divergence.axhline(level, color=GREY, linestyle=":", linewidth=1)
    divergence.set(title="Divergence (dotted: real points, and ln 2)", ylim=(0, 0.75), xlabel="round")


def png(game: Playground) -> bytes:
    """Draw a game and its curves as PNG."""
    picture = Figure(figsize=(9, 5), layout="constrained")
    grid = picture.add_gridspec(2, 2, width_ratios=(5, 4))
    scene = picture.add_subplot(grid[:, 0])
    draw_scene(scene, game, f"round {game.rounds:,}")
    scene.legend(loc="upper left", fontsize=8)
    draw_curves(picture.add_subplot(grid[0, 1]), picture.add_subplot(grid[1, 1]), game)
    large, small = io.BytesIO(), io.BytesIO()
    picture.savefig(large, format="png", dpi=80)
    Image.open(large).convert("RGB").quantize(256).save(small, format="png", optimize=True)
    return small.getvalue()


def games(played: Mapping[str, Playground], caption: str) -> None:
    """Show games side by side, and below each how D's loss went beside the least that was possible.

    The least possible is 2 ln 2 less twice the divergence: the loss of the best discriminator.
    """
    picture, grid = panels(played, (3.2 * len(played), 5.4), rows=2, height_ratios=(3, 2))
    for (top, bottom), game in zip(grid.T, played.values(), strict=True):
        draw_scene(top, game, top.get_title())
        draw_d_losses(bottom, game)
    grid[1, 0].set_ylabel("loss")
    handles, names = grid[1, 0].get_legend_handles_labels()
    picture.legend(handles, names, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    show(picture, caption)


def draw_d_losses(axes: Axes, game: Playground) -> None:
    """Draw how D's loss went, and below it the loss of the best possible D."""
    rounds, d_loss, _, js = game.history.T
    axes.plot(rounds, d_loss, "--", color=D_LOSS, label="D's loss")
    axes.plot(rounds, 2 * np.log(2) - 2 * js, color=BEST, label="of the best D")
    axes.axhline(2 * np.log(2), color=GREY, linestyle=":", linewidth=1)
    axes.set(ylim=(0, 1.9), xlabel="round")


def frame(game: Playground, title: str) -> Image.Image:
    """Draw a game and D's loss so far as one frame of a film, 630 pixels wide."""
    picture = Figure(figsize=(8.75, 4.7), dpi=72, layout="constrained")
    scene, losses = picture.subplots(1, 2, width_ratios=(3, 2))
    draw_scene(scene, game, f"{title}, round {game.rounds:,}")
    draw_d_losses(losses, game)
    losses.set(ylabel="loss", box_aspect=1, xlim=(0, max(game.rounds, 1)))
    losses.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    file = io.BytesIO()
    picture.savefig(file, format="png")
    return Image.open(file).convert("RGB")


def film(frames: list[Image.Image], path: Path, caption: str) -> None:
    """Write frames as a GIF, and play them three times with their caption."""
    strip = Image.new("RGB", (frames[0].width * len(frames), 2 * frames[0].height))
    for k, each in enumerate(frames):
        strip.paste(each, (k * each.width, 0))
    for k, colour in enumerate((REAL, FAKE, D_LOSS, BEST)):  # thin lines keep their colours, too
        at = (k * strip.width // 4, strip.height // 2)
        strip.paste(colour, (*at, at[0] + strip.width // 4, strip.height))
    colours = strip.quantize(COLOURS_OF_FILM)  # shared by all frames: small files
    first, *others = (each.quantize(palette=colours, dither=Image.Dither.NONE) for each in frames)
    more: dict[str, Any] = {"save_all": True, "append_images": others}
    more["duration"] = [PACE] * len(others) + [LAST]
    write_beside(path, lambda file: first.save(file, "gif", loop=0, **more))
    shown = io.BytesIO()
    first.save(shown, "png", loop=3, optimize=True, **more)
    output, options = as_output(shown.getvalue(), caption)
    display(output, **options)
    display(Markdown(f"*{caption}*"))
