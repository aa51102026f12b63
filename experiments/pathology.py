"""Lesson 45: a generator that takes orders, a painter of label maps, and whether they deliver.

    python experiments/augmentation.py slices  patients of hospital A, in data/hospitals (of lesson 54)
    python experiments/pathology.py readers    the regressor that reads orders off images
    python experiments/pathology.py pilot      what the condition's place in G and in D is worth
    python experiments/pathology.py train      the generator of label maps
    python experiments/pathology.py painter    the painter
    python experiments/pathology.py export     score all, and write gancourse/weights/condition

All learn from 340 patients of hospital A; its last 60 for training set the tolerances, and its 80 for testing
are tested on. The stages go on where they were stopped (`runs/pathology`). Of the last, see
`pathology_scores`. It writes

    data/results/order_pilot.csv     a row for each variant: what its label maps deliver
    data/results/orders.csv          a row for each set of orders and each instrument: mean errors, delivered
    data/results/order_distance.csv  the same by how far an order lies from the training slices
    data/results/learned_orders.npz  what the training slices show, and the regressor's tolerances
    data/results/painting.csv        Dice of what was painted and what was found, by patient

Maps have 32 pixels a side and are enlarged before labels are read off: a slice's own map, made smaller and
enlarged again, keeps its areas (r .999, enhancing .994). Maps of 64 pixels, after 2,500 steps, delivered as
much on validation orders, but tumours and tissue were full of specks.

A painter that had only learned from label maps as they are (`painter --steps 6000`) painted lesions into
enlarged ones of healthy brains: the segmenter found one in 62 % of 50, and in 8 % where the maps were the
brains' own. So half of the painter's last label maps are halved and enlarged; its card says what is left.

In seconds of one core of an AMD EPYC with bfloat16, 0.8 hours in all:

    readers    12 passes of 2,100 slices and their mirror images        100
    pilot      3 variants x 1,000 steps x .1                            310
    train      5,000 steps x .11                                        550
    painter    8,000 steps x .11                                        880
    export     1,800 slices and 180 painted ones, .16 to segment        600
"""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pathology_scores as scores
import tensorflow as tf
from regressor_training import train_regressor
from study import RESULTS, parser_of, start, write_table
from tour_discriminators import build_conditional_discriminator

from gancourse import pretrained
from gancourse.cohort.few_patients import with_validation
from gancourse.cohort.sliceset import SliceSet
from gancourse.export import machine
from gancourse.files import write_beside
from gancourse.gans.orders import CONDITIONS, encode, mirrored
from gancourse.images import patient_sheet
from gancourse.training import checkpoint, conditional_training
from gancourse.training.conditional_training import EPOCH, ConditionalRecipe, Examples, examples_of
from gancourse.training.label_translation import LabelTranslation, label_batches
from gancourse.training.loop import check_run, go_on
from gancourse.training.ordered_patients import fill_orders
from gancourse.training.recipes import choose_precision, in_precision

RECIPE, PAINTER = ConditionalRecipe(size=32, batch_size=32), LabelTranslation()
STEPS = {"pilot": 1000, "train": 5000, "painter": 8000}

#: Epochs of the painter before half of its label maps are made coarser.
SHARP_EPOCHS = 60

#: Where the condition goes: into the generator (first the latents alone), and into the discriminator.
_SMALL = dataclasses.replace(RECIPE, base=24, d_base=24)
PILOT = {
    "concatenated, wrong pairs": dataclasses.replace(_SMALL, scaled=False, wrong=True),
    "projection": dataclasses.replace(_SMALL, scaled=False),
    "projection, scaled": _SMALL,
}


class ConcatenatingRecipe(ConditionalRecipe):
    """The same with lesson 22's discriminator, where the condition joins the last maps (GAN-CLS)."""

    def build_networks(self, precision="auto"):
        generator, _ = super().build_networks(precision)
        with in_precision(choose_precision(precision)):
            images, wanted = keras.Input((self.size, self.size, self.channels)), keras.Input((CONDITIONS,))
            judge = build_conditional_discriminator(CONDITIONS, self.d_base, self.size, self.channels)
            seen = keras.layers.GaussianNoise(self.noise)(images)
            return generator, keras.Model([images, wanted], judge([seen, wanted]))


