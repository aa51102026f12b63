"""What `experiments/dissection.py` has found, as lesson 47 reads it, and whom the lesson paints."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import ndimage

from gancourse.errors import InputError
from gancourse.metrics.dissection import CONCEPTS
from gancourse.project import project_root

_RESULTS = project_root() / "data" / "results"


def read_layers(folder: Path = _RESULTS) -> pd.DataFrame:
    """Read a row for each layer and concept: the best unit, its IoU, by chance, and in other patients."""
    return _read("dissection_layers", "units", folder)


def read_units(folder: Path = _RESULTS) -> pd.DataFrame:
    """Read a row for each unit: which concept it matches best, how well, and in other patients."""
    return _read("dissection", "units", folder)


def read_interventions(folder: Path = _RESULTS) -> pd.DataFrame:
    """Read a row for each intervention: what was switched off or on, and what became of the picture."""
    return _read("interventions", "interventions", folder)


def _read(name: str, stage: str, folder: Path) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    if not path.exists():
        raise InputError(f"{path}: not there; `python experiments/dissection.py {stage}` makes it")
    return pd.read_csv(path, keep_default_na=True)


def switched_off(study: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Make a table to print: what is left of concepts when the best units, or random ones, are off."""
    off = study[(study["action"] == "off") & (study["layer"] == layer)]
    rows = []
    for (concept, value, count), group in off.groupby(["concept", "value", "units"], sort=False):
        best, chance = group[group["which"] == "best"].iloc[0], group[group["which"] != "best"]
        rows.append(
            {
                "concept": CONCEPTS[concept], "units": count, "set to": value,
                "left": f"{best['left']:.0%} ({best['left_low']:.0%} to {best['left_high']:.0%})",
                "moved": f"{best['outside']:.1f} %",
                "two random sets: left (moved)": " and ".join(
                    f"{row.left:.0%} ({row.outside:.1f} %)" for row in chance.itertuples()
                ),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values(["concept", "set to", "units"], kind="stable")


def switched_on(study: pd.DataFrame, layer: str, units: int) -> pd.DataFrame:
    """Make a table to print: how much of a painted disc is tumour afterwards, by whom it was painted into."""
    on = study[(study["action"] == "on") & (study["layer"] == layer) & (study["units"] == units)]
    shares = [
        f"{r.WT_painted:.0%} ({r.WT_painted_low:.0%} to {r.WT_painted_high:.0%})" for r in on.itertuples()
    ]
    elsewhere = [f"{value:.2f} %" for value in on["outside"]]
    return pd.DataFrame(
        {
            "patients": on["which"].str.replace("style of one with", "style of a patient with one"),
            "number": on["patients"],
            "tumour in the disc": shares,
            "moved elsewhere": elsewhere,
        }
    )


def doubts(units: pd.DataFrame, layers: pd.DataFrame, layer: str, least: float = 0.1) -> pd.Series:
    """Count in a layer how far units have one meaning each that lasts.

    Args:
        units: from `read_units`.
        layers: from `read_layers`.
        layer: such as "32b".
        least: what an IoU has beyond chance in a unit that matches a concept.
    """
    rows = units[units["layer"] == layer]
    gain, second = rows["iou"] - rows["chance"], rows["second_iou"] - rows["second_chance"]
    matched = gain >= least
    best = layers[(layers["layer"] == layer) & layers["concept"].isin(["WT", "ventricles"])].set_index(
        "concept"
    )
    oedema = layers[(layers["layer"] == layer) & (layers["concept"] == "oedema")].iloc[0]
    return pd.Series(
        {
            "units in the layer": len(rows),
            f"match some concept (IoU {least} or more beyond chance)": int(matched.sum()),
            "... of these, also a second concept": int((matched & (second >= least)).sum()),
            "... of these, match another concept best in other patients": int(
                (matched & (rows["concept"] != rows["concept_again"])).sum()
            ),
            "of the tumour's best 8 are again among the best 8 in other patients": int(
                best.loc["WT", "best_again"]
            ),
            "of the ventricles' best 8, the same": int(best.loc["ventricles", "best_again"]),
            "activity of the best unit for oedema in patients without any, compared with those who have it": (
                f"{oedema['without']:.0%}"
            ),
        }
    )


def sides(masks: Mapping[str, np.ndarray], least: int = 100) -> dict[str, np.ndarray]:
    """Return which patients have their tumour in the right and in the left hemisphere: their numbers."""
    tumour = masks["WT"]
    half = tumour.shape[2] // 2
    right, left = tumour[:, :, :half].sum((1, 2)), tumour[:, :, half:].sum((1, 2))
    large = right + left >= least
    return {"right": np.flatnonzero(large & (right > left)), "left": np.flatnonzero(large & (left > right))}


def who_is_free(
    masks: Mapping[str, np.ndarray], spot: np.ndarray, most: int = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Return patients with a tumour elsewhere than in the spot, and patients without any: their numbers.

    Args:
        masks: of `dissection.concepts_of`.
        spot: (S, S) bool; it has to lie in healthy brain.
        most: so many of either.
    """
    near = ndimage.binary_dilation(spot, iterations=4)
    inside = masks["brain"][:, spot].mean(1) > 0.9
    free = inside & ~masks["WT"][:, near].any(1)
    size = masks["WT"].sum((1, 2))
    ill = np.flatnonzero(free & (size >= 100))
    well = np.flatnonzero(free & (size == 0))
    return ill[np.argsort(-size[ill], kind="stable")][:most], well[:most]
