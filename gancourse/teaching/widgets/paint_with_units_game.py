"""Paint with units: a brush that gives units of the patient generator other values where it was.

The painting is one number a pixel: 0 where nobody painted, otherwise 1 + the place of the brush in `BRUSHES`.
The layer's maps are mixed with the brush's values by the painted share of each of its pixels, and the layers
behind run again (GANPaint, Bau et al. 2019). `experiments/unit_brushes.py` makes units and values.
`book/static/demos/paint_with_units_game.js` answers the same commands with the same frames in the book.
"""

import base64
import binascii
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.slice_files import WHITE
from gancourse.errors import InputError
from gancourse.images import LABEL_COLOURS, colour_labels, enlarge, to_png, to_uint8
from gancourse.metrics import morphometry
from gancourse.teaching.widgets.commands import MAX_SEED, Commanded, check_whole
from gancourse.teaching.widgets.page_random import page_latents
from gancourse.teaching.widgets.this_brain_game import LABEL_NAMES, MODALITY_NAMES, file_levels

if TYPE_CHECKING:
    import keras

LAYER = "32b"  #: whose units are painted with
FIRST = 6  #: seed of the first patient, who has a tumour
UNITS = 32  #: that a brush has at the start
PIXEL_CM2 = (208 / 128 / 10) ** 2
FLAIR = MODALITIES.index("flair")


class Brush(NamedTuple):
    """A concept of `dissection.CONCEPTS` that is drawn or removed; its name and colour on the page."""

    concept: str
    name: str
    colour: str
    draws: bool


#: Concepts of the page: their names and colours.
CONCEPTS = {
    "TC": ("Tumour core", LABEL_COLOURS[1]),
    "oedema": ("Oedema", LABEL_COLOURS[2]),
    "ventricles": ("Ventricles", "#009E73"),
}
BRUSHES = tuple(
    Brush(concept, name, colour, draws)
    for concept, (name, colour) in CONCEPTS.items()
    for draws in (True, False)
)


