"""Figures of tissue: labels beside the scan, and a mixture's bell curves over the histogram."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import to_rgba
from scipy.stats import norm

from gancourse.cohort.scheme import TISSUES
from gancourse.segmentation.mixture import Mixture
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, panels, show
from gancourse.teaching.figures.slice_figures import add_legend, draw_slice

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
            whose label differs from the truth is drawn black.
    """
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
    figure, grid = panels(groups, (4.2 * len(groups), 2.8))
    for axes, (values, mixture) in zip(grid[0], groups.values(), strict=True):
        low, high = np.percentile(values, (0.1, 99.9))
        step = (high - low) / 80
        if np.all(values == np.rint(values)):
            step = max(1.0, round(step))
        axes.hist(values, bins=np.arange(low - step / 2, high + step, step), density=True, color="#CCCCCC")
        x = np.linspace(low, high, 400)
        parts = mixture.weights * norm.pdf(x[:, None], mixture.means, mixture.deviations)
        looks = zip(parts.T, ("--", "-", "-."), COLOURS, TISSUES.values(), strict=False)
        for part, style, colour, name in looks:
            axes.plot(x, part, style, color=colour, label=name)
        axes.plot(x, parts.sum(1), ":", color="black", label="sum")
        axes.set(xlabel="T1 intensity", ylabel="density", yticks=[])
    grid[0, 0].legend(fontsize=8, frameon=False)
    show(figure, caption)
