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


def toy_works(size: int = 32):
    """What fills orders in the tests of the order form: discs whose reader errs more from brain to brain.

    The area of brain k is read 2 k cm2 too large; all else as it was ordered. 4.5 cm2 are tolerated.
    """
    from gancourse.gans.orders import CONDITIONS, Order, decode, encode
    from gancourse.teaching.widgets.order_form_game import Works

    y, x = np.mgrid[:size, :size] - (size - 1) / 2

    def paint(conditions, seed):
        images = np.full((len(conditions), size, size, 2), -1, np.float32)
        for image, order in zip(images, decode(conditions).itertuples(), strict=True):
            image[x**2 + y**2 < (0.42 * size) ** 2] = -0.3 + 0.01 * (seed % 9)
            if order.grade != "healthy":
                centre = 0.3 * size * np.array([order.along, order.side])
                inside = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < order.area_cm2 * (size / 64) ** 2
                image[inside] = (0.9, 0.6)
        images[:, 0, :CONDITIONS, 0] = conditions / 8  # where the reader looks
        return images

    def read(images):
        found = decode(images[:, 0, :CONDITIONS, 0] * 8)
        return found.assign(area_cm2=found["area_cm2"] + 2.0 * np.arange(len(found)))

    rng = np.random.default_rng(0)
    learned = [Order("healthy", 0.6)] * 20
    for grade in ("LGG", "HGG"):
        learned += [
            Order(grade, rng.uniform(0.5, 0.75), rng.uniform(5, 25), side, rng.uniform(-0.5, 0.5))
            for side in (-1.0, 1.0)
            for _ in range(40)
        ]
    limits = {"area_cm2": 4.5, "enhancing_cm2": 1.0, "side": 0.3, "along": 0.2, "height": 0.05}
    return Works(paint, read, {"grade": 0.0, **limits}, encode(learned))


def toy_form(**options):
    from gancourse.teaching.widgets.order_form_game import OrderForm

    return OrderForm(works=toy_works(), **options)
