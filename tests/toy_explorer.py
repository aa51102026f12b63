"""A source for the explorer that paints an ellipse in NumPy: no network, no files, known attributes."""

import numpy as np

from gancourse.gans import latent as latents
from gancourse.teaching.widgets.explorer import Explorer, Source

DIM, SIZE = 16, 64
ATTRIBUTES = (
    latents.Attribute("width", "brain width", "mm", 80.0, 160.0),
    latents.Attribute("ventricles", "ventricle area", "mm2", 200.0, 2400.0),
)
DIRECTIONS = latents.Directions(ATTRIBUTES, np.eye(DIM, 2) * [14, 400], np.array([120, 1300]))


def paint(z: np.ndarray) -> np.ndarray:
    """An ellipse as wide as `width` says, with a darker one in it; its brightness is the third number."""
    width, ventricles = DIRECTIONS.predict(z)
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    across = max(float(width), 1.0) / 208 * SIZE / 2
    brain = (x / across) ** 2 + (y / 26) ** 2 < 1
    inner = x**2 + (y / 1.6) ** 2 < max(float(ventricles), 0.0) / 300
    level = np.clip(170 + 20 * z[2], 60, 255)
    return (brain * np.where(inner, level / 3, level) + 5 * np.abs(z[3])).astype(np.uint8)


def load(name: str) -> Source:
    modality = "FLAIR" if "flair" in name else "T1"
    return Source(name, modality, DIM, paint, DIRECTIONS if name != "dcgan-t1-deck" else None)


def explorer(**options) -> Explorer:
    return Explorer(load=load, **options)


def widget():
    from gancourse.teaching.widgets import LatentExplorer

    return LatentExplorer(logic=explorer())
