"""Score a training run and store its generator among the weights, with a model card.

"Generator" is here what a kind of model paints with: that of a GAN, the autoencoder of a VAE, the denoiser of
a diffusion model.
"""

import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gancourse import pretrained
from gancourse.errors import InputError

if TYPE_CHECKING:
    import keras

    from gancourse.cohort.slices import SliceSet

SCORED_IMAGES = 500


def load_run(run: Path, kind: str, recipe: dict | None = None) -> "tuple[keras.Model, dict]":
    """Load the generator of a training's folder, with averaged weights if it has them.

    Args:
        run: the folder.
        kind: what was trained, one of `pretrained.CODECS` such as "dcgan", "vae" or "patient".
        recipe: what the generator is built from, if the training's settings do not say it.

    Returns:
        The generator, and the checkpoint's description of the training.

    Raises:
        InputError: the folder holds no training, a damaged one, or one of another kind.
    """
    from gancourse.gans.averaging import recalibrate
    from gancourse.training import checkpoint

    path = Path(run) / "checkpoint.npz"
    about, arrays = checkpoint.read(path)
    part = "ema" if "ema.0" in arrays else "generator"
    count = sum(name.startswith(f"{part}.") for name in arrays)
    try:
        generator = pretrained.CODECS[kind].build(recipe or about["settings"]["recipe"])
        generator.set_weights([arrays[f"{part}.{i}"] for i in range(count)])
    except ImportError:
        raise
    except Exception as error:  # whatever Keras raises where recipe and weights do not fit
        raise InputError(
            f"{path}: damaged, or not of `gancourse train {kind}`; choose the folder of such a training"
        ) from error
    if kind in ("dcgan", "vae"):
        painter = _painter(generator, kind)
        recalibrate(painter, painter.input_shape[-1])
    return generator, about


def export(
    run: Path,
    name: str,
    kind: str,
    score: Callable[["keras.Model", dict], dict],
    about: dict | None = None,
    folder: Path | None = None,
) -> pretrained.Card:
    """Score a finished training and store its generator as `name`; return the model card.

    Args:
        run: folder of a training.
        name: as `pretrained.save` takes it.
        kind: as `load_run` takes it.
        score: (the generator as it is stored, the training's settings) -> scores.
        about: further entries of the card.
        folder: of all weights.

    Raises:
        InputError: no such training, an impossible name, or what `score` raises.
    """
    pretrained.check_name(name)
    generator, trained = load_run(run, kind)
    described = {
        "kind": kind,
        **{part: trained["settings"][part] for part in ("recipe", "data", "seed", "precision")},
        "command": trained.get("command", ""),
        "epochs": len(trained["history"]),
        "minutes": round(trained["history"][-1]["seconds"] / 60, 1),
    }
    settings = trained["settings"]
    return store(name, generator, lambda it: score(it, settings), described | (about or {}), folder)


def store(
    name: str,
    generator: "keras.Model",
    score: Callable[["keras.Model"], dict],
    about: dict,
    folder: Path | None = None,
) -> pretrained.Card:
    """Score a generator as it will be stored, and store it.

    Args:
        name: as `pretrained.save` takes it.
        generator: its weights are rounded as the file's will be.
        score: the generator -> scores.
        about: the card's other entries, `kind` and `recipe` among them.
        folder: of all weights.
    """
    stored = [pretrained.to_half(weight) for weight in generator.get_weights()]
    generator.set_weights([weight.astype(np.float32) for weight in stored])
    card = {**about, "machine": machine(), "scores": score(generator)}
    return pretrained.save(name, generator, card, folder)


def machine() -> str:
    """Name the system and the version of TensorFlow, for a model card."""
    return f"{platform.system()} {platform.machine()}, TensorFlow {version('tensorflow')}"


