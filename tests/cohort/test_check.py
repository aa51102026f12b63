"""`cohort check`: a good folder gives no line; each fault gives its line, and no fault hides another."""

import gzip
import os
import re
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from gancourse.cohort.check import check_folder
from gancourse.cohort.scheme import MODALITIES

AFFINE = np.diag((-4.5, -7.5, 4.5, 1))  # ten voxels are as large as a brain


def volume(value: int = 0) -> np.ndarray:
    array = np.zeros((16, 16, 16), np.int16)
    array[3:-3, 3:-3, 3:-3] = 100 + value + np.arange(1000).reshape(10, 10, 10)
    return array


def seg() -> np.ndarray:
    array = np.zeros((16, 16, 16), np.uint8)
    array[5:9, 5:9, 5:9] = 2
    array[6:8, 6:8, 6:8] = 4
    return array


def save(array: np.ndarray, path: Path, affine: np.ndarray = AFFINE) -> None:
    nib.save(nib.Nifti1Image(array, affine), path)


@pytest.fixture
def cohort(tmp_path) -> Path:
    for number in (1, 2):
        folder = tmp_path / "HGG" / f"Brats18_X_{number}_1"
        folder.mkdir(parents=True)
        for value, modality in enumerate(MODALITIES):
            save(volume(value), folder / f"{folder.name}_{modality}.nii.gz")
        save(seg(), folder / f"{folder.name}_seg.nii.gz")
    return tmp_path


def file(cohort: Path, role: str, number: int = 1) -> Path:
    return cohort / "HGG" / f"Brats18_X_{number}_1" / f"Brats18_X_{number}_1_{role}.nii.gz"


def test_a_good_folder_has_no_problem(cohort):
    (cohort / "HGG" / "._Brats18_X_1_1_t1.nii.gz").write_bytes(b"macOS")
    (cohort / "survival_data.csv").write_text("Brats18ID,Age\n")
    assert check_folder(cohort) == []


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_checksum(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def flip_checksum(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(content)


def with_nan(path: Path) -> None:
    array = volume().astype(np.float32)
    array[8, 8, 8] = np.nan
    save(array, path)


def short_payload(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:2000]))


def absurd_shape(path: Path) -> None:
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[42:48] = np.array([32000] * 3, "<i2").tobytes()
    path.write_bytes(gzip.compress(raw))


def unknown_type(path: Path) -> None:
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[70:72] = np.array([999], "<i2").tobytes()
    path.write_bytes(gzip.compress(raw))


def singular(path: Path) -> None:
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[296:312] = bytes(16)  # the second row of the affine
    path.write_bytes(gzip.compress(raw))


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere.nii.gz")


def shifted(array: np.ndarray, path: Path) -> None:
    save(array, path, nib.affines.from_matvec(AFFINE[:3, :3], (0, 20, 0)))


