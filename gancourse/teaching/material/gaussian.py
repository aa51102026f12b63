"""Probabilistic PCA: a bell curve for whole images, so that every question about it has an exact answer.

After Tipping and Bishop (1999), *Probabilistic principal component analysis*: an image is a mean, plus a few
patterns in random amounts, plus noise that is the same in every pixel,

    x = mean + sum of z_k * scale_k * pattern_k + noise,    z_k and the noise from the bell curve.

scikit-learn's `PCA` has the same density. But where there are fewer images than pixels, it divides what the
patterns leave over by the number of images and not of pixels, and its noise comes out too large.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ProbabilisticPCA:
    """A density of images (H, W), each of D = H * W numbers.

    Attributes:
        mean: (H, W).
        patterns: (K, H, W), at right angles to each other, each of length 1; the one that varies most first.
        variance: (K,) of the images along each pattern, noise included.
        noise: variance of every pixel around the patterns.
    """

    mean: np.ndarray
    patterns: np.ndarray
    variance: np.ndarray
    noise: float

    @classmethod
    def fit(cls, images: np.ndarray, count: int) -> "ProbabilisticPCA":
        """Fit the density with `count` patterns under which images (N, H, W) are most likely.

        Raises:
            ValueError: `count` is not from 1 to N - 2, or above D - 1.
        """
        n, *shape = images.shape
        rows = np.asarray(images, np.float64).reshape(n, -1)
        d = rows.shape[1]
        most = min(n - 2, d - 1)
        if not 1 <= count <= most:
            raise ValueError(f"count={count}: {n} images of {d} pixels allow 1 to {most} patterns")
        mean = rows.mean(0)
        rows = rows - mean
        variance, amounts = np.linalg.eigh(rows @ rows.T / n)  # of n x n numbers: quicker than D x D
        order = np.argsort(variance)[::-1][:count]
        variance, patterns = variance[order], amounts[:, order].T @ rows
        patterns /= np.linalg.norm(patterns, axis=1, keepdims=True)
        noise = float(((rows**2).sum() / n - variance.sum()) / (d - count))
        return cls(mean.reshape(shape), patterns.reshape(-1, *shape), variance, noise)

    def log_density(self, images: np.ndarray) -> np.ndarray:
        """Return the natural logarithm of the density at each image, (N, H, W) -> (N,)."""
        rows, basis = self._centred(images), self._basis
        along = rows @ basis.T
        across = (rows**2).sum(1) - (along**2).sum(1)
        d, k = self.mean.size, len(self.variance)
        volume = np.log(self.variance).sum() + (d - k) * np.log(self.noise) + d * np.log(2 * np.pi)
        return -((along**2 / self.variance).sum(1) + across / self.noise + volume) / 2

    def sample(self, n: int, rng: np.random.Generator, *, noise: bool = False) -> np.ndarray:
        """Draw images (n, H, W); without the noise of the pixels, unless it is asked for."""
        amounts = rng.standard_normal((n, len(self.variance))) * np.sqrt(self.variance - self.noise)
        images = self.mean + np.tensordot(amounts, self.patterns, 1)
        return images + np.sqrt(self.noise) * rng.standard_normal(images.shape) if noise else images

    def complete(
        self, images: np.ndarray, seen: np.ndarray, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """Fill in hidden pixels from those that are seen, which stay as they are.

        Args:
            images: (N, H, W); what they have in hidden pixels is not looked at.
            seen: (H, W) bool.
            rng: draws a random filling; without it comes the mean of all fillings.

        Returns:
            (N, H, W), without the noise of the pixels.
        """
        basis = self._basis * np.sqrt(self.variance - self.noise)[:, None]  # for amounts of variance 1
        shown = basis[:, seen.ravel()]
        precision = np.eye(len(basis)) + shown @ shown.T / self.noise  # of the amounts, given what is seen
        rows = self._centred(images)[:, seen.ravel()]
        amounts = np.linalg.solve(precision, shown @ rows.T / self.noise).T  # (N, K)
        if rng is not None:
            spread = np.linalg.inv(np.linalg.cholesky(precision))
            amounts = amounts + rng.standard_normal(amounts.shape) @ spread
        filled = self.mean + (amounts @ basis).reshape(-1, *self.mean.shape)
        return np.where(seen, images, filled)

    @property
    def _basis(self) -> np.ndarray:
        return self.patterns.reshape(len(self.patterns), -1)

    def _centred(self, images: np.ndarray) -> np.ndarray:
        return (np.asarray(images, np.float64) - self.mean).reshape(len(images), -1)
