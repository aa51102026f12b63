"""Checks of lesson 47: dissection, chance, switching units off, its effect, and painting with units."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.metrics.dissection import upsample
from gancourse.teaching.checks import check, close, judge, recognise, understood
from gancourse.teaching.material import unit_parts as course

_OF_PLACES = {
    "operands could not be broadcast": "These shapes do not fit each other. A unit's map has to become as "
    "large as the picture, (N, S, S), before you compare it: upsample(maps[..., unit], concept.shape[1]).",
    "ufunc 'bitwise_and' not supported": "& and | compare truths, such as large > limit; one of yours holds "
    "numbers.",
    "bad operand type for unary -": "The scores are a list, which has no minus. Make them an array: "
    "np.array(scores).",
    "boolean index did not match": "The concept has the picture's size and the map the layer's. Enlarge the "
    "map first: upsample(maps[..., unit], concept.shape[1]).",
}
_OF_UNITS = {
    "is out of bounds": "values[i] belongs to units[i]: there are as many values as units, not as maps. "
    "maps[..., units] = values.",
}
_OF_PAINT = {
    "cannot reshape": "Blocks of the picture have to become pixels of the layer: "
    "(S, S) -> (h, block, w, block), with block = S // h.",
    "operands could not be broadcast": "These shapes do not fit each other. The share of each pixel, (h, w), "
    "needs a last axis for the units, (h, w, 1).",
}


def _toy(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Maps of 5 units and a concept that unit 3 draws well and unit 0 half."""
    rng = np.random.default_rng(seed)
    small = np.zeros((4, 6, 6), bool)
    for k, (row, column) in enumerate(((1, 2), (3, 3), (2, 0), (0, 4))):
        small[k, row : row + 2, column : column + 1 + k % 2] = True
    maps = 0.3 * rng.normal(size=(4, 6, 6, 5)).astype(np.float32)
    maps[..., 3] += 3 * small
    maps[..., 0] += 2 * small * (rng.random(small.shape) > 0.4)
    maps[..., 4] -= 3 * small
    return maps, small.repeat(2, 1).repeat(2, 2)


def _scores(maps: np.ndarray, concept: np.ndarray, **other: Any) -> np.ndarray:
    """IoUs with a mistake: another share, another measure, or something that is done to the maps."""
    share = other.get("share", concept.mean())
    scores = []
    for unit in range(maps.shape[-1]):
        large = other.get("enlarge", upsample)(maps[..., unit], concept.shape[1])
        if other.get("own_share"):
            shares = concept.mean((1, 2))
            limits = [np.quantile(one, 1 - part) for one, part in zip(large, shares, strict=True)]
            limit = np.reshape(limits, (-1, 1, 1))
        elif other.get("by_patient"):
            limit = np.quantile(large, 1 - share, axis=(1, 2), keepdims=True)
        else:
            limit = np.quantile(large, 1 - share)
        active = large > limit if not other.get("below") else large < limit
        both, either = np.sum(active & concept), np.sum(active | concept)
        if other.get("measure") == "mean":
            each = (active & concept).sum((1, 2)) / (active | concept).sum((1, 2))
            scores.append(each.mean())
            continue
        of = {"iou": either, "concept": concept.sum(), "active": max(active.sum(), 1), "pixels": concept.size}
        measure = other.get("measure", "iou")
        if measure == "dice":
            scores.append(2 * both / (active.sum() + concept.sum()))
        elif measure == "both":
            scores.append(both)
        else:
            scores.append(both / of[measure])
    return np.array(scores, float)


def _repeated(maps: np.ndarray, size: int) -> np.ndarray:
    block = size // maps.shape[1]
    return maps.repeat(block, 1).repeat(block, 2)


