"""The space of latents: paths through it, directions that change one thing, and the way back from an image.

Latents are standard normal vectors of d numbers. Nearly all of them lie close to a sphere of radius sqrt(d),
and that is where a generator has learned to paint. So paths run along the sphere (Shoemake 1985, White 2016,
arXiv 1609.04468), and a move along a direction ends on the sphere it began on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gancourse.errors import InputError


def lerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """The point at t on the straight line from a (t = 0) to b (t = 1).

    Args:
        a, b: latents (d,).
        t: one number, or (T,).

    Returns:
        (d,), or (T, d).
    """
    a, b, t = _ends(a, b, t)
    return ((1 - t) * a + t * b).astype(np.result_type(a, b))


def slerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """The point at t on the way along the sphere from a (t = 0) to b (t = 1), at constant speed.

    If a and b differ in length, so does the way: its length goes evenly from one to the other.

    Args:
        a, b: latents (d,), neither zero nor opposite to each other.
        t: one number, or (T,).

    Returns:
        (d,), or (T, d).

    Raises:
        InputError: shapes that do not fit, a zero vector, or two opposite ones: no way is shortest.
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
    """Latents drawn towards the mean of all latents, 0: psi = 1 changes nothing, psi = 0 leaves one image.

    This is the truncation of StyleGAN (Karras et al. 2019) in the latent space itself. (BigGAN instead draws
    again every number that is beyond a threshold.)

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
    """What to change in a latent so that the attributes of its image change as asked for.

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
        """The attributes' names."""
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
        """What the regression expects: latents (d,) or (N, d) -> (k,) or (N, k), in the attributes' units."""
        return self._latents(z) @ self.weights + self.intercept

    def move(self, z: np.ndarray, targets: Mapping[str, float | np.ndarray]) -> np.ndarray:
        """Change latents as little as possible so that `predict` gives the targets.

        Attributes that are not named keep the value that is predicted now. What no attribute depends on is
        then stretched a little so that the latent keeps its length. (If the targets alone ask for a longer
        latent, it becomes as long as they ask for.)

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


class Inversion(NamedTuple):
    """What `invert` found for each image: latents (N, d), their images (N, H, W), root-mean-square errors."""

    latents: np.ndarray
    reconstructions: np.ndarray
    errors: np.ndarray


def invert(
    generator,
    images: np.ndarray,
    *,
    latent_dim: int = 100,
    draws: int = 512,
    restarts: int = 4,
    steps: int = 150,
    rate: float = 0.08,
    prior: float = 0.02,
    seed: int = 0,
) -> Inversion:
    """Find latents whose images come nearest to given ones, by gradient descent (Zhu et al. 2016).

    For each image the search starts from the best of some random latents, goes on for a third of the steps,
    and only the best of the starts is followed to the end.

    Args:
        generator: latents (B, d) -> images (B, H, W, 1), called with `training=False`.
        images: (N, H, W) or (N, H, W, 1) in [-1, 1].
        latent_dim: d.
        draws: random latents that are tried first.
        restarts: how many of them the search starts from.
        steps: of gradient descent (Adam).
        rate: its learning rate; it falls to 0.
        prior: weight of the term that keeps latents near the sphere, the squared relative error of |z|^2 = d.
        seed: of the random latents.

    Raises:
        InputError: images of another size than the generator's, out of range, or numbers below 1.
    """
    import tensorflow as tf

    images = _checked_images(images)
    if min(draws, restarts, steps) < 1 or restarts > draws:
        raise InputError(
            f"draws={draws}, restarts={restarts}, steps={steps}: expected 1 or more, and draws >= restarts"
        )
    z = np.random.default_rng(seed).standard_normal((draws, latent_dim), dtype=np.float32)
    painted = np.asarray(generator(tf.constant(z), training=False), np.float32)
    if painted.shape[1:] != images.shape[1:]:
        raise InputError(
            f"images {images.shape}: the generator paints {painted.shape[1:]}; resample them to that size"
        )
    a, b = painted.reshape(draws, -1), images.reshape(len(images), -1)
    squared = (a**2).sum(1)[:, None] - 2 * a @ b.T  # (draws, N), but for a constant
    starts = np.argsort(squared, 0)[:restarts].T  # (N, restarts)
    descend = _descent(generator, latent_dim, prior)

    first = max(1, steps // 3)
    found, loss = descend(z[starts.ravel()], np.repeat(images, restarts, 0), np.full(first, rate))
    best = loss.reshape(-1, restarts).argmin(1) + restarts * np.arange(len(images))
    falling = rate * (1 + np.cos(np.pi * np.arange(steps - first) / max(1, steps - first))) / 2
    found, _ = descend(found[best], images, falling)
    painted = np.asarray(generator(tf.constant(found), training=False), np.float32)
    errors = np.sqrt(((painted - images) ** 2).mean((1, 2, 3)))
    return Inversion(found, painted[..., 0], errors)


def _descent(generator, latent_dim: int, prior: float):
    """A function: latents, images, learning rates -> better latents, and each one's loss."""
    import tensorflow as tf

    def losses(z, images):
        error = tf.reduce_mean((generator(z, training=False) - images) ** 2, (1, 2, 3))
        return error + prior * (tf.reduce_mean(z**2, 1) - 1) ** 2

    @tf.function(reduce_retracing=True)
    def slope(z, images):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = losses(z, images)
        return tape.gradient(loss, z), loss

    def descend(z, images, rates):
        z, images = tf.constant(z), tf.constant(images)
        mean = square = tf.zeros_like(z)
        for step, rate in enumerate(rates, start=1):  # Adam, one for each latent alone
            gradient, _ = slope(z, images)
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            z -= rate * (mean / (1 - 0.9**step)) / (tf.sqrt(square / (1 - 0.999**step)) + 1e-8)
        return z.numpy(), losses(z, images).numpy()

    return descend


def _checked_images(images: np.ndarray) -> np.ndarray:
    """(N, H, W, 1) float32, or an `InputError`."""
    images = np.asarray(images, np.float32)
    images = images[..., None] if images.ndim == 3 else images
    if images.ndim != 4 or images.shape[-1] != 1 or not len(images):
        raise InputError(f"images {images.shape}: expected (N, H, W) in [-1, 1]")
    if not np.isfinite(images).all() or np.abs(images).max() > 1.001:
        raise InputError("images: some values are not in [-1, 1]; scale them as the slices are scaled")
    return images


def _ends(a, b, t) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two latents of one size, and t as (..., 1)."""
    a, b, t = np.asarray(a), np.asarray(b), np.asarray(t, np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise InputError(f"latents {a.shape} and {b.shape}: expected two of the same size (d,)")
    if t.ndim > 1:
        raise InputError(f"t {t.shape}: expected one number or (T,)")
    return a, b, t[..., None]
