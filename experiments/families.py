"""GANs beside a variational autoencoder and a diffusion model, with equal core time.

    gancourse cohort slice data/phantoms720 --out data/slices720      (as in `make train`)
    python experiments/families.py train --size 64                    five families, an hour of a core each
    python experiments/families.py train --size 32 --seeds 0 1 2      the same at 32 pixels, 4 minutes each
    python experiments/families.py score                              data/results/families.csv, families.npz
    python experiments/families.py export                             the weights families/vae, families/ddpm

Runs go two at a time, each with one thread on a core of its own, into
`runs/families/<family>-<size>-s<seed>`, and go on where they were stopped. At each of `BUDGETS`, in minutes
of the core's own time, a run leaves 1,000 images. Sampling and checkpoints do not count. In the table are

    kid, kid_se    kernel distance to slices of held-out patients, and its standard error
    recall         share of the held-out slices that lie among the generated images
    copies         share of images that are copies of a training slice or of its mirror image, by
                   `memorisation.find_copies`, which calls 1 % of unseen real slices so
    nearer         share of images that are nearer to a training slice than to as many held-out ones
    sample_ms      milliseconds of one core for an image
    loss           what the training reported last

`training` is as many slices of the training set: the best that a generator could do.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from study import RESULTS, held_out, load_slices, parser_of, start, write_table

from gancourse import pretrained
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.images import to_uint8
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.memorisation import find_copies, nearest, with_mirrors
from gancourse.quiet import import_tensorflow

import_tensorflow()
from gancourse.training.loop import images_of, rows_of  # noqa: E402

#: Family -> recipe of `training.recipes`, or of `training.family_training`.
FAMILIES = {"deck": "deck", "dcgan": "relativistic", "modulated": "modulated", "vae": "vae", "ddpm": "ddpm"}
#: Size of the images -> minutes of a core after which a family is scored.
BUDGETS = {64: (2, 5, 15, 30, 60), 32: (1, 2, 4)}
IMAGES = 1000
CHUNK = 25  #: steps between looks at the clock
KEEP_EVERY = 120.0  #: seconds of the core from one checkpoint to the next


def recipe_of(family: str, size: int):
    """Return the recipe; at 32 pixels the deck's own networks are their functional twins."""
    import dataclasses

    from gancourse.training import family_training, recipes

    if family in family_training.RECIPES:
        return family_training.RECIPES[family](size=size)
    recipe = recipes.RECIPES[FAMILIES[family]]
    changes = {"size": size} | ({"networks": "transpose"} if family == "deck" and size != 64 else {})
    for penalty in ("r1", "r2"):  # of a gradient, summed over pixels
        changes[penalty] = getattr(recipe, penalty) * (size / 64) ** 2
    return dataclasses.replace(recipe, **changes)


def train(family: str, size: int, seed: int, data: Path, out: Path) -> None:
    """Train one family up to its last budget, and leave images at each."""
    import tensorflow as tf

    from gancourse.training import checkpoint

    recipe, slices = recipe_of(family, size), load_slices(data, size)
    model = recipe.build(seed)
    path = out / "checkpoint.npz"
    about = {"settings": {"family": family, "size": size, "seed": seed}, "history": []}
    if path.exists():
        about = checkpoint.load(model, path)
    history = about["history"]
    spent, steps = (history[-1]["seconds"], history[-1]["epoch"]) if history else (0.0, 0)
    step = tf.function(model.train_step)
    data_set = slices.dataset(
        "train", "t1", recipe.batch_size, seed, repeat=True, first_step=steps, flip=recipe.flip
    )
    batches, kept = iter(data_set), spent
    step.get_concrete_function(tf.TensorSpec((recipe.batch_size, size, size, 1)))  # compiled before the clock
    for minutes in BUDGETS[size]:
        while spent < 60 * minutes:
            begun = time.process_time()
            for _ in range(CHUNK):
                report = step(next(batches))
            spent += time.process_time() - begun
            steps += CHUNK
            if spent - kept > KEEP_EVERY or spent >= 60 * minutes:
                losses = {name: round(float(value), 5) for name, value in report.items()}
                history.append({"epoch": steps, "seconds": spent, **losses})
                for tracker in model.metrics:
                    tracker.reset_state()
                checkpoint.save(model, path, about)
                kept = spent
        if not (out / f"images_{minutes}.npz").exists():
            paint(model, out / f"images_{minutes}.npz")


def paint(model, path: Path) -> None:
    """Keep images, uint8, and the milliseconds of the core for each."""
    import tensorflow as tf

    latents = model.draw_latents(IMAGES, 2)
    images = model.sample(latents)
    draw = tf.function(model.call)
    draw(tf.constant(latents[:50]))  # compiled before the clock
    begun = time.process_time()
    for first in range(0, 200, 50):
        draw(tf.constant(latents[first : first + 50]))
    each = 1000 * (time.process_time() - begun) / 200
    arrays = {"images": to_uint8(images[..., 0]), "sample_ms": np.float32(each)}
    write_beside(path, lambda file: np.savez_compressed(file, **arrays))