@check
@understood(_OF_PLACES)
def dissect(answer: Callable[[np.ndarray, np.ndarray], Any]) -> str | None:
    """`dissect(maps, concept)` is every unit's IoU, and the units from the best on."""
    maps, concept = _toy()
    result = answer(maps.copy(), concept.copy())
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two arrays: the scores of all units, and the units from the best to the worst."
    scores, ranking = (np.asarray(part) for part in result)
    right, order = course.dissect(maps, concept)
    if scores.shape != (5,):
        return f"Expected one score for each of 5 units, shape (5,), received {scores.shape}."
    if close(scores, order) and close(ranking, right):
        return "The two are swapped: first the scores, then the ranking."
    whole = [_scores(maps, concept, measure=m) for m in ("dice", "concept", "active", "pixels", "both")]
    mistakes = {
        "That is the Dice score. IoU divides by the pixels that are in either of the two.": whole[0],
        "You divided by the concept's pixels alone, so a unit that is active everywhere would win. Divide by "
        "the union.": whole[1],
        "You divided by the unit's active pixels alone. Divide by the union.": whole[2],
        "You divided by all pixels. Divide by those that are active, in the concept, or both.": whole[3],
        "That is the number of pixels in common. Divide it by the union.": whole[4],
        "The threshold is the wrong end: the quantile 1 - share leaves the *highest* values above it.": [
            _scores(maps, concept, share=1 - concept.mean()),
            _scores(maps, concept, share=1 - concept.mean(), below=True),
            _scores(maps, concept, below=True),
        ],
        "A threshold for each patient makes the unit active in every patient, even where there is no "
        "concept. Take one quantile over all patients.": [
            _scores(maps, concept, by_patient=True, measure=m) for m in ("iou", "mean")
        ]
        + [_scores(maps, concept, own_share=True, measure=m) for m in ("iou", "mean")],
        "That is the mean of the patients' IoUs. Count the pixels over all patients together, and divide "
        "once.": _scores(maps, concept, measure="mean"),
        "The share is 1 % in yours. Let a unit be active on as many pixels as the concept has: "
        "concept.mean().": _scores(maps, concept, share=0.01),
        "The map was enlarged by repeating its pixels. Use `upsample`, which goes smoothly from one to the "
        "next.": _scores(maps, concept, enlarge=_repeated),
        "That is the maps' mean inside of the concept. Compare places: where is the unit active, and where "
        "is the concept?": np.array([upsample(maps[..., u], 12)[concept].mean() for u in range(5)]),
    }
    far = int(np.abs(scores - right).argmax())
    said = f"Expected an IoU of {right[far]:.3f} for unit {far}, received {scores[far]:.3f}."
    if hint := judge(
        scores, right, mistakes, f"{said} It is np.sum(active & concept) / np.sum(active | concept)."
    ):
        return hint
    if ranking.shape != (5,):
        return f"Rank all units: expected the shape (5,), received {ranking.shape}."
    if close(ranking, order[::-1]):
        return "The ranking begins with the worst unit: np.argsort sorts upwards, so sort -scores."
    if close(ranking, np.sort(right)[::-1]) or close(ranking, np.sort(right)):
        return "Those are sorted scores. Return the units' numbers: np.argsort."
    if close(ranking, np.argsort(order)):
        return (
            "That is each unit's rank. Return the units' numbers, the best unit first: np.argsort(-scores)."
        )
    if not close(ranking, order):
        return f"Expected the ranking {order.tolist()}, received {ranking.tolist()}: np.argsort(-scores)."
    more = np.concatenate([maps, maps[:, :, ::-1, :2]], -1)
    if not close(answer(more, concept)[0], course.dissect(more, concept)[0]):
        return "It is right for 5 units, but not for 7. How many there are is maps.shape[-1]."
    return None


