"""Order a brain: what was asked, what a reader finds in four generated brains, and how unusual the order is.

The form takes any order that its controls allow. What lies outside of all that the generator has learned is
refused in one line; what lies inside may still be far from every training slice, and the form says how far.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import MODALITIES as COHORT_MODALITIES
from gancourse.errors import InputError
from gancourse.gans.orders import GRADES, Order, decode, encode
from gancourse.images import to_uint8
from gancourse.metrics import delivery
from gancourse.metrics.delivery import distance_to_training
from gancourse.teaching.widgets.commands import MAX_SEED, Commanded, check_choice, check_number

BRAINS = 4  #: painted for one order
NEIGHBOURS = 5  #: training slices to which an order's distance is measured
MODALITIES = ("T1ce", "FLAIR")
_MOST = 1e6  # of any number that a page sends

Deliver = Callable[[pd.DataFrame, pd.DataFrame, Mapping[str, float]], pd.DataFrame]


class Attribute(NamedTuple):
    """How an attribute is called and written: its name in words, and digits after the point."""

    label: str
    digits: int


#: In the order of the form's table.
ATTRIBUTES = {
    "area_cm2": Attribute("area, cm²", 1),
    "enhancing_cm2": Attribute("of which enhances, cm²", 1),
    "side": Attribute("side, from −1 (right) to 1 (left)", 2),
    "along": Attribute("place, from −1 (front) to 1 (back)", 2),
    "height": Attribute("height of the slice, from 0 to 1", 2),
}


class Works(NamedTuple):
    """What fills orders and reads what came of them.

    Attributes:
        paint: conditions (N, n) and a seed -> images (N, S, S, 2) in [-1, 1], T1ce and FLAIR.
        read: images -> a table of orders, as `orders.decode` returns.
        limits: by attribute, the error that still counts as delivered.
        learned: (M, n), conditions of the slices that the generator learned from.
    """

    paint: Callable[[np.ndarray, int], np.ndarray]
    read: Callable[[np.ndarray], pd.DataFrame]
    limits: Mapping[str, float]
    learned: np.ndarray


@lru_cache(maxsize=1)
def shipped_works() -> Works:
    """Load the generator and the reader that the course ships.

    Raises:
        InputError: they are not there.
    """
    from gancourse import pretrained
    from gancourse.teaching.material.order_study import read_learned
    from gancourse.training.ordered_patients import fill_orders

    generator, painter, reader = (
        pretrained.load(f"condition/{n}") for n in ("generator", "painter", "reader")
    )
    learned, seen = read_learned(), [COHORT_MODALITIES.index(m.lower()) for m in MODALITIES]
    return Works(
        lambda conditions, seed: fill_orders(generator, painter, conditions, seed).images[..., seen],
        lambda images: decode(reader.measure(images)),
        learned.limits,
        learned.conditions,
    )


class OrderForm(Commanded):
    """Orders, and what came of the last one.

    Args:
        grade, area_cm2, enhancing_cm2, side, place, height: the first order, as in `orders.Order`.
        seed: of the brains.
        deliver: says which attributes were delivered, (asked, found, limits) -> a table of booleans with a
            column for `grade`, each of the limits, and `all`; by default `metrics.delivery` does.
        works: what paints and reads; other ones in tests.

    Attributes:
        asked: the last order that was accepted.
        images: (4, S, S, 2) in [-1, 1].
        found: what the reader says of each brain.
        right: whether each attribute of each brain was delivered.
        distance: of the order to the training slices.
        lonely: the share of the training slices that lie as far from the others, or farther.

    Raises:
        InputError: an impossible order, or a rule that fails.
    """

    COMMANDS = {
        "order": ("order", "grade", "area_cm2", "enhancing_cm2", "side", "place", "height"),
        "more": ("paint_more",),
    }

    asked: Order

    def __init__(
        self,
        grade: str = "HGG",
        area_cm2: float = 15.0,
        enhancing_cm2: float = 3.0,
        side: float = 0.9,
        place: float = 0.0,
        height: float = 0.6,
        seed: int = 0,
        *,
        deliver: Deliver | None = None,
        works: Works | None = None,
    ):
        self.works, self._deliver, self.seed = works or shipped_works(), deliver or deliver_by_errors, seed
        learned = self.works.learned
        nearest = distance_to_training(learned, learned, NEIGHBOURS + 1)  # the first is the slice itself
        self._lonely = nearest * (NEIGHBOURS + 1) / NEIGHBOURS
        self.order(grade, area_cm2, enhancing_cm2, side, place, height)

    def order(
        self, grade: Any, area_cm2: Any, enhancing_cm2: Any, side: Any, place: Any, height: Any
    ) -> None:
        """Take an order, paint four brains, and read them."""
        numbers = {"area_cm2": area_cm2, "enhancing_cm2": enhancing_cm2}
        numbers |= {"side": side, "place": place, "height": height}
        numbers = {name: check_number(name, value, -_MOST, _MOST) for name, value in numbers.items()}
        self._fill(Order(check_choice("grade", grade, GRADES), **numbers), self.seed)

    def paint_more(self) -> None:
        """Paint four other brains for the same order."""
        self._fill(self.asked, (self.seed + 1) % (MAX_SEED + 1))

    def _fill(self, order: Order, seed: int) -> None:
        """Paint an order and read it; only then is anything changed."""
        asked = pd.DataFrame([order.row()] * BRAINS)
        condition = encode(asked)
        images = self.works.paint(condition, seed)
        found = self.works.read(images)
        right = self._judged(asked, found)
        distance = float(distance_to_training(condition[:1], self.works.learned, NEIGHBOURS)[0])
        self.asked, self.seed, self.images = order, seed, images
        self.found, self.right, self.distance = found, right, distance
        self.lonely = float(np.mean(self._lonely >= distance))

    def _judged(self, asked: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
        """Say what was delivered, by the rule of the learner or of the course."""
        wanted = ["grade", *(name for name in ATTRIBUTES if name in self.works.limits), "all"]
        limits = {name: self.works.limits[name] for name in wanted[1:-1]}
        try:
            table = pd.DataFrame(self._deliver(asked, found, limits))[wanted]
            return table.astype(bool).reset_index(drop=True)
        except Exception as error:
            raise InputError(f"deliver: your rule stopped ({type(error).__name__}: {error})") from error

    def rows(self) -> list[dict[str, Any]]:
        """List what was asked for and read, a row for each attribute of the order.

        Each has its `label`, what was `asked`, the `tolerance`, and for each brain what was `read` and
        whether that is `right`.
        """
        order, rows = self.asked.row(), []
        for name in self.right:
            if name == "all" or (name != "grade" and np.isnan(order[name])):  # nothing was asked
                continue
            label = "grade" if name == "grade" else ATTRIBUTES[name].label
            limit = "" if name == "grade" else f"± {written(name, self.works.limits[name])}"
            rows.append(
                {
                    "label": label,
                    "asked": written(name, order[name]),
                    "tolerance": limit,
                    "read": [written(name, value) for value in self.found[name]],
                    "right": self.right[name].tolist(),
                }
            )
        return rows

    def pictures(self) -> np.ndarray:
        """Return what is shown: (4, 2, S, S) uint8, T1ce and FLAIR of each brain."""
        return np.moveaxis(to_uint8(self.images), -1, 1)

    def verdict(self) -> str:
        """Say how many of the brains were delivered in every attribute."""
        count = int(self.right["all"].sum())
        return f"Delivered in every attribute: {count} of {BRAINS} brains."

    def rarity(self) -> str:
        """Say how far the order lies from the training slices."""
        if self.lonely == 0:
            return "This order lies farther from the training slices than any of them lies from the others."
        if self.lonely > 0.5:
            return "An ordinary order: most training slices are at least as far from their neighbours."
        return f"An unusual order: 1 in {round(1 / self.lonely)} training slices lies so far from the others."


def deliver_by_errors(asked: pd.DataFrame, found: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Say what was delivered, as the study does: see `metrics.delivery`."""
    return delivery.delivered(delivery.errors(asked, found), {"grade": 0.0, **limits})


def written(name: str, value: Any) -> str:
    """Write an attribute's value; "none" where there was nothing to measure."""
    if name == "grade":
        return str(value)
    return "none" if np.isnan(value) else f"{value:.{ATTRIBUTES[name].digits}f}".replace("-", "−")
