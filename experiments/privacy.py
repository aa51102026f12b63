"""What does privacy cost? GANs with no defence and with several, for the attacks of `privacy_scores.py`.

    gancourse cohort people --subjects 6000 --out data/people     900 core-seconds, 49 MB
    python experiments/privacy.py --here                          30 runs, 1,300 core-seconds
    python experiments/privacy_scores.py                          360 core-seconds

Of the 6,000 people, one slice each at 32 pixels, 5,000 may be members and 1,000 are held out. The runs, each
with three seeds, which are trained seed by seed, so that any stop leaves a complete comparison:

    few            256 patients, no defence
    few-early      the same, stopped after a quarter of the steps
    few-augmented  the same as few, with augmented images for the discriminator, and R1
    many           5,000 patients, no defence
    many-early     the same, stopped after a quarter of the steps
    clipped        5,000 patients, gradients clipped by patient, no noise: epsilon is infinite
    noise-0.5 ...  the same, with that much noise

A private run lasts about as long as a plain one and has half its steps, but only a quarter of the steps of
the generator, which learns at every second: as many as many-early. What clipping and noise cost is therefore
seen beside many-early; what privacy costs in all, at equal time, beside many. Seeds are other trainings, and
for few and planted patients other members; the people held out and most other members attacked are the same.

Each run goes into `runs/privacy/<name>-s<seed>`, and goes on where it was stopped: `checkpoint.npz`;
`sample.png`; and `scores.npz`, with its images, and what discriminator and inversion say of real ones. A
positive control: in runs with 5,000 patients, `PLANTED` of them have `COPIES` copies of their slice.
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
from study import parser_of, start

from gancourse.cohort.phantom.people import read_people
from gancourse.files import write_beside
from gancourse.quiet import import_tensorflow

SIZE = 32  #: of the images
PEOPLE = 6000
FIRST, HELD_OUT = 300, 1000  #: the first of the people that are held out, and their number
FEW = 256
PLANTED, COPIES = 20, 10  #: patients with so many copies of their slice
IMAGES = 2000  #: generated for every attack
ATTACKED, INVERTED = 1000, 150  #: at most so many members, and as many others; by inversion
PAINTED = 30  #: images of the generator itself that are inverted, too
STEPS = 1600  #: of the plain runs, 32 images each
PLAIN = 5e-4  #: learning rate of both networks
PRIVATE_STEPS, BATCH = 800, 128  #: of the discriminator in private runs, so many patients each on average
RUNS = Path("runs/privacy")
CHUNK = 100  #: steps from one checkpoint to the next
SEARCH = dict(draws=256, restarts=1, steps=30)  #: of the inversion


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
    "many-early": Plan(steps=STEPS // 4),
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


def read(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the slices of all people, (6000, 32, 32) in [-1, 1], and their tumours' pixels."""
    images, tumour = read_people(data, SIZE)
    if len(images) < PEOPLE:
        sys.exit(f"{data}: {len(images)} people; make {PEOPLE} with `gancourse cohort people`")
    return images[:PEOPLE], tumour[:PEOPLE]


def people_of(plan: Plan, seed: int, count: int = PEOPLE) -> People:
    """Say who are the members of a run. Runs with few patients share none between seeds.

    People are independent of each other, so that any split is a random one; with this one, the first 600 are
    all that a lesson needs.
    """
    pool, others = np.delete(np.arange(count), np.s_[FIRST : FIRST + HELD_OUT]), FIRST + np.arange(HELD_OUT)
    if plan.patients is None:
        planted = pool[seed * PLANTED :][:PLANTED]
        rows = np.concatenate([pool, np.repeat(planted, COPIES - 1)])
        return People(pool, planted, others, rows)
    members = pool[seed * plan.patients :][: plan.patients]
    return People(members, members[:0], others, members)


def recipe_of(plan: Plan):
    """Return the recipe: private, or of the same generator without privacy."""
    from gancourse.training.private_training import PrivateRecipe

    if plan.noise is not None:
        return PrivateRecipe(size=SIZE, noise=plan.noise, batch=BATCH)
    plain = replace(PrivateRecipe(size=SIZE).networks(), d_base=16, g_rate=PLAIN, d_rate=PLAIN, smooth=0.1)
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

    plan, (images, _) = PLANS[name], read(data)
    people, recipe = people_of(plan, seed), recipe_of(plan)
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
    scores["inversion_copied"] = inversion_score(made[:PAINTED], generator, gan.latent_dim, **SEARCH)
    write_beside(out / "sample.png", lambda file: to_picture(image_grid(made[:64])).save(file, "png"))
    write_beside(out / "scores.npz", lambda file: np.savez_compressed(file, **scores))


def attacked(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return the members, without the planted ones, and the others that are attacked."""
    ordinary = people.members[~np.isin(people.members, people.planted)]
    return ordinary[:ATTACKED], people.others[:ATTACKED]


def train_all(names: list[str], seeds: list[int], data: Path, runs: Path, jobs: int) -> None:
    """Train what is missing, each in a process with one thread, and say what failed."""
    one_thread = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

    def one(run: tuple[str, int]) -> str:
        name, seed = run
        out, began = runs / f"{name}-s{seed}", time.monotonic()
        if (out / "scores.npz").exists():
            return ""
        where = ["--seeds", str(seed), "--data", str(data), "--runs", str(runs)]
        command = [sys.executable, __file__, name, "--here", *where]
        code = subprocess.run(command, env=os.environ | one_thread, check=False).returncode
        print(f"{out.name}: {'failed' if code else 'done'} in {time.monotonic() - began:.0f} s", flush=True)
        return out.name if code else ""

    with ThreadPoolExecutor(jobs) as pool:
        failed = list(filter(None, pool.map(one, [(name, seed) for seed in seeds for name in names])))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; see above, and run again")


def main() -> None:
    parser = parser_of(__doc__, "data/people")
    parser.add_argument("names", nargs="*", metavar="run", help="which ones; all, unless some are named")
    parser.add_argument("--runs", type=Path, default=RUNS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time, of one thread each")
    parser.add_argument("--here", action="store_true", help="one after another, in this process")
    arguments = parser.parse_args()
    names = arguments.names or list(PLANS)
    if unknown := set(names) - set(PLANS):
        sys.exit(f"{', '.join(sorted(unknown))}: expected some of {', '.join(PLANS)}")
    if not arguments.here:
        return train_all(names, arguments.seeds, arguments.data, arguments.runs, arguments.jobs)
    import_tensorflow()
    for seed in arguments.seeds:
        for name in names:
            out = arguments.runs / f"{name}-s{seed}"
            if not (out / "scores.npz").exists():
                train(name, seed, arguments.data, out)
                print(f"{out.name}: done, {time.process_time():.0f} core-seconds so far", flush=True)


if __name__ == "__main__":
    start(main)
