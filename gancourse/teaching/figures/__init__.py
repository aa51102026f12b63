"""Figures of brains and of scores, each with its caption in words.

Every brain is shown in radiological convention, as if you stood at the patient's feet: the patient's right is
on the image's left. Arrays are LPS volumes (x to Left, y to Posterior, z to Superior), or slices that `view`
cut. The colour-blind can tell the colours apart.
"""

from gancourse.cohort.planes import view
from gancourse.teaching.figures.canvas import COLOURS, CONVENTION, panels, show
from gancourse.teaching.figures.distribution_figures import agreement, dots, histograms, intervals
from gancourse.teaching.figures.slice_figures import draw_slice, montage

__all__ = [
    "COLOURS",
    "CONVENTION",
    "agreement",
    "dots",
    "draw_slice",
    "histograms",
    "intervals",
    "montage",
    "panels",
    "show",
    "view",
]
