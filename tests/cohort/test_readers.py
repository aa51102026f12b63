"""Files that a reader must refuse in one line, before it allocates: damage, false sizes, no orientation."""

import gzip
import os
import struct
import tracemalloc
import warnings
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from gancourse.cohort.brats import Subject
from gancourse.cohort.bytestream import MAX_GB
from gancourse.cohort.check import check_folder
from gancourse.cohort.stored_volume import ASSUME_ORIENTATION
from gancourse.cohort.volumes import grid, open_volume, read_labels, read_volume, write_like
from gancourse.errors import InputError

AFFINE = np.diag((-1.0, -1, 1, 1))
VOXELS = np.random.default_rng(0).integers(0, 3000, (9, 8, 7)).astype(np.int16)


def name_of(value) -> str | None:
    """Name a case by what is expected: a gzip stream holds the time at which it was made."""
    return "" if isinstance(value, bytes) else None


def nifti(voxels: np.ndarray = VOXELS, kind=nib.Nifti1Image, **fields) -> bytes:
    """The bytes of a NIfTI file with some fields of its header replaced."""
    raw = bytearray(kind(voxels, AFFINE).to_bytes())
    length = 348 if kind is nib.Nifti1Image else 540
    header = np.ndarray((), kind.header_class.template_dtype, raw[:length])
    for name, value in fields.items():
        header[name] = value
    raw[:length] = header.tobytes()
    return bytes(raw)


def with_dim(*dims: int) -> list[int]:
    return [len(dims), *dims, *[1] * (7 - len(dims))]


def said(path: Path, content: bytes, read=read_volume) -> str:
    """The one line with which a file is refused, and that it took no memory to speak of."""
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()
    line = str(caught.value)
    assert str(path) in line and "\n" not in line and "; " in line
    return line


def test_every_changed_byte_of_a_gzip_is_noticed_or_changes_nothing(tmp_path):
    content, path = gzip.compress(nifti(), mtime=0), tmp_path / "t1.nii.gz"
    refused = 0
    for at in range(0, len(content), 37):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        try:
            array, _ = read_volume(path)
        except InputError:
            refused += 1
        else:  # in gzip's own header: a time or a flag
            assert at < 10
            np.testing.assert_array_equal(array, VOXELS)
    assert refused > len(content) / 37 - 3


@pytest.mark.parametrize(("content", "expected"), [
    (gzip.compress(nifti())[:-1], "truncated or damaged gzip"),
    (gzip.compress(nifti())[:-8], "truncated or damaged gzip"),
    (gzip.compress(nifti()) + b"rubbish", "truncated or damaged gzip"),
    (gzip.compress(nifti()) + gzip.compress(b"more"), "more bytes than its header claims"),
    (gzip.compress(nifti()[:-1]), "1 fewer bytes than its header claims"),
    (gzip.compress(nifti() + b"\0"), "more bytes than its header claims"),
], ids=name_of)  # fmt: skip
def test_a_gzip_is_read_to_its_end(tmp_path, content, expected):
    assert expected in said(tmp_path / "t1.nii.gz", content)
    for path in ("Brats18_A_1_1", "scans"):
        (tmp_path / path).mkdir()
    Path(tmp_path / "Brats18_A_1_1" / "Brats18_A_1_1_t1.nii.gz").write_bytes(content)
    assert any(expected in line for line in check_folder(tmp_path / "Brats18_A_1_1"))


def test_a_gzip_of_two_members_is_one_stream(tmp_path):
    raw = nifti()
    (tmp_path / "t1.nii.gz").write_bytes(gzip.compress(raw[:500]) + gzip.compress(raw[500:]))
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii.gz")[0], VOXELS)


HUGE = {"dim": with_dim(1000, 1000, 1000)}
ZEROS = gzip.compress(bytes(10_000_000), mtime=0)


