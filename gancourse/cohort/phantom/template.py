"""Prepare the ICBM template: from one average brain to fields that can be bent into many.

The template is the symmetric ICBM 2009a average of 152 people at 1 mm (Fonov et al., NeuroImage 54:313,
2011), which nilearn ships. Its T1 average shows cortex, sulci, deep nuclei and cerebellar folia more sharply
than its maps of grey and white matter do. It is therefore levelled (white matter becomes 1) and sharpened.
It is turned into tissue by thresholds only after it was bent: so tissue is crisp at any resolution, and a
person's sulci open when a threshold moves.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import nilearn
import numpy as np
from scipy import ndimage
from skimage.morphology import remove_small_objects
from skimage.segmentation import watershed

from gancourse.cohort.phantom.trunks import PLEXUS, VESSELS, draw_courses

MARGIN_MM = 64.0  # of the coarse fields around the brain: room for a head
COARSE_MM = 2.0
FLUID, GREY, WHITE = 0.25, 0.8, 1.0  # levels of the T1 average
Box = tuple[tuple[float, float], ...]  # limits along each axis
#: Deep grey nuclei: where they lie (MNI mm, |x|, y, z) and which levels of the T1 average they have.
NUCLEI: dict[str, tuple[list[Box], tuple[float, float]]] = {
    "STR": ([((5, 22), (-22, 28), (-6, 28)), ((13, 34), (-20, 20), (-12, 12))], (0.62, 0.925)),
    "THA": ([((1.5, 23), (-33, 2), (-2, 17))], (0.72, 0.985)),
    "PAL": ([((9, 27), (-14, 8), (-8, 7))], (0.925, 1.0)),
}
#: Small nuclei rich in iron, as ellipsoids (MNI mm): red nucleus, substantia nigra, dentate.
IRON = [
    ((5, -20, -8), (3, 3, 3.5)),
    ((9.5, -17, -11), (4.5, 2.2, 3)),
    ((14, -58, -35), (6, 5.5, 3)),
]


@dataclass(frozen=True)
class Field:
    """A volume (X, Y, Z) in MNI's space; the first voxel lies at `origin` (mm), voxels are `spacing` mm."""

    volume: np.ndarray
    origin: np.ndarray
    spacing: float

    def at(self, mni: np.ndarray) -> np.ndarray:
        """Interpolate at `mni` (3, ...), MNI mm -> float32 (...); beyond the edge, repeat the edge."""
        voxels = (mni - self.origin.reshape(3, *[1] * (mni.ndim - 1))) / self.spacing
        return ndimage.map_coordinates(self.volume, voxels, np.float32, order=1, mode="nearest")


@dataclass(frozen=True)
class Template:
    """Fields of the template, in MNI mm.

    Attributes:
        level: the sharpened T1 average: about 0.25 in fluid, 0.8 in cortex, 1 in white matter.
        tracts: how much darker than usual white matter is on the T1 average, in units of 3 %.
        lining: 0..255, where the average's grey between ventricle and white matter is only blur.
        deep: 0..255 each, caudate and putamen, thalamus, pallidum and other nuclei rich in iron.
        stem: 0..255, where grey and white matter mix below the voxel's size: brainstem and around.
        depth: mm below the brain's hull, negative outside.
        inwards: unit vector into the brain, away from the hull, three fields.
        wall: mm to the ventricles' wall, negative inside.
        normal: unit normal of the ventricles, three fields.
        trunks, plexus: 0..255, the large vessels and the choroid plexus.
        barrier: mm to the falx or the tentorium.
        below: 0..1, under the tentorium.
    """

    level: Field
    tracts: Field
    lining: Field
    deep: tuple[Field, ...]
    stem: Field
    depth: Field
    inwards: tuple[Field, ...]
    wall: Field
    normal: tuple[Field, ...]
    trunks: Field
    plexus: Field
    barrier: Field
    below: Field


