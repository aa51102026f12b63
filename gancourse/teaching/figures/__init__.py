"""Figures of brains and of scores, each with its caption in words.

Every brain is shown in radiological convention, as if you stood at the patient's feet: the patient's right is
on the image's left. Arrays are LPS volumes (x to Left, y to Posterior, z to Superior), or slices that `view`
cut. Colours are Okabe and Ito's, which the colour-blind can tell apart.
"""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import Markdown, display
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from PIL import Image

from gancourse.cohort.planes import PLANES
from gancourse.cohort.scheme import LABELS

#: Okabe and Ito's colours, in the order that figures take them.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")

#: Colours of the tumour labels.
LABEL_COLOURS = {1: "#D55E00", 2: "#56B4E9", 4: "#F0E442"}

#: Which side of the patient lies at which edge of a slice. As stored: `volume[:, :, k]`, x downwards.
SIDES = {
    "axial": {"R": (0.07, 0.94), "L": (0.93, 0.94)},
    "coronal": {"R": (0.07, 0.94), "L": (0.93, 0.94)},
    "sagittal": {"A": (0.07, 0.94), "P": (0.93, 0.94)},
    "as stored": {"R": (0.5, 0.95), "L": (0.5, 0.05)},
}

CONVENTION = (
    "Radiological convention: the patient's right (R) is on the left of the image, left (L) on the right."
)


def view(volume: np.ndarray, plane: str = "axial", index: int | None = None) -> np.ndarray:
    """A slice of an LPS volume (X, Y, Z) as it is shown: anterior up in the axial plane, else superior up.

    Args:
        index: along the axis that is cut; the middle if not given.
    """
    axis, rows, columns = PLANES[plane]
    index = volume.shape[axis] // 2 if index is None else index
    shown = np.moveaxis(volume, (axis, rows, columns), (0, 1, 2))[index]
    return shown[::-1] if plane != "axial" else shown