@pytest.mark.parametrize(("content", "expected"), [
    (gzip.compress(nifti(**HUGE)[:352]), "its header claims 2,000,000,352 bytes"),
    (gzip.compress(nifti(dim=with_dim(32767, 32767, 32767))), "its header claims"),
    (gzip.compress(nifti()) + 30 * ZEROS, "more bytes than its header claims"),
    (gzip.compress(nifti(dim=with_dim(700, 700, 300)) + bytes(3_998_992)) + 29 * ZEROS, "GB are all"),
    (gzip.compress(nifti(dim=with_dim(-9, 8, 7))), "expected sizes above 0"),
    (gzip.compress(nifti(dim=with_dim(9, 8, 0))), "expected sizes above 0"),
    (gzip.compress(nifti(dim=[8, 9, 8, 7, 1, 1, 1, 1])), "expected sizes above 0"),
    (gzip.compress(nifti(vox_offset=1e9)), "its header claims"),
    (gzip.compress(nifti(vox_offset=np.nan)), "voxels at byte nan"),
    (gzip.compress(nifti(vox_offset=np.inf)), "voxels at byte inf"),
    (gzip.compress(nifti(vox_offset=-352)), "voxels at byte -352"),
    (gzip.compress(nifti(vox_offset=300)), "voxels at byte 300"),
    (gzip.compress(nifti(scl_slope=np.nan)), "its scaling is nan"),
    (gzip.compress(nifti(scl_slope=np.inf)), "its scaling is inf"),
    (gzip.compress(nifti(scl_slope=2, scl_inter=-np.inf)), "its scaling is 2 and -inf"),
    (gzip.compress(nifti(scl_slope=1e38)), "its largest intensity is"),
    (gzip.compress(nifti(scl_slope=1e-45)), "its largest intensity is"),
    (gzip.compress(nifti(datatype=1792, bitpix=128)), "voxels are of type complex128"),
    (gzip.compress(nifti(datatype=128, bitpix=24)), "expected numbers"),
    (gzip.compress(nifti(datatype=999)), "its header cannot be read"),
    (gzip.compress(nifti(bitpix=32)), "32 bits a voxel contradict its type int16"),
    (gzip.compress(nifti(srow_x=[3e38, 0, 0, 0])), "affine is singular, not finite or far"),
    (gzip.compress(nifti(srow_y=[0, 1, 0, -1e30])), "affine is singular, not finite or far"),
    (gzip.compress(nifti(srow_z=[np.nan, 0, 1, 0])), "affine is singular, not finite or far"),
    (gzip.compress(nifti(sform_code=0, qform_code=1, quatern_b=7)), "its header cannot be read"),
    (gzip.compress(nifti(xyzt_units=1)), "counts in metres, expected millimetres"),
    (gzip.compress(nifti(xyzt_units=3)), "counts in micrometres"),
    (gzip.compress(nifti(magic=b"ni1")), "not one NIfTI file"),
    (gzip.compress(nifti(sizeof_hdr=0)), "not a NIfTI file"),
    (gzip.compress(nifti()[:200]), "not a NIfTI file"),
    (gzip.compress(b""), "not a NIfTI file"),
    (gzip.compress(nifti(kind=nib.Nifti2Image, dim=with_dim(2**40, 2**40, 2**40))), "its header claims"),
    (gzip.compress(nifti(kind=nib.Nifti2Image, vox_offset=2**62)), "its header claims"),
], ids=name_of)  # fmt: skip
def test_headers_that_cannot_be_true(tmp_path, content, expected, monkeypatch):
    monkeypatch.setenv(MAX_GB, "0.5")
    assert expected in said(tmp_path / "t1.nii.gz", content)


@pytest.mark.parametrize(("content", "expected"), [
    (nifti() + b"\0", "its header claims 1,360 bytes, which do not fit the file's 1,361"),
    (nifti()[:-1], "its header claims 1,360 bytes, which do not fit the file's 1,359"),
    (nifti(**HUGE), "its header claims 2,000,000,352 bytes"),
    (nifti(vox_offset=368), "its header claims 1,376 bytes"),
], ids=name_of)  # fmt: skip
def test_an_uncompressed_file_is_as_long_as_its_header_says(tmp_path, content, expected):
    assert expected in said(tmp_path / "t1.nii", content)


@pytest.mark.parametrize("value", [0.0, 1.0, 2.0])
def test_scaling_is_that_of_the_standard(tmp_path, value):
    """A slope of 0 means no scaling."""
    (tmp_path / "t1.nii").write_bytes(nifti(scl_slope=value, scl_inter=5))
    expected = VOXELS * value + 5 if value else VOXELS
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii")[0], expected)


def test_an_offset_of_nothing_means_right_after_the_header(tmp_path):
    (tmp_path / "t1.nii").write_bytes(nifti(vox_offset=0))
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii")[0], VOXELS)