class Judge:
    """Score images of one size against held-out patients, and search them for copies."""

    def __init__(self, slices: SliceSet):
        self.network = pretrained.load("features/brain-mr")
        self.real, self.patients = held_out(slices, "t1")
        self.features = self.network.embed(self.real)
        rows = slices.select("train")
        self.learned, owners = images_of(slices, "t1", rows), slices.table["patient"].to_numpy()[rows]
        rng, held = np.random.default_rng(0), len(np.unique(self.patients))
        some = np.flatnonzero(np.isin(owners, rng.choice(np.unique(owners), held, replace=False)))
        self.as_many = self.learned[rng.permutation(some)[: len(self.real)]]

    def judge(self, images: np.ndarray) -> dict:
        """Return the columns of the table that describe images (N, S, S)."""
        made = self.network.embed(images)
        value, error = kid(made, self.features, None, self.patients)
        real = self.real[: len(self.as_many)]
        near = [nearest(images, with_mirrors(some))[0] for some in (self.as_many, real)]
        both, owners = with_mirrors(self.real), np.tile(self.patients, 2)
        return {
            "kid": value,
            "kid_se": error,
            "recall": precision_recall(self.features, made, groups_real=self.patients)[1],
            "copies": find_copies(images, with_mirrors(self.learned), both, owners).copied.mean(),
            "nearer": np.mean(near[0] < near[1]),
        }


def score(runs: Path, data: Path) -> None:
    """Write the table of all runs, and twelve images of each of seed 0."""
    rows, pictures = [], {}
    for size in BUDGETS:
        judge = Judge(load_slices(data, size))
        seen = judge.as_many[:IMAGES]
        rows.append({"family": "training", "size": size, "seed": 0, "minutes": 0} | judge.judge(seen))
        pictures[f"training-{size}-0"] = to_uint8(seen[:12])
        for file in sorted(runs.glob(f"*-{size}-s*/images_*.npz")):
            about = json.loads(str(np.load(file.parent / "checkpoint.npz")["about"]))
            family, seed = about["settings"]["family"], about["settings"]["seed"]
            minutes = int(file.stem.removeprefix("images_"))
            if minutes not in BUDGETS[size]:
                continue
            with np.load(file) as arrays:
                stored, each = arrays["images"], float(arrays["sample_ms"])
            last = next(row for row in about["history"] if row["seconds"] >= 60 * minutes)
            rows.append(
                {"family": family, "size": size, "seed": seed, "minutes": minutes, "steps": last["epoch"]}
                | judge.judge(stored.astype(np.float32) / 127.5 - 1)
                | {"sample_ms": each, "loss": last.get("loss", last.get("g_loss"))}
            )
            print(rows[-1], flush=True)
            if seed == 0:
                pictures[f"{family}-{size}-{minutes}"] = stored[:12]
    write_table(rows, RESULTS / "families.csv")
    write_beside(RESULTS / "families.npz", lambda file: np.savez_compressed(file, **pictures))


def store(runs: Path, data: Path) -> None:
    """Store the VAE and the diffusion model of 64 pixels and seed 0, with their scores."""
    import dataclasses

    from gancourse import export
    from gancourse.training import family_training, recipes

    size = 64
    slices = load_slices(data, size)
    images = len(rows_of(slices, "t1", "train"))
    for kind in family_training.RECIPES:
        recipe = recipe_of(kind, size)
        network, about = export.load_run(runs / f"{kind}-{size}-s0", kind, dataclasses.asdict(recipe))
        last = about["history"][-1]
        if last["seconds"] < 60 * BUDGETS[size][-1]:
            raise InputError(f"{runs}: the training of {kind} is not done; run the stage `train` first")
        card = {
            "kind": kind,
            "recipe": dataclasses.asdict(recipe),
            "command": f"python experiments/families.py train --size {size}",
            "data": {"modality": "t1", "where": "", "images": images, "slices": slices.made_with},
            "seed": 0,
            "precision": recipes.choose_precision(),
            "steps": last["epoch"],
            "minutes": round(last["seconds"] / 60, 1),
        }

        def scores(network, kind=kind, flip=recipe.flip) -> dict:
            made = export.generate(network, kind, export.SCORED_IMAGES, seed=2)
            return export.score_images(made, slices, "t1", flip=flip)

        print(export.store(f"families/{kind}", network, scores, card).scores)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("stage", choices=("train", "one", "score", "export"))
    parser.add_argument("--runs", type=Path, default=Path("runs/families"))
    parser.add_argument("--families", nargs="*", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--size", type=int, choices=BUDGETS, default=64)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    asked = parser.parse_args()
    if asked.stage == "score":
        return score(asked.runs, asked.data)
    if asked.stage == "export":
        return store(asked.runs, asked.data)
    jobs = [(family, seed) for seed in asked.seeds for family in asked.families]
    if asked.stage == "one":
        (family, seed), *_ = jobs
        return train(family, asked.size, seed, asked.data, asked.runs / f"{family}-{asked.size}-s{seed}")

    def run(job: tuple[str, int]) -> int:
        family, seed = job
        command = [sys.executable, __file__, "one", "--families", family, "--seeds", str(seed)]
        command += ["--size", str(asked.size), "--data", str(asked.data), "--runs", str(asked.runs)]
        return subprocess.run(command).returncode

    with ThreadPoolExecutor(2) as pool:
        sys.exit(max(pool.map(run, jobs)))


if __name__ == "__main__":
    start(main)
