"""The course's versions of what learners write in lesson 46: attacks, a control, a private step, epsilon."""

from collections.abc import Callable

import numpy as np

from gancourse.metrics.accountant import ORDERS, rdp
from gancourse.metrics.memorisation import nearest


def distance_score(images: np.ndarray, generated: np.ndarray) -> np.ndarray:
    """Return minus the distance of each image (N, H, W) to the nearest generated one (M, H, W): (N,)."""
    return -nearest(images, generated)[0]


def attack_success(members: np.ndarray, others: np.ndarray) -> tuple[float, float, float]:
    """Return the area under the ROC of an attack, and the ends of its 95 % interval.

    The error is that of DeLong, DeLong and Clarke-Pearson (1988): each person has one score, so people are
    independent. For several slices of each, `gancourse.metrics.memorisation.membership` resamples patients.

    Args:
        members, others: (M,) and (N,), scores, higher for a likelier member.
    """
    members, others = np.asarray(members, np.float32), np.asarray(others, np.float32)
    wins = (members[:, None] > others).astype(np.float32) + 0.5 * (members[:, None] == others)
    auc = wins.mean(dtype=np.float64)
    by_member, by_other = wins.mean(1, dtype=np.float64), wins.mean(0, dtype=np.float64)
    error = np.sqrt(by_member.var(ddof=1) / len(members) + by_other.var(ddof=1) / len(others))
    return float(auc), float(auc - 1.96 * error), float(auc + 1.96 * error)


def control(
    scores: np.ndarray, rng: np.random.Generator, draws: int = 200, success: Callable = attack_success
) -> tuple[float, float]:
    """Attack one half of some people against the other half: the 95 % range of the area, low and high.

    Args:
        scores: (N,), all of members, or all of others.
        rng: halves them at random.
        draws: how often.
        success: `attack_success`, or another version of it.
    """
    half, areas = len(scores) // 2, []
    for _ in range(draws):
        mixed = rng.permutation(scores)
        areas.append(success(mixed[:half], mixed[half:])[0])
    low, high = np.quantile(areas, [0.025, 0.975])
    return float(low), float(high)


def private_gradient(
    gradients: np.ndarray,
    patients: np.ndarray,
    clip: float,
    noise: float,
    expected: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the gradient of a private step (Abadi et al. 2016), by patient: (P,).

    Args:
        gradients: (N, P), of each slice's loss.
        patients: (N,), whose each slice is.
        clip: the greatest length of a patient's gradient.
        noise: standard deviation of the noise on the sum, as a multiple of `clip`.
        expected: patients in a batch, on average.
        rng: draws the noise.
    """
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        mean = gradients[patients == patient].mean(0)
        total += mean / max(1.0, float(np.linalg.norm(mean)) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected


def epsilon(rate: float, noise: float, steps: int, delta: float) -> float:
    """Return epsilon after so many steps, see `gancourse.metrics.accountant.epsilon`."""
    found = np.inf
    for order in ORDERS:
        spent = steps * rdp(rate, noise, order)
        bound = spent + np.log((order - 1) / order) - (np.log(delta) + np.log(order)) / (order - 1)
        found = min(found, bound)
    return float(found)
