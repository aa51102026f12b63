"""The territories of the brain's arteries, drawn from landmarks in MNI space.

A branch supplies what lies nearest to its landmarks: a point belongs to the branch whose landmark is closest
after that landmark's reach has been subtracted. The landmarks were set down from descriptions of the
territories (Tatu et al., Neurology 47:1125, 1996, and Front. Neurol. Neurosci. 30:99, 2012) on the ICBM
average, to about 5 mm, and moved until the frequency map of the infarcts resembled that of 80 patients
(`experiments/stroke_maps.py`); no atlas was used. People differ by more than that (van der Zwan et al.,
J. Neurosurg. 77:927, 1992), so the reach of every branch is drawn anew for every subject.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from gancourse.cohort.phantom.anatomy import BRAIN_MNI
from gancourse.cohort.phantom.template import Field

#: Branch -> landmarks (x, y, z, reach) in MNI mm (RAS), of the side with x > 0, which the other mirrors.
BRANCHES: dict[str, list[tuple[float, float, float, float]]] = {
    "MCA prefrontal": [(40, 38, 14, 8), (46, 28, 24, 8), (34, 36, 30, 6), (40, 32, -2, 6)],
    "MCA precentral": [(50, 6, 28, 8), (44, 2, 44, 8), (38, 14, 50, 5), (56, 4, 12, 7)],
    "MCA parietal": [(52, -20, 36, 8), (46, -30, 48, 8), (58, -24, 20, 7), (38, -24, 56, 5)],
    "MCA angular": [(48, -56, 34, 8), (46, -64, 20, 8), (42, -48, 48, 6), (38, -74, 18, 5)],
    "MCA posterior temporal": [(60, -36, 6, 8), (54, -52, 4, 7), (58, -16, -4, 7), (58, -34, -12, 5)],
    "MCA anterior temporal": [(50, 4, -22, 8), (54, -8, -20, 7), (38, 14, -30, 6)],
    "MCA insular": [(39, -2, 2, 6), (38, -14, 8, 6), (37, 10, 2, 5)],
    "MCA lenticulostriate": [(26, 4, 2, 6), (28, -8, 4, 5), (22, 2, 14, 5), (24, -8, 20, 5), (17, 12, 12, 4)],
    "MCA medullary": [(27, -16, 32, 5), (28, -34, 28, 5), (27, 6, 30, 5), (30, -48, 22, 4)],
    "ACA frontal": [(8, 50, 8, 7), (8, 40, 32, 8), (14, 28, 48, 7), (9, 32, -14, 5), (12, 48, -10, 6)],
    "ACA paracentral": [(8, -12, 60, 8), (8, 8, 58, 8), (9, -34, 60, 7), (8, -10, 40, 5), (8, 20, 30, 5)],
    "ACA recurrent": [(12, 14, -1, 4)],
    "AChA": [(20, -12, 2, 3), (20, -19, 8, 3), (24, -10, -16, 4)],
    "PCA calcarine": [(10, -76, 6, 9), (16, -88, 2, 9), (28, -84, 4, 7), (10, -66, 24, 7)],
    "PCA temporal": [(28, -52, -10, 8), (32, -34, -18, 7), (26, -70, -10, 7), (42, -60, -16, 5)],
    "PCA thalamic": [(16, -22, 6, 5), (8, -14, 6, 4), (18, -28, 2, 3)],
    "SCA": [(16, -60, -18, 8), (32, -54, -24, 9), (12, -70, -16, 6)],
    "AICA": [(36, -44, -36, 7), (44, -56, -38, 6), (24, -38, -34, 4)],
    "PICA": [(16, -68, -46, 9), (30, -68, -44, 10), (20, -82, -34, 8), (8, -62, -38, 5)],
    "BA pontine": [(5, -22, -30, 5), (5, -28, -36, 4), (9, -24, -26, 4)],
    "BA mesencephalic": [(5, -18, -14, 4), (7, -25, -12, 4)],
    "VA medullary": [(4, -36, -50, 4), (6, -40, -56, 3)],
}
#: Below the tentorium, and of those, in the brain stem.
BELOW = ("SCA", "AICA", "PICA", "BA pontine", "BA mesencephalic", "VA medullary")
STEM = BELOW[3:]
STEP_MM = 3.0  # of the grid on which distances are stored


def branches_of(artery: str) -> tuple[str, ...]:
    """Return the branches of "MCA", "ACA", "PCA" and so on: those whose names begin like that."""
    return tuple(name for name in BRANCHES if name.startswith(artery))


@lru_cache(maxsize=1)
def distances() -> dict[str, Field]:
    """Return, for each branch of the side with x > 0, the distance to its landmarks minus their reach, mm."""
    low, high = np.array(BRAIN_MNI, float)
    axes = [np.arange(a, b + STEP_MM, STEP_MM, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    at = np.stack(np.meshgrid(*axes, indexing="ij"))
    found = {}
    for name, landmarks in BRANCHES.items():
        away = [
            np.sqrt((at[0] - x) ** 2 + (at[1] - y) ** 2 + (at[2] - z) ** 2) - reach
            for x, y, z, reach in landmarks
        ]
        found[name] = Field(np.minimum.reduce(away), low, STEP_MM)
    return found


class Territories:
    """What each branch of a subject supplies among n points: `outside` says how far they lie from it.

    Args:
        mni: (3, n), MNI mm, RAS.
        reach: by branch, what this subject adds to the landmarks' reach, mm.
    """

    def __init__(self, mni: np.ndarray, reach: dict[str, float]) -> None:
        self.away = {}
        for side in (1, -1):
            at = mni * np.array([side, 1, 1], np.float32).reshape(3, *[1] * (mni.ndim - 1))
            for name, field in distances().items():
                self.away[name, side] = field.at(at) - np.float32(reach[name])

    def outside(self, names: Iterable[str], side: int) -> np.ndarray:
        """Return how far, in mm, the points lie outside the territory of some branches, (n), negative inside.

        Half of the difference between the distances to their landmarks and to the nearest other one, of
        either side.

        Args:
            names: of branches, at least one.
            side: 1 for the right hemisphere (x > 0), -1 for the left.
        """
        own = {(name, side) for name in names}
        nearest = np.minimum.reduce([self.away[key] for key in own])
        others = np.minimum.reduce([away for key, away in self.away.items() if key not in own])
        return (nearest - others) / 2
