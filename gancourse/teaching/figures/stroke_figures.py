"""Figures of lesson 53: what was found and missed, sensitivity by volume, FLAIR as a clock, the report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from scipy import ndimage

from gancourse.segmentation.stroke_slices import StrokeSlices
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, GREY, panels, show
from gancourse.teaching.figures.slice_figures import add_legend, draw_slice, surround

#: What became of a voxel of a true or a marked lesion.
VERDICTS = {"found": "#56B4E9", "missed": "#E69F00", "false alarm": "#CC79A7"}
#: Intensities shown black and white, of scans normalised for the network: DWI, ADC and FLAIR.
WINDOWS = {"DWI": (-3, 3), "ADC": (-2, 2), "FLAIR": (-3, 2)}
CIRCLE = "#F0E442"


def found_and_missed(
    rows: Mapping[str, Sequence[np.ndarray]],
    truths: Sequence[np.ndarray],
    caption: str,
    scans: Sequence[np.ndarray],
) -> None:
    """Show axial slices, a column for each, and below them what was found there.

    Args:
        rows: masks (H, W) of what was found, one for each slice, by the name of who found it.
        truths: true masks of the slices.
        scans: DWI of the slices, (H, W), normalised.
    """
    box = surround(np.any([scan > scan.min() for scan in scans], axis=0))
    tall = scans[0][box].shape[0] / scans[0][box].shape[1]
    size = (2.3 * len(scans) + 0.6, (1 + len(rows)) * 2.3 * tall + 0.4)
    figure, grid = panels(len(scans), size, rows=1 + len(rows))
    for k, scan in enumerate(scans):
        draw_slice(grid[0, k], scan[box], limits=WINDOWS["DWI"])
        for axes, found in zip(grid[1:, k], rows.values(), strict=True):
            draw_slice(axes, scan[box], limits=WINDOWS["DWI"])
            draw_verdict(axes, truths[k][box], found[k][box])
    for axes, name in zip(grid[:, 0], ["DWI", *rows], strict=True):
        axes.set_ylabel(name, fontsize=10)
    add_legend(figure, VERDICTS)
    show(figure, f"{caption} {CONVENTION}")


def draw_verdict(axes: Axes, truth: np.ndarray, found: np.ndarray) -> None:
    """Colour the voxels that were found, missed, and marked by mistake, over a slice (H, W)."""
    truth, found = truth > 0, found > 0
    overlay = np.zeros((*truth.shape, 4))
    for where, colour in zip((truth & found, truth & ~found, found & ~truth), VERDICTS.values(), strict=True):
        overlay[where] = to_rgba(colour, 0.9)
    axes.imshow(overlay, interpolation="nearest")


def sensitivity(rows: Mapping[str, tuple[int, int, float, float]], caption: str) -> None:
    """Show the share of lesions that were found, by their volume, with intervals.

    Args:
        rows: number found, number of all, and the limits of the share's interval, by volume in words.
    """
    figure, ((axes,),) = panels(1, (8.4, 3.4))
    for k, (found, count, low, high) in enumerate(rows.values()):
        axes.plot([k, k], [low, high], color=COLOURS[0], linewidth=4, alpha=0.4)
        axes.plot(k, found / count, "o", color=COLOURS[0], markersize=9)
        axes.annotate(
            f"{found} of {count}", (k, found / count), (10, 0), textcoords="offset points", va="center"
        )
    axes.set_xticks(range(len(rows)), list(rows))
    axes.set(
        ylim=(-0.03, 1.05),
        xlim=(-0.4, len(rows) - 0.3),
        ylabel="share found",
        xlabel="volume of a lesion, mL",
    )
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)


def clock(hours: np.ndarray, ratio: np.ndarray, limit: float, early: float, caption: str) -> None:
    """Show how bright infarcts are on FLAIR by their age, and which of the calls are right.

    Args:
        hours: (n,) since onset.
        ratio: (n,) of FLAIR, infarct to healthy tissue.
        limit: ratios below are called early.
        early: hours up to which that is right.
    """
    figure, ((axes,),) = panels(1, (8.4, 4.0))
    right = (ratio < limit) == (hours <= early)
    for chosen, marker, colour, name in (
        (right, "o", COLOURS[0], "right"),
        (~right, "X", COLOURS[3], "wrong"),
    ):
        axes.plot(hours[chosen], ratio[chosen], marker, color=colour, markersize=7, alpha=0.75, label=name)
    axes.axhline(limit, color=GREY, linestyle="--", linewidth=1)
    axes.axvline(early, color=GREY, linestyle="--", linewidth=1)
    axes.text(168, limit, f"threshold {limit:g}", fontsize=9, color="#555555", ha="right", va="bottom")
    top = axes.get_xaxis_transform()
    axes.text(early, 0.99, f" {early:g} hours", fontsize=9, color="#555555", va="top", transform=top)
    ticks = [1, 2, 4.5, 10, 24, 72, 168]
    axes.set(xscale="log", xlabel="hours since onset", ylabel="FLAIR, infarct / healthy tissue")
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    show(figure, caption)


def three_scans(scans: np.ndarray, lesion: np.ndarray, caption: str) -> None:
    """Show DWI, ADC and FLAIR of a slice (H, W, 3), normalised, and the true infarct (H, W) over DWI."""
    figure, _ = draw_scans(scans, lesion, lesion, "true infarct")
    show(figure, f"{caption} {CONVENTION}")


def draw_scans(
    scans: np.ndarray,
    truth: np.ndarray,
    found: np.ndarray,
    title: str,
    above: float = 0.0,
    circled: np.ndarray | None = None,
) -> tuple[Figure, np.ndarray]:
    """Draw DWI, ADC and FLAIR of a slice (H, W, 3), and DWI with what was found (H, W) and missed.

    Args:
        above: room for words, inches.
        circled: mask (H, W); each of its pieces gets a circle in the three scans.
    """
    box = surround(scans[..., 0] > scans[..., 0].min())
    tall = scans[..., 0][box].shape[0] / scans[..., 0][box].shape[1]
    figure, grid = panels([*WINDOWS, title], (2.3 * 4, 2.3 * tall + 0.3 + above))
    for axes, (name, limits), scan in zip(grid[0], WINDOWS.items(), np.moveaxis(scans, -1, 0), strict=False):
        draw_slice(axes, scan[box], title=name, limits=limits)
        if circled is not None:
            pieces, count = ndimage.label(circled[box])
            for row, column in ndimage.center_of_mass(pieces > 0, pieces, range(1, count + 1)):
                axes.add_patch(Circle((column, row), 6, fill=False, color=CIRCLE, linewidth=1.5))
    draw_slice(grid[0, -1], scans[..., 0][box], title=title, limits=WINDOWS["DWI"])
    draw_verdict(grid[0, -1], truth[box], found[box])
    return figure, grid


def report(
    slices: StrokeSlices,
    found: np.ndarray,
    k: int,
    lines: Sequence[str],
    caption: str,
    path: Path,
    circled: np.ndarray | None = None,
) -> None:
    """Show and keep a patient's report: three scans of one slice, what was found, and words.

    Args:
        slices: of a patient whose infarct is known.
        found: masks (K, H, W).
        k: number of the slice.
        lines: what to write above.
        path: of the PNG.
        circled: masks (K, H, W) of what is circled in the scans.
    """
    assert slices.lesion is not None
    figure, _ = draw_scans(
        slices.images[k],
        slices.lesion[k],
        found[k],
        "found",
        above=0.3 + 0.22 * len(lines),
        circled=None if circled is None else circled[k],
    )
    add_legend(figure, VERDICTS)
    figure.suptitle("\n".join(lines), fontsize=11, ha="left", x=0.02)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
    show(figure, f"{caption} {' '.join(lines)} {CONVENTION}")
