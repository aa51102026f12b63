"""Trained networks by name: a file of weights, a model card beside it, and one way to load and save both.

`gancourse/weights/NAME.npz` holds the arrays, mostly as float16, and `NAME.json` the model card. A name may
include a folder: "dcgan-t1" is a generator, "latent/dcgan-t1" describes its latent space,
"features/brain-mr" is the network whose features compare images, "tour/cgan" a network of lesson 22, and
"privacy/few" a GAN that lesson 46 attacks.
"""

import dataclasses
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from gancourse.errors import InputError
from gancourse.files import write_beside

if TYPE_CHECKING:
    import keras

    from gancourse.gans.latent import Attribute, Directions
    from gancourse.gans.latent_gradient import LatentGradientAscent
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
    from gancourse.metrics.learned.feature_network import FeatureNetwork

WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class Card:
    """The content of a model card."""

    name: str
    kind: str  #: one of `CODECS`
    recipe: dict  #: what the network is built from, and how it was trained
    sha256: str  #: checksum of the file of weights
    command: str = ""  #: what was run to train it
    data: dict = field(default_factory=dict)  #: what it was trained on
    scores: dict = field(default_factory=dict)
    about: dict = field(default_factory=dict)  #: everything else, by name

    @classmethod
    def read(cls, path: Path, name: str) -> "Card":
        """Read the card of `name`. Raises `InputError` unless all parts are there and of the right type."""
        try:
            about = dict(json.loads(path.read_bytes(), object_pairs_hook=_unique))
        except (OSError, ValueError, TypeError, RecursionError):
            _refuse(path, "no model card")
        parts = {part.name: about.pop(part.name, None) for part in dataclasses.fields(cls)[:-1]}
        known = {part: value for part, value in parts.items() if value is not None}
        wrong = [f"{k}={v!r:.40}" for k, v in known.items() if type(v) is not cls.__annotations__[k]]
        wrong += [f"no {part}" for part in ("name", "kind", "recipe", "sha256") if part not in known]
        wrong += [f"kind={known['kind']!r}: unknown"] if not wrong and known["kind"] not in CODECS else []
        if wrong or known["name"] != name:
            _refuse(path, f"not the model card of {name!r} ({(wrong or [known['name']])[0]})")
        return cls(**known, about=about)


def names(kind: str = "", folder: Path | None = None) -> list[str]:
    """List the names of all weights, or of those of one kind, in order."""
    folder = folder or WEIGHTS
    paths = [path.relative_to(folder) for where in ("*.json", "*/*.json") for path in folder.glob(where)]
    found = sorted(path.with_suffix("").as_posix() for path in paths)
    return [name for name in found if not kind or card(name, folder=folder).kind == kind]


def card(name: str, kind: str = "", folder: Path | None = None) -> Card:
    """Read a model card. Raises `InputError` if there is none, or it is damaged or of another kind."""
    if name not in names(folder=folder):
        known = ", ".join(names(kind, folder)) or "none yet; train one with `gancourse train`"
        raise InputError(f"weights {name!r}: unknown; there are {known}")
    found = Card.read((folder or WEIGHTS) / f"{name}.json", name)
    if kind and found.kind != kind:
        known = ", ".join(names(kind, folder)) or "none yet"
        raise InputError(f"weights {name!r}: no {kind} but a {found.kind}; of that kind there are {known}")
    return found


def load(name: str, kind: str = "", folder: Path | None = None) -> Any:
    """Load what is stored under a name.

    Returns:
        A Keras model, to be called with `training=False`, or an object that contains one, by the `kind` on
        the card: a `LatentSpace` ("latent space"), `FeatureNetwork` ("features"), `AttributeRegressor`
        ("attribute regressor") or `Pair` ("pair").

    Raises:
        InputError: as in `card`, or the file is missing, damaged, or not the one that the card describes.
    """
    about = card(name, kind, folder)
    path = (folder or WEIGHTS) / f"{name}.npz"
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != about.sha256:
        _refuse(path, "missing, damaged or not the file that its card describes")
    codec = CODECS[about.kind]
    try:
        with np.load(io.BytesIO(data)) as file:
            arrays = {key: file[key] for key in file.files}
        network = codec.build(about.recipe)
        # In the network's order; the shipped files have four names for the same arrays.
        weights = [w for key, w in arrays.items() if re.fullmatch(r"(arr_|network\.|ruler\.|maps\.)\d+", key)]
        network.set_weights([weight.astype(np.float32) for weight in weights])
        return codec.wrap(network, about, arrays)
    except ImportError:
        raise
    except Exception as error:  # whatever NumPy and Keras raise where card and arrays do not fit
        _refuse(path, f"does not fit its card ({' '.join(str(error).split())[:120]})", error)


