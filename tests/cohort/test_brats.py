"""Readers: every vintage as a tiny tree, every known quirk, awkward grids, and real files where present."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from nibabel import orientations
from scipy import ndimage

from gancourse.cohort.brats import Subject, brain_mask, find_subjects, region
from gancourse.cohort.scheme import CAVITY, MODALITIES
from gancourse.cohort.volumes import grid, read_volume
from gancourse.errors import InputError

BRATS = np.array([[-1.0, 0, 0, 0], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]])
SHAPE = (6, 7, 8)


def anatomy(value: float) -> np.ndarray:
    """A volume in LPS with a background of 0, no two other voxels alike, and a value of its own."""
    volume = np.zeros(SHAPE, np.int16)
    volume[1:-1, 1:-1, 1:-1] = 1000 * value + np.arange(4 * 5 * 6).reshape(4, 5, 6)
    return volume


def labels(*values: float, dtype: type = np.uint8) -> np.ndarray:
    """A label volume in LPS whose voxels (1..n, 3, 3) hold the values."""
    seg = np.zeros(SHAPE, dtype)
    seg[1 : 1 + len(values), 3, 3] = values
    return seg


def write(path: Path, lps: np.ndarray, codes: str = "LPS", extra_axis: bool = False) -> Path:
    """Store an LPS array, whose LPS affine is BraTS', with its axes in another order."""
    turn = orientations.ornt_transform(orientations.axcodes2ornt("LPS"), orientations.axcodes2ornt(codes))
    stored = orientations.apply_orientation(lps, turn)
    affine = BRATS @ orientations.inv_ornt_aff(turn, lps.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(stored[..., None] if extra_axis else stored, affine), path)
    return path


def write_mha(path: Path, lps: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(lps.T), str(path))


def nifti_subject(folder: Path, names: dict[str, str], seg: np.ndarray | None, pattern: str) -> None:
    """`pattern` has the place of a role and the ending: "Brats18_A_1_1_{}.nii.gz"."""
    for number, modality in enumerate(MODALITIES):
        write(folder / pattern.format(names.get(modality, modality)), anatomy(number + 1))
    if seg is not None:
        write(folder / pattern.format("seg"), seg)


def check_volumes(subject: Subject, seg: list[int] | None) -> None:
    assert subject.modalities == MODALITIES
    for number, modality in enumerate(MODALITIES):
        loaded = subject.load(modality)
        assert loaded.dtype == np.float32
        np.testing.assert_array_equal(loaded, anatomy(number + 1))
    if seg is not None:
        assert subject.seg().dtype == np.uint8
        np.testing.assert_array_equal(subject.seg(), labels(*seg))


NIFTI = [
    ("HGG/Brats17_2013_10_1", "Brats17_2013_10_1", ".nii.gz", "2017", "Brats17_2013_10", "HGG"),
    ("HGG/Brats17_TCIA_105_1", "Brats17_TCIA_105_1", ".nii.gz", "2017", "Brats17_TCIA_105", "HGG"),
    ("LGG/Brats18_TCIA01_131_1", "Brats18_TCIA01_131_1", ".nii.gz", "2018", "Brats18_TCIA01_131", "LGG"),
    (
        "healthy/Brats18_PHANTOM_007_1",
        "Brats18_PHANTOM_007_1",
        ".nii.gz",
        "2018",
        "Brats18_PHANTOM_007",
        "healthy",
    ),
    ("HGG/BraTS19_CBICA_ALU_1", "BraTS19_CBICA_ALU_1", ".nii", "2019", "BraTS19_CBICA_ALU", "HGG"),
    ("BraTS20_Training_001", "BraTS20_Training_001", ".nii", "2020", "BraTS20_Training_001", None),
    ("BraTS2021_00000", "BraTS2021_00000", ".nii.gz", "2021", "BraTS2021_00000", None),
]


@pytest.mark.parametrize(("folder", "id", "ending", "vintage", "patient", "grade"), NIFTI)
def test_2017_to_2021(tmp_path, folder, id, ending, vintage, patient, grade):
    nifti_subject(tmp_path / folder, {}, labels(1, 2, 4), id + "_{}" + ending)
    (subject,) = find_subjects(tmp_path)
    assert (subject.id, subject.vintage, subject.patient, subject.grade) == (id, vintage, patient, grade)
    check_volumes(subject, [1, 2, 4])
    assert subject.tissue() is None


