"""Segmenting a patient: every grid keeps its place, any modalities do, bad input names the step to take."""

import re

import nibabel as nib
import numpy as np
import pytest
from ball import LEVELS, Thresholds, centred, scan, truth_on, write
from scipy import ndimage

from gancourse.cohort.brats import Subject, brain_mask
from gancourse.cohort.phantom import make_subject
from gancourse.cohort.phantom.phantom_files import write_subject
from gancourse.cohort.plausible import skull_sign
from gancourse.cohort.scheme import TISSUES
from gancourse.errors import InputError
from gancourse.segmentation.input_checks import find_patient
from gancourse.segmentation.patient import segment
from gancourse.segmentation.segmenter import load


def turned(degrees: float) -> np.ndarray:
    """Rotations about all three axes."""
    matrix = np.eye(3)
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        step, t = np.eye(3), np.deg2rad(degrees)
        step[[a, a, b, b], [a, b, a, b]] = np.cos(t), -np.sin(t), np.sin(t), np.cos(t)
        matrix = matrix @ step
    return matrix


AXES = {"LPS": np.diag([-1.0, -1, 1]), "RAS": np.eye(3), "LAS": np.diag([-1.0, 1, 1])}
SAR = np.array([[0.0, 0, 1], [0, 1, 0], [1, 0, 0]])  # voxel axes to superior, anterior, right
GRIDS = {
    "LPS 1 mm": ((134, 158, 112), AXES["LPS"], 0.999),
    "RAS 2 mm": ((70, 80, 56), 2 * AXES["RAS"], 0.93),
    "LAS with a trailing axis": ((70, 80, 56, 1), 2 * AXES["LAS"], 0.93),
    "SAR 2 mm": ((56, 80, 70), 2 * SAR, 0.93),
    "oblique": ((80, 90, 60), turned(12) @ AXES["LPS"] * 2, 0.93),
    "thick slices": ((150, 170, 22), AXES["LPS"] * [0.9, 0.9, 5], 0.95),
    "fine pixels": ((260, 310, 34), AXES["RAS"] * [0.5, 0.5, 3], 0.96),
    "thin slices": ((134, 158, 220), AXES["LAS"] * [1, 1, 0.5], 0.95),
    "sagittal slabs": ((28, 158, 112), AXES["LPS"] * [5, 1, 1], 0.88),
}


@pytest.mark.parametrize("name", GRIDS)
def test_labels_lie_where_the_tumour_is_in_millimetres(tmp_path, name):
    shape, matrix, least = GRIDS[name]
    affine = centred(shape, matrix)
    path = write(tmp_path / "t1.nii.gz", scan(shape, affine).reshape(shape), affine)
    subject, fake = Subject.from_files(t1=path), Thresholds()
    found = segment(subject, fake)
    subject.save_like(found.seg, tmp_path / "seg.nii.gz")
    subject.save_like(found.tissue, tmp_path / "tissue.nii.gz")
    seg, tissue = truth_on(shape, affine)
    tissue[seg > 0] = 0
    for file, expected in (("seg.nii.gz", seg), ("tissue.nii.gz", tissue)):
        image = nib.load(tmp_path / file)
        assert image.shape == shape and image.get_data_dtype() == np.uint8
        np.testing.assert_allclose(image.affine, affine, atol=1e-4)
        stored = np.asarray(image.dataobj).reshape(shape[:3])
        assert set(np.unique(stored)) <= set(np.unique(expected))
        for label in np.unique(expected)[1:]:
            overlap = 2 * ((stored == label) & (expected == label)).sum()
            dice = overlap / ((stored == label).sum() + (expected == label).sum())
            assert dice >= least - 0.12 * (expected is seg and label == 1), (file, label, dice)
    voxel_ml = abs(np.linalg.det(matrix)) / 1000
    assert found.volumes_ml["WT"] == pytest.approx((found.seg > 0).sum() * voxel_ml)
    assert found.volumes_ml["WT"] == pytest.approx((seg > 0).sum() * voxel_ml, rel=0.08)
    assert found.volumes_ml["TC"] == pytest.approx(found.volumes_ml["ET"] + found.volumes_ml["NCR"])
    counts = [n for (n, *_), _ in fake.calls]
    assert max(counts) <= 32 and sum(counts) <= 102  # slices of 0.5 mm are not all run


