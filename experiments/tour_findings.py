"""What the reports of lesson 22 are written about: findings in labels, or in what a regressor measured."""

import numpy as np
import pandas as pd

from gancourse.teaching.material.radiology_reports import ENHANCING

#: Areas in mm2: below the first a tumour is small, from the second on it is large.
SMALL, LARGE = 1000.0, 2200.0

#: The least area in mm2 of a centre that counts as dark.
DARK = 150.0

#: What the regressor of reports measures in an image, and the area (mm2) below which it counts as no tumour:
#: chosen on validation patients, where .96 of slices without and .92 of those with one are then told right.
READ = ("wt_mm2", "et_mm2", "dark_mm2", "across", "along")
SEEN = 500.0


def findings_of(tissue: np.ndarray, seg: np.ndarray, pixel_mm: float = 208 / 64) -> pd.DataFrame:
    """Describe the labels (N, H, W): a row for each slice, a column for each of `FINDINGS`, and areas.

    Also `wt_mm2`, `et_mm2`, `dark_mm2` (label 1), and where the tumour's centre lies in the brain: `across`
    from -1 (the patient's right) to 1, `along` from -1 (front) to 1. NaN without a tumour.
    """
    rows = []
    for brain, labels in zip(np.asarray(tissue) > 0, np.asarray(seg), strict=True):
        wt, et, dark = (float(np.isin(labels, v).sum()) * pixel_mm**2 for v in ((1, 2, 4), (4,), (1,)))
        rows.append(
            {"wt_mm2": wt, "et_mm2": et, "dark_mm2": dark, **_place(brain | (labels > 0), labels > 0)}
        )
    table = pd.DataFrame(rows)
    return table.join(describe(table))


def _place(brain: np.ndarray, tumour: np.ndarray) -> dict[str, float]:
    if not tumour.any():
        return {"across": np.nan, "along": np.nan}
    found = {}
    for name, axis in (("along", 0), ("across", 1)):
        extent = np.flatnonzero(brain.any(1 - axis))
        centre = np.nonzero(tumour)[axis].mean()
        found[name] = float(2 * (centre - extent[0]) / max(extent[-1] - extent[0], 1) - 1)
    return found


def describe(measured: pd.DataFrame) -> pd.DataFrame:
    """Put measurements as in `findings_of` in words, a column for each of `FINDINGS`."""
    wt, et, dark = (measured[name].to_numpy() for name in ("wt_mm2", "et_mm2", "dark_mm2"))
    across, along = measured["across"].to_numpy(), measured["along"].to_numpy()
    there = wt > 0
    enhancing = et >= ENHANCING
    words = {
        "size": np.select([wt < SMALL, wt < LARGE], ["small", "medium"], "large"),
        "uptake": np.where(enhancing, "enhancing", "non-enhancing"),
        "side": np.where(across < 0, "right", "left"),
        "place": np.select([along < -1 / 3, along < 1 / 3], ["frontal", "central"], "posterior"),
        "centre": np.where(enhancing, np.where(dark >= DARK, "dark", "solid"), "none"),
    }
    return pd.DataFrame({name: np.where(there, values, "none") for name, values in words.items()})


def read_report(measured: np.ndarray) -> pd.DataFrame:
    """Turn what the regressor of reports measured, (N, 5) of `READ`, into findings in words (`describe`)."""
    table = pd.DataFrame(measured, columns=list(READ))
    table.loc[table["wt_mm2"] < SEEN, "wt_mm2"] = 0
    return describe(table)
