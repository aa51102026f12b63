"""Trained generators by name: small files of weights, each with a model card and its checksum.

`gancourse/weights/<name>.npz` holds the weights as float16, `<name>.json` the card: what it was trained on,
by which command, how long, what it scores, and the SHA-256 of the weights. In `gancourse/weights/latent`
lie, likewise, the directions in a generator's latent space, and the regressor that measured them, and in
`gancourse/weights/features` the networks whose features judge generated images, and in
`gancourse/weights/tour` the small networks of the tour of applications.
"""

import dataclasses
import hashlib
import io
import json
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gancourse.errors import InputError

if TYPE_CHECKING:
    import keras

    from gancourse.cohort.slices import SliceSet
    from gancourse.gans.latent import Directions
    from gancourse.gans.latent_gradient import LatentGradientAscent
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
    from gancourse.metrics.learned.feature_network import FeatureNetwork

WEIGHTS = Path(__file__).parent / "weights"
LATENT = WEIGHTS / "latent"
FEATURES = WEIGHTS / "features"
TOUR = WEIGHTS / "tour"
SCORED_IMAGES = 500


def names(folder: Path = WEIGHTS) -> list[str]:
    """The names there are, sorted."""
    return sorted(path.stem for path in folder.glob("*.json"))


def card(name: str, folder: Path = WEIGHTS) -> dict:
    """The model card. Raises `InputError` for an unknown name, with those there are, or a damaged card."""
    if name not in names(folder):
        known = ", ".join(names(folder)) or "none yet; train one with `gancourse train dcgan`"
        raise InputError(f"weights {name!r}: unknown; there are {known}")
    path = folder / f"{name}.json"
    try:
        found = json.loads(path.read_text())
        return found if {"recipe", "sha256"} <= found.keys() else _damaged(path)
    except (ValueError, OSError, AttributeError):
        return _damaged(path)


def load(name: str, folder: Path = WEIGHTS) -> "keras.Model":
    """The trained generator of that name: latents (B, latent_dim) -> images (B, H, W, 1) in [-1, 1].

    One of pix2pix translates as its recipe's direction says, see `gancourse.training.translation`.

    Call it with `training=False`. `card(name)` says what it is.

    Raises:
        InputError: an unknown name, or a file that is missing, damaged or not the one that is described.
    """
    about, found = card(name, folder), _arrays(name, folder)
    arrays = [found[f"arr_{i}"].astype(np.float32) for i in range(len(found))]
    return _generator(about["recipe"], arrays)


def directions(name: str, folder: Path = LATENT) -> "Directions":
    """What to change in a latent of the generator `name` to change one attribute of its image.

    `card(name, pretrained.LATENT)` says how they were found, and how well they do.

    Raises:
        InputError: there are none for that name, or the file is damaged.
    """
    from gancourse.gans.latent import Attribute, Directions

    about = _latent_card(name, folder)
    found = _arrays(name, folder)
    attributes = [Attribute(**attribute) for attribute in about["attributes"]]
    return Directions(attributes, found["weights"], found["intercept"])


def regressor(name: str, folder: Path = LATENT) -> "AttributeRegressor":
    """The network that measured the attributes of `directions(name)` in images; it may measure more.

    Raises:
        InputError: there is none for that name, or the file is damaged.
    """
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
    from gancourse.networks.regressor import build_regressor

    about, found = _latent_card(name, folder), _arrays(name, folder)
    network = build_regressor(len(about["measures"]), about["recipe"]["size"])
    count = sum(key.startswith("ruler.") for key in found)
    network.set_weights([found[f"ruler.{i}"].astype(np.float32) for i in range(count)])
    return AttributeRegressor(about["measures"], network, found["mean"], found["scale"])


def slope(
    name: str, folder: Path = LATENT, generator: "keras.Model | None" = None
) -> "LatentGradientAscent | None":
    """How to change what has no direction, such as the area of a tumour; None where nothing is known.

    Raises:
        InputError: no directions for that name, or damaged files.
    """
    from gancourse.gans.latent import Attribute
    from gancourse.gans.latent_gradient import LatentGradientAscent, value_and_gradient

    about = _latent_card(name, folder)
    if "slope" not in about:
        return None
    read = value_and_gradient(generator or load(name), regressor(name, folder), about["slope"]["name"])
    return LatentGradientAscent(Attribute(**about["slope"]), read, directions(name, folder))