@check
@understood(_OF_PLACES)
def by_chance(answer: Callable[[np.ndarray, np.ndarray], Any]) -> str | None:
    """`by_chance(maps, concept)` is the IoU with another patient's concept."""
    maps, concept = _toy(1)
    given = concept.copy()
    got = answer(maps.copy(), given)
    if isinstance(got, tuple | list) and len(got) == 2:
        return "dissect returns two arrays. Only the first is wanted here, the scores: dissect(...)[0]."
    got = np.asarray(got)
    if got.shape != (5,):
        return f"Expected one number for each of 5 units, shape (5,), received {got.shape}."
    if not np.array_equal(given, concept):
        return "It changes the concept that it was given. Make a new array, as np.roll does."
    own = course.dissect(maps, concept)[0]
    moves = (1, -1, 2, 3)
    others = [course.dissect(maps, np.roll(concept, k, axis=0))[0] for k in moves]
    every = np.mean([course.dissect(maps, np.roll(concept, k, axis=0))[0] for k in range(1, 4)], axis=0)
    if any(close(got, each) for each in [*others, every]):
        return None
    mistakes = {
        "That is the IoU with the patient's own concept. Give each patient the concept of another.": own,
        "That is the difference. Return the IoU with another patient's concept alone.": [
            own - each for each in others
        ]
        + [each - own for each in others],
        "np.roll without an axis moves single pixels. Move whole patients: axis=0.": course.dissect(
            maps, np.roll(concept, 1)
        )[0],
        "That moves the concept within the picture. Move whole patients: axis=0.": [
            course.dissect(maps, np.roll(concept, 1, axis=axis))[0] for axis in (1, 2)
        ],
        "That mirrors the picture. Give each patient the concept of another: axis=0.": [
            course.dissect(maps, np.flip(concept, axis))[0] for axis in (1, 2)
        ],
        "That moves the units, and not the patients.": np.roll(own, 1),
    }
    if hint := recognise(got, mistakes):
        return hint
    shuffled = {concept[k].tobytes(): k for k in range(len(concept))}
    if len(shuffled) and np.all((got >= 0) & (got < own.max())):
        return (
            "Some patients may have kept their own concept, as after a random shuffle. np.roll(concept, 1, "
            "axis=0) gives each the concept of the patient before."
        )
    return "That is no IoU with other patients' concepts: dissect(maps, np.roll(concept, 1, axis=0))[0]."


@check
@understood(_OF_UNITS)
def switch(answer: Callable[[np.ndarray, np.ndarray, np.ndarray], Any]) -> str | None:
    """`switch(maps, units, values)` gives units their values everywhere, in a copy."""
    maps, _ = _toy(2)
    units, values = np.array([3, 0]), np.array([0.7, -1.5], np.float32)
    given = maps.copy()
    got = np.asarray(answer(given, units, values))
    if got.shape != maps.shape:
        return f"Return all maps, shape {maps.shape}, received {got.shape}."
    if not np.array_equal(given, maps):
        return "It changes the maps that it was given, and the units stay off. Begin with maps.copy()."
    right = course.switch(maps, units, values)
    zero, swapped, added, scaled, rows = (maps.copy() for _ in range(5))
    zero[..., units] = 0
    swapped[..., units] = values[::-1]
    added[..., units] += values
    scaled[..., units] *= values
    rows[units] = 0
    only = np.zeros_like(maps)
    only[..., units] = values
    others = course.switch(np.broadcast_to(0, maps.shape) * maps, units, values)
    kept = np.where(np.isin(np.arange(5), units), maps, 0)
    mistakes = {
        "The units are 0, and not at their `values`. In the lesson the values are the units' means.": zero,
        "Each unit has the other's value. They belong together: maps[..., units] = values.": swapped,
        "The values were added. They take the place of what is there.": added,
        "The maps were multiplied by the values. The values take the place of what is there.": scaled,
        "All other units are 0 now. They have to stay as they are.": [only, others, kept],
        "Nothing has changed. Give the copy the values, and return the copy.": maps,
        "Units are the *last* axis: maps[..., units]. Yours changed patients.": rows,
    }
    first = maps.copy()
    first[..., : len(units)] = values
    mistakes["It takes the first units, whatever `units` says."] = first
    return judge(
        got,
        right,
        mistakes,
        "Expected the units' maps to hold their values at all places, and no other change.",
    )