def test_slices_are_seen_at_1_mm_anterior_up_and_right_on_the_left(tmp_path):
    shape = (70, 80, 56)
    affine = centred(shape, 2 * AXES["RAS"])
    seen = []

    class Watching(Thresholds):
        def predict(self, images, brain, present):
            seen.append((images[..., 2], brain))
            return super().predict(images, brain, present)

    segment(Subject.from_files(t2=write(tmp_path / "t2.nii.gz", scan(shape, affine), affine)), Watching())
    images, brain = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    assert len(images) == 50  # of 56: those with brain
    rows, columns = (np.flatnonzero(brain.any(axes)) for axes in ((0, 2), (0, 1)))
    assert (len(rows), len(columns)) == pytest.approx((144, 120), abs=2)  # mm
    slices, down, right = np.argwhere(images > 320).mean(0)
    middle = brain.shape[1] / 2, brain.shape[2] / 2
    # 22 mm to the patient's right is left in the image, 18 mm to posterior is down.
    assert (down - middle[0], right - middle[1]) == pytest.approx((18, -22), abs=1.5)
    assert slices > len(images) / 2  # superior comes last


@pytest.mark.parametrize("axes", ["LPS", "SAR"])
def test_one_axial_slice(tmp_path, axes):
    flat, matrix = ((150, 170, 1), AXES["LPS"]) if axes == "LPS" else ((1, 170, 150), SAR)
    affine = centred(flat, matrix)
    affine[2, 3] = 9
    found = segment(
        subject := Subject.from_files(flair=write(tmp_path / "flair.nii.gz", scan(flat, affine), affine)),
        Thresholds(),
    )
    subject.save_like(found.seg, tmp_path / "seg.nii.gz")
    stored = nib.load(tmp_path / "seg.nii.gz")
    assert stored.shape == flat and found.seg.shape == (150, 170, 1)
    np.testing.assert_array_equal(np.asarray(stored.dataobj), truth_on(flat, affine)[0])


@pytest.mark.parametrize("plane", ["sagittal", "coronal"])
def test_one_slice_in_another_plane_is_refused(tmp_path, plane):
    shape = (1, 170, 120) if plane == "sagittal" else (150, 1, 120)
    affine = centred(shape, AXES["RAS"])
    path = write(tmp_path / "t1.nii.gz", scan(shape, affine), affine)
    with pytest.raises(InputError, match=f"one {plane} slice.*axial.*give the volume"):
        segment(Subject.from_files(t1=path), Thresholds())


SHAPE = (70, 80, 56)
AFFINE = centred(SHAPE, 2 * AXES["LPS"])


@pytest.fixture(scope="module")
def ball() -> np.ndarray:
    return scan(SHAPE, AFFINE)


@pytest.mark.parametrize("names", [("t1",), ("flair",), ("t1ce", "flair"), ("t1", "t1ce", "t2", "flair")])
def test_any_modalities(tmp_path, ball, names):
    files = {name: write(tmp_path / f"{name}.nii.gz", ball, AFFINE) for name in names}
    fake = Thresholds()
    found = segment(Subject.from_files(**files), fake)
    assert found.present == names and set(found.missing) == {"t1", "t1ce", "t2", "flair"} - set(names)
    assert {present for _, present in fake.calls} == {names} and found.gaps == {}
    assert found.volumes_ml["WT"] == pytest.approx(4 / 3 * np.pi * 20**3 / 1000, rel=0.03)


def test_a_missing_slab_is_a_missing_modality_in_those_slices(tmp_path, ball):
    slab = ball.copy()
    slab[:, :, 30:36] = 0  # through the tumour
    files = {"t1": write(tmp_path / "t1.nii.gz", slab, AFFINE)}
    files["t2"] = write(tmp_path / "t2.nii.gz", ball, AFFINE)
    fake = Thresholds()
    found = segment(Subject.from_files(**files), fake)
    assert found.gaps == {"t1": 6} and {present for _, present in fake.calls} == {("t1", "t2"), ("t2",)}
    assert sum(n for (n, *_), present in fake.calls if present == ("t2",)) == 6
    np.testing.assert_array_equal(found.seg, segment(Subject.from_files(t2=files["t2"]), Thresholds()).seg)
    alone = segment(Subject.from_files(t1=files["t1"]), Thresholds())
    assert not alone.seg[:, :, 30:36].any() and alone.seg[:, :, 29].any() and alone.gaps == {}