@pytest.mark.parametrize(
    ("folder", "id", "vintage", "expected"),
    [
        ("x", "BraTS-GLI-00000-001", "2023", [1, 2, 4]),
        ("x", "BraTS-GLI-00005-100", "2024", [1, 2, 4, CAVITY]),
        ("ASNR-MICCAI-BraTS2023-GLI-Challenge-TrainingData", "BraTS-GLI-00005-100", "2023", [1, 2, 4]),
        (
            "BraTS2024-BraTS-GLI-TrainingData/training_data1_v2",
            "BraTS-GLI-00005-000",
            "2024",
            [1, 2, 4, CAVITY],
        ),
    ],
)
def test_2023_and_2024_by_time_point_or_folder(tmp_path, folder, id, vintage, expected):
    names = {"t1": "t1n", "t1ce": "t1c", "t2": "t2w", "flair": "t2f"}
    stored = labels(1, 2, 3, 4) if vintage == "2024" else labels(1, 2, 3)
    nifti_subject(tmp_path / folder / id, names, stored, id + "-{}.nii.gz")
    (subject,) = find_subjects(tmp_path)
    assert (subject.vintage, subject.patient) == (vintage, id[:-4])
    check_volumes(subject, expected)
    assert not (region(subject.seg(), "WT") & (subject.seg() == CAVITY)).any()


@pytest.mark.parametrize(("tree", "id", "vintage", "patient"), [
    ("HGG/brats_2013_pat0001_1/VSD.Brain{0}.XX.O.{1}.54512/VSD.Brain{0}.XX.O.{1}.54512.mha",
     "HGG_brats_2013_pat0001_1", "2015", "HGG_brats_2013_pat0001"),
    ("HGG/brats_tcia_pat153_0181/VSD.Brain{0}.XX.O.{1}.54512/VSD.Brain{0}.XX.O.{1}.54512.mha",
     "brats_tcia_pat153_0181", "2015", "brats_tcia_pat153"),
    ("HG/0001/VSD.Brain{0}.XX.O.{1}/VSD.Brain{0}.XX.O.{1}.684.mha", "HGG_0001", "2013", "HGG_0001"),
    ("HG/0001/VSD.Brain{0}.XX.O.{1}/volume.mha", "HGG_0001", "2013", "HGG_0001"),
])  # fmt: skip
def test_2013_and_2015(tmp_path, tree, id, vintage, patient):
    for number, name in enumerate(("MR_T1", "MR_T1c", "MR_T2", "MR_Flair")):
        write_mha(tmp_path / tree.format("", name), anatomy(number + 1))
    truth = labels(1, 2.0000002, 2.9999998, 4, dtype=np.float32)
    write_mha(tmp_path / tree.format("_3more", "OT"), truth)
    (subject,) = find_subjects(tmp_path)
    assert (subject.id, subject.vintage, subject.patient, subject.grade) == (id, vintage, patient, "HGG")
    check_volumes(subject, [1, 2, 1, 4])


def test_id_and_grade_do_not_depend_on_the_folder_one_starts_from(tmp_path, monkeypatch):
    home = tmp_path / "LGG" / "brats_2013_pat0001_1"
    write_mha(home / "VSD.Brain.XX.O.MR_T1.1" / "VSD.Brain.XX.O.MR_T1.1.mha", anatomy(1))
    monkeypatch.chdir(home)
    for folder in (tmp_path, home.parent, home, "."):
        (subject,) = find_subjects(folder)
        assert (subject.id, subject.grade) == ("LGG_brats_2013_pat0001_1", "LGG")


def test_both_grades_of_2015_have_a_patient_1(tmp_path):
    for grade in ("HGG", "LGG"):
        name = "VSD.Brain.XX.O.MR_T1.1"
        write_mha(tmp_path / grade / "brats_2013_pat0001_1" / name / f"{name}.mha", anatomy(1))
    patients = [subject.patient for subject in find_subjects(tmp_path)]
    assert patients == ["HGG_brats_2013_pat0001", "LGG_brats_2013_pat0001"]


def test_mha_affine_is_what_simpleitk_writes_to_nifti(tmp_path):
    image = sitk.GetImageFromArray(anatomy(1).T)
    image.SetSpacing((1.5, 2, 3))
    image.SetOrigin((4, -239, 7))
    image.SetDirection((0, 0, 1, 1, 0, 0, 0, -1, 0))
    for ending in (".mha", ".nii.gz"):
        sitk.WriteImage(image, str(tmp_path / f"a{ending}"))
    (first, first_affine), (second, second_affine) = (
        read_volume(tmp_path / f"a{e}") for e in (".mha", ".nii.gz")
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first_affine, second_affine, atol=1e-4)


