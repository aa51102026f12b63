"""The course's own version of what lesson 11's learners write: features, Bayes' rule, log loss, a draw."""

import numpy as np
from scipy.stats import multivariate_normal

from gancourse.teaching.material.gaussian import ProbabilisticPCA


def measure(image: np.ndarray) -> tuple[float, float]:
    """Measure glow and lopsidedness of a slice (64, 64) whose background is -1."""
    brain = image > -1
    glow = np.percentile(image[brain], 97) - np.median(image[brain])
    left, right = (np.percentile(half[half > -1], 97) for half in (image[:, :32], image[:, 32:]))
    return float(glow), float(abs(left - right))


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit p(y), and one Gaussian p(x given y) for each label.

    Args:
        x: (N, D) features.
        y: (N,) labels, 0 or 1.

    Returns:
        p(y) (2,), means (2, D) and covariances (2, D, D), each for label 0 and 1.
    """
    groups = [x[y == label] for label in (0, 1)]
    prior = np.array([len(group) / len(x) for group in groups])
    return prior, np.stack([g.mean(axis=0) for g in groups]), np.stack([np.cov(g.T) for g in groups])


def posterior(x: np.ndarray, prior: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Return p(y = 1 given x) for features (N, D) by Bayes' rule; see `fit`."""
    without, tumour = (prior[y] * multivariate_normal(mean[y], cov[y]).pdf(x) for y in (0, 1))
    return tumour / (without + tumour)


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of -log(probability that was given to the true label); p (N,) is that of label 1."""
    return float(-np.log(np.where(y == 1, p, 1 - p)).mean())


def draw_slice(pca: ProbabilisticPCA, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw one slice (H, W) from probabilistic PCA: without the noise of its pixels, and with it."""
    smooth = pca.sample(1, rng)[0]
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
