"""The phantoms against what they promise: contrast, shape, determinism, files."""

import csv
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor

import nibabel as nib
import numpy as np
import psutil
import pytest
from scipy import ndimage

from gancourse.cohort.phantom import anatomy, make_cohort, make_subject, signal
from gancourse.cohort.phantom.parameters import CLASSES, draw
from gancourse.cohort.phantom.subject import make_phantom
from gancourse.errors import InputError

#: Median signal of real tissue over eight BraTS 2013 patients, white matter = 1; on T1 and FLAIR, fluid is
#: that of the ventricles (the darkest percent deep in the brain), which lies inside the eroded masks here.
MEASURED = {
    "t1": {"CSF": 0.45, "GM": 0.86, "NEC": 0.81, "ED": 0.88, "NET": 0.85, "ET": 0.88},
    "t1ce": {"CSF": 0.37, "GM": 0.79, "NEC": 0.64, "ED": 0.81, "NET": 0.83, "ET": 1.37},
    "t2": {"CSF": 2.49, "GM": 1.24, "NEC": 2.85, "ED": 1.79, "NET": 1.82, "ET": 1.88},
    "flair": {"CSF": 0.12, "GM": 0.99, "NEC": 1.5, "ED": 1.56, "NET": 1.6, "ET": 1.5},
}


@pytest.fixture(scope="session")
def cohort():
    """The first 17 subjects of the default cohort, in memory: 11 HGG, 5 LGG, one healthy."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make_subject, range(17)))


def class_masks(phantom):
    healthy = phantom.seg == 0
    # At 2 mm, sulci and the border of a core hold other tissue too.
    fluid, solid = ndimage.binary_erosion(phantom.tissue == 1), ndimage.binary_erosion(phantom.seg == 1)
    solid &= phantom.parameters.core_kind == "patchy"  # within a ring there is necrosis
    masks = {"CSF": fluid & healthy, "GM": (phantom.tissue == 2) & healthy}
    return masks | {"NET": solid, "ED": phantom.seg == 2, "ET": phantom.seg == 4}


@pytest.mark.parametrize("modality", MEASURED)
@pytest.mark.parametrize("tissue", [name for name in MEASURED["t1"] if name != "NEC"])
def test_contrast_is_that_of_real_tissue(cohort, modality, tissue):
    ratios = []
    for phantom in cohort:
        image = phantom.images[modality]
        mask = class_masks(phantom).get(tissue, np.zeros(image.shape, bool))
        if mask.sum() >= 20:
            white = image[(phantom.tissue == 3) & (phantom.seg == 0)]
            ratios.append(np.median(image[mask]) / np.median(white))
    assert len(ratios) >= 3
    assert np.median(ratios) == pytest.approx(MEASURED[modality][tissue], rel=0.2)


@pytest.mark.parametrize("modality", MEASURED)
def test_necrosis_has_the_signal_of_real_ones(modality):
    """By its tissue parameters: a necrosis is hardly wider than the phantoms' voxels."""
    ratios = []
    for p in (draw(k, 0) for k in range(200)):
        sequence = signal.timing(modality, p.scans[modality])
        necrosis, white = (signal.equation(sequence, *signal.tissue(c, p)) for c in ("NEC", "WM"))
        ratios.append(necrosis / white)
    assert np.median(ratios) == pytest.approx(MEASURED[modality]["NEC"], rel=0.2)


def test_tumours_have_the_promised_sizes(cohort):
    volumes = np.array([p.volumes_ml["wt"] for p in cohort if p.parameters.grade != "healthy"])
    assert volumes.min() >= 1 and volumes.max() <= 220
    assert 30 <= np.median(volumes) <= 90
    drawn = np.array([draw(k, 0).tumour_ml for k in range(400)])
    drawn = drawn[drawn > 0]
    assert drawn.min() >= 1 and drawn.max() <= 220 and 40 <= np.median(drawn) <= 75


def test_labels_lie_where_they_should(cohort):
    for phantom in cohort:
        p, seg = phantom.parameters, phantom.seg
        assert set(np.unique(seg)) <= {0, 1, 2, 4}
        assert not (seg[phantom.tissue == 0] > 0).any(), "tumour outside the brain"
        if p.grade == "healthy":
            assert not seg.any()
        if p.grade == "HGG":
            assert (seg == 4).any()
        if p.grade == "LGG" and not p.enhancing:
            assert not (seg == 4).any()
        for image in phantom.images.values():
            assert image.dtype == np.int16
            assert not image[phantom.tissue == 0].any() and (image[phantom.tissue > 0] > 0).all()


