"""Checks of lesson 22: a table of requests, PSNR, a report in words, and how far uptake spreads."""

from collections.abc import Callable

import numpy as np

from gancourse.errors import InputError
from gancourse.teaching.checks import check


@check
def confusion(answer: Callable[[np.ndarray, np.ndarray, tuple], np.ndarray]) -> str | None:
    """`confusion(asked, read, names)`: a row for what was asked, a column for what was read, as shares."""
    names = ("a", "b", "c")
    asked = np.array(list("aaaabbbbbbcc"))
    read = np.array(list("aaabbbbcccac"))
    counts = np.array([[((asked == r) & (read == c)).sum() for c in names] for r in names], float)
    got = np.asarray(answer(asked, read, names), float)
    if got.shape != (3, 3):
        return f"Expected three rows and three columns, received shape {got.shape}."
    right = counts / counts.sum(1, keepdims=True)
    if np.allclose(got, right):
        return None
    if np.allclose(got, counts):
        return "Those are counts. Divide each row by how often that grade was asked for."
    if np.allclose(got, counts / counts.sum()):
        return "You divide by all requests: each row should sum to 1 by itself."
    if np.allclose(got, right.T):
        return "Rows and columns are swapped: rows are what was asked for."
    if np.allclose(got, counts / counts.sum(0)):
        return (
            "You divide by what was read: that answers how far to trust a reading. Divide by what was asked."
        )
    if np.allclose(got, 100 * right):
        return "Give shares from 0 to 1, not per cent."
    return f"In the first row expected {right[0].round(3)}, received {got[0].round(3)}."


@check
def psnr(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`psnr(truth, image)` of images in [-1, 1], in decibels."""
    rng = np.random.default_rng(0)
    truth = rng.uniform(-1, 1, (16, 16))
    image = truth + rng.normal(0, 0.1, (16, 16))
    error = ((truth - image) ** 2).mean()
    got, right = float(answer(truth, image)), float(10 * np.log10(4 / error))
    if np.isclose(got, right):
        return None
    if np.isclose(got, 10 * np.log10(1 / error)):
        return "Images in [-1, 1] span 2, not 1: the peak is 2, and its square 4."
    if np.isclose(got, 10 * np.log10(255**2 / error)):
        return "255 is the peak of 8-bit images. These go from -1 to 1."
    if np.isclose(got, -right):
        return "The sign is turned: a small error gives a large PSNR."
    if np.isclose(got, np.log10(4 / error)):
        return "Decibels are tenths: multiply the logarithm by 10."
    if np.isclose(got, 10 * np.log(4 / error)):
        return "Decibels take the logarithm to base 10: np.log10."
    if np.isclose(got, 10 * np.log10(2 / error)) or np.isclose(got, 10 * np.log10(2 / np.sqrt(error))):
        return "Square the peak, too: its power is compared with the error's power."
    if np.isclose(got, 10 * np.log10(4 / np.abs(truth - image).mean())):
        return "Take the mean of the squared differences."
    return f"Expected {right:.2f} decibels for a noisy image, received {got:.2f}."


#: What exercise 3 asks for.
WANTED = {"size": "small", "uptake": "non-enhancing", "side": "right", "place": "frontal"}


@check
def report(answer: str) -> str | None:
    """`report`: the text encoder reads out of it what was asked for."""
    from gancourse import pretrained
    from gancourse.teaching.material.radiology_reports import WORDS, TextEncoder

    if not isinstance(answer, str):
        return "Write a text in quotation marks."
    try:
        read = TextEncoder(pretrained.load("tour/text-encoder")).answers([answer]).iloc[0]
    except InputError as error:
        return str(error)
    for question, wanted in WANTED.items():
        if read[question] != wanted:
            turned = (
                " The side is the patient's, who looks at you out of the picture."
                if question == "side"
                else ""
            )
            return f"{question}: the network reads {read[question]!r}; wanted: {wanted!r}.{turned}"
    if not any(word in answer.lower() for word in WORDS["non-enhancing"]):
        return "The network guessed right, but the report does not say that the tumour does not enhance."
    return None


@check
def spread(answer: Callable[[np.ndarray], float]) -> str | None:
    """`spread(uptake)`: root mean square distance of the uptake from its centre, in pixels."""
    uptake = np.zeros((9, 12))
    uptake[2, 3], uptake[2, 9], uptake[6, 6] = 1.0, 3.0, 0.5
    rows, columns = np.indices(uptake.shape)

    def of(weights, centre=None, root=True):
        total = weights.sum()
        y, x = centre or ((weights * rows).sum() / total, (weights * columns).sum() / total)
        square = (weights * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / total
        return np.sqrt(square) if root else square

    got, right = float(answer(uptake)), of(uptake)
    if np.isclose(got, right):
        return None
    if np.isclose(got, of(uptake, root=False)):
        return "That is the mean square distance: take its root."
    if np.isclose(got, of((uptake > 0).astype(float))):
        return "Every active pixel counts the same for you. Weigh it with its uptake."
    if np.isclose(got, of(uptake, ((uptake.shape[0] - 1) / 2, (uptake.shape[1] - 1) / 2))):
        return "You measure from the middle of the image: measure from the uptake's own centre."
    if np.isclose(got, of(uptake) * np.sqrt(uptake.sum())):
        return "Divide by the total uptake: a map twice as bright spreads no farther."
    if np.isclose(got, of(uptake) * 6.5):
        return "In pixels, please, not in millimetres."
    return f"Expected {right:.3f} pixels for three points, received {got:.3f}."
