"""What the latent explorer does, without a notebook: which brain is shown, and what each control changes.

Seed, truncation and path choose a brain; attributes and dimensions change it. A change of the one kind after
one of the other starts from the brain that is there; choosing a brain forgets both.
"""

import dataclasses
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from gancourse import pretrained
from gancourse.errors import InputError

if TYPE_CHECKING:
    from gancourse.gans.latent import Directions
    from gancourse.gans.latent_gradient import Slope

#: Largest value of a latent's number that the explorer sets; one in 2,000 lies beyond.
REACH = 3.5
MAX_SEED = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Source:
    """A generator, as the explorer needs it."""

    name: str  # of its weights
    modality: str
    latent_dim: int
    paint: Callable[[np.ndarray], np.ndarray]  # latent (latent_dim,) -> image (H, W) uint8
    directions: "Directions | None"  # None where no attribute's direction is known
    slope: "Slope | None" = None  # of an attribute without a direction


@cache
def load_source(name: str) -> Source:
    """The generator of that name, compiled, with its directions if there are some; each is loaded once.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; damaged files.
    """
    latent_dim = pretrained.card(name, "dcgan").recipe["latent_dim"]
    known = f"latent/{name}" in pretrained.names()
    space = pretrained.load(f"latent/{name}") if known else None
    directions, slope = (space.directions, space.gradient(pretrained.load(name))) if space else (None, None)
    return Source(name, modality_of(name), latent_dim, painter(name), directions, slope)


