"""The reader of ISLES 2022's files: names, grids, and what is said of folders that lack something."""

import nibabel as nib
import numpy as np
import pytest

from gancourse.cohort.isles import StrokePatient, find_stroke_patients
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


def file_of(root, suffix, kind="dwi", name="sub-strokecase0001"):
    return root / name / "ses-0001" / kind / f"{name}_ses-0001_{suffix}"


@pytest.mark.parametrize("unit, outlier", [(1e-6, 0.05), (1e-3, 9.0), (1.0, 5000.0)])
def test_adc_comes_out_in_one_unit(tmp_path, unit, outlier):
    patient(tmp_path)
    stored = np.full(SHAPE, 800 * unit)
    stored[:4], stored[5, 5, 5], stored[6, 6, 6] = 0, outlier, np.nan  # background, noise, a failed fit
    write(file_of(tmp_path, "adc.nii.gz"), stored)
    (found,) = find_stroke_patients(tmp_path)
    adc = found.load("adc")
    assert np.nanmedian(adc[adc > 0]) == pytest.approx(800) and adc.min() != adc.min()  # nan is kept


def several(root, b, values=(400, 200), table="dwi.bval"):
    """Write DWI with a volume for each value, constant, and its list of b."""
    patient(root)
    write(file_of(root, "dwi.nii.gz"), np.stack([np.full(SHAPE, v) for v in values], -1))
    if b is not None:
        file_of(root, table).write_text(b)
    return find_stroke_patients(root)[0]


@pytest.mark.parametrize("b, values, wanted", [("0 1000\n", (400, 200), 1), ("1000 0", (200, 400), 0)])
def test_of_several_volumes_that_of_the_highest_b_is_taken(tmp_path, b, values, wanted):
    found = several(tmp_path, b, values)
    assert found.chosen("dwi") == (wanted, 1000) and found.chosen("adc") is None
    assert (found.load("dwi") == 200).all() and found.load("dwi").shape == found.grid[0]
    found.save_like(found.seg(), tmp_path / "out.nii.gz")
    assert nib.load(tmp_path / "out.nii.gz").shape == nib.load(found.seg_path).shape


@pytest.mark.parametrize(
    "b, values, expected",
    [
        (None, (400, 200), r"dwi.nii.gz: 2 volumes, expected one; .* near 1000 .*_dwi.bval beside"),
        ("0 1000 1000", (400, 200, 210), r"2 volumes with the highest b, average them \(b = 0, 1000, 1000\)"),
        ("0 1000 1000", (400, 200), "3 values for 2 volumes"),
        ("0 50", (400, 380), "b too low"),
        ("nought", (400, 380), "no list of numbers"),
    ],
)
def test_volumes_of_which_none_is_told_are_refused_in_one_line(tmp_path, b, values, expected):
    found = several(tmp_path, b, values)
    with pytest.raises(InputError, match=expected) as error:
        found.load("dwi")
    assert "\n" not in str(error.value)


def test_several_volumes_of_adc_are_refused(tmp_path):
    patient(tmp_path)
    write(file_of(tmp_path, "adc.nii.gz"), np.ones((*SHAPE, 2)))
    with pytest.raises(InputError, match=r"adc.nii.gz: 2 volumes, expected one"):
        find_stroke_patients(tmp_path)[0].load("adc")


def test_files_of_any_names_with_or_without_dwi(tmp_path):
    write(tmp_path / "trace.nii.gz", slope(SHAPE, TURNED))
    write(tmp_path / "map.nii", np.full(SHAPE, 800.0))
    write(tmp_path / "dark.nii.gz", slope((48, 48, 24), FINE), FINE)
    whole = StrokePatient.from_files(dwi=tmp_path / "trace.nii.gz", flair=tmp_path / "dark.nii.gz")
    assert (whole.id, whole.reference, whole.modalities) == ("trace", "dwi", ("dwi", "flair"))
    assert whole.load("flair").shape == whole.load("dwi").shape == whole.grid[0]
    alone = StrokePatient.from_files(adc=str(tmp_path / "map.nii"), flair=tmp_path / "dark.nii.gz", id="A")
    assert (alone.id, alone.reference) == ("A", "adc") and alone.load("flair").shape == alone.grid[0]
    only = StrokePatient.from_files(flair=tmp_path / "dark.nii.gz")
    assert only.grid[0] == (48, 48, 24) and only.seg_path is None
    only.save_like(np.zeros(only.grid[0], np.uint8), tmp_path / "out.nii.gz")
    with pytest.raises(InputError, match="dark: no dwi; there are flair"):
        only.load("dwi")


def test_bad_files_are_named(tmp_path):
    write(tmp_path / "a.nii.gz", np.ones(SHAPE))
    with pytest.raises(InputError, match="no file given, expected at least one of dwi, adc, flair"):
        StrokePatient.from_files()
    with pytest.raises(InputError, match=r"dwi .*a.nii.gz and adc .*a.nii.gz: one file for two"):
        StrokePatient.from_files(dwi=tmp_path / "a.nii.gz", adc=tmp_path / "a.nii.gz")
    with pytest.raises(InputError, match=r"b.nii.gz: no such file"):
        StrokePatient.from_files(dwi=tmp_path / "b.nii.gz")


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
    # Some scanners put zeros into the air around a head, which is no stripped brain for that.
    outer = ((x / 84) ** 2 + (y / 100) ** 2 + (z / 90) ** 2 < 1) & ~(
        (x / 76) ** 2 + (y / 91) ** 2 + (z / 80) ** 2 < 1
    )
    write(tmp_path / "sub-head" / "sub-head_dwi.nii.gz", truth * 300 + outer * 40, affine)
    found, was_stripped = find_stroke_patients(tmp_path / "sub-head")[0].brain()
    assert not was_stripped and 2 * (found & lps).sum() / (found.sum() + lps.sum()) > 0.97
    brain, skull = tmp_path / "sub-stripped" / "sub-stripped_dwi.nii.gz", tmp_path / "sub-head" / "a.nii.gz"
    write(skull, truth * 300 + head * 300 + noise, affine)
    assert StrokePatient.from_files(flair=brain).brain()[1]
    with pytest.raises(InputError, match=r"a.nii.gz: has a skull, and no DWI"):
        StrokePatient.from_files(flair=skull).brain()


def test_results_are_written_on_dwis_grid(tmp_path):
    patient(tmp_path)
    (found,) = find_stroke_patients(tmp_path)
    found.save_like(found.seg(), tmp_path / "out.nii.gz")
    out, original = nib.load(tmp_path / "out.nii.gz"), nib.load(found.seg_path)
    np.testing.assert_allclose(out.affine, original.affine, atol=1e-4)
    np.testing.assert_array_equal(np.asanyarray(out.dataobj), np.asanyarray(original.dataobj))
