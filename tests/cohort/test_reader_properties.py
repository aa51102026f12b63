"""What holds for every input: orientations there and back, names, resampling, the unit of intensities."""

import itertools
import os
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from nibabel import orientations

from gancourse.cohort.brats import Subject
from gancourse.cohort.planes import normalise, resampling_matrix
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.vintages import parse_name, patient_of, vintage_of
from gancourse.cohort.volumes import stem

AXES = sorted(
    "".join(letters)
    for pairs in itertools.permutations(("LR", "PA", "SI"))
    for letters in itertools.product(*pairs)
)


def for_all(*strategies, examples: int = 60, **named):
    """Hypothesis with the same examples in every run of one `TEST_SEED`."""

    def decorate(test):
        quiet = settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        return seed(int(os.environ.get("TEST_SEED", "0")))(quiet(given(*strategies, **named)(test)))

    return decorate


@pytest.mark.parametrize("axes", AXES)
def test_48_orientations_there_and_back(tmp_path, axes):
    """Bit for bit in the file's own grid, and every voxel where it is in the world."""
    assert len(AXES) == 48
    stored = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (world, sign) in enumerate(orientations.axcodes2ornt(axes).astype(int)):
        affine[world, axis] = sign * (1.5, 2, 3)[axis]
    affine[:3, 3] = (7, -8, 9)
    assert "".join(nib.aff2axcodes(affine)) == axes
    nib.save(nib.Nifti1Image(stored, affine), tmp_path / "t1.nii.gz")
    subject = Subject.from_files(t1=tmp_path / "t1.nii.gz")
    volume = subject.load("t1")
    assert nib.aff2axcodes(subject.affine) == tuple("LPS")
    for index in ((0, 0, 0), (2, 3, 4), (1, 2, 0)):
        world = nib.affines.apply_affine(affine, index)
        found = nib.affines.apply_affine(np.linalg.inv(subject.affine), world).round().astype(int)
        assert volume[tuple(found)] == stored[index]
    subject.save_like(volume.astype(np.int16), tmp_path / "back.nii.gz")
    back = nib.load(tmp_path / "back.nii.gz")
    np.testing.assert_array_equal(back.dataobj, stored)
    np.testing.assert_allclose(back.affine, affine, atol=1e-6)


NUMBER = st.integers(0, 999).map("{:03d}".format)
SITE = st.sampled_from(["2013", "CBICA", "TCIA01", "TCIA12"])
NAMES = st.one_of(
    *[
        st.builds(lambda site, n, year=year: (f"Brats{year[2:]}_{site}_{n}_1", year), SITE, NUMBER)
        for year in ("2017", "2018", "2019")
    ],
    NUMBER.map(lambda n: (f"BraTS20_Training_{n}", "2020")),
    NUMBER.map(lambda n: (f"BraTS2021_00{n}", "2021")),
    NUMBER.map(lambda n: (f"BraTS-GLI-00{n}-000", "2023")),
    NUMBER.map(lambda n: (f"BraTS-GLI-02{n}-101", "2024")),
    NUMBER.map(lambda n: (f"brats_tcia_pat{n}_0001", "2015")),
)
ROLES = {"t1": "t1", "t1n": "t1", "t1ce": "t1ce", "t1c": "t1ce", "t2": "t2", "t2w": "t2", "flair": "flair",
         "t2f": "flair", "seg": "seg"}  # fmt: skip


@for_all(NAMES, st.sampled_from(sorted(ROLES)), st.sampled_from([".nii", ".nii.gz", ".NII.GZ"]))
def test_every_vintages_names_tell_id_role_and_vintage(name, role, ending):
    id, vintage = name
    separator = "-" if id.startswith("BraTS-") else "_"
    path = Path("data", id, f"{id}{separator}{role}{ending}")
    found, roles, home = parse_name(path, None)
    assert (found, roles, home) == (id, (ROLES[role],), path.parent)
    assert vintage_of(found, stem(path), ("data", id)) == vintage
    patient = patient_of(id)
    assert id.startswith(patient) and patient_of(patient) == patient


@for_all(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40))
def test_any_name_is_parsed_or_tells_nothing(name):
    _, roles, _ = parse_name(Path("data", "folder", f"{name}.nii.gz"), None)
    assert set(roles) <= {*MODALITIES, "seg", "tissue"}


WIDTHS = st.floats(0.3, 8)


@for_all(st.integers(1, 60), WIDTHS, st.integers(1, 40), WIDTHS)
def test_resampling_keeps_constants_inside_and_never_overshoots(voxels, zoom, size, pixel):
    weights = resampling_matrix(voxels, zoom, (voxels - 1) / 2, size, pixel).astype(float)
    assert weights.shape == (size, voxels) and (weights >= 0).all() and (weights.sum(1) <= 1 + 1e-5).all()
    reach = np.abs(np.arange(size) - (size - 1) / 2) * pixel + max(pixel, zoom) / 2
    inside = reach <= voxels * zoom / 2 - 1e-3
    np.testing.assert_allclose(weights[inside].sum(1), 1, atol=1e-4)


@for_all(st.integers(1, 30), WIDTHS, WIDTHS, st.data())
def test_shrinking_keeps_the_mass(voxels, one, other, data):
    """The sum times the width, where the pixels reach beyond the volume."""
    zoom, pixel = sorted((one, other))
    size = int(np.ceil(voxels * zoom / pixel)) + 4
    weights = resampling_matrix(voxels, zoom, (voxels - 1) / 2, size, pixel).astype(float)
    values = data.draw(arrays(float, voxels, elements=st.floats(0, 1000)))
    assert (weights @ values).sum() * pixel == pytest.approx(values.sum() * zoom, rel=1e-4, abs=1e-2)


@for_all(st.integers(0, 2**31), st.integers(-30, 30), st.floats(-3, 3))
def test_normalising_does_not_depend_on_the_unit(number, power, offset):
    rng = np.random.default_rng(number)
    volume, mask = rng.gamma(3, 100, (6, 7, 8)), rng.random((6, 7, 8)) < 0.6
    mask[0, 0, :2] = True
    expected = normalise(volume.astype(np.float32), mask)
    scaled = ((volume + offset * 100) * 10.0**power).astype(np.float32)
    np.testing.assert_allclose(normalise(scaled, mask), expected, atol=1e-4)
    assert expected.min() >= -1 and expected.max() <= 1 and (expected[~mask] == -1).all()
    assert np.ptp(expected[mask]) > 0.5
