"""Noise that is fixed in space: the same at a point, whatever grid the point belongs to.

Noise drawn on a grid's own voxels changes with their spacing. Fine borders of a tumour must not, so their
roughness is drawn once, on a lattice in mm that repeats itself beyond the size of any tumour.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

SIZE = 56  # lattice points along an axis


@dataclass(frozen=True)
class Roughness:
    """Unit noise (mean 0, standard deviation 1) with a correlation length of about `scale_mm`."""

    lattice: np.ndarray  # (SIZE, SIZE, SIZE) float32, periodic
    scale_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator, scale_mm: float) -> "Roughness":
        """Draw a lattice whose points are `scale_mm` apart."""
        noise = ndimage.gaussian_filter(rng.standard_normal((SIZE,) * 3, dtype=np.float32), 0.8, mode="wrap")
        return cls((noise - noise.mean()) / noise.std(), scale_mm)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return the noise at `points` (3, ...) in mm, as float32 of shape (...)."""
        return ndimage.map_coordinates(self.lattice, points / self.scale_mm, order=1, mode="grid-wrap")
