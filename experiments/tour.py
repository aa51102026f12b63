"""Train and score the four small GANs of lesson 22, and the networks that judge them.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    gancourse cohort make
    python experiments/tour.py train NAMES    goes on where it was stopped
    python experiments/tour.py export         score all, and write gancourse/weights/tour

NAMES are, in this order: judges, cgan, stack-one, stackgan, srresnet, srgan, lagan, lagan-relu, lagan-plain.
Each takes 5 to 25 minutes of one core (the cards have it). Give `export` one core, and run nothing beside it.
Networks learn from training patients and are scored on test patients.
"""

import argparse
import platform
import time
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from gancourse import losses, pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.gans.averaging import recalibrate
from gancourse.gans.conditional_gan import ConditionalGAN, paint
from gancourse.gans.gan import GAN
from gancourse.gans.latent import draw_latents
from gancourse.gans.pix2pix import Pix2Pix
from gancourse.images import halve
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.metrics.morphometry import distribution_distance
from gancourse.metrics.statistics import spectrum_distance
from gancourse.networks import conditional, lagan, superresolution, tour_networks
from gancourse.teaching.material import radiology_reports, small_gans
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder
from gancourse.training import checkpoint
from gancourse.training.loop import go_on, images_of
from gancourse.training.recipes import choose_precision, in_precision

EPOCH = 100  # rounds

#: Epochs of `EPOCH` rounds.
EPOCHS = {
    "cgan": 16, "stack-one": 40, "stackgan": 12, "srresnet": 30, "srgan": 16, "lagan": 24,
    "lagan-relu": 30, "lagan-plain": 30,
}  # fmt: skip

RECIPES = {
    "cgan": {"kind": "conditional", "conditions": 4, "base": 32, "channels": 2},
    "stack-one": {"kind": "conditional", "conditions": 32, "size": 32, "base": 32, "channels": 2, "blur": 16},
    "srgan": {"kind": "super-resolution"},
    "lagan": {"kind": "map", "local": True},
    "lagan-relu": {"kind": "map", "local": False},
    "lagan-plain": {"kind": "map", "local": False, "sparse": False},
}
RECIPES["stackgan"] = {
    "kind": "stack",
    "one": {k: v for k, v in RECIPES["stack-one"].items() if k != "kind"},
    "two": {"base": 24, "blocks": 2},
}
RECIPES["srresnet"] = RECIPES["srgan"]

ENCODER = {
    "kind": "text encoder",
    "words": len(radiology_reports.VOCABULARY) + 1,
    "length": radiology_reports.LENGTH,
    "answers": sum(map(len, FINDINGS.values())),
}


def adam(rate: float = 2e-4, beta1: float = 0.5):
    return keras.optimizers.Adam(rate, beta1)


def endless(make, seed: int, first_step: int) -> tf.data.Dataset:
    """Batches make(rng), each depending on (seed, step) alone."""
    example = make(np.random.default_rng(0))

    def generate():
        step = first_step
        while True:
            yield make(np.random.default_rng((seed, step)))
            step += 1

    signature = tf.nest.map_structure(lambda x: tf.TensorSpec((None, *x.shape[1:]), x.dtype), example)
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)


def mirrored(images: np.ndarray, flip: np.ndarray) -> np.ndarray:
    return np.where(flip[:, None, None, None], images[:, :, ::-1], images)


# What each learns from.


def graded(slices: SliceSet, split: str):
    """Slices, their requests, and of which grade each is."""
    rows = small_gans.shown(slices, split)
    grades = slices.table["grade"].to_numpy()[rows]
    return rows, small_gans.request(grades, slices.table["position"].to_numpy()[rows]), grades


