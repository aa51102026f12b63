"""What is given has to be what it is given as: one text in `check`, `slice`, `segment` and the API."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ball import Thresholds, centred, scan, truth_on, write
from scipy import ndimage
from typer.testing import CliRunner

from gancourse.cli import app
from gancourse.cohort.brain import brain_mask
from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.phantom import make_subject
from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.subject import make_phantom
from gancourse.cohort.planes import Cut, normalise
from gancourse.cohort.plausible import examine_scan, is_head, labels_problem, skull_sign
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.slice_files import write_slice
from gancourse.cohort.slices import make_slices
from gancourse.cohort.volumes import read_volume
from gancourse.errors import InputError
from gancourse.segmentation.patient import segment

SHAPE = (70, 80, 56)
LPS = np.diag((-2.0, -2, 2))
ID = "Brats18_BALL_1_1"


@pytest.fixture(scope="module")
def ball() -> np.ndarray:
    return scan(SHAPE, centred(SHAPE, LPS))


def problem(volume: np.ndarray, zooms) -> str | None:
    return examine_scan(volume.astype(np.float32), zooms)[1]


@pytest.mark.parametrize("zooms", [
    (2, 2, 2), (1.5, 1.5, 2), (2, 2, 1.2), (0.9, 0.9, 6), (2.2, 2.2, 2.2), (1.6, 1.6, 1.6), (6, 1.6, 1.6),
])  # fmt: skip
def test_sizes_that_brains_have(zooms):
    shape = tuple(int(160 / zoom) for zoom in zooms)
    assert problem(scan(shape, centred(shape, np.diag(zooms))), zooms) is None


@pytest.mark.parametrize(("zooms", "expected"), [
    ((0.2, 0.2, 0.2), "voxels of 0.2 x 0.2 x 0.2 mm, finer than a scan of the brain has"),
    ((0.002, 0.002, 0.002), "finer than"), ((10, 10, 10), "voxels of 10 x 10 x 10 mm, coarser"),
    ((2, 2, 12), "coarser"), ((5, 5, 2), "coarser"), ((0.5, 0.5, 0.5), "cm2 in its largest slice, expec"),
    ((0.5, 0.5, 2), "in its largest slice, expected 30"), ((1, 1, 1), "expected 60 or more of a brain"),
    ((3.5, 3.5, 3.5), "416 cm2 in a slice, more than a brain has"),
])  # fmt: skip
def test_sizes_that_no_brain_has(ball, zooms, expected):
    found = problem(ball, zooms)
    assert found and expected in found and "; " in found, found


@pytest.mark.parametrize("at", [0.15, 0.5, 0.85])
def test_slabs_and_single_slices_are_welcome(ball, at):
    k = int(3 + at * 50)
    assert problem(ball[:, :, [k]], (2, 2, 2)) is None
    assert problem(ball[:, :, [k]], (2, 2, 15)) is None  # the thickness of one slice is not seen
    assert problem(ball[:, :, k : k + 5], (2, 2, 2)) is None
    assert problem(ball[33:37], (2, 2, 2)) is None


@pytest.mark.parametrize("kind", ["seg", "tissue", "many", "constant", "resampled"])
def test_a_label_map_is_no_scan(kind):
    seg, tissue = truth_on(SHAPE, centred(SHAPE, LPS))
    whole = np.where(seg > 0, seg + 3, tissue).astype(float)
    volume = {
        "seg": np.where(seg > 0, seg, tissue > 0), "tissue": tissue, "constant": tissue > 0,
        "many": whole * 1000 + 5 * (np.indices(SHAPE)[0] > 35) * (whole > 0),
        "resampled": ndimage.affine_transform(whole, np.eye(3), 0.3, order=1),
    }[kind]  # fmt: skip
    assert "flat areas of one value, as in a map of labels" in problem(volume, (2, 2, 2))


@pytest.mark.parametrize("randomisation", ["realistic", "wide"])
@pytest.mark.parametrize("spacing", [2.0, 4.0])
def test_phantoms_pass(randomisation, spacing):
    for index in (0, 4):
        phantom = make_subject(index, seed=11, spacing=spacing, randomisation=randomisation)
        for modality, image in phantom.images.items():
            assert problem(image, (spacing,) * 3) is None, (index, modality)
            stored = np.rint(image * (60 / image.max()))  # in no more than 60 grey levels
            assert problem(stored, (spacing,) * 3) is None, (index, modality)
        brain = phantom.tissue > 0
        assert (
            labels_problem("seg", phantom.seg, brain)
            is labels_problem("tissue", phantom.tissue, brain)
            is None
        )
        assert "is it a tissue map" in labels_problem("seg", phantom.tissue, brain)
        few = np.where(phantom.seg > 0, 1, 0)
        assert "of the brain, expected CSF, GM and WM" in labels_problem("tissue", few, brain)


def in_its_skull(volume: np.ndarray, bone: float, bone_mm: float, fat: float) -> np.ndarray:
    """A small head at 2 mm: CSF, bone of uneven thickness and that brightness, scalp."""
    brain, rng = brain_mask(volume), np.random.default_rng(0)
    far = ndimage.distance_transform_edt(~brain, sampling=2)
    rough = ndimage.gaussian_filter(rng.standard_normal(volume.shape), 4)
    rough *= 1.2 / rough.std()
    unit, bone_mm, scalp_mm = np.median(volume[brain]), bone_mm + rough, 5 + 1.5 * np.roll(rough, 31, 0)
    layers = [far == 0, far < 2, far < 2 + bone_mm, far < 2 + bone_mm + scalp_mm]
    head = np.select(layers, [volume, 0.3 * unit, bone * unit, fat * unit], 0)
    return (head + (head > 0) * 0.03 * unit * rng.standard_normal(volume.shape)).astype(np.float32)


@pytest.mark.parametrize("bone", [0.1, 0.3, 0.5])
def test_a_small_head_whose_bone_is_grey(bone):
    phantom = make_subject(8, seed=5)
    for modality, image in phantom.images.items():
        for bone_mm, fat in ((4, 1.0), (7, 2.0)):
            head = in_its_skull(image.astype(np.float32), bone, bone_mm, fat)
            sign = skull_sign(head, brain_mask(head), (1.5, 1.5, 1.5))
            assert sign and "bright shell round a dark one" in sign, (modality, bone_mm)


def test_real_heads_are_told_and_real_brains_pass(real):
    heads = [
        path for path in sorted((real / "patients" / "lgg").rglob("*.nii.gz")) if "_seg" not in path.name
    ]
    folders = [real / "patients" / name for name in ("brats2013", "brats2015", "ibsr")]
    brains = [path for folder in folders for path in sorted(folder.rglob("*.nii.gz"))]
    brains = [path for path in brains if not path.name.endswith(("_seg.nii.gz", "_tissue.nii.gz"))]
    brains += [real / "sri24" / f"{name}.nii.gz" for name in ("spgr", "late", "erly")]
    assert heads and len(brains) > 10
    for path in (*heads, *brains):
        volume, affine = read_volume(path)
        found = examine_scan(volume, nib.affines.voxel_sizes(affine))[1]
        if path in heads:
            assert found and ("skull" in found), (path, found)
        else:
            assert found is None, (path, found)


@pytest.mark.parametrize(("index", "height"), [(11, 0.5), (35, 0.3)])
def test_slices_of_phantoms_pass(tmp_path, index, height):
    """As `gancourse sample patient` writes slices: of 128 pixels, black at the darkest of the brain.

    White matter on T2 is dark below fluid, then, all round the outline.
    """
    images = make_phantom(draw(index, 0), 2.0, height).images
    brain = brain_mask(np.max([*images.values()], 0))
    cut = Cut.through(brain, (2, 2, 2), "axial", 128, 208.0, (0.5, 0.5), 1)
    inside = cut.labels(brain)[0] > 0
    shown = np.stack([cut.image(normalise(image, brain))[0] for image in images.values()], -1)
    write_slice(tmp_path, ID, shown, 0 * inside, inside, 208 / 128)
    (subject,) = find_subjects(tmp_path)
    assert set(read_scans(subject).volumes) == set(MODALITIES)


def test_slices_of_real_heads_are_told_by_one_modality_at_least(real):
    for folder in sorted((real / "patients" / "lgg" / "LGG").iterdir()):
        volumes = [read_volume(path) for path in sorted(folder.glob("*.nii.gz")) if "_seg" not in path.name]
        for height in (0.3, 0.55, 0.8, 0.85):
            k = round(height * (volumes[0][0].shape[2] - 1))
            found = [
                examine_scan(volume[:, :, [k]], nib.affines.voxel_sizes(affine))[1]
                for volume, affine in volumes
            ]
            assert any(map(is_head, found)), (folder.name, height)


def subject_folder(home: Path, images: dict[str, np.ndarray], affine: np.ndarray) -> Path:
    home = home / ID
    home.mkdir(parents=True)
    for role, image in images.items():
        write(home / f"{ID}_{role}.nii.gz", image, affine)
    return home


def as_said_by_all(folder: Path, tmp_path: Path, *options: str) -> list[str]:
    """What `check`, `slice`, `segment` (with options) and the API say of one subject; each in its own way."""
    lines = []
    for arguments in (
        ["cohort", "check", folder], ["cohort", "slice", folder, "--out", tmp_path / "slices"],
        ["segment", folder, "-o", tmp_path / "seg.nii.gz", *options],
    ):  # fmt: skip
        result = CliRunner().invoke(app, list(map(str, arguments)))
        checking = arguments[1] == "check"
        assert result.exit_code == (1 if checking else 2), result.output
        if checking:
            lines += [line for line in result.stdout.splitlines() if "has no " not in line]
        else:  # after what shows progress
            lines.append(result.stderr.splitlines()[-1].removeprefix("error: "))
        assert not list(tmp_path.glob("s*"))
    (subject,) = find_subjects(folder)
    for work in (lambda: make_slices([subject], tmp_path / "slices"), lambda: segment(subject, Thresholds())):
        with pytest.raises(InputError) as caught:
            work()
        lines.append(str(caught.value))
    return lines


@pytest.mark.parametrize("case", ["labels", "skull", "fine", "grids", "metres"])
def test_one_text_in_every_command(tmp_path, ball, case):
    affine = centred(SHAPE, LPS)
    images = {"t1": ball, "flair": ball}
    if case == "labels":
        images["flair"] = truth_on(SHAPE, affine)[1]
    elif case == "skull":
        phantom = make_subject(8, seed=5).images["t1"]
        images = {"t1": in_its_skull(phantom.astype(np.float32), 0.2, 5, 1.5)}
    elif case == "fine":
        affine[:3, :3] *= 0.1
    elif case == "grids":
        images["flair"] = ball[1:]
    elif case == "metres":
        affine[:3] *= 1e-3
    home = subject_folder(tmp_path / "data", images, affine)
    lines = as_said_by_all(home, tmp_path, *["--no-strip"] * (case == "skull"))  # else it is taken off
    expected = {
        "labels": "_flair.nii.gz (flair): flat areas of one value", "skull": "(t1): a head with its skull",
        "fine": "voxels of 0.2 x 0.2 x 0.2", "grids": "flair.nii.gz: on another grid", "metres": "of 0.002 x",
    }[case]  # fmt: skip
    assert len(lines) >= 5 and all(expected in line for line in lines), lines


@pytest.mark.parametrize(("role", "name", "expected"), [
    ("flair", "x_t1.nii.gz", "named as t1, but given as flair"), ("t1", "a_flair_x.nii.gz", "named as flair"),
    ("t1", "sub-1_T1_Gd.nii.gz", "named as t1ce"), ("t2", "sub-1_T2_FLAIR.nii.gz", "named as flair"),
    ("t1", "x_seg.nii.gz", "named as seg"), ("t1", "tissues.nii.gz", "named as tissue"),
    ("seg", "x_t2.nii.gz", "named as t2"), ("t1ce", "x-t1n.nii.gz", "named as t1, "),
    ("t2", "sub-1_T1w.nii.gz", "named as t1"),
])  # fmt: skip
def test_names_that_contradict(tmp_path, role, name, expected):
    (tmp_path / name).write_bytes(b"never read")
    with pytest.raises(InputError, match=f"{name}: {expected}.*; give the right file, or rename it"):
        Subject.from_files(**{role: tmp_path / name})


@pytest.mark.parametrize(("role", "name"), [
    ("t1", "x_t1n.nii.gz"), ("t1ce", "x_T1c.nii.gz"), ("t1ce", "x_t1_ce.nii"), ("flair", "x_t2f.nii.gz"),
    ("flair", "T2-FLAIR.nii.gz"), ("t1", "spgr.nii.gz"), ("t1", "flair_to_t1.nii.gz"),
    ("seg", "BRATS_404.nii.gz"), ("t1", "segal_01.nii.gz"), ("t1", "VSD.Brain.XX.O.MR_T1.54512.mha"),
    ("seg", "VSD.Brain_3more.XX.O.OT.5.mha"),
])  # fmt: skip
def test_names_that_agree_or_say_nothing(tmp_path, role, name):
    (tmp_path / name).write_bytes(b"never read")
    assert Subject.from_files(**{role: tmp_path / name})


@pytest.mark.parametrize("factor", [1e-30, 1e-12, 1e17, 1e30])
def test_labels_do_not_depend_on_the_unit_of_the_intensities(tmp_path, ball, factor):
    """What is found, and where; the network's own normalisation is in `test_synthesis`."""
    affine = centred(SHAPE, LPS)

    class Scaled(Thresholds):
        def predict(self, images, brain, present):
            return super().predict((images / factor).astype(np.float32), brain, present)

    plain = segment(Subject.from_files(t1=write(tmp_path / "a_t1.nii.gz", ball, affine)), Thresholds())
    scaled = (ball.astype(float) * factor).astype(np.float32)
    found = segment(Subject.from_files(t1=write(tmp_path / "b_t1.nii.gz", scaled, affine)), Scaled())
    for first, second in ((plain.seg, found.seg), (plain.tissue, found.tissue)):
        assert (first == second).mean() > 0.9999


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_no_float_bears_is_refused(tmp_path, ball, dtype):
    for factor in (1e-42, 1e36) if dtype is np.float32 else (1e-300, 1e300):
        with np.errstate(over="ignore"):
            path = write(
                tmp_path / "t1.nii.gz", (ball.astype(float) * factor).astype(dtype), centred(SHAPE, LPS)
            )
        with pytest.raises(InputError, match=r"its largest intensity is .*multiply it by a constant"):
            Subject.from_files(t1=path).load("t1")
