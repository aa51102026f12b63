"""What `experiments/privacy.py` left for lesson 46: who trained what, networks, and attacks on them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.cohort.phantom.people import BLOCK, read_people, write_people
from gancourse.cohort.phantom.phantom_files import refuse_outdated
from gancourse.files import require_writable
from gancourse.gans.latent import draw_latents
from gancourse.metrics.accountant import greatest_auc
from gancourse.project import project_root
from gancourse.teaching.data import DATA

#: People that the lesson makes. The first `FEW` are the members of the runs with few patients, and those from
#: `HELD_OUT` on were in no training.
MADE, FEW, HELD_OUT = 600, 256, 300
PLANTED = 20  #: of the members of the runs with many patients: the first, whose slice was there ten times
SIZE = 32
IMAGES = 3000  #: generated, to which attacks compare
FOLDER = "data/people-lesson"

#: The runs, by what was done in them.
RUNS = {
    "few": "256 patients, no defence",
    "few-early": "256 patients, stopped after a quarter of the steps",
    "few-augmented": "256 patients, augmented images and R1",
    "many": "5,000 patients, no defence",
    "many-early": "5,000 patients, stopped after a quarter of the steps",
    "clipped": "5,000 patients, gradients clipped, no noise",
    "noise-0.5": "5,000 patients, clipped, noise 0.5",
    "noise-1.0": "5,000 patients, clipped, noise 1",
    "noise-2.0": "5,000 patients, clipped, noise 2",
    "noise-4.0": "5,000 patients, clipped, noise 4",
}
ATTACKS = {
    "pixels": "distance to the nearest image, in pixels",
    "features": "distance to the nearest image, in features",
    "discriminator": "what the discriminator says",
    "inversion": "how well the generator can paint it",
}

#: On the data sheet, epsilon protects if it keeps all areas below this: a choice, not a rule.
LIMIT = 0.95

_RESULTS = project_root() / "data" / "results"


@dataclass(frozen=True)
class LessonPeople:
    """Slices of people in [-1, 1], one slice each.

    Attributes:
        members: (256, 32, 32), of the runs of seed 0 with few patients, and of those with many.
        others: (300, 32, 32), whom no run has seen.
        others_ill: (300,), whether a tumour shows in the slice.
    """

    members: np.ndarray
    others: np.ndarray
    others_ill: np.ndarray


def lesson_people() -> LessonPeople:
    """Return the people of lesson 46; they are made once, in about a minute on two cores.

    If `GANCOURSE_DATA` names other people's data, one sentence says why it is not used.
    """
    if os.environ.get(DATA, "").strip():
        print(
            f"{DATA} is set, but privacy needs thousands of people of whom it is known who trained what:"
            " this lesson goes on with its own."
        )
    out = project_root() / FOLDER
    refuse_outdated(out)
    if len(list(out.glob("[0-9]*.npy"))) * BLOCK < MADE:
        require_writable(out, folder=True, size=6 * 10**6)
        print(f"Making {MADE} people in {FOLDER}, which takes a minute or two, only this once.")
        write_people(out, MADE, progress=False)
    images, tumour = read_people(out, SIZE)
    others = slice(HELD_OUT, MADE)
    return LessonPeople(images[:FEW], images[others], tumour[others] > 0)


@dataclass(frozen=True)
class PrivacyRun:
    """A trained pair of networks: one run of seed 0.

    Attributes:
        generator: latents (B, latent_dim) -> images (B, 32, 32, 1) in [-1, 1].
        discriminator: images -> logits (B, 1).
    """

    generator: Any
    discriminator: Any
    latent_dim: int

    def paint(self, count: int = IMAGES, seed: int = 1) -> np.ndarray:
        """Return generated images (count, 32, 32) in [-1, 1]; the first ones are always the same."""
        return _in_parts(self.generator, draw_latents(count, self.latent_dim, seed))[..., 0]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return what the discriminator says of images (N, 32, 32): (N,), higher for a surer "real"."""
        images = np.asarray(images, np.float32)[..., None]
        return _in_parts(self.discriminator, images).astype(np.float64).reshape(len(images))


def _in_parts(network: Any, inputs: np.ndarray) -> np.ndarray:
    """Call a network on 500 inputs at a time."""
    parts = [network(inputs[k : k + 500], training=False) for k in range(0, len(inputs), 500)]
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


@cache
def read_run(name: str) -> PrivacyRun:
    """Read the networks of a run of seed 0, a key of `RUNS` whose weights are shipped."""
    pair = pretrained.load(f"privacy/{name.replace('.', '-')}")
    return PrivacyRun(pair.generator, pair.discriminator, pair.latent_dim)


def read_scores() -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """Read every attack's scores of the runs of seed 0: run -> attack -> side -> (N,), higher for a member.

    The sides are those of `experiments/privacy.py`: "members" and "others" of up to 1,000 people each,
    "planted", "copied", "unseen", and others that belong to them.
    """
    found: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    with np.load(_RESULTS / "privacy_scores.npz") as file:
        for key in file.files:
            run, attack, side = key.split("/")
            found.setdefault(run, {}).setdefault(attack, {})[side] = file[key].astype(np.float64)
    return {run: found[run] for run in RUNS if run in found}


def read_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read one row a run (epsilon, KID ...), and one row an attack on a run, of all seeds."""
    return pd.read_csv(_RESULTS / "privacy.csv"), pd.read_csv(_RESULTS / "privacy_attacks.csv")


def epsilons(table: pd.DataFrame) -> Mapping[str, float]:
    """Return the epsilon of each run of `read_tables`; infinity where nothing bounds it."""
    return table.groupby("run", sort=False)["epsilon"].first().fillna(np.inf).to_dict()


def read_pictures() -> dict[str, np.ndarray]:
    """Read some images (12, 32, 32) in [-1, 1] of each run of seed 0."""
    with np.load(_RESULTS / "privacy.npz") as file:
        return {name: file[name] / np.float32(127.5) - 1 for name in RUNS if name in file.files}


def claims(
    areas: Mapping[str, tuple[float, float, float]],
    chance: float,
    planted: tuple[float, float, float],
    spent: float,
) -> dict[str, bool]:
    """Say what may be claimed of a set of generated images, each claim with whether it holds.

    Args:
        areas: (area, low, high) of every attack on the members.
        chance: the upper end of what attacks on members against members reach.
        planted: (area, low, high) of the black-box attack on members whose copies are among the images.
        spent: epsilon, or infinity.
    """
    found = [name for name, (area, low, _) in areas.items() if low > 0.5 and area > chance]
    bound = greatest_auc(spent)
    return {
        "The black-box attack finds planted copies.": planted[1] > 0.5,
        "The black-box attack finds no members.": "distance" not in found,
        "Attacks on the networks find no members.": not set(found) - {"distance"},
        f"Epsilon is {spent:.3g} per patient, by proof." if spent < np.inf else "It has an epsilon.": spent
        < np.inf,
        f"Epsilon allows {bound:.2f} at most, below our limit of {LIMIT}.": bound < LIMIT,
        "So the images are anonymous in law.": False,
    }
