"""Maps of a patient and back: labels survive, lines one pixel wide too, specks do not."""

import numpy as np
from toy_patients import toy_patient_slices, toy_patients

from gancourse.gans.patient_maps import decode, decode_slices, encode, soften


def test_labels_and_images_survive_the_way_there_and_back():
    images, seg = toy_patients(8)
    maps = encode(images, seg[..., None]).numpy()
    assert maps.shape == (8, 32, 32, 8) and np.abs(maps).max() <= 1
    found = decode(maps)
    np.testing.assert_array_equal(found.seg, seg)
    np.testing.assert_array_equal(found.brain, (images > -1).any(-1))
    np.testing.assert_array_equal(found.images, images)


def test_mirrored_patients_have_mirrored_maps():
    images, seg = toy_patients(3)
    one, other = (
        encode(x, s[..., None]).numpy() for x, s in ((images, seg), (images[:, :, ::-1], seg[:, :, ::-1]))
    )
    np.testing.assert_allclose(one[:, :, ::-1], other, atol=1e-6)


def test_softening_by_hand_keeps_a_thin_line():
    mask = np.zeros((1, 5, 5, 1), np.float32)
    mask[0, :, 2] = 1
    expected = np.tile(np.array([0, 1, 4, 1, 0], np.float32) / 6, (5, 1))
    np.testing.assert_allclose(soften(mask).numpy()[0, ..., 0], expected, atol=1e-6)


def test_specks_outside_the_brain_and_labels_outside_their_region_are_gone():
    images, seg = toy_patients(4)
    maps = encode(images, seg[..., None]).numpy()
    maps[:, 0, 0] = 1  # a speck in every map
    maps[1, ..., 1] = -1  # no whole tumour, so no core either
    found = decode(maps)
    assert (found.images[:, 0, 0] == -1).all() and not found.brain[:, 0, 0].any()
    assert not found.seg[:, 0, 0].any() and not found.seg[1].any() and found.seg[2].any()


def test_slices_are_patients_too(tmp_path):
    slices = toy_patient_slices(tmp_path / "slices", 12)
    found = decode_slices(slices, np.array([5, 2]))
    np.testing.assert_array_equal(found.seg, slices.seg[[5, 2]])
    assert found.images.shape == (2, 32, 32, 4) and found.brain.any((1, 2)).all()
