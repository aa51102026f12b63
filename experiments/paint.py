"""The painter of the demo "Paint a patient": label maps of 128 pixels to all four modalities.

    python experiments/paint.py train     runs/paint/first, then runs/paint/last
    python experiments/paint.py sheet     runs/paint/sheet.png: truth and painting of some test patients
    python experiments/paint.py export    score it, and write gancourse/weights/paint

It learns from the training patients of `data/slices128`, as the patient generator does. Half of its label
maps are halved and enlarged, since what people draw has smoother borders than a phantom's labels.

After the first part of the training, enhancing tumours were black and chequered in some slices. While it
learned, batch normalisation had the statistics of eight slices, few of which enhance, and single slices are
painted with the mean statistics of many batches. So in the last part these are fixed: the network learns as
it will be used, without dropout, and its weights are averaged.
"""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pathology_scores as scores
from pathology import coarser, store, train_painter, trained
from study import parser_of, start

from gancourse.cohort.sliceset import SliceSet
from gancourse.images import patient_sheet
from gancourse.training import checkpoint
from gancourse.training.conditional_training import EPOCH
from gancourse.training.label_translation import LabelTranslation, label_batches, paint_labels
from gancourse.training.loop import go_on

FIRST = LabelTranslation(depth=5, batch_size=8)
LAST = dataclasses.replace(FIRST, dropout=0.0, ema=0.999)
STEPS = {"first": 9500, "last": 4000}
COMMAND = "python experiments/paint.py train"


def train_last(slices: SliceSet, run: Path, steps: int, seed: int = 1) -> None:
    """Go on from the first part's networks, with the statistics of batch normalisation as they are."""
    about, arrays = checkpoint.read(run / "first" / "checkpoint.npz")
    model = LAST.build(seed, about["settings"]["precision"])
    for part, network in (("generator", model.generator), ("discriminator", model.discriminator)):
        network.set_weights([arrays[f"{part}.{k}"] for k in range(len(network.weights))])
    for layer in model.generator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.ema_generator.set_weights(model.generator.get_weights())
    adams = [keras.optimizers.Adam(LAST.rate, LAST.beta1) for _ in range(2)]
    model.compile(*adams, lambda_reconstruction=LAST.lambda_reconstruction)
    settings = about["settings"] | {"recipe": dataclasses.asdict(LAST), "seed": seed}
    settings["first"] = {"steps": EPOCH * len(about["history"]), "seconds": about["history"][-1]["seconds"]}
    go_on(
        model, lambda done: label_batches(slices, LAST.batch_size, seed, done).map(coarser),
        EPOCH, run / "last", settings, steps // EPOCH, None, command=COMMAND,
    )  # fmt: skip


def draw_sheet(painter, slices: SliceSet, file: Path, count: int = 6) -> None:
    """Draw slices of test patients with tumours, and below each what is painted from its labels."""
    rows = slices.select("test", "tumour_px > 150")
    rows = rows[np.linspace(0, len(rows) - 1, count).astype(int)]
    seg, tissue = slices.seg[rows], slices.tissue[rows]
    images = np.stack([np.asarray(slices.images[rows], np.float32), paint_labels(painter, seg, tissue)], 1)
    patient_sheet(images.reshape(-1, *images.shape[2:]), np.repeat(seg, 2, 0)).save(file)


def main() -> None:
    parser = parser_of(__doc__, "data/slices128")
    parser.add_argument("stage", choices=("train", "sheet", "export"))
    parser.add_argument("--run", type=Path, default=Path("runs/paint"))
    asked = parser.parse_args()
    slices, options = SliceSet.open(asked.data), dataclasses.asdict(LAST)
    if asked.stage == "train":
        train_painter(slices, asked.run / "first", STEPS["first"], FIRST, sharp=0, command=COMMAND)
        train_last(slices, asked.run, STEPS["last"])
        return
    painter, about = trained("label translation", options, asked.run / "last")
    if asked.stage == "sheet":
        draw_sheet(painter, slices, asked.run / "sheet.png")
    else:
        found = scores.score_painter(scores.painting_table(painter, slices))
        found |= scores.invented_tumours(painter, slices)
        print(found)
        first = about["settings"]["first"]
        before = {"steps": first["steps"], "minutes": round(first["seconds"] / 60, 1)}
        store("paint/painter", "label translation", options, painter, about, found, first=before)


if __name__ == "__main__":
    start(main)
