"""Axial sections of phantoms that match real ones: same height, with or without a tumour, same pixels.

A phantom is made around the section only, at 1 mm, in a few seconds.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from patients import Section
from rich.progress import track

from gancourse.cohort.brain import brain_mask
from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.subject import Phantom, make_phantom
from gancourse.cohort.scheme import MODALITIES

SEED = 1600  # of no cohort of the course
SPACING = 1.0
LEAST_TUMOUR = 100  # mm2 in a section with a tumour


def make_section(index: int, height: float, seed: int = SEED, randomisation: str = "realistic") -> Section:
    """Make the section of a phantom at a height, a fraction of its brain's extent from 0.1 to 0.9."""
    return section_of(make_phantom(draw(index, seed, randomisation), SPACING, height), height)


def section_of(phantom: Phantom, height: float) -> Section:
    """Cut the middle of the slices of a phantom that was made around a height.

    As in patients, the brain is what the scans show of it.
    """
    filled = np.flatnonzero((phantom.tissue > 0).any((0, 1)))
    k = round(float(filled.mean()))
    brain = brain_mask(np.max([phantom.images[m][:, :, filled] for m in MODALITIES], 0))[:, :, k - filled[0]]
    images = {m: phantom.images[m][:, :, k].astype(np.float32) for m in MODALITIES}
    seg, tissue = phantom.seg[:, :, k], phantom.tissue[:, :, k]
    zooms = (240 / phantom.seg.shape[0],) * 2
    return Section(f"phantom {phantom.parameters.index}", height, images, brain, seg, tissue, zooms)


def twins(
    sections: Iterable[Section], seed: int = SEED, randomisation: str = "realistic", each: int = 1
) -> Iterator[Section]:
    """Make a phantom's section for each real one, in order: at its height, with a tumour if that has one.

    A section with a tumour gets a high-grade phantom with at least 1 cm2 of tumour at this height, any other
    a healthy one. No phantom is used twice.

    Args:
        sections: the real ones.
        seed: of the cohort whose phantoms these are.
        randomisation: "realistic" or "wide".
        each: number of phantoms for each section.
    """
    numbers = {grade: of_grade(grade, seed, randomisation) for grade in ("HGG", "healthy")}
    wanted = [section for section in sections for _ in range(each)]
    for real in track(wanted, "making phantoms", transient=True):
        tumour = real.seg is not None and (real.seg > 0).any()
        for index in numbers["HGG" if tumour else "healthy"]:
            section = make_section(index, real.height, seed, randomisation)
            if not tumour or (section.seg > 0).sum() >= LEAST_TUMOUR:
                yield section.resampled(real.zooms)
                break


def of_grade(grade: str, seed: int, randomisation: str) -> Iterator[int]:
    """Yield the indices of the phantoms of a grade, without end."""
    index = 0
    while True:
        if draw(index, seed, randomisation).grade == grade:
            yield index
        index += 1