def decathlon(folder: Path, id: str = "BRATS_001") -> None:
    channels = np.stack([anatomy(value) for value in (4, 1, 2, 3)], axis=-1)[
        ::-1, ::-1
    ]  # FLAIR, T1w, T1gd, T2w
    for name, stored in (("imagesTr", channels), ("labelsTr", labels(1, 2, 3)[::-1, ::-1])):
        (folder / name).mkdir(parents=True, exist_ok=True)
        nib.save(nib.Nifti1Image(stored, np.eye(4)), folder / name / f"{id}.nii.gz")


def test_decathlon(tmp_path):
    decathlon(tmp_path)
    (tmp_path / "imagesTr" / "._BRATS_001.nii.gz").write_bytes(b"macOS")
    (tmp_path / "__MACOSX" / "labelsTr").mkdir(parents=True)
    (tmp_path / "__MACOSX" / "labelsTr" / "BRATS_001.nii.gz").write_bytes(b"macOS")
    (subject,) = find_subjects(tmp_path)
    assert (subject.id, subject.patient, subject.vintage) == ("BRATS_001", "BRATS_001", "decathlon")
    check_volumes(subject, [2, 1, 4])


def test_subject_355_of_2020(tmp_path):
    folder = tmp_path / "BraTS20_Training_355"
    nifti_subject(folder, {}, None, "BraTS20_Training_355_{}.nii")
    write(folder / "W39_1998.09.19_Segm.nii", labels(1, 2, 4))
    (subject,) = find_subjects(tmp_path)
    check_volumes(subject, [1, 2, 4])
    assert find_subjects(folder)[0].seg_path == subject.seg_path  # also from its own folder


def test_mirrors_that_turned_files_into_folders(tmp_path):
    write(tmp_path / "BraTS2021_00001" / "BraTS2021_00001_flair.nii" / "00000057_brain_flair.nii", anatomy(4))
    write(tmp_path / "BraTS2021_00002" / "BraTS2021_00002_t2.nii" / "57.nii", anatomy(3))
    with pytest.warns(UserWarning, match="1 files whose names tell no subject"):
        (subject,) = find_subjects(tmp_path)
    assert (subject.id, subject.modalities) == ("BraTS2021_00002", ("t2",))


def test_no_modality_and_no_segmentation_is_still_a_subject(tmp_path):
    write(tmp_path / "BraTS20_Validation_001" / "BraTS20_Validation_001_t1.nii", anatomy(1))
    write(tmp_path / "BraTS20_Validation_002" / "BraTS20_Validation_002_seg.nii", labels(1))
    first, second = find_subjects(tmp_path)
    assert (first.modalities, second.modalities) == (("t1",), ())
    assert second.seg().sum() == 1 and second.shape == SHAPE
    with pytest.raises(InputError, match="no segmentation"):
        first.seg()
    with pytest.raises(InputError, match="no modality 't2'; it has t1"):
        first.load("t2")


def test_vintage_is_never_told_from_label_values(tmp_path):
    write(tmp_path / "patient7" / "patient7_t1.nii.gz", anatomy(1))
    write(tmp_path / "patient7" / "patient7_seg.nii.gz", labels(1, 2, 4))
    with pytest.raises(InputError, match=r"patient7_(seg|t1).nii.gz tells no vintage"):
        find_subjects(tmp_path)
    by_vintage = {year: find_subjects(tmp_path, year)[0].seg()[3, 3, 3] for year in ("2018", "2024")}
    assert by_vintage == {"2018": 4, "2024": CAVITY}
    with pytest.raises(InputError, match="unknown label 4, expected 0 and 1, 2, 3"):
        find_subjects(tmp_path, 2023)[0].seg()
    with pytest.raises(InputError, match="unknown vintage 2022, expected one of 2013"):
        find_subjects(tmp_path, 2022)


def test_grade_from_a_table(tmp_path):
    write(tmp_path / "BraTS20_Training_001" / "BraTS20_Training_001_t1.nii", anatomy(1))
    (tmp_path / "name_mapping.csv").write_text(
        "Grade,BraTS_2017_subject_ID,BraTS_2020_subject_ID\nLGG,NA,BraTS20_Training_001\n"
    )
    assert find_subjects(tmp_path)[0].grade == "LGG"


