"""Score the runs of `ablations.py` from the images that they saved."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
from study import held_out, load_slices, write_table

from gancourse import pretrained
from gancourse.files import write_beside
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.statistics import spectrum_distance

SIZE = 32  #: of the images
PICTURES = 12  #: of seed 0, kept beside the table
COLUMNS = ["variant", "seed", "kid", "kid_se", "recall", "spectrum_error", "d_accuracy", "seconds", "rounds"]


def score(runs: Path, data: Path, results: Path) -> None:
    """Write one row per finished run; a run that diverged has no scores, only its number of rounds."""
    network, rows, pictures = pretrained.load("features/brain-mr"), [], {}
    real, patients = held_out(load_slices(data, SIZE), "t1")
    real_features = network.embed(real)
    for folder in (path.parent for path in sorted(runs.glob("*/settings.json"))):
        settings = json.loads((folder / "settings.json").read_text())
        row = {"variant": settings["variant"], "seed": settings["seed"], "rounds": settings["rounds"]}
        if (folder / "diverged.txt").exists():
            rows.append(row)
        if not (folder / "images.npz").exists():
            continue
        with np.load(folder / "images.npz") as file:
            images = file["images"].astype(np.float32) / 127.5 - 1
            if settings["seed"] == 0:
                pictures[folder.name.removesuffix("-s0")] = file["images"][:PICTURES]
        features = network.embed(images)
        value, error = kid(features, real_features, groups_b=patients)
        with open(folder / "log.csv") as file:
            log = list(csv.DictReader(file))
        last = log[-max(1, len(log) // 10) :]
        accuracy = float(np.mean([float(line["d_accuracy"]) for line in last]))
        row |= {
            "kid": value,
            "kid_se": error,
            "recall": precision_recall(real_features, features, groups_real=patients)[1],
            "spectrum_error": spectrum_distance(images, real),
            "d_accuracy": np.nan if settings["recipe"]["loss"] == "wasserstein" else accuracy,
            "seconds": float(log[-1]["core_seconds"]),
        }
        print(row, flush=True)
        rows.append(row)
    write_table(pd.DataFrame(rows, columns=COLUMNS), results)
    write_beside(results.with_suffix(".npz"), lambda file: np.savez_compressed(file, **pictures))