def train_one(name: str, recipe: ConditionalRecipe, slices: SliceSet, run: Path, steps: int) -> Examples:
    """Train a generator, or go on, and return what it learned from."""
    examples = examples_of(slices, recipe)
    about = {"variant": name, "slices": slices.made_with}
    conditional_training.train(
        recipe, examples, about, run, steps, command="python experiments/pathology.py train"
    )
    return examples


def trained(kind: str, options: dict, run: Path, part: str = "ema") -> tuple[keras.Model, dict]:
    """Load the generator of a run, averaged or not, as it will be stored, and what its checkpoint says."""
    about, arrays = checkpoint.read(run / "checkpoint.npz")
    generator = pretrained.CODECS[kind].build(options)
    halves = [pretrained.to_half(arrays[f"{part}.{i}"]) for i in range(len(generator.weights))]
    generator.set_weights([half.astype(np.float32) for half in halves])
    return generator, about


def pilot(slices: SliceSet, runs: Path, results: Path, steps: int) -> None:
    """Train every variant and read what it draws of held-out orders."""
    limits = scores.tolerances_of(pretrained.load("condition/reader"), slices)
    rows = []
    for name, recipe in PILOT.items():
        if name.startswith("concatenated"):
            recipe = ConcatenatingRecipe(**dataclasses.asdict(recipe))
        run = runs / name.replace(", ", "-").replace(" ", "-")
        examples = train_one(name, recipe, slices, run, steps)
        generator, about = trained("conditional", recipe.generator_options, run)
        conditional_training.calibrate(generator, examples)
        row = scores.score_maps(generator, slices, limits)
        rows.append({"variant": name, "steps": steps, "seconds": about["history"][-1]["seconds"], **row})
        print(rows[-1], flush=True)
    write_table(rows, results / "order_pilot.csv")


def train_reader(slices: SliceSet, epochs: int) -> None:
    """Train a regressor that reads orders off images, on training patients and their mirror images."""
    examples = examples_of(slices, scores.READ)
    wanted = encode(examples.orders)
    images = np.concatenate([examples.images, examples.images[:, :, ::-1]]).astype(np.float32)
    values = np.concatenate([wanted, mirrored(wanted)])
    reader = train_regressor(scores.COLUMNS, images, values, epochs, mirror=False)
    size, channels = scores.READ.size, scores.READ.channels
    about = {
        "kind": "attribute regressor",
        "recipe": {"values": CONDITIONS, "channels": channels, "size": size, "mirror": False},
        "command": "python experiments/pathology.py readers",
        "data": {"modality": scores.READ.shows, "slices": slices.made_with},
        "scores": scores.score_reader(reader, slices),
    }
    print(pretrained.save("condition/reader", reader, about).scores)


def coarser(labels: tf.Tensor, images: tf.Tensor):
    """Halve and enlarge the label maps (B, S, S, 7) of half a batch, as those of the generator are."""
    half = tf.shape(labels)[0] // 2
    small = tf.nn.avg_pool2d(labels[:half], 2, 2, "VALID")
    large = tf.image.resize(small, labels.shape[1:3])
    return tf.concat([tf.one_hot(tf.argmax(large, -1), labels.shape[-1]), labels[half:]], 0), images


def train_painter(
    slices: SliceSet,
    run: Path,
    steps: int,
    options: LabelTranslation = PAINTER,
    sharp: int = SHARP_EPOCHS,
    command: str = "python experiments/pathology.py painter",
    seed: int = 0,
) -> None:
    """Train a painter, or go on: `sharp` epochs on label maps as they are, then half of them made coarser."""
    epochs = max(1, round(steps / EPOCH))
    check_run(run, epochs, None, seed)
    precision = choose_precision("auto")
    settings = {
        "recipe": dataclasses.asdict(options), "data": {"slices": slices.made_with},
        "seed": seed, "precision": precision,
    }  # fmt: skip

    def go_on_until(last: int, coarse: bool) -> None:
        def batches(first: int) -> tf.data.Dataset:
            data = label_batches(slices, options.batch_size, seed, first)
            return data.map(coarser) if coarse else data

        go_on(options.build(seed, precision), batches, EPOCH, run, settings, last, None, 2, command=command)

    if sharp:
        go_on_until(min(sharp, epochs), coarse=False)
    go_on_until(epochs, coarse=True)


