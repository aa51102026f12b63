"""Contrast and texture of tissue at 1 mm, against numbers measured on real patients."""

import numpy as np
import pytest
from scipy import ndimage

from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.subject import make_phantom

#: Medians over BRATS 2013's patients (`experiments/real_texture.py`), white matter 1: grey matter, and fluid
#: as the darkest percent (brightest on T2) at least 20 mm below the brain's edge; and, in percent, the
#: coefficient of variation inside white matter.
REAL = {
    "t1": {"grey": 0.83, "fluid": 0.45, "variation": 4.5},
    "t1ce": {"grey": 0.78, "fluid": 0.27, "variation": 9.6},
    "t2": {"grey": 1.27, "fluid": 3.02, "variation": 13.1},
    "flair": {"grey": 1.02, "fluid": 0.12, "variation": 10.5},
}
TOLERANCE = {"grey": 0.2, "fluid": 0.35, "variation": 0.35}  # relative


@pytest.fixture(scope="module")
def measured():
    """Medians over three phantoms, by modality and quantity."""
    rows = [measure(make_phantom(draw(k, 1600), 1.0, 0.55)) for k in range(3)]
    return {m: {q: float(np.median([row[m][q] for row in rows])) for q in REAL[m]} for m in REAL}


def measure(phantom):
    filled = np.flatnonzero((phantom.tissue > 0).any((0, 1)))
    k = filled[len(filled) // 2]
    tissue, healthy = phantom.tissue[..., k], phantom.seg[..., k] == 0
    white = ndimage.binary_erosion((tissue == 3) & healthy)
    deep = ndimage.binary_erosion(tissue > 0, iterations=20) & healthy
    found = {}
    for modality in REAL:
        image = phantom.images[modality][..., k].astype(np.float64)
        level = np.median(image[white])
        values = np.clip(image[white], *np.quantile(image[white], [0.01, 0.99]))
        smooth = ndimage.gaussian_filter(image, 0.7)[deep]
        found[modality] = {
            "grey": np.median(image[(tissue == 2) & healthy]) / level,
            "fluid": np.quantile(smooth, 0.99 if modality == "t2" else 0.01) / level,
            "variation": 100 * values.std() / values.mean(),
        }
    return found


@pytest.mark.parametrize("quantity", TOLERANCE)
@pytest.mark.parametrize("modality", REAL)
def test_contrast_and_texture_are_those_of_patients(measured, modality, quantity):
    real = REAL[modality][quantity]
    tolerance = max(TOLERANCE[quantity] * real, 0.07)  # fluid on FLAIR: 0.05 to 0.18 between patients
    assert measured[modality][quantity] == pytest.approx(real, abs=tolerance)
