"""Small patients and training slices, for the tests of "This brain does not exist"."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from gancourse.teaching.widgets.training_slices import TrainingSlices, fields, summaries

SIZE, LATENT_DIM, SHEET, COLUMNS = 32, 8, 4, 2


def toy_generator():
    """A generator of discs: the first latent sets the brightness, the second whether there is a tumour,
    the third how one side differs.

    Called as a Keras model is: latents (B, 8) -> maps (B, 32, 32, 8).
    """
    return ToyGenerator()


class ToyGenerator:
    input_shape = (None, LATENT_DIM)

    def __call__(self, latents, training=False):
        assert not training
        y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
        maps = np.full((len(latents), SIZE, SIZE, 8), -1, np.float32)
        for patient, latent in zip(maps, latents, strict=True):
            brain = x**2 + y**2 < 14**2
            patient[brain, 0] = 1
            patient[brain, 4:] = np.tanh(latent[0] + np.linspace(-0.4, 0.4, 4))
            patient[brain & (x < -4), 4:] += 0.2 * np.tanh(latent[2])  # one side differs
            for region, radius in ((1, 6), (2, 4), (3, 2)) if latent[1] > 0 else ():
                patient[(x - 5) ** 2 + (y + 3) ** 2 < radius**2, region] = 1
        return maps


def toy_training(folder: Path, images: np.ndarray) -> TrainingSlices:
    """A folder of training slices that shows these images (N, S, S, 4), one patient each."""
    folder.mkdir()
    about = {"slices": len(images), "modalities": 4, "grid": 8, "components": 16, "sheet": SHEET}
    about |= {"columns": COLUMNS, "side": 16, "distances": np.linspace(0.1, 0.4, 100).tolist()}
    found = summaries(images, about["grid"])
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(found.shape[1], 16)))[0].T
    steps = np.abs(basis).max(1, keepdims=True) / 127
    basis = np.rint(basis / steps)
    places = (found - found.mean(0)) @ (basis * steps).T
    scales = np.abs(places).max(0) / 127
    arrays = {"mean": found.mean(0), "steps": steps, "scales": scales, "basis": basis}
    arrays |= {"codes": np.rint(places / scales), "patients": np.arange(len(images)) + 300}
    content = [np.asarray(arrays[name], kind).tobytes() for name, (kind, _) in fields(about).items()]
    (folder / "about.json").write_text(json.dumps(about))
    (folder / "slices.bin").write_bytes(b"".join(content))
    for number in range(-(-len(images) // SHEET)):
        picture = Image.new("L", (COLUMNS * 32, SHEET // COLUMNS * 16), 40 * number + 20)
        picture.save(folder / f"{number:02d}.webp")
    return TrainingSlices(folder)
