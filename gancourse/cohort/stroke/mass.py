"""Push the brain aside: a large infarct swells for days, narrows its ventricle and moves the midline.

The flow is that of a tumour's mass effect (`phantom.mass_effect`): its source is the infarct, which swells,
its sink the fluid of sulci and ventricles. How much it swells grows with time, as `timeline` says, and
differs from patient to patient. Everything that is asked of a pushed anatomy is asked of the place from which
its tissue came, so that tissue, vessels, infarcts and labels of all scans move together.
"""

from dataclasses import dataclass, fields

import numpy as np

from gancourse.cohort.phantom.anatomy import COARSE_MM, Anatomy, Tissue
from gancourse.cohort.phantom.lesions import soft
from gancourse.cohort.phantom.mass_effect import Push, coarse_points, midline_shift, push_aside
from gancourse.cohort.stroke.infarct import place_of, shape_infarct
from gancourse.cohort.stroke.stroke_parameters import StrokeParameters, stage

LEAST_ML = 3.0  # of swelling; less is pressed out of the infarct's own sulci
BORDER_MM = 1.5  # over which swelling ends at the infarct's border


@dataclass(frozen=True)
class PushedAnatomy(Anatomy):
    """The anatomy of a subject whose brain was pushed aside."""

    push: Push

    def tissue(self, points: np.ndarray) -> Tissue:
        """Return the healthy anatomy that lies at `points` (3, x, y, z), in mm, after the push."""
        return super().tissue(self.push.to_origin(points))

    def to_template(self, points: np.ndarray) -> np.ndarray:
        """Return the MNI coordinates (3, ...), in mm, of the tissue that lies at `points` (3, ...)."""
        return super().to_template(self.push.to_origin(points))

    @property
    def midline_mm(self) -> float:
        """Return by how much the midline has moved at most, in mm."""
        whole = Anatomy(**{f.name: getattr(self, f.name) for f in fields(Anatomy)})
        return midline_shift(self.push, whole)


def swelling_ml(p: StrokeParameters) -> float:
    """Return by how much the infarct has swollen, in mL."""
    return p.course.swelling * p.oedema * p.stroke.volume_ml if p.stroke else 0.0


def pushed(p: StrokeParameters, anatomy: Anatomy) -> Anatomy:
    """Return the anatomy after the infarct has pushed it aside; the same one if it has swollen little."""
    if p.stroke is None or swelling_ml(p) < LEAST_ML:
        return anatomy
    points = coarse_points()
    tissue = anatomy.tissue(points)
    there = tissue.brain
    place = place_of(anatomy, points[:, there], tissue.fractions[0][there], tissue.depth_mm[there], COARSE_MM)
    level = shape_infarct(p.stroke, place, p.reach, stage(p, 2))
    source = np.zeros(there.shape, np.float32)
    source[there] = p.course.swelling * p.oedema * soft(level, BORDER_MM)
    ventricle = tissue.wall_mm < 0
    fluid = np.maximum(tissue.fractions[0], ventricle)
    push = push_aside(source, fluid, ventricle, there, tissue.barrier_mm)
    return PushedAnatomy(**{f.name: getattr(anatomy, f.name) for f in fields(anatomy)}, push=push)