@check
def effect(answer: Callable[..., Any]) -> str | None:
    """`effect(before, after, concept, left)`: the share left, and the changes inside and outside in %."""
    rng = np.random.default_rng(3)
    before = rng.uniform(-0.8, 0.8, (3, 8, 8, 4)).astype(np.float32)
    before[:, :2] = before[:, :, 7] = -1
    before[2, 4:7, 5, 0] = before[0, 6, 3:5, 1] = -1  # black in one modality only
    concept, left = np.zeros((2, 3, 8, 8), bool)
    concept[0, 3:6, 2:5] = concept[1, 4:6, 1:3] = True
    left[0, 3:5, 2:4] = left[2, 6, 2] = True
    signs = np.array([1, -1, 1, 1])  # one modality gets darker where the others get brighter
    moves = np.where(concept[..., None], 0.5, -rng.uniform(0, 0.1, before.shape)) * signs
    moves[2, 4:7, 5] = moves[0, 6, 3:5] = 0.4
    after = (before + moves).astype(np.float32)
    after[:, :2], after[:, :, 7], after[1, 6, 4:6] = -1, -1, -1
    result = answer(before.copy(), after.copy(), concept.copy(), left.copy())
    if np.shape(result) != (3,):
        return f"Return three numbers: share left, change inside, outside. Received {np.shape(result)}."
    share, inside, outside = map(float, result)
    right = course.effect(before, after, concept, left)
    mistakes = {
        "The share is upside down: what is left comes above, what was there below.": concept.sum()
        / left.sum(),
        "That is the share that is *gone*. Return the share that is left.": 1 - right[0],
        "Count only what is left, wherever it lies: left.sum() / concept.sum().": [
            (concept & left).sum() / concept.sum(),
            (concept & left).sum() / (concept | left).sum(),
        ],
        "That is a mean over all pixels. Divide pixels that are left by pixels that were there.": left.mean(),
    }
    said = f"Expected a share of {right[0]:.3f} left, received {share:.3f}: left.sum() / concept.sum()."
    if hint := judge(share, right[0], mistakes, said):
        return hint
    moved = np.abs(after - before).mean(-1)
    brain = np.any(before > -1, axis=-1)
    signed = np.abs((after - before).mean(-1)) * 50
    mistakes = {
        "The grey values reach from -1 to 1, a range of 2. Divide by 2, and multiply by 100.": [
            moved[concept].mean() * factor for factor in (100, 1, 0.5)
        ],
        "Changes up and down cancel out in yours. Take the absolute value first, and then the mean.": [
            signed[concept].mean(),
            ((after - before).mean(-1) * 50)[concept].mean(),
        ],
        "Inside and outside are swapped.": right[2],
        "The mean inside the concept is over its pixels alone: moved[concept].mean().": [
            (moved * 50 * concept).mean(),
            (moved * 50 * concept).sum(),
        ],
        "That is where the concept is left. Look where it *was*.": moved[left].mean() * 50,
    }
    said = f"Expected a change of {right[1]:.2f} % inside, received {inside:.2f} %."
    if hint := judge(
        inside, right[1], mistakes, f"{said} It is the mean absolute change over the concept's pixels."
    ):
        return hint
    mistakes = {
        "The background counts in yours. It is black before and after, and makes the change look small: take "
        "the brain outside the concept.": (moved * 50)[~concept].mean(),
        "The concept itself is among your pixels outside. Take it out: brain & ~concept.": [
            (moved * 50)[brain].mean(),
            (moved * 50).mean(),
        ],
        "The brain is where *any* modality of `before` is above -1. Yours asks all of them, or only one.": [
            (moved * 50)[inside_brain & ~concept].mean()
            for inside_brain in (np.all(before > -1, axis=-1), *(before[..., k] > -1 for k in range(4)))
        ],
        "You took the brain from `after`. What has turned black is part of the change: take it from "
        "`before`.": (moved * 50)[np.any(after > -1, axis=-1) & ~concept].mean(),
        "The range is 2: divide by 2, and multiply by 100, outside as well as inside.": [
            moved[brain & ~concept].mean() * factor for factor in (100, 1, 0.5)
        ],
        "Outside, changes up and down cancel out in yours. Take the absolute value first.": [
            signed[brain & ~concept].mean(),
            ((after - before).mean(-1) * 50)[brain & ~concept].mean(),
        ],
    }
    said = f"Expected a change of {right[2]:.2f} % outside, received {outside:.2f} %."
    return judge(
        outside, right[2], mistakes, f"{said} It is the same mean, over the brain outside the concept."
    )


