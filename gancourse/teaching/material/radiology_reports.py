"""Short radiology reports of phantoms, such as "large enhancing tumour, left frontal, dark centre".

`write` words findings, and a small network reads the words (`TextEncoder`). Sides are the patient's.
"Frontal", "central" and "posterior" are the thirds of the brain from front to back: a slice of the phantom
does not say where lobes end.
"""

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gancourse.errors import InputError

if TYPE_CHECKING:
    import keras

#: The least area in mm2 of a tumour that is called enhancing.
ENHANCING = 100.0

#: The questions that a report answers, and their answers.
FINDINGS = {
    "size": ("none", "small", "medium", "large"),
    "uptake": ("none", "non-enhancing", "enhancing"),
    "side": ("none", "right", "left"),
    "place": ("none", "frontal", "central", "posterior"),
    "centre": ("none", "solid", "dark"),
}

#: The ways to say it.
WORDS = {
    "tumour": ("tumour", "mass", "lesion"),
    "small": ("small", "little"),
    "medium": ("medium", "mid-sized", "moderate"),
    "large": ("large", "big"),
    "enhancing": ("enhancing", "contrast-enhancing"),
    "non-enhancing": ("non-enhancing", "unenhancing"),
    "right": ("right", "right-sided"),
    "left": ("left", "left-sided"),
    "frontal": ("frontal", "anterior"),
    "central": ("central", "middle"),
    "posterior": ("posterior", "back"),
    "solid": ("solid", "without necrosis", "solid centre"),
    "dark": ("dark centre", "necrotic centre", "with necrosis"),
    "none": ("no tumour", "normal brain", "no lesion seen"),
}

#: Words in a report at most.
LENGTH = 12

VOCABULARY = sorted({word for ways in WORDS.values() for way in ways for word in way.split()})


def write(findings: dict[str, str], rng: np.random.Generator) -> str:
    """Write a report: one of the many ways to word the findings."""

    def say(word: str) -> str:
        return str(rng.choice(WORDS[word]))

    if findings["size"] == "none":
        return say("none")
    first = [say(findings["size"]), say(findings["uptake"])]
    what = " ".join([*(first if rng.random() < 0.5 else first[::-1]), say("tumour")])
    where = f"{say(findings['side'])} {say(findings['place'])}"
    parts = [what, where]
    if findings["centre"] != "none":
        parts.append(say(findings["centre"]))
    return ", ".join(parts[i] for i in rng.permutation(len(parts)))


def tokens(reports: list[str]) -> np.ndarray:
    """Number the words of reports: (N, LENGTH) int32, 0 where a report has ended.

    Raises:
        InputError: a word that no training report has, or too many words.
    """
    numbers = np.zeros((len(reports), LENGTH), np.int32)
    for row, report in zip(numbers, reports, strict=True):
        words = re.findall(r"[a-z-]+", report.lower())
        unknown = [word for word in words if word not in VOCABULARY]
        if unknown or not 0 < len(words) <= LENGTH:
            problem = f"unknown word {unknown[0]!r}" if unknown else f"{len(words)} words"
            raise InputError(
                f"report {report!r}: {problem}; write 1 to {LENGTH} words among {', '.join(VOCABULARY)}"
            )
        row[: len(words)] = [VOCABULARY.index(word) + 1 for word in words]
    return numbers


class TextEncoder:
    """Reads reports: `embed` for the generator, `answers` for people.

    Args:
        network: of `gancourse.networks.conditional.build_text_encoder`, trained.
    """

    def __init__(self, network: "keras.Model"):
        self.network = network

    def embed(self, reports: list[str]) -> np.ndarray:
        """Embed reports: (N, 32) float32 in [-1, 1]. Raises `InputError` for unknown words."""
        return np.array(self.network(tokens(reports), training=False)[0])

    def answers(self, reports: list[str]) -> pd.DataFrame:
        """Say what was understood: a row for each report, a column for each of `FINDINGS`."""
        logits = np.array(self.network(tokens(reports), training=False)[1])
        ends = np.cumsum([0, *map(len, FINDINGS.values())])
        return pd.DataFrame(
            {
                name: np.array(words)[logits[:, start:end].argmax(1)]
                for (name, words), start, end in zip(FINDINGS.items(), ends, ends[1:], strict=False)
            }
        )