def test_not_a_number_outside_the_brain_is_background(tmp_path, ball):
    holed = np.where(ball > 0, ball, np.nan)
    path, plain = write(tmp_path / "t1.nii.gz", holed, AFFINE), write(tmp_path / "a.nii.gz", ball, AFFINE)
    found, expected = (segment(Subject.from_files(t1=p), Thresholds()) for p in (path, plain))
    np.testing.assert_array_equal(found.seg, expected.seg)
    np.testing.assert_array_equal(found.tissue, expected.tissue)


def bad(ball: np.ndarray, what: str) -> np.ndarray:
    ball = ball.copy()
    if what == "voxels":
        ball[35:37, 40:42, 28] = np.nan
    elif what == "slab":
        ball[:, :, 30:33] = np.nan
    elif what == "infinite":
        ball[30, 40, 28] = np.inf
    elif what == "empty":
        ball[:] = 0
    elif what == "nothing but NaN":
        ball[:] = np.nan
    elif what == "noise":
        ball += np.random.default_rng(0).uniform(1, 9, ball.shape).astype(np.float32)
    return ball


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("voxels", "NaN or infinity inside the brain; repair it, or leave this modality out"),
        ("slab", "NaN or infinity inside the brain"),
        ("infinite", "NaN or infinity inside the brain"),
        ("empty", "nothing but background, expected a brain"),
        ("nothing but NaN", "nothing but background, expected a brain"),
        ("noise", "no constant background, expected a stripped skull"),
    ],
)
def test_bad_voxels(tmp_path, ball, what, said):
    good, path = (
        write(tmp_path / "t2.nii.gz", ball, AFFINE),
        write(tmp_path / "t1.nii.gz", bad(ball, what), AFFINE),
    )
    for files in ({"t1": path}, {"t1": path, "t2": good}):
        with pytest.raises(InputError, match=re.escape(f"{path} (t1): {said}")) as caught:
            segment(Subject.from_files(**files), Thresholds())
        assert "\n" not in str(caught.value)


def test_bad_files_and_grids(tmp_path, ball):
    t1 = write(tmp_path / "t1.nii.gz", ball, AFFINE)
    smaller = write(tmp_path / "smaller_t2.nii.gz", ball[:-1], AFFINE)
    moved = write(tmp_path / "moved_t2.nii.gz", ball, centred(SHAPE, turned(9) @ AFFINE[:3, :3]))
    empty, text, truncated = (tmp_path / f"{name}_t2.nii.gz" for name in ("empty", "text", "truncated"))
    empty.write_bytes(b"")
    text.write_text("not an image")
    truncated.write_bytes(t1.read_bytes()[:20000])
    for path, said in (
        (
            smaller,
            r"on another grid than .*t1.nii.gz \(shape \(69, 80, 56\) instead of.*register.*resample it",
        ),
        (moved, r"on another grid than .*t1.nii.gz \(another affine\); register"),
        (empty, "empty"),
        (text, "not a NIfTI file"),
        (truncated, "truncated"),
    ):
        with pytest.raises(InputError, match=f"{path}.*{said}"):
            segment(Subject.from_files(t1=t1, t2=path), Thresholds())
    with pytest.raises(InputError, match="has none of t1, t1ce, t2, flair; give at least one scan"):
        segment(Subject.from_files(seg=write(tmp_path / "seg.nii.gz", ball, AFFINE)), Thresholds())