FAULTS = {
    "missing modality": ("t2", Path.unlink, "HGG/Brats18_X_1_1: Brats18_X_1_1 has no t2"),
    "missing segmentation": ("seg", Path.unlink, "Brats18_X_1_1 has no segmentation"),
    "truncated": ("t1ce", truncate, "_t1ce.nii.gz: truncated or damaged gzip"),
    "checksum missing": ("t1ce", cut_checksum, "_t1ce.nii.gz: truncated or damaged gzip"),
    "checksum wrong": ("t1ce", flip_checksum, "_t1ce.nii.gz: truncated or damaged gzip"),
    "voxels missing": (
        "t1ce",
        short_payload,
        "_t1ce.nii.gz: it holds 6,544 fewer bytes than its header claims",
    ),
    "shape absurd": ("t1ce", absurd_shape, "_t1ce.nii.gz: its header claims 65,536,000,000,352 bytes"),
    "type unknown": ("t1ce", unknown_type, "_t1ce.nii.gz: its header cannot be read .*999"),
    "empty": ("flair", lambda path: path.write_bytes(b""), "_flair.nii.gz: the file is empty"),
    "link to nothing": ("flair", dangling, "_flair.nii.gz: no such file"),
    "text": ("flair", lambda path: path.write_bytes(b"<html>"), "_flair.nii.gz: not a NIfTI file"),
    "gzipped text": (
        "flair",
        lambda path: path.write_bytes(gzip.compress(b"<html>" * 99)),
        "not a NIfTI file",
    ),
    "not a number": ("t2", with_nan, "_t2.nii.gz: 1 voxels of t2 are not finite"),
    "all zero": ("t2", lambda path: save(0 * volume(), path), r"_t2.nii.gz \(t2\): nothing but background"),
    "skull": (
        "t2",
        lambda path: save(np.arange(4096, dtype=np.int16).reshape(16, 16, 16), path),
        "no constant back",
    ),
    "slice": ("t2", lambda path: save(volume()[0], path), r"_t2.nii.gz: shape \(16, 16\)"),
    "4-D": (
        "t2",
        lambda path: save(np.stack([volume()] * 2, -1), path),
        r"_t2.nii.gz: shape \(16, 16, 16, 2\)",
    ),
    "other shape": (
        "t2",
        lambda path: save(volume()[1:], path),
        r"_t2.nii.gz: on another grid than .*_t1.* \(shape \(15, 16, 16\) instead of",
    ),
    "other affine": (
        "t2",
        lambda path: shifted(volume(), path),
        r"_t2.nii.gz: on another grid than .*_t1.nii.gz \(another affine\)",
    ),
    "singular affine": (
        "t2",
        singular,
        "affine is singular",
    ),
    "label 3": ("seg", lambda path: save(seg() // 2 * 3, path), "_seg.nii.gz: unknown label 3, 6"),
    "label 1.5": ("seg", lambda path: save(seg() * np.float32(0.75), path), "labels are not whole numbers"),
    "flipped": (
        "seg",
        lambda path: save(np.roll(seg(), 6, 0), path),
        "50% of the tumour lies outside the brain",
    ),
}


@pytest.mark.parametrize(("role", "damage", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_gives_one_line(cohort, role, damage, expected):
    damage(file(cohort, role))
    (line,) = check_folder(cohort)
    assert re.search(expected, line), line
    assert str(cohort) in line and "\n" not in line and "; " in line  # the file, and a next step


def test_no_fault_hides_another(cohort):
    truncate(file(cohort, "t1"))  # also the file that the others are compared with
    shifted(seg(), file(cohort, "seg"))
    file(cohort, "t2", 2).unlink()
    with_nan(file(cohort, "flair", 2))
    save(volume(), cohort / "scan.nii.gz")
    save(volume(), file(cohort, "t1ce", 2).with_suffix(""))
    lines = check_folder(cohort)
    wanted = ["scan.nii.gz: its name", "_1_1_t1.nii.gz: trunc", "_1_1_seg.nii.gz: on another grid",
              "has no t2", "a second t1ce", "not finite"]  # fmt: skip
    assert len(lines) == len(wanted)
    assert all(any(part in line for line in lines) for part in wanted), lines


@pytest.mark.parametrize(("path", "expected"), [
    ("absent", "absent: no such folder"), (".", "no BraTS subject found"),
])  # fmt: skip
def test_nothing_to_check_is_a_problem(tmp_path, path, expected):
    (line,) = check_folder(tmp_path / path)
    assert expected in line


def test_a_slab_missing_in_one_modality_is_no_problem(cohort):
    array = volume()
    array[:, :, 5:9] = 0
    save(array, file(cohort, "t1"))
    assert check_folder(cohort) == []


def test_unknown_vintage_and_bad_table_are_problems(cohort):
    assert "unknown vintage 'x'" in check_folder(cohort, "x")[0]
    (cohort / "subjects.csv").mkdir()
    (line,) = check_folder(cohort)
    assert "subjects.csv: not a table" in line


def test_vintage_given_decides_what_labels_are_known(cohort):
    assert len([line for line in check_folder(cohort, 2023) if "unknown label 4" in line]) == 2
    assert check_folder(cohort, 2024) == []


def test_mixed_vintages(cohort):
    folder = cohort / "BraTS20_Training_001"
    folder.mkdir()
    for value, modality in enumerate(MODALITIES):
        save(volume(value), folder / f"{folder.name}_{modality}.nii")
    (line,) = check_folder(cohort)
    assert "mixes vintages 2018, 2020" in line


def test_decathlon_says_each_fault_once(tmp_path):
    for name in ("imagesTr", "imagesTs", "labelsTr"):
        (tmp_path / name).mkdir()
    for name in ("imagesTr/BRATS_001", "imagesTr/BRATS_002", "imagesTs/BRATS_485"):
        save(np.stack([volume(value) for value in range(4)], axis=-1), tmp_path / f"{name}.nii.gz")
    save(seg() // 2, tmp_path / "labelsTr" / "BRATS_001.nii.gz")
    save(seg() // 2, tmp_path / "labelsTr" / "BRATS_002.nii.gz")
    assert check_folder(tmp_path) == []  # a test image has no label, and that is right
    truncate(tmp_path / "imagesTr" / "BRATS_001.nii.gz")
    save(np.stack([volume()] * 3, axis=-1), tmp_path / "imagesTr" / "BRATS_002.nii.gz")
    first, second = check_folder(tmp_path)
    assert "truncated or damaged gzip" in first and "3 volumes, expected 4 or more" in second


def test_folder_that_cannot_be_opened(cohort, monkeypatch):
    closed = str(cohort / "HGG" / "Brats18_X_1_1")
    scandir = os.scandir

    def refusing(path):
        if str(path) == closed:
            raise PermissionError(13, "Permission denied", closed)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    (line,) = check_folder(cohort)
    assert line.startswith(f"{closed}: the folder cannot be opened")
