"""The four sick GANs of lesson 42, under letters that do not tell what ails them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gancourse.project import project_root
from gancourse.training.failures import FAILURES
from gancourse.training.recipes import Recipe

#: What ails each of them.
DISEASES = {
    "A": "vanishing gradients",
    "B": "collapse",
    "C": "checkerboard",
    "D": "winning discriminator",
}


@dataclass(frozen=True)
class SickGAN:
    """One of them, as `experiments/failures.py` left it.

    Attributes:
        recipe: what it was trained by.
        curves: a row every 25 training steps, see `experiments/failures.py`.
        images: (16, 32, 32) in [-1, 1], painted at the end.
        cured: the same number of images, after the change that the course made.
        cured_curves: the curves of that training.
    """

    recipe: Recipe
    curves: pd.DataFrame
    images: np.ndarray
    cured: np.ndarray
    cured_curves: pd.DataFrame


def read_sick_gans() -> dict[str, SickGAN]:
    """Read the four, by letter."""
    results = project_root() / "data" / "results"
    curves = pd.read_csv(results / "failures.csv")
    runs = dict(iter(curves.groupby(["failure", "mended"])))
    with np.load(results / "failures.npz") as file:
        return {
            letter: SickGAN(
                FAILURES[name].recipe,
                runs[name, 0],
                file[name] / 127.5 - 1,
                file[f"{name}, mended"] / 127.5 - 1,
                runs[name, 1],
            )
            for letter, name in DISEASES.items()
        }


#: The course's change for each of them.
CURES = {letter: FAILURES[name].change for letter, name in DISEASES.items()}


def charts(gans: dict[str, SickGAN]) -> pd.DataFrame:
    """Tabulate the recipes: the choices in which one differs from another, and those that a cure changes."""
    table = pd.DataFrame({letter: vars(gan.recipe) for letter, gan in gans.items()})
    cured = {key for change in CURES.values() for key in change}
    return table[(table.nunique(axis=1) > 1) | table.index.isin(cured)]
