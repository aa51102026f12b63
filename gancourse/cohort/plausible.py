"""Check that a file holds what it is given as: a skull-stripped scan of a brain, or labels of one.

Sizes are judged by the areas of slices, since slabs and single slices are accepted.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from gancourse.cohort.brain import REMEDY, UNSTRIPPED, background, brain_mask
from gancourse.cohort.scheme import CAVITY
from gancourse.errors import InputError

#: Anything larger is more than a brain: the largest adult ones have about 2 L, and 220 cm2 in an axial slice.
LARGEST_ML, LARGEST_CM2 = 2200, 240
#: Least area of a brain's largest slice, except in the last centimetre of the vertex; and the least area if
#: the brain extends over more than `SLAB_MM` along every axis.
LEAST_CM2, LEAST_VOLUME_CM2, SLAB_MM = 30, 60, 45
#: Voxels, mm: thick slices are routine, coarse pixels are not; nothing that scans a whole brain is this fine.
COARSEST_PIXEL, THICKEST_SLICE, FINEST_PIXEL, FINEST_VOXEL = 4.5, 8.0, 0.1, 0.4
#: Share of neighbours in the plane with just the same value: 0.8 or more in label maps, 0.1 or less in scans,
#: also in those that were stored with 60 grey levels.
LABELLED = 0.5
#: Share of the tumour that may lie outside the brain, and of the brain that it may fill, before the two are
#: taken not to belong together; and of the brain that tissue labels have to fill.
OUTSIDE, FILLED, COVERED = 0.1, 0.6, 0.3
#: Share of a head's outline on which bone is seen between scalp and brain, and how dark bone is at least.
SHELL, BONE = 0.4, 0.7
#: What is said of a head.
SKULL = "a head with its skull"


def examine_scan(volume: np.ndarray, zooms: Sequence[float]) -> tuple[np.ndarray | None, str | None]:
    """Find the brain of a scan, and the first thing that is wrong with it.

    Args:
        volume: (X, Y, Z) float32 in LPS; what is not finite in it is replaced by the background.
        zooms: Voxel size, mm.

    Returns:
        The brain's mask, (X, Y, Z), or None if none is found; and the problem with its remedy, or None.
    """
    if problem := _voxel_problem(volume.shape, zooms):
        return None, problem
    broken = ~np.isfinite(volume)
    try:
        volume[broken] = np.nan
        brain, outside = brain_mask(volume), background(volume)
    except InputError as error:
        return None, str(error)
    volume[broken] = outside
    for k in (0, -1):  # a hole may go on beyond the first and the last slice
        brain[:, :, k] = ndimage.binary_fill_holes(brain[:, :, k])
    if not _size_sign(brain, zooms) and _is_labels(volume, brain):
        return brain, "flat areas of one value, as in a map of labels; expected a scan, give the right file"
    if sign := skull_sign(volume, brain, zooms, outside):
        return brain, f"{SKULL} ({sign}); {REMEDY}"
    return brain, _small_problem(brain, zooms)


def is_head(problem: str | None) -> bool:
    """Return whether a problem that `examine_scan` found is that the skull was not stripped."""
    return bool(problem) and str(problem).startswith((SKULL, UNSTRIPPED))


def labels_problem(role: str, labels: np.ndarray, brain: np.ndarray) -> str | None:
    """Return why labels, "seg" or "tissue", cannot be those of a brain, a mask of their shape, or None."""
    if role == "tissue":
        covered = (brain & (labels > 0)).sum() / max(int(brain.sum()), 1)
        if covered < COVERED:
            return f"labels on {covered:.0%} of the brain, expected CSF, GM and WM; give the tissue labels"
        return None
    tumour = (labels > 0) & (labels != CAVITY)
    outside = (tumour & ~brain).sum() / max(int(tumour.sum()), 1)
    if outside > OUTSIDE:
        return f"{outside:.0%} of the tumour lies outside the brain; correct or replace the file"
    filled = (tumour & brain).sum() / max(int(brain.sum()), 1)
    if filled > FILLED:
        return f"the tumour fills {filled:.0%} of the brain; is it a tissue map? replace the file"
    return None


def check_finite(broken: np.ndarray, brain: np.ndarray, name: str) -> None:
    """Refuse values inside the brain that are not finite; outside, some programs write NaN as background.

    Args:
        broken: (X, Y, Z) bool, where values are not finite.
        brain: (X, Y, Z) bool, of all modalities together.
        name: Of the file, for the message.

    Raises:
        InputError: Such a voxel lies two voxels or more below the brain's surface, or a slab is missing.
    """
    lost = (broken & ndimage.binary_erosion(brain, np.ones((3, 3, 1)), iterations=2)).any()
    for axis in range(3):
        others = tuple({0, 1, 2} - {axis})
        slices = np.flatnonzero(brain.any(others))
        lost |= np.all(broken, axis=others)[slices[0] : slices[-1]].any()
    if lost:
        raise InputError(f"{name}: NaN or infinity inside the brain; repair it, or leave this modality out")


def skull_sign(
    volume: np.ndarray, brain: np.ndarray, zooms: Sequence[float], outside: float = 0.0
) -> str | None:
    """Return the evidence that a "brain" is a head with its skull, or None.

    The evidence is a size that no brain has; or that most of the outline of slices through the upper half is,
    from outside inwards, bright (scalp), darker (bone) and bright again. Sulci look like that as well, but
    not side by side, and CSF below remains of the dura is brighter than bone.

    Args:
        volume: (X, Y, Z), finite.
        brain: Its foreground, of the same shape.
        zooms: mm.
        outside: Intensity of the background. If much of the foreground is darker, only size counts.
    """
    if size := _size_sign(brain, zooms):
        return size
    if np.percentile(volume[brain], 1) < outside:
        return None
    areas = brain.sum((0, 1))
    upper = np.flatnonzero((areas >= 0.5 * areas.max()) & (np.arange(len(areas)) >= areas.argmax()))
    upper = upper[np.linspace(0, len(upper) - 1, min(8, len(upper))).astype(int)]
    share = np.mean([_dips(volume[:, :, k] - outside, brain[:, :, k], zooms) for k in upper])
    return f"a bright shell round a dark one on {share:.0%} of its outline" if share > SHELL else None


def _size_sign(brain: np.ndarray, zooms: Sequence[float]) -> str | None:
    litres = brain.sum() * np.prod(zooms) / 1e6
    largest = brain.sum((0, 1)).max() * zooms[0] * zooms[1] / 100  # cm2
    if 1000 * litres > LARGEST_ML or largest > LARGEST_CM2:
        return f"{litres:.1f} L, {largest:.0f} cm2 in a slice, more than a brain has"
    return None


def _dips(image: np.ndarray, brain: np.ndarray, zooms: Sequence[float]) -> np.ndarray:
    """Return, for 72 directions from the centre, whether a dark shell lies 2 to 20 mm below the outline.

    Each is the mean with its neighbours over 45 degrees, in which sulci vanish and a skull stays. The shell
    has to be darker than the darker parts of what lies below 22 mm, there and all round: white matter on T2
    is no bone below a bright rim of fluid, since there is as much of it further in.
    """
    least = 0.2 * np.percentile(image[brain], 75)  # fainter, and it is noise of the air
    centre = np.array(ndimage.center_of_mass(brain & (image > least)))[:, None, None]
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    way = np.stack([np.cos(angles) / zooms[0], np.sin(angles) / zooms[1]])[..., None]  # voxels a mm
    inside = ndimage.map_coordinates(image, centre + way * np.arange(150), order=1) > least
    outline = 149 - inside[:, ::-1].argmax(1)[:, None]  # mm from the centre
    profile = ndimage.map_coordinates(image, centre + way * (outline - np.arange(40)), order=1)  # (72, 40)
    around = np.percentile(profile[:, 22:], 40)
    profile = ndimage.uniform_filter1d(profile, 9, axis=0, mode="wrap")
    inner = np.minimum(np.percentile(profile[:, 22:], 25, axis=1, keepdims=True), around)
    outer = np.maximum.accumulate(profile, axis=1)
    return (profile < BONE * np.minimum(inner, outer))[:, 2:20].any(1)


def _voxel_problem(shape: Sequence[int], zooms: Sequence[float]) -> str | None:
    """Return what is wrong with the voxel size, or None; the thickness of a single slice does not count."""
    sizes = sorted(zoom for zoom, n in zip(zooms, shape, strict=True) if n > 1)
    coarse = sizes[-1:] > [THICKEST_SLICE] or sizes[1:2] > [COARSEST_PIXEL]
    fine = sizes[:1] < [FINEST_PIXEL] or (len(sizes) == 3 and sizes[2] < FINEST_VOXEL)
    if not (coarse or fine):
        return None
    what = " x ".join(f"{zoom:.3g}" for zoom in zooms)
    return (
        f"voxels of {what} mm, {'coarser' if coarse else 'finer'} than a scan of the brain has; correct the "
        "header, or resample it"
    )


def _is_labels(volume: np.ndarray, brain: np.ndarray) -> bool:
    equal = []
    for axis in (0, 1):
        values, inside = np.moveaxis(volume, axis, 0), np.moveaxis(brain, axis, 0)
        equal.append((values[1:] == values[:-1])[inside[1:] & inside[:-1]])
    pairs = np.concatenate(equal)
    return bool(pairs.size and pairs.mean() > LABELLED)


def _small_problem(brain: np.ndarray, zooms: Sequence[float]) -> str | None:
    largest, extents = 0.0, []
    for axis in range(3):
        others = tuple({0, 1, 2} - {axis})
        areas = brain.sum(others) * np.prod([zooms[other] for other in others]) / 100
        largest = max(largest, areas.max())
        extents.append(np.ptp(np.flatnonzero(areas)) * zooms[axis])
    least = LEAST_VOLUME_CM2 if min(extents) > SLAB_MM else LEAST_CM2
    if largest >= least:
        return None
    return (
        f"{largest:.3g} cm2 in its largest slice, expected {least} or more of a brain; correct its voxel "
        "size, or give the right file"
    )
