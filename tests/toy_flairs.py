"""Phantoms for tests of the game of four FLAIRs: discs, whose brightness says which picture it is."""

import numpy as np

from gancourse.teaching.widgets.which_flair_game import People


def people(count: int = 6, size: int = 16) -> People:
    """Every third phantom is healthy; in the others, the segmenter finds 90, 50, 0 and 20 % of the tumour."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    brain = x**2 + y**2 < (0.45 * size) ** 2
    pictures = np.zeros((count, 5, size, size), np.uint8)
    tumour = np.zeros((count, size, size), bool)
    found, invented = np.full((count, 4), np.nan), np.zeros((count, 4))
    for k in range(count):
        pictures[k] = brain * (40 + 5 * k + 40 * np.arange(5)[:, None, None])
        if k % 3:
            tumour[k, 5 : 8 + k % 2, 5:9] = True
            pictures[k, 1:3, tumour[k]] = 230  # real and paired show it
            found[k] = 0.9, 0.5, 0.0, 0.2
        invented[k] = 0, 0.1, 0, 3.5
    return People(pictures, tumour, found, invented)
