"""Figures of tissue: labels beside the scan, and a mixture's bell curves over the histogram."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from scipy.stats import norm

from gancourse.cohort.scheme import TISSUES
from gancourse.segmentation.mixture import Mixture
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, panels, show
from gancourse.teaching.figures.slice_figures import add_legend, draw_slice, mark_sides, surround

#: Colours of the tissue labels, dark to bright as on T1, so that grey print keeps the order.
TISSUE_COLOURS = {1: "#0072B2", 2: "#E69F00", 3: "#F0E442"}


def tissues(
    images: Sequence[np.ndarray | tuple[np.ndarray, np.ndarray]],
    titles: Sequence[str],
    caption: str,
    *,
    width: float = 2.2,
) -> None:
    """Show axial slices side by side: scans in grey, and label maps in colour.

    Args:
        images: slices from `figures.view`: (rows, columns) of a scan, or (labels, truth), where a voxel
            whose label differs from the truth is drawn black. All are cropped to the brain.
    """
    inside = [image[1] > 0 if isinstance(image, tuple) else image > image.min() for image in images]
    boxes = {  # slices on one grid are cropped alike
        shape: surround(np.any([mask for mask in inside if mask.shape == shape], axis=0))
        for shape in {mask.shape for mask in inside}
    }
    images = [
        (image[0][boxes[mask.shape]], image[1][boxes[mask.shape]])
        if isinstance(image, tuple)
        else image[boxes[mask.shape]]
        for image, mask in zip(images, inside, strict=True)
    ]
    shapes = [(image[0] if isinstance(image, tuple) else image).shape for image in images]
    figure, grid = panels(len(images), (width * len(images), width * max(h / w for h, w in shapes) + 0.5))
    wrong = False
    for axes, image, title in zip(grid[0], images, titles, strict=True):
        if not isinstance(image, tuple):
            draw_slice(axes, image, title=title)
            continue
        labels, truth = image
        coloured = np.zeros((*labels.shape, 3))
        for label, colour in TISSUE_COLOURS.items():
            coloured[labels == label] = to_rgba(colour)[:3]
        coloured[(labels == 0) & (truth == 0)] = 0.25
        wrong |= bool((labels != truth).any())
        coloured[labels != truth] = 0
        draw_slice(axes, np.zeros(labels.shape), title=title)
        axes.imshow(coloured, interpolation="nearest")
    legend = {f"{n} {TISSUES[n]}": colour for n, colour in TISSUE_COLOURS.items()}
    add_legend(figure, legend | ({"not the true label": "black"} if wrong else {}), columns=4)
    show(figure, f"{caption} {CONVENTION}")


def curves(groups: Mapping[str, tuple[np.ndarray, Mixture]], caption: str) -> None:
    """Show histograms of intensities, each with its mixture's three bell curves and their sum."""
    figure, grid = panels(groups, (max(7.6, 4.2 * len(groups)), 3.0))
    for axes, (values, mixture) in zip(grid[0], groups.values(), strict=True):
        low, high = np.percentile(values, (0.1, 99.9))
        step = (high - low) / 80
        if np.all(values == np.rint(values)):
            step = max(1.0, round(step))
        axes.hist(values, bins=np.arange(low - step / 2, high + step, step), density=True, color="#CCCCCC")
        x = np.linspace(low, high, 400)
        parts = mixture.weights * norm.pdf(x[:, None], mixture.means, mixture.deviations)
        looks = zip(parts.T, ("--", "-", "-."), COLOURS, ("darkest", "middle", "brightest"), strict=False)
        for part, style, colour, name in looks:
            axes.plot(x, part, style, color=colour, label=name)
        axes.plot(x, parts.sum(1), ":", color="black", label="sum")
        axes.set(xlabel="T1 intensity", ylabel="density", yticks=[])
    grid[0, 0].legend(fontsize=8, frameon=False)
    show(figure, caption)


def differences(
    scan: np.ndarray, changes: Mapping[str, np.ndarray], caption: str, *, width: float = 3.0
) -> None:
    """Show an axial slice of a scan, and what was added (red) and lost (blue) in other scans of it.

    Args:
        scan: (rows, columns), from `figures.view`.
        changes: differences from it by title, (rows, columns) each; all have one scale of colours.
    """
    tall = width * scan.shape[0] / scan.shape[1] + 0.3
    figure, grid = panels(1 + len(changes), (width * (1 + len(changes)) + 0.8, tall))
    draw_slice(grid[0, 0], scan, title="first scan")
    end = max(np.percentile(np.abs(change), 99.5) for change in changes.values())
    for axes, (title, change) in zip(grid[0, 1:], changes.items(), strict=True):
        shown = axes.imshow(change, cmap="RdBu_r", vmin=-end, vmax=end)
        axes.set_title(title, fontsize=10)
        mark_sides(axes, colour="black")
    figure.colorbar(shown, ax=grid[0, -1], shrink=0.8, label="brighter or darker than at first")
    show(figure, f"{caption} {CONVENTION}")


def volumes(truth: Mapping[str, float], rows: Mapping[str, Mapping[str, float]], title: str = "") -> Figure:
    """Draw the volume of each tissue as bars, one for each method, with the true volume as a line.

    Args:
        truth: mL by tissue.
        rows: by method, mL by tissue.

    Returns:
        The figure, for `show` and for saving.
    """
    figure, ((axes,),) = panels(1, (8.4, 4.0))
    wide, hatches = 0.8 / len(rows), ("", "//", "..", "\\\\", "xx", "--")
    for k, (name, found) in enumerate(rows.items()):
        x = np.arange(len(truth)) - 0.4 + wide * (k + 0.5)
        colour, hatch = COLOURS[k % len(COLOURS)], hatches[k % len(hatches)]
        bars = axes.bar(x, [found[t] for t in truth], wide, color=colour, hatch=hatch, edgecolor="white")
        bars.set_label(name)
        for tissue, at in zip(truth, x, strict=True):
            error = 100 * (found[tissue] / truth[tissue] - 1)
            paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # over the true volume's line
            low = found[tissue] + 16
            if low - 10 < truth[tissue] < low + 45:  # the number would lie on the true volume's line
                low = truth[tissue] + 14
            axes.text(at, low, f"{error:+.0f} %", ha="center", fontsize=8, bbox=paper)
    for k, ml in enumerate(truth.values()):
        line = axes.plot([k - 0.44, k + 0.44], [ml, ml], "--", color="black", linewidth=1.5)[0]
    line.set_label("true volume")
    axes.set_xticks(range(len(truth)), [f"{name}, true {ml:.0f} mL" for name, ml in truth.items()])
    axes.set(ylabel="mL", title=title)
    axes.margins(y=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure
