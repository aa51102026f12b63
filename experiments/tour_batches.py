"""What the small GANs of lesson 22 learn from: batches of slices, with requests, reports or coarse slices."""

from functools import partial

import numpy as np
import pandas as pd
import tensorflow as tf
from tour_findings import findings_of

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.images import halve
from gancourse.teaching.material import radiology_reports, small_gans
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder
from gancourse.training.loop import images_of

#: What the first two GANs paint.
MODALITIES = ("t1ce", "flair")

#: The least number of pixels of a tumour that is seen in a slice.
LEAST_PX = 20


def endless(make, seed: int, first_step: int) -> tf.data.Dataset:
    """Yield batches make(rng), each depending on (seed, step) alone."""
    example = make(np.random.default_rng(0))

    def generate():
        step = first_step
        while True:
            yield make(np.random.default_rng((seed, step)))
            step += 1

    signature = tf.nest.map_structure(lambda x: tf.TensorSpec((None, *x.shape[1:]), x.dtype), example)
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)


def mirrored(images: np.ndarray, flip: np.ndarray) -> np.ndarray:
    return np.where(flip[:, None, None, None], images[:, :, ::-1], images)


def shown(slices: SliceSet, split: str) -> np.ndarray:
    """Select the slices that show what their grade says: healthy ones, and those with a tumour in them."""
    return slices.select(split, f"grade == 'healthy' or tumour_px > {LEAST_PX}")


def pairs_of(slices: SliceSet, rows: np.ndarray, modalities=MODALITIES) -> np.ndarray:
    """Take some slices, (N, H, W, 2) float32 in [-1, 1]."""
    channels = [slices.modalities.index(name) for name in modalities]
    return np.asarray(slices.images[rows], np.float32)[..., channels]


def graded(slices: SliceSet, split: str):
    """Return rows of slices, their requests, and the grade of each."""
    rows = shown(slices, split)
    grades = slices.table["grade"].to_numpy()[rows]
    return rows, small_gans.request(grades, slices.table["position"].to_numpy()[rows]), grades


def balanced(grades: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n places in `grades`, each grade as often as the others."""
    places = [np.flatnonzero(grades == g) for g in small_gans.GRADES]
    return np.concatenate([rng.choice(p, n // 3 + (k < n % 3)) for k, p in enumerate(places)])


def graded_batches(slices: SliceSet, seed: int, batch_size: int = 64):
    rows, requests, grades = graded(slices, "train")
    images = pairs_of(slices, rows).astype(np.float16)

    def make(rng):
        chosen = rng.permutation(balanced(grades, batch_size, rng))
        return mirrored(images[chosen].astype(np.float32), rng.random(len(chosen)) < 0.5), requests[chosen]

    return partial(endless, make, seed)


def reported(slices: SliceSet, split: str):
    """Return rows of slices, and what their labels say."""
    rows = slices.select(split, f"tumour_px == 0 or tumour_px > {LEAST_PX}")
    return rows, findings_of(slices.tissue[rows], slices.seg[rows])


def other_side(findings: pd.DataFrame) -> pd.DataFrame:
    return findings.assign(side=findings["side"].replace({"left": "right", "right": "left"}))


def written(findings: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    return [radiology_reports.write(finding, rng) for finding in findings[list(FINDINGS)].to_dict("records")]


def reported_batches(slices: SliceSet, seed: int, size: int, batch_size: int = 64, ways: int = 4):
    """Pair images with their reports' embeddings, in several wordings; half are mirrored, words and all."""
    encoder = TextEncoder(pretrained.load("tour/text-encoder"))
    rows, findings = reported(slices, "train")
    images = pairs_of(slices, rows)
    images = (halve(images) if size == 32 else images).astype(np.float16)
    rng = np.random.default_rng(seed)
    sides = (findings, other_side(findings))
    embedded = np.stack([[encoder.embed(written(side, rng)) for _ in range(ways)] for side in sides])
    empty = (findings["size"] == "none").to_numpy()
    chance = np.where(empty, 0.4, 1.0)  # slices without a tumour, less often
    chance /= chance.sum()

    def make(rng):
        chosen = rng.choice(len(rows), batch_size, replace=False, p=chance)
        flip = rng.integers(0, 2, batch_size)
        texts = embedded[flip, rng.integers(0, ways, batch_size), chosen]
        return mirrored(images[chosen].astype(np.float32), flip == 1), texts

    return partial(endless, make, seed)


def super_batches(slices: SliceSet, seed: int, batch_size: int = 8):
    images = images_of(slices, "t1", slices.select("train")).astype(np.float16)

    def make(rng):
        large = images[rng.choice(len(images), batch_size, replace=False)].astype(np.float32)[..., None]
        large = mirrored(large, rng.random(batch_size) < 0.5)
        return small_gans.shrink(large), large

    return partial(endless, make, seed)


def uptake(slices: SliceSet, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return maps of slices with enhancing tumour, and their rows."""
    rows = slices.select(split, f"et_mm2 >= {radiology_reports.ENHANCING}")
    maps = small_gans.uptake_maps(images_of(slices, "t1ce", rows), slices.tissue[rows], slices.seg[rows])
    there = maps.max((1, 2)) > 0.05
    return maps[there], rows[there]


def map_batches(slices: SliceSet, seed: int, batch_size: int = 64):
    maps = uptake(slices, "train")[0][..., None]

    def make(rng):
        chosen = maps[rng.choice(len(maps), batch_size, replace=False)]
        return mirrored(chosen, rng.random(batch_size) < 0.5)

    return partial(endless, make, seed)


def batches_of(name: str, data: dict[str, SliceSet], seed: int):
    if name == "cgan":
        return graded_batches(data["64"], seed)
    if name in ("stack-one", "stackgan"):
        return reported_batches(data["64"], seed, 32 if name == "stack-one" else 64)
    if name in ("srresnet", "srgan"):
        return super_batches(data["128"], seed)
    return map_batches(data["64"], seed)
