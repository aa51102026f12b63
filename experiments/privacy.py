"""What does privacy cost? Attacks on small GANs, with no defence and with several, and epsilon against KID.

    gancourse cohort people --subjects 8000 --out data/people     1,200 core-seconds, 66 MB
    python experiments/privacy.py train                           27 runs, 8,000 core-seconds
    python experiments/privacy.py score                           2,700 core-seconds

A plain step takes 75 ms of a core (89 with augmentation and R1), a private one 133, and the attacks on the
networks of a run 35 s. For each of three seeds that is 300 s for few and for many, 75 s for few-early, 360 s
for few-augmented, 270 s for each of the five private runs, and 320 s for the attacks.

Of the 8,000 people, one slice each at 32 pixels, 6,000 may be members and 2,000 are held out. The runs:

    few            256 patients, no defence
    few-early      the same, stopped after a quarter of the steps
    few-augmented  the same as few, with augmented images for the discriminator, and R1
    many           6,000 patients, no defence
    clipped        6,000 patients, gradients clipped by patient, no noise: epsilon is infinite
    noise-0.5 ...  the same, with that much noise

Each run goes into `runs/privacy/<name>-s<seed>`, and goes on where it was stopped. Positive controls: in runs
with 6,000 patients, `PLANTED` of them have `COPIES` copies of their slice; and in all, `COPIED` members are
planted among the generated images. They write

    data/results/privacy.csv           one row a run: epsilon, the greatest area under the ROC that it allows,
                                       KID with its error, precision, recall
    data/results/privacy_attacks.csv   each attack on each run: area, interval by patient, share found at 1 %
                                       false positives. `who` is
        members             members against held-out people
        planted             patients with many copies, against the same
        copied              members whose copies were planted among the generated images, against the same;
                            for the inversion, images that the generator itself has painted
        control: members    one half of the members against the other: mean and 95 % range
        control: held out   the same of held-out people
        control: unseen     members against held-out people, with another seed's few-run, which saw neither
        control: biased     held-out people with a tumour in the slice against those without: a split with a
                            bias, and no member on either side
    data/results/privacy.npz           twelve images of each run of seed 0, uint8
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from study import RESULTS, parser_of, start, write_table

from gancourse.cohort.phantom.people import read_people
from gancourse.files import write_beside
from gancourse.quiet import import_tensorflow

SIZE = 32  #: of the images
HELD_OUT = 2000  #: people, the last ones
FEW = 256
PLANTED, COPIES = 20, 10  #: patients with so many copies of their slice
COPIED = 100  #: members planted among the generated images
IMAGES = 3000  #: generated for every attack
ATTACKED, INVERTED = 2000, 250  #: at most so many members, and as many others; by inversion
STEPS = 4000  #: of the plain runs, 64 images each
PRIVATE_STEPS, BATCH = 2000, 256  #: of the discriminator in private runs, so many patients each on average
CHUNK = 100  #: steps from one checkpoint to the next
SEARCH = dict(draws=512, restarts=2, steps=60)  #: of the inversion


@dataclass(frozen=True)
class Plan:
    """What sets a run apart."""

    patients: int | None = None  #: None: all
    steps: int = STEPS
    noise: float | None = None  #: None: not private, not clipped
    augmented: bool = False


PLANS = {
    "few": Plan(FEW),
    "few-early": Plan(FEW, STEPS // 4),
    "few-augmented": Plan(FEW, augmented=True),
    "many": Plan(),
    "clipped": Plan(steps=PRIVATE_STEPS, noise=0.0),
    **{f"noise-{noise}": Plan(steps=PRIVATE_STEPS, noise=noise) for noise in (0.5, 1.0, 2.0, 4.0)},
}


@dataclass(frozen=True)
class People:
    """Who is what in a run: indices of all people."""

    members: np.ndarray  #: (M,)
    planted: np.ndarray  #: (P,), among the members
    others: np.ndarray  #: (N,), held out
    rows: np.ndarray  #: (R,), of the training: a planted patient comes several times


def people_of(plan: Plan, seed: int, count: int) -> People:
    """Draw the members of a run. Runs with few patients share none between seeds."""
    pool = np.random.default_rng(0).permutation(count - HELD_OUT)
    if plan.patients is None:
        planted = pool[seed * PLANTED :][:PLANTED]
        rows = np.concatenate([pool, np.repeat(planted, COPIES - 1)])
        return People(pool, planted, np.arange(count - HELD_OUT, count), rows)
    members = pool[seed * plan.patients :][: plan.patients]
    return People(members, members[:0], np.arange(count - HELD_OUT, count), members)


def recipe_of(plan: Plan):
    """Return the recipe: private, or of the same generator without privacy."""
    from gancourse.training.private_training import PrivateRecipe

    if plan.noise is not None:
        return PrivateRecipe(size=SIZE, noise=plan.noise, batch=BATCH)
    plain = replace(PrivateRecipe(size=SIZE).networks(), d_base=16, g_rate=2e-4, d_rate=2e-4, smooth=0.1)
    return replace(plain, r1=0.2, augment=True) if plan.augmented else plain


def batches_of(plan: Plan, recipe, images: np.ndarray, people: People, seed: int, first_step: int):
    """Make endless batches: of patients drawn by chance for a private run, else of random slices."""
    tf = import_tensorflow()
    if plan.noise is not None:
        from gancourse.gans.private_gan import poisson_batches

        rate = recipe.rate(len(people.members))
        return poisson_batches(images[people.rows], people.rows, rate, seed, first_step)

    def batches() -> Iterator[np.ndarray]:
        step = first_step
        while True:
            rng = np.random.default_rng([seed, step])
            yield images[rng.choice(people.rows, recipe.batch_size, replace=False)][..., None]
            step += 1

    shape = tf.TensorSpec((recipe.batch_size, SIZE, SIZE, 1))
    return tf.data.Dataset.from_generator(batches, output_signature=shape).prefetch(4)


def train(name: str, seed: int, data: Path, out: Path) -> None:
    """Train one run, from where it was stopped, and save its images and the scores of the attacks."""
    import dataclasses

    import keras

    from gancourse.gans.averaging import recalibrate
    from gancourse.gans.latent import draw_latents
    from gancourse.images import image_grid, to_picture, to_uint8
    from gancourse.metrics.attacks import discriminator_score, inversion_score
    from gancourse.training.checkpoint import Checkpoint
    from gancourse.training.diagnosis import StopOnNaN

    class CoreSeconds(keras.callbacks.Callback):
        """Add the core's seconds so far to what the checkpoint keeps of every chunk."""

        def on_train_begin(self, logs=None):
            before = checkpoint.history[-1]["core_seconds"] if checkpoint.history else 0.0
            self.start = time.process_time() - before

        def on_epoch_end(self, epoch, logs=None):
            logs["core_seconds"] = time.process_time() - self.start

    plan, (images, _) = PLANS[name], read_people(data, SIZE)
    people, recipe = people_of(plan, seed, len(images)), recipe_of(plan)
    gan = recipe.build(seed) if plan.noise is not None else recipe.build(seed, "float32")
    settings = {"run": name, "seed": seed, "people": len(images), "steps": plan.steps}
    settings["recipe"] = dataclasses.asdict(recipe)
    checkpoint = Checkpoint(out / "checkpoint.npz", settings, "python experiments/privacy.py")
    done, chunk = checkpoint.restore(gan), min(CHUNK, plan.steps)
    if done * chunk < plan.steps:
        gan.fit(
            batches_of(plan, recipe, images, people, seed, done * chunk),
            steps_per_epoch=chunk, initial_epoch=done, epochs=plan.steps // chunk,
            shuffle=False, verbose=0, callbacks=[StopOnNaN(), CoreSeconds(), checkpoint],
        )  # fmt: skip
    generator = gan.trained_generator
    recalibrate(generator, gan.latent_dim)
    latents = draw_latents(IMAGES, gan.latent_dim, seed=1)
    made = generator.predict(latents, batch_size=100, verbose=0)[..., 0]
    members, others = attacked(people)
    sides = {"members": images[members], "others": images[others], "planted": images[people.planted]}
    scores = {"images": to_uint8(made), "core_seconds": checkpoint.history[-1]["core_seconds"]}
    for side, some in sides.items():
        if len(some):
            scores[f"discriminator_{side}"] = discriminator_score(some, gan.discriminator)
            scores[f"inversion_{side}"] = inversion_score(
                some[:INVERTED], generator, gan.latent_dim, **SEARCH
            )
    scores["inversion_copied"] = inversion_score(made[:COPIED], generator, gan.latent_dim, **SEARCH)
    write_beside(out / "sample.png", lambda file: to_picture(image_grid(made[:64])).save(file, "png"))
    write_beside(out / "scores.npz", lambda file: np.savez_compressed(file, **scores))


