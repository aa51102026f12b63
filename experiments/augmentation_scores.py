"""The tables of the augmentation study: Dice of every arm, and what an arm gains, paired over patients.

`augmentation.csv` has a row for each N, arm, hospital, region, and set of test patients:

    dice, low, high               mean over patients of the mean over seeds, with its 95 % interval
    gain, gain_low, gain_high     the same of the difference to `plain`, patient by patient
    gain_least, gain_most         smallest and largest of the seeds' mean gains; each drew other N patients
    over_augmented, _low, _high   the difference to `augmented`
    patients                      that have the region in their slices
    core_seconds                  mean over seeds, of the segmenter and of what it needed

The sets are `all`, and for the arms `generated` and `leak` also `seen` and `unseen`: the halves of the test's
patients whom the leaky generator saw and did not see. `augmentation.npz` has all of it by patient:

    dice                          (runs, 2 hospitals, patients, 3 regions)
    count, seed, arm              of each run
    patients, seen                their names, and who was seen
    near_generator, near_leaky    (seeds, patients), N = 10: mean distance from a patient's slices at A to the
                                  nearest generated ones, which tells who was seen
"""

from pathlib import Path

import numpy as np
import pandas as pd
from augmentation import ARMS, Study, arms_of, leaked_patients, source
from study import write_table

from gancourse.cohort.few_patients import patients_of
from gancourse.cohort.scheme import REGIONS
from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.images import halve
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.memorisation import nearest

Key = tuple[int, int, str]  # N, seed, arm


def score(study: Study, counts: list[int], seeds: list[int], results: Path) -> pd.DataFrame:
    """Write both tables of the runs that are asked for. Raises `InputError` if one is not done."""
    slices = study.slices["A"]
    patients = patients_of(slices, "test")
    seen = np.isin(patients, leaked_patients(slices))
    keys = [(count, seed, arm) for count in counts for arm in arms_of(count) for seed in seeds]
    dice = {key: read_dice(study, key) for key in keys}
    seconds = {key: core_seconds(study, key) for key in keys}
    table = pd.DataFrame(summarise(dice, seconds, seen))
    write_table(table, results)
    arrays = {
        "dice": np.stack(list(dice.values())).astype(np.float16),
        **{name: np.array([key[k] for key in keys]) for k, name in enumerate(("count", "seed", "arm"))},
        "patients": patients.astype(str),
        "seen": seen,
    }
    for count in counts:
        if "leak" in arms_of(count):
            for name, kind in (("near_generator", "generator"), ("near_leaky", "leaky-generator")):
                arrays[name] = np.stack([nearness(study, kind, count, seed) for seed in seeds])
    write_beside(results.with_suffix(".npz"), lambda file: np.savez_compressed(file, **arrays))
    return table


def read_dice(study: Study, key: Key) -> np.ndarray:
    """Return a run's Dice: (2 hospitals, patients, 3 regions)."""
    path = study.folder(*key) / "dice.npz"
    if not path.exists():
        raise InputError(f"{path}: not there; run the stage segmenters first, or leave N or seed out")
    with np.load(path) as file:
        return np.stack([file[hospital] for hospital in "AB"])


def nearness(study: Study, kind: str, count: int, seed: int) -> np.ndarray:
    """Return each test patient's mean distance from a slice to the nearest synthetic one, mirrored or not."""
    slices = study.slices["A"]
    rows = slices.select("test")
    there, made = slices.images[rows], source(study, kind, count, seed).images
    there, made = (np.concatenate(np.moveaxis(halve(x), -1, 0), axis=-1) for x in (there, made))
    width = made.shape[1]  # of one modality; all four lie side by side
    mirrored = np.concatenate([made[..., k : k + width][..., ::-1] for k in range(0, 4 * width, width)], -1)
    distance, _ = nearest(there, np.concatenate([made, mirrored]))
    return pd.Series(distance).groupby(slices.table["patient"].to_numpy()[rows]).mean().to_numpy()


def core_seconds(study: Study, key: Key) -> float:
    """Return what a run took, with the generators and painters that it needed."""
    count, seed, arm = key
    needed = [kind for kind in ARMS[arm].shares if "generator" in kind or kind == "painter"]
    logs = [study.folder(count, seed, what) / "log.csv" for what in (arm, *needed)]
    return float(sum(pd.read_csv(log)["core_seconds"].iloc[-1] for log in logs))


def summarise(dice: dict[Key, np.ndarray], seconds: dict[Key, float], seen: np.ndarray) -> list[dict]:
    """Return the rows of the table.

    Args:
        dice: (2, patients, 3) of each run.
        seconds: of a core, of each run.
        seen: (patients,) bool, see above.
    """
    rows = []
    for count, arm in dict.fromkeys((count, arm) for count, _, arm in dice):
        runs = {seed: dice[n, seed, a] for n, seed, a in dice if (n, a) == (count, arm)}
        spent = float(np.mean([seconds[count, seed, arm] for seed in runs]))
        sets = {"all": np.ones_like(seen)}
        if arm in ("generated", "leak") and "leak" in arms_of(count):
            sets |= {"seen": seen, "unseen": ~seen}
        for name, chosen in sets.items():
            for h, hospital in enumerate("AB"):
                for r, region in enumerate(REGIONS):
                    own, plain, classic = (
                        np.stack([dice[count, seed, a][h, chosen, r] for seed in runs])
                        for a in (arm, "plain", "augmented")
                    )
                    row = {"N": count, "arm": arm, "hospital": hospital, "tested": name, "region": region}
                    row |= interval("dice", own) | interval("gain", own - plain)
                    by_seed = np.nanmean(own - plain, axis=1)
                    row |= {"gain_least": by_seed.min(), "gain_most": by_seed.max()}
                    row |= interval("over_augmented", own - classic)
                    row |= {"patients": int((~np.isnan(own[0])).sum()), "core_seconds": round(spent)}
                    rows.append(row)
    return rows


def interval(name: str, values: np.ndarray) -> dict[str, float]:
    """Return mean and interval over patients of values (seeds, patients), by column."""
    mean, low, high = bootstrap(values.mean(0), 0)
    prefix = "" if name == "dice" else f"{name}_"
    return {name: mean, f"{prefix}low": low, f"{prefix}high": high}
