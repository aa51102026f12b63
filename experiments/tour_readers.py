"""The readers of lesson 22: an encoder of reports, and two regressors that score generated images."""

import keras
import numpy as np
import pandas as pd
from regressor_training import train_regressor
from tour_batches import balanced, graded, other_side, pairs_of, reported, written
from tour_findings import READ
from tour_scores import share

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.metrics.learned.attribute_regressor import AttributeRegressor
from gancourse.teaching.material import radiology_reports, small_gans
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder

ENCODER = {
    "words": len(radiology_reports.VOCABULARY) + 1,
    "length": radiology_reports.LENGTH,
    "answers": sum(map(len, FINDINGS.values())),
}


def train_readers(data: dict[str, SliceSet], seed: int = 0) -> None:
    """Train and store the encoder of reports, scored on test patients, and the two regressors."""
    slices = data["64"]
    about = {"command": "python experiments/tour.py train readers", "data": slices.made_with}

    rows, findings = reported(slices, "train")
    both = pd.concat([findings, other_side(findings)])
    encoder = train_encoder(both[list(FINDINGS)].to_dict("records"), 16, seed)
    _, unseen = reported(slices, "test")
    understood = encoder.answers(written(unseen, np.random.default_rng(seed + 1)))
    scores = {name: share(understood[name], unseen[name]) for name in FINDINGS}
    card = {"kind": "text encoder", "recipe": ENCODER, "scores": scores, **about}
    pretrained.save("tour/text-encoder", encoder.network, card)

    values = findings[list(READ)].fillna(0.0).to_numpy(np.float32)
    images = pairs_of(slices, rows)
    values = np.concatenate([values, values * np.where(np.array(READ) == "across", -1, 1)])
    images = np.concatenate([images, images[:, :, ::-1]])
    regressor = train_regressor(READ, images, values, 10, seed, mirror=False)
    store("tour/judge-report", regressor, about, mirror=False)

    rows, requests, grades = graded(slices, "train")
    chosen = balanced(grades, 9000, np.random.default_rng(seed))
    regressor = train_regressor(
        (*small_gans.GRADES, "height"), pairs_of(slices, rows)[chosen], requests[chosen], 6
    )
    store("tour/judge-request", regressor, about, mirror=True)


def store(name: str, regressor: AttributeRegressor, about: dict, mirror: bool) -> None:
    recipe = {"values": len(regressor.names), "channels": 2, "mirror": mirror}
    pretrained.save(name, regressor, {"kind": "attribute regressor", "recipe": recipe, **about})


def train_encoder(
    findings: list[dict[str, str]], epochs: int = 3, seed: int = 0, verbose: int = 2
) -> TextEncoder:
    """Learn to answer the questions of `FINDINGS` from reports that are written for these findings."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    network = pretrained.CODECS["text encoder"].build(ENCODER)
    texts = radiology_reports.tokens([radiology_reports.write(finding, rng) for finding in findings])
    truth = [[w == finding[q] for q, words in FINDINGS.items() for w in words] for finding in findings]
    learner = keras.Model(network.inputs, network.outputs[1])
    learner.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), jit_compile=False)
    learner.fit(texts, np.array(truth, np.float32), batch_size=64, epochs=epochs, verbose=verbose)
    return TextEncoder(network)
