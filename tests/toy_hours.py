"""Patients hour by hour for tests of the stroke clock: squares that grow brighter."""

import numpy as np

from gancourse.teaching.widgets.stroke_clock_game import Hours

HOURS = np.array([0, 1, 3, 4, 6, 24, 96], float)


def hours() -> Hours:
    """Two patients: FLAIR rises after 4.5 hours in "A", and too early in "B", whose first hour is missed."""
    ratio = np.array([[np.nan, 1, 1.05, 1.1, 1.3, 1.5, 1.5], [np.nan, np.nan, 1.05, 1.2, 1.3, 1.5, 1.5]])
    pictures = np.zeros((2, len(HOURS), 3, 40, 30), np.uint8)
    for k in range(2):
        for t in range(len(HOURS)):
            for scan in range(3):
                pictures[k, t, scan, 5:35, 5:25] = 60 + 40 * scan
                pictures[k, t, scan, 10 : 20 + 5 * k, 8:14] = 60 + 20 * t + scan
    return Hours(("A", "B"), HOURS, pictures, ratio)
