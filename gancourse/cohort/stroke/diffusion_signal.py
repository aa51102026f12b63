"""Compute DWI and ADC, and T1, T2 and FLAIR with infarcts, from tissue parameters.

    b0  = PD (1 - exp(-TR/T1)) exp(-TE/T2)          spin echo, read by an echo-planar train
    DWI = b0 exp(-b D)
    ADC = ln(b0 / DWI) / b                          from the images, with their noise

So DWI is T2-weighted too: what has a long T2 shines through, and only ADC tells. Coefficients of diffusion
lie near those of Sener (Comput. Med. Imaging Graph. 25:299, 2001) and Helenius et al. (AJNR 23:194, 2002) for
normal tissue. An infarct is the tissue that it struck, with other T1, T2 and D (`timeline`); a scar is that
with much more water, and its cavity is fluid.

Near air the field is uneven: echo-planar images are shifted there along the phase axis, so that signal piles
up or thins out, and part of it is lost.
"""

from dataclasses import replace

import numpy as np

from gancourse.cohort.phantom import signal
from gancourse.cohort.phantom.acquisition import acquire, draw_noise
from gancourse.cohort.phantom.anatomy import Anatomy, sample
from gancourse.cohort.phantom.edge import SHELL_MM
from gancourse.cohort.phantom.head import to_mni
from gancourse.cohort.phantom.maps import Maps
from gancourse.cohort.phantom.parameters import CLASSES, HEALTHY, Parameters
from gancourse.cohort.stroke.infarct_maps import StrokeMaps
from gancourse.cohort.stroke.stroke_parameters import StrokeParameters

#: Coefficient of diffusion by class, 10^-3 mm2/s. ED is leukoaraiosis here.
DIFFUSION = {"CSF": 3.0, "GM": 0.83, "WM": 0.72, "STR": 0.74, "THA": 0.75, "PAL": 0.74, "ED": 1.05}
UNEVEN = 0.05  # standard deviation of its logarithm inside a class
#: T1, T2 and D of a scar as factors on those of the tissue that it replaced.
SCAR = 1.2, 2.1, 1.6
CAVITY_D = 2.7
OUTSIDE = 0.08  # signal beyond the brain, whose fat is suppressed; white matter without weighting is 1
#: Where air bends the field: place (MNI mm), size (mm), and shift, relative to the largest.
AIR = (
    ((0, 66, -16), 13.0, 1.0), ((0, 22, -36), 12.0, 0.7), ((56, -22, -38), 12.0, 0.8),
    ((-56, -22, -38), 12.0, 0.8), ((0, -30, -66), 14.0, -0.5),
    ((13, 44, -20), 6.0, 0.5), ((-13, 46, -20), 6.0, 0.5), ((47, -14, -32), 6.0, 0.4),
    ((-48, -16, -32), 6.0, 0.4),
)  # fmt: skip
LOST = 0.75  # of the signal where the field is steepest, at most


#: Where healthy tissue is bright on DWI: places of the side with x > 0 (MNI mm) and their size (mm); the
#: pyramidal tract from the white matter under the cortex down to the pons, and limbic cortex.
TRACT = (
    (26, -22, 38), (26, -21, 30), (26, -20, 22), (25, -18, 14), (22, -17, 6), (18, -16, -2), (14, -17, -10),
    (10, -19, -18), (6, -22, -28),
), 4.5  # fmt: skip
LIMBIC = (
    (38, 12, 2), (39, 2, 4), (39, -8, 6), (5, 36, 14), (5, 22, 28), (5, 6, 36), (5, -12, 38), (5, -30, 36),
    (28, -14, -18), (29, -24, -13), (26, -34, -6),
), 7.0  # fmt: skip


def changed(p: Parameters, t1: float, t2: float) -> Parameters:
    """Return parameters whose tissue, but for fluid, has T1 and T2 longer by these factors."""
    solid = [c for c in CLASSES if c != "CSF"]
    return replace(p, t1=p.t1 | {c: t1 * p.t1[c] for c in solid}, t2=p.t2 | {c: t2 * p.t2[c] for c in solid})


