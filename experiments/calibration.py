"""What the numbers of `metrics.fidelity` mean: scores of real images, whole and made worse in known ways.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    python experiments/calibration.py --data data/slices720

Half of the held-out patients are the real images; the other half, changed or not, play the generator. Who is
in which half is drawn anew for each of three seeds. About 20 minutes on one core. It writes

    data/results/calibration.csv    a row a set, modality, size and seed: all metrics (see `score`)
    data/results/sample_size.csv    Frechet and kernel distance at 50 to 1000 images, ten draws each
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.images import halve
from gancourse.metrics import corruptions, fidelity, morphometry
from gancourse.metrics.memorisation import find_copies
from gancourse.metrics.statistics import spectrum_distance
from gancourse.training.loop import images_of

OUT = Path("data/results")
KINDS = (("t1", 64), ("t1", 32), ("flair", 64))
SEEDS, DRAWS, COUNTS = 3, 10, (50, 100, 200, 500, 1000)

#: Name of a set -> what makes it of real images and a seed.
SETS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "real": lambda x, seed: x,
    "blur 0.5": lambda x, seed: corruptions.blurred(x, 0.5),
    "blur 1": lambda x, seed: corruptions.blurred(x, 1.0),
    "noise 0.05": lambda x, seed: corruptions.noisy(x, 0.05, seed),
    "noise 0.1": lambda x, seed: corruptions.noisy(x, 0.1, seed),
    "checkerboard 0.05": lambda x, seed: corruptions.checkered(x, 0.05),
    "checkerboard 0.1": lambda x, seed: corruptions.checkered(x, 0.1),
    "dimmed 0.85": lambda x, seed: corruptions.dimmed(x, 0.85),
    "halves of two": corruptions.joined,
    "collapsed to 20": lambda x, seed: corruptions.collapsed(x, 20, seed),
    "collapsed to 200": lambda x, seed: corruptions.collapsed(x, 200, seed),
}

#: Sets whose images are no longer grouped by patient.
MIXED = ("halves of two", "collapsed to 20", "collapsed to 200")


def measures(images: np.ndarray, modality: str) -> dict[str, np.ndarray]:
    """What a slice shows, by thresholds alone."""
    found = morphometry.by_threshold(images, modality, 208 / images.shape[-1])
    return found | {"symmetry": morphometry.symmetry(images)}


def score(
    images, features, groups, real, real_features, real_groups, train_features, shown, real_shown
) -> dict:
    """All metrics of one set against the real images.

    `kid_by_slice` is `kid` as if slices were independent. Measures of anatomy are distances of the
    distributions, in real standard deviations. `copies` is the share that `find_copies` finds, in features.
    """
    value, error = fidelity.kid(features, real_features, groups, real_groups)
    careless = fidelity.kid(features, real_features)
    precision, recall = fidelity.precision_recall(real_features, features, 5, real_groups, groups)
    similar, spread = fidelity.diversity_ms_ssim(images)
    return {
        "kid": value,
        "kid_se": error,
        "kid_by_slice": careless[0],
        "kid_by_slice_se": careless[1],
        "frechet": fidelity.frechet_distance(features, real_features),
        "precision": precision,
        "recall": recall,
        "ms_ssim": similar,
        "ms_ssim_se": spread,
        "spectrum_db": spectrum_distance(images, real),
        **morphometry.distribution_distance(shown, real_shown),
        "copies": find_copies(features, train_features, real_features, real_groups).copied.mean(),
    }


def calibrate(slices: SliceSet, modality: str, size: int) -> list[dict]:
    """Rows of every set and seed."""
    network, all_patients = pretrained.features(), slices.table["patient"].to_numpy()
    rows = {s: slices.select(s) for s in ("train", "validation", "test")}
    held_out = np.concatenate([rows["validation"], rows["test"]])
    patients = all_patients[held_out]
    images, train = (images_of(slices, modality, r) for r in (held_out, rows["train"]))
    images, train = (x if size == x.shape[1] else halve(x) for x in (images, train))
    train_features, found = network.embed(train, modality), []
    for seed in range(SEEDS):
        first, second = corruptions.halves(patients, seed)
        real, real_features = images[second], network.embed(images[second], modality)
        real_shown = measures(real, modality)
        sets = {name: (make(images[first], seed), patients[first]) for name, make in SETS.items()}
        # Training images of as many patients.
        chosen = np.random.default_rng(seed).permutation(np.unique(all_patients[rows["train"]]))[:104]
        copied = np.flatnonzero(np.isin(all_patients[rows["train"]], chosen))
        sets["memorised"] = (train[copied], all_patients[rows["train"]][copied])
        for name, (some, groups) in sets.items():
            groups = None if name in MIXED else groups
            scores = score(
                some, network.embed(some, modality), groups, real, real_features, patients[second],
                train_features, measures(some, modality), real_shown,
            )  # fmt: skip
            found.append({"set": name, "modality": modality, "size": size, "images": len(some), "seed": seed})
            found[-1] |= scores
            print({k: round(v, 3) if isinstance(v, float) else v for k, v in found[-1].items()}, flush=True)
    return found


def sample_sizes(slices: SliceSet) -> list[dict]:
    """Rows of both distances at several numbers of images: T1 at 64, real and mildly blurred against real."""
    rows = np.concatenate([slices.select("validation"), slices.select("test")])
    images, patients = images_of(slices, "t1", rows), slices.table["patient"].to_numpy()[rows]
    network, found = pretrained.features(), []
    features = {"real": network.embed(images), "blur 0.5": network.embed(corruptions.blurred(images, 0.5))}
    for seed in range(DRAWS):
        halves, rng = corruptions.halves(patients, seed), np.random.default_rng(seed)
        for count in COUNTS:
            a, b = (rng.choice(half, count, replace=False) for half in halves)
            for name, values in features.items():
                x, y = values[a], features["real"][b]
                value, error = fidelity.kid(x, y, patients[a], patients[b])
                row = {"set": name, "images": count, "seed": seed, "kid": value, "kid_se": error}
                found.append(row | {"frechet": fidelity.frechet_distance(x, y)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data/slices720"))
    slices = SliceSet.open(parser.parse_args().data)
    sizes = pd.DataFrame(sample_sizes(slices))
    sizes.to_csv(OUT / "sample_size.csv", index=False, float_format="%.5g")
    print(sizes.groupby(["set", "images"])[["kid", "frechet"]].agg(["mean", "std"]).round(3))
    rows: list[dict] = []
    for modality, size in KINDS:
        rows += calibrate(slices, modality, size)
        pd.DataFrame(rows).to_csv(OUT / "calibration.csv", index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
