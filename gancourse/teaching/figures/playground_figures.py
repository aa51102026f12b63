"""Figures of the playground's game: its points, the bent grid, what D believes, and curves."""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from gancourse.teaching.figures.canvas import COLOURS, GREY, panels, show
from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.playground_points import REACH

#: Real points, generated points, and D's map from "generated" to "real", as in the widget.
REAL, FAKE, D_LOSS = COLOURS[0], COLOURS[3], COLOURS[2]
BELIEF = LinearSegmentedColormap.from_list("belief", ["#f7c7a6", "#ffffff", "#a9d2ee"])


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
    axes.imshow(scene["belief"], cmap=BELIEF, vmin=0, vmax=1, extent=(*side, *side), interpolation="bilinear")
    grid = scene["grid"]
    lines = [*grid, *(np.swapaxes(grid, 0, 1) if len(grid) > 1 else [])]
    axes.add_collection(LineCollection(lines, colors=FAKE, linewidths=0.7, alpha=0.5))
    axes.plot(*scene["real"].T, "o", color=REAL, markersize=3.5, label="real")
    axes.plot(*scene["fake"].T, "D", color=FAKE, markersize=3, label="generated")
    axes.quiver(
        *scene["fake"].T, *scene["pull"].T, angles="xy", scale_units="xy", scale=8, width=0.003, alpha=0.6
    )
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
    file = io.BytesIO()
    picture.savefig(file, format="png", dpi=80)
    return file.getvalue()


def games(played: dict[str, Playground], caption: str) -> None:
    """Show games side by side, each under its title, with how far it has come."""
    picture, grid = panels(len(played), (3.1 * len(played), 3.3))
    for axes, (title, game) in zip(grid[0], played.items(), strict=True):
        draw_scene(axes, game, f"{title}\ndivergence {game.now['divergence']:.2f}")
    show(picture, caption)
