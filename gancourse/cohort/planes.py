"""Cut one subject into 2-D slices, with intensities in [-1, 1].

Arrays are in LPS (x to the patient's left, y to posterior, z to superior). Slices come out in radiological
convention: the patient's right on the image's left, axial with anterior up, coronal with superior up;
sagittal has superior up and anterior on the left. A slice is one of the volume's own, never interpolated
between two; only the plane is resampled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gancourse.cohort.plausible import labels_problem
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import REGIONS, TISSUES
from gancourse.errors import InputError

if TYPE_CHECKING:
    from gancourse.cohort.brats import Subject

#: Plane -> (axis that is cut, axis of the image's rows, axis of its columns) of an LPS array.
PLANES = {"axial": (2, 1, 0), "coronal": (1, 2, 0), "sagittal": (0, 2, 1)}


def view(volume: np.ndarray, plane: str = "axial", index: int | None = None) -> np.ndarray:
    """Cut a slice of an LPS volume (X, Y, Z) as it is shown: anterior up if axial, else superior up.

    Args:
        index: along the axis that is cut; the middle if not given.
    """
    axis, rows, columns = PLANES[plane]
    index = volume.shape[axis] // 2 if index is None else index
    shown = np.moveaxis(volume, (axis, rows, columns), (0, 1, 2))[index]
    return shown[::-1] if plane != "axial" else shown


def normalise(volume: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Scale intensities to [-1, 1] float32: the 0.5 to 99.5 percentile of the brain, clipped; -1 outside it.

    The unit of the intensities does not matter: `a * volume + b` gives the same for any a above 0.
    """
    volume = volume.astype(np.promote_types(volume.dtype, np.float32), copy=False)
    low, high = np.percentile(volume[mask], (0.5, 99.5))
    scaled = (volume - low) * (2 / ((high - low) or 1.0)) - 1
    return np.where(mask, np.clip(scaled, -1, 1), -1).astype(np.float32)


def resampling_matrix(voxels: int, zoom: float, centre: float, size: int, pixel: float) -> np.ndarray:
    """Return weights (size, voxels) that resample one axis: area averages to shrink it, linear to enlarge it.

    A weight is the overlap of a voxel's box with a pixel's box (made no narrower than a voxel), so that
    nothing aliases and a constant stays constant. What lies outside the volume counts as 0.

    Args:
        voxels: number of voxels, each `zoom` mm wide.
        centre: where the middle of the pixels lies, in voxels.
        size: number of pixels, each `pixel` mm wide.
    """
    box = max(pixel, zoom)
    pixels = (np.arange(size) - (size - 1) / 2) * pixel
    distance = np.abs(pixels[:, None] - (np.arange(voxels) - centre) * zoom)
    return (np.clip((box + zoom) / 2 - distance, 0, min(box, zoom)) / box).astype(np.float32)


