"""Put a head round a phantom's brain: fluid, meninges, skull, scalp, eyes, air, muscles and neck.

No surface is downloaded. The skull and the scalp are shells round the brain's hull, whose thickness is a
smooth noise; face, neck, eyes and cavities are ellipsoids in MNI space, each of its own size and place in
every subject and on either side. Everything but the brain is approximate: it is there so that networks learn
what is not brain, not to show the anatomy of a face.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property

import numpy as np
from scipy import ndimage

from gancourse.cohort.phantom.anatomy import CENTRE_MM, CENTRE_MNI, Anatomy, sample, smooth_noise
from gancourse.cohort.phantom.parameters import HEALTHY

#: Classes round the brain, in the order of every array of head fractions. The first are the brain's own:
#: fluid of the subarachnoid space, and tissue that a narrow stripping would have cut off.
HEAD_CLASSES = (
    *HEALTHY, "DURA", "BONE", "MARROW", "FAT", "SKIN", "MUSCLE", "VITREOUS", "LENS", "NERVE", "BLOOD",
    "MUCOSA", "AIR",
)  # fmt: skip
NUMBER = {name: k for k, name in enumerate(HEAD_CLASSES)}

STEP_MM = 4.0  # of the grid that holds distance and noise
#: First point and size of that grid: BraTS' field of view and what a head needs round it, mm.
LOW_MM, SIZE_MM = np.array([-24.0, -36.0, -88.0]), (288, 312, 292)
NEAR_MM = 2.0  # points of the brain lie no farther outside its hull on that grid
CLOSE_MM = 10.0  # fissures of the brain narrower than twice this hold fluid, not bone

#: Cavities with air, then what lies in the orbits and the face: class, centre and radii in MNI mm (RAS), and
#: mm of variation. Centres with x > 0 stand for both sides.
AIR = (
    ((9, 42, -50), (6, 24, 16), 2.5),  # nasal cavity
    ((7, 40, -34), (5, 17, 9), 2.5),  # ethmoid cells
    ((7, 16, -42), (7, 9, 8), 3.0),  # sphenoid sinus
    ((13, 74, -8), (10, 4, 10), 4.0),  # frontal sinus
    ((29, 44, -62), (12, 15, 15), 3.0),  # maxillary sinus
    ((48, -36, -46), (7, 10, 14), 4.0),  # mastoid cells
    ((62, -22, -42), (13, 3, 3), 1.5),  # ear canal
    ((0, 8, -76), (11, 8, 16), 3.0),  # nasopharynx
    ((0, 2, -112), (9, 6, 28), 3.0),  # pharynx
    ((0, 42, -77), (14, 26, 2), 2.0),  # mouth
)
EYE, EYE_MM = np.array([32.0, 57.0, -40.0]), 12.0
ORBIT_APEX = np.array([15.0, 20.0, -30.0])
BONES = (
    ((65, 28, -48), (3, 18, 4), 2.0),  # cheek bone
    ((27, 58, -48), (15, 9, 3), 2.0),  # floor of the orbit
    ((50, 8, -84), (4, 12, 26), 3.0),  # mandible
    ((34, 44, -106), (14, 22, 7), 3.0),
    ((0, 68, -106), (18, 7, 8), 3.0),
    ((20, 56, -84), (20, 18, 6), 3.0),  # teeth
    ((0, 42, -72), (22, 26, 2), 1.5),  # palate
)


@dataclass(frozen=True)
class HeadParameters:
    """What varies between heads; lengths in mm."""

    gap_mm: float  # fluid between the brain and the dura
    dura_mm: float
    skull_mm: float
    marrow_share: float  # of the skull's thickness
    fat_mm: float  # under the skin
    skin_mm: float
    galea_mm: float  # fibres and muscle between skull and fat
    temple_mm: float  # muscle at the temples
    lumpiness: float  # standard deviation of the log thickness of all shells
    face_mm: float  # how far the face reaches to the front
    width_mm: float  # of the face and the neck, added to their half
    yellow: float  # 0 to 1, share of fat in the marrow
    open_sinuses: float  # 0 to 1.3, factor on their size
    turn_deg: float  # of the face and the neck against the brain


def draw_head(rng: np.random.Generator) -> HeadParameters:
    """Draw the head of one subject."""

    def lognormal(median: float, sigma: float, low: float, high: float) -> float:
        return float(np.clip(median * np.exp(sigma * rng.standard_normal()), low, high))

    return HeadParameters(
        gap_mm=lognormal(1.2, 0.7, 0.2, 6),
        dura_mm=lognormal(0.9, 0.35, 0.4, 2),
        skull_mm=lognormal(6.5, 0.25, 3.5, 12),
        marrow_share=float(rng.uniform(0.3, 0.65)),
        fat_mm=lognormal(3.8, 0.45, 1.2, 10),
        skin_mm=lognormal(1.7, 0.25, 1.0, 3),
        galea_mm=lognormal(1.0, 0.4, 0.3, 2.5),
        temple_mm=lognormal(6, 0.35, 2, 13),
        lumpiness=float(rng.uniform(0.1, 0.3)),
        face_mm=float(rng.normal(0, 5)),
        width_mm=float(rng.normal(0, 4)),
        yellow=float(rng.beta(2.5, 1.2)),
        open_sinuses=float(rng.uniform(0.4, 1.3)),
        turn_deg=float(rng.normal(0, 4)),
    )


@dataclass(frozen=True)
class Shells:
    """What `Head` knows of n points: MNI mm (3, n), distances, thicknesses and noise, mm."""

    mni: np.ndarray
    hull: np.ndarray  # distance to the brain's closed hull, negative inside
    waves: np.ndarray  # (5, n), unit noise
    gap: np.ndarray  # thickness of the subarachnoid fluid
    bone: np.ndarray
    fat: np.ndarray
    surface: np.ndarray  # distance to the skin's surface, negative inside

    def at(self, where: np.ndarray) -> "Shells":
        """Return the same of some of the points."""
        return Shells(*(getattr(self, item.name)[..., where] for item in fields(self)))


@dataclass(frozen=True)
class Head:
    """The head of one subject. Points are LPS, in mm from the first voxel of BraTS' 1 mm grid.

    Attributes:
        anatomy: the brain's.
        parameters: of the head.
        jitter: (n, 2, 6), unit noise for the place and size of each structure on either side.
        noise: (5, x, y, z), smooth unit noise on the grid of `STEP_MM`.
    """

    anatomy: Anatomy
    parameters: HeadParameters
    jitter: np.ndarray
    noise: np.ndarray

    @cached_property
    def hull_mm(self) -> np.ndarray:
        """Return the distance (x, y, z) to the brain's closed hull, negative inside, on the grid."""
        axes = [low + STEP_MM * np.arange(n) for low, n in zip(LOW_MM, self.noise.shape[1:], strict=True)]
        depth = depth_mm(self.anatomy, np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32))
        outside = ndimage.distance_transform_edt(depth <= 0) * STEP_MM
        # Half a voxel lies between the mask's last voxel and its edge; near it, the depth is more exact.
        near = np.where(depth > 0, -depth, np.maximum(outside - STEP_MM / 2, 0))
        within = ndimage.distance_transform_edt(near < CLOSE_MM) * STEP_MM - STEP_MM / 2
        closed = np.where(near < CLOSE_MM, CLOSE_MM - within, near)
        return ndimage.gaussian_filter(np.minimum(closed, near).astype(np.float32), 0.7)

    def hull_at(self, points: np.ndarray) -> np.ndarray:
        """Return the distance of `points` (3, ...) to the brain's closed hull, negative inside, mm."""
        low = LOW_MM.reshape(3, *(1,) * (points.ndim - 1)).astype(np.float32)
        return sample(self.hull_mm, (points - low) / np.float32(STEP_MM))

    def fractions(self, points: np.ndarray, inside: np.ndarray, edge_mm: float = 1.0) -> np.ndarray:
        """Return the fractions (18, x, y, z) of `HEAD_CLASSES`; all 0 in the brain, sum 1 elsewhere.

        Args:
            points: (3, x, y, z), mm.
            inside: (x, y, z) bool, what other maps hold: the brain.
            edge_mm: over which one tissue fades into the next.
        """
        found = np.zeros((len(HEAD_CLASSES), inside.size), np.float32)
        outside = np.flatnonzero(~inside)
        some = np.asarray(points, np.float32).reshape(3, -1)[:, outside]
        shells = self._shells(some)
        found[NUMBER["AIR"], outside] = np.clip(0.5 + shells.surface / edge_mm, 0, 1)
        within = np.flatnonzero(shells.surface < edge_mm / 2)
        outside, some = outside[within], some[:, within]
        left = 1 - found[NUMBER["AIR"], outside]
        for name, level in self._layers(shells.at(within)):
            share = left * np.clip(0.5 - level / edge_mm, 0, 1)
            found[NUMBER[name], outside] += share
            left -= share
        found[NUMBER["MUSCLE"], outside] += left
        near = shells.hull[within] < NEAR_MM
        self._add_cut_brain(found, outside[near], some[:, near])
        return found.reshape(-1, *inside.shape)

    def _add_cut_brain(self, found: np.ndarray, outside: np.ndarray, points: np.ndarray) -> None:
        """Put tissue where the stripping cut into the brain."""
        healthy, depth = brain_tissue(self.anatomy, points[:, None, None])
        cut = depth.ravel() > 0
        found[:, outside[cut]] = 0
        found[: len(HEALTHY), outside[cut]] = healthy.reshape(len(HEALTHY), -1)[:, cut]

    def _shells(self, points: np.ndarray) -> "Shells":
        """Return the depths of the shells at `points` (3, n)."""
        p = self.parameters
        grid = (points - LOW_MM[:, None].astype(np.float32)) / np.float32(STEP_MM)
        hull = sample(self.hull_mm, grid)
        waves = np.stack([sample(noise, grid) for noise in self.noise])
        thick = np.exp(np.float32(p.lumpiness) * waves[:3])
        at = turned(to_mni(self.anatomy, points), p.turn_deg)
        x, y, z = at
        temple = np.exp(-(((y - 8) / 30) ** 2) - ((z + 12) / 26) ** 2) * np.clip((np.abs(x) - 40) / 20, 0, 1)
        base = np.clip((-z - 20) / 25, 0, 1)
        gap = p.gap_mm * thick[0] * (1 + 0.5 * np.clip(z / 60, 0, 1))
        bone = p.skull_mm * thick[1] * (1 - 0.45 * temple) * (1 + 0.3 * base)
        fat = p.fat_mm * thick[2] * (1 + 0.5 * base)
        scalp = p.galea_mm + p.temple_mm * temple + fat + p.skin_mm
        surface = self._surface(at, hull - gap - p.dura_mm - bone - scalp, waves[3])
        return Shells(at, hull, waves, gap, bone, fat, surface)

    def _layers(self, s: "Shells") -> Iterator[tuple[str, np.ndarray]]:
        """Yield class and level (n), negative inside, mm; what comes first covers what follows."""
        p = self.parameters
        x, y, z = s.mni
        dura = s.hull - s.gap - p.dura_mm
        skull = dura - s.bone
        table = 0.5 * (1 - p.marrow_share) * s.bone
        axis = np.hypot(x, y + 44 + 0.12 * (z + 75))
        low = np.maximum(z + 64, -s.hull)
        yield "NERVE", np.maximum(axis - 5.5, low)  # the spinal cord
        yield "CSF", np.maximum(axis - 9.5, low)
        sinus = np.hypot(x, dura + 1.5) - 3.5 * np.exp(0.2 * s.waves[3])
        yield "BLOOD", np.maximum(sinus, -(z - 0.8 * y - 20))
        yield "CSF", s.hull - s.gap
        yield "DURA", dura
        yield "BONE", dura - 0.8 * table
        for name, level in self._cavities(s.mni):
            yield name, np.maximum(level, s.surface + 1.2)
        yield "SKIN", -s.surface - p.skin_mm
        yield from self._bones(s.mni, axis)
        yield "MARROW", skull + 1.2 * table
        yield "BONE", skull
        yield "FAT", np.maximum(-s.surface - p.skin_mm - s.fat, 0.5 - skull + p.galea_mm)
        pockets = 3 * (0.9 - s.waves[4]) + 4 * np.clip((z + 30) / 20, 0, 1)
        yield "FAT", np.maximum(pockets, 1 - skull)

    def _surface(self, at: np.ndarray, scalp: np.ndarray, wave: np.ndarray) -> np.ndarray:
        """Return the level of the head's surface: the scalp's, joined with face, nose, ears and neck."""
        p = self.parameters
        wave = np.float32(1.5) * wave
        wide = p.width_mm
        face = ball(at, (0, 26, -72), (62 + wide, 62 + p.face_mm, 58)) + wave
        jaw = ball(at, (0, 34, -100), (50 + wide, 52 + p.face_mm, 30)) + wave
        lean = at + np.array([[0], [0.25], [0]], np.float32) * (at[2] + 80)
        neck = np.maximum(np.hypot(lean[0] / (58 + wide), (lean[1] + 26) / 60) * 60 - 60, at[2] + 45) + wave
        nose = ball(at, (0, 84 + p.face_mm, -58), (13, 18, 17))
        level = scalp
        for part, k in ((face, 14.0), (jaw, 10.0), (neck, 14.0), (nose, 6.0)):
            level = joined(level, part, k)
        size = 1 + 0.15 * self.jitter[-1, 0, 0]
        side = np.stack([np.abs(at[0]), at[1], at[2]])
        ear = ball(side, (80 + wide / 2, -30, -38), (10, 14 * size, 26 * size))
        return np.minimum(
            level, np.maximum(ear, 5 - np.abs(side[0] - 79 - wide / 2 - (at[1] + 30) * -0.3) - 1)
        )

    def _cavities(self, at: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Yield eyes and orbits, and air with the mucosa and bone that line it."""
        for sign, k in ((1, 0), (-1, 1)):
            side = at * np.array([[sign], [1], [1]], np.float32)
            shift, size = 1.5 * self.jitter[0, k, :3], 1 + 0.04 * self.jitter[0, k, 3]
            eye = EYE + shift
            radius = EYE_MM * size
            globe = np.linalg.norm(side - eye[:, None], axis=0)
            front = side[1] - eye[1]
            yield "LENS", ball(side, tuple(eye + [0, 0.72 * radius, 0]), (4.5, 2.2, 4.5))
            yield "VITREOUS", globe - radius
            yield "DURA", globe - radius - 1.2
            share = np.clip((side[1] - ORBIT_APEX[1]) / (eye[1] - ORBIT_APEX[1]), 0, 1)
            middle = ORBIT_APEX[:, None] + share * (eye - ORBIT_APEX)[:, None]
            off = np.linalg.norm(side - middle, axis=0)
            behind = np.maximum(front, ORBIT_APEX[1] - side[1])
            yield "NERVE", np.maximum(off - 2.2, behind)
            cone = 4 + 13 * share
            angle = np.arctan2(side[2] - middle[2], side[0] - middle[0])
            rectus = np.maximum(np.abs(off - cone + 4) - 1.8, 6 * (0.25 - np.cos(4 * angle)))
            yield "MUSCLE", np.maximum(rectus, behind)
            yield "FAT", np.maximum(off - cone, np.maximum(front - 6, ORBIT_APEX[1] - side[1]))
        for number, (centre, radii, vary) in enumerate(AIR, 1):
            opened = self.parameters.open_sinuses if number in (3, 4, 5, 6) else 1.0
            level = self._both_sides(at, number, centre, tuple(opened * r for r in radii), vary)
            lining = 0.4 + 0.8 * np.abs(self.jitter[number, 0, 5])
            yield "AIR", level + lining
            yield "MUCOSA", level
            if number not in (1, 8, 9, 10):
                yield "BONE", level - 1.5

    def _bones(self, at: np.ndarray, axis: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Yield bones of the face and the vertebrae, each with marrow inside."""
        discs = 18.0
        height = np.abs((at[2] + 88) % discs - discs / 2) - (discs / 2 - 2.5)
        body = ball(at, (0, -24, -100), (13, 11, 1e3))
        arch = np.maximum(axis - 14, 10 - axis)
        spine = np.maximum(np.minimum(body, arch), at[2] + 72)
        vertebra = np.maximum(spine, height)
        yield "MARROW", vertebra + 1.5
        yield "BONE", vertebra
        yield "MUCOSA", np.maximum(body, at[2] + 72)  # discs
        for number, (centre, radii, vary) in enumerate(BONES, len(AIR) + 1):
            level = self._both_sides(at, number, centre, radii, vary)
            yield "MARROW", level + 1.8
            yield "BONE", level

    def _both_sides(self, at: np.ndarray, number: int, centre, radii, vary: float) -> np.ndarray:
        """Return the level of an ellipsoid, or of a pair of them that differ a little."""
        levels = []
        for sign, k in ((1, 0), (-1, 1))[: 2 if centre[0] else 1]:
            draw = self.jitter[number, k]
            place = np.array(centre) + vary * np.clip(draw[:3], -2, 2) * [1 if centre[0] else 0.3, 1, 1]
            size = np.array(radii, float) * np.exp(0.15 * np.clip(draw[3:], -2, 2))
            levels.append(ball(at * np.array([[sign], [1], [1]], np.float32), place, size))
        return np.minimum.reduce(levels)


def make_head(anatomy: Anatomy, rng: np.random.Generator) -> Head:
    """Draw the head round a brain."""
    parameters = draw_head(rng)
    jitter = rng.standard_normal((len(AIR) + len(BONES) + 2, 2, 6))
    shape = tuple(int(n / STEP_MM) + 1 for n in SIZE_MM)
    scales = (30, 30, 25, 20, 9)
    noise = np.stack([smooth_noise(rng, shape, scale / STEP_MM) for scale in scales])
    return Head(anatomy, parameters, jitter, np.clip(noise, -3, 3))


def parameters_row(head: Head) -> dict[str, float]:
    """Return the head's parameters as columns of the cohort's table."""
    return {f"head_{name}": value for name, value in asdict(head.parameters).items()}


def ball(at: np.ndarray, centre, radii) -> np.ndarray:
    """Return about the distance in mm to an ellipsoid's surface, negative inside; `at` is (3, n)."""
    centre, radii = (np.reshape(part, (3, 1)).astype(np.float32) for part in (centre, radii))
    offset = (at - centre) / radii
    norm = np.sqrt((offset**2).sum(0))
    slope = np.sqrt(((offset / radii) ** 2).sum(0))  # of the norm, times the norm
    return norm * (norm - 1) / np.maximum(slope, 1e-3)


def joined(first: np.ndarray, second: np.ndarray, round_mm: float) -> np.ndarray:
    """Return the level of the union of two bodies whose seam is rounded over about `round_mm`."""
    share = np.clip(0.5 + 0.5 * (second - first) / round_mm, 0, 1)
    return second * (1 - share) + first * share - round_mm * share * (1 - share)


def turned(at: np.ndarray, degrees: float) -> np.ndarray:
    """Nod the points (3, n) below the brain's middle about the ears by an angle."""
    angle = np.deg2rad(degrees)
    y, z = at[1] + 20, at[2] + 40
    share = np.clip((-at[2] - 10) / 40, 0, 1)
    new_y = np.cos(angle) * y - np.sin(angle) * z - 20
    new_z = np.sin(angle) * y + np.cos(angle) * z - 40
    return np.stack([at[0], at[1] + share * (new_y - at[1]), at[2] + share * (new_z - at[2])])


def to_mni(anatomy: Anatomy, points: np.ndarray) -> np.ndarray:
    """Return `points` (3, n) in MNI mm (RAS), by the affine part of the subject's map alone."""
    matrix = np.diag([-1, -1, 1]) @ anatomy.matrix
    shift = CENTRE_MNI - matrix @ CENTRE_MM
    return matrix.astype(np.float32) @ points + shift.astype(np.float32)[:, None]


def depth_mm(anatomy: Anatomy, points: np.ndarray) -> np.ndarray:
    """Return the depth (x, y, z) of `points` (3, x, y, z) below the brain's hull in mm, negative outside."""
    return anatomy.hull(points)[1]


def brain_tissue(anatomy: Anatomy, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the healthy fractions (6, x, y, z) up to the hull, whatever the stripping, and the depth."""
    found = replace(anatomy, edge_mm=-0.5, edge=np.zeros_like(anatomy.edge)).tissue(points)
    return found.fractions, found.depth_mm
