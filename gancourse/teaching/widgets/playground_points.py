"""Points in two dimensions that a GAN learns to imitate: a line, blobs, a ring, or what somebody draws."""

import numpy as np
from scipy.spatial.distance import jensenshannon

from gancourse.errors import InputError

#: Half the side of the square around (0, 0) that is shown; all distributions lie well within.
REACH = 1.4
#: Standard deviation of a blob, and of the points around a drawn dot.
SPREAD = 0.05
#: Squares each way of the histograms whose divergence is measured.
SQUARES = 24
#: What is said of a drawing without dots.
EMPTY = "drawing: it is empty; put down some dots first"


def _circle(n: int, radius: float = 1.0) -> np.ndarray:
    turn = 2 * np.pi * np.arange(n) / n
    return radius * np.stack([np.cos(turn), np.sin(turn)], 1)


#: Of the distributions that are blobs: their middles, (modes, 2).
BLOBS = {"two blobs": np.array([[-0.7, 0.0], [0.7, 0.0]]), "eight blobs": _circle(8)}
#: What `draw_points` knows.
DISTRIBUTIONS = ("line", "ring", *BLOBS)
#: A first drawing, so that there is something to learn: a hook.
HOOK = np.concatenate(
    [np.stack([np.full(9, -0.5), np.linspace(0.9, -0.3, 9)], 1), _circle(18, 0.5)[9:] - (0.0, 0.3)]
)


def draw_points(name: str, n: int, rng: np.random.Generator, dots: np.ndarray | None = None) -> np.ndarray:
    """Draw points (n, 2), float32, from a distribution: one of `DISTRIBUTIONS`, or "drawn".

    Args:
        dots: (k, 2), the dots of "drawn", all equally likely.

    Raises:
        InputError: an unknown name; nothing drawn.
    """
    if name == "line":
        along = rng.uniform(-1, 1, n)
        points = np.stack([along, 0.6 * along], 1)
    elif name == "ring":
        turn = rng.uniform(0, 2 * np.pi, n)
        points = np.stack([np.cos(turn), np.sin(turn)], 1)
    elif name in BLOBS:
        points = rng.choice(BLOBS[name], n)
    elif name == "drawn":
        if dots is None or not len(dots):
            raise InputError(EMPTY)
        points = rng.choice(np.asarray(dots, float), n)
    else:
        raise InputError(f"points {name!r}: expected one of {', '.join(DISTRIBUTIONS)}, drawn")
    return np.asarray(points + rng.normal(0, SPREAD, (n, 2)), np.float32)


def found_blobs(points: np.ndarray, middles: np.ndarray) -> int:
    """Count the blobs, given their middles (modes, 2), that points (n, 2) have found.

    Found means that a quarter of a fair share or more lies within four standard deviations of the middle.
    """
    distance = np.linalg.norm(points[:, None] - middles, axis=2)
    shares = (distance < 4 * SPREAD).mean(0)
    return int((shares > 0.25 / len(middles)).sum())


def histogram(points: np.ndarray) -> np.ndarray:
    """Return the shares of points (n, 2) in 24 * 24 squares; points outside count at the rim."""
    places = np.floor((points + REACH) / (2 * REACH) * SQUARES).clip(0, SQUARES - 1).astype(int)
    return np.bincount(places[:, 0] * SQUARES + places[:, 1], minlength=SQUARES**2) / len(points)


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Return the Jensen-Shannon divergence of two histograms or densities on one grid, in nats, 0 to ln 2.

    Both are scaled to a sum of 1 first, so the distance between a grid's points does not matter.
    """
    return float(jensenshannon(p, q) ** 2)
