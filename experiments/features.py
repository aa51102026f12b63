"""Train the network whose features compare generated images with real ones, and compare it with simpler ones.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    gancourse cohort slice data/phantoms720 --out data/slices720
    python experiments/features.py --data data/slices720

It learns from the training patients, in some minutes on one core. Then half of the held-out patients are
compared with the other half, as they are and made worse in known ways (`study.CORRUPTIONS`), at both sizes.
It writes

    gancourse/weights/features/brain-mr.*    the network and its card
    data/results/features.csv                KID and its standard error of every set, by features, modality
                                             and size; `errors` is how many standard errors it lies above real
"""

import time

import keras
import numpy as np
import pandas as pd
from feature_training import DIMENSIONS, FLOOR, train_features, whitened, whitening_of
from sklearn.decomposition import PCA
from study import CORRUPTIONS, RESULTS, held_out, in_halves, parser_of, write_table

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.export import machine
from gancourse.images import halve
from gancourse.metrics.fidelity import kid
from gancourse.networks.features import WIDTHS, build_maps
from gancourse.training.loop import images_of

NAME, SIZES = "features/brain-mr", (64, 32)

#: What is made of one half of the held-out images. The network was shown none of it in training.
SETS = CORRUPTIONS | {"upside down": lambda x, seed: x[:, ::-1]}

#: What the network has to see, at both sizes and in every modality: worse by more than three standard errors.
WORSE = (
    ("real", "blur 0.5"),
    ("blur 0.5", "blur 1"),
    ("real", "checkerboard 0.05"),
    ("real", "checkerboard 0.1"),
    ("real", "noise 0.1"),
)


def at_size(images: np.ndarray, size: int) -> np.ndarray:
    """Return slices of 64 pixels as they are, or averaged to 32."""
    return images if size == images.shape[1] else halve(images)


def score(embed, slices: SliceSet, modality: str, size: int, name: str, step: int = 1) -> list[dict]:
    """Return each set's KID against the other half of the held-out patients, of every `step`-th slice."""
    images, patients = held_out(slices, modality, step)
    first, second = in_halves(patients)
    images = at_size(images, size)
    reference, found = embed(images[second]), []
    for what, spoil in SETS.items():
        value, error = kid(embed(spoil(images[first], 0)), reference, patients[first], patients[second])
        found.append(
            {"features": name, "modality": modality, "size": size, "set": what, "kid": value, "se": error}
        )
        above = (value - found[0]["kid"]) / np.hypot(error, found[0]["se"])
        found[-1]["errors"] = round(above, 1)
        print(found[-1], flush=True)
    return found


def failures(rows: list[dict]) -> list[str]:
    """List where a worse set is not worse by more than three standard errors."""
    found = []
    table = pd.DataFrame(rows).set_index(["modality", "size", "set"])
    for modality, size in dict.fromkeys((r["modality"], r["size"]) for r in rows):
        for better, worse in WORSE:
            a, b = (table.loc[(modality, size, which)] for which in (better, worse))
            if not b["kid"] - a["kid"] > 3 * np.hypot(a["se"], b["se"]):
                found.append(f"{modality} {size}: {worse} against {better}")
    return found


def others(slices: SliceSet) -> list[tuple[str, str, int, object]]:
    """List features to compare with: a name, modality, size and a function of images each."""
    train = slices.select("train")
    keras.utils.set_random_seed(0)
    untrained = whitened(build_maps(), np.asarray(slices.images[train]), slices.modalities)
    found: list[tuple[str, str, int, object]] = []
    for size in SIZES:
        found.append(("untrained", "t1", size, untrained.embed))
        flat = at_size(images_of(slices, "t1", train), size).reshape(len(train), -1)
        pca = PCA(DIMENSIONS, whiten=True, random_state=0).fit(flat)
        found.append(("pixels, PCA", "t1", size, lambda x, pca=pca: pca.transform(x.reshape(len(x), -1))))
    return found


def encoder(slices: SliceSet):
    """Embed by the moments of the maps of the segmenter's encoder, which was trained to ignore contrast.

    It works at 1 mm, so slices are enlarged three times.
    """
    from scipy import ndimage

    from gancourse.segmentation.synthesis import normalise

    network = pretrained.load("segmenter")
    downs = [layer for layer in network.layers if isinstance(layer, keras.layers.LeakyReLU)]
    maps = [layer.output for layer in downs]
    moments = [f(x, (1, 2)) for x in maps for f in (keras.ops.mean, keras.ops.std)]
    pooled = keras.Model(network.inputs, keras.ops.concatenate(moments, -1))
    present = np.array([[1.0, 0.0, 0.0, 0.0]], np.float32)

    def embed_raw(images: np.ndarray) -> np.ndarray:
        found = []
        for start in range(0, len(images), 16):
            large = ndimage.zoom(images[start : start + 16], (1, 3, 3), order=1)
            some = np.pad(large[..., None] + 1, [(0, 0)] * 3 + [(0, 3)])
            inputs = normalise(some, large > -1, np.repeat(present, len(some), 0))
            found.append(np.asarray(pooled(inputs, training=False)))
        return np.concatenate(found).astype(np.float64)

    mean, matrix = whitening_of(embed_raw(images_of(slices, "t1", slices.select("train")[::8])))
    return lambda images: (embed_raw(images) - mean) @ matrix


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--keep", action="store_true", help="score the stored network, do not train it")
    arguments = parser.parse_args()
    slices = SliceSet.open(arguments.data)
    train = slices.select("train")
    if arguments.keep:
        network, card = pretrained.load(NAME), pretrained.card(NAME)
        about = {"kind": card.kind, "recipe": card.recipe, "data": card.data, "command": card.command}
        about |= {part: card.about[part] for part in ("minutes", "machine", "patients")}
    else:
        start = time.monotonic()
        position = slices.table["position"].to_numpy()[train]
        images, tissue, seg = (np.asarray(a[train]) for a in (slices.images, slices.tissue, slices.seg))
        network = train_features(images, tissue, seg, position, slices.modalities, arguments.epochs)
        about = {
            "kind": "features",
            "recipe": {
                "widths": WIDTHS, "epochs": arguments.epochs, "dimensions": DIMENSIONS, "floor": FLOOR,
                "seed": 0,
            },
            "data": {"slices": slices.made_with},
            "command": f"python experiments/features.py --data {arguments.data}",
            "minutes": round((time.monotonic() - start) / 60, 1),
            "machine": machine(),
            "patients": {"train": int(slices.table["patient"].iloc[train].nunique())},
        }  # fmt: skip
        pretrained.save(NAME, network, about)  # so that a failure later costs no training
        network = pretrained.load(NAME)
    rows = [
        row for m in slices.modalities for size in SIZES
        for row in score(lambda x, m=m: network.embed(x, m), slices, m, size, "brain-mr")
    ]  # fmt: skip
    scores = {
        f"{r['modality']} {r['size']} {r['set']}": [round(r["kid"], 4), round(r["se"], 4)] for r in rows
    }
    pretrained.save(NAME, network, {**about, "kid_se": scores, "failures": failures(rows)})
    for name, modality, size, embed in others(slices):
        rows += score(embed, slices, modality, size, name)
    rows += score(encoder(slices), slices, "t1", 64, "segmenter's encoder", step=4)  # it is slow
    write_table(rows, RESULTS / "features.csv", 5)
    print(
        "not seen by more than three standard errors:",
        failures([r for r in rows if r["features"] == "brain-mr"]),
    )


if __name__ == "__main__":
    main()
