"""Train and score the four small GANs of lesson 22, and the networks that read their images.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    gancourse cohort make
    python experiments/tour.py train NAMES    goes on where it was stopped
    python experiments/tour.py export         score all, and write gancourse/weights/tour

NAMES are, in this order: readers, cgan, stack-one, stackgan, srresnet, srgan, lagan, lagan-relu, lagan-plain.
Each takes 5 to 25 minutes of one core (the cards have it). Give `export` one core, and run nothing beside it.
Networks learn from training patients and are scored on test patients.
"""

import time
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from study import parser_of
from tour_batches import batches_of
from tour_discriminators import (
    build_conditional_discriminator,
    build_lagan_discriminator,
    build_super_resolution_discriminator,
)
from tour_readers import train_readers
from tour_scores import score

from gancourse import losses, pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import SliceSet, make_slices
from gancourse.export import machine
from gancourse.gans.averaging import recalibrate
from gancourse.gans.conditional_gan import ConditionalGAN
from gancourse.gans.gan import GAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.networks.conditional import build_second_stage
from gancourse.training import checkpoint
from gancourse.training.loop import go_on
from gancourse.training.recipes import choose_precision, in_precision

EPOCH = 100  # rounds

#: Epochs of `EPOCH` rounds.
EPOCHS = {
    "cgan": 16, "stack-one": 40, "stackgan": 12, "srresnet": 30, "srgan": 16, "lagan": 24,
    "lagan-relu": 30, "lagan-plain": 30,
}  # fmt: skip

#: Kind of the network, as `pretrained` knows it, and its recipe.
STAGE_ONE = {"conditions": 32, "size": 32, "base": 32, "channels": 2, "blur": 16}
RECIPES: dict[str, tuple[str, dict]] = {
    "cgan": ("conditional", {"conditions": 4, "base": 32, "channels": 2}),
    "stack-one": ("conditional", STAGE_ONE),
    "stackgan": ("stackgan", {"one": STAGE_ONE, "two": {"base": 24, "blocks": 2}}),
    "srresnet": ("super-resolution", {}),
    "srgan": ("super-resolution", {}),
    "lagan": ("lagan", {"local": True}),
    "lagan-relu": ("lagan", {"local": False}),
    "lagan-plain": ("lagan", {"local": False, "sparse": False}),
}


def build(name: str) -> keras.Model:
    """Build a generator of `RECIPES`, untrained."""
    kind, recipe = RECIPES[name]
    return pretrained.CODECS[kind].build(recipe)


def adam(rate: float = 2e-4, beta1: float = 0.5):
    return keras.optimizers.Adam(rate, beta1)


def content_loss(features: keras.Model):
    """Make a loss: L1 of the image and of its random brain features (SRGAN takes VGG's)."""

    def loss(target, output):
        maps = [features(tf.cast(x, tf.float32))[:2] for x in (target, output)]
        return losses.l1(target, output) + sum(losses.l1(a, b) for a, b in zip(*maps, strict=True))

    return loss


def model_of(name: str, seed: int, runs: Path) -> keras.Model:
    """Compile a model, ready to train; three start from a model that was trained before."""
    keras.utils.set_random_seed(seed)
    kind, recipe = RECIPES[name]
    if kind == "super-resolution":
        generator = build(name)
        if name == "srresnet":
            model = Pix2Pix(generator, ema=0.999)
            model.compile(None, adam(5e-4, 0.9), lambda_reconstruction=1.0)
            return model
        generator.set_weights(trained("srresnet", runs)[0].get_weights())
        model = Pix2Pix(generator, build_super_resolution_discriminator(), ema=0.999)
        loss = content_loss(pretrained.load("features/brain-mr").maps)
        model.compile(adam(1e-3, 0.5), adam(2e-4, 0.5), reconstruction=loss, lambda_reconstruction=10.0)
        return model
    if kind == "lagan":
        generator = build(name)
        discriminator = build_lagan_discriminator(local=recipe["local"])
        gan = GAN(generator, discriminator, generator.inputs[0].shape[-1], seed, ema=0.99)
        gan.compile(adam(), adam(), d_loss=partial(losses.discriminator_loss, smooth=0.1))
        return gan
    with in_precision(choose_precision()):
        if name == "stackgan":
            one = build("stack-one")
            one.set_weights(trained("stack-one", runs)[0].get_weights())
            generator = build_second_stage(one, **recipe["two"])
        else:
            generator = build(name)
        conditions, size = generator.inputs[1].shape[-1], generator.output_shape[1]
        discriminator = build_conditional_discriminator(conditions, 32, size, 2)
    gan = ConditionalGAN(generator, discriminator, seed)
    gan.compile(adam(), adam())
    return gan