def clean(modality: str, p: StrokeParameters, s: StrokeMaps) -> tuple[np.ndarray, np.ndarray]:
    """Return T1, T2 or FLAIR before acquisition, with infarcts and without, (x, y, z), white matter 1."""
    healthy = signal.clean(modality, p.brain, s.maps)
    sequence = signal.timing(modality, p.brain.scans[modality])
    white, fluid = (signal.equation(sequence, *signal.tissue(c, p.brain)) for c in ("WM", "CSF"))
    image = healthy * (1 - s.acute - s.scar - s.cavity) + s.cavity * fluid / white
    for share, t1, t2 in ((s.acute, p.course.t1, p.course.t2), (s.scar, *SCAR[:2])):
        if share.max() > 0.01:
            struck = changed(p.brain, t1, t2)
            unit = signal.equation(sequence, *signal.tissue("WM", struck)) / white
            image += share * unit * signal.clean(modality, struck, s.maps)
    return image, healthy


def clean_diffusion(p: StrokeParameters, s: StrokeMaps) -> tuple[np.ndarray, np.ndarray]:
    """Return b0 and DWI before acquisition, (x, y, z), white matter 1 in b0."""
    how = p.diffusion
    sequence = (how.repetition_ms, how.echo_ms, None)
    white = signal.equation(sequence, *signal.tissue("WM", p.brain))
    fluid = signal.equation(sequence, *signal.tissue("CSF", p.brain)) / white
    rest = 1 - s.acute - s.scar - s.cavity
    b0, dwi = s.cavity * fluid, s.cavity * fluid * np.exp(-how.b * CAVITY_D / 1000)
    states = ((rest, 1.0, 1.0, 1.0), (s.acute, p.course.t1, p.course.t2, p.course.adc), (s.scar, *SCAR))
    for share, t1, t2, d in states:
        if share.max() > 0.01:
            plain, weighted = mixed(changed(p.brain, t1, t2), s.maps, sequence, how.b, d)
            b0, dwi = b0 + share * plain / white, dwi + share * weighted / white
    known = s.maps.fractions.sum(0) > 0.5
    return np.where(known, b0, OUTSIDE), np.where(known, dwi, OUTSIDE / 2)