def test_signal_equations_by_hand():
    assert signal.equation((500, 10, None), 1, 500, 100) == pytest.approx((1 - np.exp(-1)) * np.exp(-0.1))
    inverted = signal.equation((10000, 100, 2000), 0.8, 1000, 100)
    assert inverted == pytest.approx(0.8 * (1 - 2 * np.exp(-2) + np.exp(-10)) * np.exp(-1))
    null = signal.equation((1e9, 100, 4000 * np.log(2)), 1, 4000, 2000)
    assert null == pytest.approx(0, abs=1e-6)  # what FLAIR is for
    plain, enhanced = (signal.equation((500, 10, None), 1, 1200, 100, mmol) for mmol in (0, 0.3))
    assert enhanced > 1.5 * plain


def test_same_bytes_for_any_number_of_workers_and_subjects(tmp_path):
    one = make_cohort(tmp_path / "one", subjects=1, spacing=4, workers=1, progress=False)
    stamps = {file: file.stat().st_mtime_ns for file in one.glob("*/Brats18*/*")}
    make_cohort(one, subjects=2, spacing=4, workers=1, progress=False)  # adding later changes nothing
    assert len(stamps) == 7 and all(file.stat().st_mtime_ns == stamp for file, stamp in stamps.items())
    two = make_cohort(tmp_path / "two", subjects=2, spacing=4, workers=2, progress=False)
    files = sorted(p.relative_to(two) for p in two.rglob("*.*"))
    assert len(files) == 2 * 7 + 2 and files == sorted(p.relative_to(one) for p in one.rglob("*.*"))
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
    other = make_subject(0, seed=1, spacing=4)
    name = next(one.glob("*/Brats18_PHANTOM_001_1"))
    assert not np.array_equal(
        other.images["t1"], np.asanyarray(nib.load(name / f"{name.name}_t1.nii.gz").dataobj)
    )