def attacked(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return the members, without the planted ones, and the others that are attacked."""
    ordinary = people.members[~np.isin(people.members, people.planted)]
    return ordinary[:ATTACKED], people.others[:ATTACKED]


# Scores


def score(runs: Path, data: Path, results: Path) -> None:
    """Write the tables from the images and scores that the runs have saved."""
    from gancourse import pretrained
    from gancourse.metrics.accountant import greatest_auc
    from gancourse.metrics.fidelity import kid, precision_recall

    embed = pretrained.load("features/brain-mr").embed
    images, tumour = read_people(data, SIZE)
    held_out = embed(images[-HELD_OUT:])
    table, attacks, pictures = [], [], {}
    for path in sorted(runs.glob("*/scores.npz")):
        name, _, seed = path.parent.name.rpartition("-s")
        plan, seed = PLANS[name], int(seed)
        people, recipe = people_of(plan, seed, len(images)), recipe_of(plan)
        with np.load(path) as file:
            saved = dict(file)
        made = saved["images"].astype(np.float32) / 127.5 - 1
        if not seed:
            pictures[name] = saved["images"][:12]
        features = embed(made)
        value, error = kid(features, held_out)
        precision, recall = precision_recall(held_out, features)
        private = plan.noise is not None
        spent = recipe.epsilon(len(people.members), plan.steps) if private else np.inf
        row = {"run": name, "seed": seed, "patients": len(people.members), "steps": plan.steps}
        row |= {"noise": plan.noise, "epsilon": spent, "greatest_auc": greatest_auc(spent)}
        row |= {"kid": value, "kid_se": error, "precision": precision, "recall": recall}
        table.append(row | {"core_seconds": float(saved["core_seconds"])})
        print(table[-1], flush=True)
        unseen = generated_elsewhere(runs, seed)
        found = attack(images, tumour > 0, people, made, saved, unseen, embed)
        attacks += [{"run": name, "seed": seed, **row} for row in found]
    write_table(table, results / "privacy.csv")
    write_table(attacks, results / "privacy_attacks.csv")
    write_beside(results / "privacy.npz", lambda file: np.savez_compressed(file, **pictures))


def generated_elsewhere(runs: Path, seed: int) -> tuple[np.ndarray, int] | None:
    """Return images of another seed's few-run, and that seed; None if there is no such run."""
    for path in sorted(runs.glob("few-s*/scores.npz")):
        other = int(path.parent.name.rpartition("-s")[2])
        if other != seed:
            with np.load(path) as file:
                return file["images"].astype(np.float32) / 127.5 - 1, other
    return None


def attack(images, ill, people: People, made, saved: dict, unseen, embed) -> Iterator[dict]:
    """Attack one run in every way; `ill` says who has a tumour in the slice."""
    from gancourse.metrics.attacks import control, distance_score, plant
    from gancourse.metrics.memorisation import membership

    members, others = attacked(people)
    groups = {"members": members, "others": others, "planted": people.planted}
    scores: dict[str, dict[str, np.ndarray]] = {"distance in pixels": {}, "distance in features": {}}
    for attack_name, space in (("distance in pixels", None), ("distance in features", embed)):
        for side, rows in groups.items():
            if len(rows):
                scores[attack_name][side] = distance_score(images[rows], made, space)
        copied = plant(made, images[members[:COPIED]])
        scores[attack_name]["copied"] = distance_score(images[members[:COPIED]], copied, space)
        scores[attack_name]["others, copied"] = distance_score(images[others], copied, space)
        if unseen is not None:
            elsewhere, seed = unseen
            saw = people_of(PLANS["few"], seed, len(images)).members
            strangers = images[members[~np.isin(members, saw)]]
            scores[attack_name]["unseen"] = distance_score(strangers, elsewhere, space)
            scores[attack_name]["others, unseen"] = distance_score(images[others], elsewhere, space)
    for kind in ("discriminator", "inversion"):
        scores[kind] = {s: saved[f"{kind}_{s}"] for s in (*groups, "copied") if f"{kind}_{s}" in saved}
        scores[kind]["others, copied"] = scores[kind]["others"]
    pairs = (
        ("members", "members", "others"),
        ("planted", "planted", "others"),
        ("copied", "copied", "others, copied"),
        ("control: unseen", "unseen", "others, unseen"),
        ("control: biased", "others, ill", "others, well"),
    )
    for attack_name, by_side in scores.items():
        has = ill[others[: len(by_side["others"])]]
        by_side |= {"others, ill": by_side["others"][has], "others, well": by_side["others"][~has]}
        for who, side, against in pairs:
            a, b = by_side.get(side, ()), by_side.get(against, ())
            if len(a) and len(b):
                yield row_of(attack_name, who, membership(a, b, np.arange(len(a)), np.arange(len(b))))
        for who, side in (("control: members", "members"), ("control: held out", "others")):
            found = control(by_side[side], np.arange(len(by_side[side])))
            yield {"attack": attack_name, "who": who, **found._asdict()}


def row_of(attack_name: str, who: str, found) -> dict:
    """Return a row of the table of attacks."""
    from gancourse.metrics.attacks import found_at

    row = {"attack": attack_name, "who": who, "auc": found.auc, "low": found.low, "high": found.high}
    return row | {"found_at_1_percent": found_at(found)}


def train_all(names: list[str], seeds: list[int], data: Path, runs: Path, jobs: int) -> None:
    """Train what is missing, each in a process with one thread, and say what failed."""
    one_thread = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

    def one(run: tuple[str, int]) -> str:
        name, seed = run
        out, began = runs / f"{name}-s{seed}", time.monotonic()
        if (out / "scores.npz").exists():
            return ""
        command = [sys.executable, __file__, "run", name, str(seed), "--data", str(data), "--runs", str(runs)]
        code = subprocess.run(command, env=os.environ | one_thread, check=False).returncode
        print(f"{out.name}: {'failed' if code else 'done'} in {time.monotonic() - began:.0f} s", flush=True)
        return out.name if code else ""

    with ThreadPoolExecutor(jobs) as pool:
        failed = list(filter(None, pool.map(one, [(name, seed) for seed in seeds for name in names])))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; see above, and run again")


def main() -> None:
    parser = parser_of(__doc__, "data/people")
    parser.add_argument("what", nargs="?", default="train", choices=("train", "score", "run"))
    parser.add_argument("names", nargs="*", help="runs; for run: a name and a seed")
    parser.add_argument("--runs", type=Path, default=Path("runs/privacy"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    import_tensorflow()
    if arguments.what == "score":
        score(arguments.runs, arguments.data, arguments.results)
    elif arguments.what == "run":
        name, seed = arguments.names[0], int(arguments.names[1])
        train(name, seed, arguments.data, arguments.runs / f"{name}-s{seed}")
    else:
        names = arguments.names or list(PLANS)
        if unknown := set(names) - set(PLANS):
            sys.exit(f"{', '.join(sorted(unknown))}: expected some of {', '.join(PLANS)}")
        train_all(names, arguments.seeds, arguments.data, arguments.runs, arguments.jobs)


if __name__ == "__main__":
    start(main)
