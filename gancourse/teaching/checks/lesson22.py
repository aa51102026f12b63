"""Checks of lesson 22: a table of requests, PSNR, a report in words, and how far uptake spreads."""

from collections.abc import Callable

import numpy as np

from gancourse.errors import InputError
from gancourse.teaching.checks import check, judge


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
    by_read = counts / counts.sum(0)
    mistakes = {
        "Those are counts. Divide each row by how often that grade was asked for.": counts,
        "You divided by the number of all requests, but each row should add up to 1.": counts / counts.sum(),
        "Rows and columns are swapped: rows are what was asked for.": right.T,
        "You divided by what was read: that says how far to trust it. Divide by what was asked for.": by_read,
        "Give shares from 0 to 1, not per cent.": 100 * right,
    }
    said = f"In the first row expected {right[0].round(3)}, received {got[0].round(3)}."
    return judge(got, right, mistakes, said)


@check
def psnr(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`psnr(truth, image)` of images in [-1, 1], in decibels."""
    rng = np.random.default_rng(0)
    truth = rng.uniform(-1, 1, (16, 16))
    image = truth + rng.normal(0, 0.1, (16, 16))
    error = ((truth - image) ** 2).mean()
    got, right = float(answer(truth, image)), float(10 * np.log10(4 / error))
    unsquared = 10 * np.log10([2 / error, 2 / np.sqrt(error)])
    absolute = 10 * np.log10(4 / np.abs(truth - image).mean())
    mistakes = {
        "Images in [-1, 1] span 2, not 1: the peak is 2, and its square 4.": 10 * np.log10(1 / error),
        "255 is the peak of 8-bit images. These go from -1 to 1.": 10 * np.log10(255**2 / error),
        "The sign is wrong: a small error gives a large PSNR.": -right,
        "A decibel is a tenth of a bel: multiply the logarithm by 10.": right / 10,
        "Decibels take the logarithm to base 10: np.log10.": right * np.log(10),
        "Square the peak as well: it is compared with a squared error.": unsquared,
        "Take the mean of the squared differences.": absolute,
    }
    said = f"Expected {right:.2f} decibels for a noisy image, received {got:.2f}."
    return judge(got, right, mistakes, said)


#: What exercise 3 asks for.
WANTED = {"size": "small", "uptake": "non-enhancing", "side": "right", "place": "frontal"}


@check
def report(answer: str) -> str | None:
    """`report`: the text encoder reads out of it what was asked for."""
    from gancourse import pretrained
    from gancourse.teaching.material.radiology_reports import WORDS, TextEncoder

    if not isinstance(answer, str):
        return "Write the report as a text in quotation marks."
    try:
        read = TextEncoder(pretrained.load("tour/text-encoder")).answers([answer]).iloc[0]
    except InputError as error:
        return str(error)
    for question, wanted in WANTED.items():
        if read[question] != wanted:
            turned = "The side is the patient's own, and the patient faces you." if question == "side" else ""
            return f"{question}: the network reads {read[question]!r}; wanted: {wanted!r}. {turned}"
    if not any(word in answer.lower() for word in WORDS["non-enhancing"]):
        return "The network guessed right, but the report does not say that the tumour does not enhance."
    return None


@check
def spread(answer: Callable[[np.ndarray], float]) -> str | None:
    """`spread(uptake)`: root mean square distance of the uptake from its centre, in pixels."""
    uptake = np.zeros((9, 12))
    uptake[2, 3], uptake[2, 9], uptake[6, 6] = 1.0, 3.0, 0.5
    rows, columns = np.indices(uptake.shape)

    def of(weights, centre=None):
        total = weights.sum()
        y, x = centre or ((weights * rows).sum() / total, (weights * columns).sum() / total)
        return np.sqrt((weights * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / total)

    got, right = float(answer(uptake)), of(uptake)
    middle = of(uptake, ((uptake.shape[0] - 1) / 2, (uptake.shape[1] - 1) / 2))
    alike, undivided = of((uptake > 0).astype(float)), right * np.sqrt(uptake.sum())
    mistakes = {
        "That is the mean square distance: take its root.": right**2,
        "You count every active pixel the same. Weight each one by its uptake.": alike,
        "You measured from the middle of the image: measure from the uptake's own centre.": middle,
        "Divide by the total uptake: a map twice as bright spreads no farther.": undivided,
        "Give the distance in pixels, not in millimetres.": right * 6.5,
    }
    said = f"Expected {right:.3f} pixels for three points, received {got:.3f}."
    return judge(got, right, mistakes, said)
