"""Which of these is the real FLAIR? Rounds with a phantom's T2, its FLAIR, and three that were made from T2.

`experiments/contrast_game.py` has made the slices, and measured what the course's segmenter finds in each.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from gancourse.errors import InputError
from gancourse.images import enlarge, to_png
from gancourse.teaching.widgets.judging import Judging

#: Where a FLAIR comes from: the scanner, or a translator that learned from pairs, or from two sets without
#: pairs of which the target set held healthy people only, or tumours only.
METHODS = ("real", "paired", "healthy", "tumour")
LETTERS = ("A", "B", "C", "D")


class People(NamedTuple):
    """One slice of each of P phantoms, axial, the patient's right on the left.

    Attributes:
        pictures: (P, 5, H, W) uint8: T2, and the FLAIRs of `METHODS`.
        tumour: (P, H, W), Boolean; nowhere true in healthy ones.
        found: (P, 4), the share of the tumour that the segmenter finds in each FLAIR; NaN in healthy ones.
        invented: (P, 4), cm2 that it finds where there is no tumour.
    """

    pictures: np.ndarray
    tumour: np.ndarray
    found: np.ndarray
    invented: np.ndarray


@lru_cache(maxsize=1)
def shipped_people() -> People:
    """Read the phantoms that the course ships."""
    with np.load(Path(__file__).parent / "which_flair.npz") as file:
        pictures, tumour, found, invented = (file[name] for name in People._fields)
    height, width = pictures.shape[2:]
    tumour = np.unpackbits(tumour, axis=-1, count=height * width).astype(bool).reshape(-1, height, width)
    return People(pictures, tumour, found.astype(float), invented.astype(float))


class WhichFlair(Judging):
    """Find the real FLAIR among four.

    Args:
        rounds: how many phantoms are shown, each once.
        seed: of their choice, and of the order of the FLAIRs.
        people: other ones, in tests.

    Attributes:
        chosen: (rounds,), the number of each round's phantom.
        orders: (rounds, 4), which of `METHODS` lies at A, B, C and D.
        truth: the letter of the real FLAIR of each round; `answers`, likewise, are those given so far.

    Raises:
        InputError: more rounds than there are phantoms.
    """

    kinds = LETTERS

    def __init__(self, rounds: int = 10, seed: int = 0, *, people: People | None = None):
        self.people, self.count = people or shipped_people(), rounds
        if not 1 <= rounds <= len(self.people.pictures):
            raise InputError(f"rounds {rounds}: expected 1 to {len(self.people.pictures)}")
        self.begin(seed)

    def begin(self, seed: int) -> None:
        """Begin again with the phantoms of a seed."""
        rng = np.random.default_rng(seed)
        self.chosen = rng.permutation(len(self.people.pictures))[: self.count]
        self.orders = np.array([rng.permutation(len(METHODS)) for _ in range(self.count)])
        self.truth = [LETTERS[place] for place in np.argmin(self.orders, 1)]  # real is the first of METHODS
        self.seed, self.answers = seed, list[str]()

    @property
    def images(self) -> np.ndarray:
        """Return the pictures of all rounds, (rounds, 5, H, W) uint8: T2, and what lies at A, B, C and D."""
        pictures = self.people.pictures[self.chosen]
        places = np.concatenate([np.zeros((self.count, 1), int), 1 + self.orders], 1)
        return np.take_along_axis(pictures, places[..., None, None], 1)

    def taken(self) -> dict[str, int]:
        """Count by method how often its FLAIR was taken for the real one."""
        methods = [
            METHODS[order[LETTERS.index(answer)]]
            for order, answer in zip(self.orders, self.answers, strict=False)
        ]
        return {method: methods.count(method) for method in METHODS}

    def png(self, scale: int = 2) -> bytes:
        """Return the round to judge as PNG, the last one's when all are judged."""
        return to_png(strip(self.images[min(len(self.answers), self.count - 1)], scale))


def strip(pictures: np.ndarray, scale: int) -> Image.Image:
    """Lay T2 and four FLAIRs, (5, H, W) uint8, side by side, with their names and both sides marked."""
    height, width = (scale * side for side in pictures.shape[1:])
    line = 20
    sheet = Image.new("RGB", (len(pictures) * width, height + line), "black")
    draw = ImageDraw.Draw(sheet)
    for k, (name, picture) in enumerate(zip(("T2", *LETTERS), pictures, strict=True)):
        sheet.paste(enlarge(Image.fromarray(picture), scale).convert("RGB"), (k * width, line))
        draw.text((k * width + width // 2, 2), name, "white", font_size=14, anchor="ma")
        for side, x in (("R", 6), ("L", width - 14)):
            draw.text((k * width + x, line + height // 2), side, "white", font_size=14)
    return sheet
