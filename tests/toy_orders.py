"""Small slices of patients of every grade, whose orders are known, for the tests of lesson 45's training."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from toy_patients import PIXEL_MM, SIZE, toy_patients

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.gans.orders import GRADES


def toy_order_slices(folder: Path, n: int = 72) -> SliceSet:
    """A folder of slices, three for each patient; each grade is in each split, healthy slices are without."""
    folder.mkdir(parents=True)
    images, seg = toy_patients(n)
    patient = np.arange(n) // 3
    grade = np.array(GRADES)[patient % 3]
    tissue = np.where(images[..., 0] > -1, 3, 0).astype(np.uint8)
    seg[grade == "healthy"] = 0
    for name, array in (("images", images.astype(np.float16)), ("seg", seg), ("tissue", tissue)):
        np.save(folder / f"{name}.npy", array)
    table = pd.DataFrame({"subject": [f"P{k}" for k in patient], "grade": grade, "vintage": "2018"})
    table["patient"], table["missing"], table["plane"] = table["subject"], "", "axial"
    table["split"] = np.array(["train", "train", "validation", "test"])[patient // 3 % 4]
    table["position"] = np.linspace(0.45, 0.8, n)
    table["tumour_px"], table["gm_mm2"] = (seg > 0).sum((1, 2)), 1.0
    table.to_csv(folder / "table.csv", index=False)
    made_with = {
        "size": SIZE, "plane": "axial", "fov_mm": SIZE * PIXEL_MM, "modalities": list(MODALITIES),
        "subjects": n // 3,
    }  # fmt: skip
    (folder / "slices.json").write_text(json.dumps(made_with))
    return SliceSet.open(folder)