class Palette(NamedTuple):
    """Units and values of the brushes, a row for each of `CONCEPTS`.

    Attributes:
        units: (3, u) all units of the layer, the best first.
        draw, remove: (3, u) by unit, what it is set to.
        lender: (1, d) latent of a patient with a tumour, whose style can be lent.
    """

    units: np.ndarray
    draw: np.ndarray
    remove: np.ndarray
    lender: np.ndarray

    def of(self, brush: Brush, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the brush's best units and their values."""
        row = list(CONCEPTS).index(brush.concept)
        units = self.units[row][:count]
        return units, (self.draw if brush.draws else self.remove)[row][units]


@lru_cache(maxsize=1)
def shipped_palette() -> Palette:
    """Read the units and values that the course ships.

    Raises:
        InputError: the file is not there.
    """
    path = Path(__file__).with_name("paint_with_units.npz")
    if not path.exists():
        raise InputError(f"{path}: not there; `python experiments/unit_brushes.py` makes it")
    with np.load(path) as file:
        return Palette(*(file[name] for name in Palette._fields))


@lru_cache(maxsize=1)
def shipped_halves() -> tuple["keras.Model", "keras.Model"]:
    """Load the shipped patient generator, cut behind `LAYER`."""
    from gancourse.metrics.dissection import halves, take_apart

    return halves(take_apart(pretrained.load("patient")), LAYER)


class Seen(NamedTuple):
    """A patient as the page has it.

    Attributes:
        levels: (4, S, S) uint16, 0 outside the brain, as `cohort.slice_files` writes them.
        seg: (S, S) uint8, `scheme.LABELS`.
        image: (S, S, 4) float32 in [-1, 1].
        areas: cm2 of each of `CONCEPTS`.
    """

    levels: np.ndarray
    seg: np.ndarray
    image: np.ndarray
    areas: dict[str, float]


class PaintWithUnits(Commanded):
    """A generated patient, and what becomes of it under brushes of units.

    Args:
        seed: of the patient.
        halves: another generator's, in tests: latents -> maps and style, and these -> a patient's maps.
        palette: of that generator.

    Attributes:
        seed: of the patient.
        painting: (S, S) uint8, 0 or 1 + the place in `BRUSHES`.
        units: how many a brush has.
        lent: whether the layers behind have the lender's style.
        own: the patient with nothing painted and nothing lent.
        before: with the style that is used now, and nothing painted.

    Raises:
        InputError: an impossible seed.
    """

    COMMANDS = {
        "patient": ("show_patient", "value"),
        "paint": ("paint", "value"),
        "units": ("choose_units", "value"),
        "lend": ("lend", "value"),
    }

    painting: np.ndarray
    own: Seen
    before: Seen
    _after: Seen | None

    def __init__(
        self,
        seed: int = FIRST,
        *,
        halves: "tuple[keras.Model, keras.Model] | None" = None,
        palette: Palette | None = None,
    ):
        self.front, self.back = halves or shipped_halves()
        self.palette = palette or shipped_palette()
        self.units, self.lent = min(UNITS, self.most_units), False
        self.lent_style = self._run(self.palette.lender)[1]
        self.show_patient(seed)

    @property
    def most_units(self) -> int:
        return self.palette.units.shape[1]

    @property
    def size(self) -> int:
        return self.back.output_shape[1]

    def _run(self, latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        maps, style = self.front(np.asarray(latents, np.float32), training=False)
        return np.asarray(maps), np.asarray(style)

    def show_patient(self, seed: Any) -> None:
        """Show the patient of a seed, with nothing painted and their own style."""
        seed = check_whole("seed", seed, MAX_SEED)
        self.maps, self.style = self._run(page_latents(1, self.front.input_shape[-1], seed))
        self.seed, self.lent = seed, False
        self.own = self.before = self._finish(self.maps)
        self.painting = np.zeros((self.size, self.size), np.uint8)
        self._after = None

    def paint(self, value: Any) -> None:
        """Take up a painting, row by row, a byte for each pixel, as base64."""
        try:
            sent = base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise InputError("paint: the painting is no base64; what was painted before stays") from None
        if len(sent) != self.size**2:
            raise InputError(f"paint: {len(sent)} pixels arrived, expected {self.size} x {self.size}")
        if max(sent) > len(BRUSHES):
            raise InputError(f"paint: brush {max(sent)} is unknown, expected 0 to {len(BRUSHES)}")
        self.painting = np.frombuffer(sent, np.uint8).reshape(self.size, self.size)
        self._after = None

    def choose_units(self, value: Any) -> None:
        """Choose how many units a brush has."""
        units = check_whole("units", value, self.most_units)
        if not units:
            raise InputError("units=0: a brush has at least one")
        self.units, self._after = units, None

    def lend(self, value: Any) -> None:
        """Give the layers behind the lender's style, or the patient's own."""
        if not isinstance(value, bool):
            raise InputError(f"lend={value!r}: expected true or false")
        self.lent, self._after = value, None
        self.before = self._finish(self.maps) if value else self.own

    @property
    def after(self) -> Seen:
        """The patient as painted."""
        if self._after is None:
            self._after = self._finish(self.edited()) if self.painting.any() else self.before
        return self._after

    def edited(self) -> np.ndarray:
        """Mix the brushes' values into the layer's maps, one brush after the other: (1, h, h, u)."""
        maps = self.maps.copy()
        side = maps.shape[1]
        block = self.size // side
        for k, brush in enumerate(BRUSHES):
            where = self.painting == k + 1
            share = where.reshape(side, block, side, block).mean((1, 3), dtype=np.float32)[..., None]
            units, values = self.palette.of(brush, self.units)
            maps[..., units] = share * values + (1 - share) * maps[..., units]
        return maps

    def _finish(self, maps: np.ndarray) -> Seen:
        from gancourse.gans.patient_maps import decode
        from gancourse.metrics.dissection import concepts_of

        style = self.lent_style if self.lent else self.style
        patients = decode(np.asarray(self.back([maps, style], training=False)))
        masks = concepts_of(patients)
        areas = {concept: float(masks[concept].sum() * PIXEL_CM2) for concept in CONCEPTS}
        return Seen(file_levels(patients)[0], patients.seg[0], patients.images[0], areas)

    def report(self) -> list[dict[str, Any]]:
        """List areas before and after, as rows with `name`, `before` and `after` in cm2."""
        return [
            {"name": name, "before": self.before.areas[concept], "after": self.after.areas[concept]}
            for concept, (name, _) in CONCEPTS.items()
        ]

    def moved(self) -> dict[str, float]:
        """Return how far grey values moved, in %: where nobody painted, and by the lent style."""
        return {
            "elsewhere": _moved(self.before, self.after, self.painting == 0),
            "style": _moved(self.own, self.before, np.ones_like(self.painting, bool)),
        }

    def words(self) -> str:
        """Describe the picture in a sentence or two."""
        rows = ", ".join(
            f"{row['name'].lower()} {row['before']:.1f} and {row['after']:.1f}" for row in self.report()
        )
        elsewhere = self.moved()["elsewhere"]
        return (
            f"A generated patient, seed {self.seed}, before and after painting with units. Areas in cm², "
            f"before and after: {rows}. Grey values where nobody painted moved by {elsewhere:.1f} % of "
            "their range."
        )

    def picture(self, scale: int = 2) -> bytes:
        """Draw FLAIR before and after, and the labels over FLAIR after, as PNG."""
        before, after = self.before.image[..., FLAIR], self.after.image[..., FLAIR]
        tiles = [to_uint8(before), to_uint8(after), colour_labels(after, self.after.seg)]
        size = scale * self.size
        sheet = Image.new("RGB", (len(tiles) * size, size))
        for k, tile in enumerate(tiles):
            sheet.paste(enlarge(Image.fromarray(tile).convert("RGB"), scale), (k * size, 0))
        return to_png(sheet.quantize(256))


def _moved(before: Seen, after: Seen, where: np.ndarray) -> float:
    """Return the mean difference of levels in a part of the brain, in % of their range."""
    where = where & (before.levels[0] > 0)
    if not where.any():
        return 0.0
    moved = np.abs(after.levels.astype(int) - before.levels.astype(int))
    return float(moved[:, where].mean() / (WHITE - 1) * 100)


def facts(logic: PaintWithUnits) -> dict[str, Any]:
    """Everything that the page must know of the Python source."""
    return {
        "size": logic.size,
        "modalities": [MODALITY_NAMES[modality] for modality in MODALITIES],
        "brushes": [brush._asdict() for brush in BRUSHES],
        "labels": [
            {"value": value, "name": name, "colour": LABEL_COLOURS[value]}
            for value, name in LABEL_NAMES.items()
        ],
        "white": WHITE,
        "units": UNITS,
        "most_units": logic.most_units,
        "max_seed": MAX_SEED,
        "first": FIRST,
        "pixel_cm2": PIXEL_CM2,
    }


def network_facts(logic: PaintWithUnits) -> dict[str, Any]:
    """What the book's JavaScript needs besides, to do what this module does."""
    from gancourse.metrics import dissection
    from gancourse.networks.patient_networks import CHANNELS

    palette = logic.palette
    return {
        "channels": list(CHANNELS),
        "latent_dim": logic.front.input_shape[-1],
        "layer": list(logic.front.output_shape[0][1:]),
        "concepts": {concept: name for concept, (name, _) in CONCEPTS.items()},
        "palette": {name: getattr(palette, name).tolist() for name in Palette._fields},
        "ventricles": {
            "dark_t1": dissection.DARK_T1,
            "bright_t2": dissection.BRIGHT_T2,
            "pixel_mm": dissection.PIXEL_MM,
            "deep_mm": morphometry.DEPTH_MM,
            "along_mm": morphometry.ALONG_MM,
            "across_mm": morphometry.ACROSS_MM,
        },
    }
