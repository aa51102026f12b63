"""Put infarcts into a brain's maps: an acute one, an old one with its cavity, and what swelling closes."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import CENTRE_MM, Anatomy, Tissue
from gancourse.cohort.phantom.lesions import soft
from gancourse.cohort.phantom.maps import CSF, ED, GM, WM, Maps, tissue_maps
from gancourse.cohort.phantom.roughness import Roughness
from gancourse.cohort.stroke.infarct import FAR, FLUID, Place, place_of, shape_infarct
from gancourse.cohort.stroke.stroke_parameters import StrokeParameters, stage

CAVITY_MM = 2.0  # depth at which an old infarct is a cavity, about; what lies above is a scar
STRANDS_MM = 2.5  # by how much that depth varies, so that strands and islands of scar stay inside
FRINGE_MM = 4.0  # over which the scar fades into white matter
CAPS_MM = 11.0  # how far leukoaraiosis reaches from the ventricles at its worst
PATCHES_MM = 7.0, 2.8  # size of what is spared in an infarct
SPARED = 0.45  # share of the tissue there, about, at most
ELSEWHERE_MM = 160.0  # apart, a noise is another noise
SPOTS = 2.9  # standard deviations of a noise above which there are spots; fewer at its worst


@dataclass(frozen=True)
class StrokeMaps:
    """A brain's maps (x, y, z) and what infarcts have changed in it.

    Attributes:
        maps: the brain without infarcts, but with the sulci that swelling has closed.
        acute, scar, cavity: float32, 0..1, shares of the tissue in each state.
        seg, old: bool, labels of the acute and of the old infarct, inside the brain.
    """

    maps: Maps
    acute: np.ndarray
    scar: np.ndarray
    cavity: np.ndarray
    seg: np.ndarray
    old: np.ndarray


def stroke_maps(p: StrokeParameters, anatomy: Anatomy, points: np.ndarray, spacing: float) -> StrokeMaps:
    """Compute the maps of a patient at `points` (3, x, y, z), in mm, `spacing` mm apart."""
    maps = with_leukoaraiosis(p, tissue_maps(p.brain, anatomy, None, points, spacing, stage(p, 3)), points)
    there = (maps.fractions.sum(0) > 0.5) & (maps.depth_mm > -1)
    fluid = np.where(maps.wall_mm < 0, 1, maps.fractions[CSF])  # the plexus is no tissue of an infarct
    place = place_in(anatomy, points, fluid, maps.depth_mm, there, spacing)
    acute_mm, old_mm = (whole(level, there) for level in levels(p, place))
    acute = soft(acute_mm, p.stroke.border_mm if p.stroke else 1.0)
    lost = soft(old_mm, p.old.border_mm if p.old else 1.0)
    rough = Roughness.draw(stage(p, 7), 4.0).at(points) if p.old else np.float32(0)
    cavity = lost * soft(old_mm + CAVITY_MM + STRANDS_MM * rough, 0.6)
    fringe = soft(old_mm - FRINGE_MM / 2, FRINGE_MM / 2) * (maps.fractions[WM] > 0.5)  # gliosis beside it
    scar = np.clip(np.maximum(lost, 0.8 * fringe) - cavity, 0, 1)
    acute = acute * (1 - np.clip(lost, 0, 1)) * damage(p, points)
    room = (fluid < FLUID) & there
    seg = labels(acute_mm < 0, room, maps.brain) & (lost < 0.5)
    old = labels(old_mm < 0, room, maps.brain)
    return StrokeMaps(swollen(p, maps, acute), acute, scar, cavity, seg, old)


def damage(p: StrokeParameters, points: np.ndarray) -> np.ndarray:
    """Return how much of the tissue at `points` (3, x, y, z) is struck where an infarct lies, 0..1.

    Some of it is spared, in patches of about a gyrus's width and in finer ones.
    """
    if p.stroke is None:
        return np.ones(points.shape[1:], np.float32)
    rng = stage(p, 8)
    broad, fine = (Roughness.draw(rng, mm).at(points) for mm in PATCHES_MM)
    return 1 - SPARED * p.stroke.patchy * np.clip(0.3 + 0.8 * broad + 0.5 * fine, 0, 1.6)


def stroke_labels(p: StrokeParameters, anatomy: Anatomy, points: np.ndarray, spacing: float) -> Place | None:
    """Return the places (see `Place`) of the acute infarct's label, without a scan; None if there is none."""
    if p.stroke is None:
        return None
    tissue: Tissue = anatomy.tissue(points)
    fluid, there = np.where(tissue.wall_mm < 0, 1, tissue.fractions[CSF]), tissue.brain
    place = place_in(anatomy, points, fluid, tissue.depth_mm, there, spacing)
    acute_mm = whole(shape_infarct(p.stroke, place, p.reach, stage(p, 2)), there)
    return place.at(labels(acute_mm < 0, fluid < FLUID, there)[there])