def with_skull(volume: np.ndarray, zooms, bone_mm: float, fat: float, seed: int = 0) -> np.ndarray:
    """A head round a stripped brain: CSF, bone of uneven thickness, scalp; air is 0."""
    brain, rng = brain_mask(volume), np.random.default_rng(seed)
    far = ndimage.distance_transform_edt(~brain, sampling=zooms)
    rough = ndimage.gaussian_filter(rng.standard_normal(volume.shape), 4)
    rough *= 1.2 / rough.std()
    unit, bone, scalp = np.median(volume[brain]), bone_mm + rough, 5 + 1.5 * np.roll(rough, 31, 0)
    layers = [far == 0, far < 2, far < 2 + bone, far < 2 + bone + scalp]
    head = np.select(layers, [volume, 0.3 * unit, 0.1 * unit, fat * unit], 0)
    return (head + (head > 0) * 0.03 * unit * rng.standard_normal(volume.shape)).astype(np.float32)


@pytest.mark.parametrize("randomisation", ["realistic", "wide"])
def test_a_head_in_its_skull_is_recognised_and_no_phantom_is(tmp_path, randomisation):
    phantom = make_subject(3, seed=5, randomisation=randomisation)
    for (modality, image), (bone_mm, fat) in zip(
        phantom.images.items(), ((4, 1.0), (7, 2.0)) * 2, strict=True
    ):
        volume = image.astype(np.float32)
        brain = brain_mask(volume)
        assert skull_sign(volume, brain, (2, 2, 2)) is None, modality
        rim = brain & ~ndimage.binary_erosion(brain)  # dura that a program left on
        with_dura = np.where(rim, 1.2 * np.median(volume[brain]), volume)
        assert skull_sign(with_dura, brain, (2, 2, 2)) is None, modality
        head = with_skull(volume, (2, 2, 2), bone_mm, fat)
        mask = brain_mask(head)
        assert skull_sign(head, mask, (2, 2, 2)), modality
        cut = mask.sum((0, 1)).argmax() + 8  # one slice of a small head: only the shell tells
        sign = skull_sign(head[:, :, [cut]], mask[:, :, [cut]], (1.6, 1.6, 2))
        assert sign and "bright shell round a dark one" in sign, modality
    path = write(tmp_path / "t1.nii.gz", head, np.diag([-2.0, -2, 2, 1]))
    with pytest.raises(InputError, match=r"\(t1\): a head with its skull \(.*gancourse strip"):
        segment(Subject.from_files(t1=path), Thresholds())


@pytest.mark.parametrize("file", ["spgr", "late", "erly"])
def test_the_real_sri24_passes(real, file):
    subject = Subject.from_files(t1=real / "sri24" / f"{file}.nii.gz")
    found = segment(subject, Thresholds())
    truth = nib.load(real / "sri24" / "tissues.nii.gz")
    brain = (found.tissue > 0) | (found.seg > 0)
    assert brain.sum() == (np.asarray(truth.dataobj) > 0).sum()


def test_find_patient(tmp_path, ball):
    none = dict.fromkeys(("t1", "t1ce", "t2", "flair"))
    for name in ("Brats18_A_1_1", "Brats18_B_1_1"):
        (tmp_path / "two" / name).mkdir(parents=True)
        for modality in ("t1", "flair"):
            write(tmp_path / "two" / name / f"{name}_{modality}.nii.gz", ball, AFFINE)
    one = tmp_path / "two" / "Brats18_A_1_1"
    subject = find_patient(one, none)
    assert (subject.id, subject.modalities) == ("Brats18_A_1_1", ("t1", "flair"))
    assert find_patient(one / "Brats18_A_1_1_t1.nii.gz", none) == subject
    dicom, unnamed = tmp_path / "dicom", tmp_path / "unnamed"
    for folder in (dicom, unnamed, tmp_path / "empty"):
        folder.mkdir()
    (dicom / "IM0001").write_bytes(bytes(128) + b"DICM" + bytes(100))
    (tmp_path / "slice.dcm").write_bytes(b"")
    write(unnamed / "scan.nii.gz", ball, AFFINE)
    t1 = one / "Brats18_A_1_1_t1.nii.gz"
    for place, files, said in (
        (None, {}, "expected one subject: give its folder, or its files by --t1"),
        (one, {"t1": t1}, "expected one subject"),
        (
            tmp_path / "two",
            {},
            "2 subjects, such as Brats18_A_1_1, Brats18_B_1_1, expected one; give its own",
        ),
        (tmp_path / "nowhere", {}, "nowhere: no such folder"),
        (tmp_path / "empty", {}, "no BraTS subject found"),
        (unnamed, {}, "scan.nii.gz tells no vintage or role.*or name the files: --t1 FILE"),
        (dicom, {}, "dicom: DICOM, expected NIfTI; convert it first, with dcm2niix"),
        (tmp_path / "slice.dcm", {}, "dcm2niix"),
        (None, {"t2": dicom / "IM0001"}, "dcm2niix"),
        (None, {"t1": t1, "t2": t1}, "one file for two modalities"),
        (None, {"t1": tmp_path / "nowhere.nii.gz"}, "nowhere.nii.gz: no such file"),
        (None, {"flair": t1}, "_t1.nii.gz: named as t1, but given as flair; give the right file"),
    ):
        with pytest.raises(InputError, match=said):
            find_patient(place, none | files)