@dataclass(frozen=True)
class Cut:
    """Where a subject is cut, and how each plane is resampled.

    Attributes:
        axes: (axis that is cut, axis of rows, axis of columns).
        at: index of each slice along the first of them.
        position: each slice's position as a fraction of the brain's extent, from right, anterior or inferior.
        position_mm: the same in mm from that end of the brain.
        rows, columns: `resampling_matrix` of each, (size, voxels). Sparse, as nearly all is 0; dense products
            would start BLAS' threads, which wait for each other on a busy machine.
        pixel_mm2: area of a voxel in the plane.
    """

    axes: tuple[int, int, int]
    at: np.ndarray
    position: np.ndarray
    position_mm: np.ndarray
    rows: sparse.csr_array
    columns: sparse.csr_array
    pixel_mm2: float

    @classmethod
    def through(
        cls,
        brain: np.ndarray,
        zooms: Sequence[float],
        plane: str,
        size: int,
        fov_mm: float,
        span: tuple[float, float],
        step_mm: float,
    ) -> "Cut":
        """Cut a brain, a mask (X, Y, Z) with voxels of `zooms` mm, over `span` of its extent every `step_mm`.

        The step is rounded to whole voxels. The field of view is a square of `fov_mm`, centred on the brain's
        bounding box.
        """
        ends = [np.flatnonzero(brain.any(tuple({0, 1, 2} - {axis})))[[0, -1]] for axis in range(3)]
        axes = axis, rows, columns = PLANES[plane]
        first, last = ends[axis]
        low, high = (first + f * (last - first) for f in span)
        at = np.arange(np.ceil(low), high + 1e-6, max(1, round(step_mm / zooms[axis]))).astype(int)
        if not at.size:
            at = np.array([round((low + high) / 2)])
        down, across = (
            resampling_matrix(brain.shape[a], zooms[a], ends[a].mean(), size, fov_mm / size)
            for a in (rows, columns)
        )
        return cls(
            axes=axes,
            at=at,
            position=(at - first) / max(1, last - first),
            position_mm=(at - first) * zooms[axis],
            rows=sparse.csr_array(down[::-1] if rows == 2 else down),  # superior up
            columns=sparse.csr_array(across),
            pixel_mm2=float(zooms[rows] * zooms[columns]),
        )

    def planes(self, volume: np.ndarray) -> np.ndarray:
        """Return the slices of a volume as they are: (X, Y, Z) -> (slices, rows, columns)."""
        return np.ascontiguousarray(volume.transpose(self.axes)[self.at])

    def resample(self, planes: np.ndarray) -> np.ndarray:
        """Resample (slices, rows, columns) float32 to (slices, size, size), by area or linearly; else 0."""
        slices, rows, columns = planes.shape
        across = self.columns @ planes.reshape(-1, columns).T  # (size, slices * rows)
        across = across.reshape(-1, slices, rows).transpose(2, 1, 0)  # (rows, slices, size)
        down = self.rows @ across.reshape(rows, -1)  # (size, slices * size)
        return down.reshape(-1, *across.shape[1:]).transpose(1, 0, 2)

    def image(self, volume: np.ndarray) -> np.ndarray:
        """Resample slices of a volume in [-1, 1], -1 outside it: (slices, size, size) float32."""
        return np.clip(self.resample(self.planes(volume) + np.float32(1)) - 1, -1, 1)

    def labels(self, volume: np.ndarray) -> np.ndarray:
        """Resample slices of a label map by majority, without new labels: (slices, size, size) uint8."""
        planes = self.planes(volume)
        values = np.unique(np.append(planes, 0))
        shares = np.stack([self.resample((planes == v).astype(np.float32)) for v in values])
        shares[0] += 1 - shares.sum(0)  # outside the volume is background
        return values[shares.argmax(0)].astype(np.uint8)

    def area(self, volume: np.ndarray | None, labels: Sequence[int]) -> np.ndarray | float:
        """Return the area of some labels in each slice, in mm2, before resampling; NaN without a volume."""
        return np.nan if volume is None else np.isin(self.planes(volume), labels).sum((1, 2)) * self.pixel_mm2


def slice_subject(
    subject: "Subject", size: int, modalities: Sequence[str], **cut_arguments
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Cut a subject; return arrays by name (images, seg, tissue) and their rows of the table.

    Raises:
        InputError: as `read_scans`, or labels that do not belong to the brain.
    """
    scans = read_scans(subject, modalities)
    volumes = {m: normalise(scans.volumes.pop(m), mask).astype(np.float16) for m, mask in scans.masks.items()}
    brain, seg, tissue = scans.brain, None if subject.seg_path is None else subject.seg(), subject.tissue()
    for role, labels, path in (("seg", seg, subject.seg_path), ("tissue", tissue, subject.tissue_path)):
        if labels is not None and (problem := labels_problem(role, labels, brain)):
            raise InputError(f"{path}: {problem}")
    if seg is None and subject.grade == "healthy":
        seg = np.zeros(brain.shape, np.uint8)

    cut = Cut.through(brain, subject.zooms, size=size, **cut_arguments)
    images = np.full((len(cut.at), size, size, len(modalities)), -1, np.float16)
    for modality, volume in volumes.items():
        images[..., list(modalities).index(modality)] = cut.image(volume)
    blank = np.zeros(images.shape[:3], np.uint8)
    seg_slices = blank if seg is None else cut.labels(seg)
    table = {
        "subject": subject.id, "patient": subject.patient, "grade": subject.grade, "vintage": subject.vintage,
        "plane": cut_arguments["plane"], "index": cut.at,
        "position": cut.position.round(4), "position_mm": cut.position_mm.round(2),
        "missing": " ".join(m for m in modalities if m not in volumes), "brain_mm2": cut.area(brain, [1]),
        "tumour_px": np.nan if seg is None else np.isin(seg_slices, REGIONS["WT"]).sum((1, 2)),
        **{f"{name.lower()}_mm2": cut.area(seg, labels) for name, labels in REGIONS.items()},
        **{f"{name.lower()}_mm2": cut.area(tissue, [label]) for label, name in TISSUES.items()},
    }  # fmt: skip
    tissue_slices = blank if tissue is None else cut.labels(tissue)
    return {"images": images, "seg": seg_slices, "tissue": tissue_slices}, pd.DataFrame(table)
