"""Attack a generator for its patients: who was in the training set? And what does split bias alone give?

An attack gives every real image a score, higher for a likelier member; `membership` turns the scores of
members and of others into an area under the ROC with an interval by patient.

    distance_score        needs generated images only (full black box; Chen et al. 2020, GAN-Leaks,
                          arXiv 1909.03935)
    inversion_score       needs the generator (white box, of the same paper)
    discriminator_score   needs the discriminator (Hayes et al. 2019, LOGAN, arXiv 1705.07663)
    calibrated            any of them, less what a generator says that saw other patients (GAN-Leaks again)

Members may differ from others in more than membership: another scanner, another year. Then an attack succeeds
on a generator that saw neither. Two controls show it: `control`, members against other members, which has to
lie around 0.5, and says how far chance goes; and the same attack with a generator that saw neither.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from gancourse.gans.inversion import invert
from gancourse.metrics.corruptions import noisy
from gancourse.metrics.memorisation import Attack, membership, nearest, with_mirrors


class Control(NamedTuple):
    """Areas under the ROC of one half of the patients against the other: their mean and 95 % range."""

    auc: float
    low: float
    high: float


def distance_score(
    images: np.ndarray, generated: np.ndarray, embed: Callable | None = None, mirrored: bool = False
) -> np.ndarray:
    """Return minus the distance of each image to the nearest generated one, (N,).

    Args:
        images: (N, H, W) in [-1, 1].
        generated: (M, H, W). More are better, and every image has to be compared with the same ones.
        embed: images -> features (N, d) that are compared instead of pixels.
        mirrored: try the mirror images too; for a training that mirrored its images.
    """
    embed = embed or np.asarray
    place = embed(with_mirrors(generated) if mirrored else generated)
    return -nearest(embed(images), place)[0]


def discriminator_score(images: np.ndarray, discriminator) -> np.ndarray:
    """Return the logit of each image, (N,): a discriminator is surest of what it was shown as real."""
    logits = discriminator.predict(np.asarray(images, np.float32)[..., None], batch_size=128, verbose=0)
    return np.asarray(logits, np.float64).reshape(len(images))


def inversion_score(images: np.ndarray, generator, latent_dim: int, **how) -> np.ndarray:
    """Return minus the error with which the generator can paint each image, (N,).

    Args:
        images: (N, H, W) in [-1, 1].
        generator: latents (B, latent_dim) -> images (B, H, W, 1).
        latent_dim: numbers in a latent vector.
        how: of the search, see `inversion.invert`.
    """
    return -invert(generator, images, latent_dim=latent_dim, **how).errors


def calibrated(scores: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return scores less those of a generator that saw neither: some images are easy for any generator."""
    return np.asarray(scores) - np.asarray(reference)


def per_patient(scores: np.ndarray, patients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean score of each patient's slices, and the patients, both (P,).

    Who asks "was this patient in it?" has all slices of the patient, and mean scores are less noisy.
    """
    different, place, counts = np.unique(patients, return_inverse=True, return_counts=True)
    return np.bincount(place, scores) / counts, different


def attack_patients(
    members: np.ndarray, others: np.ndarray, member_patients: np.ndarray, other_patients: np.ndarray
) -> Attack:
    """Return the success of an attack on patients: `membership` of the mean scores of each one's slices.

    Args:
        members, others: (N,) and (M,), a score per slice.
        member_patients, other_patients: the patient of each slice.
    """
    members, of_members = per_patient(members, member_patients)
    others, of_others = per_patient(others, other_patients)
    return membership(members, others, of_members, of_others)


def control(scores: np.ndarray, patients: np.ndarray, draws: int = 500, seed: int = 0) -> Control:
    """Attack one half of the patients against the other: members against members, or others against others.

    No attack can be right here, so whatever it gives is chance; a real attack has to give more.

    Args:
        scores: (N,), a score per slice, all of members or all of others.
        patients: (N,), the patient of each slice; four or more.
        draws: how often the patients are halved.
        seed: of the draws.

    Raises:
        ValueError: fewer than four patients.
    """
    means, different = per_patient(scores, patients)
    if len(different) < 4:
        raise ValueError(f"expected four patients or more, received {len(different)}")
    rng, half, ranks = np.random.default_rng(seed), np.arange(len(means)) < len(means) // 2, rankdata(means)
    least, pairs = half.sum() * (half.sum() + 1) / 2, half.sum() * (~half).sum()
    areas = [(ranks[rng.permutation(half)].sum() - least) / pairs for _ in range(draws)]  # Mann and Whitney
    return Control(float(np.mean(areas)), *(float(q) for q in np.quantile(areas, [0.025, 0.975])))


def found_at(attack: Attack, false_positives: float = 0.01) -> float:
    """Return the share of members that are found where so many others are accused."""
    return float(attack.true_positives[attack.false_positives <= false_positives].max())


def plant(generated: np.ndarray, images: np.ndarray, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    """Replace the first generated images by noisy copies of real ones: an attack has to find those.

    Args:
        generated: (M, H, W) in [-1, 1].
        images: (K, H, W), to copy; at most M.
        noise: its standard deviation.
        seed: of the noise.
    """
    if len(images) > len(generated):
        raise ValueError(f"{len(images)} images to plant: expected {len(generated)} at most")
    return np.concatenate([noisy(images, noise, seed), generated[len(images) :]])