def test_phantom_with_tissue(tmp_path):
    id = "Brats18_PHANTOM_001_1"
    nifti_subject(tmp_path / "HGG" / id, {}, labels(1), id + "_{}.nii.gz")
    write(tmp_path / "HGG" / id / f"{id}_tissue.nii.gz", labels(1, 2, 3))
    np.testing.assert_array_equal(find_subjects(tmp_path)[0].tissue(), labels(1, 2, 3))


def test_same_file_twice_is_an_error(tmp_path):
    for ending in (".nii", ".nii.gz"):
        write(tmp_path / "BraTS20_Training_001" / f"BraTS20_Training_001_t1{ending}", anatomy(1))
    with pytest.raises(InputError, match="BraTS20_Training_001: two files for t1, .*; keep one"):
        find_subjects(tmp_path)


def test_links_to_folders_are_followed_and_loops_end(tmp_path):
    write(tmp_path / "store" / "BraTS20_Training_001" / "BraTS20_Training_001_t1.nii", anatomy(1))
    (tmp_path / "chosen").mkdir()
    (tmp_path / "chosen" / "BraTS20_Training_001").symlink_to(tmp_path / "store" / "BraTS20_Training_001")
    (tmp_path / "chosen" / "loop").symlink_to(tmp_path / "chosen")
    assert len(find_subjects(tmp_path / "chosen")) == 1


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_no_subject(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=f"{name}: no .*gancourse cohort make") as caught:
        find_subjects(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("extra_axis", [False, True])
@pytest.mark.parametrize("codes", ["LPS", "RAS", "LAS", "SPL", "AIR", "PSR"])
def test_any_stored_orientation_comes_in_as_lps_and_goes_back(tmp_path, codes, extra_axis):
    path = write(tmp_path / "in.nii.gz", anatomy(1), codes, extra_axis)
    subject = Subject.from_files(t1=path)
    np.testing.assert_array_equal(subject.load("t1"), anatomy(1))
    np.testing.assert_allclose(subject.affine, BRATS, atol=1e-5)
    subject.save_like(subject.load("t1").astype(np.int16), tmp_path / "new" / "out.nii.gz")
    before, after = nib.load(path), nib.load(tmp_path / "new" / "out.nii.gz")
    np.testing.assert_array_equal(after.dataobj, before.dataobj)
    np.testing.assert_array_equal(after.affine, before.affine)
    assert after.header.get_zooms() == before.header.get_zooms() and after.get_data_dtype() == np.int16
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out.nii.gz"]


def oblique() -> np.ndarray:
    """Axes stored P, I, R; voxels of 0.9 x 3 x 1.2 mm; 17 degrees oblique."""
    axes = np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], float)
    angle = np.deg2rad(17)
    tilt = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return nib.affines.from_matvec(tilt @ axes @ np.diag((0.9, 3, 1.2)), (12.5, -7, 33))


def test_oblique_anisotropic_grid(tmp_path):
    stored = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
    path = tmp_path / "oblique.nii"
    nib.save(nib.Nifti1Image(stored, oblique()), path)
    subject = Subject.from_files(flair=path)
    loaded = subject.load("flair")
    assert nib.aff2axcodes(subject.affine) == tuple("LPS")
    assert subject.shape == loaded.shape == (5, 3, 4)
    np.testing.assert_allclose(subject.zooms, (1.2, 0.9, 3), atol=1e-5)
    assert subject.voxel_ml == pytest.approx(0.9 * 3 * 1.2 / 1000, rel=1e-5)
    for index in np.ndindex(*loaded.shape):  # every voxel is where it was in the world
        there = nib.affines.apply_affine(
            np.linalg.inv(oblique()), nib.affines.apply_affine(subject.affine, index)
        )
        assert loaded[index] == stored[tuple(np.rint(there).astype(int))]
    subject.save_like(loaded > 10, tmp_path / "mask.nii.gz")
    mask = nib.load(tmp_path / "mask.nii.gz")
    np.testing.assert_array_equal(mask.dataobj, stored > 10)
    np.testing.assert_allclose(mask.affine, oblique(), atol=1e-5)
    assert mask.get_data_dtype() == np.uint8


def test_scaled_integers_are_read_as_intensities(tmp_path):
    image = nib.Nifti1Image(anatomy(1), BRATS)
    image.header.set_slope_inter(0.5, -100)
    image.to_filename(tmp_path / "t1.nii.gz")  # integers are stored as they are
    loaded = Subject.from_files(t1=tmp_path / "t1.nii.gz").load("t1")
    np.testing.assert_allclose(loaded, 0.5 * anatomy(1) - 100, atol=1e-3)