def show(figure: Figure, caption: str, dpi: int = 80) -> None:
    """Display a figure with its caption below, and the caption as its text for those who cannot see it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, bbox_inches="tight")
    plt.close(figure)
    small = io.BytesIO()
    Image.open(file).convert("RGB").quantize(256).save(small, format="png", optimize=True)
    picture = {"image/png": small.getvalue(), "text/plain": caption}
    display(picture, metadata={"image/png": {"alt": caption}}, raw=True)
    display(Markdown(f"*{caption}*"))


def draw_slice(
    axes: Axes,
    image: np.ndarray,
    seg: np.ndarray | None = None,
    *,
    plane: str = "axial",
    title: str = "",
    limits: tuple[float, float] | None = None,
    aspect: float = 1.0,
) -> None:
    """Draw a slice from `view`, with its tumour labels over it and its sides marked.

    Args:
        image: (rows, columns), any intensities.
        seg: labels of the same shape; 0 is left clear.
        limits: intensities shown black and white; by default the least, and the 99.5 percentile of the rest.
        aspect: height of a voxel over its width.
    """
    if limits is None:
        inside = image[image > image.min()]
        limits = (float(image.min()), float(np.percentile(inside, 99.5)) if inside.size else 1.0)
    axes.imshow(image, cmap="gray", vmin=limits[0], vmax=limits[1], aspect=aspect)
    if seg is not None:
        overlay = np.zeros((*seg.shape, 4))
        for label, colour in LABEL_COLOURS.items():
            overlay[seg == label] = to_rgba(colour, 0.65)
        axes.imshow(overlay, interpolation="nearest", aspect=aspect)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=10)
    for side, (x, y) in SIDES[plane].items():
        axes.text(
            x, y, side, transform=axes.transAxes, color="white", ha="center", va="center", weight="bold"
        )


def montage(
    images: Mapping[str, np.ndarray] | Sequence[np.ndarray],
    caption: str,
    *,
    titles: Sequence[str] | None = None,
    segs: Sequence[np.ndarray | None] | np.ndarray | None = None,
    planes: str | Sequence[str] = "axial",
    columns: int = 4,
    width: float = 2.2,
    limits: tuple[float, float] | None = None,
    aspects: Sequence[float] | None = None,
    widths: Sequence[float] | None = None,
) -> None:
    """Show slices from `view` side by side, with the convention in the caption and a legend of the labels.

    Args:
        images: slices, or slices by title.
        segs: the labels of each slice, None for none; or one array of labels for all of them.
        planes: of each slice, or of all: a key of `SIDES`.
        width: of a slice, in inches.
        limits, aspects: see `draw_slice`; the same limits for all slices, so that they can be compared.
        widths: of each column, relative to one another; equal by default.
    """
    if isinstance(images, Mapping):
        titles, images = list(images), list(images.values())
    count, columns = len(images), min(columns, len(images))
    planes = [planes] * count if isinstance(planes, str) else planes
    labels = [segs] * count if segs is None or isinstance(segs, np.ndarray) and segs.ndim == 2 else list(segs)
    aspects = aspects or [1.0] * count
    box = _brains_box(images) if len({image.shape for image in images}) == len(set(planes)) == 1 else ...
    rows = -(-count // columns)
    ratios = [1.0] * columns if widths is None else np.multiply(widths, columns / np.sum(widths)).tolist()
    shapes = [image[box].shape for image in images]
    tall = max(
        h / w * a * ratios[k % columns] for k, ((h, w), a) in enumerate(zip(shapes, aspects, strict=True))
    )
    size = (columns * width, rows * (width * tall + (0.25 if titles else 0)))
    layout: dict = {"squeeze": False, "layout": "constrained", "width_ratios": ratios}
    figure, grid = plt.subplots(rows, columns, figsize=size, **layout)
    for axes in grid.flat[count:]:
        axes.axis("off")
    for k, axes in enumerate(grid.flat[:count]):
        seg, title = labels[k], titles[k] if titles else ""
        seg = None if seg is None else seg[box]
        draw_slice(axes, images[k][box], seg, plane=planes[k], title=title, limits=limits, aspect=aspects[k])
    if any(seg is not None for seg in labels):
        legend = [
            Patch(color=colour, label=f"{label} {LABELS[label]}") for label, colour in LABEL_COLOURS.items()
        ]
        figure.legend(handles=legend, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    front = " Sagittal: anterior (A) is on the left." if "sagittal" in planes else ""
    show(figure, f"{caption} {CONVENTION}{front}")


def _brains_box(images: Sequence[np.ndarray], margin: int = 4) -> tuple[slice, slice]:
    """The part of equally large slices that holds something other than background in any of them."""
    inside = np.any([image > image.min() for image in images], axis=0)
    ends = [np.flatnonzero(inside.any(axis)) for axis in (1, 0)]
    rows, columns = (
        slice(max(0, e[0] - margin), e[-1] + margin + 1) if e.size else slice(None) for e in ends
    )
    return rows, columns


def three_planes(
    volume: np.ndarray,
    zooms: Sequence[float],
    caption: str,
    *,
    seg: np.ndarray | None = None,
    at: Sequence[int] | None = None,
) -> None:
    """Show the axial, coronal and sagittal slice through a voxel of an LPS volume, in true proportions.

    Args:
        zooms: voxel size in mm along x, y, z.
        at: the voxel; the middle of the brain's bounding box if not given.
    """
    inside = volume > volume.min()
    ends = [np.flatnonzero(inside.any(tuple({0, 1, 2} - {axis})))[[0, -1]] for axis in range(3)]
    at = [int(pair.mean()) for pair in ends] if at is None else at
    box = tuple(slice(max(0, first - 4), last + 5) for first, last in ends)
    images, segs, aspects, widths = {}, [], [], []
    for plane, (axis, rows, columns) in PLANES.items():
        index = at[axis] - box[axis].start
        images[f"{plane}, {'xyz'[axis]} = {at[axis]}"] = view(volume[box], plane, index)
        segs.append(None if seg is None else view(seg[box], plane, index))
        aspects.append(zooms[rows] / zooms[columns])
        widths.append(volume[box].shape[columns] * zooms[columns])
    montage(images, caption, segs=segs, planes=list(PLANES), width=2.7, aspects=aspects, widths=widths)


def histograms(values: Mapping[str, np.ndarray], xlabel: str, caption: str, *, bins: int = 40) -> None:
    """Show how several sets of numbers are distributed, from the 0.5 to the 99.5 percentile."""
    figure, axes = plt.subplots(figsize=(6.5, 2.6), layout="constrained")
    ends = np.array([np.percentile(numbers, (0.5, 99.5)) for numbers in values.values()])
    edges = np.linspace(ends[:, 0].min(), ends[:, 1].max(), bins + 1)
    for k, (name, numbers) in enumerate(values.items()):
        style = ("-", "--", ":", "-.")[k // len(COLOURS) % 4]
        density, _ = np.histogram(numbers, edges, density=True)
        axes.plot((edges[1:] + edges[:-1]) / 2, density, style, color=COLOURS[k % len(COLOURS)], label=name)
    axes.set(xlabel=xlabel, ylabel="density", yticks=[])
    axes.legend(fontsize=8, frameon=False)
    show(figure, caption)


def dots(
    groups: Mapping[str, Sequence[float] | np.ndarray],
    ylabel: str,
    caption: str,
    *,
    reference: tuple[float, str] | None = None,
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Show every number of several groups as a dot, with each group's median as a bar and written beside it.

    Args:
        reference: a height to mark with a dashed line, and its name.
        low, high: ends of the axis.
    """
    figure, axes = plt.subplots(figsize=(1.2 + 1.5 * len(groups), 2.8), layout="constrained")
    rng = np.random.default_rng(0)
    for k, numbers in enumerate(groups.values()):
        middle = float(np.median(numbers))
        x = k + rng.uniform(-0.13, 0.13, len(numbers))
        axes.plot(x, numbers, "o", color=COLOURS[k % len(COLOURS)], alpha=0.5, markersize=5)
        axes.plot([k - 0.22, k + 0.22], [middle, middle], color="black", linewidth=2)
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # over the dashed line
        axes.text(k + 0.26, middle, f"{middle:.3g}", va="center", fontsize=9, bbox=paper)
    if reference:
        axes.axhline(reference[0], color="#777777", linestyle="--", linewidth=1)
        axes.text(-0.48, reference[0], reference[1], va="bottom", fontsize=8, color="#555555")
    axes.set(xlim=(-0.5, len(groups) - 0.5), ylabel=ylabel, ylim=(low, high))
    axes.set_xticks(range(len(groups)), [f"{name}\n(n = {len(numbers)})" for name, numbers in groups.items()])
    show(figure, f"{caption} The bar is the median.")
