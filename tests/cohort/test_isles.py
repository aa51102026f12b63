"""The reader of ISLES 2022's files: names, grids, and what is said of folders that lack something."""

import nibabel as nib
import numpy as np
import pytest

from gancourse.cohort.isles import find_stroke_patients
from gancourse.errors import InputError

TURNED = np.array(
    [[0, -2.0, 0.1, 15], [2.0, 0, 0, -14], [0, 0.1, 4.0, -20], [0, 0, 0, 1]]
)  # axes PRS, oblique
SHAPE = (16, 18, 9)
FINE = np.diag([-1.0, -1.0, 2.0, 1.0])
FINE[:3, 3] = [22, 24, -24]


def at(shape, affine):
    """Coordinates (3, X, Y, Z) in mm, RAS."""
    return np.einsum("ij,jxyz->ixyz", affine[:3, :3], np.indices(shape)) + affine[:3, 3, None, None, None]


def write(path, array, affine=TURNED, dtype=np.float32):
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(array.astype(dtype), affine), path)


def slope(shape, affine):
    x, y, z = at(shape, affine)
    return 500 + 3 * x - 2 * y + 5 * z


def patient(root, name="sub-strokecase0001", bids=True, without=(), flair=(SHAPE, TURNED)):
    files = {"dwi": "dwi", "adc": "dwi", "FLAIR": "anat"}
    for suffix, kind in files.items():
        if suffix in without:
            continue
        shape, affine = flair if suffix == "FLAIR" else (SHAPE, TURNED)
        ending = suffix if bids else suffix.lower()
        folder = root / name / "ses-0001" / kind if bids else root / "rawdata" / name / "ses-0001"
        write(folder / f"{name}_ses-0001_{ending}.nii.gz", slope(shape, affine), affine)
    mask = np.zeros(SHAPE)
    mask[4:7, 5:9, 3] = 1
    if "msk" not in without:
        write(root / "derivatives" / name / "ses-0001" / f"{name}_ses-0001_msk.nii.gz", mask, dtype=np.uint8)
    return mask


@pytest.mark.parametrize("bids", [True, False])
def test_both_layouts_are_read(tmp_path, bids):
    mask = patient(tmp_path, bids=bids)
    patient(tmp_path, "sub-strokecase0002", bids=bids, without=("FLAIR", "msk"))
    first, second = find_stroke_patients(tmp_path)
    assert (first.id, first.modalities) == ("sub-strokecase0001", ("dwi", "adc", "flair"))
    assert (second.modalities, second.seg_path) == (("dwi", "adc"), None)
    assert first.seg().sum() == mask.sum() and first.seg().dtype == np.uint8
    assert first.voxel_ml == pytest.approx(abs(np.linalg.det(TURNED[:3, :3])) / 1000, rel=0.01)
    assert first.load("dwi").shape == first.grid[0] == first.seg().shape
    with pytest.raises(InputError, match="sub-strokecase0002: no flair; there are dwi, adc"):
        second.load("flair")
    with pytest.raises(InputError, match="no mask"):
        second.seg()


@pytest.mark.parametrize("below", ["sub-strokecase0001", "sub-strokecase0001/ses-0001", "."])
def test_any_level_of_the_tree_finds_the_mask_too(tmp_path, below):
    patient(tmp_path)
    (found,) = find_stroke_patients(tmp_path / below)
    assert found.seg().any()


def test_flair_on_another_grid_comes_out_where_it_was(tmp_path):
    patient(tmp_path, flair=((48, 48, 24), FINE))
    (found,) = find_stroke_patients(tmp_path)
    shape, affine = found.grid
    flair, wanted = found.load("flair"), slope(shape, affine)
    inside = np.all(np.abs(at(shape, affine) - np.array([-1.5, 0.5, -1])[:, None, None, None]) < 16, axis=0)
    assert inside.sum() > 300
    np.testing.assert_allclose(flair[inside], wanted[inside], atol=0.6)  # linear, so exact but for float32
    dwi = found.load("dwi")
    np.testing.assert_allclose(dwi, wanted, atol=0.01)


def test_flair_from_elsewhere_is_refused(tmp_path):
    away = FINE.copy()
    away[:3, 3] += 500
    patient(tmp_path, flair=((48, 48, 24), away))
    with pytest.raises(InputError, match=r"FLAIR.*nowhere in the field of view of .*dwi.nii.gz; register"):
        find_stroke_patients(tmp_path)[0].load("flair")