def test_save_like_leaves_what_is_there_when_it_cannot_write(tmp_path):
    subject = Subject.from_files(t1=write(tmp_path / "t1.nii.gz", anatomy(1)))
    before = (tmp_path / "t1.nii.gz").read_bytes()
    with pytest.raises(InputError, match=r"shape \(2, 2, 2\) does not fit"):
        subject.save_like(np.zeros((2, 2, 2)), tmp_path / "t1.nii.gz")
    with pytest.raises(InputError, match=r"ends in .nii.gz"):
        subject.save_like(anatomy(1), tmp_path / "t1.mha")
    assert (tmp_path / "t1.nii.gz").read_bytes() == before


def test_segmentation_on_another_grid_is_refused(tmp_path):
    t1 = write(tmp_path / "t1.nii.gz", anatomy(1))
    nib.save(
        nib.Nifti1Image(labels(1), np.eye(4)), tmp_path / "seg.nii.gz"
    )  # a lost header: flipped silently
    with pytest.raises(InputError, match=r"seg.nii.gz: on another grid than .*t1.nii.gz \(another affine\)"):
        Subject.from_files(t1=t1, seg=tmp_path / "seg.nii.gz").seg()
    other = write(tmp_path / "other.nii.gz", labels(1)[:-1])
    with pytest.raises(
        InputError, match=r"other.nii.gz: on another grid .*shape \(5, 7, 8\) instead of \(6, 7, 8\)"
    ):
        Subject.from_files(t1=t1, seg=other).seg()


@pytest.mark.parametrize("values", [(0.99999997, 2.0000002), (1.0, 2.0)])
def test_float_labels_are_rounded(tmp_path, values):
    seg = write(tmp_path / "seg.nii.gz", labels(*values, dtype=np.float32))
    np.testing.assert_array_equal(Subject.from_files(seg=seg).seg(), labels(1, 2))


@pytest.mark.parametrize(("values", "message"), [
    ((1, 2.5), "not whole numbers"), ((1, np.nan), "not whole numbers"), ((1, -1), "unknown label -1"),
    ((1, 3, 7), "unknown label 3, 7, expected 0 and 1, 2, 4"), ((1, 300), "unknown label 300"),
])  # fmt: skip
def test_bad_labels(tmp_path, values, message):
    seg = write(tmp_path / "seg.nii.gz", labels(*values, dtype=np.float32))
    with pytest.raises(InputError, match=message):
        Subject.from_files(seg=seg).seg()


def test_from_files(tmp_path):
    t1 = write(tmp_path / "scan.nii.gz", anatomy(1))
    subject = Subject.from_files(t1=t1, flair=str(t1), t2=None)
    assert (subject.id, subject.modalities, subject.seg_path) == ("scan", ("t1", "flair"), None)
    assert Subject.from_files(t1=t1, id="Brats18_A_B_1").patient == "Brats18_A_B"
    four = tmp_path / "four.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4, 4), np.int16), BRATS), four)
    with pytest.raises(InputError, match=r"four.nii.gz: shape \(4, 4, 4, 4\), expected 3 axes"):
        Subject.from_files(t1=four).load("t1")
    for arguments, message in (
        ({"t3": t1}, "unknown modality 't3'"),
        ({}, "no file given"),
        ({"t1": tmp_path / "absent.nii"}, "absent.nii: no such file"),
    ):
        with pytest.raises(InputError, match=message):
            Subject.from_files(**arguments)


def test_region():
    seg = np.array([0, 1, 2, 4, CAVITY], np.uint8)
    assert {name: region(seg, name).tolist() for name in ("WT", "TC", "ET")} == {
        "WT": [False, True, True, True, False],
        "TC": [False, True, False, True, False],
        "ET": [False, False, False, True, False],
    }
    with pytest.raises(InputError, match="unknown region 'wt'"):
        region(seg, "wt")


