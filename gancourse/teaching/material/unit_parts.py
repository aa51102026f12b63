"""The course's versions of what learners write in lesson 47: dissection, chance, switching, painting."""

import numpy as np

from gancourse.metrics.dissection import upsample


def dissect(maps: np.ndarray, concept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every unit's IoU with a concept, and the units from the best to the worst: (units,) each.

    Args:
        maps: (N, h, w, units).
        concept: (N, S, S) bool.
    """
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)


def by_chance(maps: np.ndarray, concept: np.ndarray) -> np.ndarray:
    """Return every unit's IoU with the concept of another patient: (units,)."""
    return dissect(maps, np.roll(concept, 1, axis=0))[0]


def switch(maps: np.ndarray, units: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return maps (N, h, w, C) in which the units have these values everywhere."""
    changed = maps.copy()
    changed[..., units] = values
    return changed


def effect(
    before: np.ndarray, after: np.ndarray, concept: np.ndarray, left: np.ndarray
) -> tuple[float, float, float]:
    """Return which share of a concept is left, and how far grey values moved inside and outside, in %.

    Args:
        before, after: images (N, S, S, 4) in [-1, 1].
        concept: (N, S, S) bool, where it was.
        left: where it is afterwards.
    """
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    brain = np.any(before > -1, axis=-1)
    outside = brain & ~concept
    return left.sum() / concept.sum(), moved[concept].mean(), moved[outside].mean()


def paint(maps: np.ndarray, units: np.ndarray, values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return maps (N, h, w, C) in which the units have these values where the picture was painted.

    Args:
        maps: (N, h, w, C).
        units: their numbers.
        values: one for each of the units.
        where: (S, S) in [0, 1]; a pixel of the layer is mixed by the share of it that was painted.
    """
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3))[..., None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
