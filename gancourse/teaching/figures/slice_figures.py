"""Figures of brain slices, with the patient's sides marked and the tumour's labels in colour."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import ndimage

from gancourse.cohort.scheme import LABELS
from gancourse.images import LABEL_COLOURS
from gancourse.teaching.figures.canvas import CONVENTION, panels, show

#: Which side of the patient lies at which edge of a slice. As stored: `volume[:, :, k]`, x downwards.
SIDES = {
    "axial": {"R": (0.07, 0.98), "L": (0.93, 0.98)},
    "coronal": {"R": (0.07, 0.98), "L": (0.93, 0.98)},
    "sagittal": {"A": (0.07, 0.98), "P": (0.93, 0.98)},
    "as stored": {"R": (0.5, 0.98), "L": (0.5, 0.02)},
}


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
    axes.set_title(title, fontsize=10)
    mark_sides(axes, plane)


def mark_sides(axes: Axes, plane: str = "axial", colour: str = "white") -> None:
    """Write the patient's sides at the edges of a slice, and take its ticks away."""
    axes.set(xticks=[], yticks=[])
    for side, (x, y) in SIDES[plane].items():
        below = "top" if y > 0.5 else "bottom"
        axes.text(x, y, side, color=colour, weight="bold", transform=axes.transAxes, ha="center", va=below)


def add_legend(figure: Figure, colours: Mapping[str, str], columns: int = 3) -> None:
    """Add a legend of labels below all panels: the colour of each name."""
    handles = [Patch(color=colour, label=name) for name, colour in colours.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9)


def add_tumour_legend(figure: Figure) -> None:
    """Add a legend of the tumour labels below all panels."""
    add_legend(figure, {f"{label} {LABELS[label]}": colour for label, colour in LABEL_COLOURS.items()})


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
) -> None:
    """Show slices from `view` side by side, with the convention in the caption and a legend of the labels.

    Args:
        images: slices, or slices by title; grey (H, W), or in colour (H, W, 3) in [0, 1].
        segs: the labels of each slice, None for none; or one array of labels for all of them.
        planes: of each slice, or of all: a key of `SIDES`.
        width: of a slice, in inches.
        limits: see `draw_slice`; the same for all slices, so that they can be compared.
    """
    if isinstance(images, Mapping):
        titles, images = list(images), list(images.values())
    count, columns = len(images), min(columns, len(images))
    planes = [planes] * count if isinstance(planes, str) else planes
    labels = [segs] * count if segs is None or isinstance(segs, np.ndarray) and segs.ndim == 2 else list(segs)
    alike = len({image.shape for image in images}) == len(set(planes)) == 1
    box = surround(np.any([image > image.min() for image in images], axis=0)) if alike else ...
    rows = -(-count // columns)
    tall = max(image[box].shape[0] / image[box].shape[1] for image in images)
    size = (columns * width, rows * (width * tall + (0.25 if titles else 0)))
    figure, grid = panels(columns, size, rows=rows)
    for axes in grid.flat[count:]:
        axes.axis("off")
    for k, axes in enumerate(grid.flat[:count]):
        seg, title = labels[k], titles[k] if titles else ""
        seg = None if seg is None else seg[box]
        draw_slice(axes, images[k][box], seg, plane=planes[k], title=title, limits=limits)
    if any(seg is not None for seg in labels):
        add_tumour_legend(figure)
    front = " Sagittal: anterior (A) is on the left." if "sagittal" in planes else ""
    show(figure, f"{caption} {CONVENTION}{front}")


def surround(inside: np.ndarray) -> tuple[slice, ...]:
    """Return the bounding box of a mask and four voxels around it; everything if the mask is empty."""
    boxes = ndimage.find_objects(inside.astype(np.uint8))
    if not boxes:
        return (slice(None),) * inside.ndim
    return tuple(slice(max(0, side.start - 4), side.stop + 4) for side in boxes[0])
