"""Does dcgan-t1 copy its training images, or give its patients away? With planted copies as a control.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    python experiments/memorisation.py --data data/slices720 --run runs/dcgan-t1

The generator saw 512 patients; 208 were held out. A few minutes on one core. With `--run`, the folder of
the training, its discriminator is attacked as well; it is not among the weights. It writes

    data/results/copies.csv        share of images called copies, by what they are and where they are compared
    data/results/membership.csv    area under the ROC of each attack with its interval by patient, on each
                                   generator
    data/results/nearer.csv        share of generated images that are nearer to training than to held-out
                                   patients, equally many of each: range over draws of training patients,
                                   and by chance, with patients shuffled between the sides
"""

from pathlib import Path

import numpy as np
from study import RESULTS, dimmed, parser_of, write_table

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.gans.latent import draw_latents
from gancourse.metrics import corruptions
from gancourse.metrics.memorisation import distances, find_copies, membership, nearest, with_mirrors
from gancourse.training import checkpoint
from gancourse.training.loop import images_of
from gancourse.training.recipes import Recipe

NAME, IMAGES, PLANTED = "dcgan-t1", 3000, 200
COMPARED, DRAWS = 500, 1000  #: images, and draws of patients, for the share nearer to training

#: What is made of training images and planted among the generated ones.
PLANTS = {
    "copies": lambda x: x,
    "copies, noise 0.05": lambda x: corruptions.noisy(x, 0.05),
    "copies, noise 0.1": lambda x: corruptions.noisy(x, 0.1),
    "copies, blur 0.5": lambda x: corruptions.blurred(x, 0.5),
    "copies, dimmed 0.85": lambda x: dimmed(x, 0.85),
    "copies, moved by a pixel": lambda x: np.roll(x, 1, 2),
    "copies, mirrored": lambda x: x[:, :, ::-1],
}


def copy_test(sets: dict[str, np.ndarray], train, held_out, patients, space: str) -> list[dict]:
    """Return for each set the share called a copy, at 1 % false positives by the rule of `find_copies`."""
    found = []
    for name, images in sets.items():
        result = find_copies(images, train, held_out, patients)
        row = {"set": name, "space": space, "images": len(images), "copies": result.copied.mean()}
        found.append(row | {"ratio": np.median(result.ratio), "threshold": result.threshold})
        print(found[-1], flush=True)
    return found


def attacks(generated: dict[str, np.ndarray], spaces: dict, members, others, whose: tuple) -> list[dict]:
    """Test for each generator and space whether members lie nearer to generated images, mirrored or not."""
    found = []
    for space, embed in spaces.items():
        real = [[embed(x) for x in (some, some[:, :, ::-1])] for some in (members, others)]
        for generator, images in generated.items():
            place = embed(images)
            near = [np.minimum(*(nearest(x, place)[0] for x in both)) for both in real]
            found.append(row_of(membership(-near[0], -near[1], *whose), generator, f"distance in {space}"))
    return found


def row_of(attack, generator: str, what: str) -> dict:
    """Return a row: area, interval, and the share of members found at 1 % false positives."""
    caught = attack.true_positives[attack.false_positives <= 0.01].max()
    row = {"generator": generator, "attack": what, "auc": attack.auc, "low": attack.low, "high": attack.high}
    print(row | {"caught_at_1_percent": caught}, flush=True)
    return row | {"caught_at_1_percent": caught}


