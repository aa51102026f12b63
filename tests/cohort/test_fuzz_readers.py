"""Damaged files at random: a reader either gives the voxels that the file holds, or one line; never more.

`pytest tests/cohort/test_fuzz_readers.py --fuzz 20000` tries longer than the run of every day.
"""

import gzip
import math
import os
import time
import tracemalloc
import warnings
import zlib

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from gancourse.cohort.bytestream import MAX_GB
from gancourse.cohort.volumes import read_labels, read_volume
from gancourse.errors import InputError

VOXELS = np.random.default_rng(0).integers(-500, 3000, (9, 8, 7)).astype(np.int16)
AFFINE = np.array([[-2.0, 0.1, 0, 5], [0, -2, 0.2, 6], [0, 0, 3, -7], [0, 0, 0, 1]])
KINDS = {348: nib.Nifti1Image, 540: nib.Nifti2Image}
FILES = {length: kind(VOXELS, AFFINE).to_bytes() for length, kind in KINDS.items()}
#: Header bytes of NIfTI-1 that decide which voxels are read and where they lie.
FIELDS = [*range(4), *range(40, 56), *range(70, 124), *range(252, 348)]

CAP_GB = 0.05
PEAK, SECONDS = 120e6, 20.0  # well above the cap and a slow machine; a bomb or a hang takes far more


@pytest.fixture
def attempt(request, tmp_path, monkeypatch):
    """A decorator: run a test of `(data, read)` on many examples, the same in every run of one seed."""
    monkeypatch.setenv(MAX_GB, str(CAP_GB))

    def read(content: bytes, name: str, reader=read_volume):
        """The array and affine, or None if refused in one line; with bounded memory and time."""
        path = tmp_path / name
        path.write_bytes(content)
        start = time.monotonic()
        tracemalloc.start()
        try:
            return reader(path)
        except InputError as error:
            line = str(error)
            assert str(path) in line and "\n" not in line, line
            return None
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert time.monotonic() - start < SECONDS and peak < PEAK

    def run(body):
        examples = request.config.getoption("--fuzz")
        fuzz = settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy's, of overflows
            warnings.filterwarnings("ignore", message=".*unlike its name")
            every = fuzz(given(st.data())(lambda data: body(data, read)))
            seed(int(os.environ.get("TEST_SEED", "0")))(every)()

    return run


def damaged(data: st.DataObject, raw: bytes, places: list[int] | range) -> bytes:
    """Some bytes replaced: single ones, or runs of up to eight."""
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(places))
        run = data.draw(st.binary(min_size=1, max_size=8))
        changed[at : at + len(run)] = run[: len(changed) - at]
    return bytes(changed)


def what_the_header_says(raw: bytes) -> np.ndarray:
    """The voxels of a NIfTI-1 file in its own axes, by the standard alone: the field's offset and type."""
    order = "<" if raw[:4] == (348).to_bytes(4, "little") else ">"
    field = lambda at, kind, n=1: np.frombuffer(raw, order + kind, n, at)  # noqa: E731
    rank = int(field(40, "i2")[0])
    shape = field(42, "i2", rank)
    types = {
        2: "u1",
        4: "i2",
        8: "i4",
        16: "f4",
        64: "f8",
        256: "i1",
        512: "u2",
        768: "u4",
        1024: "i8",
        1280: "u8",
    }
    start = int(field(108, "f4")[0]) or 352
    voxels = np.frombuffer(raw, order + types[int(field(70, "i2")[0])], math.prod(map(int, shape)), start)
    slope, intercept = (float(value) for value in field(112, "f4", 2))
    voxels = voxels.astype(float) * slope + intercept if slope else voxels
    return np.asarray(voxels, np.float32).reshape(shape[:3], order="F")


def same_voxels(found: np.ndarray, stored: np.ndarray) -> bool:
    """Whether an array is another with its axes in another order or direction."""
    if sorted(found.shape) != sorted(stored.shape):
        return False
    return np.array_equal(np.sort(found, None), np.sort(stored, None), equal_nan=True)


def test_headers(attempt):
    def body(data, read):
        raw = damaged(data, FILES[348], FIELDS)
        packed = data.draw(st.booleans())
        found = read(gzip.compress(raw, 1) if packed else raw, "t1.nii.gz" if packed else "t1.nii")
        if found is not None:
            assert same_voxels(found[0], what_the_header_says(raw))
            assert np.isfinite(found[1]).all() and nib.aff2axcodes(found[1]) == tuple("LPS")

    attempt(body)


def test_headers_of_version_2(attempt):
    def body(data, read):
        raw = damaged(data, FILES[540], range(540))
        found = read(gzip.compress(raw, 1), "t1.nii.gz")
        if found is not None and raw[168:192] == FILES[540][168:192]:  # offset and scaling as they were
            assert found[0].size == VOXELS.size

    attempt(body)


def test_gzip_streams(attempt):
    """Whatever happens to the compressed bytes, the voxels are those that were written, or none."""
    packed = gzip.compress(FILES[348], mtime=0)

    def body(data, read):
        how = data.draw(st.sampled_from(["change", "cut", "append", "insert", "drop"]))
        at, some = data.draw(st.integers(0, len(packed) - 1)), data.draw(st.binary(min_size=1, max_size=40))
        content = {
            "change": lambda: damaged(data, packed, range(len(packed))),
            "cut": lambda: packed[:at],
            "append": lambda: packed + some,
            "insert": lambda: packed[:at] + some + packed[at:],
            "drop": lambda: packed[:at] + packed[at + len(some) :],
        }[how]()
        found = read(content, "t1.nii.gz")
        if found is not None:
            np.testing.assert_array_equal(found[0], VOXELS)

    attempt(body)


def test_bombs(attempt):
    """Any header before any amount of nothing: what inflates to hundreds of times its size stays small."""
    zeros = gzip.compress(bytes(40_000_000), 9)

    def body(data, read):
        raw = damaged(data, FILES[348], range(40, 56))
        times = data.draw(st.integers(0, 3))
        read(gzip.compress(raw) + zeros * times, "t1.nii.gz")

    attempt(body)


def test_metaimages(attempt):
    header = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        "CompressedData = {}\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\n"
        "ElementSpacing = 1 1 2\nDimSize = 9 8 7\n"
        "ElementType = MET_SHORT\nElementDataFile = LOCAL\n"
    )
    raw = VOXELS.tobytes(order="F")

    def body(data, read):
        packed = data.draw(st.booleans())
        text, voxels = header.format(packed).encode(), zlib.compress(raw) if packed else raw
        if packed and data.draw(st.booleans()):
            found = read(text + damaged(data, voxels, range(len(voxels))), "t1.mha")
            assert found is None or np.array_equal(found[0], VOXELS)
        else:
            found = read(damaged(data, text, range(len(text))) + voxels, "t1.mha")
            assert found is None or found[0].size * found[0].itemsize <= CAP_GB * 1e9

    attempt(body)


def test_labels(attempt):
    labels = np.zeros((9, 8, 7), np.float32)
    labels[2:5, 2:5, 2:5], labels[3, 3, 3] = 2, 4
    plain = nib.Nifti1Image(labels, AFFINE).to_bytes()

    def body(data, read):
        raw = damaged(data, plain, [*FIELDS, *range(352, len(plain))])
        found = read(raw, "seg.nii", lambda path: read_labels(path, {1: 1, 2: 2, 4: 4}))
        assert found is None or (found[0].dtype == np.uint8 and set(np.unique(found[0])) <= {0, 1, 2, 4})

    attempt(body)