def test_a_folder_without_dwi_gets_one_line_with_the_next_step(tmp_path):
    patient(tmp_path, without=("dwi",))
    with pytest.raises(InputError) as error:
        find_stroke_patients(tmp_path)
    said = str(error.value)
    assert "\n" not in said and "no DWI of sub-strokecase0001 (found adc, flair)" in said
    assert (
        said.startswith(str(tmp_path / "sub-strokecase0001"))
        and "sub-strokecase0001_ses-0001_dwi.nii.gz" in said
    )


@pytest.mark.parametrize("make", [False, True])
def test_other_folders_are_named(tmp_path, make):
    folder = tmp_path / "nothing"
    if make:
        write(folder / "Brats18_A_1_t1.nii.gz", np.ones(SHAPE))
    with pytest.raises(InputError, match=f"{folder}: no .*--pathology stroke"):
        find_stroke_patients(folder)


def test_two_files_for_one_thing_copies_in_template_space_and_other_labels(tmp_path):
    patient(tmp_path)
    home = tmp_path / "sub-strokecase0001" / "ses-0001" / "dwi"
    write(home / "sub-strokecase0001_ses-0001_space-MNI152_dwi.nii.gz", np.ones(SHAPE))
    masks = tmp_path / "derivatives" / "sub-strokecase0001" / "ses-0001"
    write(masks / "sub-strokecase0001_ses-0001_old.nii.gz", np.ones(SHAPE))
    (found,) = find_stroke_patients(tmp_path)  # neither is taken for DWI or the mask
    assert found.seg().sum() == 12
    write(home / "sub-strokecase0001_ses-0001_dwi.nii", np.ones(SHAPE))
    with pytest.raises(InputError, match="two files for dwi"):
        find_stroke_patients(tmp_path)


def test_sessions_are_kept_apart(tmp_path):
    patient(tmp_path)
    write(
        tmp_path / "sub-strokecase0001" / "ses-0002" / "sub-strokecase0001_ses-0002_dwi.nii.gz",
        np.ones(SHAPE),
    )
    ids = [found.id for found in find_stroke_patients(tmp_path)]
    assert ids == ["sub-strokecase0001_ses-0001", "sub-strokecase0001_ses-0002"]


def test_a_mask_on_another_grid_is_refused(tmp_path):
    patient(tmp_path, without=("msk",))
    path = (
        tmp_path
        / "derivatives"
        / "sub-strokecase0001"
        / "ses-0001"
        / "sub-strokecase0001_ses-0001_msk.nii.gz"
    )
    write(path, np.ones((48, 48, 24)), FINE, np.uint8)
    with pytest.raises(InputError, match=r"msk.nii.gz: on another grid than .*dwi.nii.gz"):
        find_stroke_patients(tmp_path)[0].seg()


def test_adc_in_other_units(tmp_path):
    patient(tmp_path)
    path = tmp_path / "sub-strokecase0001" / "ses-0001" / "dwi" / "sub-strokecase0001_ses-0001_adc.nii.gz"
    write(path, np.full(SHAPE, 0.0008))
    assert find_stroke_patients(tmp_path)[0].load("adc").max() == pytest.approx(800)


def test_the_brain_of_stripped_scans_and_of_heads(tmp_path):
    shape, affine = (48, 56, 20), np.diag([4.0, 4.0, 6.0, 1.0])
    affine[:3, 3] = [-94, -110, -57]
    noise = np.random.default_rng(0).rayleigh(4, shape)
    x, y, z = at(shape, affine)
    truth = (x / 66) ** 2 + (y / 80) ** 2 + (z / 50) ** 2 < 1
    head = ((x / 78) ** 2 + (y / 94) ** 2 + (z / 62) ** 2 < 1) & ~(
        (x / 72) ** 2 + (y / 87) ** 2 + (z / 56) ** 2 < 1
    )
    for name, image in (
        ("sub-stripped", truth * (300 + noise)),
        ("sub-head", truth * 300 + head * 40 + noise),
    ):
        write(tmp_path / name / f"{name}_dwi.nii.gz", image, affine)
    with_skull, stripped = find_stroke_patients(tmp_path)
    lps = truth[::-1, ::-1]
    found, was_stripped = stripped.brain()
    assert was_stripped and (found == lps).all()
    found, was_stripped = with_skull.brain()
    assert not was_stripped and 2 * (found & lps).sum() / (found.sum() + lps.sum()) > 0.97


def test_results_are_written_on_dwis_grid(tmp_path):
    patient(tmp_path)
    (found,) = find_stroke_patients(tmp_path)
    found.save_like(found.seg(), tmp_path / "out.nii.gz")
    out, original = nib.load(tmp_path / "out.nii.gz"), nib.load(found.seg_path)
    np.testing.assert_allclose(out.affine, original.affine, atol=1e-4)
    np.testing.assert_array_equal(np.asanyarray(out.dataobj), np.asanyarray(original.dataobj))