def store_directions(
    name: str, found: "Directions", measured_by: "AttributeRegressor", about: dict, folder: Path = LATENT
) -> dict:
    """Write directions, their regressor and a card; returns the card.

    Args:
        name: of the generator.
        found: the directions.
        measured_by: what measured their attributes; it may measure more.
        about: what else the card says, `recipe` (with the images' `size`) and `command` among it; `slope`
            is the attribute of `slope`, if there is one.
    """
    arrays: dict = {f"ruler.{i}": _halved(w) for i, w in enumerate(measured_by.network.get_weights())}
    arrays |= {"mean": measured_by.mean, "scale": measured_by.scale}
    arrays |= {"weights": found.weights.astype(np.float32), "intercept": found.intercept}
    attributes = [dataclasses.asdict(attribute) for attribute in found.attributes]
    described = {"name": name, "attributes": attributes, "measures": measured_by.names, **about}
    return _write(name, arrays, described, folder)


def features(name: str = "brain-mr", folder: Path = FEATURES) -> "FeatureNetwork":
    """The network that describes slices for `gancourse.metrics.fidelity`.

        embed = pretrained.features().embed
        kid(embed(generated), embed(real), groups_b=patients)

    `card(name, pretrained.FEATURES)` says what it was trained on and what it sees.

    Raises:
        InputError: there is none of that name, or the file is damaged.
    """
    from gancourse.metrics.learned.feature_network import FeatureNetwork
    from gancourse.networks.features import build_maps

    about, found = card(name, folder), _arrays(name, folder)
    maps = build_maps(tuple(about["recipe"]["widths"]))
    count = sum(key.startswith("maps.") for key in found)
    maps.set_weights([found[f"maps.{i}"].astype(np.float32) for i in range(count)])
    kinds = [(modality, size) for modality in about["modalities"] for size in about["sizes"]]
    whitening = {
        (m, s): (found[f"mean.{m}.{s}"], found[f"matrix.{m}.{s}"].astype(np.float32)) for m, s in kinds
    }
    return FeatureNetwork(maps, whitening)


def store_features(
    network: "FeatureNetwork", about: dict, name: str = "brain-mr", folder: Path = FEATURES
) -> dict:
    """Write a network of features and a card; returns the card.

    Args:
        network: what is stored.
        about: what else the card says, `recipe` (with `widths`) and `command` among it.
    """
    arrays: dict = {f"maps.{i}": _halved(w) for i, w in enumerate(network.maps.get_weights())}
    for (modality, size), (mean, matrix) in network.whitening.items():
        arrays[f"mean.{modality}.{size}"] = mean.astype(np.float32)
        arrays[f"matrix.{modality}.{size}"] = _halved(matrix)
    modalities = list(dict.fromkeys(modality for modality, _ in network.whitening))
    sizes = sorted({size for _, size in network.whitening})
    return _write(name, arrays, {"name": name, "modalities": modalities, "sizes": sizes, **about}, folder)


def tour(name: str, folder: Path = TOUR) -> "keras.Model":
    """Load a network of the tour of applications.

    `card(name, pretrained.TOUR)` says how it was trained and what it scores.

    Raises:
        InputError: there is none of that name, or the file is damaged.
    """
    from gancourse.networks.tour_networks import build

    about, found = card(name, folder), _arrays(name, folder)
    network = build(about["recipe"])
    count = sum(key.startswith("network.") for key in found)
    network.set_weights([found[f"network.{i}"].astype(np.float32) for i in range(count)])
    return network


def tour_regressor(name: str, folder: Path = TOUR) -> "AttributeRegressor":
    """A judge of the tour: reads what its card's `measures` names off images. Errors as of `tour`."""
    from gancourse.metrics.learned.attribute_regressor import AttributeRegressor

    found = _arrays(name, folder)
    return AttributeRegressor(
        card(name, folder)["measures"], tour(name, folder), found["mean"], found["scale"]
    )


def store_tour(
    name: str, network: "keras.Model", about: dict, arrays: dict | None = None, folder: Path = TOUR
) -> dict:
    """Write a network of the tour and its card, which says what `about` says: `recipe` and `command`, say."""
    halved = {f"network.{i}": _halved(w) for i, w in enumerate(network.get_weights())}
    return _write(name, halved | (arrays or {}), {"name": name, **about}, folder)


