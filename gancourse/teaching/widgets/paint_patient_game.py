"""Paint a patient: labels that somebody draws, the four scans painted from them, and what a segmenter finds.

The drawing is one number a pixel, the channel of `training.translation.label_map`: outside, three tissues,
three parts of a tumour. Nothing is painted before somebody asks to see it.
"""

import base64
import binascii
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageColor
from scipy import ndimage

from gancourse.cohort.scheme import LABELS, MODALITIES, REGIONS, TISSUES
from gancourse.errors import InputError
from gancourse.images import LABEL_COLOURS, enlarge, to_png, to_uint8
from gancourse.metrics.overlap import dice
from gancourse.teaching.widgets.commands import Commanded, check_choice

#: The network that paints, by its name among the course's weights.
PAINTER = "paint/painter"

SIZE = 128  #: pixels a side
FOV_MM = 208.0  #: millimetres a side
PIXEL_CM2 = (FOV_MM / SIZE / 10) ** 2
BLANK = "blank"  #: a start without a brain
SCANS = ("T1", "T1ce", "T2", "FLAIR")  #: what is painted, in the order of `scheme.MODALITIES`


class Label(NamedTuple):
    """A label of the palette: its name, the key that chooses it, and its colour."""

    name: str
    key: str
    colour: str


#: In the order of the channels. Tissues are grey, dark to bright as on T1.
PALETTE = (
    Label("Outside", "x", "#000000"),
    Label("Ventricle, CSF", "v", "#333333"),
    Label("Grey matter", "g", "#666666"),
    Label("White matter", "w", "#999999"),
    *(
        Label(name, key, LABEL_COLOURS[label])
        for label, (name, key) in zip(
            LABELS, (("Necrotic core", "n"), ("Oedema", "o"), ("Enhancing rim", "r")), strict=True
        )
    ),
)
FIRST = 1 + len(TISSUES)  #: channel of the first part of a tumour

#: Regions that drawing and finding are compared by: name -> channels.
COMPARED = {
    name: tuple(FIRST + list(LABELS).index(label) for label in REGIONS[region])
    for name, region in (("Whole tumour", "WT"), ("Core (rim and necrosis)", "TC"), ("Enhancing rim", "ET"))
}


class Phantoms(NamedTuple):
    """Slices of N phantoms to start from, (N, H, W) uint8.

    Attributes:
        names: one for each, as the menu has it.
        seg: BraTS' labels of the tumour.
        tissue: `scheme.TISSUES`, 0 outside; under a tumour, the tissue that it replaced.
        scans: (N, 4, H, W), their own scans.
    """

    names: tuple[str, ...]
    seg: np.ndarray
    tissue: np.ndarray
    scans: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        """The drawing that each phantom is, (N, H, W) uint8."""
        channel = np.zeros(max(LABELS) + 1, np.uint8)
        channel[list(LABELS)] = FIRST + np.arange(len(LABELS))
        return np.where(self.seg > 0, channel[self.seg], self.tissue)


class Works(NamedTuple):
    """What answers a drawing.

    Attributes:
        paint: labels (H, W) -> the four scans (4, H, W) in [-1, 1].
        find: scans and brain (H, W) -> probabilities (H, W, 4): no tumour, then `scheme.LABELS`.
    """

    paint: Callable[[np.ndarray], np.ndarray]
    find: Callable[[np.ndarray, np.ndarray], np.ndarray]


@lru_cache(maxsize=1)
def shipped_phantoms() -> Phantoms:
    """Read the phantoms that the course ships; `experiments/paint_maps.py` has made the file."""
    with np.load(Path(__file__).parent / "paint_patient_maps.npz") as file:
        return Phantoms(tuple(map(str, file["names"])), file["seg"], file["tissue"], file["scans"])


@lru_cache(maxsize=1)
def shipped_works() -> Works:
    """Load the painter that the course ships; its segmenter is loaded when it is first asked.

    Raises:
        InputError: the weights are not there.
    """
    import tensorflow as tf

    from gancourse import pretrained

    painter = pretrained.load(PAINTER, "label translation")
    run = tf.function(lambda labels: painter(labels, training=False))
    segmenter = lru_cache(maxsize=1)(_load_segmenter)

    def paint(labels: np.ndarray) -> np.ndarray:
        images = run(tf.one_hot(labels[None], len(PALETTE)))[0].numpy()
        return np.where(labels > 0, np.moveaxis(images, -1, 0), -1).astype(np.float32)

    return Works(paint, lambda scans, brain: find_tumour(segmenter(), scans, brain))


def _load_segmenter():
    from gancourse.segmentation import segmenter

    return segmenter.load()


