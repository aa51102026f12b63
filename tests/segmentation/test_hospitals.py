"""Two hospitals: the same patient, other scanners; the physics by hand; folders that SliceSet opens."""

import dataclasses

import numpy as np
import pytest

from gancourse.cohort.phantom import signal
from gancourse.cohort.phantom.parameters import CLASSES, draw
from gancourse.cohort.phantom.sections import CHANNELS
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.segmentation import hospital_slices
from gancourse.segmentation.hospitals import HOSPITALS, choose_hospital, scan_at, tissue_at

A, B = HOSPITALS["A"], HOSPITALS["B"]
CLASS = {name: k for k, name in enumerate(CLASSES)}


def patient(index: int = 0):
    number = next(k for k in range(index, 60) if draw(k, 1, "realistic").grade == "HGG")
    return dataclasses.replace(draw(number, 1, "realistic"), index=index)


def sections(count: int = 2, height: int = 192, width: int = 160) -> np.ndarray:
    """Halves of white and grey matter, a square of fluid, and a tumour of oedema and enhancing tissue."""
    out = np.zeros((count, height, width, len(CHANNELS)), np.uint8)
    brain = np.zeros((height, width), bool)
    brain[20:-20, 20:-20] = True
    middle, where = width // 2, {}
    where["WM"], where["GM"] = (brain & (np.arange(width) < middle), brain & (np.arange(width) >= middle))
    for name, rows, columns in (
        ("CSF", (30, 60), (90, 120)),
        ("ED", (90, 150), (40, 75)),
        ("ET", (105, 130), (50, 65)),
    ):
        inside = np.zeros_like(brain)
        inside[slice(*rows), slice(*columns)] = True
        where = {other: mask & ~inside for other, mask in where.items()} | {name: inside}
    for name, mask in where.items():
        out[:, mask, CLASS[name]] = 255
    out[:, brain, -1] = 3
    out[:, where["GM"], -1], out[:, where["CSF"], -1] = 2, 1
    out[:, where["ED"], -2], out[:, where["ET"], -2] = 2, 4
    return out


def median(images, modality, name, stored):
    mask = stored[..., CLASS[name]] == 255
    return np.median(images[..., MODALITIES.index(modality)][mask])


@pytest.mark.parametrize("hospital", [A, B], ids="AB")
def test_signals_are_those_of_the_equations(hospital):
    p, stored = patient(), sections()
    still = {m: dataclasses.replace(s, bias=0.0, noise=0.0) for m, s in hospital.scans.items()}
    images = scan_at(dataclasses.replace(hospital, scans=still), dataclasses.replace(p, texture=0.0), stored)
    assert images.shape == (*stored.shape[:3], 4) and images.dtype == np.float32
    for modality in MODALITIES:
        sequence = signal.timing(modality, hospital.scans[modality])
        tissue = tissue_at(hospital.tesla, p)
        white = signal.equation(sequence, *tissue[:, CLASS["WM"]])
        for name in ("WM", "GM", "CSF", "ED", "ET"):
            mmol = {"ET": p.gadolinium_mmol, "GM": signal.GREY_MMOL}.get(name, 0) * (modality == "t1ce")
            mmol *= 0.92 if hospital is B else 1
            expected = signal.equation(sequence, *tissue[:, CLASS[name]], mmol) / white
            expected *= signal.BEYOND.get((modality, name), 1)
            assert median(images, modality, name, stored) == pytest.approx(expected, rel=0.05, abs=0.02)


def test_field_strength_changes_tissue_and_not_fluid():
    p = patient()
    low, high = tissue_at(1.5, p), tissue_at(3.0, p)
    np.testing.assert_allclose(low, np.array([signal.tissue(name, p) for name in CLASSES]).T)
    assert high[1, CLASS["WM"]] / low[1, CLASS["WM"]] == pytest.approx(2**0.38)
    assert (high[:, CLASS["CSF"]] == low[:, CLASS["CSF"]]).all() and (high[0] == low[0]).all()
    assert 1 < high[1, CLASS["NEC"]] / low[1, CLASS["NEC"]] <= 2**0.38 + 1e-9


def test_only_the_scanner_differs():
    p, stored = patient(), sections(1)
    a, again, b = (scan_at(h, p, stored, seed) for h, seed in ((A, 0), (A, 0), (B, 0)))
    np.testing.assert_array_equal(a, again)
    for images in (a, b):
        assert (images[stored[..., -1] == 0] == 0).all() and (images[stored[..., -1] > 0] > 0).all()
    t1 = [median(x, "t1", "GM", stored) / median(x, "t1", "WM", stored) for x in (a, b)]
    assert t1[1] < 0.95 * t1[0]  # more contrast
    flair = [np.abs(np.diff(x[0, 60:160, 25:75, 3], axis=0)).mean() for x in (a, b)]
    assert flair[1] < flair[0]  # thick slices from front to back


def test_unknown_hospital():
    with pytest.raises(InputError, match="hospital 'C': expected one of A, B"):
        choose_hospital("C")


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(hospital_slices, "make_sections", lambda p, slices, span: sections(slices))
    monkeypatch.setattr(hospital_slices, "SLICES", 2)


def test_folders_of_slices(tmp_path, cheap):
    made = hospital_slices.make_hospitals(tmp_path / "h", 3, 1, workers=1, progress=False)
    a, b = made["A"], made["B"]
    assert a.images.shape == b.images.shape == (6, 64, 64, 4) and a.modalities == MODALITIES
    assert a.table["split"].tolist() == ["test"] * 2 + ["train"] * 4
    np.testing.assert_array_equal(a.seg, b.seg)
    np.testing.assert_array_equal(a.tissue, b.tissue)
    assert set(np.unique(a.seg)) == {0, 2, 4} and set(np.unique(a.tissue)) == {0, 1, 2, 3}
    assert np.abs(np.float32(a.images) - np.float32(b.images)).max() > 0.1
    assert (
        a.images.min() == -1 and a.images.max() <= 1 and (a.images[a.tissue > 0] > -1).any(-1).mean() > 0.95
    )
    assert a.table["wt_mm2"].iloc[0] == 60 * 35 and a.table["et_mm2"].iloc[0] == 25 * 15
    batch = next(iter(a.dataset("train", MODALITIES, 4, seg=True, tissue=True)))
    assert [x.shape for x in batch] == [(4, 64, 64, 4), (4, 64, 64, 1), (4, 64, 64, 1)]


def test_patients_are_added_and_what_is_there_stays(tmp_path, cheap):
    hospital_slices.make_hospitals(tmp_path / "h", 2, 1, workers=1, progress=False)
    stamps = [f.stat().st_mtime_ns for f in sorted((tmp_path / "h" / "A").iterdir())]
    hospital_slices.make_hospitals(tmp_path / "h", 2, 1, workers=1, progress=False)
    assert stamps == [f.stat().st_mtime_ns for f in sorted((tmp_path / "h" / "A").iterdir())]
    more = hospital_slices.make_hospitals(tmp_path / "h", 3, 1, workers=1, progress=False)["A"]
    assert more.table["patient"].nunique() == 3
    with pytest.raises(InputError, match="tested=3: expected 1 to 2 of 3 patients"):
        hospital_slices.make_hospitals(tmp_path / "h", 3, 3, progress=False)
