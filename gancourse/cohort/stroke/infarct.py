"""Shape an infarct: it fills the territory of closed branches from a centre on, up to its volume.

Each piece has a level, about the distance in mm from its border. It grows with the distance from the piece's
centre, rises steeply beyond the territory, and is uneven; where it is lowest, the piece lies. The distance is
shorter across the brain's border than along it, so that infarcts of the cortex are wedges.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from gancourse.cohort.phantom.anatomy import Anatomy
from gancourse.cohort.phantom.roughness import Roughness
from gancourse.cohort.phantom.template import load_template
from gancourse.cohort.stroke.arteries import BELOW, BRANCHES, STEM, Territories
from gancourse.cohort.stroke.patterns import CORTEX
from gancourse.cohort.stroke.stroke_parameters import InfarctParameters

FAR = 1e3
STEEP = 2.2  # how much longer a millimetre is beyond the territory
FLUID = 0.6  # voxels with more fluid than that are none of an infarct's
SHARES = 0.003, 0.2  # of the volume, from which to which further pieces are
SMALLEST_ML = 0.012
LOTTERY_MM = 14.0  # scale of the noise that places further pieces
REACH = 3.0  # how many radii from its centre a piece may reach
#: Infarcts of perforators are long upwards, those of the pons to the back: lengths of x, y and z.
DEEP_METRIC, STEM_METRIC = (1.25, 0.95, 0.75), (1.3, 0.75, 1.0)


@dataclass(frozen=True)
class Place:
    """Points of the brain, n of them, where an infarct may lie.

    Attributes:
        points: (3, n), mm in the subject.
        mni: (3, n), MNI mm.
        fluid: (n), 0..1, share of CSF.
        below: (n), 0..1, under the tentorium.
        depth: (n), mm below the brain's hull.
        voxel_mm: size of a voxel.
    """

    points: np.ndarray
    mni: np.ndarray
    fluid: np.ndarray
    below: np.ndarray
    depth: np.ndarray
    voxel_mm: float

    @property
    def voxel_ml(self) -> float:
        return self.voxel_mm**3 / 1000

    @property
    def room(self) -> np.ndarray:
        """Return where tissue can be lost, (n) bool."""
        return (self.fluid < FLUID) & (self.depth > 0.3)

    def at(self, where: np.ndarray) -> "Place":
        """Return the same of some of the points."""
        arrays = {item.name: getattr(self, item.name)[..., where] for item in fields(self)[:-1]}
        return replace(self, **arrays)


@dataclass(frozen=True)
class Unevenness:
    """Noise that makes borders uneven, fixed in space."""

    coarse: Roughness
    middle: Roughness
    fine: Roughness

    @classmethod
    def draw(cls, rng: np.random.Generator, radius: float) -> "Unevenness":
        return cls(
            *(Roughness.draw(rng, mm) for mm in (max(0.6 * radius, 4.0), max(0.25 * radius, 3.0), 2.2))
        )

    def at(self, points: np.ndarray, radius: float, ragged: float) -> np.ndarray:
        """Return the noise (n) in mm at `points` (3, n)."""
        coarse = self.coarse.at(points) + 0.6 * self.middle.at(points)
        return ragged * radius * coarse + (0.4 + 1.5 * ragged) * self.fine.at(points)


def place_of(
    anatomy: Anatomy, points: np.ndarray, fluid: np.ndarray, depth: np.ndarray, spacing: float
) -> Place:
    """Describe `points` (3, n), voxels of the brain that are `spacing` mm wide."""
    mni = anatomy.to_template(points)
    return Place(points, mni, fluid, load_template().below.at(mni), depth, spacing)


def shape_infarct(
    infarct: InfarctParameters, place: Place, reach: dict[str, float], rng: np.random.Generator
) -> np.ndarray:
    """Return the level (n), in mm, of an infarct in a place: negative inside.

    The pieces are drawn one after another, the largest last, so that all together have the volume. `reach` is
    what the subject's branches add to their landmarks' reach, mm.
    """
    level = np.full(place.fluid.shape, FAR, np.float32)
    territories = Territories(place.mni, reach)
    sides = (infarct.side, -infarct.side) if infarct.both else (infarct.side,)
    volumes = infarct.volume_ml * np.exp(rng.uniform(np.log(SHARES[0]), np.log(SHARES[1]), infarct.more))
    if infarct.pattern in ("emboli", "border zone"):  # no piece is much larger than the others
        volumes = infarct.volume_ml * rng.dirichlet(np.full(infarct.more + 1, 0.7))[:-1]
    main = [largest(infarct, place, territories, side, rng) for side in sides]
    lottery = Roughness.draw(rng, LOTTERY_MM)
    for volume in volumes:
        if volume < SMALLEST_ML:
            continue
        piece = further(infarct, place, territories, float(volume), main[0], lottery, rng)
        level = np.minimum(level, settled(piece, level, place, float(volume)))
    rest = infarct.volume_ml - place.voxel_ml * (place.room & (level < 0)).sum()
    for k, piece in enumerate(main):
        share = rest / (1 if len(main) == k + 1 else 1 + np.exp(0.8 * rng.standard_normal()))
        level = np.minimum(level, settled(piece, level, place, max(share, SMALLEST_ML)))
        rest -= share
    return level


def largest(
    infarct: InfarctParameters,
    place: Place,
    territories: Territories,
    side: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the level (n) of the largest piece, before its volume is set."""
    radius = radius_of(infarct.volume_ml)
    landmarks = [BRANCHES[name][rng.integers(len(BRANCHES[name]))] for name in infarct.branches]
    x, y, z, reach = landmarks[rng.integers(len(landmarks))]
    wanted = np.array([side * x, y, z]) + 0.5 * reach * rng.standard_normal(3)
    if radius > reach:  # what is larger than a branch's territory lies in the middle of all of them
        middle = np.mean([[side * a, b, c] for a, b, c, _ in landmarks], 0)
        wanted += min((radius - reach) / radius, 0.8) * (middle - wanted)
    allowed = allowed_in(infarct.branches, place)
    centre = nearest_room(wanted, place, allowed)
    away = distance(infarct, infarct.branches, place, centre, radius)
    off = territories.outside(infarct.branches, side)
    level = away + STEEP * np.clip(off, -0.5 * radius, None)
    level = level + Unevenness.draw(rng, radius).at(place.points, radius, infarct.ragged)
    return np.where(allowed & (away < REACH * radius + 30), level, FAR).astype(np.float32)