def test_an_extension_is_skipped_whatever_it_claims(tmp_path):
    raw = bytearray(nifti(vox_offset=384))
    raw[348:352] = b"\1\0\0\0"
    raw[352:352] = struct.pack("<ii", 2**31 - 16, 6) + bytes(24)
    (tmp_path / "t1.nii").write_bytes(raw)
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii")[0], VOXELS)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_both_byte_orders_and_versions(tmp_path, byteorder, kind):
    header = kind.header_class(endianness=byteorder)
    header.set_data_dtype(np.int16)
    nib.save(kind(VOXELS, AFFINE, header), tmp_path / "t1.nii.gz")
    array, affine = read_volume(tmp_path / "t1.nii.gz")
    np.testing.assert_array_equal(array, VOXELS)
    np.testing.assert_array_equal(affine, AFFINE)
    write_like(VOXELS, tmp_path / "again.nii.gz", tmp_path / "t1.nii.gz")
    assert isinstance(nib.load(tmp_path / "again.nii.gz"), kind)


def test_the_limit_of_memory_is_said_and_can_be_raised(tmp_path, monkeypatch):
    (tmp_path / "t1.nii").write_bytes(nifti())
    monkeypatch.setenv(MAX_GB, "1e-6")
    with pytest.raises(
        InputError, match=r"takes 3.02e-06 GB of memory, and 1e-06 GB are allowed.*GANCOURSE_MAX_GB"
    ):
        read_volume(tmp_path / "t1.nii")
    monkeypatch.setenv(MAX_GB, "1e-5")
    read_volume(tmp_path / "t1.nii")
    for wrong in ("much", "-1", "nan"):
        monkeypatch.setenv(MAX_GB, wrong)
        with pytest.raises(InputError, match=f"{MAX_GB}={wrong}: expected gigabytes above 0"):
            read_volume(tmp_path / "t1.nii")


def test_only_one_channel_is_kept(tmp_path):
    four = np.random.default_rng(0).integers(0, 9, (60, 60, 60, 8)).astype(np.int16)
    nib.save(nib.Nifti1Image(four, AFFINE), tmp_path / "four.nii.gz")
    tracemalloc.start()
    array, _ = read_volume(tmp_path / "four.nii.gz", channel=6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(array, four[..., 6])
    assert peak < 60**3 * 6 * 1.5 + 8e6


@pytest.mark.parametrize(("name", "pack"), [("t1.nii.gz", bytes), ("t1.nii", gzip.compress)])
def test_a_file_named_wrongly_is_read_as_what_it_is_and_said(tmp_path, name, pack):
    home = tmp_path / "Brats18_A_1_1"
    home.mkdir()
    path = home / f"{home.name}_{name}"
    path.write_bytes(pack(nifti()))
    with pytest.warns(
        UserWarning, match=f"{path}: its content is .*unlike its name; read as what it is, rename it"
    ):
        array, _ = read_volume(path)
    np.testing.assert_array_equal(array, VOXELS)
    assert any("unlike its name" in line for line in check_folder(home))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_regular_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "t1.nii")
    (tmp_path / "t2.nii").mkdir()
    for name in ("t1.nii", "t2.nii"):
        with pytest.raises(InputError, match=f"{name}: not a regular file"):
            grid(tmp_path / name)


# Orientation


NOT_STATED = {"sform_code": 0, "qform_code": 0}
OPPOSITE = {"qform_code": 1, "sform_code": 1, "srow_x": [1, 0, 0, 0], "srow_y": [0, -1, 0, 0]}


@pytest.mark.parametrize(("fields", "expected"), [
    (NOT_STATED, "does not state its orientation"),
    ({"sform_code": 77, "qform_code": 0}, "does not state its orientation"),
    (OPPOSITE, "contradicts itself"),
    ({**OPPOSITE, "srow_x": [0, -1, 0, 0], "srow_y": [-1, 0, 0, 0]}, "contradicts itself"),
    ({"qform_code": 1, "srow_x": [-1e-3, 0, 0, 0], "srow_y": [0, -1e-3, 0, 0]}, "contradicts"),
])  # fmt: skip
def test_orientation_that_is_not_stated_has_to_be_told(tmp_path, fields, expected, monkeypatch):
    line = said(tmp_path / "t1.nii.gz", gzip.compress(nifti(**fields)))
    assert expected in line and "--assume-orientation LPS" in line
    said(
        tmp_path / "t1.nii.gz", gzip.compress(nifti(**fields)), lambda p: Subject.from_files(t1=p).load("t1")
    )
    subject = Subject.from_files(t1=tmp_path / "t1.nii.gz", assume_orientation="ras")
    np.testing.assert_array_equal(subject.load("t1"), VOXELS[::-1, ::-1])
    assert subject.zooms == (1, 1, 1)
    subject.save_like(VOXELS[::-1, ::-1], tmp_path / "out.nii.gz")  # and what is written states it
    assert nib.aff2axcodes(nib.load(tmp_path / "out.nii.gz").affine) == tuple("RAS")
    monkeypatch.setenv(ASSUME_ORIENTATION, "RAS")  # as in a lesson
    np.testing.assert_array_equal(
        Subject.from_files(t1=tmp_path / "t1.nii.gz").load("t1"), subject.load("t1")
    )
    np.testing.assert_array_equal(read_volume(tmp_path / "out.nii.gz")[0], VOXELS[::-1, ::-1])


