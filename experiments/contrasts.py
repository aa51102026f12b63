"""Lesson 55: one MR contrast translated into another, with pairs and without, and what happens to lesions.

    gancourse cohort slice data/phantoms720 --out data/slices720      (as in `make train`)
    python experiments/contrasts.py train         runs/contrasts: four pix2pix, three CycleGANs
    python experiments/contrasts.py score         data/results/contrasts.csv, contrast_means.csv
    python experiments/contrasts.py patients      data/results/contrast_patients.csv, on real patients
    python experiments/contrasts.py export        gancourse/weights/contrast

Each training goes on where it was stopped. On one core, a pix2pix takes about 8 minutes and a CycleGAN 30.
The shipped CycleGANs and `t2-flair` were trained on an NVIDIA H100, seven trainings at once, in 4 to 7
minutes. The CycleGANs differ in their target sets alone (`contrast_translation.choose_sets`).
"""

import dataclasses
from functools import partial
from pathlib import Path

import contrast_scores as scores
import pandas as pd
from study import RESULTS, parser_of, start, write_table

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.quiet import import_tensorflow

import_tensorflow()
from gancourse.segmentation.segmenter import load as load_segmenter  # noqa: E402
from gancourse.training import checkpoint  # noqa: E402
from gancourse.training.contrast_translation import (  # noqa: E402
    TARGET_SETS,
    PairedContrast,
    UnpairedContrast,
    choose_sets,
)
from gancourse.training.loop import go_on  # noqa: E402

EPOCH = 250  #: steps from one checkpoint to the next
COMMAND = "python experiments/contrasts.py train"
PAIRED = {
    "t1-flair": PairedContrast("t1", "flair"),
    "t2-flair": PairedContrast("t2", "flair"),
    "t1-t1ce": PairedContrast("t1", "t1ce"),
    "virtual-t1ce": PairedContrast("t1+t2+flair", "t1ce"),
}
UNPAIRED = UnpairedContrast("t2", "flair")
STEPS = {"paired": 4000, "unpaired": 6000}
SEEDS = {"paired": 0, "unpaired": 1}
#: Set of real patients -> what can be looked for in it, and in which scans. The low-grade gliomas have no T2.
REAL = {"brats2013": (("flair", "t1ce"), MODALITIES), "lgg": (("flair",), ("t1", "t1ce", "flair"))}


def names() -> list[tuple[str, int]]:
    """Name all trainings, in the order in which they are run: what, and its seed."""
    paired, unpaired = SEEDS["paired"], SEEDS["unpaired"]
    return [(name, paired) for name in PAIRED] + [(held, unpaired) for held in TARGET_SETS]


def train(name: str, seed: int, slices: SliceSet, runs: Path) -> None:
    """Train one translator, or go on with its training."""
    recipe = PAIRED.get(name, UNPAIRED)
    if isinstance(recipe, PairedContrast):
        batches = partial(recipe.batches, slices)
    else:
        batches = partial(recipe.batches, slices, *choose_sets(slices, name))
    settings = {
        "recipe": dataclasses.asdict(recipe),
        "data": {"targets": name if name in TARGET_SETS else "", "slices": slices.made_with},
        "seed": seed,
    }
    go_on(
        recipe.build(seed, "float32"), partial(batches, seed), EPOCH, runs / f"{name}-s{seed}",
        settings, steps_of(name) // EPOCH, None, command=COMMAND,
    )  # fmt: skip


def trained(name: str, seed: int, runs: Path):
    """Return the averaged network of a training, and what its checkpoint says about it."""
    recipe = PAIRED.get(name, UNPAIRED)
    about, arrays = checkpoint.read(runs / f"{name}-s{seed}" / "checkpoint.npz")
    if about["settings"]["recipe"] != dataclasses.asdict(recipe):
        raise InputError(f"{runs / name}: was trained with another recipe; remove it and train again")
    network = recipe.build_generator()
    network.set_weights([arrays[f"ema.{k}"] for k in range(len(network.weights))])
    return network, about


def steps_of(name: str) -> int:
    """Return how many steps a training has."""
    return STEPS["paired" if name in PAIRED else "unpaired"]


def steps_done(name: str, seed: int, runs: Path) -> int:
    """Return how many steps of a training are done."""
    path = runs / f"{name}-s{seed}" / "checkpoint.npz"
    return EPOCH * len(checkpoint.read(path)[0]["history"]) if path.exists() else 0


def translators(runs: Path, tasks=tuple(scores.TASKS), modalities=MODALITIES) -> list:
    """List what is scored for some tasks, of complete trainings that need no other scans, for `score`."""
    found: list = [(task, "real", 0, lambda people, task=task: people.of(task)[..., 0]) for task in tasks]
    found.append(("flair", "t1", 0, lambda people: people.of("t1")[..., 0]))
    if "t1ce" in tasks:
        found.append(("t1ce", "missing", 0, lambda people: None))
    for name, seed in names():
        recipe = PAIRED.get(name, UNPAIRED)
        sources = recipe.source.split("+")
        if recipe.target not in tasks or not set(sources) <= set(modalities):
            continue
        if steps_done(name, seed, runs) < steps_of(name):
            continue
        network, _ = trained(name, seed, runs)
        network = network if name in PAIRED else network.get_layer("to_b")

        def make(people, network=network, sources=sources):
            return scores.translate(network, people.of(*sources))

        found.append((recipe.target, name, seed, make))
    return found


def export(runs: Path) -> None:
    """Ship the networks, with the means of the table in their cards."""
    means = pd.read_csv(RESULTS / "contrast_means.csv")
    for name, seed in names():
        network, about = trained(name, seed, runs)
        mine = means[means["method"] == name].set_index("measure")["mean"]
        card = {
            "kind": "contrast" if name in PAIRED else "unpaired contrast",
            "recipe": about["settings"]["recipe"],
            "data": about["settings"]["data"],
            "command": COMMAND,
            "minutes": round(about["history"][-1]["seconds"] / 60, 1),
            "scores": mine.round(4).to_dict(),
        }
        pretrained.save(f"contrast/{name}", network, card)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("stage", choices=("train", "score", "patients", "export"))
    parser.add_argument("--runs", type=Path, default=Path("runs/contrasts"))
    parser.add_argument("--only", nargs="*", help="trainings, such as t1-flair-s0")
    asked = parser.parse_args()
    if asked.stage == "export":
        return export(asked.runs)
    slices = SliceSet.open(asked.data)
    if asked.stage == "train":
        for name, seed in names():
            if not asked.only or f"{name}-s{seed}" in asked.only:
                train(name, seed, slices, asked.runs)
        return
    segmenter = load_segmenter()
    if asked.stage == "score":
        people = scores.People.among(slices, slices.select("test"), every=2)
        table = scores.score(people, translators(asked.runs), segmenter, asked.runs / "scores")
        write_table(table, RESULTS / "contrasts.csv")
        write_table(scores.summarise(table), RESULTS / "contrast_means.csv")
        return
    tables = []
    for name, (tasks, modalities) in REAL.items():
        people = scores.real_people(name)
        table = scores.score(people, translators(asked.runs, tasks, modalities), segmenter)
        means = scores.summarise(table)
        tables.append(means.assign(set=name))
    write_table(pd.concat(tables), RESULTS / "contrast_patients.csv")


if __name__ == "__main__":
    start(main)
