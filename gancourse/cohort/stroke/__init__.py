"""Brain phantoms with stroke: a cohort that may be shared freely, in ISLES 2022's files and folders."""

from gancourse.cohort.stroke.stroke_files import make_stroke_cohort
from gancourse.cohort.stroke.stroke_subject import StrokePhantom, make_stroke_subject

__all__ = ["StrokePhantom", "make_stroke_cohort", "make_stroke_subject"]
