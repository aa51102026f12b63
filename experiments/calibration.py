"""What the numbers of `metrics.fidelity` mean: scores of real images, whole and made worse in known ways.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    python experiments/calibration.py --data data/slices720

Half of the held-out patients are the real images; the other half, changed or not, play the generator. Who is
in which half is drawn anew for each of three seeds. About 20 minutes on one core. It writes

    data/results/calibration.csv    a row a set, modality, size and seed: all metrics (see `score`)
    data/results/sample_size.csv    Fréchet and kernel distance at 50 to 1000 images, ten draws each
"""

import numpy as np
import pandas as pd
from study import CORRUPTIONS, RESULTS, collapsed, held_out, in_halves, parser_of, write_table

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.images import halve
from gancourse.metrics import corruptions, fidelity, morphometry
from gancourse.metrics.memorisation import find_copies
from gancourse.metrics.statistics import spectrum_distance
from gancourse.training.loop import images_of

KINDS = (("t1", 64), ("t1", 32), ("flair", 64))
SEEDS, DRAWS, COUNTS = 3, 10, (50, 100, 200, 500, 1000)

SETS = CORRUPTIONS | {
    "collapsed to 20": lambda x, seed: collapsed(x, 20, seed),
    "collapsed to 200": lambda x, seed: collapsed(x, 200, seed),
}

#: Sets whose images are no longer grouped by patient.
MIXED = ("halves of two", "collapsed to 20", "collapsed to 200")


def measures(images: np.ndarray, modality: str) -> dict[str, np.ndarray]:
    """Measure what slices show, by thresholds alone."""
    found = morphometry.by_threshold(images, modality, 208 / images.shape[-1])
    return found | {"symmetry": morphometry.symmetry(images)}


def score(
    images, features, groups, real, real_features, real_groups, train_features, shown, real_shown
) -> dict:
    """Compute all metrics of one set against the real images.

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
    """Return a row for every set and seed."""
    network = pretrained.load("features/brain-mr")
    images, patients = held_out(slices, modality)
    rows = slices.select("train")
    train, trained_on = images_of(slices, modality, rows), slices.table["patient"].to_numpy()[rows]
    images, train = (x if size == x.shape[1] else halve(x) for x in (images, train))
    train_features, found = network.embed(train, modality), []
    for seed in range(SEEDS):
        first, second = in_halves(patients, seed)
        real, real_features = images[second], network.embed(images[second], modality)
        real_shown = measures(real, modality)
        sets = {name: (make(images[first], seed), patients[first]) for name, make in SETS.items()}
        # Training images of as many patients.
        chosen = np.random.default_rng(seed).permutation(np.unique(trained_on))[:104]
        copied = np.isin(trained_on, chosen)
        sets["memorised"] = (train[copied], trained_on[copied])
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
    """Compare both distances at several numbers of images: T1 at 64, real and mildly blurred against real."""
    images, patients = held_out(slices, "t1")
    network, found = pretrained.load("features/brain-mr"), []
    features = {"real": network.embed(images), "blur 0.5": network.embed(corruptions.blurred(images, 0.5))}
    for seed in range(DRAWS):
        halves, rng = in_halves(patients, seed), np.random.default_rng(seed)
        for count in COUNTS:
            a, b = (rng.choice(half, count, replace=False) for half in halves)
            for name, values in features.items():
                x, y = values[a], features["real"][b]
                value, error = fidelity.kid(x, y, patients[a], patients[b])
                row = {"set": name, "images": count, "seed": seed, "kid": value, "kid_se": error}
                found.append(row | {"frechet": fidelity.frechet_distance(x, y)})
    return found


def main() -> None:
    slices = SliceSet.open(parser_of(__doc__).parse_args().data)
    sizes = pd.DataFrame(sample_sizes(slices))
    write_table(sizes, RESULTS / "sample_size.csv", 5)
    print(sizes.groupby(["set", "images"])[["kid", "frechet"]].agg(["mean", "std"]).round(3))
    rows: list[dict] = []
    for modality, size in KINDS:
        rows += calibrate(slices, modality, size)
        write_table(rows, RESULTS / "calibration.csv", 5)


if __name__ == "__main__":
    main()