def balanced(grades: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """n places in `grades`, each grade as often as the others."""
    places = [np.flatnonzero(grades == g) for g in small_gans.GRADES]
    return np.concatenate([rng.choice(p, n // 3 + (k < n % 3)) for k, p in enumerate(places)])


def graded_batches(slices: SliceSet, seed: int, batch_size: int = 64):
    rows, requests, grades = graded(slices, "train")
    images = small_gans.pairs_of(slices, rows).astype(np.float16)

    def make(rng):
        chosen = rng.permutation(balanced(grades, batch_size, rng))
        return mirrored(images[chosen].astype(np.float32), rng.random(len(chosen)) < 0.5), requests[chosen]

    return partial(endless, make, seed)


def reported(slices: SliceSet, split: str):
    """Slices, and what their labels say."""
    rows = slices.select(split, f"tumour_px == 0 or tumour_px > {small_gans.LEAST_PX}")
    return rows, radiology_reports.findings_of(slices.tissue[rows], slices.seg[rows])


def other_side(findings: pd.DataFrame) -> pd.DataFrame:
    return findings.assign(side=findings["side"].replace({"left": "right", "right": "left"}))


def written(findings: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    return [radiology_reports.write(finding, rng) for finding in findings[list(FINDINGS)].to_dict("records")]


def reported_batches(slices: SliceSet, seed: int, size: int, batch_size: int = 64, ways: int = 4):
    """Images and embeddings of their reports, each in several wordings; half are mirrored, words and all."""
    encoder = TextEncoder(pretrained.tour("text-encoder"))
    rows, findings = reported(slices, "train")
    images = small_gans.pairs_of(slices, rows)
    images = (halve(images) if size == 32 else images).astype(np.float16)
    rng = np.random.default_rng(seed)
    sides = (findings, other_side(findings))
    embedded = np.stack([[encoder.embed(written(side, rng)) for _ in range(ways)] for side in sides])
    empty = (findings["size"] == "none").to_numpy()
    chance = np.where(empty, 0.4, 1.0)  # slices without a tumour, less often
    chance /= chance.sum()

    def make(rng):
        chosen = rng.choice(len(rows), batch_size, replace=False, p=chance)
        flip = rng.integers(0, 2, batch_size)
        texts = embedded[flip, rng.integers(0, ways, batch_size), chosen]
        return mirrored(images[chosen].astype(np.float32), flip == 1), texts

    return partial(endless, make, seed)


def super_batches(slices: SliceSet, seed: int, batch_size: int = 8):
    images = images_of(slices, "t1", slices.select("train")).astype(np.float16)

    def make(rng):
        large = images[rng.choice(len(images), batch_size, replace=False)].astype(np.float32)[..., None]
        large = mirrored(large, rng.random(batch_size) < 0.5)
        return small_gans.shrink(large), large

    return partial(endless, make, seed)


def uptake(slices: SliceSet, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Maps of slices with enhancing tumour, and their rows."""
    rows = slices.select(split, f"et_mm2 >= {radiology_reports.ENHANCING}")
    maps = small_gans.uptake_maps(images_of(slices, "t1ce", rows), slices.tissue[rows], slices.seg[rows])
    there = maps.max((1, 2)) > 0.05
    return maps[there], rows[there]


def map_batches(slices: SliceSet, seed: int, batch_size: int = 64):
    maps = uptake(slices, "train")[0][..., None]

    def make(rng):
        chosen = maps[rng.choice(len(maps), batch_size, replace=False)]
        return mirrored(chosen, rng.random(batch_size) < 0.5)

    return partial(endless, make, seed)


# The models.


def content_loss(features: keras.Model):
    """L1 of the image, and of what the random layers of the brain features see in it (SRGAN takes VGG's)."""

    def loss(target, output):
        maps = [features(tf.cast(x, tf.float32))[:2] for x in (target, output)]
        return losses.l1(target, output) + sum(losses.l1(a, b) for a, b in zip(*maps, strict=True))

    return loss


def model_of(name: str, seed: int, runs: Path):
    """A compiled model, ready to train."""
    keras.utils.set_random_seed(seed)
    if name in ("cgan", "stack-one", "stackgan"):
        with in_precision(choose_precision()):
            if name == "stackgan":
                one = tour_networks.build(RECIPES["stack-one"])
                one.set_weights(trained("stack-one", runs)[0].get_weights())
                generator = conditional.build_second_stage(one, **RECIPES["stackgan"]["two"])
            else:
                generator = tour_networks.build(RECIPES[name])
            conditions, size = generator.inputs[1].shape[-1], generator.output_shape[1]
            judge = conditional.build_conditional_discriminator(conditions, 32, size, 2)
        gan = ConditionalGAN(generator, judge, seed)
        gan.compile(adam(), adam())
        return gan
    if name in ("srresnet", "srgan"):
        generator = tour_networks.build(RECIPES[name])
        if name == "srresnet":
            model = Pix2Pix(generator, ema=0.999)
            model.compile(adam(5e-4, 0.9), lambda_reconstruction=1.0)
            return model
        generator.set_weights(trained("srresnet", runs)[0].get_weights())
        model = Pix2Pix(generator, superresolution.build_judge(), ema=0.999)
        loss = content_loss(pretrained.features().maps)
        model.compile(adam(2e-4, 0.5), adam(1e-3, 0.5), reconstruction=loss, lambda_reconstruction=10.0)
        return model
    local = RECIPES[name]["local"]
    generator, judge = tour_networks.build(RECIPES[name]), lagan.build_lagan_discriminator(local=local)
    gan = GAN(generator, judge, generator.inputs[0].shape[-1], seed, ema=0.99)
    gan.compile(adam(), adam(), d_loss=partial(losses.discriminator_loss, smooth=0.1))
    return gan


def batches_of(name: str, data: dict[str, SliceSet], seed: int):
    if name == "cgan":
        return graded_batches(data["64"], seed)
    if name in ("stack-one", "stackgan"):
        return reported_batches(data["64"], seed, 32 if name == "stack-one" else 64)
    if name in ("srresnet", "srgan"):
        return super_batches(data["128"], seed)
    return map_batches(data["64"], seed)


def train(name: str, data: dict[str, SliceSet], runs: Path, seed: int = 0, epochs: int = 0) -> None:
    settings = {
        "recipe": RECIPES[name],
        "data": {key: slices.made_with for key, slices in data.items()},
        "seed": seed,
        "precision": choose_precision(),
    }
    go_on(
        model_of(name, seed, runs), batches_of(name, data, seed), EPOCH, runs / name, settings,
        epochs or EPOCHS[name], None, command=f"python experiments/tour.py train {name}",
    )  # fmt: skip


def trained(name: str, runs: Path) -> tuple[keras.Model, dict]:
    """The averaged generator of a run, and what its checkpoint says."""
    about, arrays = checkpoint.read(runs / name / "checkpoint.npz")
    network = tour_networks.build(RECIPES[name])
    network.set_weights([arrays[f"ema.{i}"] for i in range(len(network.weights))])
    return network, about


# The judges.


def train_judges(data: dict[str, SliceSet], seed: int = 0) -> None:
    """The encoder of reports and the two regressors, scored on test patients, are written at once."""
    slices = data["64"]
    about = {"command": "python experiments/tour.py train judges", "data": slices.made_with}

    rows, findings = reported(slices, "train")
    both = pd.concat([findings, other_side(findings)])
    encoder = TextEncoder.train(both[list(FINDINGS)].to_dict("records"), 16, seed)
    _, unseen = reported(slices, "test")
    understood = encoder.answers(written(unseen, np.random.default_rng(seed + 1)))
    scores = {name: share(understood[name], unseen[name]) for name in FINDINGS}
    pretrained.store_tour("text-encoder", encoder.network, {"recipe": ENCODER, "scores": scores, **about})

    values = findings[list(small_gans.READ)].fillna(0.0).to_numpy(np.float32)
    images = small_gans.pairs_of(slices, rows)
    values = np.concatenate([values, values * np.where(np.array(small_gans.READ) == "across", -1, 1)])
    images = np.concatenate([images, images[:, :, ::-1]])
    regressor = AttributeRegressor.train(small_gans.READ, images, values, epochs=10, seed=seed, mirror=False)
    store_regressor("judge-report", regressor, about, mirror=False)

    rows, requests, grades = graded(slices, "train")
    chosen = balanced(grades, 9000, np.random.default_rng(seed))
    regressor = AttributeRegressor.train(
        (*small_gans.GRADES, "height"), small_gans.pairs_of(slices, rows)[chosen], requests[chosen], 6
    )
    store_regressor("judge-request", regressor, about, mirror=True)


def store_regressor(name: str, regressor: AttributeRegressor, about: dict, mirror: bool) -> None:
    recipe = {"kind": "attribute regressor", "values": len(regressor.names), "channels": 2, "mirror": mirror}
    arrays = {"mean": regressor.mean, "scale": regressor.scale}
    pretrained.store_tour(
        name, regressor.network, {"recipe": recipe, "measures": regressor.names, **about}, arrays
    )


def share(a, b) -> float:
    return round(float(np.mean(np.asarray(a) == np.asarray(b))), 4)


# Scores.


def fidelity(images: np.ndarray, slices: SliceSet, rows: np.ndarray) -> dict:
    """KID, its error, and recall of two modalities against slices of test patients."""
    network, found = pretrained.features(), {}
    patients = slices.table["patient"].to_numpy()[rows]
    for channel, modality in enumerate(small_gans.MODALITIES):
        real = network.embed(images_of(slices, modality, rows), modality)
        generated = network.embed(images[..., channel].astype(np.float32), modality)
        value, error = kid(generated, real, None, patients)
        _, recall = precision_recall(real, generated, groups_real=patients)
        found |= {f"kid_{modality}": value, f"kid_se_{modality}": error, f"recall_{modality}": recall}
    return {name: round(float(number), 4) for name, number in found.items()}


def score_cgan(generator, data, number: int = 900) -> dict:
    slices, judge = data["64"], pretrained.tour_regressor("judge-request")
    eye = pretrained.tour_regressor("judge-report")
    rows, requests, grades = graded(slices, "test")
    rng = np.random.default_rng(3)
    chosen = balanced(grades, number, rng)
    asked = requests[chosen]
    images = paint(generator, asked, seed=4)
    found = {}
    wanted_grade, wanted_height = small_gans.read_request(asked)
    for name, pictures in (("", images), ("real_", small_gans.pairs_of(slices, rows)[chosen])):
        grade, height = small_gans.read_request(judge.measure(pictures))
        found[f"{name}grade"] = share(grade, wanted_grade)
        for g in small_gans.GRADES:
            there = wanted_grade == g
            found[f"{name}grade_{g}"] = share(grade[there], wanted_grade[there])
            seen = eye.measure(pictures[there])[:, small_gans.READ.index("wt_mm2")] > small_gans.SEEN
            found[f"{name}tumour_{g}"] = share(seen, True)
        found[f"{name}height_error"] = round(float(np.abs(height - wanted_height).mean()), 4)
    found["blind_height_error"] = round(float(np.abs(wanted_height - np.median(wanted_height)).mean()), 4)
    return found | {"images": number} | fidelity(images, slices, rows[chosen])


def score_stack(generator, data, number: int = 900) -> dict:
    slices, judge = data["64"], pretrained.tour_regressor("judge-report")
    rows, findings = reported(slices, "test")
    rng = np.random.default_rng(3)
    chosen = rng.choice(len(rows), number, replace=False)
    rows, findings = rows[chosen], findings.iloc[chosen]
    texts = TextEncoder(pretrained.tour("text-encoder")).embed(written(findings, rng))
    images = paint(generator, texts, seed=4)
    if images.shape[1] == 32:
        images = images.repeat(2, 1).repeat(2, 2)
    others = findings.iloc[rng.permutation(number)]
    found = {}
    for name, pictures in (("", images), ("real_", small_gans.pairs_of(slices, rows))):
        read = small_gans.read_report(judge.measure(pictures))
        found |= {f"{name}{q}": share(read[q], findings[q]) for q in FINDINGS}
        if not name:
            found |= {f"shuffled_{q}": share(read[q], others[q]) for q in FINDINGS}
    return found | {"images": number} | fidelity(images, slices, rows)


def score_super(generator, data) -> dict:
    """Means over the patients that were not trained on, and the standard errors of these means."""
    slices = data["128"]
    rows = np.concatenate([slices.select("validation"), slices.select("test")])
    truth = images_of(slices, "t1", rows)
    small = small_gans.shrink(truth)[..., None]
    plain = np.clip(superresolution.enlarge("bicubic")(small).numpy()[..., 0], -1, 1)
    output = generator.predict(small, batch_size=16, verbose=0)[..., 0]
    patients, found = slices.table["patient"].to_numpy()[rows], {}
    for name, images in (("bicubic_", plain), ("", output)):
        images = np.clip(images, -1, 1)
        values = {
            "psnr": [peak_signal_noise_ratio(a, b, data_range=2) for a, b in zip(truth, images, strict=True)],
            "ssim": [structural_similarity(a, b, data_range=2) for a, b in zip(truth, images, strict=True)],
            **small_gans.detail_scores(truth, images, plain),
        }
        means = pd.DataFrame(values).groupby(patients).mean()
        found |= {f"{name}{key}": round(float(v), 4) for key, v in means.mean().items()}
        found |= {f"{name}{key}_se": round(float(v), 4) for key, v in means.sem().items()}
        found[f"{name}spectrum"] = round(spectrum_distance(images, truth), 4)
    return found | {"patients": len(set(patients)), "images": len(rows)}


def score_map(generator, data, number: int = 600) -> dict:
    train, held_out = (uptake(data["64"], split)[0] for split in ("train", "test"))
    latents = draw_latents(number, generator.inputs[0].shape[-1], seed=5)
    maps = generator.predict(latents, verbose=0)[..., 0]
    real = small_gans.observables(held_out)
    found = distribution_distance(small_gans.observables(maps), real)
    floor = distribution_distance(small_gans.observables(train[:: len(train) // number]), real)
    found |= {f"real_{name}": value for name, value in floor.items()}
    found |= {"zero": float((maps == 0).mean()), "real_zero": float((held_out == 0).mean())}
    return {name: round(value, 4) for name, value in found.items()} | {"images": number}


def score(name: str, generator, data) -> dict:
    if name == "cgan":
        return score_cgan(generator, data)
    if name in ("stack-one", "stackgan"):
        return score_stack(generator, data)
    return (score_super if name.startswith("sr") else score_map)(generator, data)


def calibrated(name: str, generator, data):
    """With the statistics of its averaged weights, as far as it normalises."""
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
    """How long a training of so many rounds takes on one core, from some rounds of it; run nothing beside."""
    model, batches, stamps = model_of(name, 0, runs), batches_of(name, data, 0)(0), []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: stamps.append(time.monotonic()))
    model.fit(batches, steps_per_epoch=timed + 5, shuffle=False, verbose=0, callbacks=[note])
    return round(float(np.median(np.diff(stamps[5:]))) * rounds / 60, 1)


def export(names: list[str], data: dict[str, SliceSet], runs: Path) -> None:
    for name in names:
        generator, about = trained(name, runs)
        generator = calibrated(name, generator, data)
        generator.set_weights([w.astype(np.float16).astype(np.float32) for w in generator.get_weights()])
        history = about["history"]
        found = {
            "recipe": RECIPES[name],
            "command": about["command"],
            "data": about["settings"]["data"],
            "seed": about["settings"]["seed"],
            "precision": about["settings"]["precision"],
            "rounds": EPOCH * len(history),
            "core_minutes": minutes_of(name, data, runs, EPOCH * len(history)),
            "machine": f"{platform.system()} {platform.machine()}, TensorFlow {tf.__version__}",
            "scores": score(name, generator, data),
        }
        pretrained.store_tour(name, generator, found)
        print(name, found["core_minutes"], found["scores"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("train", "export"))
    parser.add_argument("names", nargs="*", help="default for export: all")
    parser.add_argument("--data", type=Path, default=Path("data/slices720"))
    parser.add_argument("--fine", type=Path, default=Path("data/phantoms"), help="subjects for srgan")
    parser.add_argument("--runs", type=Path, default=Path("runs/tour"))
    parser.add_argument("--epochs", type=int, default=0, help="of 100 rounds; default: as in EPOCHS")
    arguments = parser.parse_args()
    start = time.monotonic()
    data = {"64": SliceSet.open(arguments.data), "128": small_gans.fine_slices(arguments.fine)}
    if arguments.what == "export":
        export(arguments.names or list(RECIPES), data, arguments.runs)
    for name in arguments.names if arguments.what == "train" else ():
        if name == "judges":
            train_judges(data)
        else:
            train(name, data, arguments.runs, epochs=arguments.epochs)
    print(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
