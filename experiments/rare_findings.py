"""Can a GAN generate a rare finding? Butterfly gliomas, learned from 0, 5, 20 and 100 examples (lesson 45).

    python experiments/augmentation.py slices      patients of hospital A, in data/hospitals (of lesson 54)
    python experiments/rare_findings.py patients   270 more with a butterfly glioma, in data/butterflies
    python experiments/rare_findings.py judge      a network that tells whether a slice shows one
    python experiments/rare_findings.py train      4 x 3 generators
    python experiments/rare_findings.py score      the table

A butterfly glioma grows in both hemispheres, through the corpus callosum. A slice shows one if a fifth or
more of the core, and of the whole tumour, lies on the smaller side. Common slices show a tumour on one side,
or none, and are of patients of hospital A none of whose slices shows a butterfly. The generator gets its
orders as in `pathology.py`; "both sides" is an order like any other, which it can be given even if no
training slice is described so.

Only the number of different examples differs between runs: steps, networks, seeds are equal, and if there are
any examples, one in eight images of a batch is drawn from them. An example is one slice of one patient, drawn
by the seed from the same hundred. Patients of the judge, and those whose orders are given, are others.

    data/results/rare_findings.csv   a row for each run, and for real slices
        delivered_judge, _labels, _both   share of butterflies among images for orders of unseen butterflies,
                                          by the judge, by labels that the shipped segmenter finds, by both
        invented_judge, _labels, _both    the same among images for common orders
        nearer, nearer_floor, copies      whether images repeat the examples, see `metrics.repeats`
        variety                           mean difference of two images for such orders, as a share of the
                                          real butterflies'
        kid_t1ce, kid_flair               kernel distance of the images for common orders
    data/results/rare_findings.npz   of seed 0, uint8 (N, 64, 32), T1ce above FLAIR: the hundred
                                     "examples", of which a run has the first n; all "unseen" ones;
                                     and 60 images of each generator, "0 examples" and so on

In seconds of one core of an AMD EPYC with bfloat16, 1.4 hours in all. All stages but the last go on where
they were stopped.

    patients    270 x 2.25                                 610
    judge       20 passes of 500 slices                     60
    train       12 runs x 2,000 steps x .15              3,600
    score       12 runs x 430 images, .15 to segment       850
"""

from pathlib import Path

import numpy as np
import pandas as pd
from regressor_training import train_regressor
from study import RESULTS, parser_of, start, write_table

from gancourse import pretrained
from gancourse.cohort.few_patients import with_validation
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import encode
from gancourse.images import to_uint8
from gancourse.metrics.fidelity import kid
from gancourse.metrics.repeats import repeats
from gancourse.metrics.statistics import diversity
from gancourse.segmentation import segmenter as shipped
from gancourse.segmentation.hospital_slices import People, make_patients, write_hospital
from gancourse.segmentation.hospitals import HOSPITALS
from gancourse.segmentation.slice_reader import read_tumours
from gancourse.training import conditional_training
from gancourse.training.conditional_training import (
    ConditionalRecipe,
    Examples,
    examples_of,
    orders_of,
    pictures_of,
)

EXAMPLES, SEEDS, STEPS = (0, 5, 20, 100), (0, 1, 2), 2000
RECIPE = ConditionalRecipe(size=32, base=24, d_base=24)

#: Share of a batch that is drawn from the rare examples, if there are any.
RARE_SHARE = 1 / 8

#: Patients with a butterfly whose slices may be examples; whose orders are given and that are the floor.
POOL, UNSEEN = 100, 130
PATIENTS, SEED = 270, 45

#: A slice shows a butterfly if a fifth of the tumour, and of 2 cm2 of core or more, lies on the smaller side.
BOTH, LEAST_CORE_CM2 = 0.6, 2.0

#: Common orders of test patients; of each unseen butterfly's order one image is made.
COMMON_ORDERS = 300

#: Images of each generator that the lesson shows and counts copies in.
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