def painter(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function latent (d,) -> image (H, W) uint8, 0 black, 255 white: that generator, compiled and warm."""
    from gancourse.quiet import import_tensorflow

    tf = import_tensorflow()
    generator = pretrained.load(name)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32)])
    def compiled(latent):
        image = generator(latent[None], training=False)[0, :, :, 0]
        return tf.cast(tf.round(tf.clip_by_value(image * 127.5 + 127.5, 0.0, 255.0)), tf.uint8)

    compiled(np.zeros(pretrained.card(name).recipe["latent_dim"], np.float32))
    return lambda latent: compiled(np.asarray(latent, np.float32)).numpy()


def dcgan_names() -> list[str]:
    """Names of the weights that the explorer can show."""
    return pretrained.names("dcgan")


def modality_of(name: str) -> str:
    """The modality that these weights paint, such as "T1"."""
    return str(pretrained.card(name).data["modality"]).upper()


def to_png(image: np.ndarray, scale: int = 1) -> bytes:
    """An axial slice (H, W) uint8 as PNG, enlarged smoothly, with the patient's sides marked if it is."""
    picture = Image.fromarray(image)
    if scale > 1:
        picture = picture.resize((scale * picture.width, scale * picture.height), Image.Resampling.BICUBIC)
        draw, middle = ImageDraw.Draw(picture), picture.height // 2
        draw.text((6, middle), "R", 255, font_size=5 * scale // 2, anchor="lm")
        draw.text((picture.width - 6, middle), "L", 255, font_size=5 * scale // 2, anchor="rm")
    file = io.BytesIO()
    picture.save(file, format="png")
    return file.getvalue()


class Explorer:
    """The brain that is shown, and the moves from it to others.

    Args:
        weights: name of a DCGAN's weights.
        seed: of the first brain.
        load: name -> `Source`; another one in tests.

    Attributes:
        latent: (latent_dim,) float32, the brain that is shown.
        anchors: latents kept as "A" and "B".
        position: on the path from A (0) to B (1), where the brain was chosen; None for one of a seed.

    Every method raises `InputError` for a value that cannot be, and then nothing has changed.
    """

    latent: np.ndarray
    _start: np.ndarray  # what attributes or dimensions were changed from

    def __init__(self, weights: str = "dcgan-t1", seed: int = 0, load: Callable[[str], Source] = load_source):
        self._load, self.source, self.psi = load, load(weights), 1.0
        self.anchors: dict[str, np.ndarray] = {}
        self.position: float | None = None
        self.set_seed(seed)

    def set_weights(self, name: str) -> None:
        """Show another generator's brain of the same seed. Its latents mean other things: anchors go."""
        self.source, self.anchors = self._load(name), {}
        self._choose_seed(self.seed)

    def set_seed(self, seed: int) -> None:
        """Show the brain of a seed, 0 to 2**31 - 1."""
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
            raise InputError(f"seed={seed!r}: expected a whole number from 0 to {MAX_SEED}")
        self._choose_seed(seed)

    def new_brain(self) -> None:
        """Show the brain of the next seed."""
        self._choose_seed((self.seed + 1) % (MAX_SEED + 1))

    def truncate(self, psi: float) -> None:
        """Shrink the latents of this seed and of those to come: `psi` from 0 (the mean) to 1 (as drawn)."""
        self.psi = _number("truncation", psi, 0, 1)
        self._choose_seed(self.seed)

    def set_attribute(self, name: str, value: float) -> None:
        """Move to where the regression expects `value` of an attribute, and of the others what they were.

        What has a slope follows it from the brain that is there, as far as it leads.
        """
        directions, slope = self.source.directions, self.source.slope
        names = [*(directions.names if directions else ()), *([slope.attribute.name] if slope else [])]
        if directions is None or name not in names:
            raise InputError(
                f"attribute {name!r}: {self.source.name} has {', '.join(names) or 'no directions'}"
            )
        value = _number(name, value, -np.inf, np.inf)
        if slope and name == slope.attribute.name:
            self._start_from(slope.move(self.latent[None], value)[0])
            return
        if self._dimensions:
            self._start_from(self.latent)
        self._targets[name] = value
        self.latent = np.asarray(directions.move(self._start, dict(self._targets)), np.float32)

    def set_dimension(self, index: int, value: float) -> None:
        """Set one of the latent's numbers, -3.5 to 3.5."""
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < self.source.latent_dim:
            raise InputError(f"dimension {index!r}: expected 0 to {self.source.latent_dim - 1}")
        value = _number(f"dimension {index}", value, -REACH, REACH)
        if self._targets:
            self._start_from(self.latent)
        self._dimensions[index] = value
        self.latent = self._start.copy()
        self.latent[list(self._dimensions)] = list(self._dimensions.values())

    def keep(self, anchor: str) -> None:
        """Keep the brain that is shown as "A" or "B"."""
        if anchor not in ("A", "B"):
            raise InputError(f"anchor {anchor!r}: expected A or B")
        self.anchors[anchor] = self.latent.copy()

    def go(self, position: float) -> None:
        """Show a brain on the path over the sphere from A (0) to B (1)."""
        from gancourse.gans.latent import slerp

        if missing := [anchor for anchor in "AB" if anchor not in self.anchors]:
            raise InputError(f"path: keep a brain as {' and one as '.join(missing)} first")
        position = _number("position", position, 0, 1)
        self._start_from(np.asarray(slerp(self.anchors["A"], self.anchors["B"], position), np.float32))
        self.position = position

    def image(self) -> np.ndarray:
        """The brain that is shown: (H, W) uint8, anterior up, the patient's right on the left."""
        return self.source.paint(self.latent)

    def png(self, scale: int = 8) -> bytes:
        """The brain that is shown as PNG; 1 for its own pixels, without marks."""
        return to_png(self.image(), scale)

    def attributes(self) -> list[dict[str, Any]]:
        """Of each attribute: name, label, unit, low, high, and its value: expected, or with a slope, read."""
        directions = self.source.directions
        if directions is None:
            return []
        found = list(zip(directions.attributes, directions.predict(self.latent), strict=True))
        if slope := self.source.slope:
            found.append((slope.attribute, slope.value(self.latent[None])[0]))
        return [
            dataclasses.asdict(attribute) | {"value": self._targets.get(attribute.name, float(value))}
            for attribute, value in found
        ]

    def code(self) -> str:
        """Python that paints this very image."""
        numbers = [str(number) for number in self.latent]
        lines = [", ".join(numbers[k : k + 8]) for k in range(0, len(numbers), 8)]
        listed = "".join(f"    {line},\n" for line in lines)
        return (
            "import numpy as np\n\nfrom gancourse.teaching.widgets.explorer import painter\n\n"
            f"latent = np.array([\n{listed}], np.float32)\n"
            f'image = painter("{self.source.name}")(latent)  # (H, W) uint8\n'
        )

    def apply(self, command: Mapping[str, Any]) -> None:
        """Carry out what a control asks for, as {"do": "seed", "value": 7}."""
        act = {
            "weights": lambda c: self.set_weights(c["value"]),
            "seed": lambda c: self.set_seed(c["value"]),
            "new": lambda c: self.new_brain(),
            "truncation": lambda c: self.truncate(c["value"]),
            "attribute": lambda c: self.set_attribute(c["name"], c["value"]),
            "dimension": lambda c: self.set_dimension(c["name"], c["value"]),
            "keep": lambda c: self.keep(c["value"]),
            "path": lambda c: self.go(c["value"]),
        }.get(command.get("do", ""))
        if act is None:
            raise InputError(f"command {command.get('do')!r}: unknown")
        act(command)

    def _choose_seed(self, seed: int) -> None:
        from gancourse.gans.gan import draw_latents
        from gancourse.gans.latent import truncate

        latent = draw_latents(1, self.source.latent_dim, seed)[0]
        self._start_from(np.asarray(truncate(latent, self.psi), np.float32))
        self.seed, self.position = seed, None

    def _start_from(self, latent: np.ndarray) -> None:
        self.latent = self._start = latent
        self._targets: dict[str, float] = {}
        self._dimensions: dict[int, float] = {}


def _number(name: str, value: Any, low: float, high: float) -> float:
    """A finite number within limits, or `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise InputError(f"{name}={value!r}: expected a number")
    if not low <= value <= high:
        raise InputError(f"{name}={value}: expected {low:g} to {high:g}")
    return float(value)