@lru_cache(maxsize=1)
def load_template() -> Template:
    """Read the template from nilearn's wheel; some seconds, once per process."""
    folder = Path(nilearn.__file__).parent / "datasets" / "data"  # importing nilearn.datasets is slow

    def read(name: str) -> np.ndarray:
        image = nib.load(folder / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz")
        data = np.asanyarray(nib.as_closest_canonical(image).dataobj)  # RAS
        return data.astype(np.float32) / 255.0

    t1, gm, wm = read("t1"), read("gm"), read("wm")
    where = np.argwhere(t1 > 0)
    box = tuple(
        slice(max(int(a) - 6, 0), int(b) + 7) for a, b in zip(where.min(0), where.max(0), strict=True)
    )
    origin = np.array([s.start for s in box]) - np.array([98.0, 134.0, 72.0])
    t1, gm, wm = t1[box], gm[box], wm[box]
    mask = t1 > 0
    average, calm, level = levelled(t1, wm, mask)
    mni = np.indices(t1.shape, dtype=np.float32) + origin.reshape(3, 1, 1, 1).astype(np.float32)

    def fine(volume: np.ndarray) -> Field:
        return Field(volume, origin, 1.0)

    def coarse(volume: np.ndarray) -> Field:
        small = ndimage.zoom(volume, 0.5, order=1, grid_mode=True, mode="nearest").astype(np.float32)
        return Field(small, origin + 0.5, 2.0)

    csf = np.where(mask, np.clip(1 - gm - wm, 0, 1), 0)
    wall = ventricle_distance(csf, mni)
    gradient = np.stack(np.gradient(wall))
    normal = gradient / np.maximum(np.linalg.norm(gradient, axis=0), 0.3)
    deep = nuclei(calm, mni, wall)
    barrier, below = partitions(calm, mask, mni)
    depth = hull_depth(mask, origin)
    return Template(
        level=fine(level),
        tracts=coarse(np.clip((1.0 - average) / 0.03, -1.5, 3)),
        lining=fine(byte(lining(calm, wall, deep))),
        deep=tuple(fine(byte(d)) for d in deep),
        stem=fine(byte(stem(mni, level))),
        depth=depth,
        inwards=tuple(Field(n, depth.origin, 2.0) for n in steepest(depth.volume)),
        wall=coarse(wall),
        normal=tuple(coarse(n) for n in normal),
        trunks=fine(byte(draw_courses(VESSELS, mni))),
        plexus=fine(byte(draw_courses(PLEXUS, mni))),
        barrier=Field(barrier, origin, 2.0),
        below=Field(below, origin, 2.0),
    )


def byte(share: np.ndarray) -> np.ndarray:
    """Store 0..1 as uint8."""
    return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)