def test_an_orientation_that_is_stated_is_believed(tmp_path):
    (tmp_path / "t1.nii").write_bytes(nifti())
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii", assume_orientation="RAS")[0], VOXELS)
    for wrong in ("LPX", "LRS", "LP", "", "LPSS"):
        with pytest.raises(InputError, match="expected three letters"):
            Subject.from_files(t1=tmp_path / "t1.nii", assume_orientation=wrong)


def test_a_registration_to_an_atlas_is_no_contradiction(tmp_path):
    angle = np.deg2rad(25)
    fields = {"qform_code": 1, "sform_code": 4, "srow_x": [-np.cos(angle), -np.sin(angle), 0, 5],
              "srow_y": [np.sin(angle), -1.2 * np.cos(angle), 0, 3]}  # fmt: skip
    (tmp_path / "t1.nii").write_bytes(nifti(**fields))
    np.testing.assert_array_equal(read_volume(tmp_path / "t1.nii")[0], VOXELS)


# MetaImage


def metaimage(path: Path, compressed: bool = False) -> bytes:
    image = sitk.GetImageFromArray(VOXELS.T)
    image.SetSpacing((1.5, 2, 3))
    sitk.WriteImage(image, str(path), useCompression=compressed)
    return path.read_bytes()


@pytest.mark.parametrize("compressed", [False, True])
def test_metaimages_are_verified_as_well(tmp_path, compressed):
    path = tmp_path / "t1.mha"
    content = metaimage(path, compressed)
    array, affine = read_volume(path)
    np.testing.assert_array_equal(array, VOXELS)
    np.testing.assert_allclose(affine, np.diag((-1.5, -2, 3, 1)), atol=1e-12)
    assert "; " in said(path, content[:-1]) and "; " in said(path, content + b"\0")
    claims = content.replace(b"DimSize = 9 8 7", b"DimSize = 9000 800 700")
    assert "its header claims" in said(path, claims)
    assert "expected 1" in said(
        path, content.replace(b"NDims = 3", b"NDims = 3\nElementNumberOfChannels = 3")
    )
    assert "not that of a 3-D" in said(path, content.replace(b"MET_SHORT", b"MET_OTHER"))
    assert "not that of a 3-D" in said(path, content.replace(b"DimSize = 9 8 7", b"DimSize = 9 8 nan"))
    assert "elementdatafile is x.raw" in said(path, content.replace(b"LOCAL", b"x.raw"))
    assert "affine is singular" in said(
        path, content.replace(b"ElementSpacing = 1.5", b"ElementSpacing = 1e300")
    )
    assert "not a MetaImage" in said(path, bytes(100_000))
    lines = [line for line in content.split(b"\n") if not line.startswith(b"TransformMatrix")]
    assert "--assume-orientation" in said(path, b"\n".join(lines))
    np.testing.assert_array_equal(read_volume(path, assume_orientation="RPS")[0], VOXELS[::-1])
    if compressed:
        for at in range(content.index(b"LOCAL") + 6, len(content), 41):
            said(path, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        header = content[: content.index(b"LOCAL") + 6].replace(b"DimSize = 9 8 7", b"DimSize = 9 8 8")
        assert "more bytes" in said(path, header + zlib.compress(bytes(100_000_000)))


# Labels


def test_a_scan_given_as_labels_is_told(tmp_path):
    path = tmp_path / "seg.nii"
    path.write_bytes(nifti())
    with pytest.raises(InputError, match=r"\d+ values that are no label.*is it a scan\?"):
        read_labels(path, {1: 1})
    path.write_bytes(nifti(VOXELS.astype(np.float64) * 1e300))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match="is it a scan"):
            read_labels(path, {1: 1})


def test_verifying_keeps_nothing(tmp_path):
    big = np.random.default_rng(0).integers(0, 200, (200, 200, 300)).astype(np.uint8)
    nib.save(nib.Nifti1Image(big, AFFINE), tmp_path / "a.nii.gz")
    volume = open_volume(tmp_path / "a.nii.gz")
    tracemalloc.start()
    volume.verify()
    assert tracemalloc.get_traced_memory()[1] < 6e6 < big.nbytes
    tracemalloc.stop()
