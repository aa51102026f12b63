"""Brain phantoms: a cohort that may be shared freely, in BraTS' files and folders."""

from gancourse.cohort.phantom.phantom_files import make_cohort
from gancourse.cohort.phantom.subject import Phantom, make_subject

__all__ = ["Phantom", "make_cohort", "make_subject"]
