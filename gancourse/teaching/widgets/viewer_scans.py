"""What the brain viewer shows, without a notebook: levels and labels of whole scans, and where they are cut.

The page has all slices at once, one byte a voxel, and scrolls by itself. It tells Python where it came to
rest, for the picture that stays where there is no kernel.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from gancourse.cohort.brats import Subject, brain_mask, region
from gancourse.cohort.planes import PLANES, view
from gancourse.cohort.scheme import LABELS
from gancourse.errors import InputError
from gancourse.images import LABEL_COLOURS, to_png
from gancourse.teaching.widgets.commands import Commanded, check_choice, check_whole

#: Voxels a modality has at the most on the page; a finer scan is thinned out.
MOST = 2_000_000
#: What modalities and labels are called.
NAMES = {"t1": "T1", "t1ce": "T1ce", "t2": "T2", "flair": "FLAIR"}
WORDS = {1: "core without enhancement", 2: "oedema", 4: "enhancing tumour"}
#: What lies at the left and at the right edge of a slice.
SIDES = {"axial": "RL", "coronal": "RL", "sagittal": "AP"}
#: Height of a slice in the picture that stays, in pixels.
HEIGHT = 260


@dataclass(frozen=True)
class Scan:
    """One subject, as the viewer shows it.

    Attributes:
        name: of the subject.
        volumes: by modality (X, Y, Z) uint8, LPS, cropped to the brain.
        seg: tumour labels of the same shape, all 0 where none are known.
        zooms: mm.
    """

    name: str
    volumes: dict[str, np.ndarray]
    seg: np.ndarray
    zooms: tuple[float, float, float]

    def count(self, plane: str) -> int:
        """How many slices there are in a plane."""
        return self.seg.shape[PLANES[plane][0]]


def read_scan(subject: Subject) -> Scan:
    """Read a subject's images as bytes; 0 to 204 is the range of the brain without its tumour.

    Raises:
        InputError: no image, or one that cannot be read.
    """
    if not subject.modalities:
        raise InputError(f"{subject.id}: labels only; choose a subject with images")
    images = {modality: subject.load(modality) for modality in subject.modalities}
    seg = subject.seg() if subject.seg_path else np.zeros(subject.shape, np.uint8)
    brain = _brain(next(iter(images.values())))
    ends = [np.flatnonzero(brain.any(tuple({0, 1, 2} - {axis})))[[0, -1]] for axis in range(3)]
    step = int(np.ceil((np.prod([last - first + 1 for first, last in ends]) / MOST) ** (1 / 3)))
    box = tuple(slice(max(0, first - 2), last + 3, step) for first, last in ends)
    healthy = brain & ~region(seg, "WT")
    volumes = {}
    for modality, image in images.items():
        low, high = np.percentile(image[healthy], (0.5, 99.5))
        grey = (image[box] - low) * (204 / ((high - low) or 1))
        volumes[modality] = np.where(brain[box], np.clip(grey, 0, 255), 0).astype(np.uint8)
    x, y, z = (zoom * step for zoom in subject.zooms)
    return Scan(subject.id, volumes, seg[box], (x, y, z))


def _brain(image: np.ndarray) -> np.ndarray:
    """The brain; or all of a head that is not stripped, to be looked at as it is."""
    try:
        return brain_mask(image)
    except InputError:
        return np.ones(image.shape, bool)


class Viewer(Commanded):
    """Scans, and where they are cut.

    Args:
        scans: one or more; a slider moves through the first, the others follow at the same share of the way.

    Attributes:
        plane: a key of `PLANES`.
        index: of the slice of the first scan.
        labels: whether the tumour's labels are shown.
    """

    COMMANDS = {"show": ("show", "plane", "index", "labels")}

    def __init__(self, scans: Sequence[Scan]):
        self.scans = list(scans)
        if not self.scans:
            raise InputError("nothing to show: give the viewer one subject or more")
        seg, axis = self.scans[0].seg, PLANES["axial"][0]
        areas = region(seg, "WT").sum((0, 1))
        self.plane, self.labels = "axial", False
        self.index = int(areas.argmax()) if areas.any() else seg.shape[axis] // 2

    def show(self, plane: str, index: int, labels: bool) -> None:
        """Cut elsewhere: slice `index` of a plane, with or without labels."""
        check_choice("plane", plane, PLANES)
        check_whole("slice", index, self.scans[0].count(plane) - 1)
        if not isinstance(labels, bool):
            raise InputError(f"labels={labels!r}: expected true or false")
        self.plane, self.index, self.labels = plane, index, labels

    def index_of(self, scan: Scan) -> int:
        """Which slice of a scan lies as far along as the first scan's."""
        share = self.index / max(1, self.scans[0].count(self.plane) - 1)
        return round(share * (scan.count(self.plane) - 1))

    def data(self) -> dict[str, Any]:
        """Return all that the page needs; what is not JSON are bytes, in the order of (X, Y, Z)."""
        return {
            "scans": [
                {
                    "name": scan.name,
                    "shape": scan.seg.shape,
                    "zooms": scan.zooms,
                    "volumes": [[NAMES[m], volume.tobytes()] for m, volume in scan.volumes.items()],
                    "seg": scan.seg.tobytes(),
                }
                for scan in self.scans
            ],
            "labels": [[label, WORDS[label], LABEL_COLOURS[label]] for label in LABELS],
            "index": self.index,
        }

    def json(self) -> dict[str, Any]:
        """Return the same for a page without Python: bytes as base64."""
        data = self.data()
        for scan in data["scans"]:
            scan["volumes"] = [[m, base64.b64encode(each).decode()] for m, each in scan["volumes"]]
            scan["seg"] = base64.b64encode(scan["seg"]).decode()
        return data

    def png(self) -> bytes:
        """Draw what is shown as PNG: a row for each scan, a column for each modality, sides marked."""
        rows = [self._row(scan) for scan in self.scans]
        sheet = Image.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)))
        for k, row in enumerate(rows):
            sheet.paste(row, (0, sum(above.height for above in rows[:k])))
        return to_png(sheet.quantize(128))

    def _row(self, scan: Scan) -> Image.Image:
        _, rows, columns = PLANES[self.plane]
        cut = (self.plane, self.index_of(scan))
        seg = view(scan.seg, *cut)
        width = round(HEIGHT * seg.shape[1] * scan.zooms[columns] / (seg.shape[0] * scan.zooms[rows]))
        row = Image.new("RGB", (width * len(scan.volumes), HEIGHT))
        draw = ImageDraw.Draw(row)
        for k, (modality, volume) in enumerate(scan.volumes.items()):
            picture = np.repeat(view(volume, *cut)[..., None], 3, axis=-1)
            for label, colour in LABEL_COLOURS.items() if self.labels else ():
                rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
                picture[seg == label] = 0.5 * picture[seg == label] + 0.5 * rgb
            large = Image.fromarray(picture).resize((width, HEIGHT), Image.Resampling.BICUBIC)
            row.paste(large, (k * width, 0))
            draw.text((k * width + 6, 4), NAMES[modality], "white", font_size=14)
            for side, x, anchor in zip(SIDES[self.plane], (6, width - 6), "lr", strict=True):
                draw.text((k * width + x, HEIGHT // 2), side, "white", font_size=14, anchor=f"{anchor}m")
        return row

    def words(self) -> str:
        """Say what the picture shows."""
        names = " and ".join(scan.name for scan in self.scans)
        side = "anterior (A)" if self.plane == "sagittal" else "the patient's right (R)"
        with_labels = ", with the tumour's labels" if self.labels else ""
        count = self.scans[0].count(self.plane)
        return f"{names}: {self.plane} slice {self.index + 1} of {count}{with_labels}; {side} is on the left."
