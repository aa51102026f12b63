"""Answers to lesson 22; tests/wrong_answers/22.py has more wrong answers."""

import numpy as np


def confusion(asked, read, names):
    counts = np.array([[((asked == r) & (read == c)).sum() for c in names] for r in names], float)
    return counts / counts.sum(1, keepdims=True)


def counted(asked, read, names):
    return np.array([[((asked == r) & (read == c)).sum() for c in names] for r in names], float)


def psnr(truth, image, peak=2.0):
    return 10 * np.log10(peak**2 / ((truth - image) ** 2).mean())


def spread(uptake, middle=False, power=0.5):
    rows, columns = np.indices(uptake.shape)
    y, x = ((uptake * axis).sum() / uptake.sum() for axis in (rows, columns))
    if middle:
        y, x = ((side - 1) / 2 for side in uptake.shape)
    return ((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum()) ** power


RIGHT = {
    "confusion": confusion,
    "psnr": psnr,
    "report": "small non-enhancing tumour, right frontal",
    "spread": spread,
}

#: Some of each check's wrong answers, and a word that their hints must have.
WRONG = [
    ("confusion", counted, "counts"),
    ("confusion", lambda a, r, n: confusion(a, r, n).T, "swapped"),
    ("confusion", lambda a, r, n: counted(a, r, n) / len(a), "all requests"),
    ("confusion", lambda a, r, n: counted(a, r, n) / counted(a, r, n).sum(0), "trust"),
    ("confusion", lambda a, r, n: 100 * confusion(a, r, n), "per cent"),
    ("confusion", lambda a, r, n: (a == r).mean(), "shape"),
    ("confusion", lambda a, r, n: np.eye(3), "received"),
    ("psnr", lambda t, i: psnr(t, i, 1.0), "span 2"),
    ("psnr", lambda t, i: psnr(t, i, 255), "8-bit"),
    ("psnr", lambda t, i: -psnr(t, i), "sign"),
    ("psnr", lambda t, i: psnr(t, i) / 10, "tenths"),
    ("psnr", lambda t, i: psnr(t, i) * np.log(10), "base 10"),
    ("psnr", lambda t, i: psnr(t, i, np.sqrt(2)), "Square the peak"),
    ("psnr", lambda t, i: 10 * np.log10(4 / np.abs(t - i).mean()), "squared"),
    ("psnr", lambda t, i: 30.0, "received"),
    ("report", "small non-enhancing tumour, left frontal", "patient's"),
    ("report", "large non-enhancing tumour, right frontal", "size"),
    ("report", "small non-enhancing tumour", "place"),
    ("report", "small tumour, right frontal", "guessed"),
    ("report", "small non-enhancing glioma, right frontal", "glioma"),
    ("report", 3, "quotation"),
    ("spread", lambda m: spread(m, power=1), "root"),
    ("spread", lambda m: spread((m > 0).astype(float)), "Weigh"),
    ("spread", lambda m: spread(m, middle=True), "middle"),
    ("spread", lambda m: spread(m) * np.sqrt(m.sum()), "total"),
    ("spread", lambda m: 6.5 * spread(m), "millimetres"),
    ("spread", lambda m: 1.0, "received"),
]
