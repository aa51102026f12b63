"""What the latent explorer does, without a notebook: which brain is shown, and what each control changes.

Seed, truncation and path choose a brain; attributes and dimensions change it. A change of the one kind after
one of the other starts from the brain that is there; choosing a brain forgets both.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.images import enlarge, to_png, to_uint8
from gancourse.teaching.widgets.commands import MAX_SEED, Commanded, check_choice, check_number, check_whole

if TYPE_CHECKING:
    import keras

    from gancourse.gans.latent import Directions
    from gancourse.gans.latent_gradient import LatentGradientAscent

#: Largest value of a latent's number that the explorer sets; one in 2,000 lies beyond.
REACH = 3.5
#: Largest value of an attribute that is asked for, whatever its unit.
MOST = 1e6


@dataclass(frozen=True, eq=False)
class Source:
    """A generator, as the explorer needs it."""

    name: str  # of its weights
    modality: str
    latent_dim: int
    paint: Callable[[np.ndarray], np.ndarray]  # latent (latent_dim,) -> image (H, W) uint8
    directions: "Directions | None"  # None where no attribute's direction is known
    ascent: "LatentGradientAscent | None" = None  # of an attribute without a direction


@cache
def load_source(name: str) -> Source:
    """Load the generator of that name, compiled, with its directions if there are some; only once.

    Raises:
        InputError: unknown weights, or not those of a DCGAN; damaged files.
    """
    latent_dim = pretrained.card(name, "dcgan").recipe["latent_dim"]
    known = f"latent/{name}" in pretrained.names()
    space, generator = pretrained.load(f"latent/{name}") if known else None, pretrained.load(name)
    directions, ascent = (space.directions, space.gradient(generator)) if space else (None, None)
    return Source(name, modality_of(name), latent_dim, painter(name, generator), directions, ascent)


def painter(name: str, generator: "keras.Model | None" = None) -> Callable[[np.ndarray], np.ndarray]:
    """Compile a generator to a function latent (d,) -> image (H, W) uint8, 0 black, 255 white.

    Args:
        name: of its weights.
        generator: with these weights, if they are loaded already.
    """
    from gancourse.quiet import import_tensorflow

    tf = import_tensorflow()
    generator = generator or pretrained.load(name)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32)])
    def compiled(latent):
        return generator(latent[None], training=False)[0, :, :, 0]

    compiled(np.zeros(pretrained.card(name).recipe["latent_dim"], np.float32))
    return lambda latent: to_uint8(compiled(np.asarray(latent, np.float32)).numpy())


def modality_of(name: str) -> str:
    """Return the modality that these weights paint, such as "T1"."""
    return str(pretrained.card(name).data["modality"]).upper()


class Explorer(Commanded):
    """The brain that is shown, and the moves from it to others.

    Args:
        weights: name of a DCGAN's weights.
        seed: of the first brain.
        load: name -> `Source`; another one in tests.
        anchors: two latents (latent_dim,) to begin with as A and B; the first of them is shown.

    Attributes:
        latent: (latent_dim,) float32, the brain that is shown.
        anchors: latents kept as "A" and "B".
        position: on the path from A (0) to B (1), where the brain was chosen; None for one of a seed.

    Every method raises `InputError` for a value that is impossible, and then changes nothing.
    """

    COMMANDS = {
        "weights": ("set_weights", "value"),
        "seed": ("set_seed", "value"),
        "new": ("new_brain",),
        "truncation": ("truncate", "value"),
        "attribute": ("set_attribute", "name", "value"),
        "dimension": ("set_dimension", "name", "value"),
        "keep": ("keep", "value"),
        "path": ("go", "value"),
    }
    latent: np.ndarray
    _start: np.ndarray  # what attributes or dimensions were changed from

    def __init__(
        self,
        weights: str = "dcgan-t1",
        seed: int = 0,
        load: Callable[[str], Source] = load_source,
        anchors: Sequence[np.ndarray] = (),
    ):
        self._load, self.source, self.psi = load, load(weights), 1.0
        shapes = [np.shape(anchor) for anchor in anchors]
        if shapes not in ([], [(self.source.latent_dim,)] * 2):
            raise InputError(f"anchors {shapes}: expected two latents ({self.source.latent_dim},)")
        self.anchors = {name: np.array(z, np.float32) for name, z in zip("AB", anchors, strict=False)}
        self.position: float | None = None
        self.set_seed(seed)
        if self.anchors:
            self.go(0)

    def set_weights(self, name: str) -> None:
        """Show another generator's brain of the same seed. Its latents mean other things: anchors go."""
        self.source, self.anchors = self._load(check_choice("weights", name, pretrained.names("dcgan"))), {}
        self._choose_seed(self.seed)

    def set_seed(self, seed: int) -> None:
        """Show the brain of a seed, 0 to 2**31 - 1."""
        self._choose_seed(check_whole("seed", seed, MAX_SEED))

    def new_brain(self) -> None:
        """Show the brain of the next seed."""
        self._choose_seed((self.seed + 1) % (MAX_SEED + 1))

    def truncate(self, psi: float) -> None:
        """Shrink the latents of this seed and of those to come: `psi` from 0 (the mean) to 1 (as drawn)."""
        self.psi = check_number("truncation", psi, 0, 1)
        self._choose_seed(self.seed)

    def set_attribute(self, name: str, value: float) -> None:
        """Move to where the regression expects `value` of an attribute, and of the others what they were.

        An attribute without a direction is moved along its gradient from the brain that is there, as far as
        that leads.
        """
        directions, ascent = self.source.directions, self.source.ascent
        names = [*(directions.names if directions else ()), *([ascent.attribute.name] if ascent else [])]
        if directions is None or name not in names:
            raise InputError(
                f"attribute {name!r}: {self.source.name} has {', '.join(names) or 'no directions'}"
            )
        value = check_number(name, value, -MOST, MOST)
        if ascent and name == ascent.attribute.name:
            self._start_from(ascent.move(self.latent[None], value)[0])
            return
        if self._dimensions:
            self._start_from(self.latent)
        self._targets[name] = value
        self.latent = np.asarray(directions.move(self._start, dict(self._targets)), np.float32)

    def set_dimension(self, index: int, value: float) -> None:
        """Set one of the latent's numbers, -3.5 to 3.5."""
        check_whole("dimension", index, self.source.latent_dim - 1)
        value = check_number(f"dimension {index}", value, -REACH, REACH)
        if self._targets:
            self._start_from(self.latent)
        self._dimensions[index] = value
        self.latent = self._start.copy()
        self.latent[list(self._dimensions)] = list(self._dimensions.values())

    def keep(self, anchor: str) -> None:
        """Keep the brain that is shown as "A" or "B"."""
        self.anchors[check_choice("anchor", anchor, ("A", "B"))] = self.latent.copy()

    def go(self, position: float) -> None:
        """Show a brain on the path over the sphere from A (0) to B (1)."""
        from gancourse.gans.latent import slerp

        if missing := [anchor for anchor in "AB" if anchor not in self.anchors]:
            raise InputError(f"path: keep a brain as {' and one as '.join(missing)} first")
        position = check_number("position", position, 0, 1)
        self._start_from(np.asarray(slerp(self.anchors["A"], self.anchors["B"], position), np.float32))
        self.position = position

    def image(self) -> np.ndarray:
        """Paint the brain that is shown: (H, W) uint8, anterior up, the patient's right on the left."""
        return self.source.paint(self.latent)

    def png(self, scale: int = 8) -> bytes:
        """Return the brain that is shown as PNG, marked R and L; a scale of 1 gives its bare pixels."""
        picture = Image.fromarray(self.image())
        return to_png(picture if scale == 1 else enlarge(picture, scale))

    def attributes(self) -> list[dict[str, Any]]:
        """List each attribute's name, label, unit, low, high and value: predicted, or else measured."""
        directions = self.source.directions
        if directions is None:
            return []
        found = list(zip(directions.attributes, directions.predict(self.latent), strict=True))
        if ascent := self.source.ascent:
            found.append((ascent.attribute, ascent.value(self.latent[None])[0]))
        return [
            dataclasses.asdict(attribute) | {"value": self._targets.get(attribute.name, float(value))}
            for attribute, value in found
        ]

    def code(self) -> str:
        """Write the Python that paints this very image."""
        numbers = [str(number) for number in self.latent]
        lines = [", ".join(numbers[k : k + 8]) for k in range(0, len(numbers), 8)]
        listed = "".join(f"    {line},\n" for line in lines)
        return (
            "import numpy as np\n\nfrom gancourse.teaching.widgets.explorer import painter\n\n"
            f"latent = np.array([\n{listed}], np.float32)\n"
            f'image = painter("{self.source.name}")(latent)  # (H, W) uint8\n'
        )

    def _choose_seed(self, seed: int) -> None:
        from gancourse.gans.latent import draw_latents, truncate

        latent = draw_latents(1, self.source.latent_dim, seed)[0]
        self._start_from(np.asarray(truncate(latent, self.psi), np.float32))
        self.seed, self.position = seed, None

    def _start_from(self, latent: np.ndarray) -> None:
        self.latent = self._start = latent
        self._targets: dict[str, float] = {}
        self._dimensions: dict[int, float] = {}