def export(slices: SliceSet, runs: Path, results: Path) -> None:
    """Score generator and painter as they will be stored, and store them."""
    generator, about = trained("conditional", RECIPE.generator_options, runs / "generator")
    painter, painter_about = trained(
        "label translation", dataclasses.asdict(PAINTER), runs / "painter", "generator"
    )
    reader, examples = pretrained.load("condition/reader"), examples_of(slices, RECIPE)
    conditional_training.calibrate(generator, examples)
    tables = scores.order_tables(generator, painter, reader, slices, examples)
    for name, table in zip(("orders", "order_distance"), tables, strict=True):
        write_table(table, results / f"{name}.csv")
        print(table.to_string())
    write_learned(examples, scores.tolerances_of(reader, slices), results)
    means = tables[0].set_index(["orders of", "instrument"])["all"]
    found = {f"all, {of}, by {by}": round(float(value), 4) for (of, by), value in means.items()}
    asked, rows = scores.wanted_of(slices, "test")
    made = fill_orders(generator, painter, encode(asked), seed=6)
    found |= scores.fidelity(made.images, slices, rows)
    store("condition/generator", "conditional", RECIPE.generator_options, generator, about, found)
    table = scores.painting_table(painter, slices)
    write_table(table, results / "painting.csv")
    found = scores.score_painter(table) | scores.invented_tumours(painter, slices)
    print(found)
    options = dataclasses.asdict(PAINTER)
    store("condition/painter", "label translation", options, painter, painter_about, found)


def write_learned(examples: Examples, limits: dict[str, float], results: Path) -> None:
    """Write what orders of the lesson are compared with: the conditions learned from, and tolerances."""
    arrays = {"conditions": encode(examples.orders).astype(np.float16)}
    arrays |= {"attributes": np.array(list(limits)), "limits": np.array(list(limits.values()))}
    write_beside(results / "learned_orders.npz", lambda file: np.savez_compressed(file, **arrays))


def store(name: str, kind: str, recipe: dict, network, about: dict, found: dict, **more) -> None:
    settings = about["settings"]
    card = {
        "kind": kind, "recipe": recipe, "command": about["command"], "training": settings["recipe"],
        **{part: settings[part] for part in ("data", "seed", "precision")},
        "steps": EPOCH * len(about["history"]), "minutes": round(about["history"][-1]["seconds"] / 60, 1),
        "machine": machine(), "scores": found, **more,
    }  # fmt: skip
    pretrained.save(name, network, card)


def sheet(slices: SliceSet, runs: Path) -> None:
    """Draw what generator and painter make of some orders."""
    generator, _ = trained("conditional", RECIPE.generator_options, runs / "generator")
    painter, _ = trained("label translation", dataclasses.asdict(PAINTER), runs / "painter", "generator")
    examples = examples_of(slices, RECIPE)
    conditional_training.calibrate(generator, examples, batches=10)
    asked, _ = scores.wanted_of(slices, "validation", 16)
    made = fill_orders(generator, painter, encode(asked), seed=1)
    patient_sheet(made.images, made.seg).save(runs / "sheet.png")


def main() -> None:
    parser = parser_of(__doc__, "data/hospitals/A")
    stages = ("readers", "pilot", "train", "painter", "sheet", "export")
    parser.add_argument("stage", choices=stages)
    parser.add_argument("--runs", type=Path, default=Path("runs/pathology"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--steps", type=int, default=0, help="of a training; default: as in STEPS")
    parser.add_argument("--epochs", type=int, default=12, help="of the reader")
    arguments = parser.parse_args()
    slices, runs, stage = with_validation(SliceSet.open(arguments.data)), arguments.runs, arguments.stage
    steps = arguments.steps or STEPS.get(stage, 0)
    if stage == "readers":
        train_reader(slices, arguments.epochs)
    elif stage == "pilot":
        pilot(slices, runs / "pilot", arguments.results, steps)
    elif stage == "train":
        train_one("generator", RECIPE, slices, runs / "generator", steps)
    elif stage == "painter":
        train_painter(slices, runs / "painter", steps)
    elif stage == "sheet":
        sheet(slices, runs)
    else:
        export(slices, runs, arguments.results)


if __name__ == "__main__":
    start(main)
