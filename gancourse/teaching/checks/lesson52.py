"""Checks of lesson 52: a volume from slices, names for bell curves, the smallest change, people needed."""

import math
from collections.abc import Callable
from itertools import permutations

import numpy as np

from gancourse.teaching.checks import check, recognise


@check
def volume_ml(answer: Callable[[np.ndarray, float, float], float]) -> str | None:
    """`volume_ml(areas_mm2, thickness_mm, gap_mm)`: areas of neighbouring slices to a volume in mL."""
    areas, thickness, gap = np.array([120.0, 410.0, 530.0, 270.0]), 4.0, 1.5
    value = float(answer(areas.copy(), thickness, gap))
    right = areas.sum() * (thickness + gap) / 1000
    if np.isclose(value, right):
        if np.isclose(answer(np.array([100.0, 300.0]), 5.0, 0.0), 2.0):
            return None
        return "That is right for one set of slices only. Use the areas, thickness and gap that are given."
    total, distance = areas.sum() / 1000, thickness + gap
    ends, added = np.trapezoid(areas, dx=distance) / 1000, total * thickness + (len(areas) - 1) * gap / 1000
    mistakes = {
        "The gap is missing: each slice stands for itself and the gap up to the next.": total * thickness,
        "Each slice stands for its thickness and the gap, not for the gap alone.": total * gap,
        "Thickness and gap are both lengths along one axis: add them.": total * thickness * gap,
        "An area is not a volume yet: multiply by how far the slices lie apart, in mm.": total,
        "That is the volume of the mean slab. Add up all slabs.": right / len(areas),
        "The first and the last slice counted only by half. Each stands for a whole slab.": ends,
        "The gaps have an area, too: that of their slices.": added,
    }
    for factor, unit in {1: "", 1000: " And 1 mL is 1000 mm3.", 10: " And 1 mL is 1000 mm3."}.items():
        if hint := recognise(value / factor, mistakes):
            return hint + unit
    if any(np.isclose(value, right * factor) for factor in (1000, 10, 100)):
        return "Check the unit: mm2 times mm is mm3, and 1 mL is 1000 mm3."
    return f"Received {value:g}, expected {right:g}: the sum of each area times the slices' distance, in mL."