def levelled(t1: np.ndarray, wm: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """Divide the T1 average by its white matter nearby, and reverse the blur of averaging.

    Returns:
        The level as it is, sharpened at the scale of nuclei, and sharpened again at that of gyri, which gives
        thin sulci and white matter that reaches into every gyrus.
    """
    sure = (wm > 0.9).astype(np.float32)
    near, white = (ndimage.gaussian_filter(v[::4, ::4, ::4], 3.5) for v in (sure, t1 * sure))
    white = np.where(near < 1e-3, 0.88, white / np.maximum(near, 1e-3))
    white = ndimage.map_coordinates(white, np.indices(t1.shape, np.float32) / 4, order=1, mode="nearest")
    level = np.where(mask, t1 / white, 0.4).astype(np.float32)
    fine = level + 1.6 * (level - np.where(mask, nearby(level, mask, 1.5), 0.4))
    gyral = fine + level - np.where(mask, nearby(level, mask, 3.5), 0.4)
    return (
        level,
        fine,
        np.maximum(gyral, np.where(wm > 0.9, 2 * wm - 0.8, -np.inf)),
    )  # deep white matter is white


def nearby(level: np.ndarray, mask: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth within the mask."""
    weight = ndimage.gaussian_filter(mask.astype(np.float32), sigma, truncate=3)
    return ndimage.gaussian_filter(level * mask, sigma, truncate=3) / np.maximum(weight, 1e-3)


def ventricle_distance(csf: np.ndarray, mni: np.ndarray) -> np.ndarray:
    """Return the smooth distance to the ventricles' wall in mm, negative inside.

    The ventricles are the large pieces of fluid in the middle of the brain, without cisterns and fissures.
    """
    x, y, z = np.abs(mni[0]), mni[1], mni[2]
    lateral = (x > 2) & (x < 36) & (y < 36) & (y > -75) & (z > -22) & (z < 34)
    cistern = (x < 16) & (y < -27) & (z < 16)
    third = (x <= 3) & (y > -30) & (y < 12) & (z > -14) & (z < 18)
    fourth = (x < 10) & (y > -58) & (y < -36) & (z < -20) & (z > -46)
    inner = (csf > 0.5) & ((lateral & ~cistern) | third | fourth)
    ventricle = remove_small_objects(inner, max_size=150)
    distance = ndimage.distance_transform_edt(~ventricle) - ndimage.distance_transform_edt(ventricle)
    return ndimage.gaussian_filter(distance.astype(np.float32), 2.0)


def nuclei(level: np.ndarray, mni: np.ndarray, wall: np.ndarray) -> np.ndarray:
    """Find the deep grey nuclei by place and level -> shares (3, X, Y, Z) of STR, THA and PAL."""
    x, y, z = np.abs(mni[0]), mni[1], mni[2]
    calm = ndimage.gaussian_filter(level, 0.7)

    def inside(box: Box) -> np.ndarray:
        return np.logical_and.reduce(
            [(v > low) & (v < high) for v, (low, high) in zip((x, y, z), box, strict=True)]
        )

    found = []
    for boxes, (low, high) in NUCLEI.values():
        part = np.zeros(level.shape, bool)
        for box in boxes:
            seen = inside(box) & (calm > low) & (calm < high) & (wall > 0.5)
            part |= remove_small_objects(ndimage.binary_opening(seen), max_size=400)
        found.append(ndimage.gaussian_filter(part.astype(np.float32), 0.9))
    striatum, thalamus, pallidum = found
    for at, size in IRON:
        sphere = sum(((v - a) / s) ** 2 for v, a, s in zip((x, y, z), at, size, strict=True))
        pallidum = np.maximum(pallidum, 1 / (1 + np.exp(np.clip(4 * (sphere - 1), -30, 30))))
    thalamus = thalamus * (1 - pallidum)
    striatum = striatum * (1 - pallidum - thalamus)
    return np.stack([striatum, thalamus, pallidum])


def lining(level: np.ndarray, wall: np.ndarray, deep: np.ndarray) -> np.ndarray:
    """Find where the grey between ventricle and white matter is blur of the average, not a nucleus."""
    near = (wall > -3) & (wall < 3.5)
    grey = ((level > 0.5) & (level < 0.95)).astype(np.float32)
    thick = ndimage.grey_opening(grey, size=4)
    return ndimage.gaussian_filter(near * (1 - thick), 0.7) * (1 - deep.sum(0).clip(0, 1))


def stem(mni: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Mark brainstem and hypothalamus, 0..1."""
    x, y, z = np.abs(mni[0]), mni[1], mni[2]
    column = 1 / (1 + np.exp(np.clip((x - np.where(z < -20, 21, 15)) / 1.5, -30, 30)))
    front = 1 / (1 + np.exp(np.clip((np.abs(y + 24) - 17) / 1.5, -30, 30)))
    low = 1 / (1 + np.exp(np.clip((z + 3) / 1.5, -30, 30)))
    return column * front * low


def hull_depth(mask: np.ndarray, origin: np.ndarray) -> Field:
    """Return the depth below the brain's closed hull in mm on a coarse grid with `MARGIN_MM` around it."""
    margin = int(MARGIN_MM)
    padded = np.pad(mask, margin + margin % 2)[::2, ::2, ::2]
    ball = ndimage.distance_transform_edt(~padded) <= 3
    closed = ndimage.distance_transform_edt(ball) > 3
    closed |= padded
    depth = 2.0 * (ndimage.distance_transform_edt(closed) - ndimage.distance_transform_edt(~closed))
    return Field(ndimage.gaussian_filter(depth.astype(np.float32), 0.6), origin - margin, 2.0)


def steepest(depth: np.ndarray) -> np.ndarray:
    """Return the direction (3, X, Y, Z) in which the smoothed `depth` (X, Y, Z) grows."""
    gradient = np.stack(np.gradient(ndimage.gaussian_filter(depth, 2)))
    return gradient / np.maximum(np.linalg.norm(gradient, axis=0), 0.3)


def partitions(level: np.ndarray, mask: np.ndarray, mni: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find falx and tentorium -> distance to them in mm, and what lies below the tentorium; 2 mm grid.

    Basins flood from the white matter of both hemispheres and of the cerebellum; they meet in dark valleys.
    """
    level = ndimage.gaussian_filter(level, 1.0)[::2, ::2, ::2]
    mask = mask[::2, ::2, ::2]
    x, y, z = mni[:, ::2, ::2, ::2]
    white = (level > 0.93) & mask
    markers = np.zeros(level.shape, np.int32)
    markers[white & (x < -6) & ((z > 5) | (y > -20))] = 1
    markers[white & (x > 6) & ((z > 5) | (y > -20))] = 2
    markers[white & (z < -24) & (y < -38)] = 3
    markers[white & (np.abs(x) < 8) & (y < -20) & (y > -45) & (z < -20)] = 3
    basins = watershed(-level, markers, mask=mask)
    border = np.zeros(level.shape, bool)
    for axis in range(3):
        differ = np.diff(basins, axis=axis) != 0
        both = (np.delete(basins, 0, axis) > 0) & (np.delete(basins, -1, axis) > 0)
        index = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        border[index] |= differ & both
    border &= level < 0.8
    distance = 2 * ndimage.distance_transform_edt(~border).astype(np.float32)
    return distance, (basins == 3).astype(np.float32)
