"""Small slices of four modalities with a tumour, for the tests of the patient generator."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet

SIZE, PIXEL_MM = 32, 4.0
#: Changes of a recipe that make it tiny.
TINY_PATIENT = ["size=32", "latent_dim=8", "base=4", "d_base=4", "most=8", "batch_size=8", "every=2"]


def toy_patients(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Bright discs with a tumour of all three labels in all but every fourth.

    Returns:
        Images (n, 32, 32, 4) float32 in [-1, 1], and labels (n, 32, 32) uint8.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIZE, :SIZE]
    images = np.full((n, SIZE, SIZE, len(MODALITIES)), -1, np.float32)
    seg = np.zeros((n, SIZE, SIZE), np.uint8)
    for k in range(n):
        brain = (x - 15.5) ** 2 + (y - 15.5) ** 2 < rng.uniform(13, 15) ** 2
        images[k][brain] = rng.uniform(-0.2, 0.2, (int(brain.sum()), 1)) + np.linspace(-0.4, 0.4, 4)
        row, column = rng.uniform(11, 20, 2)
        distance = (x - column) ** 2 + (y - row) ** 2
        for radius, label in ((6, 2), (4, 4), (2, 1)) if k % 4 else ():
            seg[k][distance < radius**2] = label
        images[k] += 0.4 * (seg[k] > 0)[..., None]
    return images, seg


def toy_patient_slices(folder: Path, n: int = 48) -> SliceSet:
    """A folder of such slices: three for each patient; of six patients four are for training."""
    folder.mkdir(parents=True)
    images, seg = toy_patients(n)
    np.save(folder / "images.npy", images.astype(np.float16))
    np.save(folder / "seg.npy", seg)
    np.save(folder / "tissue.npy", np.zeros_like(seg))
    patient = [f"P{i // 3}" for i in range(n)]
    table = pd.DataFrame(
        {"subject": patient, "patient": patient, "grade": "HGG", "vintage": "2018", "missing": ""}
    )
    splits = ("train", "validation", "train", "train", "test", "train")
    table["split"] = [splits[i // 3 % len(splits)] for i in range(n)]
    table["tumour_px"] = (seg > 0).sum((1, 2))
    table.to_csv(folder / "table.csv", index=False)
    made_with = {
        "size": SIZE, "plane": "axial", "fov_mm": SIZE * PIXEL_MM, "modalities": list(MODALITIES),
        "subjects": n // 3,
    }  # fmt: skip
    (folder / "slices.json").write_text(json.dumps(made_with))
    return SliceSet.open(folder)