@check
def name_tissues(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`name_tissues(components, means)`: numbers of components, in any order, to 1 CSF, 2 GM, 3 WM."""
    components = np.array([0, 2, 1, 1, 0, 2, 2])
    levels = np.array([80.0, 210.0, 260.0])
    got, want = [], []
    for order in permutations(range(3)):
        means = levels[list(order)]
        value = np.asarray(answer(components.copy(), means.copy()))
        if value.shape != components.shape:
            return f"Received shape {value.shape}, expected {components.shape}: one label for each voxel."
        got.append(value)
        want.append(np.array(order)[components] + 1)
    if all(np.array_equal(g, w) for g, w in zip(got, want, strict=True)):
        return None
    if all(np.array_equal(g + 1, w) for g, w in zip(got, want, strict=True)):
        return "The order is right, but labels start at 1: CSF 1, GM 2, WM 3. 0 is what lies outside."
    if all(np.array_equal(4 - g, w) for g, w in zip(got, want, strict=True)):
        return "The order is reversed: on T1, CSF is the darkest and white matter the brightest."
    if all(np.array_equal(g, components + 1) for g in got):
        return "You kept the components' own numbers, which come in any order. Rank them by their means."
    once = [np.argsort(levels[list(order)])[components] + 1 for order in permutations(range(3))]
    if all(np.array_equal(g, w) for g, w in zip(got, once, strict=True)):
        return (
            "argsort once says which component is darkest; you need the rank of each component. "
            "Sort the result again: np.argsort(np.argsort(means))."
        )
    if np.array_equal(got[0], want[0]):
        return "That is right only when the components happen to be sorted already. Rank them by their means."
    return f"For means {levels.tolist()} and components {components.tolist()}: received {got[0].tolist()}."


@check
def smallest_change(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`smallest_change(first, second)`: what 95 of 100 pairs of scans of an unchanged person stay below."""
    rng = np.random.default_rng(26)
    people = rng.normal(80, 5, 40)
    noise = rng.normal(0, 0.3, (2, 40))
    noise[1] += noise[0].mean() - noise[1].mean()  # no mean difference
    first, second = people + noise
    difference = second - first
    value = float(answer(first.copy(), second.copy()))
    sd = difference.std(ddof=1)
    if np.isclose(value, 1.96 * sd, rtol=0.03):
        if np.isclose(answer(2 * first, 2 * second), 2 * 1.96 * sd, rtol=0.03):
            return None
        return "That is right for one set of scans only. Compute it from the two arrays that are given."
    root, people_sd = np.sqrt(len(people)), np.array([first.std(ddof=1), second.std(ddof=1)])
    one_scan, group = np.outer([1 / math.sqrt(2), 1 / root], [sd, 1.96 * sd])
    twice = 1.96 * sd * math.sqrt(2)
    spreads = [*people_sd, *1.96 * people_sd, 1.96 * np.concatenate([first, second]).std(ddof=1)]
    hints = {
        "That is one standard deviation of the differences: a third of unchanged people exceed it.": sd,
        "That is the error of a single scan. A change is a difference of two scans, and both err.": one_scan,
        "The difference already has the errors of both scans: leave out the root of 2.": twice,
        "That is the error of a group's mean change. The question is about one person.": group,
        "That is how much people differ. Take each person's own difference.": spreads,
        "That is the mean size of a difference, and many exceed it.": np.abs(difference).mean(),
        "The largest difference grows with the number of people. Use the spread.": np.abs(difference).max(),
    }
    for hint, wrong in hints.items():
        if np.isclose(value, wrong, rtol=0.015).any():  # standard deviations of 39 and of 40
            return hint
    if abs(value) < 1e-6 or np.isclose(value, difference.mean(), atol=1e-6):
        return "The mean difference is about 0 in unchanged people. What counts is how much it varies."
    return f"Received {value:.3g}, expected {1.96 * sd:.3g}: 1.96 standard deviations of the differences."


@check
def people_needed(answer: Callable[[float, float], float]) -> str | None:
    """`people_needed(difference, sd)`: in each of two groups, for 80 % power at the 5 % level."""
    cases = [(1.0, 5.0), (0.5, 1.3), (2.0, 2.0)]
    got = [float(answer(*case)) for case in cases]

    def needed(factor: float, z: float = 1.96 + 0.84, power: float = 2) -> list[float]:
        return [factor * (z * sd / difference) ** power for difference, sd in cases]

    def gave(values: list[float], slack: float = 1.0) -> bool:
        return all(abs(g - v) <= slack + 0.01 * v for g, v in zip(got, values, strict=True))

    if gave(needed(2)):
        return None
    if gave(needed(4)):
        return "That is the number for both groups together. The question is how many each needs."
    if gave(needed(1)):
        return "Each group's mean has an error of its own: the factor 2 before the bracket is missing."
    if gave(needed(2, 1.96)):
        return "With 1.96 alone you find a true difference only half of the time: add 0.84 for 80 %."
    if gave(needed(2, power=1)) or gave(needed(1, power=1)):
        return "Errors shrink with the root of the number of people: square the bracket."
    if gave([2 * (2.8 * difference / sd) ** 2 for difference, sd in cases]):
        return "The ratio is upside down: the more people differ (sd), the more you need."
    if gave([2 * 2.8 * (sd / difference) ** 2 for difference, sd in cases]):
        return "Square the 1.96 + 0.84 as well."
    (difference, sd), *_ = cases
    want = needed(2)[0]
    return (
        f"For a difference of {difference:g} and SD {sd:g}: received {got[0]:g}, expected about {want:.0f}."
    )