def _write(name: str, arrays: dict, about: dict, folder: Path) -> dict:
    """Store arrays, and a card with their checksum; returns the card."""
    from gancourse.files import write_beside

    file = io.BytesIO()
    np.savez(file, **arrays)
    text = {**about, "sha256": hashlib.sha256(file.getvalue()).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    write_beside(folder / f"{name}.npz", lambda out: out.write(file.getvalue()))
    write_beside(folder / f"{name}.json", lambda out: out.write(json.dumps(text, indent=1).encode() + b"\n"))
    return text


def load_run(run: Path) -> "tuple[keras.Model, dict]":
    """The generator of a training's folder, averaged if there is such, and what the checkpoint says of it."""
    from gancourse.gans.averaging import recalibrate
    from gancourse.training import checkpoint

    about, arrays = checkpoint.read(Path(run) / "checkpoint.npz")
    part = "ema" if "ema.0" in arrays else "generator"
    count = sum(name.startswith(f"{part}.") for name in arrays)
    generator = _generator(about["settings"]["recipe"], [arrays[f"{part}.{i}"] for i in range(count)])
    if "latent_dim" in about["settings"]["recipe"]:
        recalibrate(generator, about["settings"]["recipe"]["latent_dim"])
    return generator, about


def export(
    run: Path, name: str, slices: "SliceSet", about: dict | None = None, folder: Path = WEIGHTS
) -> dict:
    """Score a finished training and store its generator as `name`; returns the model card.

    Args:
        run: folder of a training.
        name: small letters, digits and hyphens, such as "dcgan-t1"; replaces weights of that name.
        slices: those it was trained on, for the held-out patients among them.
        about: what else the card should say, such as the cohort's version.

    Raises:
        InputError: no such training, an impossible name, or other slices than the training's.
    """
    from gancourse.gans.latent import draw_latents

    def scores(generator, recipe: dict, data: dict) -> dict:
        latents = draw_latents(SCORED_IMAGES, recipe["latent_dim"], seed=2)
        generated = generator.predict(latents, verbose=0)[..., 0]
        return score(generated, slices, data["modality"], data["where"], recipe["flip"])

    return store(run, name, scores, about, folder, slices)


def export_pix2pix(
    run: Path, name: str, slices: "SliceSet", about: dict | None = None, folder: Path = WEIGHTS
) -> dict:
    """`export` for a training run of pix2pix, scored by `training.translation.score` on test patients."""
    from gancourse.training.translation import Translation, score

    def scores(generator, recipe: dict, _) -> dict:
        return score(generator, Translation(**recipe), slices)

    return store(run, name, scores, about, folder, slices)


def store(
    run: Path, name: str, scores, about: dict | None, folder: Path, slices: "SliceSet | None" = None
) -> dict:
    """Write a training's generator and its card, with `scores(generator, recipe, data)` of what is stored.

    With `slices`, they must be those of the training.
    """
    from gancourse.files import write_beside
    from gancourse.gans.gan import tf

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise InputError(f"name {name!r}: expected small letters, digits and hyphens, such as dcgan-t1")
    generator, trained = load_run(run)
    recipe, data = trained["settings"]["recipe"], trained["settings"]["data"]
    if slices is not None and data["slices"] != slices.made_with:
        raise InputError(f"{slices.folder}: not the slices that {run} was trained on; give those")
    weights = [_halved(array) for array in generator.get_weights()]
    generator.set_weights([array.astype(np.float32) for array in weights])  # score what is stored
    file = io.BytesIO()
    np.savez(file, *weights)
    found = {
        "name": name,
        "recipe": recipe,
        "data": data,
        "command": trained.get("command", ""),
        "seed": trained["settings"]["seed"],
        "precision": trained["settings"]["precision"],
        "epochs": len(trained["history"]),
        "minutes": round(trained["history"][-1]["seconds"] / 60, 1),
        "machine": f"{platform.system()} {platform.machine()}, TensorFlow {tf.__version__}",
        "scores": scores(generator, recipe, data),
        "sha256": hashlib.sha256(file.getvalue()).hexdigest(),
        **(about or {}),
    }
    write_beside(folder / f"{name}.npz", lambda out: out.write(file.getvalue()))
    write_beside(folder / f"{name}.json", lambda out: out.write(json.dumps(found, indent=1).encode() + b"\n"))
    return found


def score(
    generated: np.ndarray, slices: "SliceSet", modality: str, where: str = "", flip: bool = False
) -> dict[str, float]:
    """`gancourse.metrics.scores.score` against equally many patients and slices, trained on and held out.

    Args:
        generated: (N, H, W) in [-1, 1].
        slices: with patients of all splits; validation and test are held out.
        modality, where: of the training.
        flip: whether it mirrored images; a mirrored copy is a copy.

    Returns:
        Also `kid`, its standard error, `precision` and `recall` (`gancourse.metrics.fidelity`) against the
        held-out slices, where `features` knows the modality and the size; `real_` as there.
    """
    from gancourse.metrics import fidelity, scores
    from gancourse.training.loop import images_of, rows_of

    rows = {s: rows_of(slices, modality, s, where) for s in ("train", "validation", "test")}
    held_out, train = np.concatenate([rows["validation"], rows["test"]]), rows["train"]
    patients = slices.table["patient"].to_numpy()
    count = min(len(set(patients[held_out])), len(set(patients[train])))
    if count == 0:
        raise InputError(
            f"{slices.folder}: no held-out patients to score against; make slices of more subjects"
        )
    rng = np.random.default_rng(0)
    train, held_out = (_of_patients(r, patients[r], count, rng) for r in (train, held_out))
    number = min(len(train), len(held_out))
    train, held_out = train[:number], held_out[:number]
    images = {"": generated, "real_": images_of(slices, modality, train)}
    real = images_of(slices, modality, held_out)
    found: dict[str, float] = {}
    network = features()
    if (modality, real.shape[1]) in network.whitening:
        real_features = network.embed(real, modality)
        for prefix, groups in (("", None), ("real_", patients[train])):
            of_set = network.embed(images[prefix], modality)
            value, error = fidelity.kid(of_set, real_features, groups, patients[held_out])
            precision, recall = fidelity.precision_recall(
                real_features, of_set, groups_real=patients[held_out], groups_generated=groups
            )
            names = ("kid", "kid_se", "precision", "recall")
            values = zip(names, (value, error, precision, recall), strict=True)
            found |= {prefix + name: round(float(number), 4) for name, number in values}
    train, held_out = images["real_"], real
    if flip:
        train, held_out = (np.concatenate([x, x[:, :, ::-1]]) for x in (train, held_out))
    return found | scores.score(generated, train, held_out) | {"patients_each": count, "images_each": number}


def _of_patients(rows: np.ndarray, patients: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """The rows of `count` patients drawn at random, in random order."""
    chosen = rng.choice(np.unique(patients), count, replace=False)
    return rng.permutation(rows[np.isin(patients, chosen)])


def _latent_card(name: str, folder: Path) -> dict:
    if name not in names(folder):
        known = ", ".join(names(folder)) or "none yet; run experiments/directions.py"
        raise InputError(f"directions of {name!r}: unknown; there are {known}")
    return card(name, folder)


def _arrays(name: str, folder: Path) -> dict[str, np.ndarray]:
    """The arrays of `name`.npz, if it is the file that its card describes."""
    path = folder / f"{name}.npz"
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != card(name, folder)["sha256"]:
        _damaged(path)
    with np.load(io.BytesIO(data)) as file:
        return {key: file[key] for key in file.files}


def _generator(recipe: dict, weights: list[np.ndarray]) -> "keras.Model":
    if "heads" in recipe:
        from gancourse.networks.unet import build_unet

        network = {key: recipe[key] for key in ("channels", "heads", "filters", "refine", "full")}
        generator = build_unet(**network)
        generator.set_weights(weights)
        return generator
    if "direction" in recipe:
        from gancourse.training.translation import Translation

        generator = Translation(**recipe).build_generator()
        generator.set_weights(weights)
        return generator
    from gancourse.training.recipes import Recipe

    generator, _ = Recipe(**recipe).build_networks()
    generator(np.zeros((1, recipe["latent_dim"]), np.float32), training=False)
    generator.set_weights(weights)
    return generator


def _halved(array: np.ndarray) -> np.ndarray:
    """float16 where the values fit into it."""
    half = array.astype(np.float16)
    return half if np.isfinite(half).all() else array


def _damaged(path: Path):
    raise InputError(
        f"{path}: missing, damaged or not the file of its card; install the course again, or export it anew"
    )
