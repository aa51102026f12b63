"""Lesson 45: a generator that takes orders, a painter of label maps, and whether they deliver.

    python experiments/augmentation.py slices  patients of hospital A, in data/hospitals (of lesson 54)
    python experiments/pathology.py pilot      what the condition's place in G and in D is worth
    python experiments/pathology.py readers    the regressor that reads orders off images
    python experiments/pathology.py train      the generator
    python experiments/pathology.py painter    the painter
    python experiments/pathology.py export     score all, and write gancourse/weights/condition

All learn from 340 patients of hospital A; its last 60 for training set the tolerances, and its 80 for testing
are tested on. The stages go on where they were stopped (`runs/pathology`). Of the last, see
`pathology_scores`. It writes

    data/results/order_pilot.csv     a row for each variant: delivered, kernel distance
    data/results/orders.csv          a row for each set of orders and each instrument: mean errors, delivered
    data/results/order_distance.csv  the same by how far an order lies from the training slices
    data/results/learned_orders.npz  what the training slices show, and the regressor's tolerances
    data/results/painting.csv        Dice of what was painted and what was found, by patient

In seconds of one core of an AMD EPYC with bfloat16, 1.2 hours in all (a step was timed by itself):

    pilot      3 variants x 2,000 steps at 32 pixels x .13 to .15       870
    readers    12 passes of 2,100 slices and their mirror images        150
    train      5,000 steps at 64 pixels x .31                         1,550
    painter    4,000 steps at 64 pixels x .24                           960
    export     2,400 images and 360 painted ones, .16 to segment        650

A generator of width 32 takes .76 a step with 64 images, one of 24 takes .57, and .31 with 32 images.
"""

import dataclasses
from pathlib import Path

import keras
import numpy as np
from pathology_scores import (
    COLUMNS,
    order_tables,
    painting_table,
    score_images,
    score_painter,
    score_reader,
    tolerances_of,
)
from regressor_training import train_regressor
from study import RESULTS, parser_of, start, write_table
from tour_discriminators import build_conditional_discriminator

from gancourse import pretrained
from gancourse.cohort.few_patients import with_validation
from gancourse.cohort.sliceset import SliceSet
from gancourse.export import machine
from gancourse.files import write_beside
from gancourse.gans.orders import CONDITIONS, encode, mirrored
from gancourse.images import image_grid, to_picture
from gancourse.training import checkpoint, conditional_training, painting
from gancourse.training.conditional_training import ConditionalRecipe, Examples, examples_of
from gancourse.training.painting import PainterRecipe
from gancourse.training.recipes import choose_precision, in_precision

RECIPE, PAINTER = ConditionalRecipe(base=24, d_base=24, batch_size=32), PainterRecipe()
STEPS = {"pilot": 2000, "train": 5000, "painter": 4000}

#: Where the condition goes: into the generator (first the latents alone), and into the discriminator.
_SMALL = ConditionalRecipe(size=32, base=24, d_base=24)
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
            channels = len(self.modalities)
            return generator, build_conditional_discriminator(CONDITIONS, self.d_base, self.size, channels)


def train_one(name: str, recipe: ConditionalRecipe, slices: SliceSet, run: Path, steps: int) -> Examples:
    """Train a generator, or go on, and return what it learned from."""
    examples = examples_of(slices, recipe)
    about = {"variant": name, "slices": slices.made_with}
    conditional_training.train(
        recipe, examples, about, run, steps, command="python experiments/pathology.py train"
    )
    return examples


def trained(kind: str, options: dict, run: Path) -> tuple[keras.Model, dict]:
    """Load the averaged generator of a run, and what its checkpoint says."""
    about, arrays = checkpoint.read(run / "checkpoint.npz")
    generator = pretrained.CODECS[kind].build(options)
    generator.set_weights([arrays[f"ema.{i}"] for i in range(len(generator.weights))])
    return generator, about


def pilot(slices: SliceSet, runs: Path, results: Path, steps: int) -> None:
    """Train every variant and read what it makes of held-out orders."""
    reader = reader_of(slices, _SMALL, epochs=8)
    rows = []
    for name, recipe in PILOT.items():
        if name.startswith("concatenated"):
            recipe = ConcatenatingRecipe(**dataclasses.asdict(recipe))
        run = runs / name.replace(", ", "-").replace(" ", "-")
        examples = train_one(name, recipe, slices, run, steps)
        generator, about = trained("conditional", recipe.generator_options, run)
        conditional_training.calibrate(generator, examples)
        row = score_images(generator, reader, slices, recipe)
        rows.append({"variant": name, "steps": steps, "seconds": about["history"][-1]["seconds"], **row})
        print(rows[-1], flush=True)
    write_table(rows, results / "order_pilot.csv")


def reader_of(slices: SliceSet, recipe: ConditionalRecipe, epochs: int):
    """Train a regressor that reads orders off images, on training patients and their mirror images."""
    examples = examples_of(slices, recipe)
    wanted = encode(examples.orders)
    images = np.concatenate([examples.images, examples.images[:, :, ::-1]]).astype(np.float32)
    values = np.concatenate([wanted, mirrored(wanted)])
    return train_regressor(COLUMNS, images, values, epochs, mirror=False)


