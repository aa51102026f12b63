"""Slices of patients with stroke: where they are cut, how they are normalised, and the way back."""

import dataclasses

import nibabel as nib
import numpy as np
import pytest
from toy_stroke import AFFINE, SHAPE, scan, truth_on, write, write_patient

from gancourse.cohort.isles import find_stroke_patients
from gancourse.errors import InputError
from gancourse.metrics.overlap import dice
from gancourse.segmentation.stroke_slices import OUTSIDE, slices_of


@pytest.fixture
def patient(tmp_path):
    write_patient(tmp_path)
    return find_stroke_patients(tmp_path)[0]


def test_shapes_values_and_sides(patient):
    s = slices_of(patient)
    count = s.brain.shape[0]
    assert s.images.shape == (count, 112, 96, 3) and s.images.dtype == np.float32
    assert s.brain.shape == s.lesion.shape == (count, 112, 96) and s.present.all()
    assert 18 <= count <= 22  # 5 mm slices stay as they are
    inside = s.images[s.brain & (s.lesion == 0)]
    np.testing.assert_allclose(np.median(inside, 0), 0, atol=0.05)
    struck = np.median(s.images[s.lesion > 0], 0)  # 3 * (700 / 300 - 1) and so on
    np.testing.assert_allclose(struck, [4, -1.3125, 0.3], atol=0.2)
    assert (s.images[~s.brain] == OUTSIDE).all()
    rows, columns = np.argwhere(s.lesion.any(0)).mean(0) - np.argwhere(s.brain.any(0)).mean(0)
    assert rows > 4 and columns < -6  # behind, and on the right: rows to posterior, columns to the left


@pytest.mark.parametrize("zooms", [(2.5, 2.5, 5.0), (1.2, 1.2, 6.5), (2.0, 2.0, 1.0)])
def test_there_and_back(tmp_path, zooms):
    affine = np.diag([-zooms[0], -zooms[1], zooms[2], 1.0])
    shape = tuple(int(size / zoom) for size, zoom in zip((150, 180, 130), zooms, strict=True))
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    brain, infarct = truth_on(shape, affine)
    name = "sub-strokecase0001_ses-0001"
    write(tmp_path / "sub-strokecase0001" / f"{name}_dwi.nii.gz", scan("dwi", shape, affine), affine)
    write(tmp_path / "sub-strokecase0001" / f"{name}_msk.nii.gz", infarct.astype(np.uint8), affine)
    s = slices_of(find_stroke_patients(tmp_path)[0])
    assert s.brain.shape[0] == pytest.approx(104 / max(zooms[2], 2), abs=2)
    assert dice(infarct, s.volume(s.lesion) >= 0.5) > 0.9
    assert dice(brain, s.volume(s.brain) >= 0.5) > 0.95
    assert s.volume(s.lesion).shape == shape


def test_units_do_not_matter(patient, tmp_path):
    s = slices_of(patient)
    for modality, factor in (("dwi", 0.1), ("adc", 1e-6)):
        image = nib.load(patient.paths[modality])
        scaled = np.asarray(image.dataobj) * factor
        nib.save(nib.Nifti1Image(scaled.astype(np.float32), image.affine), patient.paths[modality])
    np.testing.assert_allclose(slices_of(patient).images, s.images, atol=1e-3)


def test_missing_modalities_are_zero(patient):
    s = slices_of(patient, ("dwi",))
    assert (s.images[..., 1:] == 0).all() and not s.present[:, 1:].any()
    np.testing.assert_array_equal(s.images[..., 0], slices_of(patient).images[..., 0])
    without = dataclasses.replace(patient, paths={"dwi": patient.paths["dwi"]})
    with pytest.raises(InputError, match="none of flair; there are dwi"):
        slices_of(without, ("flair",))


def test_slices_that_a_scan_lacks_count_as_missing(tmp_path):
    write_patient(tmp_path)
    (patient,) = find_stroke_patients(tmp_path)
    image = nib.load(patient.paths["flair"])
    volume = np.asarray(image.dataobj).copy()
    volume[..., 18:] = 0
    nib.save(nib.Nifti1Image(volume, image.affine), patient.paths["flair"])
    s = slices_of(patient)
    shown = s.present[:, 2]
    assert shown.any() and not shown.all() and (s.images[~shown, ..., 2] == 0).all()


def test_a_scan_that_shows_nothing_is_refused(tmp_path):
    write_patient(tmp_path)
    (patient,) = find_stroke_patients(tmp_path)
    write(patient.paths["adc"], truth_on()[0].astype(np.float32), AFFINE)
    with pytest.raises(InputError, match="adc shows nothing in the brain"):
        slices_of(patient)
    assert patient.grid[0] == SHAPE
