"""The directions of lesson 43: regressors trained on phantoms, directions found with them, and their errors.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    python experiments/directions.py --data data/slices720

For each generator: a regressor learns from training patients and is scored on test patients; it measures
generated images; a regression from their latents gives the directions; new latents are moved, one attribute
at a time, and what comes out is measured by the regressor, and by a threshold that has learned nothing.
What has no direction is moved along its gradient. A few minutes on two cores. It writes
`gancourse/weights/latent/`.
"""

import time

import numpy as np
from regressor_training import train_regressor
from study import parser_of

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.gans.latent import Attribute, Directions, draw_latents
from gancourse.metrics import morphometry
from gancourse.training.loop import images_of

#: What is measured: label, unit.
ATTRIBUTES = {
    "ventricles": ("ventricle area", "mm2"),
    "brain": ("brain area", "mm2"),
    "height": ("slice height", "%"),
    "tumour": ("tumour area", "mm2"),
}

#: Generator -> its modality, what its regressor measures. In T1 a tumour is too faint: a regressor that was
#: to read it as well explained half of its variance in test patients, and read all else less well.
GENERATORS = {
    "dcgan-t1": ("t1", ("ventricles", "brain", "height")),
    "dcgan-flair": ("flair", ("ventricles", "brain", "height", "tumour")),
}
EXAMPLES, TRIALS, EPOCHS = 4000, 400, 20

#: Share of the variance in new images that a direction must explain to be stored.
LEAST_R2 = 0.25


def truth_of(slices: SliceSet) -> dict[str, np.ndarray]:
    """Return the true values of all slices; the height in % of the brain's, from below."""
    return morphometry.of_labels(slices.tissue, slices.seg) | {
        "height": 100 * slices.table["position"].to_numpy()
    }


def agreement(measured: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Return mean and mean absolute error, share of the variance explained, correlation."""
    error = measured - true
    return {
        "bias": round(float(error.mean()), 2),
        "error": round(float(np.abs(error).mean()), 2),
        "r2": round(1 - float((error**2).mean() / true.var()), 3),
        "correlation": round(float(np.corrcoef(measured, true)[0, 1]), 3),
    }


def make(name: str, slices: SliceSet, truth: dict[str, np.ndarray], command: str) -> pretrained.Card:
    """Find and store what is known of the latent space of one generator."""
    modality, names = GENERATORS[name]
    where = pretrained.card(name).data["where"] or None
    rows = {split: slices.select(split, where if split != "train" else None) for split in ("train", "test")}
    values = np.stack([truth[n] for n in names], 1)
    start = time.monotonic()
    images = images_of(slices, modality, rows["train"])
    regressor = train_regressor(names, images, values[rows["train"]], EPOCHS)
    seconds = time.monotonic() - start

    held_out = images_of(slices, modality, rows["test"])
    read, simple = regressor.measure(held_out), morphometry.by_threshold(held_out, modality)
    scores: dict = {"regressor": {}, "threshold": {}, "directions": {}, "requests": {}}
    for k, n in enumerate(names):
        scores["regressor"][n] = agreement(read[:, k], values[rows["test"], k])
        if n in simple:
            scores["threshold"][n] = agreement(simple[n], values[rows["test"], k])

    generator = pretrained.load(name)
    paint = lambda z: generator.predict(z, batch_size=256, verbose=0)[..., 0]  # noqa: E731
    z = draw_latents(EXAMPLES, seed=10)
    found = regressor.measure(paint(z))
    ends = np.percentile(found, (5, 95), axis=0)
    attributes = [
        Attribute(n, *ATTRIBUTES[n], *(float(f"{max(end, 0):.4g}") for end in ends[:, k]))
        for k, n in enumerate(names)
    ]
    new = draw_latents(TRIALS, seed=11)
    before = paint(new)
    at_first, simple_first = regressor.measure(before), morphometry.by_threshold(before, modality)
    expected = Directions.fit(z, found, attributes).predict(new)
    scores["directions"] = {n: agreement(expected[:, k], at_first[:, k]) for k, n in enumerate(names)}
    kept = [k for k, n in enumerate(names) if scores["directions"][n]["r2"] > LEAST_R2]
    directions = Directions.fit(z, found[:, kept], [attributes[k] for k in kept])
    left = [k for k in range(len(names)) if k not in kept]  # at most one
    space = pretrained.LatentSpace(directions, regressor, attributes[left[0]] if left else None)
    follow = space.gradient(generator)
    for k, n in enumerate(names):
        low, high = ends[:, k]
        wanted = np.random.default_rng(k).uniform(max(low, 0.0), high, TRIALS)
        if follow is None or k in kept:
            asked_from = directions.predict(new)[:, kept.index(k)]
            after = paint(directions.move(new, {n: wanted}))
        else:
            asked_from, after = at_first[:, k], paint(follow.move(new, wanted))
        got, simple_got = regressor.measure(after), morphometry.by_threshold(after, modality)
        others = np.abs(got - at_first).mean(0) / at_first.std(0)
        scores["requests"][n] = {
            **agreement(got[:, k], wanted),
            "slope": slope(got[:, k] - at_first[:, k], wanted - asked_from),
            "others_moved_sd": {m: round(float(others[i]), 2) for i, m in enumerate(names) if i != k},
        }
        if n in simple_got:
            change = simple_got[n] - simple_first[n]
            scores["requests"][n]["threshold_slope"] = slope(change, wanted - asked_from)
            scores["requests"][n]["threshold_correlation"] = agreement(simple_got[n], wanted)["correlation"]
    about = {
        "kind": "latent space",
        "recipe": {
            "values": len(names), "size": images.shape[1], "epochs": EPOCHS, "examples": EXAMPLES,
            "trials": TRIALS,
        },
        "generator": pretrained.card(name).sha256,
        "data": {"modality": modality, "test": where or "", "slices": slices.made_with},
        "command": command,
        "minutes": round(seconds / 60, 1),
        "patients": {s: int(slices.table["patient"].iloc[r].nunique()) for s, r in rows.items()},
        "scores": scores,
    }  # fmt: skip
    return pretrained.save(f"latent/{name}", space, about)


def slope(measured: np.ndarray, asked: np.ndarray) -> float:
    """Return the change measured per unit of change requested, by least squares through 0."""
    return round(float((measured * asked).sum() / (asked**2).sum()), 3)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("names", nargs="*", default=list(GENERATORS))
    arguments = parser.parse_args()
    slices = SliceSet.open(arguments.data)
    truth = truth_of(slices)
    command = f"python experiments/directions.py --data {arguments.data}"
    for name in arguments.names:
        card = make(name, slices, truth, command)
        print(name, card.about["attributes"])
        for what, of in card.scores.items():
            for n, numbers in of.items():
                print(f"  {what:10} {n:10}", numbers)


if __name__ == "__main__":
    main()