def with_leukoaraiosis(p: StrokeParameters, maps: Maps, points: np.ndarray) -> Maps:
    """Make white matter diseased, as in most patients: caps beside the ventricles, and spots.

    Between Fazekas' grades 0 and 3 (AJR 149:351, 1987) by `hyperintensity`, on top of what `vessels` makes.
    """
    rng, grade = stage(p, 6), p.brain.hyperintensity
    mirrored = points.copy()  # both sides are much alike, but not the same
    mirrored[0] = CENTRE_MM[0] + np.abs(points[0] - CENTRE_MM[0])
    noises = [Roughness.draw(rng, mm) for mm in (7.0, 3.5)]
    broad, small = (0.8 * noise.at(mirrored) + 0.6 * noise.at(points + ELSEWHERE_MM) for noise in noises)
    reach = CAPS_MM * grade * np.exp(0.5 * broad)
    beside = soft(maps.wall_mm - reach, 1.0) * (maps.wall_mm > -0.5) * np.clip(3 * grade, 0, 1)
    spots = soft(SPOTS - 1.1 * grade - np.maximum(small, broad), 0.12) * np.clip(4 * grade - 0.4, 0, 1)
    deep = np.clip((maps.depth_mm - 6) / 4, 0, 1) * (
        maps.wall_mm > -0.5
    )  # the fibres below the cortex are spared
    share = maps.fractions[WM] * np.clip(np.maximum(beside, spots * deep), 0, 0.85)
    fractions = maps.fractions.copy()
    fractions[WM] -= share
    fractions[ED] += share
    return replace(maps, fractions=fractions)


def place_in(
    anatomy: Anatomy,
    points: np.ndarray,
    fluid: np.ndarray,
    depth: np.ndarray,
    there: np.ndarray,
    spacing: float,
) -> Place:
    """Return the places of the voxels that are `there`, (x, y, z) bool."""
    return place_of(anatomy, points[:, there], fluid[there], depth[there], spacing)


def levels(p: StrokeParameters, place: Place) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels (n), in mm, of the acute and of the old infarct."""
    none = np.full(place.fluid.shape, FAR, np.float32)
    acute = shape_infarct(p.stroke, place, p.reach, stage(p, 2)) if p.stroke else none
    return acute, shape_infarct(p.old, place, p.reach, stage(p, 4)) if p.old else none


def whole(level: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Put levels (n) back where they came from, `FAR` elsewhere."""
    filled = np.full(there.shape, FAR, np.float32)
    filled[there] = level
    return filled


def labels(inside: np.ndarray, room: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Return the label of an infarct, (x, y, z) bool: as drawn by hand, without sulci but narrow ones."""
    label = inside & room & brain
    narrow = ndimage.binary_closing(label, iterations=1) & inside & brain
    return label | narrow


def swollen(p: StrokeParameters, maps: Maps, acute: np.ndarray) -> Maps:
    """Close the sulci in an infarct that has swollen."""
    if p.stroke is None or not acute.any():
        return maps
    near = ndimage.gaussian_filter(acute, 1.0)
    closed = p.course.swelling * near * maps.fractions[CSF] * (maps.wall_mm > 2)
    fractions = maps.fractions.copy()
    fractions[CSF] -= closed
    fractions[GM] += closed
    return replace(maps, fractions=fractions)
