"""How an infarct changes with time: diffusion within minutes, T2 and so FLAIR after hours, swelling in a day.

Water's diffusion falls within minutes, stays low during the first week, reaches that of healthy tissue in the
second and passes it afterwards (Lansberg et al., AJNR 22:637, 2001); it falls to half here, and what is
measured in an image, which includes fluid and spared tissue, is about six tenths. T2 rises within hours: of
patients scanned within twelve hours, "bright on DWI and not on FLAIR" found those within 4.5 hours with a
sensitivity of .62 and a specificity of .78 (Thomalla et al., Lancet Neurol. 10:978, 2011). Here the clock
runs more evenly and nothing is overlooked, so that the sign is better than in patients: in grey matter, FLAIR
shows one infarct in seventeen before 4.5 hours, one in four from 3 to 4.5, seven in ten at six, and four in
five from 4.5 to 12 hours (`tests/cohort/test_stroke.py`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

HYPERACUTE_H = 4.5
HYPERACUTE = 0.4  # share of patients
EARLIEST_H, LATEST_H = 0.7, 168.0
RISE_H, RISE_SPREAD = 7.0, 0.42  # when half of T2's rise has come, and how much patients differ (log)
LOWEST = 0.48  # diffusion relative to healthy tissue
EARLY_T2 = 0.04  # what T2 has risen by at once
SLOPE = 0.5  # standard deviation of ln(hours) over which it comes
NORMAL_FROM_H, NORMAL_AT_H = 96.0, 250.0  # pseudo-normalisation of diffusion
#: FLAIR shows an infarct if its signal is at least that much above that of the same tissue without one.
VISIBLE = 1.15


@dataclass(frozen=True)
class Course:
    """An infarct's tissue at the time of the scan, as factors on that of healthy tissue."""

    adc: float
    t1: float
    t2: float
    swelling: float  # 0 to 1, share of the fluid in its sulci that is pressed out


def draw_hours(rng: np.random.Generator) -> float:
    """Draw the time from onset to scan in hours: log-uniform before and after 4.5 hours."""
    low, high = (EARLIEST_H, HYPERACUTE_H) if rng.random() < HYPERACUTE else (HYPERACUTE_H, LATEST_H)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def draw_course(rng: np.random.Generator, hours: float, wide: bool) -> Course:
    """Draw the state of an infarct of that age."""
    spread = 2.0 if wide else 1.0
    clock = RISE_H * np.exp(RISE_SPREAD * rng.standard_normal())
    share = risen(hours, clock)
    lowest = np.clip(rng.normal(LOWEST, 0.05 * spread), 0.35, 0.8)
    normal = np.clip((hours - NORMAL_FROM_H) / (NORMAL_AT_H - NORMAL_FROM_H), 0, 1)
    return Course(
        adc=float(lowest + (1 - lowest) * normal),
        t1=float(1 + share * np.clip(rng.normal(0.15, 0.04 * spread), 0.02, 0.6)),
        t2=float(1 + EARLY_T2 + share * np.clip(rng.normal(0.5, 0.08 * spread), 0.22, 1.0)),
        swelling=float(np.clip(rng.uniform(0.5, 0.9) * ndtr((np.log(hours) - np.log(14)) / 0.6), 0, 1)),
    )


def risen(hours: float, clock: float) -> float:
    """Return the share, 0..1, of T2's rise that has come after that time; half of it after `clock` hours."""
    return float(ndtr((np.log(hours) - np.log(clock)) / SLOPE))


def typical_course(hours: float, clock: float = RISE_H, lowest: float = LOWEST) -> Course:
    """Return the state of a typical infarct after some hours, without anything drawn.

    Args:
        hours: since onset, above 0.
        clock: hours after which half of T2's rise has come; patients differ by `RISE_SPREAD`.
        lowest: diffusion during the first days.
    """
    share = risen(hours, clock)
    normal = float(np.clip((hours - NORMAL_FROM_H) / (NORMAL_AT_H - NORMAL_FROM_H), 0, 1))
    swelling = 0.7 * float(ndtr((np.log(hours) - np.log(14)) / 0.6))
    return Course(lowest + (1 - lowest) * normal, 1 + 0.15 * share, 1 + EARLY_T2 + 0.5 * share, swelling)
