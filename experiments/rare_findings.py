"""Can a GAN generate a rare finding? Butterfly gliomas, learned from 0, 5, 20 and 100 examples (lesson 45).

    python experiments/augmentation.py slices      patients of hospital A, in data/hospitals (of lesson 54)
    python experiments/pathology.py painter        paints what generators draw, after `pathology.py export`
    python experiments/rare_findings.py patients   270 more with a butterfly glioma, in data/butterflies
    python experiments/rare_findings.py train      4 x 3 generators of label maps
    python experiments/rare_findings.py score      the table

A butterfly glioma grows in both hemispheres, through the corpus callosum. A slice shows one if a fifth or
more of the core, and of the whole tumour, lies on the smaller side. Common slices show a tumour on one side,
or none, and are of patients of hospital A none of whose slices shows a butterfly. The generator gets its
orders as in `pathology.py`; "both sides" is an order like any other, which it can be given even if no
training slice is described so.

Only the number of different examples differs between runs: steps, networks, seeds are equal, and if there are
any examples, one in eight maps of a batch is drawn from them. An example is one slice of one patient, drawn
by the seed from the same hundred. Patients whose orders are given are others.

    data/results/rare_findings.csv   a row for each run, and for real slices
        delivered_map, _segmenter     share of butterflies among what was made for orders of unseen
                                      butterflies: by the label maps, and by labels that the shipped
                                      segmenter finds in what the painter made of them
        invented_map, _segmenter      the same for common orders
        nearer, nearer_floor, copies  whether maps repeat the examples, see `metrics.repeats`
        variety                       mean difference of two maps for such orders, as a share of the real
                                      butterflies'
    data/results/rare_findings.npz   of seed 0, classes of `translation.label_map`, uint8 (N, 32, 32): the
                                     hundred "examples", of which a run has the first n; all "unseen" ones;
                                     and 60 maps of each generator, "0 examples" and so on

In seconds of one core of an AMD EPYC with bfloat16, 1.1 hours in all. All stages but the last go on where
they were stopped.

    patients    270 x 2.25                                 610
    train       12 runs x 2,000 steps x .09              2,160
    score       13 sets of 430 slices, .15 to segment      900
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pathology_scores import real_patients
from study import RESULTS, parser_of, start, write_table

from gancourse import pretrained
from gancourse.cohort.few_patients import with_validation
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.gans import label_maps
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import encode
from gancourse.metrics.repeats import repeats
from gancourse.metrics.statistics import diversity
from gancourse.metrics.tumour_place import describe_tumours
from gancourse.segmentation import segmenter as shipped
from gancourse.segmentation.hospital_slices import People, make_patients, write_hospital
from gancourse.segmentation.hospitals import HOSPITALS
from gancourse.segmentation.slice_reader import FOV_MM, read_tumours
from gancourse.training import conditional_training
from gancourse.training.conditional_training import (
    ConditionalRecipe,
    Examples,
    examples_of,
    orders_of,
    pictures_of,
)
from gancourse.training.ordered_patients import Ordered, fill_orders

EXAMPLES, SEEDS, STEPS = (0, 5, 20, 100), (0, 1, 2), 1200
RECIPE = ConditionalRecipe(size=32, base=24, d_base=24, batch_size=32)

#: Share of a batch that is drawn from the rare examples, if there are any.
RARE_SHARE = 1 / 8

#: Patients with a butterfly whose slices may be examples; the orders of the others are given.
POOL = 100
PATIENTS, SEED = 270, 45

#: A slice shows a butterfly if a fifth of the tumour, and of 2 cm2 of core or more, lies on the smaller side.
BOTH, LEAST_CORE_CM2 = 0.6, 2.0

#: Common orders of test patients; of each unseen butterfly's order one map is made.
COMMON_ORDERS = 120

#: Maps of each generator that the lesson shows and counts copies in.
KEPT = 60


def is_butterfly(orders: pd.DataFrame) -> np.ndarray:
    """Say of tumours, described as by `tumour_place`, whether they are in both hemispheres; (N,) bool."""
    both = (orders["side"].abs() <= BOTH) & (orders["core_side"].abs() <= BOTH)
    return (both & (orders["core_cm2"] >= LEAST_CORE_CM2)).to_numpy()


def is_common(slices: SliceSet) -> np.ndarray:
    """Say of slices whether no slice of their patient shows a butterfly, and their tumour is on one side."""
    orders = orders_of(slices, np.arange(len(slices)))
    patients = slices.table["patient"].to_numpy()
    butterfly = np.isin(patients, patients[is_butterfly(orders)])
    return ~butterfly & ~(orders["side"].abs() <= BOTH).to_numpy()


def rare_slices(slices: SliceSet) -> dict[str, Examples]:
    """Return slices that show a butterfly, one of each patient: of the "pool", and of "unseen" patients.

    Raises:
        InputError: too few patients have such a slice.
    """
    orders = orders_of(slices, np.arange(len(slices)))
    patients = slices.table["patient"].to_numpy()
    shows = np.flatnonzero(is_butterfly(orders))
    names = np.random.default_rng(SEED).permutation(np.unique(patients[shows]))
    if len(names) <= 2 * POOL:
        raise InputError(f"{slices.folder}: {len(names)} patients with a butterfly, expected over {2 * POOL}")
    smaller = (orders["core_cm2"] * (1 - orders["core_side"].abs())).to_numpy()
    best = np.array([max(shows[patients[shows] == name], key=lambda row: smaller[row]) for name in names])
    return {
        part: Examples(
            pictures_of(slices, chosen, RECIPE),
            orders.iloc[chosen].reset_index(drop=True),
            np.full(len(chosen), 1 / len(chosen)),
            chosen,
        )
        for part, chosen in (("pool", best[:POOL]), ("unseen", best[POOL:]))
    }


def chosen_examples(pool: Examples, number: int, seed: int) -> np.ndarray:
    """Return which of the pool a run learns from, (number,)."""
    return np.random.default_rng((SEED, seed)).permutation(len(pool.images))[:number]


def mixed(common: Examples, pool: Examples, chosen: np.ndarray) -> Examples:
    """Put the chosen examples among the common slices."""
    if not len(chosen):
        return common
    rare = np.full(len(chosen), RARE_SHARE / len(chosen))
    return Examples(
        np.concatenate([common.images, pool.images[chosen]]),
        pd.concat([common.orders, pool.orders.iloc[chosen]], ignore_index=True),
        np.concatenate([(1 - RARE_SHARE) * common.chance, rare]),
        np.concatenate([common.rows, np.full(len(chosen), -1)]),
    )


def stacked(maps: np.ndarray) -> np.ndarray:
    """Lay the channels of maps (N, S, S, C) one below the other, to be mirrored: (N, C S, S)."""
    return np.concatenate(np.moveaxis(np.asarray(maps, np.float32), -1, 0), axis=1)


def verdicts(patients: Ordered, segmenter) -> dict[str, float]:
    """Return the share of patients with a butterfly, by their labels and by those that are found."""
    by_map = describe_tumours(patients.tissue, patients.seg, FOV_MM / patients.seg.shape[1])
    found = read_tumours(patients.images, MODALITIES, segmenter)
    return {"map": is_butterfly(by_map).mean(), "segmenter": is_butterfly(found).mean()}


# The stages


def make_rare(out: Path, number: int, workers: int | None = None) -> SliceSet:
    """Scan so many patients with a butterfly glioma at hospital A; what is there already stays."""
    people = People(SEED, "butterfly")
    sections = make_patients(out / "sections", range(number), people, workers)
    return write_hospital(out / "A", sections, HOSPITALS["A"], range(number), tested=0, people=people)


def train(common: Examples, pool: Examples, about: dict, runs: Path, steps: int, numbers, seeds) -> None:
    """Train what is missing, and keep the averaged generators."""
    for seed in seeds:
        for number in numbers:
            out = runs / f"n{number}-s{seed}"
            if (out / "done.txt").exists():
                continue
            examples = mixed(common, pool, chosen_examples(pool, number, seed))
            data = {"examples": number, **about}
            gan = conditional_training.train(RECIPE, examples, data, out, steps, seed, verbose=0)
            conditional_training.calibrate(gan.ema_generator, examples)
            gan.ema_generator.save_weights(out / "generator.weights.h5")
            write_beside(out / "done.txt", lambda file: file.write(str(steps).encode()))
            print(f"{out.name}: done", flush=True)


def score(rare: SliceSet, slices: SliceSet, tests: Examples, runs: Path) -> tuple[list[dict], dict]:
    """Measure all runs and real slices: the rows of the table, and maps to keep."""
    segmenter, painter = shipped.load(), pretrained.load("condition/painter")
    parts, rng = rare_slices(rare), np.random.default_rng(0)
    pool, unseen = parts["pool"], parts["unseen"]
    drawn = rng.choice(len(tests.images), COMMON_ORDERS, p=tests.chance)
    wanted, usual = encode(unseen.orders), encode(tests.orders.iloc[drawn])

    def shares(delivered: Ordered, invented: Ordered) -> dict[str, float]:
        sets = {"delivered": delivered, "invented": invented}
        said = {what: verdicts(patients, segmenter) for what, patients in sets.items()}
        return {f"{what}_{by}": value for what, of in said.items() for by, value in of.items()}

    floor = clear(unseen.images)
    variety = diversity(floor)["mean_pair"]
    real = (real_patients(rare, unseen.rows), real_patients(slices, tests.rows[drawn]))
    rows: list[dict] = [{"examples": "real", "seed": 0, **shares(*real)}]
    first = chosen_examples(pool, max(EXAMPLES), seed=0)
    kept = {"examples": pool.images[first], "unseen": unseen.images}
    for run in sorted(runs.glob("n*-s*"), key=lambda path: tuple(map(int, path.name[1:].split("-s")))):
        if not (run / "done.txt").exists():
            continue
        number, seed = map(int, run.name[1:].split("-s"))
        generator, _ = RECIPE.build_networks()
        generator.load_weights(run / "generator.weights.h5")
        maps = paint(generator, wanted, seed=1)
        filled = (fill_orders(generator, painter, orders, s) for orders, s in ((wanted, 1), (usual, 2)))
        row = {"examples": number, "seed": seed, **shares(*filled)}
        shown = clear(maps)
        if number:
            chosen = chosen_examples(pool, number, seed)
            row |= repeats(shown, clear(pool.images[chosen]), floor)
        row["variety"] = diversity(shown)["mean_pair"] / variety
        rows.append(row)
        print(row, flush=True)
        if seed == 0:
            kept[f"{number} examples"] = maps[:KEPT]
    return rows, {name: classes(maps) for name, maps in kept.items()}


def clear(maps: np.ndarray) -> np.ndarray:
    """Return maps whose pixels belong to one class each, stacked."""
    return stacked(label_maps.one_hot(classes(maps)))


def classes(maps: np.ndarray) -> np.ndarray:
    """Return the class of each pixel, as `label_maps.decode` mends them: (N, S, S) uint8."""
    return label_maps.classes(label_maps.decode(maps))


def main() -> None:
    parser = parser_of(__doc__, "data/hospitals/A")
    parser.add_argument("stage", choices=("patients", "train", "score"))
    parser.add_argument("--rare", type=Path, default=Path("data/butterflies"), help="folder of the rare")
    parser.add_argument("--runs", type=Path, default=Path("runs/rare-findings"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--examples", type=int, nargs="+", default=list(EXAMPLES))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--number", type=int, default=PATIENTS, help="of patients with it")
    parser.add_argument("--workers", type=int, help="processes that make them; default: one a core")
    arguments = parser.parse_args()
    stage, runs = arguments.stage, arguments.runs
    if stage == "patients":
        make_rare(arguments.rare, arguments.number, arguments.workers)
        return
    slices, rare = with_validation(SliceSet.open(arguments.data)), SliceSet.open(arguments.rare / "A")
    common = is_common(slices)
    if stage == "train":
        learned = examples_of(slices, RECIPE, "train", common)
        about = {"slices": slices.made_with, "rare": rare.made_with}
        pool = rare_slices(rare)["pool"]
        train(learned, pool, about, runs, arguments.steps, arguments.examples, arguments.seeds)
    else:
        rows, kept = score(rare, slices, examples_of(slices, RECIPE, "test", common), runs)
        write_table(rows, arguments.results / "rare_findings.csv")
        path = arguments.results / "rare_findings.npz"
        write_beside(path, lambda file: np.savez_compressed(file, **kept))
        print(pd.DataFrame(rows).to_string())


if __name__ == "__main__":
    start(main)
