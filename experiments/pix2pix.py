"""The small networks of lesson 51: trained, scored patient by patient, and stored.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    TF_NUM_INTRAOP_THREADS=1 python experiments/pix2pix.py

It trains the same U-Net with and without a discriminator, three seeds each, and four more networks, one
after the other, in `runs/lesson51`, and goes on where it was stopped. About half an hour of one core of an
AMD EPYC that has bfloat16. Then it writes

    data/results/pix2pix.csv       Dice and mL of tumour found of every test patient, by method, seed and
                                   missing modality
    gancourse/weights/pix2pix-*    the networks that the lesson loads
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from study import RESULTS, parser_of, write_table

from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.slices import SliceSet
from gancourse.export import export, load_run, score_pix2pix
from gancourse.metrics.overlap import dice
from gancourse.training import translation
from gancourse.training.translation import Translation, dice_of_patients, tumour_labels

UNET = Translation(discriminator=False, rate=1e-3, ema=0.99, lambda_reconstruction=10.0)
PAINTER = replace(UNET, direction="labels-to-mr", modality="flair", lambda_reconstruction=100.0)

#: What is trained: folder, name of the method, what, seed, epochs.
RUNS = [
    *(
        (f"{name}-{seed}", method, replace(UNET, discriminator=paired), seed, 4)
        for seed in range(3)
        for name, method, paired in (("unet", "U-Net", False), ("gan", "U-Net + discriminator", True))
    ),
    ("flair", "", replace(PAINTER, discriminator=True, lambda_reconstruction=10.0), 0, 2),
    ("flair-l1", "", PAINTER, 0, 2),
    ("tissue", "", replace(UNET, direction="mr-to-tissue"), 0, 10),
    ("drop", "U-Net, modalities dropped", replace(UNET, drop=0.5), 0, 3),
]

#: Which runs are stored as weights, by their names.
STORED = {
    "pix2pix-tumour": "gan-0",
    "pix2pix-tumour-drop": "drop",
    "pix2pix-tissue": "tissue",
    "pix2pix-flair": "flair",
    "pix2pix-flair-l1": "flair-l1",
}


def rows_of_patients(
    found: np.ndarray, seg: np.ndarray, patients: np.ndarray, voxel_ml: float
) -> pd.DataFrame:
    """Return a row per patient: mL of tumour, and Dice of each region, by the challenge's rule where empty.

    Args:
        found, seg: labels (N, H, W) of all slices.
    """
    table = pd.DataFrame({"patient": np.unique(patients)})
    for column, labels in (("tumour_ml", seg), ("found_ml", found)):
        table[column] = [voxel_ml * np.sum(labels[patients == p] > 0) for p in table["patient"]]
    for name, values in REGIONS.items():
        truth, guess = np.isin(seg, values), np.isin(found, values)
        table[name] = [dice(truth[patients == p], guess[patients == p]) for p in table["patient"]]
    return table


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/lesson51"))
    parser.add_argument("--results", type=Path, default=RESULTS / "pix2pix.csv")
    arguments = parser.parse_args()
    slices = SliceSet.open(arguments.data)
    command = f"python experiments/pix2pix.py --data {arguments.data}"
    for folder, _, what, seed, epochs in RUNS:
        translation.train(what, slices, arguments.runs / folder, epochs, seed=seed, command=command)
    score = partial(score_pix2pix, slices=slices)
    for name, folder in STORED.items():
        print(name, export(arguments.runs / folder, name, "pix2pix", score).scores)
    write_results(slices, arguments.runs, arguments.results)


def write_results(slices: SliceSet, runs: Path, path: Path) -> None:
    """Score every method on the test patients."""
    rows = {split: slices.select(split) for split in ("train", "test")}
    patients = slices.table["patient"].to_numpy()
    seg, images = np.asarray(slices.seg), slices.images
    flair, test = MODALITIES.index("flair"), rows["test"]
    voxel_ml = (
        (slices.made_with["fov_mm"] / slices.made_with["size"]) ** 2 * slices.made_with["step_mm"] / 1000
    )
    tables = []

    def add(method: str, found: np.ndarray, seed: int = 0, without: str = "") -> None:
        table = rows_of_patients(found, seg[test], patients[test], voxel_ml)
        tables.append(table.assign(method=method, seed=seed, without=without))

    def best(score, thresholds) -> float:  # on training patients
        truth = seg[rows["train"]] > 0
        means = [np.nanmean(dice_of_patients(truth, score > t, patients[rows["train"]])) for t in thresholds]
        return float(thresholds[int(np.argmax(means))])

    place = np.broadcast_to((seg[rows["train"]] > 0).mean(0), (len(seg), *seg.shape[1:]))
    threshold = best(place[rows["train"]], np.arange(0.02, 0.2, 0.02))
    add("most frequent place", 2 * (place[test] > threshold))
    bright = np.asarray(images[..., flair], np.float32)
    threshold = best(bright[rows["train"]], np.arange(-0.2, 0.8, 0.05))
    print(f"FLAIR threshold {threshold:.2f}")
    add("FLAIR threshold", 2 * (bright[test] > threshold))

    inputs = np.asarray(images[test], np.float32)
    for folder, method, what, seed, _ in RUNS:
        if not method:
            continue
        generator, _ = load_run(runs / folder, "pix2pix")
        for without in [""] if what.discriminator else ["", *MODALITIES]:
            given = inputs.copy()
            if without:
                given[..., MODALITIES.index(without)] = -1
            found = tumour_labels(generator.predict(given, batch_size=64, verbose=0))
            add(method, found, seed, without)
    table = pd.concat(tables)[["method", "seed", "without", "patient", "tumour_ml", "found_ml", *REGIONS]]
    write_table(table, path)
    sick = table[table["tumour_ml"] > 0]
    print(sick.groupby(["method", "without", "seed"])[list(REGIONS)].mean().round(3))


if __name__ == "__main__":
    main()
