"""Draw the large vessels and the choroid plexus of the template: courses in MNI's space, radii in mm.

The courses were set down from atlases of the vascular anatomy (Osborn, Diagnostic Cerebral Angiography,
1999) on the ICBM average, to about 3 mm. The dural sinuses are not among them: they lie where falx and
tentorium meet the skull, see `vessels`.
"""

from collections.abc import Iterable

import numpy as np

Course = tuple[tuple[float, float], list[tuple[float, float, float]]]  # radii at both ends, points (x, y, z)

#: Courses of one side, x > 0, which the other side mirrors; those with x = 0 lie in the middle.
VESSELS: list[Course] = [
    ((2.0, 1.8), [(15, 4, -26), (14, 5, -18)]),  # internal carotid artery
    ((1.5, 1.3), [(13, 5, -18), (22, 7, -19), (31, 6, -18)]),  # middle cerebral artery and its branches
    ((1.1, 0.7), [(31, 6, -18), (37, 9, -10), (39, 9, 0), (40, 1, 9), (46, -8, 16)]),
    ((1.1, 0.7), [(31, 6, -18), (40, -2, -12), (41, -14, -4), (40, -26, 6), (46, -36, 14)]),
    ((1.1, 1.0), [(13, 5, -18), (6, 10, -18), (2, 14, -16)]),  # anterior cerebral artery
    ((1.0, 0.9), [(1.5, 14, -16), (1.5, 26, -12), (1.5, 36, -4), (1.5, 41, 6), (1.5, 38, 16)]),
    ((0.9, 0.6), [(1.5, 38, 16), (1.5, 28, 26), (1.5, 12, 33), (1.5, -8, 36), (1.5, -26, 36)]),
    ((1.7, 1.6), [(0, -20, -46), (0, -13, -37), (0, -11, -28), (0, -12, -19)]),  # basilar artery
    ((1.2, 0.7), [(0, -12, -19), (8, -13, -16), (16, -20, -14), (19, -30, -9), (16, -40, -3), (12, -54, 2)]),
    ((0.8, 1.1), [(2, 0, 11), (2.5, -8, 14), (2.5, -18, 16), (2.5, -28, 13), (0.5, -37, 9)]),  # inner veins
    ((0.6, 0.8), [(18, -20, 21), (14, -10, 19), (8, -2, 16), (2, 0, 11)]),
    ((0.7, 1.0), [(10, -4, -16), (15, -14, -12), (15, -26, -6), (8, -36, 2), (0.5, -40, 7)]),
    ((1.7, 1.4), [(0, -37, 9), (0, -42, 8), (0, -47, 5)]),  # vein of Galen and straight sinus
    ((1.2, 1.5), [(0, -47, 5), (0, -60, 1), (0, -76, -4), (0, -92, -9)]),
]
PLEXUS: list[Course] = [
    ((1.0, 1.6), [(3, 0, 13), (7, -8, 18), (11, -18, 20), (17, -30, 17), (22, -38, 10)]),
    ((1.8, 2.6), [(21, -37, 11), (23, -41, 6), (25, -42, 0)]),
    ((2.0, 1.0), [(25, -41, 0), (29, -33, -7), (32, -23, -13), (31, -14, -18)]),
    ((1.4, 1.4), [(0, -46, -34), (5, -46, -38)]),
]
REACH_MM = 6  # beyond which a vessel leaves nothing


def draw_courses(courses: Iterable[Course], mni: np.ndarray) -> np.ndarray:
    """Return the share 0..1 of vessels along `courses` at `mni` (3, X, Y, Z), a 1 mm grid in MNI mm, RAS."""
    share = np.zeros(mni.shape[1:], np.float32)
    origin = mni[:, 0, 0, 0]
    limit: np.ndarray = np.asarray(share.shape).reshape(3, 1, 1, 1, 1)
    window = np.stack(np.meshgrid(*[np.arange(-REACH_MM, REACH_MM + 1)] * 3, indexing="ij"))[:, None]
    for radii, points in courses:
        for side in (1, -1) if any(x for x, _, _ in points) else (1,):
            line, radius = dense(np.array(points, float) * [side, 1, 1], radii)
            place = (line - origin).T[:, :, None, None, None]  # (3, points, 1, 1, 1)
            voxels = np.rint(place).astype(int) + window
            away = np.sqrt(((voxels - place) ** 2).sum(0)) - radius[:, None, None, None]
            tube = 1 / (1 + np.exp(np.clip(away / 0.3, -30, 30)))
            inside = ((voxels >= 0) & (voxels < limit)).all(0)
            np.maximum.at(share, tuple(voxels[:, inside]), tube[inside])
    return share


def dense(points: np.ndarray, radii: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Place a point every half millimetre along a course (n, 3) -> points (m, 3) and their radii (m,)."""
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, along[-1], int(2 * along[-1]) + 2)
    line = np.stack([np.interp(at, along, column) for column in points.T], -1)
    return line, np.interp(at, along[[0, -1]], radii)