@pytest.mark.parametrize(("voxels", "kept"), [(2, False), (400, True)])
def test_a_few_voxels_of_enhancing_tumour_are_necrosis(tmp_path, voxels, kept):
    shape, matrix, _ = GRIDS["RAS 2 mm"]
    affine = centred(shape, matrix)
    image, (seg, _) = scan(shape, affine), truth_on(shape, affine)
    image[seg > 0] = LEVELS[2]
    image.flat[np.flatnonzero(seg == 4)[:voxels]] = LEVELS[4]
    found = segment(Subject.from_files(t1=write(tmp_path / "t1.nii.gz", image, affine)), Thresholds())
    assert (found.volumes_ml["ET"] > 0) == ((found.seg == 4).any()) == kept
    assert (found.seg > 0).sum() == pytest.approx((seg > 0).sum(), rel=0.08)


def test_specks_are_no_tumour(tmp_path):
    shape, matrix, _ = GRIDS["RAS 2 mm"]
    affine = centred(shape, matrix)
    image, (seg, tissue) = scan(shape, affine), truth_on(shape, affine)
    white = np.argwhere((tissue == 3) & ~ndimage.binary_dilation(seg > 0, iterations=5))
    for at in white[::4000]:
        image[tuple(at)] = LEVELS[1]
    found = segment(Subject.from_files(t1=write(tmp_path / "t1.nii.gz", image, affine)), Thresholds())
    _, pieces = ndimage.label(found.seg > 0)
    assert len(white[::4000]) > 3 and pieces == 1
    image[seg > 0] = LEVELS["WM"]
    healthy = segment(Subject.from_files(t1=write(tmp_path / "t1.nii.gz", image, affine)), Thresholds())
    assert not healthy.seg.any() and healthy.volumes_ml["WT"] == 0


def test_the_shipped_weights_on_a_phantom(tmp_path):
    segmenter = load()
    phantom = make_subject(0, seed=77)
    write_subject(phantom, tmp_path, "Brats18_PHANTOM_999_1")
    found = segment(find_patient(tmp_path, {}), segmenter)
    truth = np.where(phantom.seg > 0, 0, phantom.tissue)
    pairs = {"WT": (phantom.seg > 0, found.seg > 0)}
    pairs |= {name: (truth == label, found.tissue == label) for label, name in TISSUES.items()}
    for name, (expected, predicted) in pairs.items():
        assert 2 * (expected & predicted).sum() > 0.75 * (expected.sum() + predicted.sum()), name
    errors = segmenter.card.scores["volume_error"]
    assert all({"median_percent", "p90_percent"} <= set(errors[name]) for name in found.volumes_ml)


def test_the_shipped_weights_find_the_same_in_any_unit():
    segmenter, phantom = load(), make_subject(0, seed=77)
    at = [40, 44, 48]
    images = np.stack([phantom.images[m][:, :, at].T for m in ("t1", "t1ce", "t2", "flair")], -1).astype(
        float
    )
    brain = phantom.tissue[:, :, at].T > 0
    expected = [p.argmax(-1) for p in segmenter.predict(images, brain)]
    assert {1, 2, 3} <= set(np.unique(expected[1]))
    for factor in (1e-30, 1e-12, 1e17, 1e30):
        found = [p.argmax(-1) for p in segmenter.predict(images * factor, brain)]
        for a, b in zip(expected, found, strict=True):
            assert (a == b).mean() > 0.999
