"""Two hospitals: the same patient, other scanners; the physics by hand; folders that SliceSet opens."""

import dataclasses

import numpy as np
import pytest

from gancourse.cohort.few_patients import choose_patients, patients_of
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
    np.testing.assert_allclose(low, np.array([signal.tissue(name, p) for name in CLASSES]).T, atol=1e-6)
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


def test_some_patients_are_those_whom_a_study_of_all_would_draw(tmp_path, cheap):
    whole = hospital_slices.make_hospitals(tmp_path / "all", 9, 3, workers=1, progress=False)["A"]
    numbers = hospital_slices.some_patients(9, 3, first=2, few=3, seed=0)
    assert numbers[:2] == [0, 1] and numbers == sorted(numbers) and len(numbers) == 5
    drawn = sorted(choose_patients(whole, 3, seed=0))
    assert [hospital_slices.name_patient(k) for k in numbers[2:]] == drawn
    part = hospital_slices.make_hospitals(tmp_path / "p", 9, 3, 1, False, chosen=numbers)["A"]
    assert patients_of(part, "train").tolist() == drawn and len(patients_of(part, "test")) == 2
    rows = whole.table["patient"].isin(part.table["patient"]).to_numpy()
    np.testing.assert_array_equal(part.images, whole.images[rows])
    assert not (tmp_path / "p" / "sections" / "00002.npz").exists()
    again = hospital_slices.make_hospitals(tmp_path / "p", 9, 3, 1, False, chosen=numbers)["A"]
    assert again.made_with == part.made_with


def test_other_people_of_one_kind_at_one_hospital(tmp_path, cheap):
    people = hospital_slices.People(seed=45, kind="butterfly")
    sections = hospital_slices.make_patients(tmp_path / "sections", range(2), people, 1, progress=False)
    made = hospital_slices.write_hospital(tmp_path / "A", sections, A, range(2), 0, False, people)
    assert list(patients_of(made, "train")) == ["Brats18_BUTTERFLY_000", "Brats18_BUTTERFLY_001"]
    assert made.made_with["people"] == {"seed": 45, "kind": "butterfly"} and people.draw(1).butterfly
    with pytest.raises(InputError, match="holds a cohort with seed 45 instead of 5400"):
        hospital_slices.make_patients(sections, range(2), workers=1, progress=False)


@pytest.mark.parametrize(
    ("first", "few", "said"), [(4, 2, "first=4: expected 1 to 3"), (1, 7, "few=7: expected 1 to 6")]
)
def test_more_patients_than_there_are(first, few, said):
    with pytest.raises(InputError, match=said):
        hospital_slices.some_patients(9, 3, first, few)


def test_the_command_makes_some_of_them(tmp_path, cheap):
    from typer.testing import CliRunner

    from gancourse.cli import app

    options = ["--patients", "6", "--tested", "2", "--first", "1", "--few", "2", "--workers", "1"]
    made = CliRunner().invoke(app, ["cohort", "hospitals", "--out", str(tmp_path / "h"), *options])
    assert made.exit_code == 0, made.output
    assert made.stdout.splitlines()[-1] == f"{tmp_path / 'h' / 'B'}: 6 slices of 3 patients"
    worse = CliRunner().invoke(
        app, ["cohort", "hospitals", "--out", str(tmp_path / "i"), "--tested", "2", "--patients", "2"]
    )
    assert worse.exit_code == 2
    assert (
        worse.stderr == "error: tested=2: expected 1 to 1 of 2 patients\n" and not (tmp_path / "i").exists()
    )
