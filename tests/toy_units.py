"""A small generator of patients with units to dissect."""

import keras
import numpy as np

from gancourse.networks.patient_networks import build_patient_generator

DIM = 6


def toy_generator() -> keras.Model:
    """A generator of 16 pixels with 8, 6 and 4 units a layer; its weights are random."""
    keras.utils.set_random_seed(3)
    return build_patient_generator((8, 6, 4), DIM)


def toy_latents(n: int = 5) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((n, DIM)).astype(np.float32)
