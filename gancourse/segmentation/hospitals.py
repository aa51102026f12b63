"""Two hospitals that scan the same patients: what differs is the scanner alone.

A has a 1.5 T scanner and the cohort's usual sequences. B has a 3 T scanner and a protocol of its own: T1 is a
gradient echo, T2 has a shorter echo, FLAIR has coronal slices. Both are fixed: a hospital does not change its
sequences from patient to patient. Anatomy, tumour and tissue are the patient's. B's contrasts of grey matter
and of lesions lie within the range of seven real patients, and fluid's just outside of it on three of four
modalities (`experiments/hospital_contrasts.py`), so that B is hardly stranger than a real one.

T1 grows with the field to the power of 0.38 in grey and white matter, and not at all in fluid (Rooney et al.,
Magn. Reson. Med. 57:308, 2007); T2 is slightly shorter at 3 T (Stanisz et al., same journal 54:507, 2005).
Lesions are taken to behave as tissue, but for a cystic core.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.phantom import signal
from gancourse.cohort.phantom.acquisition import steps_mm
from gancourse.cohort.phantom.maps import TEXTURE_MM
from gancourse.cohort.phantom.parameters import CLASSES, Parameters
from gancourse.cohort.phantom.protocol import PROTOCOLS, Scan
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.quiet import import_tensorflow

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.scan_draws import Acquisition, Details, Draws, Physics  # noqa: E402
from gancourse.segmentation.synthesis import SHARES, acquired, clean  # noqa: E402

T1_POWER = 0.38
T2_AT_3T = 0.95
RELAXIVITY_AT_3T = 0.92  # of gadolinium, relative to 1.5 T


@dataclass(frozen=True)
class Hospital:
    """A scanner and its protocol, the same for every patient."""

    tesla: float  # 1.5 or 3
    scans: dict[str, Scan]  # by modality


def protocol(modality: str, **changes) -> Scan:
    """Return a scan with the cohort's usual noise, 1 mm pixels, axial slices of 4 mm, and changes."""
    usual = dict(
        contrast=1.0, bias=0.04, noise=PROTOCOLS[modality][3], blur_mm=0.2, pixel_mm=1.0, thickness_mm=4.0,
        slice_axis=2, phase_axis=0, ringing=0.1, ghost=0.0, ghost_mm=20.0, scale=300.0, gamma=1.0,
        missing_low=0.0, missing_high=0.0,
    )  # fmt: skip
    return Scan(**usual | changes)


HOSPITALS = {
    "A": Hospital(
        1.5, {m: protocol(m, **({"thickness_mm": 1.0} if m == "t1ce" else {})) for m in MODALITIES}
    ),
    "B": Hospital(
        3.0,
        {
            "t1": protocol("t1", contrast=0.5, thickness_mm=1.0, bias=0.1),  # a gradient echo
            "t1ce": protocol("t1ce", contrast=1.25, thickness_mm=1.0, bias=0.1),
            "t2": protocol("t2", contrast=0.9, bias=0.1, ringing=0.3),
            "flair": protocol("flair", contrast=1.1, bias=0.1, slice_axis=1, pixel_mm=1.2, blur_mm=0.5),
        },
    ),
}


def choose_hospital(name: str) -> Hospital:
    """Return the hospital of that name. Raises `InputError` with the known names."""
    if name not in HOSPITALS:
        raise InputError(f"hospital {name!r}: expected one of {', '.join(HOSPITALS)}")
    return HOSPITALS[name]


def scan_at(hospital: Hospital, p: Parameters, sections: np.ndarray, seed: int = 0) -> np.ndarray:
    """Scan a patient's sections at a hospital.

    Args:
        hospital: where.
        p: the patient.
        sections: (S, H, W, 13) uint8, of `phantom.sections.make_sections`, at 1 mm.
        seed: of the noise; what belongs to the patient does not depend on it.

    Returns:
        (S, H, W, 4) float32, white matter about 1, `scheme.MODALITIES`; 0 outside what stripping left.
    """
    count, height, width, _ = sections.shape
    shares = tf.cast(sections[..., :SHARES], tf.float32) / 255.0
    inside = tf.cast(sections[..., SHARES + 1] > 0, tf.float32)[..., None]
    own = Draws((p.seed, p.index))  # the patient's, in any hospital
    details = details_of(hospital, p, own, count, height, width)
    images, known = clean(shares, inside, physics_of(hospital, p, count), details)
    images = acquired(images, known, acquisition_of(hospital, Draws((seed, p.index)), count, height, width))
    return (images * inside).numpy()


