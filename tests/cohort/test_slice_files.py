"""Slices as subjects: the course's own readers take them, and give back what was written."""

import nibabel as nib
import numpy as np
from toy_patients import PIXEL_MM, toy_patients

from gancourse.cohort.brats import find_subjects
from gancourse.cohort.check import check_folder
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.slice_files import write_slice


def write(folder, n=2):
    images, seg = toy_patients(n + 1)
    images, seg = images[1:], seg[1:]  # the first has no tumour
    brain = (images > -1).any(-1)
    for k in range(n):
        write_slice(folder, f"Brats18_TOY_{k:03d}_1", images[k], seg[k], brain[k], PIXEL_MM)
    return images, seg, brain


def test_readers_find_what_was_written(tmp_path):
    images, seg, brain = write(tmp_path)
    assert check_folder(tmp_path) == []
    subjects = find_subjects(tmp_path)
    assert [subject.vintage for subject in subjects] == ["2018", "2018"]
    for k, subject in enumerate(subjects):
        scans = read_scans(subject)
        np.testing.assert_array_equal(scans.brain[..., 0].T, brain[k])
        np.testing.assert_array_equal(subject.seg()[..., 0].T, seg[k])
        assert subject.zooms == (PIXEL_MM, PIXEL_MM, 1.0)
        for channel, modality in enumerate(MODALITIES):
            levels = (scans.volumes[modality][..., 0].T - 1) / 999 * 2 - 1
            np.testing.assert_allclose(levels[brain[k]], images[k, ..., channel][brain[k]], atol=0.0011)


def test_the_patients_left_is_on_the_right_and_bytes_are_equal(tmp_path):
    images = np.full((32, 32, 4), -1, np.float32)
    images[4:28, 4:28] = 0
    images[16, 27] = 1  # at the image's right edge
    for name in ("a", "b"):
        write_slice(tmp_path / name, "Brats18_X_1", images, np.zeros((32, 32)), images[..., 0] > -1, PIXEL_MM)
    paths = [tmp_path / name / "Brats18_X_1" / "Brats18_X_1_t1.nii.gz" for name in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    image = nib.load(paths[0])
    brightest = np.argwhere(image.get_fdata() == 1000)[0]
    x, y, z = nib.affines.apply_affine(image.affine, brightest)  # RAS: negative x is the patient's left
    assert (x, y, z) == (-PIXEL_MM * 11.5, -PIXEL_MM * 0.5, 0)