def save(name: str, thing: Any, about: dict, folder: Path | None = None) -> Card:
    """Store a network for `load`, with its card.

    Args:
        name: lower-case words with hyphens, optionally in a folder; weights of that name are replaced.
        thing: a Keras model, or an object that contains one.
        about: the card's content: `kind`, `recipe`, `command`, and more.
        folder: of all weights.
    """
    check_name(name)
    network, arrays, described = CODECS[about["kind"]].unwrap(thing)
    arrays |= {f"network.{i}": to_half(weight) for i, weight in enumerate(network.get_weights())}
    file = io.BytesIO()
    np.savez(file, **arrays)
    text = {"name": name, **described, **about, "sha256": hashlib.sha256(file.getvalue()).hexdigest()}
    path = (folder or WEIGHTS) / f"{name}.json"
    write_beside(path.with_suffix(".npz"), lambda out: out.write(file.getvalue()))
    write_beside(path, lambda out: out.write(json.dumps(text, indent=1).encode() + b"\n"))
    return Card.read(path, name)


def check_name(name: str) -> None:
    """Raise `InputError` for a name that weights cannot have."""
    word = "[a-z0-9]+(-[a-z0-9]+)*"
    if not re.fullmatch(f"({word}/)?{word}", name):
        raise InputError(f"name {name!r}: expected small letters, digits and hyphens, such as dcgan-t1")


def to_half(array: np.ndarray) -> np.ndarray:
    """Return an array as float16 if its values fit, else unchanged."""
    half = array.astype(np.float16)
    return half if np.isfinite(half).all() else array


@dataclass(frozen=True)
class LatentSpace:
    """How to change the attributes of a generator's images through its latents."""

    directions: "Directions"  #: what to add to a latent to change one attribute of its image
    regressor: "AttributeRegressor"  #: measured the attributes; it may measure more
    attribute: "Attribute | None" = None  #: one that no direction changes

    def gradient(self, generator: "keras.Model") -> "LatentGradientAscent | None":
        """Return the gradient ascent that changes `attribute`, if any, in this generator's images."""
        from gancourse.gans.latent_gradient import LatentGradientAscent, value_and_gradient

        if self.attribute is None:
            return None
        read = value_and_gradient(generator, self.regressor, self.attribute.name)
        return LatentGradientAscent(self.attribute, read, self.directions)


class Pair(NamedTuple):
    """A generator with the discriminator that it was trained against; an attacker may have both."""

    generator: "keras.Model"  #: latents (B, latent_dim) -> images (B, H, W, 1) in [-1, 1]
    discriminator: "keras.Model"  #: images -> logits

    @property
    def latent_dim(self) -> int:
        return self.generator.input_shape[-1]


class Codec(NamedTuple):
    """How weights of one kind become an object, and an object becomes weights."""

    build: Callable[[dict], "keras.Model"]  #: recipe -> untrained network
    wrap: Callable[["keras.Model", Card, dict], Any] = lambda network, card, arrays: network
    #: Object -> its network, its other arrays, and the card's entries about them.
    unwrap: Callable[[Any], tuple] = lambda network: (network, {}, {})


def _builder(module: str, name: str, *keys: str) -> Callable[[dict], "keras.Model"]:
    """Import a builder of `gancourse.networks` on use, and give it these parts of a recipe, or all."""

    def build(recipe: dict) -> "keras.Model":
        builder = getattr(import_module(f"gancourse.networks.{module}"), name)
        return builder(**{key: value for key, value in recipe.items() if key in keys or not keys})

    return build


def _by_recipe(module: str, name: str, build: str = "build_generator") -> Callable[[dict], "keras.Model"]:
    """Import a class of recipes of `gancourse.training` on use, and let the recipe build its network."""

    def built(recipe: dict) -> "keras.Model":
        options = getattr(import_module(f"gancourse.training.{module}"), name)(**recipe)
        return getattr(options, build)()

    return built


def _build_dcgan(recipe: dict) -> "keras.Model":
    from gancourse.training.recipes import Recipe

    generator, _ = Recipe(**recipe).build_networks()
    generator(np.zeros((1, recipe["latent_dim"]), np.float32), training=False)
    return generator


def _build_pair(recipe: dict) -> "keras.Model":
    from gancourse.training.recipes import Recipe

    return _join(Pair(*Recipe(**recipe).build_networks()))


def _join(pair: Pair) -> "keras.Model":
    """Return one model of both networks, side by side, to be stored together."""
    import keras

    inputs = [keras.Input(network.input_shape[1:]) for network in pair]
    return keras.Model(inputs, [network(x) for network, x in zip(pair, inputs, strict=True)])


