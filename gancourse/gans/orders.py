"""Orders: what a conditional generator is asked for, in a reader's words and as the network's numbers.

An order names a grade and how high the slice lies; unless the grade is "healthy", also the tumour's area, how
much of it enhances, its side, and its place from front to back, as `metrics.tumour_place` measures them. The
numbers are standardised, so that a distance of 1 is about one standard deviation of the training slices.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gancourse.errors import InputError

GRADES = ("healthy", "LGG", "HGG")

#: What is asked for beside the grade: mean and standard deviation in the slices that the course learns from.
NUMBERS = {
    "area_cm2": (15.0, 9.0),
    "enhancing_cm2": (1.8, 2.5),
    "side": (0.0, 1.0),
    "along": (0.0, 0.4),
    "height": (0.625, 0.1),
}
OF_TUMOUR = ("area_cm2", "enhancing_cm2", "side", "along")  # what a healthy slice has not

#: Length of a condition.
CONDITIONS = len(GRADES) + len(NUMBERS)

#: The least and the most that can be ordered: 1st and 99th percentile of those slices, rounded outwards.
LIMITS = {
    "area_cm2": (2.0, 42.0),
    "enhancing_cm2": (0.0, 10.0),
    "side": (-1.0, 1.0),
    "along": (-0.75, 0.75),
    "height": (0.45, 0.8),
}

SIDES = {"right": -1.0, "left": 1.0, "both": 0.0}
PLACES = {"frontal": -0.55, "central": 0.0, "posterior": 0.55}  # middles of `tumour_place.PLACES`


@dataclass(frozen=True)
class Order:
    """One order.

    Args:
        grade: one of `GRADES`.
        height: of the slice, as a fraction of the brain's from below.
        area_cm2: of the whole tumour.
        side: "left", "right" or "both", or a number from -1 (right) to 1 (left).
        place: "frontal", "central" or "posterior", or a number from -1 (front) to 1 (back).
        enhancing_cm2: area of the part that takes up contrast agent.

    Raises:
        InputError: an unknown word, a number that lies outside all that was learned, or a part that is larger
            than the whole.
    """

    grade: str = "HGG"
    height: float = 0.6
    area_cm2: float = 15.0
    side: str | float = "left"
    place: str | float = "central"
    enhancing_cm2: float = 2.0

    def __post_init__(self):
        if self.grade not in GRADES:
            raise InputError(f"grade {self.grade!r}: expected one of {', '.join(GRADES)}")
        for name, value in self.row().items():
            silent = name == "grade" or (self.grade == "healthy" and name in OF_TUMOUR)
            if not silent:
                low, high = LIMITS[name]
                if not low <= value <= high:
                    name = "place" if name == "along" else name
                    raise InputError(f"{name} {value:g}: the generator has learned {low:g} to {high:g}")
        if self.grade != "healthy" and self.enhancing_cm2 > self.area_cm2:
            said = f"enhancing_cm2 {self.enhancing_cm2:g}"
            raise InputError(f"{said}: more than the whole tumour, which has {self.area_cm2:g}")

    def row(self) -> dict:
        """Return the order as numbers by name; those of a tumour are NaN if the grade is healthy."""
        side, place = _number("side", self.side, SIDES), _number("place", self.place, PLACES)
        areas = {"area_cm2": self.area_cm2, "enhancing_cm2": self.enhancing_cm2}
        numbers = {**areas, "side": side, "along": place, "height": self.height}
        if self.grade == "healthy":
            numbers |= dict.fromkeys(OF_TUMOUR, np.nan)
        return {"grade": self.grade, **numbers}


def _number(name: str, value: str | float, words: dict[str, float]) -> float:
    if isinstance(value, str):
        if value not in words:
            raise InputError(f"{name} {value!r}: expected {', '.join(words)}, or a number")
        return words[value]
    return float(value)


def encode(orders: pd.DataFrame | list[Order]) -> np.ndarray:
    """Return conditions (N, CONDITIONS) float32: one number for each grade, 0 or 1, then `NUMBERS`.

    Args:
        orders: or a table with the columns of `Order.row`. Here nothing is refused, so that what a generator
            does with an order that it cannot know can be measured.
    """
    table = pd.DataFrame([o.row() for o in orders]) if isinstance(orders, list) else orders
    grades = table["grade"].to_numpy()[:, None] == np.array(GRADES)
    healthy = grades[:, :1]
    numbers = np.stack([(table[name] - mean) / sd for name, (mean, sd) in NUMBERS.items()], 1)
    silent = healthy & np.isin(list(NUMBERS), OF_TUMOUR)
    return np.concatenate([grades, np.where(silent, 0, numbers)], 1).astype(np.float32)


def decode(conditions: np.ndarray) -> pd.DataFrame:
    """Turn conditions (N, CONDITIONS), or what a network measured in their place, into a table of orders."""
    conditions = np.asarray(conditions, np.float64)
    grade = np.array(GRADES)[conditions[:, : len(GRADES)].argmax(1)]
    numbers = {
        name: mean + sd * conditions[:, len(GRADES) + k]
        for k, (name, (mean, sd)) in enumerate(NUMBERS.items())
    }
    table = pd.DataFrame({"grade": grade, **numbers})
    table.loc[grade == "healthy", list(OF_TUMOUR)] = np.nan
    return table


def mirrored(conditions: np.ndarray) -> np.ndarray:
    """Return the conditions of the mirror images: left and right are exchanged."""
    changed = np.array(conditions)
    changed[..., len(GRADES) + list(NUMBERS).index("side")] *= -1
    return changed