@check
@understood(_OF_PAINT)
def paint(answer: Callable[..., Any]) -> str | None:
    """`paint(maps, units, values, where)` mixes the units' values in where the picture was painted."""
    maps, _ = _toy(4)
    units, values = np.array([3, 0]), np.array([2.0, -1.5], np.float32)
    where = np.zeros((12, 12), np.float32)
    where[3:7, 2:9] = 1
    given = maps.copy()
    got = np.asarray(answer(given, units, values, where.copy()))
    if got.shape != maps.shape:
        return f"Return all maps, shape {maps.shape}, received {got.shape}."
    if not np.array_equal(given, maps):
        return "It changes the maps that it was given. Begin with a copy: maps.copy()."
    right = course.paint(maps, units, values, where)
    small = where.reshape(6, 2, 6, 2)
    shares = {
        "mean": small.mean((1, 3)),
        "any": small.max((1, 3)),
        "all": small.min((1, 3)),
        "one": small[:, 0, :, 0],
    }

    def mixed(
        share: np.ndarray, which: Any = units, to: np.ndarray = values, add: bool = False
    ) -> np.ndarray:
        changed = maps.copy()
        changed[..., which] = share[..., None] * to + (1 if add else 1 - share[..., None]) * maps[..., which]
        return changed

    outside = maps.copy()
    outside[..., units] = shares["mean"][..., None] * values
    mistakes = {
        "The units have their values everywhere. Only painted places should change.": course.switch(
            maps, units, values
        ),
        "A pixel of the layer that is half painted should be half changed: mix by the mean of its block.": [
            mixed(shares[name]) for name in ("any", "all", "one")
        ],
        "Outside the paint the units are 0 now. Keep (1 - share) * maps[..., units] there.": outside,
        "The values were added. Mix them: share * values + (1 - share) * maps[..., units].": mixed(
            shares["mean"], add=True
        ),
        "It paints where the picture was *not* painted. Swap share and 1 - share.": mixed(1 - shares["mean"]),
        "Rows and columns are swapped: the places are turned over the diagonal.": mixed(shares["mean"].T),
        "Nothing has changed. Give the copy the mixed values, and return the copy.": maps,
        "Only some of the units change. Take all of `units` at once: maps[..., units].": [
            mixed(shares["mean"], units[:1], values[:1]),
            mixed(shares["mean"], units[1:], values[1:]),
        ],
    }
    with np.errstate(all="ignore"):
        hint = judge(
            got, right, mistakes,
            "Expected share * values + (1 - share) * maps[..., units] in these units, and no other change.",
        )  # fmt: skip
    if hint:
        return hint
    wide = np.zeros((24, 24), np.float32)
    wide[4:9, 10:20] = 1
    try:
        same = close(answer(maps.copy(), units, values, wide), course.paint(maps, units, values, wide))
    except Exception:
        same = False
    return None if same else "It is right for blocks of 2 x 2 pixels, but not of 4 x 4: block = S // h."