def ball(background: float, inside: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    x, y, z = np.indices((24, 24, 24)) - 11.5
    brain = x**2 + y**2 + z**2 < 81
    return np.where(brain, inside, background).astype(np.float32), brain


def test_brain_mask_whatever_the_background():
    noise = np.random.default_rng(0).normal(0, 1, (24, 24, 24))
    for background, inside in ((0, 500 + noise), (-5, noise), (0, noise), (-136, 200 + noise)):
        volume, brain = ball(background, inside)
        np.testing.assert_array_equal(brain_mask(volume), brain)


def test_brain_mask_without_ringing_specks_or_holes_and_with_a_missing_slab():
    volume, brain = ball(0, 500.0)
    rim = ndimage.binary_dilation(brain) & ~brain
    volume[rim] = np.where(np.arange(rim.sum()) % 3, 0, -136)  # resampled by another pipeline
    volume[1, 1, 1] = 40
    volume[11:13, 11:13, 11:13] = 0  # a ventricle as dark as the background
    np.testing.assert_array_equal(brain_mask(volume), brain)
    volume[:, :, 14:16] = 0
    mask = brain_mask(volume)
    assert mask[:, :, 17].any() and mask[:, :, 10].any() and not mask[:, :, 14:16].any()
    cropped = volume[3:21, 3:21, 3:21]
    assert brain_mask(cropped).sum() > 2000


def test_brain_mask_refuses_what_it_cannot_answer():
    with pytest.raises(InputError, match="nothing but background"):
        brain_mask(np.zeros((8, 8, 8)))
    with pytest.raises(InputError, match="stripped skull"):
        brain_mask(np.random.default_rng(0).random((8, 8, 8)))


def test_real_atlas(real):
    folder = real / "sri24"
    subject = Subject.from_files(
        t1=folder / "spgr.nii.gz", t2=folder / "late.nii.gz", tissue=folder / "tissues.nii.gz"
    )
    stored = nib.load(folder / "spgr.nii.gz")
    assert nib.aff2axcodes(stored.affine) == tuple("LAS") and stored.shape[3:] == (1,)
    t1, tissue = subject.load("t1"), subject.tissue()
    assert t1.shape == (240, 240, 155)
    np.testing.assert_array_equal(t1, np.asarray(stored.dataobj)[:, ::-1, :, 0])
    np.testing.assert_allclose(
        world_centre(t1, subject.affine),
        world_centre(np.asarray(stored.dataobj)[..., 0], stored.affine),
        atol=1e-3,
    )
    np.testing.assert_array_equal(brain_mask(t1), brain_mask(subject.load("t2")))
    assert (brain_mask(t1) == (tissue > 0)).mean() > 0.999
    medians = [np.median(t1[tissue == k]) for k in (1, 2, 3)]
    assert medians == sorted(medians)  # CSF < GM < WM in T1


@pytest.mark.parametrize("id", ["BRATS_404", "BRATS_408", "BRATS_427", "BRATS_442"])
def test_real_tumours(real, tmp_path, id):
    path = real / "msd_task01" / f"{id}.nii.gz"
    stored = nib.load(path)
    raw = np.asarray(stored.dataobj)
    subject = Subject.from_files(seg=path)  # the name tells
    seg = subject.seg()
    assert [int((seg == k).sum()) for k in (1, 2, 4)] == [int((raw == k).sum()) for k in (2, 1, 3)]
    before, after = world_centre(raw > 0, stored.affine), world_centre(region(seg, "WT"), subject.affine)
    np.testing.assert_allclose(after, before, atol=1e-3)
    # RAS: the right half of the grid has x above its middle; in LPS it has the lower indices.
    assert (before[0] > 119.5) == (ndimage.center_of_mass(seg > 0)[0] < 119.5)
    subject.save_like(seg, tmp_path / "again.nii.gz")
    again = nib.load(tmp_path / "again.nii.gz")
    np.testing.assert_array_equal(np.asanyarray(again.dataobj), np.array([0, 2, 1, 4])[raw.astype(int)])
    np.testing.assert_array_equal(again.affine, stored.affine)


def world_centre(array: np.ndarray, affine: np.ndarray) -> np.ndarray:
    return nib.affines.apply_affine(affine, ndimage.center_of_mass(array))


def test_grid_from_the_header_is_that_of_the_volume(tmp_path):
    path = write(tmp_path / "a.nii.gz", anatomy(1), "SPL")
    array, affine = read_volume(path)
    shape, from_header = grid(path)
    assert shape == array.shape
    np.testing.assert_array_equal(affine, from_header)


@pytest.mark.parametrize(("content", "message"), [
    (b"", "empty"), (b"hello, I am no volume" * 40, "not a NIfTI"), (b"short", "not a NIfTI"),
    (gzip.compress(b"no", mtime=0), "not a NIfTI"),
])  # fmt: skip
def test_damaged_files_are_input_errors(tmp_path, content, message):
    (tmp_path / "t1.nii").write_bytes(content)
    with pytest.raises(InputError, match=f"t1.nii: .*{message}") as caught:
        Subject.from_files(t1=tmp_path / "t1.nii").load("t1")
    assert "\n" not in str(caught.value)