def rare_slices(folder: Path) -> dict[str, Examples]:
    """Return the slices that show a butterfly: one for each patient of "pool" and "unseen", all of "judge".

    Raises:
        InputError: the folder has too few patients with such a slice.
    """
    slices = SliceSet.open(folder)
    orders = orders_of(slices, np.arange(len(slices)))
    patients = slices.table["patient"].to_numpy()
    shows = np.flatnonzero(is_butterfly(orders))
    names = np.random.default_rng(SEED).permutation(np.unique(patients[shows]))
    if len(names) <= POOL + UNSEEN:
        raise InputError(f"{folder}: {len(names)} patients with a butterfly, expected over {POOL + UNSEEN}")
    smaller = (orders["core_cm2"] * (1 - orders["core_side"].abs())).to_numpy()
    best = {name: max(shows[patients[shows] == name], key=lambda row: smaller[row]) for name in names}
    rows = {
        "pool": np.array([best[name] for name in names[:POOL]]),
        "unseen": np.array([best[name] for name in names[POOL : POOL + UNSEEN]]),
        "judge": shows[np.isin(patients[shows], names[POOL + UNSEEN :])],
    }
    return {
        part: Examples(
            pictures_of(slices, chosen, RECIPE),
            orders.iloc[chosen].reset_index(drop=True),
            np.full(len(chosen), 1 / len(chosen)),
            chosen,
        )
        for part, chosen in rows.items()
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


def stacked(images: np.ndarray) -> np.ndarray:
    """Lay the channels of images (N, S, S, C) one below the other, to be mirrored: (N, C S, S)."""
    return np.concatenate(np.moveaxis(np.asarray(images, np.float32), -1, 0), axis=1)


# The two instruments


def train_judge(judge: Examples, common: Examples, folder: Path, epochs: int = 20) -> None:
    """Train the network that tells butterflies from common slices, of patients that no generator learns from.

    Butterflies are repeated until there are as many. Its limit is set later: the score that 1 % of the common
    slices of some test patients reach; those of the others check it.
    """
    rare = np.repeat(judge.images, max(1, len(common.images) // len(judge.images)), axis=0)
    images = np.concatenate([common.images, rare]).astype(np.float32)
    truth = np.repeat([0.0, 1.0], [len(common.images), len(rare)])[:, None]
    regressor = train_regressor(("butterfly",), images, truth.astype(np.float32), epochs)
    about = {
        "kind": "attribute regressor",
        "recipe": {"values": 1, "size": RECIPE.size, "channels": len(RECIPE.modalities), "mirror": True},
        "command": "python experiments/rare_findings.py judge",
    }
    pretrained.save("judge", regressor, about, folder)


def enlarged(images: np.ndarray) -> np.ndarray:
    """Double the size of images (N, S, S, C) to that of the slices that `slice_reader` is used for."""
    from scipy import ndimage

    return ndimage.zoom(np.asarray(images, np.float32), (1, 2, 2, 1), order=1, mode="nearest", grid_mode=True)


def verdicts(images: np.ndarray, judge, limit: float, segmenter) -> dict[str, np.ndarray]:
    """Say of images (N, 32, 32, 2) by each instrument, and by both, whether they show a butterfly."""
    said = {
        "judge": judge.measure(images)[:, 0] > limit,
        "labels": is_butterfly(read_tumours(enlarged(images), RECIPE.modalities, segmenter)),
    }
    return said | {"both": said["judge"] & said["labels"]}


# The stages


def make_rare(out: Path, number: int, workers: int | None = None) -> SliceSet:
    """Scan so many patients with a butterfly glioma at hospital A; what is there already stays."""
    people = People(SEED, "butterfly")
    sections = make_patients(out / "sections", range(number), people, workers)
    return write_hospital(out / "A", sections, HOSPITALS["A"], range(number), tested=0, people=people)


def train(common: Examples, pool: Examples, about: dict, runs: Path, steps: int, numbers, seeds) -> None:
    """Train what is missing, and keep the averaged generator's images of all orders."""
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


def score(parts: dict[str, Examples], tests: Examples, runs: Path, patients) -> tuple:
    """Measure all runs and real slices: the rows of the table, and images to keep."""
    judge = pretrained.load("judge", folder=runs)
    segmenter = shipped.load()
    features = pretrained.load("features/brain-mr")
    unseen, rng = parts["unseen"], np.random.default_rng(0)
    half = np.isin(patients, rng.permutation(np.unique(patients))[::2])
    real = tests.images.astype(np.float32)
    limit = float(np.quantile(judge.measure(real[half])[:, 0], 0.99))

    def shares(rare, ordinary) -> dict:
        both = {"delivered": rare, "invented": ordinary}
        said = {what: verdicts(images, judge, limit, segmenter) for what, images in both.items()}
        return {f"{what}_{by}": v.mean() for what, of in said.items() for by, v in of.items()}

    floor = stacked(unseen.images)
    variety = diversity(floor)["mean_pair"]
    rows = [{"examples": "real", "seed": 0, **shares(unseen.images.astype(np.float32), real[~half])}]
    wanted = encode(unseen.orders)
    drawn = rng.choice(len(tests.images), COMMON_ORDERS, p=tests.chance)
    ordinary = encode(tests.orders.iloc[drawn])
    first = chosen_examples(parts["pool"], max(EXAMPLES), seed=0)
    kept = {"examples": stacked(parts["pool"].images[first]), "unseen": floor}
    for run in sorted(runs.glob("n*-s*"), key=lambda path: tuple(map(int, path.name[1:].split("-s")))):
        if not (run / "done.txt").exists():
            continue
        number, seed = map(int, run.name[1:].split("-s"))
        generator, _ = RECIPE.build_networks()
        generator.load_weights(run / "generator.weights.h5")
        rare, usual = paint(generator, wanted, seed=1), paint(generator, ordinary, seed=2)
        row = {"examples": number, "seed": seed, **shares(rare, usual)}
        if number:
            chosen = chosen_examples(parts["pool"], number, seed)
            row |= repeats(stacked(rare), stacked(parts["pool"].images[chosen]), floor)
        row["variety"] = diversity(stacked(rare))["mean_pair"] / variety
        for channel, modality in enumerate(RECIPE.modalities):
            pair = [features.embed(x[..., channel], modality) for x in (usual, real[drawn])]
            row[f"kid_{modality}"] = kid(*pair)[0]
        rows.append(row)
        if seed == 0:
            kept[f"{number} examples"] = stacked(rare[:KEPT])
    return rows, {name: to_uint8(images) for name, images in kept.items()}


def main() -> None:
    parser = parser_of(__doc__, "data/hospitals/A")
    parser.add_argument("stage", choices=("patients", "judge", "train", "score"))
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
    folder = arguments.rare / "A"
    if stage == "patients":
        make_rare(arguments.rare, arguments.number, arguments.workers)
        return
    slices, parts = with_validation(SliceSet.open(arguments.data)), rare_slices(folder)
    common = is_common(slices)
    if stage == "judge":
        train_judge(parts["judge"], examples_of(slices, RECIPE, "validation", common), runs)
    elif stage == "train":
        learned = examples_of(slices, RECIPE, "train", common)
        about = {"slices": slices.made_with, "rare": SliceSet.open(folder).made_with}
        train(learned, parts["pool"], about, runs, arguments.steps, arguments.examples, arguments.seeds)
    else:
        tests = examples_of(slices, RECIPE, "test", common)
        patients = slices.table["patient"].to_numpy()[tests.rows]
        rows, kept = score(parts, tests, runs, patients)
        write_table(rows, arguments.results / "rare_findings.csv")
        path = arguments.results / "rare_findings.npz"
        write_beside(path, lambda file: np.savez_compressed(file, **kept))
        print(pd.DataFrame(rows).to_string())


if __name__ == "__main__":
    start(main)