def mixed(
    p: Parameters, maps: Maps, sequence: tuple[float, float, None], b: float, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return b0 and DWI (x, y, z) of the classes' mixture; `factor` is on D of all but fluid."""
    b0, dwi = np.zeros(maps.brain.shape, np.float32), np.zeros(maps.brain.shape, np.float32)
    for c, name in enumerate(CLASSES):
        if name not in DIFFUSION or not maps.fractions[c].any():
            continue
        pd, t1, t2 = signal.tissue(name, p)
        base = signal.equation(sequence, pd, t1, t2)
        longer = signal.equation(sequence, pd, t1, t2 * np.exp(p.texture * signal.TEXTURE_T2[name]))
        local = base + np.clip((longer - base) * maps.texture[1], -0.5 * base, 0.8 * base)
        d = DIFFUSION[name] / 1000 * (1 if name == "CSF" else factor)
        uneven = UNEVEN * np.clip(maps.texture[0], -3, 3) * (name in HEALTHY)
        local = maps.fractions[c] * local
        b0 += local
        dwi += local * np.exp(-b * d * np.exp(uneven))
    return b0, dwi


def brighter(p: StrokeParameters, anatomy: Anatomy, maps: Maps, points: np.ndarray) -> np.ndarray:
    """Return the factor (x, y, z) by which DWI is brighter where fibres or cortex are healthy but bright."""
    x, y, z = anatomy.to_template(points.reshape(3, -1)).reshape(points.shape)
    white = maps.fractions[CLASSES.index("WM")]
    grey = maps.fractions[CLASSES.index("GM")]
    gain = np.ones(points.shape[1:], np.float32)
    kinds = ((TRACT, p.diffusion.tract, white), (LIMBIC, p.diffusion.limbic, grey))
    for (places, size), amount, share in kinds:
        near = np.zeros_like(gain)
        for a, b, c in places:
            away = (np.abs(x) - a) ** 2 + (y - b) ** 2 + (z - c) ** 2
            near = np.maximum(near, np.exp(-away / (2 * size**2)))
        gain += amount * near * share
    return gain


def bend(p: StrokeParameters, anatomy: Anatomy, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shift (x, y, z) along the phase axis, in mm, and the share of the signal that is left."""
    mni = to_mni(anatomy, points.reshape(3, -1)).reshape(points.shape)
    shift, steep = np.zeros(points.shape[1:], np.float32), np.zeros(points.shape[1:], np.float32)
    for place, size, strength in AIR:
        away = sum((mni[k] - place[k]) ** 2 for k in range(3)) / size**2
        shift += strength * np.exp(-away / 2)
        steep += abs(strength) * np.exp(-away)
    left = 1 - LOST * p.diffusion.dropout * np.clip(steep, 0, 1)
    return p.diffusion.distortion_mm * shift, left


def shifted(image: np.ndarray, shift_mm: np.ndarray, spacing: float, axis: int, pile_up: bool) -> np.ndarray:
    """Shift an image (x, y, z) along an axis; with `pile_up`, signal is kept: it piles up or thins out."""
    grid = np.indices(image.shape, np.float32)
    grid[axis] -= shift_mm / spacing
    moved = sample(image.astype(np.float32), grid)
    if not pile_up:
        return moved
    return moved * np.clip(1 - np.gradient(shift_mm, spacing, axis=axis), 0.2, 3)


def render_diffusion(
    p: StrokeParameters,
    anatomy: Anatomy,
    s: StrokeMaps,
    points: np.ndarray,
    rng: np.random.Generator,
    spacing: float,
) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, ...]]:
    """Acquire DWI and ADC.

    Returns:
        "dwi", intensities, and "adc", 10^-6 mm2/s, int16 (x, y, z), 0 outside the brain; and the labels of
        the acute and of the old infarct, bool, as they lie in these images.
    """
    how, scan = p.diffusion, p.diffusion.scan
    shift, left = bend(p, anatomy, points)

    def moved(image: np.ndarray, pile_up: bool = False) -> np.ndarray:
        return shifted(image, shift, spacing, scan.phase_axis, pile_up)

    known = s.maps.depth_mm > -SHELL_MM[-1]
    noise = draw_noise(rng, scan, known.shape, spacing)
    plain = replace(scan, gamma=1.0)
    bright = brighter(p, anatomy, s.maps, points)
    acquired = []
    for power, image in zip((0.6, 1.0), clean_diffusion(p, s), strict=True):  # most of it is T2's, not D's
        image = image * bright**power
        acquired.append(acquire(moved(image * left, True), known, plain, noise, points, spacing))
        noise = replace(noise, thermal=rng.standard_normal(noise.thermal.shape, dtype=np.float32))
    b0, dwi = (np.maximum(image, 1e-4) for image in acquired)
    brain = moved(s.maps.brain.astype(np.float32)) > 0.5
    adc = np.clip(np.log(b0 / dwi) / how.b * 1e6, 1, 4000)
    edge = moved(s.maps.edge)
    images = {"dwi": np.clip(edge * scan.scale * dwi**scan.gamma, 1, 32767), "adc": adc}
    labels = tuple((moved(label.astype(np.float32)) > 0.5) & brain for label in (s.seg, s.old))
    return {k: np.where(brain, np.rint(v), 0).astype(np.int16) for k, v in images.items()}, labels


def render(
    modality: str,
    p: StrokeParameters,
    s: StrokeMaps,
    points: np.ndarray,
    rng: np.random.Generator,
    spacing: float,
) -> np.ndarray:
    """Acquire T1, T2 or FLAIR, int16 (x, y, z), 0 outside the brain; as `phantom.signal.render` does."""
    scan = p.brain.scans[modality]
    image, _ = clean(modality, p, s)
    noise = draw_noise(rng, scan, image.shape, spacing)
    image = acquire(image, s.maps.depth_mm > -SHELL_MM[-1], scan, noise, points, spacing)
    image = image * s.maps.edge ** signal.RIM[modality]
    z, filled = np.arange(image.shape[2]), np.flatnonzero(s.maps.brain.any((0, 1)))
    low, high = np.quantile(filled, [scan.missing_low, 1 - scan.missing_high])
    inside = s.maps.brain & (z >= low) & (z <= high)
    return np.where(inside, np.clip(np.rint(image * scan.scale), 1, 32767), 0).astype(np.int16)
