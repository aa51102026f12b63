"""A drawing of a GAN: noise, the generator, points of both kinds, the discriminator, its answer."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from gancourse.teaching.figures.canvas import COLOURS, GREY, panels, show

REAL, FAKE, D, PAPER = COLOURS[0], COLOURS[3], COLOURS[2], "#ffffff"


def two_networks(caption: str) -> None:
    """Show how the two networks are joined, and where the gradient of each loss goes."""
    figure, ((axes,),) = panels(1, (9, 3.5))
    axes.set(xlim=(0, 18), ylim=(-0.6, 7), aspect="equal")
    axes.axis("off")
    _box(axes, 1.3, 2.0, 2.2, "noise\n$z$", GREY, thin=True)
    _box(axes, 4.9, 2.0, 2.8, "generator\n$G$", FAKE)
    _box(axes, 8.8, 2.0, 2.6, "generated\n$G(z)$", FAKE, thin=True)
    _box(axes, 8.8, 5.4, 2.6, "real\n$x$", REAL, thin=True)
    _box(axes, 12.6, 3.7, 3.0, "discriminator\n$D$", D)
    _box(axes, 16.5, 3.7, 2.6, "probability\nof real", GREY, thin=True)
    for start, end in (
        ((2.4, 2.0), (3.5, 2.0)),
        ((6.3, 2.0), (7.5, 2.0)),
        ((10.1, 2.2), (11.1, 3.2)),
        ((10.1, 5.2), (11.1, 4.2)),
        ((14.1, 3.7), (15.2, 3.7)),
    ):
        _arrow(axes, start, end, "#333333")
    _arrow(axes, (15.9, 4.65), (13.2, 4.65), D, "arc3,rad=0.45", dashed=True)
    axes.text(14.6, 5.75, "gradient of D's loss", color=D, ha="center", fontsize=10)
    for start, end in (
        ((15.2, 3.2), (14.15, 3.2)),
        ((11.05, 3.0 - 0.35), (10.25, 1.5 + 0.35)),
        ((7.5, 1.5), (6.35, 1.5)),
    ):
        _arrow(axes, start, end, FAKE, dashed=True)
    words = "gradient of G's loss: it goes back through D to G"
    axes.text(10.6, 0.4, words, color=FAKE, ha="center", fontsize=10)
    show(figure, caption)


def _box(axes: Axes, x: float, y: float, width: float, words: str, colour: str, thin: bool = False) -> None:
    """Draw a box around its middle: networks with a thick border, what flows between them with a thin one."""
    place = ((x - width / 2, y - 0.8), width, 1.6)
    style = f"round,pad=0,rounding_size={0.6 if thin else 0.15}"
    axes.add_patch(FancyBboxPatch(*place, boxstyle=style, fc=PAPER, ec=colour, lw=1.2 if thin else 3))
    axes.text(x, y, words, ha="center", va="center", fontsize=11, weight="normal" if thin else "bold")


def _arrow(axes: Axes, start, end, colour: str, bend: str = "arc3", dashed: bool = False) -> None:
    look = {
        "arrowstyle": "-|>",
        "color": colour,
        "lw": 1.5,
        "connectionstyle": bend,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", end, start, arrowprops=look | {"linestyle": "--" if dashed else "-"})
