"""The patient with whom lesson 53 opens: a phantom who woke with a small infarct, and nobody knows when."""

import numpy as np
import pandas as pd

from gancourse.cohort.isles import StrokePatient
from gancourse.project import project_root
from gancourse.segmentation.stroke_slices import StrokeSlices, overlap
from gancourse.teaching.data import stroke_cohort

FOLDER = "data/stroke-riddle"
SEED = 1123
#: Slices that are shown, counted from that of the largest cut through the infarct.
STEPS = (-24, -16, -8, 0, 7, 14)


def riddle_patient() -> StrokePatient:
    """Return the patient, who is made in a few seconds at the first call.

    Raises:
        InputError: the folder cannot be written, or holds a phantom of another version.
    """
    return stroke_cohort(project_root() / FOLDER, subjects=1, seed=SEED)[0]


def true_hours() -> float:
    """Return the hours between the onset and the scan, which nobody but the phantom's parameters knows."""
    return float(pd.read_csv(project_root() / FOLDER / "subjects.csv")["hours"][0])


def six_slices(seen: StrokeSlices) -> dict[str, int]:
    """Choose six slices, "A" to "F" from below upwards; one shows the infarct. Values are their numbers."""
    assert seen.lesion is not None
    largest = int(seen.lesion.sum((1, 2)).argmax())
    return {letter: largest + step for letter, step in zip("ABCDEF", STEPS, strict=True)}


def answer(seen: StrokeSlices, letters: dict[str, int]) -> tuple[str, str]:
    """Return the slice that shows the infarct, and the patient's side: ("A", "left") or the like."""
    assert seen.lesion is not None
    letter = max(letters, key=lambda each: int(seen.lesion[letters[each]].sum()))  # type: ignore[index]
    columns = np.argwhere(seen.lesion[letters[letter]])[:, 1]
    middle = np.argwhere(seen.brain[letters[letter]])[:, 1].mean()
    return letter, "left" if columns.mean() > middle else "right"


def verdict(seen: StrokeSlices, letters: dict[str, int], given: tuple[str, str]) -> str:
    """Judge an answer in words: the slice first, and then the side."""
    (letter, side), (right_letter, right_side) = given, answer(seen, letters)
    if letter != right_letter:
        return "not there. Look again."
    if side != right_side:
        return "the right slice. Look again at the side: the patient's right is on the left of the image."
    return "right!"


def marked(seen: StrokeSlices, seg: np.ndarray) -> np.ndarray:
    """Cut a mask (X, Y, Z) on the patient's grid, whose voxels are 2 mm, into slices (K, H, W), bool."""
    (rows, from_rows), (columns, from_columns) = overlap(seen.corner, seen.brain.shape[1:], seg.shape)
    slices = np.zeros(seen.brain.shape, bool)
    slices[:, rows, columns] = seg[from_columns, from_rows][:, :, seen.at].transpose(2, 1, 0)
    return slices
