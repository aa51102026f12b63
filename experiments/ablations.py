"""The hacks of lesson 42, one by one: each variant of `gancourse.training.variants`, at the same budget.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    make ablations                    all variants; or: python experiments/ablations.py
    make ablations ARGS="all r1 --seeds 3 4 5"     some of them, with other seeds
    make ablations ARGS=score         the table again, from the images that were saved

Every variant gets the same time on one core, not the same number of rounds: a hack that makes a round twice
as long gets half of them. What a round costs is measured once and kept in `data/results/ablation_costs.csv`
(delete it to measure again); from there on the numbers of rounds are fixed, and the study can be repeated on
another machine. The same seed gives every variant the same order of the images and the same latents.

Runs go two at a time, each with one thread on a core of its own, into `runs/ablations/<variant>-s<seed>`, and
go on where they were stopped. They leave `checkpoint.npz`, `log.csv` and 2,048 images, `images.npz`. From
those the scores are made, for `data/results/ablations.csv`:

    kid, kid_se       kernel distance to the slices of held-out patients, and its standard error
    recall            share of the held-out slices that lie among the generated images
    spectrum_error    difference of the two power spectra in dB
    d_accuracy        the discriminator's share of right answers over the last tenth of the training; empty
                      for a Wasserstein critic, whose logits have no zero
    seconds           of the core's time, spent by this run

and twelve images of each variant's seed 0, uint8, for `data/results/ablations.npz`.
"""

import dataclasses
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from ablation_scores import SIZE, score
from study import RESULTS, load_slices, parser_of

from gancourse.quiet import import_tensorflow

ROUNDS = 3000  #: of the baseline
CHUNK = 50  #: rounds from one checkpoint to the next
IMAGES = 2048
SEEDS, BASELINE_SEEDS = range(3), range(6)
COSTS = RESULTS / "ablation_costs.csv"


def batches_of(slices, recipe, seed: int, first_round: int = 0):
    """Make endless batches of real images, from a round on."""
    batch_size = recipe.batch_size * recipe.d_steps
    return slices.dataset(
        "train", "t1", batch_size, seed, flip=recipe.flip, repeat=True, first_step=first_round
    )


# What a round costs


def measure(name: str, data: Path) -> tuple[float, float]:
    """Measure the milliseconds of one core for a round of the baseline and of a variant.

    They take turns, ten rounds each; the least of twelve turns counts, since other programs can only add.
    """
    from gancourse.training.variants import variant

    trained, times, turn = [], ([], []), 10
    slices = load_slices(data, SIZE)
    for each in ("baseline", name):
        recipe = variant(each)
        gan = recipe.build(0, "float32")
        trained.append((tf_function(gan), iter(batches_of(slices, recipe, 0))))
    for _ in range(13):
        for (step, batches), seconds in zip(trained, times, strict=True):
            start = time.process_time()
            for _ in range(turn):
                step(next(batches))
            seconds.append(time.process_time() - start)
    baseline, changed = (1000 / turn * min(seconds[1:]) for seconds in times)
    return baseline, changed


def tf_function(gan):
    """Compile the step, as `fit` does, and read its result after each round."""
    step = import_tensorflow().function(gan.train_step)
    return lambda images: {name: float(value) for name, value in step(images).items()}


def read_costs() -> pd.DataFrame:
    columns = ["variant", "baseline_ms", "ms"]
    table = pd.read_csv(COSTS) if COSTS.exists() else pd.DataFrame(columns=columns)
    return table.set_index("variant")


def add_cost(name: str, found: tuple[float, float]) -> None:
    row = pd.DataFrame([{"variant": name, "baseline_ms": found[0], "ms": found[1]}])
    if COSTS.exists():
        old = pd.read_csv(COSTS)
        row = pd.concat([old[old["variant"] != name], row])
    COSTS.parent.mkdir(parents=True, exist_ok=True)
    row.to_csv(COSTS, index=False, float_format="%.2f")


def rounds_of(name: str) -> int:
    """Return how many rounds of a variant take as long as the baseline's, in whole chunks.

    Costs that differ by less than 5 % count as equal: the measurement is no better.
    """
    costs = read_costs()
    relative = 1.0 if name == "baseline" else costs["ms"][name] / costs["baseline_ms"][name]
    relative = 1.0 if abs(relative - 1) < 0.05 else relative
    return max(1, round(ROUNDS / relative / CHUNK)) * CHUNK


# A run


