"""The space of latents: paths through it, and directions that change one thing.

Latents are standard normal vectors of d numbers. Nearly all of them lie close to a sphere of radius sqrt(d),
where a generator has learned to paint. So paths run along the sphere (Shoemake 1985, White 2016, arXiv
1609.04468), and a move along a direction ends on the sphere on which it began.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gancourse.errors import InputError


def draw_latents(n: int, latent_dim: int = 100, seed: int = 0) -> np.ndarray:
    """Draw n standard normal latents (n, latent_dim), float32; the same seed gives the same ones."""
    return np.random.default_rng(seed).standard_normal((n, latent_dim), dtype=np.float32)


def lerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """Return the point at t on the straight line from a (t = 0) to b (t = 1).

    Args:
        a, b: latents (d,).
        t: one number, or (T,).

    Returns:
        (d,), or (T, d).
    """
    a, b, t = _ends(a, b, t)
    return ((1 - t) * a + t * b).astype(np.result_type(a, b))


def slerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """Return the point at t on the arc along the sphere from a (t = 0) to b (t = 1), at constant speed.

    If a and b differ in length, the length changes linearly from one to the other.

    Args:
        a, b: latents (d,), neither zero nor opposite to each other.
        t: one number, or (T,).

    Returns:
        (d,), or (T, d).

    Raises:
        InputError: shapes that do not fit, a zero vector, or two opposite ones, between which no path is
            shortest.
    """
    a, b, t = _ends(a, b, t)
    long, short = np.linalg.norm(np.float64(a)), np.linalg.norm(np.float64(b))
    if not (long > 0 and short > 0):
        raise InputError("slerp: a latent of length 0 has no direction; give two random ones")
    u, v = a / long, b / short
    # The angle between unit vectors, exact for small and for large ones (Kahan).
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    if np.pi - angle < 1e-6:
        raise InputError(
            "slerp: the latents are opposite, so no way is shortest; change one of them a little"
        )
    if angle < 1e-6:
        return lerp(a, b, t[..., 0])
    way = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
    return (((1 - t) * long + t * short) * way).astype(np.result_type(a, b))


def truncate(z: np.ndarray, psi: float) -> np.ndarray:
    """Move latents towards the mean of all latents, 0: psi = 1 changes nothing, psi = 0 leaves one image.

    This is StyleGAN's truncation (Karras et al. 2019), in the latent space itself. BigGAN instead redraws
    every number beyond a threshold.

    Raises:
        InputError: psi is negative or not a number.
    """
    if not (np.isfinite(psi) and psi >= 0):
        raise InputError(f"psi={psi}: expected 0 (all alike) to 1 (as drawn)")
    return np.asarray(z) * np.asarray(z).dtype.type(psi)


@dataclass(frozen=True)
class Attribute:
    """Something that can be measured in an image.

    `low` and `high` are the 5th and the 95th percentile over generated images.
    """

    name: str  # "ventricles"
    label: str  # "ventricle area"
    unit: str  # "mm2"
    low: float
    high: float


class Directions:
    """Directions in latent space along which the attributes of an image change as asked for.

    A linear regression expects of a latent z the values `z @ weights + intercept` (Shen et al. 2020,
    arXiv 1907.10786, use the boundary of a classifier in the same way).

    Args:
        attributes: k of them.
        weights: (d, k); its columns must not depend on each other.
        intercept: (k,).
    """

    def __init__(self, attributes: Sequence[Attribute], weights: np.ndarray, intercept: np.ndarray):
        self.attributes = tuple(attributes)
        self.weights = np.asarray(weights, np.float64)
        self.intercept = np.asarray(intercept, np.float64)
        k = len(self.attributes)
        if self.weights.ndim != 2 or self.weights.shape[1] != k or self.intercept.shape != (k,):
            shapes = f"{self.weights.shape} and {self.intercept.shape}"
            raise InputError(f"directions: weights and intercept {shapes}; expected (d, {k}) and ({k},)")
        if np.linalg.matrix_rank(self.weights) < k:
            raise InputError("directions: two attributes have the same direction; leave one of them out")
        self._back = np.linalg.pinv(self.weights)  # (k, d)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attributes' names."""
        return tuple(a.name for a in self.attributes)

    @classmethod
    def fit(
        cls, latents: np.ndarray, values: np.ndarray, attributes: Sequence[Attribute], ridge: float = 1.0
    ) -> "Directions":
        """Learn directions from examples.

        Args:
            latents: (N, d).
            values: (N, k), measured in the images of these latents.
            attributes: k of them.
            ridge: penalty on the squared weights (of standardised values); 0 is plain least squares.

        Raises:
            InputError: shapes that do not fit, values that are not numbers, or that never change.
        """
        from sklearn.linear_model import Ridge

        z, y = np.asarray(latents, np.float64), np.asarray(values, np.float64)
        if z.ndim != 2 or y.shape != (len(z), len(attributes)) or len(z) < 2:
            raise InputError(
                f"latents {z.shape}, values {y.shape}: expected (N, d) and (N, {len(attributes)})"
            )
        if not (np.isfinite(z).all() and np.isfinite(y).all()):
            raise InputError("latents or values: not all are numbers; leave those examples out")
        spread = y.std(0)
        if not (spread > 0).all():
            constant = attributes[int(np.argmin(spread))].name
            raise InputError(f"{constant}: the same in all examples, so nothing can be learned; leave it out")
        model = Ridge(alpha=ridge).fit(z, (y - y.mean(0)) / spread)
        weights = model.coef_.reshape(len(attributes), -1).T * spread
        intercept = model.intercept_ * spread + y.mean(0)
        return cls(attributes, weights, intercept)

    def predict(self, z: np.ndarray) -> np.ndarray:
        """Predict the attributes, in their units: latents (d,) or (N, d) -> (k,) or (N, k)."""
        return self._latents(z) @ self.weights + self.intercept

    def move(self, z: np.ndarray, targets: Mapping[str, float | np.ndarray]) -> np.ndarray:
        """Change latents as little as possible so that `predict` gives the targets.

        Attributes that are not named keep their predicted value. The part on which no attribute depends is
        then stretched so that the latent keeps its length, unless the targets alone require a longer one.

        Args:
            z: (d,) or (N, d).
            targets: wanted values by attributes' names, one number or one for each latent.

        Returns:
            Latents like z.

        Raises:
            InputError: an unknown name, a target that is not a number, or shapes that do not fit.
        """
        if unknown := sorted(set(targets) - set(self.names)):
            raise InputError(f"attribute {unknown[0]!r}: unknown; there are {', '.join(self.names)}")
        if bad := [name for name, value in targets.items() if not np.isfinite(value).all()]:
            raise InputError(f"attribute {bad[0]}={targets[bad[0]]}: expected a number")
        start = self._latents(z)
        wanted = self.predict(start)
        for name, value in targets.items():
            try:
                wanted[..., self.names.index(name)] = value
            except ValueError:
                shape = np.shape(value)
                raise InputError(f"attribute {name}: {shape} targets for latents {start.shape}") from None
        moved = start + (wanted - self.predict(start)) @ self._back
        inside = (moved @ self.weights) @ self._back  # the part that decides the predictions
        free = moved - inside
        rest = (start**2).sum(-1) - (inside**2).sum(-1)
        stretch = np.sqrt(np.maximum(rest, 0) / np.maximum((free**2).sum(-1), 1e-12))
        kind = np.asarray(z).dtype
        moved = inside + free * stretch[..., None]
        return moved.astype(kind) if np.issubdtype(kind, np.floating) else moved

    def _latents(self, z: np.ndarray) -> np.ndarray:
        z = np.asarray(z, np.float64)
        if z.ndim not in (1, 2) or z.shape[-1] != len(self.weights):
            raise InputError(
                f"latents {z.shape}: expected ({len(self.weights)},) or (N, {len(self.weights)})"
            )
        return z


def _ends(a, b, t) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return two latents of one size, and t as (..., 1)."""
    a, b, t = np.asarray(a), np.asarray(b), np.asarray(t, np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise InputError(f"latents {a.shape} and {b.shape}: expected two of the same size (d,)")
    if t.ndim > 1:
        raise InputError(f"t {t.shape}: expected one number or (T,)")
    return a, b, t[..., None]