def train(name: str, data: dict[str, SliceSet], runs: Path, seed: int = 0, epochs: int = 0) -> None:
    settings = {
        "recipe": RECIPES[name][1],
        "data": {key: slices.made_with for key, slices in data.items()},
        "seed": seed,
        "precision": choose_precision(),
    }
    go_on(
        model_of(name, seed, runs), batches_of(name, data, seed), EPOCH, runs / name, settings,
        epochs or EPOCHS[name], None, command=f"python experiments/tour.py train {name}",
    )  # fmt: skip


def trained(name: str, runs: Path) -> tuple[keras.Model, dict]:
    """Load the averaged generator of a run, and what its checkpoint says."""
    about, arrays = checkpoint.read(runs / name / "checkpoint.npz")
    network = build(name)
    network.set_weights([arrays[f"ema.{i}"] for i in range(len(network.weights))])
    return network, about


def calibrated(name: str, generator, data):
    """Give a generator the batch statistics of its averaged weights, if it normalises."""
    if name in ("cgan", "stack-one", "stackgan"):
        batches = [conditions for _, conditions in batches_of(name, data, 100)(0).take(40)]
        latent_dim = generator.inputs[0].shape[-1]
        recalibrate(
            generator, inputs=lambda k: [tf.constant(draw_latents(64, latent_dim, 50 + k)), batches[k]]
        )
    elif name.startswith("lagan"):
        recalibrate(generator, generator.inputs[0].shape[-1])
    return generator


def minutes_of(name: str, data, runs: Path, rounds: int, timed: int = 20) -> float:
    """Estimate the minutes of so many rounds on one core from a few rounds; run nothing beside."""
    model, batches, stamps = model_of(name, 0, runs), batches_of(name, data, 0)(0), []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: stamps.append(time.monotonic()))
    model.fit(batches, steps_per_epoch=timed + 5, shuffle=False, verbose=0, callbacks=[note])
    return round(float(np.median(np.diff(stamps[5:]))) * rounds / 60, 1)


def export(names: list[str], data: dict[str, SliceSet], runs: Path) -> None:
    """Score trained generators as they will be stored, and store them."""
    for name in names:
        generator, about = trained(name, runs)
        generator = calibrated(name, generator, data)
        generator.set_weights([pretrained.to_half(w).astype(np.float32) for w in generator.get_weights()])
        kind, recipe = RECIPES[name]
        rounds = EPOCH * len(about["history"])
        found = {
            "kind": kind,
            "recipe": recipe,
            "command": about["command"],
            **{part: about["settings"][part] for part in ("data", "seed", "precision")},
            "rounds": rounds,
            "core_minutes": minutes_of(name, data, runs, rounds),
            "machine": machine(),
            "scores": score(name, generator, data),
        }
        pretrained.save(f"tour/{name}", generator, found)
        print(name, found["core_minutes"], found["scores"])


def fine_slices(subjects: Path) -> SliceSet:
    """Open the slices of a folder of subjects, 128 pixels, every 2 mm, made beside it at the first call."""
    return make_slices(
        find_subjects(subjects), subjects.with_name(f"slices128-{subjects.name}"), size=128, step_mm=2.0
    )


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("what", choices=("train", "export"))
    parser.add_argument("names", nargs="*", help="default for export: all")
    parser.add_argument("--fine", type=Path, default=Path("data/phantoms"), help="subjects for srgan")
    parser.add_argument("--runs", type=Path, default=Path("runs/tour"))
    parser.add_argument("--epochs", type=int, default=0, help="of 100 rounds; default: as in EPOCHS")
    arguments = parser.parse_args()
    start = time.monotonic()
    data = {"64": SliceSet.open(arguments.data), "128": fine_slices(arguments.fine)}
    if arguments.what == "export":
        export(arguments.names or list(RECIPES), data, arguments.runs)
    for name in arguments.names if arguments.what == "train" else ():
        if name == "readers":
            train_readers(data)
        else:
            train(name, data, arguments.runs, epochs=arguments.epochs)
    print(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