def generate(
    generator: "keras.Model", kind: str, count: int, seed: int, steps: int | None = None
) -> np.ndarray:
    """Generate slices; the same seed gives the same ones.

    Args:
        generator: as `load_run` or `pretrained.load` returns it.
        kind: "dcgan", "vae" or "ddpm".
        count: how many.
        seed: of the latents, or of the noise.
        steps: in which a diffusion model takes the noise away; None for its usual number.

    Returns:
        (count, H, W) float32 in [-1, 1].
    """
    from gancourse.gans.latent import draw_latents
    from gancourse.generative import diffusion

    if kind == "ddpm":
        noise = diffusion.draw_noise(generator, count, seed)
        return diffusion.sample(generator, noise, steps or diffusion.STEPS)[..., 0]
    painter = _painter(generator, kind)
    latents = draw_latents(count, painter.input_shape[-1], seed)
    return painter.predict(latents, batch_size=64, verbose=0)[..., 0]


def _painter(generator: "keras.Model", kind: str) -> "keras.Model":
    """Return the part that paints images of latents."""
    return generator.get_layer("decoder") if kind == "vae" else generator


def score_generator(
    generator: "keras.Model", settings: dict, slices: "SliceSet", kind: str = "dcgan"
) -> dict:
    """Score what `generate` makes by `score_images`. Raises `InputError` for other slices than trained on."""
    data = _data_of(settings, slices)
    generated = generate(generator, kind, SCORED_IMAGES, seed=2)
    return score_images(generated, slices, data["modality"], data["where"], settings["recipe"]["flip"])


def score_pix2pix(generator: "keras.Model", settings: dict, slices: "SliceSet") -> dict:
    """Score on test patients. Raises `InputError` unless the slices are the training's."""
    from gancourse.training import translation

    _data_of(settings, slices)
    return translation.score(generator, translation.Translation(**settings["recipe"]), slices)


def _data_of(settings: dict, slices: "SliceSet") -> dict:
    if settings["data"]["slices"] != slices.made_with:
        raise InputError(f"{slices.folder}: not the slices that it was trained on; give those")
    return settings["data"]


def score_images(
    generated: np.ndarray, slices: "SliceSet", modality: str, where: str = "", flip: bool = False
) -> dict[str, float]:
    """Compare generated images with training and held-out slices, from equally many patients each.

    Args:
        generated: (N, H, W) in [-1, 1].
        slices: with patients of all splits; validation and test are held out.
        modality, where: of the training.
        flip: whether the training mirrored images; then a mirrored copy counts as a copy.

    Returns:
        The values of `gancourse.metrics.scores.score` and, if there are features for modality and size,
        `kid`, its standard error, `precision` and `recall` (`gancourse.metrics.fidelity`) against the
        held-out slices. Names that begin with `real_` are the same for the training slices.

    Raises:
        InputError: there are no held-out patients.
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
    trained, real = (images_of(slices, modality, r) for r in (train, held_out))
    found: dict[str, float] = {}
    network = pretrained.load("features/brain-mr")
    if (modality, real.shape[1]) in network.whitening:
        reference = network.embed(real, modality)
        for prefix, images, groups in (("", generated, None), ("real_", trained, patients[train])):
            features = network.embed(images, modality)
            kid, error = fidelity.kid(features, reference, groups, patients[held_out])
            precision, recall = fidelity.precision_recall(
                reference, features, groups_real=patients[held_out], groups_generated=groups
            )
            values = {"kid": kid, "kid_se": error, "precision": precision, "recall": recall}
            found |= {prefix + name: round(float(value), 4) for name, value in values.items()}
    if flip:
        trained, real = (np.concatenate([x, x[:, :, ::-1]]) for x in (trained, real))
    return found | scores.score(generated, trained, real) | {"patients_each": count, "images_each": number}


def _of_patients(rows: np.ndarray, patients: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` patients; return their rows in random order."""
    chosen = rng.choice(np.unique(patients), count, replace=False)
    return rng.permutation(rows[np.isin(patients, chosen)])