def _wrap_pair(network: "keras.Model", card: Card, arrays: dict) -> Pair:
    return Pair(network.get_layer("generator"), network.get_layer("discriminator"))


def _wrap_regressor(network: "keras.Model", card: Card, arrays: dict) -> "AttributeRegressor":
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor

    return AttributeRegressor(card.about["measures"], network, arrays["mean"], arrays["scale"])


def _unwrap_regressor(found: "AttributeRegressor") -> tuple:
    return found.network, {"mean": found.mean, "scale": found.scale}, {"measures": found.names}


def _wrap_space(network: "keras.Model", card: Card, arrays: dict) -> LatentSpace:
    from gancourse.gans.latent import Attribute, Directions

    attributes = [Attribute(**attribute) for attribute in card.about["attributes"]]
    directions = Directions(attributes, arrays["weights"], arrays["intercept"])
    left = Attribute(**card.about["slope"]) if "slope" in card.about else None
    return LatentSpace(directions, _wrap_regressor(network, card, arrays), left)


def _unwrap_space(space: LatentSpace) -> tuple:
    network, arrays, about = _unwrap_regressor(space.regressor)
    arrays |= {"weights": space.directions.weights, "intercept": space.directions.intercept}
    about["attributes"] = [dataclasses.asdict(attribute) for attribute in space.directions.attributes]
    if space.attribute:
        about["slope"] = dataclasses.asdict(space.attribute)
    return network, arrays, about


def _wrap_features(network: "keras.Model", card: Card, arrays: dict) -> "FeatureNetwork":
    from gancourse.metrics.learned.feature_network import FeatureNetwork

    kinds = [(modality, size) for modality in card.about["modalities"] for size in card.about["sizes"]]
    parts = {(m, s): (arrays[f"mean.{m}.{s}"], arrays[f"matrix.{m}.{s}"]) for m, s in kinds}
    return FeatureNetwork(network, parts)


def _unwrap_features(found: "FeatureNetwork") -> tuple:
    arrays: dict = {}
    for (modality, size), (mean, matrix) in found.whitening.items():
        arrays[f"mean.{modality}.{size}"] = mean.astype(np.float32)
        arrays[f"matrix.{modality}.{size}"] = to_half(matrix)
    modalities, sizes = (dict.fromkeys(part) for part in zip(*found.whitening, strict=True))
    return found.maps, arrays, {"modalities": list(modalities), "sizes": sorted(sizes)}


_REGRESSOR = _builder("regressor", "build_regressor", "values", "size", "channels", "mirror")

CODECS: dict[str, Codec] = {
    "dcgan": Codec(_build_dcgan),
    "vae": Codec(_by_recipe("family_training", "VAERecipe", "build_network")),
    "ddpm": Codec(_by_recipe("family_training", "DiffusionRecipe", "build_network")),
    "patient": Codec(_by_recipe("patient_training", "PatientRecipe")),
    "pair": Codec(_build_pair, _wrap_pair, lambda pair: (_join(pair), {}, {})),
    "pix2pix": Codec(_by_recipe("translation", "Translation")),
    "patient dcgan": Codec(_by_recipe("patient_dcgan", "PatientDCGAN")),
    "label translation": Codec(_by_recipe("label_translation", "LabelTranslation")),
    "contrast": Codec(_by_recipe("contrast_translation", "PairedContrast")),
    "unpaired contrast": Codec(_by_recipe("contrast_translation", "UnpairedContrast")),
    "segmenter": Codec(_builder("unet", "build_unet", "channels", "heads", "filters", "refine", "full")),
    "stroke": Codec(_builder("unet", "build_unet", "channels", "heads", "filters", "refine", "full")),
    "stripper": Codec(_builder("unet3d", "build_unet3d", "filters")),
    "conditional": Codec(_builder("conditional", "build_conditional_generator")),
    "stackgan": Codec(_builder("conditional", "build_stackgan")),
    "text encoder": Codec(_builder("conditional", "build_text_encoder")),
    "super-resolution": Codec(_builder("superresolution", "build_super_resolution")),
    "lagan": Codec(_builder("lagan", "build_lagan_generator")),
    "attribute regressor": Codec(_REGRESSOR, _wrap_regressor, _unwrap_regressor),
    "latent space": Codec(_REGRESSOR, _wrap_space, _unwrap_space),
    "features": Codec(_builder("features", "build_maps", "widths"), _wrap_features, _unwrap_features),
}


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    """Return a JSON object; refuse one that has a name twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _refuse(path: Path, why: str, error: Exception | None = None) -> NoReturn:
    raise InputError(f"{path}: {why}; install the course again, or export these weights anew") from error