def find_tumour(segmenter, scans: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Let a segmenter look at scans at 1 mm, as it was taught; its probabilities have the scans' size again.

    Args:
        segmenter: a `segmentation.segmenter.Segmenter`.
        scans: (4, H, W), any unit.
        brain: (H, W) bool.

    Returns:
        (H, W, 4): no tumour, then `scheme.LABELS`.
    """
    if not brain.any():
        return np.repeat(np.eye(4, dtype=np.float32)[:1], brain.size, 0).reshape(*brain.shape, 4)
    large = _resized(np.moveaxis(scans, 0, -1), round(FOV_MM))
    inside = _resized(brain[..., None].astype(np.float32), round(FOV_MM))[..., 0] > 0.5
    return _resized(segmenter.predict(large[None], inside[None], MODALITIES)[0][0], len(brain))


def _resized(image: np.ndarray, size: int) -> np.ndarray:
    """Resample an image (S, S, C) to `size` pixels a side of the same field of view."""
    factor = size / len(image)
    return ndimage.zoom(image, (factor, factor, 1), order=1, mode="nearest", grid_mode=True)


class PaintPatient(Commanded):
    """A drawing, and what comes of it.

    Args:
        start: a phantom's name, or `BLANK`; by default the first phantom.
        phantoms, works: other ones, in tests.

    Attributes:
        start: what the drawing began as.
        labels: (H, W) uint8, channels of `PALETTE`.
        found: (H, W) uint8, the segmenter's labels of the drawing as it is now; None before it looked.

    Every command raises `InputError` for a value that is impossible, and then changes nothing.
    """

    COMMANDS = {"paint": ("paint", "value"), "start": ("begin", "value"), "look": ("look",)}
    labels: np.ndarray
    found: np.ndarray | None
    _scans: np.ndarray | None

    def __init__(self, start: str = "", *, phantoms: Phantoms | None = None, works: Works | None = None):
        self.phantoms, self.works = phantoms or shipped_phantoms(), works or shipped_works()
        self.begin(start or self.phantoms.names[0])

    def begin(self, name: Any) -> None:
        """Draw a phantom's own labels, or none."""
        self.start = check_choice("start", name, (*self.phantoms.names, BLANK))
        self._draw(self.own_labels())

    def own_labels(self) -> np.ndarray:
        """What the start had, (H, W) uint8."""
        if self.start == BLANK:
            return np.zeros_like(self.phantoms.tissue[0])
        return self.phantoms.labels[self.phantoms.names.index(self.start)].copy()

    def paint(self, value: Any) -> None:
        """Take up a drawing: its labels row by row, a byte each, as base64."""
        shape = self.phantoms.tissue[0].shape
        try:
            sent = base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise InputError("paint: the drawing is no base64; what was drawn before stays") from None
        if len(sent) != shape[0] * shape[1]:
            raise InputError(f"paint: {len(sent)} labels arrived, expected {shape[0]} x {shape[1]}")
        if max(sent) >= len(PALETTE):
            raise InputError(f"paint: label {max(sent)} is unknown, expected 0 to {len(PALETTE) - 1}")
        self._draw(np.frombuffer(sent, np.uint8).reshape(shape))

    def _draw(self, labels: np.ndarray) -> None:
        self.labels, self.found, self._scans = labels, None, None

    @property
    def scans(self) -> np.ndarray:
        """The four scans of the drawing, (4, H, W) in [-1, 1]."""
        if self._scans is None:
            self._scans = self.works.paint(self.labels)
        return self._scans

    def look(self) -> None:
        """Let the segmenter look at the painted scans."""
        shares, brain = self.works.find(self.scans, self.labels > 0), self.labels > 0
        best = shares.argmax(-1)
        self.found = np.where(brain & (best > 0), best + FIRST - 1, 0).astype(np.uint8)

    def report(self) -> list[dict[str, Any]]:
        """Compare by region what was drawn and what was found; empty before the segmenter has looked.

        Returns:
            Rows with `name`, `drawn` and `found` in cm2, and `dice`, None where neither has the region.
        """
        if self.found is None:
            return []
        rows = []
        for name, channels in COMPARED.items():
            drawn, found = (np.isin(labels, channels) for labels in (self.labels, self.found))
            agree = dice(drawn, found) if drawn.any() or found.any() else None
            areas = {"drawn": drawn.sum() * PIXEL_CM2, "found": found.sum() * PIXEL_CM2}
            rows.append({"name": name, **{k: float(v) for k, v in areas.items()}, "dice": agree})
        return rows

    def words(self) -> str:
        """Describe the drawing in a sentence or two."""
        area = float((self.labels >= FIRST).sum() * PIXEL_CM2)
        start = "a blank page" if self.start == BLANK else self.start
        said = (
            f"A drawing that began as {start}, with {area:.1f} cm² of tumour, and four scans painted of it."
        )
        if self.found is not None:
            said += f" The segmenter found {self.report()[0]['found']:.1f} cm² of tumour."
        return said

    def picture(self, scale: int = 2) -> bytes:
        """Draw the labels, the four scans, and the segmenter's or the drawn labels over FLAIR, as PNG."""
        t1, t1ce, t2, flair = (to_uint8(scan) for scan in self.scans)
        seen = self.labels if self.found is None else self.found
        tiles = [coloured(self.labels), t1, t1ce, coloured(seen, flair), t2, flair]
        size = scale * len(t1)
        sheet = Image.new("RGB", (3 * size, 2 * size))
        for k, tile in enumerate(tiles):
            sheet.paste(enlarge(Image.fromarray(tile).convert("RGB"), scale), (k % 3 * size, k // 3 * size))
        return to_png(sheet.quantize(256))


def coloured(labels: np.ndarray, under: np.ndarray | None = None) -> np.ndarray:
    """Colour labels (H, W) by `PALETTE`, or tint a grey picture where there is tumour: (H, W, 3) uint8."""
    colours = np.array([ImageColor.getrgb(label.colour) for label in PALETTE], np.uint8)[labels]
    if under is None:
        return colours
    grey = np.repeat(under[..., None], 3, -1)
    return np.where(labels[..., None] >= FIRST, (0.5 * grey + 0.5 * colours).astype(np.uint8), grey)
