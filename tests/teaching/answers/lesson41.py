"""Answers to lesson 41 in NumPy; tests/wrong_answers/41.py has those that need Keras."""

import numpy as np


def bce(target, logits):
    p = 1 / (1 + np.exp(-np.asarray(logits, np.float64)))
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))


RIGHT = {
    "to_network": lambda image: image / image.max() * 2 - 1,
    "latents": lambda rng, n: rng.normal(size=(n, 100)),
    "layer_weights": lambda k, i, o, bias: (k * k * i + bias) * o,
    "discriminator_loss": lambda real, fake: bce(1, real) + bce(0, fake),
    "generator_loss": lambda fake: bce(1, fake),
    "accuracy": lambda real, fake: np.mean([(real > 0).mean(), (fake <= 0).mean()]),
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("to_network", lambda image: image / image.max(), "tanh"),
    ("to_network", lambda image: image / 127.5 - 1, "255"),
    ("to_network", lambda image: image.ravel() / image.max(), "shape"),
    ("latents", lambda rng, n: rng.random((n, 100)), "uniform"),
    ("latents", lambda rng, n: rng.uniform(-1, 1, (n, 100)), "uniform"),
    ("latents", lambda rng, n: np.random.default_rng().normal(size=(n, 100)), "rng"),
    ("layer_weights", lambda k, i, o, bias: k * k * i * o, "bias"),
    ("layer_weights", lambda k, i, o, bias: i * o + bias * o, "kernel"),
    ("layer_weights", lambda k, i, o, bias: 7, "stamp"),
    ("discriminator_loss", lambda real, fake: bce(1, real), "half"),
    ("discriminator_loss", lambda real, fake: bce(0, real) + bce(1, fake), "swapped"),
    (
        "discriminator_loss",
        lambda real, fake: bce(1, 1 / (1 + np.exp(-real))) + bce(0, 1 / (1 + np.exp(-fake))),
        "sigmoid",
    ),
    ("discriminator_loss", lambda real, fake: 0.1, "expected"),
    ("generator_loss", lambda fake: bce(0, fake), "zeros"),
    ("generator_loss", lambda fake: -bce(0, fake), "minimax"),
    ("generator_loss", lambda fake: fake, "one"),
    ("accuracy", lambda real, fake: ((real > 0.5).mean() + (fake < 0.5).mean()) / 2, "0.5"),
    ("accuracy", lambda real, fake: 0.123, "0.123"),
]