def train_reader(slices: SliceSet, epochs: int) -> None:
    reader = reader_of(slices, RECIPE, epochs)
    channels = len(RECIPE.modalities)
    recipe = {"values": CONDITIONS, "channels": channels, "size": RECIPE.size, "mirror": False}
    about = {
        "kind": "attribute regressor",
        "recipe": recipe,
        "command": "python experiments/pathology.py readers",
        "data": {"modality": RECIPE.modality, "slices": slices.made_with},
        "scores": score_reader(reader, slices, RECIPE),
    }
    print(pretrained.save("condition/reader", reader, about).scores)


def export(slices: SliceSet, runs: Path, results: Path) -> None:
    """Score both generators as they will be stored, and store them."""
    generator, about = trained("conditional", RECIPE.generator_options, runs / "generator")
    examples = examples_of(slices, RECIPE)
    conditional_training.calibrate(generator, examples)
    rounded(generator)
    tables = order_tables(generator, pretrained.load("condition/reader"), slices, RECIPE, examples)
    for name, table in zip(("orders", "order_distance"), tables, strict=True):
        write_table(table, results / f"{name}.csv")
        print(table.to_string())
    write_learned(examples, tolerances_of(pretrained.load("condition/reader"), slices, RECIPE), results)
    means = tables[0].set_index(["orders of", "instrument"])["all"]
    scores = score_images(generator, pretrained.load("condition/reader"), slices, RECIPE)
    scores |= {f"all, {of}, {by}": round(float(value), 4) for (of, by), value in means.items()}
    store("condition/generator", "conditional", RECIPE.generator_options, generator, about, scores)

    size = slices.images.shape[1]
    painter, about = trained("painter", PAINTER.generator_options(size), runs / "painter")
    painting.calibrate(painter, PAINTER, slices)
    rounded(painter)
    table = painting_table(painter, slices, PAINTER)
    write_table(table, results / "painting.csv")
    scores = score_painter(table)
    print(scores)
    store("condition/painter", "painter", PAINTER.generator_options(size), painter, about, scores)


def write_learned(examples: Examples, limits: dict[str, float], results: Path) -> None:
    """Write what orders of the lesson are compared with: the conditions learned from, and tolerances."""
    arrays = {"conditions": encode(examples.orders).astype(np.float16)}
    arrays |= {"attributes": np.array(list(limits)), "limits": np.array(list(limits.values()))}
    write_beside(results / "learned_orders.npz", lambda file: np.savez_compressed(file, **arrays))


def rounded(generator: keras.Model) -> None:
    """Give a generator the weights that it will have when it is loaded."""
    generator.set_weights([pretrained.to_half(w).astype(np.float32) for w in generator.get_weights()])


def store(name: str, kind: str, recipe: dict, generator, about: dict, scores: dict) -> None:
    steps = conditional_training.EPOCH * len(about["history"])
    card = {
        "kind": kind, "recipe": recipe, "command": about["command"], "training": about["settings"]["recipe"],
        **{part: about["settings"][part] for part in ("data", "seed", "precision")},
        "steps": steps, "minutes": round(about["history"][-1]["seconds"] / 60, 1), "machine": machine(),
        "scores": scores,
    }  # fmt: skip
    pretrained.save(name, generator, card)


def sheet(generator: keras.Model, conditions: np.ndarray, path: Path) -> None:
    """Draw one image of each condition, its channels side by side."""
    from gancourse.gans.conditional_gan import paint

    images = paint(generator, conditions, seed=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    to_picture(image_grid(np.concatenate(np.moveaxis(images, -1, 0), axis=2))).save(path)


def main() -> None:
    parser = parser_of(__doc__, "data/hospitals/A")
    parser.add_argument("stage", choices=("pilot", "readers", "train", "painter", "export"))
    parser.add_argument("--runs", type=Path, default=Path("runs/pathology"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--steps", type=int, default=0, help="of a training; default: as in STEPS")
    parser.add_argument("--epochs", type=int, default=12, help="of the reader")
    arguments = parser.parse_args()
    slices, runs, stage = with_validation(SliceSet.open(arguments.data)), arguments.runs, arguments.stage
    steps = arguments.steps or STEPS.get(stage, 0)
    if stage == "pilot":
        pilot(slices, runs / "pilot", arguments.results, steps)
    elif stage == "readers":
        train_reader(slices, arguments.epochs)
    elif stage == "train":
        examples = train_one("generator", RECIPE, slices, runs / "generator", steps)
        generator, _ = trained("conditional", RECIPE.generator_options, runs / "generator")
        conditional_training.calibrate(generator, examples, batches=10)
        sheet(generator, encode(examples.orders)[:: len(examples.rows) // 48][:48], runs / "generator.png")
    elif stage == "painter":
        command = "python experiments/pathology.py painter"
        painting.train(PAINTER, slices, runs / "painter", steps, command=command)
    else:
        export(slices, runs, arguments.results)


if __name__ == "__main__":
    start(main)