def discriminator_of(run: Path):
    """Load the discriminator of a training's folder."""
    about, arrays = checkpoint.read(run / "checkpoint.npz")
    _, discriminator = Recipe(**about["settings"]["recipe"]).build_networks()
    count = sum(name.startswith("discriminator.") for name in arrays)
    discriminator.set_weights([arrays[f"discriminator.{i}"] for i in range(count)])
    return discriminator


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--run", type=Path, help="folder of the generator's training")
    arguments = parser.parse_args()
    slices = SliceSet.open(arguments.data)
    all_patients = slices.table["patient"].to_numpy()
    rows = {s: slices.select(s) for s in ("train", "validation", "test")}
    images = {s: images_of(slices, "t1", r) for s, r in rows.items()}
    patients = {s: all_patients[r] for s, r in rows.items()}
    generator = pretrained.load(NAME)
    generated = generator.predict(draw_latents(IMAGES, seed=5), batch_size=100, verbose=0)[..., 0]
    spaces = {
        "pixels": lambda x: np.asarray(x).reshape(len(x), -1),
        "features": pretrained.load("features/brain-mr").embed,
    }

    rng = np.random.default_rng(0)
    found = copies(generated, images, patients["validation"], spaces, rng)
    write_table(found, RESULTS / "copies.csv")
    found = memberships(generated, images, patients, spaces, rng, arguments.run)
    write_table(found, RESULTS / "membership.csv")
    found = nearer(generated[:COMPARED], images, patients)
    write_table(found, RESULTS / "nearer.csv", 3)


def copies(generated, images: dict, patients, spaces: dict, rng: np.random.Generator) -> list[dict]:
    """Return rows of real, generated and planted images.

    Validation patients set the threshold, so that test patients tell the rate of false positives.
    """
    planted = images["train"][rng.choice(len(images["train"]), PLANTED, replace=False)]
    sets = {"real, test patients": images["test"], NAME: generated}
    sets |= {name: make(planted) for name, make in PLANTS.items()}
    mirrored, found = [with_mirrors(images[s]) for s in ("train", "validation")], []
    for space, embed in spaces.items():
        places = {name: embed(some) for name, some in sets.items()}
        found += copy_test(places, *(embed(x) for x in mirrored), np.tile(patients, 2), space)
    return found


def memberships(generated, images: dict, patients: dict, spaces: dict, rng, run: Path | None) -> list[dict]:
    """Return rows of the generator, and of two cheats that mix in noisy copies of training images."""
    members, others = images["train"], np.concatenate([images["validation"], images["test"]])
    whose = patients["train"], np.concatenate([patients["validation"], patients["test"]])
    generators = {NAME: generated}
    for share in (0.1, 0.5):
        count = int(share * IMAGES)
        some = corruptions.noisy(members[rng.choice(len(members), count, replace=False)], 0.05)
        generators[f"{share:.0%} copies with noise 0.05"] = np.concatenate([generated[count:], some])
    found = attacks(generators, spaces, members, others, whose)
    if run:
        discriminator = discriminator_of(run)
        score = lambda x: discriminator.predict(x[..., None], batch_size=128, verbose=0).ravel()  # noqa: E731
        found.append(row_of(membership(score(members), score(others), *whose), NAME, "discriminator"))
    return found


def nearer(generated, images: dict, patients: dict) -> list[dict]:
    """Return the share nearer to training, its mean and 95 % range over draws, as trained and by chance."""
    rng = np.random.default_rng(0)
    per_patient = {
        split: np.stack(
            [distances(generated, with_mirrors(images[split][whose == p])).min(1) for p in np.unique(whose)],
            1,
        )
        for split, whose in patients.items()
    }
    members, others = per_patient["train"], np.hstack([per_patient["validation"], per_patient["test"]])
    everybody, count, found = np.hstack([members, others]), others.shape[1], []
    shuffle = {
        "training patients": lambda: np.hstack([rng.permutation(members, axis=1), others]),
        "by chance": lambda: rng.permutation(everybody, axis=1),
    }
    for what, sides in shuffle.items():
        drawn = (sides() for _ in range(DRAWS))
        shares = [np.mean(near[:, :count].min(1) < near[:, -count:].min(1)) for near in drawn]
        low, high = np.percentile(shares, (2.5, 97.5))
        row = {"generator": NAME, "against": what, "patients": count}
        found.append(row | {"share": np.mean(shares), "low": low, "high": high})
        print(found[-1], flush=True)
    return found


if __name__ == "__main__":
    main()
