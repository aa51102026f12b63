"""Small slices and recipes for the tests of networks and trainings."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.cohort.slices import SliceSet
from gancourse.training.recipes import Recipe

TINY = Recipe(networks="transpose", base=4, d_base=4, size=16, latent_dim=8, batch_size=8, ema=0.9, flip=True)


def discs(n: int, size: int = 16, seed: int = 0) -> np.ndarray:
    """Bright discs of varying place and radius on a dark ground, (n, size, size) float32 in [-1, 1]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    centre, radius = rng.uniform(0.4, 0.6, (2, n, 1, 1)) * size, rng.uniform(0.15, 0.35, (n, 1, 1)) * size
    inside = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2
    return np.where(inside, rng.uniform(0.2, 1, (n, 1, 1)), -1).astype(np.float32)


def slices(folder: Path, n: int = 48, size: int = 16) -> SliceSet:
    """A folder of such discs: t1 and flair, four slices a patient, no tumour; t1's discs are grey matter."""
    folder.mkdir(parents=True)
    images = np.stack([discs(n, size, 1), discs(n, size, 2)], -1).astype(np.float16)
    np.save(folder / "images.npy", images)
    np.save(folder / "seg.npy", np.zeros((n, size, size), np.uint8))
    np.save(folder / "tissue.npy", np.where(images[..., 0] > -1, 2, 0).astype(np.uint8))
    patient = [f"P{i // 4}" for i in range(n)]
    splits = ["train", "train", "train", "validation", "test", "train"]
    table = pd.DataFrame(
        {"subject": patient, "patient": patient, "grade": "HGG", "vintage": "2018", "missing": ""}
    )
    table["split"] = [splits[i // 4 % 6] for i in range(n)]
    table["tumour_px"] = np.arange(n) % 2
    table["gm_mm2"] = 1.0
    table.to_csv(folder / "table.csv", index=False)
    made_with = {"size": size, "plane": "axial", "modalities": ["t1", "flair"], "subjects": n // 4}
    (folder / "slices.json").write_text(json.dumps(made_with))
    return SliceSet.open(folder)