def train(name: str, seed: int, data: Path, out: Path) -> None:
    """Train one run, from where it was stopped, and save its images."""
    import keras

    from gancourse.gans.averaging import recalibrate
    from gancourse.gans.latent import draw_latents
    from gancourse.images import image_grid, to_picture, to_uint8
    from gancourse.training.checkpoint import Checkpoint, write_beside
    from gancourse.training.diagnosis import StopOnNaN, TrainingDiverged
    from gancourse.training.variants import variant

    class CoreSeconds(keras.callbacks.Callback):
        """Add the core's seconds so far to what the checkpoint keeps of every chunk."""

        def on_train_begin(self, logs=None):
            before = checkpoint.history[-1]["core_seconds"] if checkpoint.history else 0.0
            self.start = time.process_time() - before

        def on_epoch_end(self, epoch, logs=None):
            logs["core_seconds"] = time.process_time() - self.start

    rounds, chunk = rounds_of(name), CHUNK
    recipe = variant(name)
    slices = load_slices(data, SIZE)
    gan = recipe.build(seed, "float32")
    settings = {"variant": name, "seed": seed, "rounds": rounds, "recipe": dataclasses.asdict(recipe)}
    checkpoint = Checkpoint(out / "checkpoint.npz", settings, "python experiments/ablations.py")
    done = checkpoint.restore(gan)
    try:
        if done * chunk < rounds:
            gan.fit(
                batches_of(slices, recipe, seed, done * chunk),
                steps_per_epoch=chunk,
                initial_epoch=done,
                epochs=rounds // chunk,
                shuffle=False,
                verbose=0,
                callbacks=[StopOnNaN(), CoreSeconds(), checkpoint],
            )
    except TrainingDiverged as error:
        why = str(error).encode()
        write_beside(out / "diverged.txt", lambda file: file.write(why))
        return
    generator = gan.ema_generator if gan.ema else gan.generator
    recalibrate(generator, recipe.latent_dim)
    latents = draw_latents(IMAGES, recipe.latent_dim, seed=1)
    images = generator.predict(latents, batch_size=64, verbose=0)[..., 0]
    write_beside(out / "sample.png", lambda file: to_picture(image_grid(images[:64])).save(file, "png"))
    write_beside(out / "images.npz", lambda file: np.savez_compressed(file, images=to_uint8(images)))


def start(arguments: list[str], core: int | None) -> int:
    """Start this script in a process of its own with one thread, on one core."""
    environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    command = [sys.executable, __file__, *arguments, *([] if core is None else ["--core", str(core)])]
    return subprocess.run(command, env=environment, check=False).returncode


def run_all(wanted: list[tuple[str, int]], data: Path, runs: Path, cores: list[int | None]):
    """Train what is wanted and not done, on so many cores at a time; then say what failed."""
    free, failed = list(cores), []

    def one(run):
        name, seed = run
        out = folder_of(runs, name, seed)
        if is_done(out, rounds_of(name)):
            return
        core, began = free.pop(), time.monotonic()
        arguments = ["run", name, str(seed), "--data", str(data), "--runs", str(runs)]
        code = start(arguments, core)
        free.append(core)
        word = "failed" if code else "done"
        print(f"{out.name}: {word} in {time.monotonic() - began:.0f} s", flush=True)
        if code:
            failed.append(out.name)

    with ThreadPoolExecutor(len(cores)) as pool:
        list(pool.map(one, wanted))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; see above, and run again")


def is_done(out: Path, rounds: int) -> bool:
    """Say whether a run of that length has its images, or diverged."""
    if not (out / "images.npz").exists() and not (out / "diverged.txt").exists():
        return False
    return json.loads((out / "settings.json").read_text())["rounds"] == rounds


def folder_of(runs: Path, name: str, seed: int) -> Path:
    return runs / f"{name}-s{seed}"


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=("all", "score", "run", "cost"))
    parser.add_argument("names", nargs="*", help="variants; for run: a variant and a seed")
    parser.add_argument("--runs", type=Path, default=Path("runs/ablations"))
    parser.add_argument("--results", type=Path, default=RESULTS / "ablations.csv")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--core", type=int)
    arguments = parser.parse_args()
    data, runs = arguments.data, arguments.runs
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    import_tensorflow()  # quietly
    if arguments.what == "run":
        name, seed = arguments.names[0], int(arguments.names[1])
        train(name, seed, data, folder_of(runs, name, seed))
    elif arguments.what == "cost":
        for name in arguments.names:
            found = measure(name, data)
            print(f"{name} {found[1]:.1f} ms, the baseline {found[0]:.1f} ms", flush=True)
            add_cost(name, found)
    elif arguments.what == "score":
        score(runs, data, arguments.results)
    else:
        from gancourse.training.variants import VARIANTS, variant

        names = arguments.names or list(VARIANTS)
        for name in names:
            variant(name)  # raises for an unknown one
        pin = hasattr(os, "sched_setaffinity")
        cores = sorted(os.sched_getaffinity(0))[: arguments.jobs] if pin else [None] * arguments.jobs
        missing = [n for n in names if n != "baseline" and n not in read_costs().index]
        for name in missing:  # one process each, so that none finds another's memory
            start(["cost", name, "--data", str(data)], cores[0])
        wanted = [(name, seed) for seed in arguments.seeds for name in names]
        if "baseline" in names:
            wanted += [("baseline", seed) for seed in BASELINE_SEEDS if seed not in arguments.seeds]
        run_all(wanted, data, runs, cores)
        score(runs, data, arguments.results)


if __name__ == "__main__":
    main()