def test_another_processor_makes_the_same_subject(tmp_path):
    """Without this machine's vector instructions, as on an older one: one unit in one voxel of 10,000."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    if not features:
        pytest.skip("numpy has no instructions here that could be switched off")
    code = """
        import numpy as np
        from gancourse.cohort.phantom import make_subject
        made = make_subject(1, spacing=3)
        np.savez("made.npz", seg=made.seg, tissue=made.tissue, **made.images)
    """
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    here = make_subject(1, spacing=3)
    with np.load(tmp_path / "made.npz") as there:
        for name, volume in {**here.images, "seg": here.seg, "tissue": here.tissue}.items():
            difference = np.abs(there[name].astype(int) - volume)
            assert (difference > 0).mean() < 1e-4, name
            if name in here.images:
                assert difference.max() <= 1, name


def test_files_are_brats_2018(tmp_path):
    out = make_cohort(tmp_path / "c", subjects=1, spacing=2, progress=False)  # one subject: in this process
    (folder,) = out.glob("*/Brats18_PHANTOM_001_1")
    assert folder.parent.name in ("HGG", "LGG", "healthy")
    for kind in ("t1", "t1ce", "t2", "flair", "seg", "tissue"):
        image = nib.load(folder / f"{folder.name}_{kind}.nii.gz")
        assert image.get_data_dtype() == np.int16 and image.shape == (120, 120, 78)
        assert nib.aff2axcodes(image.affine) == ("L", "P", "S")
        assert image.header.get_zooms() == (2, 2, 2)
    with (out / "subjects.csv").open() as file:
        (row,) = csv.DictReader(file)
    p = draw(0, 0)
    assert {k: str(v) for k, v in p.row().items()} == {k: row[k] for k in p.row()}
    assert row["version"] == str(p.version)


def test_grid_is_brats_own_at_1_mm():
    assert anatomy.grid_shape(1) == (240, 240, 155)
    assert np.array_equal(
        anatomy.grid_affine(1), [[-1, 0, 0, 0], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]]
    )
    # Both grids put the same tissue at the same place in the world.
    fine = anatomy.grid_affine(1) @ [7, 9, 5, 1]
    coarse = anatomy.grid_affine(2) @ [(7 - 0.5) / 2, (9 - 0.5) / 2, (5 - 0.5) / 2, 1]
    assert coarse == pytest.approx(fine, abs=1e-9)


def test_a_height_gives_the_middle_slice_of_a_slab_of_the_same_phantom():
    p, spacing = draw(0, seed=5, randomisation="realistic"), 4.0
    whole, part = make_phantom(p, spacing), make_phantom(p, spacing, height=0.6)
    filled = np.flatnonzero((part.tissue > 0).any((0, 1)))
    assert 4 <= len(filled) <= 6  # of 4 mm
    k, extent = filled[len(filled) // 2], np.flatnonzero((whole.tissue > 0).any((0, 1)))
    assert (k - extent[0]) / (extent[-1] - extent[0]) == pytest.approx(0.6, abs=0.06)
    one, other = part.tissue[:, :, k], whole.tissue[:, :, k]
    both = (one > 0) & (other > 0)  # the ragged edge is drawn anew
    assert both.sum() > 0.95 * (other > 0).sum()
    np.testing.assert_array_equal(one[both], other[both])
    np.testing.assert_array_equal(part.seg[:, :, k][both] > 0, whole.seg[:, :, k][both] > 0)


def test_killed_at_any_moment_and_completed(tmp_path):
    code = """
        from gancourse.cohort.phantom import make_cohort
        if __name__ == "__main__":
            make_cohort("c", subjects=4, spacing=4, workers=2, progress=False)
    """
    script = tmp_path / "make.py"
    script.write_text(textwrap.dedent(code))
    process = subprocess.Popen([sys.executable, script], cwd=tmp_path)
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("c/*/Brats18*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert len(workers) >= 2
    assert not psutil.wait_procs(workers, timeout=120)[1], "workers outlive the one that started them"
    whole = list(tmp_path.glob("c/*/Brats18*"))
    assert 0 < len(whole) < 4
    assert all(len(list(folder.iterdir())) == 7 for folder in whole)
    stamps = {f: f.stat().st_mtime_ns for folder in whole for f in folder.iterdir()}
    make_cohort(tmp_path / "c", subjects=4, spacing=4, workers=1, progress=False)
    assert len(list(tmp_path.glob("c/*/Brats18*"))) == 4
    assert not list(tmp_path.glob("c/*/.*")) and not list(tmp_path.glob("c/.*"))
    assert all(f.stat().st_mtime_ns == stamp for f, stamp in stamps.items())


def test_wide_goes_beyond_reality():
    scans = {r: [s for k in range(60) for s in draw(k, 0, r).scans.values()] for r in ("realistic", "wide")}
    for field in ("noise", "bias", "blur_mm", "thickness_mm"):
        widest = {r: max(getattr(s, field) for s in scans[r]) for r in scans}
        assert widest["wide"] > 1.4 * widest["realistic"], field
    assert any(s.missing_low or s.missing_high for s in scans["wide"])
    assert not any(s.missing_low or s.missing_high for s in scans["realistic"])
    k = next(k for k in range(60) if any(s.missing_high > 0.1 for s in draw(k, 0, "wide").scans.values()))
    phantom = make_subject(k, spacing=4, randomisation="wide")
    modality, scan = next((m, s) for m, s in phantom.parameters.scans.items() if s.missing_high > 0.1)
    tops = {m: np.flatnonzero(v.any((0, 1))).max() for m, v in phantom.images.items()}
    assert tops[modality] < np.flatnonzero((phantom.tissue > 0).any((0, 1))).max()


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (dict(subjects=0), "subjects 0"),
        (dict(spacing=0.5), "spacing 0.5"),
        (dict(spacing=float("nan")), "spacing nan"),
        (dict(randomisation="narrow"), "'narrow'"),
        (dict(seed=-1), "seed -1"),
        (dict(workers=0), "workers 0"),
    ],
)
def test_bad_values_are_named_and_nothing_is_written(tmp_path, arguments, expected):
    with pytest.raises(InputError, match=expected):
        make_cohort(tmp_path / "c", progress=False, **arguments)
    assert not (tmp_path / "c").exists()


def test_other_contents_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        make_cohort(tmp_path, subjects=1, progress=False)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(InputError, match="is a file"):
        make_cohort(tmp_path / "notes.txt", subjects=1, progress=False)
    made = make_cohort(tmp_path / "c", subjects=1, spacing=4, progress=False)
    with pytest.raises(InputError, match="spacing 4.0 instead of 3.0"):
        make_cohort(made, subjects=1, spacing=3, progress=False)
    shutil.copy(made / "cohort.json", tmp_path / "kept.json")
    (made / "cohort.json").write_text('{"seed": 0, "randomisation": "realistic", "version": 1}')
    with pytest.raises(InputError, match=r"c: holds phantoms of version 1, and .* makes version 2; remove"):
        make_cohort(made, subjects=1, spacing=4, progress=False)
    (made / "cohort.json").write_text("{")
    with pytest.raises(InputError, match="not readable"):
        make_cohort(made, subjects=1, spacing=4, progress=False)
    assert json.loads((tmp_path / "kept.json").read_text())["spacing"] == 4.0


def test_every_class_has_tissue_parameters():
    assert set(signal.TISSUE) == set(CLASSES) == set(signal.TEXTURE_T1) == set(signal.TEXTURE_T2)
