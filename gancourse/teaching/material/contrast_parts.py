"""The course's versions of what learners write in lesson 55: the cycle, the image pool, a loss, two measures.

The study behind the lesson trains with `gancourse.gans.cyclegan`, where the pool is one of TensorFlow's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()


def round_trip(images: Any, there: Callable, back: Callable) -> tuple[Any, Any]:
    """Translate images there and back.

    Args:
        images: (B, H, W, C).
        there, back: functions of such images.

    Returns:
        The images after the way there, and the cycle loss: the mean absolute difference after the way back.
    """
    translated = there(images)
    returned = back(translated)
    return translated, tf.reduce_mean(tf.abs(returned - images))


def through_pool(
    pool: list[np.ndarray], images: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Show a discriminator an older translation in place of half of the new ones (Shrivastava et al. 2017).

    Args:
        pool: older translations; it is filled first, and changed in place.
        images: new ones (B, H, W, C).
        size: of the pool.
        rng: of what is random.

    Returns:
        What is shown, (B, H, W, C).
    """
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


def translators_loss(
    a: Any, b: Any, to_b: Callable, to_a: Callable, of_a: Callable, of_b: Callable, lam: float
) -> tuple[Any, Any, Any]:
    """Return what two translators are trained for: to pass for the other set, and to be undone.

    Args:
        a, b: images of both sets, (B, H, W, C).
        to_b, to_a: the translators.
        of_a, of_b: the discriminators, images -> logits.
        lam: the weight of both cycle losses.

    Returns:
        The loss, a translated to B, and b translated to A.
    """
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes_b = tf.reduce_mean(tf.square(of_b(as_b) - 1))
    passes_a = tf.reduce_mean(tf.square(of_a(as_a) - 1))
    return passes_a + passes_b + lam * (cycle_a + cycle_b), as_b, as_a


def erased_and_invented(
    truth: np.ndarray, found: np.ndarray, patients: np.ndarray, pixel_ml: float
) -> dict[Any, tuple[float, float]]:
    """Compare what a reader finds with the truth, patient by patient.

    Args:
        truth, found: (N, H, W), where there is tumour, and where the reader found some.
        patients: (N,), whose each slice is.
        pixel_ml: the volume that a pixel stands for.

    Returns:
        Of each patient the share of the tumour that was not found, NaN for one without a tumour, and the
        millilitres that were found where there is none.
    """
    told = {}
    for patient in np.unique(patients):
        own = patients == patient
        true, seen = truth[own] > 0, found[own] > 0
        erased = 1 - (true & seen).sum() / true.sum() if true.any() else np.nan
        told[patient] = float(erased), float((seen & ~true).sum() * pixel_ml)
    return told


def enhancement(
    t1: np.ndarray, real: np.ndarray, virtual: np.ndarray, inside: np.ndarray, rest: np.ndarray
) -> float:
    """Return how much of the true enhancement is in a virtual T1ce: 0 is T1, 1 is as much as in the real one.

    Each scan is scaled by its own brightest pixels, so brightness is compared with the rest of the brain.

    Args:
        t1, real, virtual: T1, T1ce and the virtual one, (N, H, W).
        inside: (N, H, W), the enhancing part of the tumour.
        rest: (N, H, W), the brain without the tumour.
    """
    before, true, made = (image[inside].mean() - image[rest].mean() for image in (t1, real, virtual))
    return float((made - before) / (true - before))