def tissue_at(tesla: float, p: Parameters) -> np.ndarray:
    """Return proton density, T1 and T2 (ms) of a patient's classes at a field strength: (3, 10)."""
    values = np.array([signal.tissue(name, p) for name in CLASSES]).T
    higher = tesla / 1.5
    solid = np.array([name != "CSF" for name in CLASSES]) * np.ones(len(CLASSES))
    solid[CLASSES.index("NEC")] = 1 - 0.75 * p.cystic  # what is not fluid of it, see `signal.tissue`
    values[1] *= higher ** (T1_POWER * solid)
    values[2] *= T2_AT_3T ** (solid * np.log2(higher))
    return values


def physics_of(hospital: Hospital, p: Parameters, count: int) -> Physics:
    """Return tissue and sequences, the same for `count` sections."""
    pd, t1, t2 = tissue_at(hospital.tesla, p).astype(np.float32)[:, None, None]  # (1, 1, C) each
    relaxivity = RELAXIVITY_AT_3T ** np.log2(hospital.tesla / 1.5)
    mmol, other = (fill * np.ones((1, len(MODALITIES), len(CLASSES)), np.float32) for fill in (0.0, 1.0))
    for name, value in {"ET": p.gadolinium_mmol, "GM": signal.GREY_MMOL}.items():
        mmol[0, MODALITIES.index("t1ce"), CLASSES.index(name)] = value * relaxivity
    for (modality, name), factor in signal.BEYOND.items():
        other[0, MODALITIES.index(modality), CLASSES.index(name)] = factor
    times = [signal.timing(m, hospital.scans[m]) for m in MODALITIES]
    tr, te, ti = np.array([[t or 0.0 for t in row] for row in times], np.float32).T[:, None, :, None]
    texture = np.full((1, 1, 1), p.texture, np.float32)
    one = Physics(pd, t1, t2, mmol, (tr, te, ti), texture, other)
    return tf.nest.map_structure(lambda x: tf.repeat(x, count, axis=0), one)


def details_of(
    hospital: Hospital, p: Parameters, draws: Draws, count: int, height: int, width: int
) -> Details:
    """Draw texture and what stripping left, which belong to the patient, for `count` sections."""
    size, modalities = (count, height, width), len(MODALITIES)
    after = signal.timing("t1ce", hospital.scans["t1ce"])
    white = signal.equation(after, *tissue_at(hospital.tesla, p)[:, CLASSES.index("WM")])
    blood = signal.equation(after, *signal.BLOOD, p.vessel_mmol) / white
    one = tf.ones((1, 1, 1, 1))
    return Details(
        tf.stack([draws.smooth(mm, *size) for mm in TEXTURE_MM]),
        one,
        blood * one,
        tf.zeros((count, height, width, 1)),
        draws.uniform(0.1, 1.0, 1, 1, 1, modalities) * tf.exp(0.5 * draws.smooth(5, *size, modalities)),
    )


def acquisition_of(hospital: Hospital, draws: Draws, count: int, height: int, width: int) -> Acquisition:
    """Draw a patient's place in the coil, and noise; voxels are the protocol's."""
    scans = [hospital.scans[m] for m in MODALITIES]
    size, modalities = (count, height, width), len(MODALITIES)

    def each(name: str):  # (1, 1, 1, M)
        return tf.constant([[[[getattr(s, name) for s in scans]]]], tf.float32)

    steps = np.array([steps_mm(s)[[1, 0]] for s in scans], np.float32).T  # (2, M), along rows and columns
    across = np.array([[s.slice_axis == a for s in scans] for a in (1, 0)])
    ringing = np.where(across, 0.0, [s.ringing for s in scans]).astype(np.float32)
    every = np.ones((1, count, 1), np.float32)
    return Acquisition(
        each("bias"),
        tf.tile(draws.smooth(60, 1, height, width, modalities), (count, 1, 1, 1)),  # one coil for all slices
        each("gamma"),
        np.maximum(steps, 1.0)[:, None] * every,
        draws.uniform(0.0, 1.0, 2, count, modalities),
        np.array([s.blur_mm for s in scans], np.float32) * np.ones((2, count, modalities), np.float32),
        ringing[:, None] * every,
        each("noise"),
        draws.normal(2, *size, modalities),
    )
