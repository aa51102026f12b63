"""Read the time since onset off two scans: DWI shows an infarct at once, FLAIR only after hours.

An infarct that DWI shows and FLAIR does not is probably younger than 4.5 hours, in which thrombolysis helps:
the DWI-FLAIR mismatch (Thomalla et al., Lancet Neurol. 10:978, 2011; as a reason to treat, WAKE-UP, Thomalla
et al., N. Engl. J. Med. 379:611, 2018). Readers judge by eye; here FLAIR in the infarct is compared with it
in the tissue around. The mirrored place on the other side, which is often taken, was worse on phantoms,
since a scan is brighter on one side than on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

HYPERACUTE_H = 4.5
#: FLAIR in the infarct, relative to the tissue round it, below which it counts as not visible; chosen by
#: `experiments/stroke_segmenter.py clock` on the phantoms of the training.
THRESHOLD = 1.13
ROUND_MM = 2.0, 12.0  # from the infarct, where tissue is compared with it
DARK = 0.7  # of the brain's median FLAIR: what is darker is fluid, or partly
LEAST_VOXELS = 10  # round the infarct; the rest of the brain is compared with otherwise


@dataclass(frozen=True)
class Mismatch:
    """What DWI and FLAIR say together.

    Attributes:
        ratio: median FLAIR in the infarct over that of the tissue round it.
        early: whether DWI shows the infarct and FLAIR does not: younger than 4.5 hours, probably.
    """

    ratio: float
    early: bool


def read_mismatch(
    flair: np.ndarray, lesion: np.ndarray, brain: np.ndarray, zooms: Sequence[float]
) -> Mismatch | None:
    """Compare FLAIR in an infarct that DWI shows with FLAIR round it.

    Args:
        flair: (X, Y, Z), any unit.
        lesion, brain: (X, Y, Z) bool.
        zooms: size of a voxel, mm.

    Returns:
        None if FLAIR shows no tissue in the infarct, or none elsewhere.
    """
    tissue = brain & (flair > DARK * np.median(flair[brain]))
    inside, healthy = flair[lesion & tissue], tissue & ~lesion
    if not inside.size or not healthy.any():
        return None
    away = ndimage.distance_transform_edt(~lesion, zooms)
    beside = healthy & (away > ROUND_MM[0]) & (away <= ROUND_MM[1])
    ratio = float(np.median(inside) / np.median(flair[beside if beside.sum() >= LEAST_VOXELS else healthy]))
    return Mismatch(ratio, looks_early(ratio))


def looks_early(ratio: float, threshold: float = THRESHOLD) -> bool:
    """Return whether FLAIR does not show the infarct."""
    return bool(ratio < threshold)