def further(
    infarct: InfarctParameters,
    place: Place,
    territories: Territories,
    volume_ml: float,
    main: np.ndarray,
    lottery: Roughness,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the level (n) of a further piece: some centimetres from the largest, or far from it.

    Its centre is where a noise that is fixed in space is highest, so that it hardly depends on the voxels.
    """
    allowed = place.room & (main < FAR)
    if rng.random() < infarct.far:
        names, side = (CORTEX[rng.integers(len(CORTEX))],), (1 if rng.random() < 0.5 else -1)
        if all(name in BELOW for name in infarct.branches) or "PCA calcarine" in infarct.branches:
            names = (["PCA calcarine", "PCA thalamic", "SCA", "PICA"][rng.integers(4)],)
        allowed = allowed_in(names, place) & (territories.outside(names, side) < 0)
    elif infarct.pattern in ("emboli", "border zone"):
        allowed &= territories.outside(infarct.branches, infarct.side) < 3
    else:
        near = main - np.min(main[allowed], initial=0.0)
        allowed &= near < 2.2 * radius_of(infarct.volume_ml) + 25
    if not allowed.any():
        return np.full(main.shape, FAR, np.float32)
    candidates = np.flatnonzero(allowed)
    drawn = lottery.at(place.points[:, candidates] + rng.uniform(0, 300, 3)[:, None])
    cortical = np.exp(-0.5 * ((place.depth[candidates] - 5) / 7) ** 2)
    centre = place.mni[:, candidates[(drawn + cortical).argmax()]]
    radius = radius_of(volume_ml)
    away = distance(infarct, CORTEX, place, centre, radius)
    level = away + Unevenness.draw(rng, radius).at(place.points, radius, infarct.ragged)
    return np.where(away < REACH * radius + 10, level, FAR).astype(np.float32)


def distance(
    infarct: InfarctParameters, branches: tuple[str, ...], place: Place, centre: np.ndarray, radius: float
) -> np.ndarray:
    """Return the distance (n), in mm, from a centre (3,), in a metric that gives infarcts their shapes."""
    offset = place.mni - centre[:, None].astype(np.float32)
    if not set(branches) & {*CORTEX, "SCA", "AICA", "PICA"}:
        metric = STEM_METRIC if set(branches) <= set(STEM) else DEEP_METRIC
        return np.linalg.norm(offset * np.array(metric, np.float32)[:, None], axis=0)
    inwards = np.stack([n.at(centre[:, None].astype(np.float32)) for n in load_template().inwards])[:, 0]
    inwards = inwards / max(float(np.linalg.norm(inwards)), 1e-3)
    deep = inwards @ offset
    along = np.sqrt(np.clip((offset**2).sum(0) - deep**2, 0, None))
    narrow = np.clip(1 + 0.4 * deep / radius, 0.7, 1.8)  # a wedge: wide at the hull, narrow in the depth
    return np.hypot(along * narrow, infarct.fold * deep)


def allowed_in(branches: tuple[str, ...], place: Place) -> np.ndarray:
    """Return which places (n) such branches can reach: none across the tentorium."""
    if set(branches) <= set(STEM):
        return place.room & ~((place.mni[1] < -44) & (place.mni[2] > -44))
    reached = np.zeros_like(place.room)
    if set(branches) & set(BELOW):
        reached |= place.below > 0.5
    if set(branches) - set(BELOW):
        reached |= place.below < 0.5
    return place.room & reached


def nearest_room(wanted: np.ndarray, place: Place, allowed: np.ndarray) -> np.ndarray:
    """Return the MNI place (3,) of allowed tissue that is nearest to the wanted one."""
    candidates = np.flatnonzero(allowed)
    away = ((place.mni[:, candidates] - wanted[:, None]) ** 2).sum(0)
    return place.mni[:, candidates[away.argmin()]]


def settled(piece: np.ndarray, others: np.ndarray, place: Place, volume_ml: float) -> np.ndarray:
    """Shift a piece's level (n) so that it adds a volume to what the others have below 0."""
    free = place.room & (others >= 0) & (piece < FAR / 2)
    wanted = max(round(volume_ml / place.voxel_ml), 1)
    values = piece[free]
    if not values.size:
        return piece
    if wanted >= values.size:
        return piece - values.max() - 1
    return piece - np.partition(values, wanted)[wanted]


def radius_of(volume_ml: float) -> float:
    """Return the radius, in mm, of a ball of that volume."""
    return float((3000 * volume_ml / (4 * np.pi)) ** (1 / 3))
