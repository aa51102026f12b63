"""Figures of tissue: labels beside the scan, bell curves over a histogram, measured against true values."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from gancourse.cohort.scheme import TISSUES
from gancourse.segmentation.mixture import Mixture
from gancourse.teaching.figures import COLOURS, CONVENTION, draw_slice, show

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
    size = (width * len(images), width * max(h / w for h, w in shapes) + 0.5)
    figure, places = plt.subplots(1, len(images), figsize=size, squeeze=False, layout="constrained")
    wrong = False
    for axes, image, title in zip(places[0], images, titles, strict=True):
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
    legend = [Patch(color=colour, label=f"{n} {TISSUES[n]}") for n, colour in TISSUE_COLOURS.items()]
    if wrong:
        legend.append(Patch(color="black", label="not the true label"))
    figure.legend(handles=legend, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    show(figure, f"{caption} {CONVENTION}")


def curves(panels: Mapping[str, tuple[np.ndarray, Mixture]], caption: str, *, bins: int = 80) -> None:
    """Show histograms of intensities, each with its mixture's three bell curves and their sum."""
    size = (4.2 * len(panels), 2.8)
    figure, places = plt.subplots(1, len(panels), figsize=size, squeeze=False, layout="constrained")
    for axes, (title, (values, mixture)) in zip(places[0], panels.items(), strict=True):
        low, high = np.percentile(values, (0.1, 99.9))
        step = (
            max(1.0, round((high - low) / bins)) if np.all(values == np.rint(values)) else (high - low) / bins
        )
        axes.hist(values, bins=np.arange(low - step / 2, high + step, step), density=True, color="#CCCCCC")
        x = np.linspace(low, high, 400)
        parts = [
            w * np.exp(-(((x - m) / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi))
            for m, s, w in zip(mixture.means, mixture.deviations, mixture.weights, strict=True)
        ]
        for part, style, colour, name in zip(
            parts, ("--", "-", "-."), COLOURS, TISSUES.values(), strict=False
        ):
            axes.plot(x, part, style, color=colour, label=name)
        axes.plot(x, sum(parts), ":", color="black", label="sum")
        axes.set(title=title, xlabel="T1 intensity", ylabel="density", yticks=[])
    places[0][0].legend(fontsize=8, frameon=False)
    show(figure, caption)


def agreement(
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]], labels: tuple[str, str], caption: str
) -> None:
    """Show measured against true values, a panel a group, all on one scale, with the line of equality."""
    size = (2.9 * len(groups), 3.0)
    options: dict = {"squeeze": False, "layout": "constrained", "sharex": True, "sharey": True}
    figure, places = plt.subplots(1, len(groups), figsize=size, **options)
    ends = np.array([[min(a.min(), b.min()), max(a.max(), b.max())] for a, b in groups.values()])
    low, high = ends[:, 0].min(), ends[:, 1].max()
    pad = 0.05 * (high - low)
    for k, (axes, (title, (true, measured))) in enumerate(zip(places[0], groups.items(), strict=True)):
        axes.plot([low, high], [low, high], "--", color="#777777", linewidth=1)
        axes.plot(true, measured, "o", color=COLOURS[k % len(COLOURS)], alpha=0.6, markersize=4)
        axes.set(xlim=(low - pad, high + pad), ylim=(low - pad, high + pad), xlabel=labels[0])
        axes.set_title(title, fontsize=10)
    places[0][0].set_ylabel(labels[1])
    show(figure, f"{caption} The dashed line is measured = true.")


def intervals(
    rows: Mapping[str, tuple[float, float, float]],
    xlabel: str,
    caption: str,
    *,
    reference: float | None = None,
    digits: int = 2,
) -> None:
    """Show one estimate a row as a dot with its interval; (middle, low, high), and a line to compare with."""
    figure, axes = plt.subplots(figsize=(6, 0.34 * len(rows) + 0.8), layout="constrained")
    for k, (middle, low, high) in enumerate(rows.values()):
        axes.plot([low, high], [-k, -k], color=COLOURS[0], linewidth=2)
        axes.plot(middle, -k, "o", color=COLOURS[0])
        words = f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
        axes.text(1.02, -k, words, transform=axes.get_yaxis_transform(), va="center", fontsize=8)
    if reference is not None:
        axes.axvline(reference, color="#777777", linestyle="--", linewidth=1)
    axes.set_yticks([-k for k in range(len(rows))], list(rows))
    axes.set(xlabel=xlabel, ylim=(-len(rows) + 0.4, 0.6))
    axes.spines[["top", "right"]].set_visible(False)
    show(figure, caption)
